"""The commands: names, statuses, one-line errors, JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from etl import cli
from etl.dictionary import dictionary_text
from etl.load import check, load
from etl.store import Store
from etl.template import template_bytes
from gridgov.errors import UsageError
from gridgov.schema import TABLES
from tests.etl.conftest import visit, write_visits

ROOT = Path(__file__).parents[2]


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["etl", *words])
    return cli.main()


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    return write_visits(tmp_path / "走访.csv", visit("V1"), visit("V2", "昨天"))


def test_json_is_one_object_with_the_promised_keys(
    visits: Path,
    warehouse: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = run(monkeypatch, "load", str(visits), "--warehouse", str(warehouse), "--json")
    said = json.loads(capsys.readouterr().out)
    assert status == 0
    assert said == {
        "version": 1,
        "files": [
            {
                "path": str(visits), "sheet": "", "table": "visit", "rows": 2, "loaded": 1,
                "updated": 0, "duplicate": 0, "rejected": 1, "warnings": 0,
            }
        ],
    }  # fmt: skip
    assert run(monkeypatch, "check", str(visits), "--warehouse", str(warehouse), "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert run(monkeypatch, "status", "--warehouse", str(warehouse), "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_every_command_on_a_small_warehouse(
    visits: Path, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(warehouse))
    out = str(tmp_path / "拒收.xlsx")
    said = {}
    for words in (
        ["load", str(visits)], ["rejects"], ["rejects", "--out", out], ["status"], ["versions"],
        ["undo", "1"], ["rollback", "1"], ["template", "visit", "--out", str(tmp_path / "t.xlsx")],
        ["dictionary"],
    ):  # fmt: skip
        assert run(monkeypatch, *words) == 0, words
        said[" ".join(words[:1])] = capsys.readouterr().out
    assert "已发布数据版本 1" in said["load"]
    assert "走访" in said["status"]
    assert said["dictionary"] == dictionary_text()
    assert Path(out).is_file()


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["load", "missing.csv"], 3, "missing.csv"),
        (["load"], 2, "paths"),
        (["load", "{visits}", "--table", "nope"], 2, "nope"),
        (["load", "{visits}", "--mapping", "missing.toml"], 3, "missing.toml"),
        (["rollback", "9"], 1, "9"),
        (["undo", "9"], 2, "9"),
        (["nonsense"], 2, "nonsense"),
        (["status"], 1, "python -m etl load"),
        (["template", "nope", "--out", "x.xlsx"], 2, "nope"),
        (["sample", "--out", "x", "--end", "gestern"], 2, "gestern"),
    ],
)
def test_an_error_is_one_line_and_a_status(
    words: list[str], status: int, says: str, visits: Path, warehouse: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(warehouse))
    assert run(monkeypatch, *(word.format(visits=visits) for word in words)) == status
    said = capsys.readouterr().err
    assert says in said
    assert said.strip().count("\n") == 0
    assert "Traceback" not in said


def test_a_held_lock_is_status_4(
    visits: Path,
    warehouse: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Store(warehouse).writer():
        assert run(monkeypatch, "load", str(visits), "--warehouse", str(warehouse)) == 4
    assert "进程" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    [
        "load",
        "check",
        "rejects",
        "status",
        "versions",
        "rollback",
        "undo",
        "sample",
        "dictionary",
        "template",
    ],
)
def test_every_command_explains_itself(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, name, "--help") == 0
    assert name in capsys.readouterr().out


def test_the_data_dictionary_is_fresh() -> None:
    shipped = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert shipped == dictionary_text(), "run: python -m etl dictionary --out data/README.md"


def test_the_dictionary_names_every_table_column_and_check() -> None:
    text = dictionary_text()
    for declared in TABLES.values():
        assert f"`{declared.name}`" in text
        assert all(f"`{column.name}`" in text for column in declared.columns)
        assert all(one.id in text for one in declared.checks)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_template_is_recognised_as_its_table(name: str, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(template_bytes(name))
    (report,) = check([path], tmp_path / "warehouse").files
    assert (report.table, report.rows) == (name, 0)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(UsageError):
        template_bytes("nope")


def test_only_generated_files_make_a_sample_warehouse(
    visits: Path, warehouse: Path, tmp_path: Path
) -> None:
    from etl.status import status

    sample = ROOT / "data" / "sample"
    load([sample / "网格.csv"], warehouse)
    assert status(warehouse).sample_only
    copied = tmp_path / "网格改.csv"
    copied.write_bytes((sample / "网格.csv").read_bytes() + b"\n")
    load([visits], warehouse)
    assert not status(warehouse).sample_only
    other = tmp_path / "other" / "warehouse"
    load([copied], other)
    assert not status(other).sample_only


def test_two_loads_share_nothing_but_the_folder(visits: Path, warehouse: Path) -> None:
    assert load([visits], warehouse).version == 1
    assert load([visits], warehouse).published is False
