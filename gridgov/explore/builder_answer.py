"""The answer to a cut: rows, their margins, the rest, shares and changes.

Every figure is the engine's: margins and the rest are evaluated anew, because a rate of a whole is
no sum or mean of the rates of its parts. The rest of grids, for which the engine has no question,
is made from the summed numerators and denominators, and only where these add up.

For a reader who sees no persons every figure is protected before anything is done with it: not
even its place in the order tells what is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from gridgov.explore.builder import Cut, in_order
from gridgov.explore.builder_compare import with_compared
from gridgov.explore.builder_privacy import Protection, masked
from gridgov.filters import Filters, Span
from gridgov.locale import _
from gridgov.metrics import METRICS, Grain, Metric, evaluate
from gridgov.warehouse import Reader

__all__ = ["REST", "TOTAL", "Answer", "ask", "split_values"]

REST, TOTAL = "\x00rest", "\x00total"
"""Keys of the row that gathers the rest, and of a margin."""
_FIGURES = ("numerator", "denominator", "value", "n", "state", "is_partial")


@dataclass(frozen=True)
class Answer:
    """What a cut gives.

    `rows`: metric, bucket (with a grain), key_1, key_2 (with splits), numerator, denominator,
    value, n, state, is_partial; where asked `compared`, `difference`, `share`. For a reader who
    sees no persons also is_suppressed (then the figures are missing and state is "hidden") and,
    beside `compared`, is_compared_suppressed.
    A key is a grid id, a value, REST, or "" where the data says nothing. `labels`: key → words.
    `row_margin`, `column_margin`, `grand`: as `rows` without those keys. `notes`: sentences.
    """

    cut: Cut
    span: Span
    compared: Span | None
    rows: pd.DataFrame
    row_margin: pd.DataFrame
    column_margin: pd.DataFrame
    grand: pd.DataFrame
    labels: Mapping[str, str]
    parents: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @cached_property
    def columns_by(self) -> str | None:
        """What runs across a pivot: the second split, else time beside a split, else nothing."""
        return columns_by(self.cut)

    def of(self, code: str) -> pd.DataFrame:
        """The rows of one metric."""
        return self.rows[self.rows["metric"] == code]


def columns_by(cut: Cut) -> str | None:
    """The key that runs across a pivot of `cut`."""
    if cut.by and cut.grain:
        return "bucket"
    return "key_2" if len(cut.by) == 2 else None


def ask(reader: Reader, filters: Filters, cut: Cut) -> Answer:
    """Answer `cut` for the period, the place and the dimensions of `filters`.

    A dimension of the shared filters that a metric does not have is left out for that metric, as
    on the pages. Raises UsageError where the engine cannot answer.
    """
    span, compared = filters.span, filters.compared if cut.compare else None
    question = _Asked(reader, filters, cut)
    across = columns_by(cut)
    down = tuple(name for name in _names(cut) if name != across)
    rows = question.table(_names(cut), span)
    row_margin = rows if across is None else question.table(down, span)
    column_margin = question.table((across,), span) if across else rows.iloc[:0]
    grand = question.table((), span)
    if compared is not None:
        rows = with_compared(rows, question.table(_names(cut), compared), _names(cut))
        grand = with_compared(grand, question.table((), compared), ())
        if across is None:
            row_margin = rows
        else:
            row_margin = with_compared(row_margin, question.table(down, compared), down)
    answer = Answer(
        cut, span, compared, rows, row_margin, column_margin, grand, *question.words(rows)
    )
    return _finished(answer, question)


def _names(cut: Cut) -> tuple[str, ...]:
    keys = tuple(f"key_{place + 1}" for place in range(len(cut.by)))
    return (*keys, "bucket") if cut.grain else keys


_Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Asked:
    """One cut over one reader: its metrics grouped by the filters that they can take."""

    reader: Reader
    filters: Filters
    cut: Cut
    _protections: list[Protection] = field(default_factory=list)

    def table(
        self, names: tuple[str, ...], span: Span, only: _Values | None = None
    ) -> pd.DataFrame:
        """As `figures`, without what this reader must not see."""
        return self.protected(self.figures(names, span, only), names, span, only)

    def protected(
        self, frame: pd.DataFrame, names: tuple[str, ...], span: Span, only: _Values | None = None
    ) -> pd.DataFrame:
        """`frame`, whose figures are by `names` over the values `only`, made safe to show.

        Values of "grid" are grids that the figures take together.
        """
        if self.reader.scope.sees_persons:
            return frame
        if not self._protections:
            self._protections.append(Protection(self.reader, self.cut, self.filters.grid_id))
        only = only or {}
        together = {"grid": only["grid"]} if "grid" in only else {}
        chosen = {
            code: {**where, **together} for where, codes in self._groups(only) for code in codes
        }
        return masked(frame, self._protections[0].hidden(frame, names, span, chosen))

    def figures(
        self, names: tuple[str, ...], span: Span, only: _Values | None = None
    ) -> pd.DataFrame:
        """The metrics by some of the cut's keys, in the cut's order of metrics."""
        grain: Grain | None = self.cut.grain if "bucket" in names else None
        keys = [name for name in names if name != "bucket"]
        by = tuple(self.cut.by[int(name[-1]) - 1] for name in keys)
        frames = []
        for where, codes in self._groups(only or {}):
            found = evaluate(
                self.reader, codes, span.start, span.end, grain=grain, by=by,
                grid_id=self.filters.grid_id, where=where,
            )  # fmt: skip
            for key, split in zip(keys, by, strict=True):
                column = "grid_id" if split.startswith("grid:") else split
                found[key] = found[column].astype(object).where(found[column].notna(), "")
            wanted = ["metric", *(["bucket"] if grain else []), *keys, *_FIGURES]
            frames.append(found[wanted])
        whole = pd.concat(frames, ignore_index=True)
        order = whole["metric"].map({code: at for at, code in enumerate(self.cut.metrics)})
        return whole.loc[order.sort_values(kind="stable").index].reset_index(drop=True)

    def _groups(self, only: _Values) -> list[tuple[dict[str, tuple[str, ...]], list[str]]]:
        groups: dict[tuple[str, ...], list[str]] = {}
        shared = {name: tuple(values) for name, values in self.filters.where().items()}
        # The cut's own values are a choice among those that the shared filters leave.
        wanted = {**shared, **self.cut.where, **only}
        for code in self.cut.metrics:
            has = tuple(name for name in wanted if name in METRICS[code].dimensions)
            groups.setdefault(has, []).append(code)
        return [({name: wanted[name] for name in names}, codes) for names, codes in groups.items()]

    def words(self, rows: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
        """Labels of the keys, and the name of the grid above each grid."""
        labels = {REST: _("其余"), TOTAL: _("合计"), "": _("（未填）")}
        parents: dict[str, str] = {}
        for place, split in enumerate(self.cut.by):
            keys = [key for key in rows[f"key_{place + 1}"].unique() if key]
            if not split.startswith("grid:"):
                labels |= {key: key for key in keys}
                continue
            known = self.reader.rows("queries/explore_grids.sql", grid_ids=keys)
            names = Counter(row[1] for row in known)
            for grid_id, name, _level, _above, parent, _shape in known:
                # In some places every general grid has a "第一微网格": then its parent says which.
                is_only = names[name] == 1 or not parent
                labels[grid_id] = name if is_only else f"{parent} {name}"
                parents[grid_id] = parent or ""
        return labels, parents


def _finished(answer: Answer, question: _Asked) -> Answer:
    """Order, gather the rest, share: in this order, for each rests on the one before."""
    answer = _ordered(answer, question)
    notes: list[str] = []
    if answer.cut.top and answer.cut.by:
        answer, sentence = _topped(answer, question)
        notes += [sentence] if sentence else []
    if answer.cut.share and answer.cut.by:
        answer = _shared(answer)
    hidden = _count_hidden(answer)
    if hidden:
        notes.append(_("{n} 处少于 5 人的数及可推算出它的相邻数已隐藏，显示为“<5”", n=hidden))
    return replace(answer, notes=tuple(notes))


def _ordered(answer: Answer, question: _Asked) -> Answer:
    """Rows in the order that the cut asks for; time always runs forward."""
    cut = answer.cut
    if not cut.by:
        return answer
    whole = answer.row_margin if columns_by(cut) else answer.rows
    if "key_2" in whole:
        # Two splits go down: the first is ordered by its whole, which no part of it tells.
        whole = question.table(("key_1",), answer.span)
    first = whole[whole["metric"] == cut.metrics[0]]
    size = pd.Series(first["value"].to_numpy(), index=first["key_1"].to_numpy())
    places = _places(size, cut, answer.labels)

    def sort(frame: pd.DataFrame) -> pd.DataFrame:
        if "key_1" not in frame or frame.empty:
            return frame
        metric = frame["metric"].map({code: at for at, code in enumerate(cut.metrics)})
        order = pd.DataFrame({"metric": metric, "key_1": frame["key_1"].map(places)})
        names = [name for name in ("key_2", "bucket") if name in frame]
        order[names] = frame[names]
        if "key_2" in names:
            order["key_2"] = [in_order(cut.by[1], str(key)) for key in frame["key_2"]]
        return frame.loc[order.sort_values(["metric", "key_1", *names]).index].reset_index(
            drop=True
        )

    return replace(answer, rows=sort(answer.rows), row_margin=sort(answer.row_margin))


def _places(size: pd.Series, cut: Cut, labels: Mapping[str, str]) -> dict[str, int]:
    keys = [str(key) for key in size.index]
    if cut.sort == "name":
        ordered = sorted(keys, key=lambda key: labels.get(key, key))
    elif cut.sort == "natural":
        ordered = sorted(keys, key=lambda key: in_order(cut.by[0], key))
    else:
        known = size.to_numpy(dtype=np.float64)
        sign = -1.0 if cut.sort == "high" else 1.0
        # What is missing comes last either way.
        rank = np.where(np.isnan(known), np.inf, sign * np.nan_to_num(known))
        ordered = [keys[at] for at in np.argsort(rank, kind="stable")]
    return {key: place for place, key in enumerate(ordered)}


def _topped(answer: Answer, question: _Asked) -> tuple[Answer, str]:
    """The first `top` of the first split, and one more for all the others together."""
    cut = answer.cut
    order = list(dict.fromkeys(answer.rows["key_1"]))
    kept, others = order[: cut.top], order[cut.top or 0 :]
    if not others:
        return answer, ""
    split, span = cut.by[0], answer.span
    blank = [key for key in others if not key]
    rest = tuple(str(key) for key in others if key)
    kept += blank
    parts = {
        "rows": (answer.rows, _names(cut)),
        "row_margin": (answer.row_margin, _row_names(cut)),
    }
    found: dict[str, pd.DataFrame] = {}
    can_add = all(is_restable(METRICS[code], split) for code in cut.metrics)
    for name, (frame, names) in parts.items():
        chosen = frame[frame["key_1"].isin(kept)]
        extra = frame.iloc[:0]
        if rest and can_add:
            left = tuple(part for part in names if part != "key_1")
            extra = _rest(question, names, left, span, rest)
            if answer.compared is not None and "compared" in frame:
                then = _rest(question, names, left, answer.compared, rest)
                extra = with_compared(extra, then, left)
            extra = extra.assign(key_1=REST)
        found[name] = _joined(chosen, extra, cut)
    note = _("其余 {n} 项合并为“其余”，按合并后的范围重新计算", n=len(rest))
    if rest and not can_add:
        note = _("其余 {n} 项未列出：这个指标不能跨网格相加", n=len(rest))
    if not rest:
        note = ""
    return replace(answer, rows=found["rows"], row_margin=found["row_margin"]), note


def _rest(
    question: _Asked,
    names: tuple[str, ...],
    left: tuple[str, ...],
    span: Span,
    keys: tuple[str, ...],
) -> pd.DataFrame:
    """Several keys of the first split as one, by the other keys `left`."""
    split = question.cut.by[0]
    if not split.startswith("grid:"):
        return question.table(left, span, {split: keys})
    whole = question.figures(names, span)
    place = whole["key_1"].map({key: at for at, key in enumerate(keys)})
    # In the order shown: so the last digits of a sum are those of the rows added up.
    sums = _summed(whole.loc[place.dropna().sort_values(kind="stable").index], left)
    return question.protected(sums, left, span, {"grid": keys})


def _row_names(cut: Cut) -> tuple[str, ...]:
    across = columns_by(cut)
    return tuple(name for name in _names(cut) if name != across)


def _joined(chosen: pd.DataFrame, extra: pd.DataFrame, cut: Cut) -> pd.DataFrame:
    if extra.empty:
        return chosen.reset_index(drop=True)
    whole = pd.concat([chosen, extra[[c for c in chosen.columns if c in extra]]])
    order = whole["metric"].map({code: at for at, code in enumerate(cut.metrics)})
    return whole.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def is_restable(metric: Metric, split: str) -> bool:
    """Whether the rest can be said.

    By a dimension the engine evaluates it whatever the metric. Grids are added up, which neither a
    household that two grids reached nor a median allows.
    """
    if not split.startswith("grid:"):
        return True
    return metric.kind in ("ratio", "rate", "count", "stock")


def _summed(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Several grids as one: numerators and denominators added, the value worked out from them."""
    sums = frame.groupby(["metric", *names], sort=False, as_index=False).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", lambda part: part.sum(min_count=1)),
        n=("n", "sum"),
        is_partial=("is_partial", "max"),
    )
    metrics = [METRICS[code] for code in sums["metric"]]
    scale = np.array([metric.scale for metric in metrics], dtype=np.float64)
    below = sums["denominator"].to_numpy(dtype=np.float64)
    rates = np.divide(
        sums["numerator"].to_numpy(dtype=np.float64) * scale, below,
        out=np.full(len(sums), np.nan), where=below > 0,
    )  # fmt: skip
    counted = np.array([metric.denominator == "none" for metric in metrics], dtype=bool)
    value = np.where(counted, sums["numerator"], rates)
    few = sums["n"].to_numpy() < np.array([metric.min_n for metric in metrics])
    state = np.where(np.isnan(value), "missing", np.where(few, "few", "ok"))
    return sums.assign(value=value, state=state)


def _shared(answer: Answer) -> Answer:
    """The share of each row in the numerator of the whole, where numerators add up."""
    grand = answer.grand.set_index("metric")["numerator"]
    fits = {code: METRICS[code].kind in ("count", "stock", "rate") for code in answer.cut.metrics}

    def share(frame: pd.DataFrame) -> pd.DataFrame:
        whole = frame["metric"].map(grand).to_numpy(dtype=np.float64)
        if "bucket" in frame:
            by_time = answer.column_margin if answer.cut.by else frame
            sums = by_time.set_index(["metric", "bucket"])["numerator"]
            whole = np.array(
                [
                    sums.get(key, np.nan)
                    for key in zip(frame["metric"], frame["bucket"], strict=True)
                ]
            )
        part = frame["numerator"].to_numpy(dtype=np.float64)
        ratio = np.divide(part, whole, out=np.full(len(frame), np.nan), where=whole > 0)
        return frame.assign(share=np.where(frame["metric"].map(fits), ratio, np.nan))

    return replace(
        answer, rows=share(answer.rows), row_margin=share(answer.row_margin),
        column_margin=share(answer.column_margin), grand=share(answer.grand),
    )  # fmt: skip


def _count_hidden(answer: Answer) -> int:
    """How many figures of the answer are hidden, those of the compared period among them."""
    frames = [answer.rows]
    if columns_by(answer.cut) is not None:
        frames += [answer.row_margin, answer.column_margin]
    if _names(answer.cut):
        frames.append(answer.grand)
    flags = ("is_suppressed", "is_compared_suppressed")
    return sum(int(frame[flag].sum()) for frame in frames for flag in flags if flag in frame)


def split_values(reader: Reader, filters: Filters, cut: Cut, name: str) -> tuple[str, ...]:
    """The values of a dimension that occur in the period, for the filter's list."""
    frame = evaluate(
        reader, cut.metrics[:1], filters.span.start, filters.span.end,
        by=(name,), grid_id=filters.grid_id,
    )  # fmt: skip
    return tuple(str(value) for value in frame[name].dropna().unique())
