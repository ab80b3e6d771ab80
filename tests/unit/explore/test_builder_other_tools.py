"""`docs/other-tools.md` and its notebook, run as they stand against the sample's copy."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gridgov.explore.copy import deidentified_copy
from gridgov.warehouse import Warehouse
from tests.warehouses import sample_warehouse

DOCS = Path(__file__).resolve().parents[3] / "docs"


def _blocks(language: str) -> list[str]:
    text = (DOCS / "other-tools.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.S)


def _statements() -> list[str]:
    return [part for block in _blocks("sql") for part in block.split(";") if part.strip()]


@pytest.fixture(scope="module")
def copy() -> Path:
    return deidentified_copy(Warehouse(sample_warehouse()).current())


def test_the_python_of_the_page_makes_both_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tmp_path / "warehouse"
    shutil.copytree(sample_warehouse(), root)
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(root))
    names: dict[str, Any] = {}
    for block in _blocks("python"):
        exec(compile(block, "other-tools.md", "exec"), names)  # noqa: S102  (the page's own code)
    copied, older = names["copy"], names["older"]
    assert copied.parent == root / "share" and older.stat().st_mode & 0o077 == 0
    counted = []
    for path in (copied, older):
        with duckdb.connect(str(path), read_only=True) as con:
            found = con.execute("SELECT count(*), count(note) FROM fact_visit").fetchall()[0]
            comment = con.execute(
                "SELECT comment FROM duckdb_tables() WHERE table_name = 'fact_visit'"
            ).fetchall()
            counted.append((found, comment))
    assert counted[0] == counted[1]
    assert counted[0][0][0] > 10_000 and counted[0][0][1] == 0
    assert _storage(copied) != _storage(older) == "v1.2.0+"


def _storage(path: Path) -> str:
    """The format that a file says it is in."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{path}' AS looked_at (READ_ONLY)")
        rows = con.execute(
            "SELECT tags['storage_version'] FROM duckdb_databases() "
            "WHERE database_name = 'looked_at'"
        ).fetchall()
    return str(rows[0][0])


def test_the_statements_of_the_shell(copy: Path) -> None:
    statements = _statements()
    assert len(statements) == 4
    with duckdb.connect(str(copy), read_only=True) as con:
        for statement in statements:
            assert con.execute(statement).fetchall(), statement
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("DELETE FROM fact_visit")


def test_the_shell_itself(copy: Path, tmp_path: Path) -> None:
    shell = Path(sys.executable).with_name("duckdb")
    older = _in_the_older_format(copy, tmp_path)
    for statement in _statements():
        found = _asked(shell, older, statement)
        with duckdb.connect(str(copy), read_only=True) as con:
            assert len(found) == len(con.execute(statement).fetchall()), statement
    assert int(_asked(shell, older, "SELECT count(*) AS n FROM fact_visit")[0]["n"]) > 10_000
    refused = subprocess.run(
        [shell, "-readonly", older, "DELETE FROM fact_visit"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert refused.returncode != 0 and "read-only" in refused.stderr


def _asked(shell: Path, file: Path, statement: str) -> list[dict[str, str]]:
    """What the shell answers, as rows of text."""
    answer = subprocess.run(
        [shell, "-readonly", "-csv", file, statement],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def _in_the_older_format(copy: Path, folder: Path) -> Path:
    """The copy written once more by the page's own lines for older readers."""
    (lines,) = [block for block in _blocks("python") if "STORAGE_VERSION" in block]
    here = folder / copy.name
    here.symlink_to(copy)
    names: dict[str, Any] = {"copy": here}
    exec(compile(lines, "other-tools.md", "exec"), names)  # noqa: S102  (the page's own code)
    older: Path = names["older"]
    return older


def test_every_cell_of_the_notebook(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGOV_COPY", str(copy))
    notebook = json.loads((DOCS / "other-tools.ipynb").read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        assert not cell.get("outputs"), "a notebook is kept without its outputs"
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102
    months = names["months"]
    counted = Warehouse(sample_warehouse()).reader().rows("SELECT count(*) FROM fact_complaint")
    assert months["received"].sum() == counted[0][0]
    assert len(names["figure"].data[0].x) == len(months)
