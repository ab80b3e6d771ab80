"""Cells that count a few persons many times: it is the persons that must be five."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore.builder import Cut
from gridgov.explore.builder_answer import Answer, ask
from gridgov.filters import Filters
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

START, END = date(2026, 1, 1), date(2026, 6, 30)
FILTERS = Filters(today=END, comparison="none").changed(period="custom", start=START, end=END)


def leader() -> Reader:
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))


def counted(code: str) -> pd.DataFrame:
    """One row a person and contact or period, from the tables as stored, by plain Python below."""
    everything = Warehouse(sample_warehouse()).reader()
    if code == "SV1":
        return everything.frame(
            "SELECT person, grid_id AS micro, tier, category, period_end AS on_date "
            "FROM fact_contact_period WHERE is_complete AND period_end BETWEEN $start AND $end",
            start=START, end=END,
        )  # fmt: skip
    return everything.frame(
        "SELECT person, grid_id AS micro, tier, category, on_date FROM fact_visit "
        "WHERE tier = '每周' AND coalesce(met, true) AND on_date BETWEEN $start AND $end",
        start=START, end=END,
    )  # fmt: skip


CUTS = [
    ("SV1", ("grid:微", "tier"), None, ["micro", "tier"]),
    ("SV1", ("grid:微", "person_category"), None, ["micro", "category"]),
    ("SV1", ("tier",), "month", ["tier", "month"]),
    ("SV7", ("grid:微",), None, ["micro"]),
    ("SV7", ("grid:微",), "quarter", ["micro", "quarter"]),
]


def keys_of(answer: Answer, rows: pd.DataFrame) -> list[tuple[object, ...]]:
    names = [f"key_{i + 1}" for i in range(len(answer.cut.by))]
    if answer.cut.grain:
        names.append("bucket")
    return [tuple(row) for row in rows[names].itertuples(index=False)]


@pytest.mark.parametrize(("code", "by", "grain", "columns"), CUTS)
def test_no_cell_of_fewer_than_five_persons_is_shown_to_who_sees_no_persons(
    code: str, by: tuple[str, ...], grain: str | None, columns: list[str]
) -> None:
    behind: dict[tuple[object, ...], set[str]] = {}
    for row in counted(code).to_dict("records"):
        day = pd.Timestamp(row["on_date"])
        row["month"], row["quarter"] = (day.to_period(unit).start_time for unit in ("M", "Q"))
        behind.setdefault(tuple(row[name] for name in columns), set()).add(row["person"])
    answer = ask(leader(), FILTERS, Cut((code,), by=by, grain=grain))  # type: ignore[arg-type]
    shown = answer.rows[~answer.rows["is_suppressed"] & (answer.rows["denominator"] > 0)]
    few = {key for key, persons in behind.items() if len(persons) < 5}
    assert not few & set(keys_of(answer, shown))
    if (code == "SV1" and grain is None) or code == "SV7":
        # By the count of periods alone many of them would have been shown.
        open_to_all = ask(Warehouse(sample_warehouse()).reader(), FILTERS, answer.cut).rows
        passed = open_to_all[open_to_all["denominator"] >= 5]
        assert len(few & set(keys_of(answer, passed))) > 10


def test_those_who_see_persons_see_every_cell() -> None:
    reader = Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.SUPERVISOR})))
    rows = ask(reader, FILTERS, Cut(("SV1",), by=("grid:微", "tier"))).rows
    assert "is_suppressed" not in rows or not rows["is_suppressed"].any()


def test_a_cell_with_five_persons_stays_and_the_totals_are_those_of_the_pages() -> None:
    answer = ask(leader(), FILTERS, Cut(("SV1",), by=("grid:一般",)))
    assert not answer.rows["is_suppressed"].any()
    narrowed = FILTERS.changed(grid_id="51011200100103")
    one = ask(leader(), narrowed, Cut(("SV1",), by=("tier",)))
    whole = ask(leader(), FILTERS, Cut(("SV1",), by=("grid:一般",))).rows.set_index("key_1")
    shown = one.rows[~one.rows["is_suppressed"]]
    assert shown["denominator"].sum() <= whole.loc["51011200100103", "denominator"]
    assert np.isfinite(one.grand["value"]).all()
