"""Targets beside the usual range: which one holds where, and what it then means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isnan, nan
from typing import Literal

import numpy as np
import pytest

from gridgov.errors import UsageError
from gridgov.judgement import improvement_of
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.stats.spc import xmr
from gridgov.trends import Targets, check_target, judged_series, newest_signals, with_targets
from gridgov.trends.message import signal_line
from gridgov.trends.targets import ASSURANCE, place_of_target, target_words
from gridgov.warehouse import Reader


@dataclass(frozen=True)
class Row:
    metric: str
    grid_id: str | None
    value: float


@pytest.fixture(scope="module")
def grids(sample_reader: Reader) -> dict[str, str]:
    """The community, a general grid, and a micro-grid in it."""
    ((general, micro),) = sample_reader.rows(
        "SELECT parent_id, min(grid_id) FROM grid WHERE level = '微' AND parent_id IS NOT NULL "
        "GROUP BY parent_id ORDER BY parent_id LIMIT 1"
    )
    return {"top": tree_of(sample_reader).tops[0], "general": general, "micro": micro}


def test_the_nearest_grid_above_gives_the_target(
    sample_reader: Reader, grids: dict[str, str]
) -> None:
    tree = tree_of(sample_reader)
    targets = Targets.of(
        [Row("SV1", None, 0.9), Row("SV1", grids["general"], 0.8), Row("C3", grids["micro"], 0.7)]
    )
    other = next(
        key for key, node in tree.nodes.items()
        if node.level == "一般" and key != grids["general"]
    )  # fmt: skip
    assert targets.value(tree, "SV1", grids["general"]) == 0.8
    assert targets.value(tree, "SV1", grids["micro"]) == 0.8
    assert targets.value(tree, "SV1", other) == targets.value(tree, "SV1", "") == 0.9
    assert targets.value(tree, "C3", grids["micro"]) == 0.7
    assert isnan(targets.value(tree, "C3", grids["general"]))
    assert isnan(targets.value(tree, "C4", grids["micro"]))


def test_a_number_of_cases_holds_for_its_own_place(
    sample_reader: Reader, grids: dict[str, str]
) -> None:
    tree = tree_of(sample_reader)
    at = place_of_target(tree, "C13", None, everywhere=True)
    assert at == grids["top"]
    targets = Targets.of([Row("C13", at, 30)])
    assert targets.value(tree, "C13", "") == targets.value(tree, "C13", grids["top"]) == 30
    assert isnan(targets.value(tree, "C13", grids["general"]))
    assert place_of_target(tree, "SV1", None, everywhere=True) is None
    assert place_of_target(tree, "SV1", grids["general"], everywhere=False) == grids["general"]
    assert place_of_target(tree, "SV1", grids["general"], everywhere=True) is None


@pytest.mark.parametrize("code", ["SV1", "C9", "C13", "C10", "DV4"])
@pytest.mark.parametrize("share_of_mean", [0.3, 1.0, 1.8])
def test_assurance_is_that_of_the_series_judged_alone(
    sample_reader: Reader, code: str, share_of_mean: float
) -> None:
    plain = judged_series(sample_reader, [code])
    aim = float(np.nanmean(plain.value[0])) * share_of_mean
    series, aims = with_targets(sample_reader, plain, Targets.of([Row(code, None, aim)]))
    assert aims[0] == aim
    values = np.where(plain.few[0] | plain.partial[0], np.nan, plain.value[0])
    alone = xmr(values, improvement=improvement_of(METRICS[code]), target=aim)
    assert ASSURANCE[int(series.judged.assurance[0])] == alone.assurance
    assert not plain.judged.assurance.any(), "the kept answer is left as it was"


def test_after_a_rebase_the_newest_range_counts(sample_reader: Reader) -> None:
    cut = date(2026, 3, 1)
    series = judged_series(sample_reader, ["SV1"], rebase=[cut])
    judged, _aims = with_targets(sample_reader, series, Targets.of([Row("SV1", None, 0.74)]))
    values = np.where(series.partial[0], np.nan, series.value[0])
    alone = xmr(values, improvement="up", target=0.74, rebase=[series.buckets.index(cut)])
    assert ASSURANCE[int(judged.judged.assurance[0])] == alone.assurance == "fail"


def test_what_always_fails_comes_before_the_usual(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["SV1"], levels=("一般",))
    usual = [row for row in range(len(series)) if series.tone(row) == "usual"]
    chosen = usual[-1]
    targets = Targets.of([Row("SV1", series.grid_id[chosen], 1.0)])
    judged, _aims = with_targets(sample_reader, series, targets)
    order = judged.order()
    assert order.index(chosen) < min(order.index(row) for row in usual if row != chosen)


def test_signals_and_messages_tell_the_target(sample_reader: Reader) -> None:
    targets = Targets.of([Row("SV1", None, 0.9), Row("C4", None, 0.5)])
    found = newest_signals(sample_reader, date(2026, 10, 1), levels=("社区",), targets=targets)
    told = {one.metric: one for one in found}
    assert (told["SV1"].target, told["SV1"].assurance) == (0.9, "fail")
    assert (told["C4"].target, told["C4"].assurance) == (0.5, "pass")
    assert signal_line(told["SV1"]).endswith("；目标 90.0%：稳定不达标")
    others = [one for one in found if one.metric not in ("SV1", "C4")]
    assert others and all(isnan(one.target) and one.assurance == "" for one in others)
    assert "目标" not in signal_line(others[0])


@pytest.mark.parametrize(
    ("code", "value"),
    [("C1", 3.0), ("SV1", 1.01), ("SV1", -0.1), ("SV1", nan), ("C10", -1.0), ("C10", np.inf)],
)
def test_what_cannot_be_a_target_is_refused(code: str, value: float) -> None:
    with pytest.raises(UsageError):
        check_target(code, value)


def test_targets_of_metrics_that_are_gone_are_left_out() -> None:
    assert not Targets.of([Row("ZZ9", None, 1.0), Row("C1", None, 1.0)])
    assert Targets.of([Row("C10", None, 48.0)])


@pytest.mark.parametrize(
    ("assurance", "words"),
    [("pass", "稳定达标"), ("fail", "稳定不达标"), ("hit_or_miss", "时达时不达")],
)
def test_words(assurance: Literal["pass", "fail", "hit_or_miss"], words: str) -> None:
    assert target_words("C10", 48, assurance) == f"目标 48\u2009小时：{words}"
    assert target_words("C10", 48, "") == "目标 48\u2009小时"
    assert target_words("C10", nan, assurance) == ""
