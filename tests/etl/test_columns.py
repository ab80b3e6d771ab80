"""Arrow columns made without `pyarrow.array` are what it would have made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from etl.columns import integers, texts


@pytest.mark.parametrize(
    "values",
    [[], [""], [None], ["走访", None, "", "a" * 300, "𠮷"], [None] * 9 + ["x"], ["\0", "\n"]],
)
def test_the_same_column(values: list[str | None]) -> None:
    made = texts(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.string()))


def test_whole_numbers() -> None:
    made = integers(iter([3, -1, 2**40]))
    made.validate(full=True)
    assert made.equals(pa.array([3, -1, 2**40], pa.int64()))


def test_anything_but_text_is_refused() -> None:
    with pytest.raises(TypeError):
        texts(["a", 1.5])  # type: ignore[list-item]


def test_a_load_does_not_import_pandas(tmp_path: Path) -> None:
    """It would take longer than a day's file."""
    code = (
        "import sys, pathlib; from etl.load import load\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "(root / 'a.csv').write_text('走访编号,走访时间,走访人,所属网格,户\\n"
        "V1,2025-01-03 08:05:00,张三,M1,1-101\\n合计,,,,\\n')\n"
        "load([root / 'a.csv'], root / 'warehouse', table='visit')\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-X", "utf8", "-c", code, str(tmp_path)], check=True)
