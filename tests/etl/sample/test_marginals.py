"""The sample keeps the figures it was asked to have. Each test names the figure and counts it anew
from the files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import Sample

SPRING_FESTIVALS = pd.to_datetime(["2025-01-29", "2026-02-17"])
MONTHS = 22


def near(value: float, expected: float, tolerance: float) -> bool:
    return abs(value - expected) <= tolerance


def test_the_community_has_its_size(sample: Sample) -> None:
    assert len(sample["household"]) == 9_190
    newest = sample["grid_month"].query("month == month.max()")
    assert newest["residents"].sum() == 23_903
    occupied = sample["household"]["is_occupied"] == "是"
    assert newest["households"].sum() == occupied.sum()
    assert 0.02 < 1 - occupied.mean() < 0.08
    sizes = sample["household"].groupby("grid_id").size()
    assert len(sizes) == 127
    assert sizes.max() / sizes.min() > 5  # very unequal


def test_key_persons_by_tier(sample: Sample) -> None:
    current = sample["key_person"].query("valid_to.isna()")
    assert current["tier"].value_counts().to_dict() == {"每周": 150, "每月": 1_200, "每季": 900}


def test_138_workers_are_in_post_on_the_last_day(sample: Sample) -> None:
    tenure = sample["tenure"]
    current = tenure[tenure["valid_to"].isna()]
    assert current["worker_id"].nunique() == current["grid_id"].nunique() == len(current) == 138
    assert (
        sample["worker"].set_index("worker_id").loc[current["worker_id"], "kind"].eq("一般").sum()
        == 11
    )
    assert tenure["valid_to"].notna().sum() >= 10  # some left or moved
    assert (tenure["valid_from"] >= "2025-01-01").sum() >= 10  # some are new
    assert sample["worker"]["name"].is_unique


@pytest.fixture(scope="module")
def worker_months(sample: Sample, visit: pd.DataFrame) -> pd.DataFrame:
    """Visits of every worker and month in which they held their post from first to last day."""
    named = visit.assign(month=visit["occurred_at"].dt.to_period("M"))
    counted = named.groupby(["who", "month"]).size()
    kinds = sample["worker"].set_index("worker_id")["kind"]
    rows = []
    for one in sample["tenure"].itertuples():
        for month in pd.period_range("2025-01", "2026-10", freq="M"):
            left = pd.isna(one.valid_to) or one.valid_to >= month.end_time.normalize()
            if one.valid_from <= month.start_time and left:
                visits = counted.get((one.worker_id, month), 0)
                rows.append((one.worker_id, kinds[one.worker_id], month, visits))
    return pd.DataFrame(rows, columns=["who", "kind", "month", "visits"])


def test_micro_grid_workers_visit_14_times_a_month_negative_binomial(
    worker_months: pd.DataFrame,
) -> None:
    visits = worker_months.query("kind == '微'")["visits"]
    mean, variance = visits.mean(), visits.var()
    assert near(mean, 14, 0.7)
    assert near(mean**2 / (variance - mean), 2.0, 0.5)  # k by moments
    assert near((visits == 0).mean(), 0.08, 0.015)


def test_general_workers_visit_60_times_a_month(sample: Sample, visit: pd.DataFrame) -> None:
    """Counting the visits on which they went along with a micro-grid worker."""
    names = sample["worker"].query("kind == '一般'")["name"]
    accounts = sample["worker_alias"].merge(
        sample["worker"].query("kind == '一般'"), on="worker_id"
    )
    spelled = {*names, *accounts["alias"]}
    texts = visit["worker"].str.replace(" ", "").str.split("、").explode()
    assert near(texts.isin(spelled).sum() / MONTHS / 11, 60, 4)


def test_a_third_in_evenings_and_at_weekends(visit: pd.DataFrame) -> None:
    at = visit["occurred_at"]
    assert near(((at.dt.hour >= 18) | (at.dt.day_of_week >= 5)).mean(), 1 / 3, 0.02)


def test_72_percent_meet_someone_and_8_percent_find_a_need(visit: pd.DataFrame) -> None:
    assert near((visit["met"] == "是").mean(), 0.72, 0.015)
    assert near(visit["need"].notna().mean(), 0.08, 0.008)


def test_entry_is_later_at_the_end_of_a_month(visit: pd.DataFrame) -> None:
    late = visit["entered_at"] - visit["occurred_at"] > pd.Timedelta(hours=72)
    last_days = visit["occurred_at"].dt.days_in_month - visit["occurred_at"].dt.day < 5
    assert late[last_days].mean() > 1.4 * late[~last_days].mean()
    assert near(late.mean(), 0.10, 0.03)


def test_60_percent_more_in_the_fortnight_before_spring_festival(visit: pd.DataFrame) -> None:
    daily = visit.groupby(visit["occurred_at"].dt.normalize()).size()
    daily = daily.reindex(pd.date_range("2025-01-01", "2026-10-31"), fill_value=0)
    gap = np.min([np.abs((daily.index - day).days) for day in SPRING_FESTIVALS], axis=0)
    before = np.any([((day - daily.index).days > 0) & ((day - daily.index).days <= 14)
                     for day in SPRING_FESTIVALS], axis=0)  # fmt: skip
    usual = daily[(gap > 30) & (daily.index < "2026-10-01")].mean()
    assert near(daily[before].mean() / usual, 1.6, 0.12)


def test_complaints_come_about_200_a_month(sample: Sample) -> None:
    assert near(len(sample["complaint"]) / MONTHS, 200, 15)


@pytest.mark.parametrize(
    ("column", "shares"),
    [
        ("nature", {"投诉": 45, "求助": 35, "咨询": 10, "建议": 8, "表扬": 2}),
        ("category", {
            "物业": 24, "市容占道": 16, "噪声": 12, "停车": 12, "水电气设施": 11, "邻里": 7,
            "民政社保": 6, "消防": 5, "违建": 4, "其他": 3,
        }),
    ],
)  # fmt: skip
def test_complaints_by_kind(sample: Sample, column: str, shares: dict[str, float]) -> None:
    """Before the one category rises."""
    frame = sample["complaint"].query("created_at < '2026-07-01'")
    found = frame[column].value_counts(normalize=True) * 100
    assert set(found.index) == set(shares)
    for kind, share in shares.items():
        assert near(found[kind], share, 1.7), kind


def test_complaints_halve_in_the_week_of_spring_festival_and_grow_in_summer(sample: Sample) -> None:
    from etl.sample.complaint import complaints
    from etl.sample.days import Days
    from etl.sample.people import posts
    from etl.sample.place import community

    # One community has two such weeks of about 25; twenty of them tell the halving from chance.
    days = Days(pd.Timestamp("2026-06-30").date())
    counts = np.zeros(days.count)
    for index in range(20):
        place = community(index, 3, days)
        log = complaints(place, posts(place, days), days)
        counts += np.bincount(log.created // 86_400, minlength=days.count)
    dates = pd.date_range("2025-01-01", periods=days.count)
    week = np.any(
        [((dates - day).days >= 0) & ((dates - day).days < 7) for day in SPRING_FESTIVALS], axis=0
    )
    summer = (dates >= "2025-06-15") & (dates < "2025-09-01")
    usual = ((dates >= "2025-03-15") & (dates < "2025-06-01")) | (
        (dates >= "2025-10-15") & (dates < "2026-01-15")
    )
    # Repeats follow up to 29 days later, so that a step is blurred at its edges.
    assert near(counts[week].mean() / counts[usual].mean(), 0.55, 0.08)
    assert near(counts[summer].mean() / counts[usual].mean(), 1.15, 0.04)


@pytest.mark.parametrize(
    ("kind", "days"),
    [("市容占道", 1.2), ("物业", 4.5), ("违建", 12.0), ("水电气设施", 2.0), ("咨询", 0.3)],
)
def test_handling_times_are_lognormal_about_their_medians(
    sample: Sample, kind: str, days: float
) -> None:
    frame = sample["complaint"].query("created_at < '2025-09-01' and closed_at > created_at")
    is_enquiry = frame["nature"] == "咨询"
    rows = is_enquiry if kind == "咨询" else (frame["category"] == kind) & ~is_enquiry
    spent = (frame["closed_at"] - frame["created_at"])[rows].dt.total_seconds() / 86_400
    logs = np.log(spent)
    assert near(np.log(spent.median()), np.log(days), 3.2 * 0.9 * 1.2533 / np.sqrt(len(spent)))
    assert near(logs.std(), 0.9, 0.16)


def test_deadlines_are_1_5_and_10_working_days(sample: Sample) -> None:
    calendar = sample["calendar"]
    working = calendar.loc[calendar["is_working_day"] == "是", "on_date"].to_numpy()
    frame = sample["complaint"].dropna(subset=["due_at"])
    opened, due = (frame[c].dt.normalize().to_numpy() for c in ("created_at", "due_at"))
    passed = np.searchsorted(working, due, side="right") - np.searchsorted(
        working, opened, side="right"
    )
    for nature, days in (("咨询", 1), ("求助", 5), ("投诉", 10)):
        assert set(passed[frame["nature"] == nature]) == {days}
    assert np.isin(due, working).all()


def test_outcomes_of_complaints(sample: Sample) -> None:
    frame = sample["complaint"]
    end = pd.Timestamp("2026-11-01")
    due = frame[frame["due_at"] < end]
    assert 0.88 <= (due["closed_at"] <= due["due_at"]).mean() <= 0.94
    answered = frame[frame["called_back"] == "是"]
    assert near(len(answered) / frame["called_back"].notna().sum(), 0.55, 0.02)
    assert 0.80 <= (answered["resolved"] == "是").mean() <= 0.88
    assert near((answered["satisfied"] == "满意").mean(), 0.90, 0.02)
    assert frame.loc[frame["called_back"] != "是", ["resolved", "satisfied"]].isna().all(axis=None)
    still_open = frame["closed_at"].isna()
    assert 0.005 < still_open.mean() < 0.03
    assert 0.01 < (frame["closed_at"] == frame["created_at"]).mean() < 0.04


def test_18_percent_of_complaints_repeat_one_of_the_last_30_days(sample: Sample) -> None:
    frame = sample["complaint"].sort_values("created_at")
    before = frame.groupby(["household", "category"])["created_at"].shift()
    assert near((frame["created_at"] - before <= pd.Timedelta(days=30)).mean(), 0.18, 0.015)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("邻里日", 20 / 22, 20 / 22),
        ("微党课", 10, 12),
        ("格格讲堂", 1.6, 2.4),
        ("文艺展演", 6.3, 7.7),
    ],
)
def test_activities_a_month(sample: Sample, kind: str, low: float, high: float) -> None:
    held = (sample["activity"]["type"] == kind).sum() / MONTHS
    assert low <= held <= high


def test_neighbour_days_draw_60_to_180_people_in_another_grid_each_time(sample: Sample) -> None:
    held = sample["activity"].query("type == '邻里日'").sort_values("started_at")
    assert held["attendances"].between(60, 180).all()
    assert (held["grid"] != held["grid"].shift()).all()
    assert held["grid"].head(11).nunique() == 11
    months = set(held["started_at"].dt.strftime("%Y-%m"))
    assert len(months) == 20
    assert {"2025-08", "2026-02"}.isdisjoint(months)


def test_teams_courses_fairs_and_services(sample: Sample) -> None:
    frame = sample["activity"]
    shows = frame[frame["type"] == "文艺展演"]
    assert 17 <= shows["team"].nunique() <= 20
    school = frame[frame["type"] == "市民艺术学校"]
    assert school["name"].str.replace(r"第\d课", "", regex=True).nunique() == 12
    assert near(school["attendances"].sum() / school["enrolled"].sum(), 0.78, 0.03)
    assert (school["attendances"] <= school["enrolled"]).mean() > 0.98
    fairs = frame[frame["type"] == "招聘会"]
    assert set(fairs["started_at"].dt.month) == {2, 3, 4}
    assert near(fairs["enrolled"].sum() / fairs["attendances"].sum(), 0.27, 0.04)
    assert frame.loc[frame["type"] == "经营点集市", "services"].between(100, 200).all()
    assert set(frame.loc[frame["type"] == "格格讲堂", "speaker"]) == {
        "书记",
        "居民",
        "物业",
        "格格",
    }
    assert {"年审服务", "商户服务", "退役军人服务", "义务服务"} <= set(frame["type"])
    rated = frame.dropna(subset=["rated"])
    assert near(rated["satisfied"].sum() / rated["rated"].sum(), 0.925, 0.03)
