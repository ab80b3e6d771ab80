"""What was planted can be found in the files, and only there where it was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.sample.planted import PLANTED

from .conftest import COMMITTED, Sample


def monthly(frame: pd.DataFrame, rows: pd.Series, since: str, until: str) -> float:
    """Complaints a month among the chosen rows from the first to the last named month."""
    span = pd.period_range(since, until, freq="M")
    return frame[rows & frame["created_at"].dt.to_period("M").isin(span)].shape[0] / len(span)


def test_one_general_grid_gets_worse(sample: Sample, visit: pd.DataFrame) -> None:
    frame = sample["complaint"]
    bad = f"东山社区{PLANTED.worsening_general + 1}-"
    here = frame["grid"].str.startswith(bad, na=False)
    more = monthly(frame, here, "2026-03", "2026-06") / monthly(frame, here, "2025-03", "2025-06")
    other = monthly(frame, ~here, "2026-03", "2026-06") / monthly(
        frame, ~here, "2025-03", "2025-06"
    )
    assert more > 1.4 > 1.2 > other
    listed = visit[visit["person"].notna()]
    month = listed["occurred_at"].dt.strftime("%Y-%m")
    before, after = month.between("2025-03", "2025-10"), month.between("2026-03", "2026-10")
    inside = listed["grid"].str.startswith(bad)
    assert (inside & after).sum() / (inside & before).sum() < 0.85
    assert 0.93 < (~inside & after).sum() / (~inside & before).sum() < 1.07


def test_one_category_rises(sample: Sample) -> None:
    frame = sample["complaint"]
    rising = frame["category"] == PLANTED.rising_category
    spans = ("2026-07", "2026-10"), ("2025-07", "2025-10")
    assert monthly(frame, rising, *spans[0]) / monthly(frame, rising, *spans[1]) > 1.6
    assert 0.9 < monthly(frame, ~rising, *spans[0]) / monthly(frame, ~rising, *spans[1]) < 1.25


def test_the_handling_time_of_one_category_halves(sample: Sample) -> None:
    frame = sample["complaint"].query("closed_at > created_at and nature != '咨询'")
    hours = (frame["closed_at"] - frame["created_at"]).dt.total_seconds() / 3600
    after = frame["created_at"] >= pd.Timestamp(PLANTED.faster_from)
    mine = frame["category"] == PLANTED.faster_category
    assert 0.4 < hours[mine & after].median() / hours[mine & ~after].median() < 0.65
    assert 0.9 < hours[~mine & after].median() / hours[~mine & ~after].median() < 1.15


def test_three_workers_fabricate(sample: Sample, visit: pd.DataFrame) -> None:
    month = visit["occurred_at"].dt.to_period("M")
    counts = visit.groupby(["who", month]).size().unstack(fill_value=0)
    constant = counts[counts.nunique(axis=1) == 1]
    assert sorted(constant.iloc[:, 0]) == sorted(PLANTED.fabricator_target)
    mine = visit[visit["who"].isin(constant.index)]
    assert mine["note"].nunique() == 3
    hours = mine["entered_at"].dt.hour
    assert ((hours >= 22) | (hours < 5)).mean() > 0.9
    ordered = mine.sort_values(["who", "entered_at"])
    gaps = ordered.groupby(["who", ordered["occurred_at"].dt.to_period("M")])["entered_at"].diff()
    assert gaps.dt.total_seconds().median() < 40
    others = visit[~visit["who"].isin(constant.index)]
    assert others["note"].dropna().nunique() / others["note"].notna().sum() > 0.25
    assert np.isin(others["note"].dropna().unique(), mine["note"].unique()).sum() == 0


def test_nothing_in_the_data_names_what_was_planted() -> None:
    for path in COMMITTED.iterdir():
        assert b"planted" not in path.read_bytes().lower()
        assert b"fabricat" not in path.read_bytes().lower()
