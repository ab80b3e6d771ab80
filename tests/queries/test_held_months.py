"""Whole months from memory: the same as what statements give, for whatever is asked."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from gridgov.metrics import METRICS, Grain, evaluate
from gridgov.metrics.grids import ALL, tree_of
from gridgov.metrics.months import months_of, upper_units
from gridgov.metrics.reach import reach_of
from gridgov.warehouse import Reader

# The package gives the function of the same name.
engine = import_module("gridgov.metrics.evaluate")
SPANS = (
    (date(2025, 7, 1), date(2025, 12, 31)),
    (date(2025, 8, 1), date(2025, 8, 31)),
    (date(2024, 11, 1), date(2026, 12, 31)),
)
GRAINS: tuple[Grain | None, ...] = (None, "month", "quarter", "half", "year")
SPLITS = ((), ("grid:一般",), ("grid:微",), ("grid:社区",), ("tier",), ("tier", "grid:一般"))


def codes_for(grain: Grain | None, by: tuple[str, ...]) -> list[str]:
    named = [name for name in by if not name.startswith("grid:")]
    return [
        code
        for code, metric in METRICS.items()
        if (grain is None or grain in metric.grains)
        and all(name in metric.dimensions for name in named)
    ]


@pytest.mark.parametrize("by", SPLITS)
@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("unit", (None, "C1", "G1", "G1M1"))
def test_the_same_as_from_statements(
    monkeypatch: pytest.MonkeyPatch,
    hard_reader: Reader,
    unit: str | None,
    grain: Grain | None,
    by: tuple[str, ...],
) -> None:
    for start, end in SPANS:
        asked = {"grain": grain, "by": by, "grid_id": unit}
        codes = codes_for(grain, by)
        got = evaluate(hard_reader, codes, start, end, **asked)  # type: ignore[arg-type]
        with monkeypatch.context() as patch:
            patch.setattr(engine, "is_of_months", lambda _metric, _question: False)
            patch.setattr(engine, "has_reach", lambda _reader, _metric, _question: False)
            want = evaluate(hard_reader, codes, start, end, **asked)  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(got, want, rtol=1e-12, atol=1e-12)


def test_upper_grids_are_held_and_no_statement_follows(
    monkeypatch: pytest.MonkeyPatch, hard_reader: Reader
) -> None:
    asked = {"grain": "month", "by": ("grid:一般",)}
    codes = ["SV1", "C3", "C10", "HP1", "PB4", "SV8"]
    first = evaluate(hard_reader, codes, *SPANS[0], **asked)  # type: ignore[arg-type]
    monkeypatch.setattr(Reader, "_execute", lambda *_given: pytest.fail("a statement"))
    again = evaluate(hard_reader, codes, *SPANS[0], **asked)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(first, again)
    assert first["value"].notna().any()


def test_months_outside_what_is_held_are_unknown(hard_reader: Reader) -> None:
    held = months_of(hard_reader, (ALL,), ("visit_visits",))
    before = held.taken(("visit_visits",), (ALL,), held.first - 3, held.first + 1)
    assert before.shape == (1, 1, 4)
    assert np.isnan(before[0, 0, :3]).all()
    assert held.taken(("visit_visits",), (ALL,), held.end, held.end + 2).shape == (1, 1, 2)
    total = np.nansum(held.taken(("visit_visits",), (ALL,), held.first, held.end))
    rows = hard_reader.rows("SELECT sum(visits) FROM mart_visit_month WHERE grid_id = '*'")
    assert total == rows[0][0] > 0


def test_only_so_many_grids_are_held(hard_reader: Reader) -> None:
    tree = tree_of(hard_reader)
    everything = upper_units(tree, 1_000)
    assert everything[0] == ALL
    assert set(everything[1:]) == set(tree.children)
    assert upper_units(tree, 0) == [ALL]
    few = upper_units(tree, len(tree.tops) + 1)
    assert set(few) == {ALL, *(top for top in tree.tops if top in tree.children)}
    assert set(reach_of(hard_reader).places) <= set(everything)
