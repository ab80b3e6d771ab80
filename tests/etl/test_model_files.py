"""The model files keep to what DuckDB and Spark SQL share, and say what they are."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from etl.model import ORDER, Model, load_models
from gridgov.schema import TABLES
from tests.queries.hard_cases import hard_cases
from tests.warehouses import make_warehouse

FOLDER = Path(__file__).resolve().parents[2] / "etl/models"
# What one of the two engines lacks, or reads in another way.
FORBIDDEN = (
    r"quantile_cont", r"\bmedian\b", r"dayofweek", r"\bdow\b", r"\bisodow\b", r"->",
    r"\blambda\b", r"::", r"\bEXCLUDE\b", r"\bILIKE\b",
    r"\bstrftime\b", r"\bunnest\b", r"\blist_", r"\bstruct_pack\b", r"\bdate_diff\b",
    r"\bdatediff\b", r"\bepoch\b", r"\bGROUP BY ALL\b", r"\bgenerate_series\b", r"\barg_max\b",
    r"\bstring_agg\b", r"regexp_", r"\bUSING SAMPLE\b", r"\bPIVOT\b", r"[^/]//[^/]", r"\bVARCHAR\b",
    r"\bHUGEINT\b", r"\bASOF\b", r"\bSEMI\b.*\bUSING\b", r"\bcount\(\)", r"\bTRY_CAST\b",
)  # fmt: skip


def body(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.name)
def test_only_shared_constructs(model: Model) -> None:
    found = [word for word in FORBIDDEN if re.search(word, body(model.sql), re.IGNORECASE)]
    assert found == []


def test_the_scan_would_find_them() -> None:
    assert re.search(FORBIDDEN[0], body("SELECT quantile_cont(x, 0.5) FROM t"), re.IGNORECASE)
    assert not re.search(FORBIDDEN[0], body("-- no quantile_cont here\nSELECT 1"), re.IGNORECASE)


def test_every_file_is_built_and_every_model_has_a_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.sql")} - {"dialect"}
    assert files == set(ORDER)


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.name)
def test_reads_what_it_says_and_after_it_is_built(model: Model) -> None:
    sql = body(model.sql)
    ctes = set(re.findall(r"(\w+) AS \(\s*(?:SELECT|--)", model.sql)) | {
        "touched",
        "touched_person",
    }
    used = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]\w*)", sql)) - ctes - {"range"}
    known = set(TABLES) | set(ORDER)
    assert used & known == {read.name for read in model.reads}
    built_before = set(ORDER[: ORDER.index(model.name)])
    assert {read.name for read in model.reads} <= set(TABLES) | built_before


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reader = make_warehouse(tmp_path_factory.mktemp("models") / "warehouse", **hard_cases())
    return reader.version.path


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.name)
def test_every_column_is_described(model: Model, published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as con:
        rows = con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?"
            " ORDER BY column_index",
            [model.name],
        ).fetchall()
    assert [name for name, _comment in rows] == [name for name, _remark in model.columns]
    assert all(comment for _name, comment in rows)
