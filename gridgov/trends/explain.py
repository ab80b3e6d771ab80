"""Which members carry the difference between two periods, adding up to it exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.errors import UsageError
from gridgov.locale import N_, _
from gridgov.metrics import METRICS, Metric
from gridgov.metrics.evaluate import answer
from gridgov.small_counts import hidden_figures
from gridgov.stats.explain import explain_ratio
from gridgov.trends.places import fork_below, grid_names
from gridgov.trends.small import pooled
from gridgov.trends.spans import Where, fitting
from gridgov.warehouse import Reader

__all__ = [
    "DIMENSIONS",
    "OTHER",
    "Explained",
    "Printed",
    "dimensions_of",
    "explain_change",
    "printed",
    "printed_steps",
]

Floats = npt.NDArray[np.float64]
Days = tuple[date, date]

DIMENSIONS: dict[str, str] = {
    "grid": N_("网格"),
    "category": N_("类别"),
    "type": N_("类型"),
    "source": N_("来源"),
    "nature": N_("性质"),
    "pillar": N_("五在类别"),
    "tier": N_("探访周期"),
    "mode": N_("方式"),
    "person_category": N_("人群类别"),
}
"""What a change can be split by; never by worker: this page ranks nobody."""
OTHER = "\x00other"
"""Key of what no member holds: records of unknown grids, or without the dimension."""
_ADDITIVE = frozenset({"ratio", "rate", "count", "stock"})


@dataclass(frozen=True)
class Explained:
    """before + Σ total = after, in the metric's own unit.

    frame: a row a member, largest contribution first: key, label, numerator_before,
    denominator_before, numerator_after, denominator_after, value_before, value_after, rate (did
    better or worse), mix (its weight changed), total.
    """

    metric: Metric
    by: str
    before: float
    after: float
    frame: pd.DataFrame

    @property
    def difference(self) -> float:
        return self.after - self.before


def dimensions_of(code: str) -> list[str]:
    """The splits by which a metric's change can be explained; none where parts do not add up."""
    metric = METRICS[code]
    if metric.kind not in _ADDITIVE:
        return []
    return [name for name in DIMENSIONS if name == "grid" or name in metric.dimensions]


def explain_change(
    reader: Reader,
    code: str,
    span: Days,
    compared: Days,
    by: str = "grid",
    *,
    grid_id: str | None = None,
    where: Where | None = None,
) -> Explained:
    """Contributions of each member of `by` ("grid": directly below the place) to the difference.

    span, compared: first and last day, both included. Raises UsageError where the metric does not
    add up over such parts, a period has no value, or it counts persons too few to be shown.
    """
    metric = METRICS[code]
    if by not in dimensions_of(code):
        raise UsageError(_("“{name}”不能按这个维度拆分，请换一个", name=metric.label))
    only = fitting(code, where)
    fork = fork_below(reader, grid_id) if by == "grid" else grid_id
    split = ("grid:children",) if by == "grid" else (by,)
    column = "grid_id" if by == "grid" else by
    totals, members = [], []
    hidden: set[str] = set()
    for start, end in (compared, span):
        whole = answer(reader, code, start, end, grid_id=grid_id, where=only)
        if any(mask.any() for mask in hidden_figures(reader, whole)):
            raise UsageError(_("人数太少，不作拆分"))
        totals.append(_sums(whole.frame().sum(numeric_only=True)))
        asked = answer(reader, code, start, end, by=split, grid_id=fork, where=only)
        parts = asked.frame()
        named = parts[column].astype(str)
        hidden |= set(named[hidden_figures(reader, asked)[0].ravel()])
        members.append(parts.set_index(named)[["numerator", "denominator"]])
    names = list(dict.fromkeys([*members[0].index, *members[1].index]))
    pairs = [frame.reindex(names).fillna(0.0).to_numpy(np.float64) for frame in members]
    names, labels, pairs = pooled(names, _labels(reader, by, names), pairs, hidden)
    shares_denominator = metric.kind == "rate" and by != "grid"
    if metric.kind in ("count", "stock") or shares_denominator:
        return _counted(metric, by, names, labels, pairs, totals, shares_denominator)
    return _ratio(metric, by, names, labels, pairs, totals)


def _sums(row: pd.Series) -> tuple[float, float]:
    denominator = float(row.get("denominator", np.nan))
    return float(row["numerator"]), denominator


def _labels(reader: Reader, by: str, names: list[str]) -> list[str]:
    if by != "grid":
        return [name or _("未填写") for name in names]
    known = grid_names(reader)
    return [known.get(name, (name, ""))[0] for name in names]


def _with_rest(
    names: list[str],
    labels: list[str],
    pairs: list[npt.NDArray[np.float64]],
    totals: list[tuple[float, float]],
) -> tuple[list[str], list[str], list[npt.NDArray[np.float64]]]:
    """The members and what none of them holds, so that they are the whole."""
    rests = []
    for pair, total in zip(pairs, totals, strict=True):
        rest = np.nan_to_num(np.array(total)) - pair.sum(axis=0)
        rests.append(np.where(np.abs(rest) < 1e-6, 0.0, rest))
    if not any(rest.any() for rest in rests):
        return names, labels, pairs
    return (
        [*names, OTHER],
        [*labels, _("其他及未注明")],
        [np.vstack([pair, rest]) for pair, rest in zip(pairs, rests, strict=True)],
    )


def _counted(
    metric: Metric,
    by: str,
    names: list[str],
    labels: list[str],
    pairs: list[npt.NDArray[np.float64]],
    totals: list[tuple[float, float]],
    per_stock: bool,
) -> Explained:
    """Counts subtract; per head every member's count stands over the same heads."""
    names, labels, pairs = _with_rest(
        names, labels, [pair * [1.0, 0.0] for pair in pairs], [(top, 0.0) for top, _d in totals]
    )
    heads = [total[1] if per_stock else 1.0 for total in totals]
    if not all(head > 0 for head in heads):
        raise UsageError(_("对比的一期没有基数，无法拆分"))
    scale = float(metric.scale) if per_stock else 1.0
    parts = [pair[:, 0] * scale / head for pair, head in zip(pairs, heads, strict=True)]
    before, after = (
        float(total[0]) * scale / head for total, head in zip(totals, heads, strict=True)
    )
    change = parts[1] - parts[0]
    return _explained(
        metric, by, names, labels, pairs, parts, change, np.zeros(len(change)), before, after
    )


def _ratio(
    metric: Metric,
    by: str,
    names: list[str],
    labels: list[str],
    pairs: list[npt.NDArray[np.float64]],
    totals: list[tuple[float, float]],
) -> Explained:
    names, labels, pairs = _with_rest(names, labels, pairs, totals)
    if not all(total[1] > 0 for total in totals):
        raise UsageError(_("对比的一期没有基数，无法拆分"))
    scale = float(metric.scale)
    with_base = [np.where(pair[:, 1] > 0, pair[:, 0], 0.0) for pair in pairs]
    found = explain_ratio(
        with_base[0], np.maximum(pairs[0][:, 1], 0), with_base[1], np.maximum(pairs[1][:, 1], 0)
    )
    # Cases that stand over no base (unknown grids have no residents) add to the whole as they are.
    loose = [
        np.where(pair[:, 1] > 0, 0.0, pair[:, 0]) / max(total[1], 1e-12)
        for pair, total in zip(pairs, totals, strict=True)
    ]
    mix = (found.mix + loose[1] - loose[0]) * scale
    before, after = (total[0] / total[1] * scale for total in totals)
    values = [
        np.divide(
            pair[:, 0] * scale, pair[:, 1], out=np.full(len(pair), np.nan), where=pair[:, 1] > 0
        )
        for pair in pairs
    ]
    return _explained(
        metric, by, names, labels, pairs, values, found.rate * scale, mix, before, after
    )


def _explained(
    metric: Metric,
    by: str,
    names: list[str],
    labels: list[str],
    pairs: list[npt.NDArray[np.float64]],
    values: list[Floats],
    rate: Floats,
    mix: Floats,
    before: float,
    after: float,
) -> Explained:
    # The engine's own totals are the ends; what floats lose on the way goes to the largest step.
    gap = (after - before) - float((rate + mix).sum())
    if len(rate):
        rate = rate.copy()
        rate[int(np.abs(rate + mix).argmax())] += gap
    total = rate + mix
    frame = pd.DataFrame(
        {
            "key": names,
            "label": labels,
            "numerator_before": pairs[0][:, 0],
            "denominator_before": pairs[0][:, 1],
            "numerator_after": pairs[1][:, 0],
            "denominator_after": pairs[1][:, 1],
            "value_before": values[0],
            "value_after": values[1],
            "rate": rate,
            "mix": mix,
            "total": total,
        }
    )
    order = np.lexsort((np.arange(len(total)), -np.abs(total)))
    return Explained(metric, by, before, after, frame.iloc[order].reset_index(drop=True))


@dataclass(frozen=True)
class Printed:
    """An explained change in figures as they are read; whatever is added up there adds up.

    before + Σ total = after, and rate + mix = total in every row; shares to a tenth of a
    percentage point, all else to one decimal. frame: key, label, rate, mix, total, in the order
    of `Explained.frame`; each figure lies within one unit of its last place of the true one.
    """

    before: float
    after: float
    frame: pd.DataFrame


def printed(found: Explained, decimals: int | None = None) -> Printed:
    """Round an explained change so that it still adds up (largest remainders first)."""
    places = decimals if decimals is not None else (3 if found.metric.is_share else 1)
    scale = 10.0**places
    before, after = round(found.before * scale), round(found.after * scale)
    values = found.frame["total"].to_numpy(np.float64) * scale
    whole = np.floor(values)
    owed = int(after - before - whole.sum())
    # The two ends are rounded too, which may ask for one unit more or less than there are rests.
    order = np.argsort(-(values - whole), kind="stable")
    for turn in range(abs(owed) if len(order) else 0):
        whole[order[turn % len(order)] if owed > 0 else order[-1 - turn % len(order)]] += (
            1 if owed > 0 else -1
        )
    rate = np.rint(found.frame["rate"].to_numpy(np.float64) * scale)
    # Where there is no mix at all, rounding must not invent one.
    no_mix = found.frame["mix"].to_numpy(np.float64) == 0
    rate = np.where(no_mix, whole, rate)
    frame = pd.DataFrame(
        {
            "key": found.frame["key"],
            "label": found.frame["label"],
            "rate": rate / scale,
            "mix": (whole - rate) / scale,
            "total": whole / scale,
        }
    )
    return Printed(before / scale, after / scale, frame)


def printed_steps(found: Explained, most: int = 8) -> pd.DataFrame:
    """The waterfall: start, the largest steps, the rest together, end; printed figures add up.

    Rows: key, label, value, kind ("total" or "step").
    """
    shown = printed(found)
    steps = list(zip(shown.frame["key"], shown.frame["label"], shown.frame["total"], strict=True))
    kept = steps[:most] if len(steps) > most + 1 else steps
    rest = steps[len(kept) :]
    if rest:
        label = _("其余 {n} 项", n=len(rest))
        kept = [*kept, ("", label, float(sum(part[2] for part in rest)))]
    rows = [("", _("对比期"), shown.before, "total")]
    rows += [(key, label, float(amount), "step") for key, label, amount in kept]
    rows.append(("", _("本期"), shown.after, "total"))
    return pd.DataFrame(rows, columns=["key", "label", "value", "kind"]).round({"value": 9})
