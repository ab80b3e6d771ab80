"""Who leads a grid: as the spells say, for any day, and asked once."""

from __future__ import annotations

from datetime import date

import pytest

from gridgov.queries.holders import holders_of
from gridgov.warehouse import Reader

DAYS = (date(2025, 3, 1), date(2026, 10, 31))


def test_holders_are_those_of_the_day(sample_reader: Reader) -> None:
    spells = sample_reader.frame("SELECT * FROM grid_holder")
    workers = sample_reader.frame("SELECT worker_id, name FROM worker")
    named = dict(zip(workers["worker_id"], workers["name"], strict=True))
    grids = [*sorted(set(spells["grid_id"]))[:40], "nowhere"]
    several = 0
    for day in DAYS:
        found = holders_of(sample_reader, grids, day)
        for grid in grids:
            held = {
                named[spell.worker_id]
                for spell in spells.itertuples()
                if spell.grid_id == grid and spell.valid_from.date() <= day <= spell.valid_to.date()
            }
            assert found[grid] == tuple(sorted(held)), (grid, day)
            several += bool(held)
    assert several > 20


def test_what_is_known_is_not_asked_again(
    sample_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    grids = ["51011200100107", "51011200100101"]
    first = holders_of(sample_reader, grids, DAYS[1])

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(Reader, "rows", refuse)
    assert holders_of(sample_reader, reversed(grids), DAYS[1]) == first
