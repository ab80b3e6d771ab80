"""The same arguments give the same bytes; other arguments give what they ask for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl.sample import write
from etl.sample.streams import in_order, stream
from etl.sample_mark import MANIFEST
from gridgov.errors import UsageError

from .conftest import COMMITTED, read_file


def contents(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write(folder)
    return folder


def test_a_fresh_sample_is_the_committed_one(fresh: Path) -> None:
    assert contents(fresh) == contents(COMMITTED)


def test_the_manifest_lists_every_file_with_its_hash(fresh: Path) -> None:
    lines = (fresh / MANIFEST).read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = contents(fresh)
    found.pop(MANIFEST)
    assert listed == found


def test_it_is_small_enough_to_lie_in_the_repository() -> None:
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 25_000_000


def test_complaints_are_gb18030_and_visits_utf8_with_a_mark() -> None:
    complaint = (COMMITTED / "诉求工单_2025年.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        complaint.decode("utf-8")
    assert complaint.decode("gb18030").startswith("工单编号,")
    assert (COMMITTED / "走访记录_2025年上半年.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_another_seed_gives_other_visits_but_the_same_map(tmp_path: Path) -> None:
    write(tmp_path, seed=7, end=date(2025, 3, 31))
    outlines = ["网格编码", "网格名称", "边界"]
    mine, committed = (read_file(folder / "网格.csv")[outlines] for folder in (tmp_path, COMMITTED))
    pd.testing.assert_frame_equal(mine, committed)
    visits = read_file(tmp_path / "走访记录_2025年上半年.csv")
    other = read_file(COMMITTED / "走访记录_2025年上半年.csv").head(len(visits))
    assert visits["走访地址"].tolist() != other["走访地址"].tolist()


@pytest.mark.parametrize("end", [date(2025, 1, 1), date(2025, 2, 17), date(2027, 5, 9)])
def test_end_moves_the_newest_day(tmp_path: Path, end: date) -> None:
    write(tmp_path, end=end)
    days = []
    for path in sorted(tmp_path.glob("走访记录_*.csv")):
        days += [read_file(path)["走访时间"].max()[:10], read_file(path)["录入时间"].max()[:10]]
    assert max(days) <= end.isoformat()
    assert max(days) >= end.isoformat()[:8] + "01"
    opened = pd.concat([read_file(path) for path in sorted(tmp_path.glob("诉求工单_*.csv"))])
    stages = ["受理时间", "派单时间", "签收时间", "联系时间", "办结时间"]
    assert opened[stages].fillna("").max().max()[:10] <= end.isoformat()


@pytest.mark.parametrize(("scale", "end"), [(0, date(2026, 1, 1)), (1, date(2024, 12, 31))])
def test_a_wrong_call_is_refused_in_one_line(tmp_path: Path, scale: int, end: date) -> None:
    with pytest.raises(UsageError) as caught:
        write(tmp_path, scale=scale, end=end)
    assert "\n" not in str(caught.value)


def test_twelve_communities_hang_together_in_two_streets(tmp_path: Path) -> None:
    write(tmp_path, scale=12, end=date(2025, 1, 31))
    grid = read_file(tmp_path / "网格.csv").set_index("网格编码")
    assert grid.index.is_unique
    assert grid["网格名称"].is_unique
    assert grid["网格层级"].value_counts().to_dict() == {
        "微": 127 * 12, "一般": 132, "社区": 12, "总": 12, "街道": 2, "区": 1, "市": 1
    }  # fmt: skip
    assert set(grid["上级网格编码"].dropna()) <= set(grid.index)
    assert grid["上级网格编码"].isna().sum() == 1
    visits = read_file(tmp_path / "走访记录_2025年上半年.csv")
    workers = set(read_file(tmp_path / "格格.csv")["工号"])
    assert visits["走访编号"].is_unique
    assert set(visits["所属网格"]) <= set(grid.index)
    assert set(visits["走访人"].str.split("、").explode()) <= workers
    homes = read_file(tmp_path / "户.csv")
    assert len(homes) == homes["门牌号"].nunique() == 12 * 9_190
    assert read_file(tmp_path / "重点人员.csv")["重点人员"].is_unique


ROOT = Path(__file__).resolve().parents[3]
_BESIDE = """
import sys
from datetime import date
from pathlib import Path
from etl.sample import parts, write

if __name__ == "__main__":
    parts._ALONE = 0
    write(Path(sys.argv[1]), scale=3, end=date(2025, 1, 20))
"""


def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "alone", scale=3, end=date(2025, 1, 20))
    # From a program of its own: new processes begin with the main module, and a test runner's is
    # not ours to import again.
    script = tmp_path / "beside.py"
    script.write_text(_BESIDE, encoding="utf-8")
    subprocess.run(
        [sys.executable, str(script), str(tmp_path / "beside")],
        check=True, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert contents(tmp_path / "alone") == contents(tmp_path / "beside")


@pytest.mark.parametrize("size", [0, 1, 500])
def test_in_order_is_the_stable_order(size: int) -> None:
    key = stream(1, "order", size).integers(0, 40, size)
    assert in_order(key).tolist() == sorted(range(size), key=lambda row: key[row])
