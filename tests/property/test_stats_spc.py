"""XmR against a slow, obvious second implementation, and what must hold for any series."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.stats.spc import Xmr, xmr, xmr_batch

GAP = float("nan")
VALUE = st.one_of(
    st.integers(-5, 5).map(float),
    st.integers(0, 4000).map(lambda n: n / 16),
    st.just(GAP),
)
RAMPS = st.lists(st.tuples(st.sampled_from([-1.0, 1.0, 40.0]), st.integers(1, 9)), max_size=5).map(
    lambda parts: np.cumsum([step for step, length in parts for _ in range(length)])[:40].tolist()
)
"""Rises and falls long enough for trends, which values by themselves hardly ever make."""
SERIES = st.one_of(st.lists(VALUE, min_size=0, max_size=40), RAMPS)


def slow_xmr(
    values: list[float],
    improvement: str | None,
    target: float | None,
    rebase: tuple[int, ...],
    fix_after: int | None,
    screen: bool,
) -> dict[str, object]:
    """The issue's text, read aloud: loops over points, one stretch at a time."""
    n = len(values)
    signal, sign = [""] * n, [0] * n
    mean, lower, upper = [GAP] * n, [GAP] * n, [GAP] * n
    state: dict[str, object] = {"variation": "common", "assurance": None, "trial": True}
    starts = sorted({0, *rebase})
    for start, stop in zip(starts, [*starts[1:], n], strict=True):
        at = [i for i in range(start, stop) if not np.isnan(values[i])]
        y = [values[i] for i in at]
        base = y if fix_after is None else y[:fix_after]
        centre = sum(base) / len(base) if base else GAP
        ranges = [abs(b - a) for a, b in pairwise(base)]
        average = sum(ranges) / len(ranges) if ranges else GAP
        if screen and ranges:
            kept = [r for r in ranges if r < 3.267 * average]
            if kept and sum(kept) > 0:
                average = sum(kept) / len(kept)
        low, high = centre - 2.66 * average, centre + 2.66 * average
        for i in range(start, stop):
            mean[i], lower[i], upper[i] = centre, low, high
        e = 64 * float(np.finfo(float).eps) * max((abs(v) for v in y), default=0.0)
        side = [(v > centre + e) - (v < centre - e) for v in y]
        out = [(v > high + e) - (v < low - e) for v in y]
        near = [
            s if not o and abs(v - centre) > 1.773 * average + e else 0
            for v, s, o in zip(y, side, out, strict=True)
        ]
        steps = [(b - a > e) - (b - a < -e) for a, b in pairwise(y)]
        for k in range(len(y)):
            found: list[tuple[str, int]] = []
            if out[k]:
                found.append(("outside", out[k]))
            up = any(k - 6 <= j <= k and steps[j : j + 6] == [1] * 6 for j in range(len(y)))
            down = any(k - 6 <= j <= k and steps[j : j + 6] == [-1] * 6 for j in range(len(y)))
            if up or down:
                later = steps[k] if up and down else (1 if up else -1)
                found.append(("trend", later))
            for j in range(max(0, k - 2), k + 1):
                window = range(j, j + 3)
                if j + 3 <= len(y) and near[k]:
                    same = all(side[w] == side[k] for w in window)
                    if same and sum(near[w] == side[k] for w in window) >= 2:
                        found.append(("two_in_three", side[k]))
                        break
            for j in range(max(0, k - 6), k + 1):
                if j + 7 <= len(y) and side[k] and all(s == side[k] for s in side[j : j + 7]):
                    found.append(("shift", side[k]))
                    break
            if found:
                signal[at[k]], sign[at[k]] = found[0]
        if y:
            way = {None: 0, "up": 1, "down": -1}[improvement]
            state["trial"] = len(base) < 13
            state["variation"] = _name(sign[at[-1]], improvement)
            if target is None or way == 0 or np.isnan(low):
                state["assurance"] = None
            elif target < low:
                state["assurance"] = "pass" if way > 0 else "fail"
            elif target > high:
                state["assurance"] = "fail" if way > 0 else "pass"
            else:
                state["assurance"] = "hit_or_miss"
    point = [_name(s, improvement) for s in sign]
    return {"mean": mean, "lower": lower, "upper": upper, "signal": signal, "point": point, **state}


def _name(sign: int, improvement: str | None) -> str:
    if sign == 0:
        return "common"
    if improvement is None:
        return "high" if sign > 0 else "low"
    return "improvement" if (sign > 0) == (improvement == "up") else "concern"


@settings(max_examples=400, deadline=None)
@given(
    values=SERIES,
    improvement=st.sampled_from([None, "up", "down"]),
    target=st.one_of(st.none(), st.integers(-6, 300).map(float)),
    cuts=st.lists(st.integers(0, 39), max_size=3),
    fix_after=st.one_of(st.none(), st.integers(2, 20)),
    screen=st.booleans(),
)
def test_agrees_with_the_slow_reading(
    values: list[float],
    improvement: str | None,
    target: float | None,
    cuts: list[int],
    fix_after: int | None,
    screen: bool,
) -> None:
    rebase = tuple(c for c in cuts if c < len(values))
    fast = xmr(
        values,
        improvement=improvement,  # type: ignore[arg-type]
        target=target,
        rebase=rebase,
        fix_after=fix_after,
        screen_outliers=screen,
    )
    slow = slow_xmr(values, improvement, target, rebase, fix_after, screen)
    for name in ("mean", "lower", "upper"):
        np.testing.assert_allclose(getattr(fast, name), slow[name], rtol=1e-9, atol=1e-9)
    assert fast.signal.tolist() == slow["signal"]
    assert fast.point.tolist() == slow["point"]
    assert (fast.variation, fast.assurance, fast.trial) == (
        slow["variation"],
        slow["assurance"],
        slow["trial"],
    )


WAYS = st.sampled_from([None, "up", "down"])
TARGETS = st.one_of(st.none(), st.integers(-6, 300).map(float))


def rows_of(n: int) -> st.SearchStrategy[list[float]]:
    """Series of n points, of which some end early (so that a stretch may hold no value)."""
    plain = st.one_of(
        st.lists(VALUE, min_size=n, max_size=n),
        RAMPS.map(lambda row: (row + [GAP] * n)[:n]),
    )
    return st.tuples(plain, st.integers(0, n)).map(
        lambda pair: pair[0][: pair[1]] + [GAP] * (n - pair[1]) if pair[1] * 2 < n else pair[0]
    )


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(1, 40).flatmap(
        lambda n: st.lists(
            st.tuples(rows_of(n), WAYS, TARGETS),
            min_size=1,
            max_size=6,
        )
    ),
    fix_after=st.one_of(st.none(), st.integers(2, 20)),
    screen=st.booleans(),
)
def test_a_row_of_a_batch_is_the_series_alone(
    rows: list[tuple[list[float], str | None, float | None]], fix_after: int | None, screen: bool
) -> None:
    """Rows with ways and targets of their own: nothing of one leaks into another."""
    values = [row[0] for row in rows]
    rebase = (len(values[0]) // 2,) if len(values[0]) > 3 else ()
    batch = xmr_batch(
        values,
        improvement=[row[1] for row in rows],  # type: ignore[misc]
        target=[GAP if row[2] is None else row[2] for row in rows],
        rebase=rebase,
        fix_after=fix_after,
        screen_outliers=screen,
    )
    assert len(batch) == len(rows)
    for i, (row, improvement, target) in enumerate(rows):
        alone = slow_xmr(row, improvement, target, rebase, fix_after, screen)
        assert differing(batch.row(i), alone) == []


def differing(one: Xmr, slow: dict[str, object]) -> list[str]:
    """Names of what differs between a verdict and the slow reading of the same series."""
    found = [
        name
        for name in ("mean", "lower", "upper")
        if not np.allclose(getattr(one, name), slow[name], rtol=1e-9, atol=1e-9, equal_nan=True)  # type: ignore[arg-type]
    ]
    found += [name for name in ("signal", "point") if getattr(one, name).tolist() != slow[name]]
    return found + [
        name for name in ("variation", "assurance", "trial") if getattr(one, name) != slow[name]
    ]


def test_many_rows_in_chunks_are_each_the_series_alone() -> None:
    """Two chunks of about 91,000 rows; every row has its own way, target and size."""
    rng = np.random.default_rng(5)
    n, edge = 120_000, 2_000_000 // 22
    values = rng.poisson(rng.uniform(4, 40, size=(n, 1)), size=(n, 22)).astype(float)
    values[rng.random(values.shape) < 0.03] = GAP
    ways: list[str | None] = [(None, "up", "down", "up")[i % 4] for i in range(n)]
    targets = rng.uniform(0, 50, size=n)
    batch = xmr_batch(values, improvement=ways, target=targets)  # type: ignore[arg-type]
    assert len(batch) == n
    checked = [*range(40), *range(edge - 40, edge + 40), *range(n - 40, n)]
    for i in checked:
        slow = slow_xmr(values[i].tolist(), ways[i], float(targets[i]), (), None, True)
        assert differing(batch.row(i), slow) == [], i
    assert len({batch.row(i).assurance for i in checked}) == 4
    assert len({batch.row(i).variation for i in checked}) == 5


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=30),
    shift=st.integers(-1000, 1000),
)
def test_moving_or_mirroring_a_series_moves_or_mirrors_the_verdict(
    values: list[float], shift: int
) -> None:
    plain = xmr(values)
    moved = xmr([v + shift for v in values])
    mirrored = xmr([-v for v in values], improvement="down")
    assert plain.signal.tolist() == mirrored.signal.tolist()
    assert xmr(values, improvement="up").point.tolist() == mirrored.point.tolist()
    np.testing.assert_allclose(moved.upper - shift, plain.upper, atol=1e-8)
