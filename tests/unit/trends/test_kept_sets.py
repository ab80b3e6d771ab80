"""What a reader keeps of judged series: the standing set, and others while there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridgov.trends._kept import KeptSets
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Warehouse(Path(sample_warehouse())).reader()


def test_the_oldest_asked_for_go_first_and_the_standing_set_stays(reader: Reader) -> None:
    kept: KeptSets[str] = KeptSets(largest=10, all_cells=20)
    kept.keep(reader, "standing", "S", 9, is_standing=True)
    for name in ("a", "b"):
        kept.keep(reader, name, name.upper(), 10, is_standing=False)
    assert kept.find(reader, "a") == "A"
    kept.keep(reader, "c", "C", 5, is_standing=False)
    found = {name: kept.find(reader, name) for name in ("a", "b", "c", "standing")}
    assert found == {"a": "A", "b": None, "c": "C", "standing": "S"}


def test_too_large_a_set_is_not_kept_standing_or_not(reader: Reader) -> None:
    kept: KeptSets[str] = KeptSets(largest=10, all_cells=20)
    for is_standing in (True, False):
        kept.keep(reader, is_standing, "X", 11, is_standing=is_standing)
        assert kept.find(reader, is_standing) is None


def test_what_may_go_is_forgotten_and_the_standing_set_when_told(reader: Reader) -> None:
    kept: KeptSets[str] = KeptSets(largest=10, all_cells=20)
    kept.keep(reader, "standing", "S", 1, is_standing=True)
    kept.keep(reader, "a", "A", 1, is_standing=False)
    kept.forget(reader, standing=False)
    assert (kept.find(reader, "a"), kept.find(reader, "standing")) == (None, "S")
    kept.forget(reader, standing=True)
    assert kept.find(reader, "standing") is None
