"""What pages show to a leader, held against the residents counted one by one out of the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.attention import attention
from gridgov.figures.palette import LIGHT
from gridgov.filters import Filters, Period
from gridgov.judgement import judge, judged_history
from gridgov.metrics import METRICS
from gridgov.metrics.answer import Answer
from gridgov.metrics.evaluate import answer
from gridgov.queries.visits_evidence import (
    grid_standing,
    mode_shares,
    need_kinds,
    tier_standing,
    visit_hours,
)
from gridgov.small_counts import HIDDEN, counts_persons, hidden_figures, told
from gridgov.trends.series import judged_series
from gridgov.ui.map_page import map_frame
from gridgov.ui.places import peers_chart
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

TODAY = date(2026, 10, 31)
CODES = ("SV1", "SV4", "SV5", "SV7", "SV8", "SV9", "SV10")
SMALL = ("SV2", "SV6", "ML1", "ML2")
MONTHS = pd.date_range("2024-01-01", TODAY, freq="MS")


@pytest.fixture(scope="module")
def leader() -> Reader:
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))


@cache
def everything() -> Reader:
    return Warehouse(sample_warehouse()).reader()


@cache
def above() -> dict[str, list[str]]:
    """Grid → itself and all above it, and *."""
    found: dict[str, list[str]] = defaultdict(lambda: ["*"])
    for upper, grid in everything().rows("SELECT ancestor_id, grid_id FROM grid_closure"):
        found[grid].append(upper)
    return found


@cache
def parents() -> dict[str, str | None]:
    return dict(everything().rows("SELECT grid_id, parent_id FROM grid"))


@cache
def smallest() -> str:
    """The micro-grid with the fewest listed persons: fewer than five, as an assertion below says."""
    rows = everything().rows(
        "SELECT g.grid_id, count(DISTINCT k.person) AS persons FROM grid AS g"
        " JOIN key_person AS k ON k.grid_id = g.grid_id WHERE g.level = '微'"
        " GROUP BY g.grid_id ORDER BY persons, g.grid_id"
    )
    assert rows[0][1] < 5
    return str(rows[0][0])


def general() -> str:
    return str(parents()[smallest()])


@cache
def facts() -> tuple[pd.DataFrame, pd.DataFrame]:
    due = everything().frame(
        "SELECT grid_id, period_end AS on_date, person AS who, tier FROM fact_contact_period"
        " WHERE is_complete"
    )
    visits = everything().frame(
        "SELECT grid_id, on_date, coalesce(household, person) AS who, person, tier, mode, met,"
        " entered_at FROM fact_visit"
    )
    return due, visits


def behind(code: str) -> pd.DataFrame:
    """grid_id, on_date, who: a row a case of the metric."""
    due, visits = facts()
    if code in ("SV1", "SV8"):
        return due
    if code == "SV4":
        return visits[visits["met"].notna()]
    if code == "SV9":
        return visits[visits["entered_at"].notna()]
    if code == "SV7":
        is_contact = (visits["tier"] == "每周") & (visits["met"].fillna(True).astype(bool))
        return visits[is_contact].assign(who=visits["person"])
    return visits


@cache
def persons_by(code: str, freq: str) -> dict[tuple[str, str], frozenset[str]]:
    """(grid or *, period) → who: plain sets, unit by unit."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    rows = behind(code)
    periods = pd.to_datetime(rows["on_date"]).dt.to_period(freq).astype(str)
    for grid, period, who in zip(rows["grid_id"], periods, rows["who"], strict=True):
        for unit in above()[grid]:
            found[unit, period].add(who)
    return {key: frozenset(who) for key, who in found.items()}


def cells(found: Answer, code: str) -> Iterator[tuple[int, str, float, bool]]:
    """Bucket, unit, cases behind it, whether it is hidden."""
    one = next(figures for figures in found.figures if figures.metric.code == code)
    is_measured = one.metric.denominator == "measure"
    base = np.nan_to_num(one.denominator if is_measured else one.numerator)
    hidden = one.state == HIDDEN
    for at in range(one.value.shape[0]):
        for place, unit in enumerate(found.question.units):
            yield at, unit, float(base[at, place, 0]), bool(hidden[at, place, 0])


@pytest.mark.parametrize(("grain", "freq"), [("month", "M"), ("quarter", "Q"), ("year", "Y")])
@pytest.mark.parametrize("level", ["微", "一般"])
def test_no_rate_rests_on_a_few(leader: Reader, level: str, grain: str, freq: str) -> None:
    raw = answer(
        leader, CODES, date(2025, 1, 1), TODAY, grain=grain, by=(f"grid:{level}",),  # type: ignore[arg-type]
    )  # fmt: skip
    shown = told(leader, raw)
    seen = 0
    for code in CODES:
        who = persons_by(code, freq)
        for at, unit, base, hidden in cells(shown, code):
            period = str(pd.Period(raw.question.buckets[at].bucket, freq))
            if not hidden and base > 0:
                seen += 1
                assert len(who[unit, period]) >= 5, (code, unit, period)
    assert seen > 100


@pytest.mark.parametrize(("grain", "freq"), [("month", "M"), ("quarter", "Q")])
def test_nothing_follows_from_the_grid_above(leader: Reader, grain: str, freq: str) -> None:
    """Among siblings two are hidden or none, with five residents together, unless all is few."""
    asked = {"start": date(2025, 1, 1), "end": TODAY, "grain": grain}
    raw = answer(leader, CODES, by=("grid:微",), **asked)  # type: ignore[arg-type]
    upper = told(leader, answer(leader, CODES, by=("grid:一般",), **asked))  # type: ignore[arg-type]
    lower = told(leader, raw)
    lines = 0
    for code in CODES:
        who = persons_by(code, freq)
        bases = {(at, unit): base for at, unit, base, _hidden in cells(raw, code)}
        open_above = {(at, u): base > 0 and not h for at, u, base, h in cells(upper, code)}
        hidden: dict[tuple[int, str], list[str]] = defaultdict(list)
        for at, unit, _base, is_hidden in cells(lower, code):
            if is_hidden and bases[at, unit] > 0:
                hidden[at, str(parents()[unit])].append(unit)
        for (at, parent), units in hidden.items():
            period = str(pd.Period(raw.question.buckets[at].bucket, freq))
            if open_above[at, parent]:
                lines += 1
                assert len(units) >= 2, (code, parent, period)
                assert len(frozenset().union(*(who[u, period] for u in units))) >= 5
    assert lines > 20


def test_nothing_follows_from_the_quarter(leader: Reader) -> None:
    asked = {"start": date(2025, 1, 1), "end": TODAY, "by": ("grid:微",)}
    months = answer(leader, CODES, grain="month", **asked)  # type: ignore[arg-type]
    quarters = told(leader, answer(leader, CODES, grain="quarter", **asked))  # type: ignore[arg-type]
    masks = dict(zip(CODES, hidden_figures(leader, months), strict=True))
    lines = 0
    for code in CODES:
        for at, unit, base, hidden in cells(quarters, code):
            place = months.question.units.index(unit)
            part = masks[code][3 * at : 3 * at + 3, place, 0]
            if base > 0 and not hidden and part.any():
                lines += 1
                assert part.sum() >= 2, (code, unit, at)
    assert lines > 10


@pytest.mark.parametrize("level", ["微", "一般"])
def test_counts_of_persons_and_needs(leader: Reader, level: str) -> None:
    raw = answer(leader, SMALL, date(2025, 1, 1), TODAY, grain="month", by=(f"grid:{level}",))
    for one in told(leader, raw).figures:
        is_measured = one.metric.denominator == "measure"
        base = one.denominator if is_measured else one.numerator
        assert not ((base > 0) & (base < 5)).any(), one.metric.code
        assert (one.state == HIDDEN).any()
        assert np.isnan(one.value[one.state == HIDDEN]).all()


def test_a_grid_alone_hides_what_its_line_hides(leader: Reader) -> None:
    """Else the address of one grid would tell what the table keeps back."""
    for start in (date(2026, 10, 1), date(2026, 7, 1)):
        end = TODAY if start.month == 10 else date(2026, 9, 30)
        line = answer(leader, [*CODES, *SMALL], start, end, by=("grid:children",),
                      grid_id=general())  # fmt: skip
        together = hidden_figures(leader, line)
        for place, unit in enumerate(line.question.units):
            alone = hidden_figures(
                leader, answer(leader, [*CODES, *SMALL], start, end, grid_id=unit)
            )
            for one, two in zip(together, alone, strict=True):
                assert one[0, place, 0] == two[0, 0, 0]


def filters_at(place: str | None, period: Period = "this_half") -> Filters:
    return Filters(today=TODAY, period=period, grid_id=place)


def places() -> Iterable[str | None]:
    return (smallest(), general(), None)


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("period", ["this_month", "this_half"])
def test_tables_of_visits(leader: Reader, which: int, period: Period) -> None:
    filters = filters_at(tuple(places())[which], period)
    for frame, names in (
        (grid_standing(leader, filters), ("overdue",)),
        (tier_standing(leader, filters), ("listed", "overdue")),
        (mode_shares(leader, filters), ("visits",)),
        (need_kinds(leader, filters), ("found", "due")),
        (visit_hours(leader, filters), ("visits",)),
    ):
        for name in names:
            values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            assert not ((values > 0) & (values < 5)).any(), name


def test_tiers_of_the_smallest_grid(leader: Reader) -> None:
    """Three residents and fewer: nothing is said of any tier."""
    frame = tier_standing(leader, filters_at(smallest()))
    every = tier_standing(everything(), filters_at(smallest()))
    some = every["due"] > 0
    assert some.any()
    assert frame.loc[some, ["due", "contacted", "rate"]].isna().all(axis=None)
    assert frame.loc[every["listed"] > 0, "listed"].isna().all()
    assert frame["rate_before"].isna().all()


@pytest.mark.parametrize("code", ["SV1", "SV2", "SV8"])
def test_the_map(leader: Reader, code: str) -> None:
    filters = filters_at(None)
    shown = map_frame(leader, filters, code, "微").set_index("grid_id")
    every = map_frame(everything(), filters, code, "微").set_index("grid_id")
    who = persons_by("SV1", "M")
    few = 0
    for grid in shown.index:
        if code == "SV2":
            is_few = 0 < every.loc[grid, "value"] < 5
        else:
            months = [str(month) for month in pd.period_range("2026-07", "2026-10", freq="M")]
            found = frozenset().union(*(who.get((grid, m), frozenset()) for m in months))
            is_few = 0 < len(found) < 5
        if is_few:
            few += 1
            assert np.isnan(shown.loc[grid, "value"])
            assert shown.loc[grid, "note"] == "少于 5 人"
    assert few
    assert shown["value"].notna().any()
    assert every["value"].notna().all()


def test_neighbours_and_cards_of_the_smallest_grid(leader: Reader) -> None:
    grid, filters = smallest(), filters_at(smallest())
    chart = peers_chart(leader, filters, grid, "SV1", LIGHT)
    assert chart is not None
    own = chart.frame.set_index("key").loc[grid]
    assert np.isnan(own["value"])
    assert own["note"] == "少于 5 人"
    assert "n = " not in own["note"]
    cards = {item.metric.code: item for item in judge(leader, ("SV1", "SV2", "SV7"), filters)}
    assert cards["SV1"].state == "hidden"
    assert cards["SV1"].value is cards["SV1"].denominator is cards["SV1"].compared is None
    past = judged_history(leader, ["SV1"], filters, grid_id=grid)["SV1"]
    assert past[["value", "numerator", "denominator", "mean", "upper"]].isna().all(axis=None)
    series = judged_series(leader, ["SV1", "SV2"], grid_id=grid)
    for row in range(len(series)):
        frame = series.frame(row)
        assert not ((frame["value"] > 0) & (frame["n"] < 5)).any()
    assert series.frame(0)["n"].dropna().eq(0).all()


def test_concerns_name_no_few(leader: Reader) -> None:
    for place in places():
        for entry in attention(leader, filters_at(place), []):
            if entry.kind == "overdue_persons" and "不足" in entry.title:
                assert entry.detail == ""
                assert entry.grid_id == place


def test_a_supervisor_sees_the_numbers() -> None:
    scope = Scope(frozenset({Role.SUPERVISOR}), (general(),))
    own = Warehouse(sample_warehouse()).reader(scope)
    filters = filters_at(general())
    pd.testing.assert_frame_equal(
        grid_standing(own, filters), grid_standing(everything(), filters), check_dtype=False
    )
    tiers = tier_standing(own, filters_at(smallest()))
    assert not tiers[["hides_listed", "hides_rate", "hides_overdue"]].any(axis=None)
    assert tiers["listed"].between(1, 4).any()
    assert not any(mask.any() for mask in hidden_figures(
        own, answer(own, CODES, date(2026, 10, 1), TODAY, by=("grid:微",))
    ))  # fmt: skip


def test_visits_by_worker_are_counted_for_a_leader(leader: Reader) -> None:
    """A visit's number reads alike in both tables, and is nobody's own in either."""
    asked = {"start": date(2026, 7, 1), "end": date(2026, 9, 30), "by": ("worker",)}
    mine, every = (answer(reader, "SV5", **asked).frame() for reader in (leader, everything()))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(mine, every)
    assert len(mine) > 100
    ids = "SELECT visit_id FROM fact_visit_worker LIMIT 50"
    known = {row[0] for row in everything().rows("SELECT visit_id FROM fact_visit")}
    assert known.isdisjoint(row[0] for row in leader.rows(ids))


def test_what_counts_residents() -> None:
    counted = {code for code, metric in METRICS.items() if counts_persons(metric)}
    assert counted == {*CODES, *SMALL}
