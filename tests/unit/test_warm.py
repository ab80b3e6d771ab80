"""Warming up prepares the leader's first look, and says nothing where there is no data."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridgov.access.policy import scope_of
from gridgov.access.roles import Role, demo_identity
from gridgov.errors import WarehouseMissing
from gridgov.explore import sandbox
from gridgov.figures.palette import LIGHT
from gridgov.filters import Filters
from gridgov.trends.series import kept_sets
from gridgov.trends.spans import codes_with
from gridgov.ui import cache, warm
from gridgov.ui.overview import overview_of
from gridgov.ui.view import View, set_view
from gridgov.warehouse import Warehouse
from tests.warehouses import sample_warehouse


def test_the_first_look_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    spares: list[str] = []
    monkeypatch.setattr(sandbox, "warm_up", lambda: spares.append("kept"))
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(sample_warehouse()))
    warm.warm()
    assert spares == ["kept"]
    leader = demo_identity(Role.LEADER)
    reader = Warehouse.locate().reader(scope_of(leader))
    assert reader.data_date is not None
    set_view(View(leader, Filters(today=reader.data_date), LIGHT, "overview", reader))
    before = len(cache._KEPT)
    judged, _concerns, sentences = cache.kept(overview_of)
    assert len(cache._KEPT) == before
    assert judged[0].metric.code == "SV1"
    assert len(sentences) == 5
    key = (tuple(codes_with("month")), "month", ("社区", "一般"), None, (), reader.data_date, ())
    assert kept_sets.find(reader, key) is not None


def test_without_data_it_stops_quietly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sandbox, "warm_up", lambda: None)
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(tmp_path))
    with pytest.raises(WarehouseMissing):
        warm.warm()
    warm.start().join(10)
