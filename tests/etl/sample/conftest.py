"""The sample's files read back as a clerk's program would: by their headers alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gridgov.schema import TABLES, Table

COMMITTED = Path(__file__).parents[3] / "data" / "sample"
FILES = {
    "grid": ["网格.csv"],
    "grid_month": ["网格月度底数.xlsx"],
    "worker": ["格格.xlsx"],
    "worker_alias": ["格格别名.csv"],
    "tenure": ["任职.xlsx"],
    "household": ["户.csv"],
    "key_person": ["重点人员.xlsx"],
    "calendar": ["日历.csv"],
    "activity_type": ["活动类型.csv"],
    "complaint_category": ["诉求类别.csv"],
    "visit": [f"走访记录_{y}年{h}半年.csv" for y in (2025, 2026) for h in "上下"],
    "activity": ["活动台账.xlsx"],
    "attendance": ["活动签到_2025年.csv", "活动签到_2026年.csv"],
    "complaint": ["诉求工单_2025年.csv", "诉求工单_2026年.csv"],
}


def read_file(path: Path, title_rows: int = 0) -> pd.DataFrame:
    """All cells as text; GB18030 where the file is not UTF-8; sheets one below the other."""
    if path.suffix == ".xlsx":
        sheets = pd.read_excel(
            path, sheet_name=None, dtype=str, header=title_rows, engine="openpyxl"
        )
        return pd.concat(sheets.values(), ignore_index=True)
    data = path.read_bytes()
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gb18030"
    return pd.read_csv(path, dtype=str, encoding=encoding, keep_default_na=False, na_values=[""])


def to_columns(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Headers → column names, by label or alias; KeyError where a header means nothing."""
    meaning = {name: c.name for c in table.columns for name in (*c.aliases, c.label)}
    return frame.rename(columns={header: meaning[header] for header in frame.columns})


class Sample:
    """Tables by name, with times as times and counts as numbers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            title = 1 if name == "key_person" else 0
            parts = [read_file(self.folder / file, title) for file in FILES[name]]
            frame = to_columns(TABLES[name], pd.concat(parts, ignore_index=True))
            for column in TABLES[name].columns:
                if column.name not in frame:
                    continue
                if column.kind in ("timestamp", "date"):
                    frame[column.name] = pd.to_datetime(frame[column.name])
                elif column.kind in ("count", "integer"):
                    frame[column.name] = pd.to_numeric(frame[column.name])
            self._read[name] = frame
        return self._read[name]


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The committed sample."""
    return Sample(COMMITTED)


@pytest.fixture(scope="session")
def visit(sample: Sample) -> pd.DataFrame:
    """The visit log, each visit once, and `who`: the worker id of the one named first."""
    frame = sample["visit"].drop_duplicates("visit_id").copy()
    written = frame["worker"].str.replace(" ", "").str.split("、").str[0]
    ids = dict(zip(sample["worker"]["name"], sample["worker"]["worker_id"], strict=True))
    ids |= dict(
        zip(sample["worker_alias"]["alias"], sample["worker_alias"]["worker_id"], strict=True)
    )
    frame["who"] = written.map(ids)
    return frame
