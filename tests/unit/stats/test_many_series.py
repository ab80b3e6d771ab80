"""Many series at once: each is judged as if alone, however they lie and are cut into pieces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gridgov.stats import spc
from gridgov.stats.signals import signal_runs
from gridgov.stats.spc import sum_columns, xmr, xmr_batch
from tests.property.test_stats_spc import differing, slow_xmr

_WAYS = (None, "up", "down")


def _series(seed: int, rows: int, points: int) -> np.ndarray:
    """Noise, counts, constants, drifts and steps; gaps within, at both ends, and nothing at all."""
    rng = np.random.default_rng(seed)
    made = [
        rng.normal(size=(rows, points)),
        rng.integers(0, 4, size=(rows, points)).astype(np.float64),
        np.cumsum(rng.normal(size=(rows, points)), axis=1),
        np.full((rows, points), 5.1),
        rng.normal(size=(rows, points)) + 3.0 * (np.arange(points) > points // 2),
    ]
    values = np.concatenate(made)
    values[rng.random(values.shape) < 0.15] = np.nan
    values[:, -1] = np.where(rng.random(len(values)) < 0.5, np.nan, values[:, -1])
    values[rng.integers(len(values))] = np.nan
    values[rng.integers(len(values)), points // 2] = np.inf
    return values


@pytest.mark.parametrize("points", [1, 2, 7, 13, 22, 40, 150])
def test_every_series_reads_as_the_slow_rules_read_it_alone(points: int) -> None:
    values = _series(points, 12, points)
    ways = [_WAYS[row % 3] for row in range(len(values))]
    cut = (points // 2,) if points > 3 else ()
    batch = xmr_batch(values, improvement=ways, rebase=cut)  # type: ignore[arg-type]
    for row, series in enumerate(values):
        # Something infinite is no value.
        known = [float(one) if np.isfinite(one) else math.nan for one in series]
        slow = slow_xmr(known, ways[row], None, cut, None, True)
        assert differing(batch.row(row), slow) == []


@pytest.mark.parametrize("cells", [1, 50, 1_000])
def test_pieces_and_order_in_memory_change_nothing(
    monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    values = _series(5, 30, 22)
    ways = np.array([row % 3 - 1 for row in range(len(values))], dtype=np.int8)
    names = [("down", None, "up")[way + 1] for way in ways.tolist()]
    whole = xmr_batch(values, improvement=names, rebase=(9,))  # type: ignore[arg-type]
    monkeypatch.setattr(spc, "_CHUNK_CELLS", cells)
    for given in (values, np.asfortranarray(values)):
        cut = xmr_batch(given, improvement=ways, rebase=(9,))
        for name in ("mean", "lower", "upper", "signal", "point", "variation", "trial"):
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 22, 128, 129, 300])
def test_columns_are_added_up_as_one_series_is(size: int) -> None:
    rng = np.random.default_rng(size)
    values = rng.normal(size=(size, 40)) * 10.0 ** rng.integers(-3, 6, size=40)
    sums = sum_columns(values)
    for column in range(40):
        assert sums[column] == pytest.approx(math.fsum(values[:, column]), rel=1e-12, abs=1e-9)
        assert sums[column] == sum_columns(values[:, column : column + 1])[0]


def test_a_series_has_the_same_limits_alone() -> None:
    values = _series(8, 10, 30)
    batch = xmr_batch(values)
    for row, series in enumerate(values):
        alone = xmr(series)
        np.testing.assert_array_equal(batch.mean[row], alone.mean)
        np.testing.assert_array_equal(batch.upper[row], alone.upper)


def test_runs_of_chosen_series_are_those_of_all_narrowed() -> None:
    batch = xmr_batch(_series(3, 40, 26), improvement="up")
    every = signal_runs(batch)
    rows = np.arange(0, len(batch), 3)
    few = signal_runs(batch, rows)
    chosen = np.isin(every.row, rows)
    assert 0 < chosen.sum() < len(every)
    for name in ("row", "start", "end", "seen", "signal", "point"):
        np.testing.assert_array_equal(getattr(few, name), getattr(every, name)[chosen])
