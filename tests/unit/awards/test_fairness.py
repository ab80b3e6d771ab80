"""The fairness audit and the funnels, on counts where the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gridgov.awards.evaluate import TrackResult, judge_track
from gridgov.awards.fairness import audit, funnel
from tests.unit.awards import town

SCHEME = replace(town.scheme(), draws=100)
TRACK = SCHEME.track(town.MICRO)


def result(good: list[int], due: int, kinds: list[str], sizes: list[float]) -> TrackResult:
    """Candidates who differ in contacts made alone."""
    n, width = len(good), len(TRACK.components)
    observed, exposure = np.zeros((n, width)), np.zeros((n, width))
    observed[:, 0], exposure[:, 0] = good, due
    measures = replace(
        town.measures(TRACK, [[0] * width] * n, [[0] * width] * n),
        observed=observed,
        exposure=exposure,
    )
    rows = [
        {
            "stratum_id": "C", "kind": kind, "households": size, "tenure_days": 200 * (i + 1),
            "general_name": f"G{i % 2}", "leader": "甲", "name": f"格{i}",
        }
        for i, (kind, size) in enumerate(zip(kinds, sizes, strict=True))
    ]  # fmt: skip
    return judge_track(SCHEME, TRACK, rows, measures, np.full(n, "eligible"))


def test_selection_by_group_and_its_concerns() -> None:
    """Twenty and twenty: the best six all live in one kind of grid."""
    good = [195 - i for i in range(6)] + [150] * 34
    kinds = ["商品房"] * 20 + ["老旧院落"] * 20
    found = audit(result(good, 200, kinds, [50.0] * 20 + [51.0] * 20))
    by_kind = {group.group: group for group in found.groups["kind"]}
    assert (by_kind["商品房"].selected, by_kind["商品房"].eligible) == (6, 20)
    assert by_kind["老旧院落"].ratio == 0 and by_kind["老旧院落"].p_value == pytest.approx(
        0.0202, abs=1e-3
    )
    assert ("kind", by_kind["老旧院落"]) in found.concerns
    assert {group.group for group in found.groups["tenure"]} == {"1 年以内", "1–3 年", "3 年以上"}


def test_score_against_size_of_grid() -> None:
    good = [100 + 8 * i for i in range(10)]
    rising = audit(result(good, 200, ["商品房"] * 10, [float(i) for i in range(10)]))
    assert rising.size.rho == pytest.approx(1.0) and rising.size.n == 10
    same = audit(result(good, 200, ["商品房"] * 10, [50.0] * 10))
    assert np.isnan(same.size.rho)


def test_the_funnel_marks_who_is_outside_and_no_one_else() -> None:
    good = [150 + i % 5 for i in range(29)] + [60]
    found = funnel(result(good, 200, ["商品房"] * 30, [50.0] * 30), "SV1")
    assert found is not None
    assert found.outside.tolist() == [0] * 29 + [-1]
    assert found.target == pytest.approx(0.745, abs=0.02)
    assert (found.low[:, 1] <= found.low[:, 0]).all() and (
        found.high[:, 0] <= found.high[:, 1]
    ).all()


def test_no_funnel_without_enough_to_go_by() -> None:
    few = result([10, 11, 12], 20, ["商品房"] * 3, [50.0] * 3)
    assert funnel(few, "SV1") is None
    assert funnel(few, "peers") is None
    assert funnel(few, "C3") is None
