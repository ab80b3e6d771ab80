"""The sample and a small world of hard cases, each beside its plain-Python reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridgov.warehouse import Reader, Warehouse
from tests.queries.hard_cases import hard_cases
from tests.queries.oracle import World, world_of
from tests.warehouses import make_warehouse, sample_warehouse


@pytest.fixture(scope="session")
def sample_reader() -> Reader:
    """The shipped sample, everything in sight."""
    return Warehouse(sample_warehouse()).reader()


@pytest.fixture(scope="session")
def sample_world(sample_reader: Reader) -> World:
    return world_of(sample_reader)


@pytest.fixture(scope="session")
def hard_reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A world small enough to check by hand, with every awkward case in it."""
    return make_warehouse(Path(tmp_path_factory.mktemp("hard")) / "warehouse", **hard_cases())


@pytest.fixture(scope="session")
def hard_world(hard_reader: Reader) -> World:
    return world_of(hard_reader)
