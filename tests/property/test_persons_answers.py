"""Answers of the builder on the sample, held against a naive count of persons in pandas.

The count knows nothing of the product's SQL: it takes the facts row by row.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore.builder import Cut, allowed_grains, allowed_splits
from gridgov.explore.builder_answer import REST, Answer, ask
from gridgov.explore.persons import counts_persons
from gridgov.explore.pivot import long_frame, pivot
from gridgov.filters import Filters, Span
from gridgov.metrics import METRICS
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

# Neither begins nor ends with a month or a week: the outer buckets are cut.
START, END = date(2026, 2, 10), date(2026, 6, 18)
TODAY = date(2026, 10, 31)
FILTERS = Filters(
    today=TODAY, period="custom", start=START, end=END, comparison="same_last_year"
)  # fmt: skip
GENERAL = "51011200100103"
# Larger tables are left to the sums that the lattice checks by itself: dense algebra takes minutes.
_DENSE = 400
_FINE = ("SV1", "SV2", "SV5")
CODES = [code for code, metric in METRICS.items() if counts_persons(metric)]
PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@cache
def reader(role: Role) -> Reader:
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({role})))


@cache
def parents() -> pd.DataFrame:
    grid = (
        Warehouse(sample_warehouse()).reader().frame("SELECT grid_id, parent_id, level FROM grid")
    )
    return grid.set_index("grid_id")


@cache
def facts(code: str) -> pd.DataFrame:
    """Persons one by one: who, on, grid:微, grid:一般, tier, person_category, mode; any day."""
    everything = Warehouse(sample_warehouse()).reader()
    if code in ("SV1", "SV8"):
        frame = everything.frame("SELECT * FROM fact_contact_period")
        frame = frame[frame["is_complete"]].assign(on=frame["period_end"], who=frame["person"])
        frame["mode"] = ""
    elif code == "SV2":
        frame = everything.frame("SELECT * FROM fact_overdue_spell")
        frame = frame.assign(on=frame["since_on"], who=frame["person"], mode="")
    else:
        frame = everything.frame("SELECT * FROM fact_visit")
        who = frame["person"].where(frame["person"].notna(), frame["household"])
        frame = frame.assign(on=frame["on_date"], who=who)
        frame = frame[_counts(code, frame)]
        if code in ("SV6", "ML1"):
            frame = frame.assign(on=frame["need_due"])
    frame = frame.rename(columns={"category": "person_category", "grid_id": "grid:微"})
    frame["grid:一般"] = frame["grid:微"].map(parents()["parent_id"])
    for name in ("tier", "person_category", "mode"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
    for name in ("on", *(("until_on",) if code == "SV2" else ())):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def _counts(code: str, visits: pd.DataFrame) -> pd.Series:
    help_ = visits["purpose"].fillna("").str.contains("年审")
    found: dict[str, pd.Series] = {
        "SV4": visits["met"].notna(),
        "SV5": visits["visit_id"].notna(),
        "SV6": visits["need"].notna() & visits["need_due"].notna(),
        "SV7": (visits["tier"] == "每周") & (visits["met"].isna() | (visits["met"] == True)),  # noqa: E712
        "SV9": visits["entered_at"].notna(),
        "SV10": visits["visit_id"].notna(),
        "ML1": help_,
        "ML2": help_ & (visits["mode"] == "上门"),
    }
    return found[code]


def starts(days: pd.Series, grain: str) -> pd.Series:
    if grain == "half":
        return pd.to_datetime(
            {"year": days.dt.year, "month": 1 + 6 * (days.dt.month > 6), "day": 1}
        )
    firsts: pd.Series = days.dt.to_period(PERIODS[grain]).dt.start_time
    return firsts


def people(code: str, cut: Cut, span: Span, grid_id: str | None) -> pd.DataFrame:
    """Rows of `facts` that a cut is over, with its keys; SV2: a row a person and moment."""
    frame = facts(code)
    if grid_id is not None:
        frame = frame[(frame["grid:微"] == grid_id) | (frame["grid:一般"] == grid_id)]
    if code == "SV2":
        ends = pd.date_range(span.start, span.end)
        firsts = (
            starts(pd.Series(ends), cut.grain) if cut.grain else pd.Series([pd.NaT] * len(ends))
        )
        last = pd.DataFrame({"on": ends, "bucket": firsts}).groupby("bucket", dropna=False).last()
        moments = []
        for bucket, moment in last["on"].items():
            held = frame["until_on"].isna() | (frame["until_on"] > moment)
            moments.append(frame[(frame["on"] <= moment) & held].assign(bucket=bucket))
        frame = pd.concat(moments)
    else:
        frame = frame[frame["on"].between(pd.Timestamp(span.start), pd.Timestamp(span.end))]
        if cut.grain:
            frame = frame.assign(bucket=starts(frame["on"], cut.grain))
    for name, values in cut.only:
        frame = frame[frame[name].isin(values)]
    for place, split in enumerate(cut.by):
        frame = frame.assign(**{f"key_{place + 1}": frame[split]})
    return frame


def behind(rows: pd.DataFrame, persons: pd.DataFrame, kept: Sequence[object]) -> list[int]:
    """Distinct persons behind each row, by the keys it has; the rest is all keys but `kept`."""
    names = [name for name in ("key_1", "key_2", "bucket") if name in rows]
    persons = persons.copy()
    if "key_1" in names and REST in set(rows["key_1"]):
        # What no row of the full answer holds is no part of the rest.
        known = persons["key_1"].notna() & (persons["key_1"] != "")
        persons["key_1"] = persons["key_1"].where(persons["key_1"].isin(kept) | ~known, REST)
    if not names:
        return [persons["who"].nunique()] * len(rows)
    counted = persons.groupby(names, as_index=False)["who"].nunique()
    found = rows[names].merge(counted, on=names, how="left")["who"]
    return [int(number) for number in found.fillna(0)]


def assert_protected(answer: Answer, code: str, grid_id: str | None) -> None:
    cut, metric = answer.cut, METRICS[code]
    now = people(code, cut, answer.span, grid_id)
    before = people(code, cut, answer.compared, grid_id) if answer.compared else None
    kept = [key for key in answer.rows.get("key_1", ()) if key != REST]
    base = "denominator" if metric.denominator == "measure" else "numerator"
    is_stock = code == "SV2" and cut.grain
    for frame in (answer.rows, answer.row_margin, answer.column_margin, answer.grand):
        persons = now
        if is_stock and "bucket" not in frame:
            persons = now[now["bucket"] == now["bucket"].max()]
        counts = np.array(behind(frame, persons, kept))
        shown = frame[["value", "numerator", base, "n"]].notna().any(axis=1).to_numpy()
        some = shown & (frame[base].fillna(0).to_numpy() > 0)
        assert (counts[some] >= 5).all(), frame[some & (counts < 5)]
        if "compared" in frame and before is not None:
            assert_compared_protected(frame, before, kept, bool(is_stock))
    assert_nothing_follows(answer, code, now, kept)


def assert_compared_protected(
    frame: pd.DataFrame, persons: pd.DataFrame, kept: Sequence[object], is_stock: bool
) -> None:
    then = frame
    if "bucket" in frame:
        # The buckets of both periods lie beside each other in their order.
        turns = frame["bucket"].rank(method="dense").astype(int) - 1
        first = starts_of_year_before(frame["bucket"])
        then = frame.assign(bucket=turns.map(dict(enumerate(sorted(first.unique())))))
    elif is_stock:
        persons = persons[persons["bucket"] == persons["bucket"].max()]
    counts = np.array(behind(then, persons, kept))
    shown = frame["compared"].notna().to_numpy() & (frame["compared"].fillna(0) != 0).to_numpy()
    assert (counts[shown] >= 5).all()
    hidden = frame["is_suppressed"] | frame["is_compared_suppressed"]
    assert frame.loc[hidden, "difference"].isna().all()


def starts_of_year_before(buckets: pd.Series) -> pd.Series:
    return buckets - pd.DateOffset(years=1)


def assert_nothing_follows(
    answer: Answer, code: str, persons: pd.DataFrame, kept: Sequence[object]
) -> None:
    """No hidden figure about fewer than five is the solution of the sums that the answer shows."""
    frames = [answer.rows, answer.grand]
    if answer.columns_by is not None:
        frames += [answer.row_margin, answer.column_margin]
    if not answer.cut.by and not answer.cut.grain:
        return
    if code == "SV2" and answer.cut.grain:
        frames = [frame for frame in frames if "bucket" in frame]
    unknown = np.concatenate([frame["is_suppressed"].to_numpy(bool) for frame in frames])
    if not unknown.any() or len(frames) == 1 or unknown.sum() > _DENSE:
        return
    starts_at = np.cumsum([0, *(len(frame) for frame in frames)])
    rows = frames[0]
    equations = []
    for frame, start in zip(frames[1:], starts_at[1:], strict=False):
        names = [name for name in ("key_1", "key_2", "bucket") if name in frame]
        columns = {name: (rows[name].to_numpy(), frame[name].to_numpy()) for name in names}
        for at in range(len(frame)):
            inside = np.ones(len(rows), dtype=bool)
            for of_rows, of_frame in columns.values():
                inside &= of_rows == of_frame[at]
            row = np.zeros(starts_at[-1])
            row[: len(rows)], row[start + at] = inside, -1.0
            equations.append(row)
    counts = np.concatenate([behind(frame, persons, kept) for frame in frames])
    matrix = np.array(equations)[:, unknown]
    matrix = matrix[(matrix != 0).any(axis=1)]
    _u, sizes, v = np.linalg.svd(matrix)
    told = (np.abs(v[(sizes > 1e-9).sum() :]) < 1e-8).all(axis=0)
    of_few = (counts[unknown] > 0) & (counts[unknown] < 5)
    assert not (told & of_few).any()


def splits_of(code: str) -> list[tuple[str, ...]]:
    dims = allowed_splits([code])
    single = [(), ("grid:一般",), ("grid:微",), *((name,) for name in dims)]
    return [
        *single,
        *(("grid:一般", name) for name in dims),
        *(("grid:微", n) for n in dims[:1] if code in _FINE),
    ]


EVERY = [(code, by) for code in CODES for by in splits_of(code)]
# The suite takes a third, of every metric something; GRIDGOV_EVERY_CELL=1 takes all (minutes).
SWEEP = EVERY if os.environ.get("GRIDGOV_EVERY_CELL") else EVERY[::3]


@pytest.mark.parametrize(("code", "by"), SWEEP, ids=lambda part: str(part))
def test_every_split_with_every_filter_rest_and_comparison(code: str, by: tuple[str, ...]) -> None:
    """By turns: every filter, a top with the rest, the compared period, two grains, a place."""
    leader = reader(Role.LEADER)
    dims = allowed_splits([code])
    values = {name: sorted(facts(code)[name].unique()) for name in dims}
    filters: list[tuple[tuple[str, tuple[str, ...]], ...]] = [()]
    filters += [((name, tuple(v for v in values[name] if v)[:2]),) for name in dims]
    grains = (None, "month") if "month" in allowed_grains([code]) else (None,)
    turn = len(str(by))
    for at, (only, grain) in enumerate(product(filters, grains)):
        if only and grain and len(by) == 2:
            continue
        top = 4 if by and (at + turn) % 2 else None
        place = GENERAL if (at + turn) % 3 == 2 else None
        cut = Cut((code,), by, grain, only, top=top, compare=True, share=True)  # type: ignore[arg-type]
        answer = ask(leader, FILTERS.changed(grid_id=place), cut)
        assert_protected(answer, code, place)


@pytest.mark.parametrize("grain", ["day", "week", "quarter", "half", "year"])
@pytest.mark.parametrize("code", ["SV1", "SV2", "SV5", "SV7"])
def test_every_grain(code: str, grain: str) -> None:
    for by in (("grid:一般",), ("tier",) if "tier" in METRICS[code].dimensions else ("mode",)):
        cut = Cut((code,), by, grain, top=3)  # type: ignore[arg-type]
        filters = FILTERS.changed(comparison="none", end=date(2026, 4, 18))
        assert_protected(ask(reader(Role.LEADER), filters, cut), code, None)


def test_an_analyst_is_told_as_little() -> None:
    cut = Cut(("SV1", "SV8"), ("grid:微",), "month", compare=True)
    found = [ask(reader(role), FILTERS, cut) for role in (Role.LEADER, Role.ANALYST)]
    pd.testing.assert_frame_equal(found[0].rows, found[1].rows)
    assert found[0].rows["is_suppressed"].sum() > 50


def test_a_table_and_a_file_show_no_more_than_the_answer() -> None:
    cut = Cut(("SV2",), ("grid:微", "tier"), compare=True, sort="high")
    answer = ask(reader(Role.LEADER), FILTERS, cut)
    frame = long_frame(answer)
    gone = frame[frame["is_suppressed"]]
    assert len(gone) > 50
    assert gone[["value", "numerator", "n", "difference"]].isna().all().all()
    assert (gone["state"] == "").all()
    cells = {text for row in pivot(answer).rows for text in row.values()}
    assert "<5" in cells and not cells & {"1", "2", "3", "4"}


def test_the_order_does_not_tell_what_is_hidden() -> None:
    answer = ask(reader(Role.LEADER), FILTERS, Cut(("SV2",), ("grid:微",), sort="low"))
    flags = answer.rows["is_suppressed"].to_numpy()
    assert flags.any() and not flags.all()
    # What is hidden comes last, by number, whichever way the rest is sorted.
    assert (np.diff(flags.astype(int)) >= 0).all()
    hidden = list(answer.rows.loc[flags, "key_1"])
    assert hidden == sorted(hidden)


@pytest.mark.parametrize(("code", "name"), [("SV1", "tier"), ("SV5", "mode"), ("SV7", "mode")])
def test_two_filters_do_not_tell_their_difference(code: str, name: str) -> None:
    """All values, each one, all but one: the persons in between are none or five."""
    values = [value for value in sorted(facts(code)[name].unique()) if value]
    chosen = [(), *((v,) for v in values), *(tuple(v for v in values if v != o) for o in values)]
    shown: dict[tuple[str, ...], set[str]] = {}
    for part in chosen:
        only = ((name, part),) if part else ()
        rows = ask(reader(Role.LEADER), FILTERS, Cut((code,), ("grid:微",), only=only)).rows
        passed = rows[~rows["is_suppressed"] & (rows["denominator"] > 0)]
        shown[part or tuple(values)] = set(passed["key_1"])
    cut = Cut((code,), ("grid:微",))
    persons = people(code, cut, FILTERS.span, None)
    for wide, narrow in product(shown, shown):
        if set(narrow) < set(wide):
            left = persons[persons[name].isin(set(wide) - set(narrow))]
            counted = left.groupby("key_1")["who"].nunique()
            for grid in shown[wide] & shown[narrow]:
                assert counted.get(grid, 0) == 0 or counted[grid] >= 5, (wide, narrow, grid)


@pytest.mark.parametrize(
    ("code", "by"), [("SV2", ("grid:微",)), ("SV7", ("person_category", "grid:微"))]
)
def test_the_rest_is_hidden_where_it_would_tell(code: str, by: tuple[str, ...]) -> None:
    """However many come before it: down to a rest of a single small one."""
    rests = []
    for top in range(1, 14):
        filters = FILTERS.changed(grid_id=GENERAL)
        answer = ask(reader(Role.LEADER), filters, Cut((code,), by, top=top, compare=True))
        assert_protected(answer, code, GENERAL)
        rests.append(answer.rows[answer.rows["key_1"] == REST]["is_suppressed"])
    flags = pd.concat(rests)
    assert flags.any() and not flags.all()
