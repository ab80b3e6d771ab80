"""Small counts of persons on the pages: hidden from who sees no single residents.

A figure about residents that rests on one to four of them is not shown, and neither is the next
smallest of the same line where the hidden one would follow from the total: among the grids below
one grid, and among the months of a quarter, the quarters of a half, the halves of a year.

A page has milliseconds, so persons are not counted one by one as the builder does. What the marts
say is a number that there are at least: a person is due once a month or quarter, in a weekly tier
once a week, and the different homes visited in a month are known. A figure may so be hidden behind
which a few more stand, never the other way round. Where no whole month lies in the period, and for
needs by their due date, the cases themselves count as persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.access.privacy import THRESHOLD
from gridgov.locale import _
from gridgov.metrics import Metric
from gridgov.metrics.answer import Answer
from gridgov.metrics.figures import STATES, Figures
from gridgov.metrics.grids import ALL, Tree, tree_of
from gridgov.metrics.months import months_of
from gridgov.metrics.question import Question
from gridgov.metrics.spans import Span, month_number
from gridgov.small_lines import among_siblings, completed, families, hidden_over_time, is_few
from gridgov.warehouse import Reader

__all__ = [
    "HIDDEN",
    "blanked",
    "counts_persons",
    "hidden_figures",
    "hidden_of_line",
    "judged_only",
    "small_note",
    "small_words",
    "told",
    "why_no_series",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

HIDDEN = STATES.index("hidden")
_SIZES = (1, 3, 6, 12)
_SOURCES = frozenset({"contact", "visit"})
_TIERS = ("weekly", "monthly", "quarterly")
_DUE = tuple(f"contact_due_{tier}" for tier in _TIERS)
_OVERDUE = tuple(f"overdue_{tier}" for tier in _TIERS)
_VISITS = ("reached_visit", "visit_visits")
_WEEKLY = ("contact_due_weekly", "contact_contacted_weekly")
# Of these, what counts is part of the visits of the month, so that the homes of the rest go off.
_OF_VISITS = frozenset({"SV4", "SV5", "SV9", "SV10"})
_CASES = {
    "SV4": "visit_met_known", "SV5": "visit_visits", "SV6": "visit_needs_due",
    "SV7": "visit_contacts", "SV9": "visit_entered", "SV10": "visit_visits",
    "ML1": "visit_recert_due", "ML2": "visit_home_certifications",
}  # fmt: skip
# Asked for together, so that many small grids are read once for all metrics.
_COLUMNS = tuple(dict.fromkeys((*_DUE, *_OVERDUE, *_VISITS, *_WEEKLY, *_CASES.values())))
_TIER_NAMES = {"每周": 0, "每月": 1, "每季": 2}


def counts_persons(metric: Metric) -> bool:
    """Whether the metric's figures are counts of residents, or rest on them.

    Key persons and visits to them; households are counted against hundreds, cases and activities
    are no persons.
    """
    return metric.source in _SOURCES or metric.unit == "人"


def told(reader: Reader, found: Answer) -> Answer:
    """The answer as this reader may see it: hidden figures are missing, their state is "hidden"."""
    if reader.scope.sees_persons:
        return found
    masks = hidden_figures(reader, found)
    figures = [blanked(one, mask) for one, mask in zip(found.figures, masks, strict=True)]
    return replace(found, figures=tuple(figures))


def judged_only(reader: Reader, found: Answer, masks: Sequence[Bools] | None = None) -> Answer:
    """The answer as its series are judged for this reader: rates without the hidden periods.

    What is overdue is judged on all of it: its state may be known where its figures may not, and
    who asks for it shows no limits (`Figures` still hold the hidden values). masks: what
    `hidden_figures` said, where that is known.
    """
    if reader.scope.sees_persons:
        return found
    masks = hidden_figures(reader, found) if masks is None else masks
    figures = [
        one if one.metric.kind == "stock" else blanked(one, mask)
        for one, mask in zip(found.figures, masks, strict=True)
    ]
    return replace(found, figures=tuple(figures))


def hidden_of_line(persons: npt.ArrayLike) -> Bools:
    """What to hide of one line of persons whose total is shown, (cells,)."""
    counts = np.nan_to_num(np.asarray(persons, dtype=np.float64))[None]
    return np.asarray(completed(counts, is_few(counts))[0])


def small_words() -> str:
    """What stands in place of a hidden figure."""
    return _("少于 {n} 人", n=THRESHOLD)


def small_note() -> str:
    """What is said beside figures of which some are hidden."""
    return _("涉及不足 {n} 人的数字，及由此可推算的，不显示。", n=THRESHOLD)


def why_no_series() -> str:
    """Why a series is not drawn, in one sentence."""
    return _("涉及的居民不足 {n} 人，为保护个人不画走势。", n=THRESHOLD)


def blanked(one: Figures, hidden: Bools) -> Figures:
    """The figures without those of `hidden`, (buckets, grids, splits)."""
    if not hidden.any():
        return one
    return replace(
        one,
        numerator=np.where(hidden, np.nan, one.numerator),
        denominator=np.where(hidden, np.nan, one.denominator),
        value=np.where(hidden, np.nan, one.value),
        n=np.where(hidden, np.nan, one.n),
        state=np.where(hidden, np.int8(HIDDEN), one.state).astype(np.int8),
    )


def hidden_figures(reader: Reader, found: Answer) -> tuple[Bools, ...]:
    """For each metric which figures this reader must not see, (buckets, grids, splits)."""
    nothing = [np.zeros(one.value.shape, dtype=np.bool_) for one in found.figures]
    if reader.scope.sees_persons or not found.question.units:
        return tuple(nothing)
    return tuple(
        _hidden(reader, found.question, one) if counts_persons(one.metric) else none
        for one, none in zip(found.figures, nothing, strict=True)
    )


def _counted(one: Figures) -> Floats:
    """Cases behind each figure, (buckets, grids, splits): persons are at most so many."""
    is_measured = one.metric.denominator == "measure"
    return np.nan_to_num(one.denominator if is_measured else one.numerator)


def _hidden(reader: Reader, question: Question, one: Figures) -> Bools:
    counted = _counted(one)
    whole = _whole_hidden(reader, question, one, counted.sum(axis=2))
    if not question.by and not question.where:
        return np.asarray(whole[:, :, None] & (counted > 0), dtype=np.bool_)
    persons = _by_label(question, one, counted)
    buckets, grids, labels = persons.shape
    flat = persons.reshape(buckets * grids, labels)
    hidden = completed(flat, is_few(flat)).reshape(persons.shape)
    if question.by_grid:
        groups = families(_parents(question.tree, question.units))
        for at in range(labels):
            hidden[:, :, at] = among_siblings(persons[:, :, at], hidden[:, :, at], groups)
        flat_hidden = hidden.reshape(flat.shape)
        hidden = completed(flat, flat_hidden).reshape(persons.shape)
    return np.asarray((hidden | whole[:, :, None]) & (counted > 0), dtype=np.bool_)


def _by_label(question: Question, one: Figures, counted: Floats) -> Floats:
    """At least so many persons behind each figure of a split."""
    if one.metric.source != "contact":
        return counted
    times = np.ones((len(question.buckets), len(one.labels)))
    for at, span in enumerate(question.buckets):
        ends = _period_ends(span.start, min(span.end, question.last_day))
        for number, label in enumerate(one.labels):
            tier = label[question.by.index("tier")] if "tier" in question.by else None
            times[at, number] = ends[_TIER_NAMES[tier]] if tier in _TIER_NAMES else max(ends)
    return np.ceil(counted / np.maximum(times, 1.0)[:, None, :])


def _period_ends(start: date, end: date) -> tuple[int, int, int]:
    """Sundays, last days of months and of quarters from `start` to `end`."""
    if end < start:
        return 0, 0, 0
    sundays = (end - start).days + 1 + start.weekday()
    after = end + timedelta(days=1)
    months = month_number(after) - month_number(start)
    quarters = month_number(after) // 3 - month_number(start) // 3
    return sundays // 7, months, quarters


def _whole_hidden(reader: Reader, question: Question, one: Figures, counted: Floats) -> Bools:
    """What to hide of the figures of whole grids, (buckets, grids)."""
    held = _held_of(reader, question, one.metric)
    hidden = np.zeros(counted.shape, dtype=np.bool_)
    persons, others = counted.copy(), []
    for at, span in enumerate(question.buckets):
        run = _run(span, question, one.metric.kind == "stock")
        decided = None if run is None else held.decided(*run)
        if decided is not None:
            hidden[at] = decided
        else:
            persons[at] = _few_months(question, span, one, counted[at], held, run)
            others.append(at)
    if others:
        hidden[others] = is_few(persons[others])
        if question.by_grid:
            groups = families(_parents(question.tree, question.units))
            hidden[others] = among_siblings(persons[others], hidden[others], groups)
    return hidden


def _run(span: Span, question: Question, is_stock: bool) -> tuple[int, int] | None:
    """Whole months of a bucket, from and to before; a stock has that at whose end it stands."""
    last = min(span.end, question.last_day)
    ends = (last + timedelta(days=1)).day == 1 or last == question.data_date
    stop = month_number(last) + (1 if ends else 0)
    if is_stock:
        return (stop - 1, stop) if ends else None
    begin = month_number(span.start) + (0 if span.start.day == 1 else 1)
    if stop <= begin:
        return None
    return begin, stop


def _few_months(
    question: Question, span: Span, one: Figures, counted: Floats, held: _Held,
    run: tuple[int, int] | None,
) -> Floats:  # fmt: skip
    """At least so many persons of each grid in one bucket that no whole year is cut into."""
    persons = counted
    if one.metric.source == "contact":
        ends = _period_ends(span.start, min(span.end, question.last_day))
        persons = np.ceil(counted / max(ends)) if max(ends) else counted
    if run is None or one.metric.kind == "stock":
        return persons
    known = held.persons_over(*run)
    if one.metric.source == "contact":
        return np.maximum(np.minimum(known, counted), persons)
    return np.minimum(known, counted)


def _parents(tree: Tree, units: tuple[str, ...]) -> list[str]:
    """What each grid adds up to; "" above all."""
    return [(tree.nodes[unit].parent_id or "") if unit in tree.nodes else "" for unit in units]


@dataclass(frozen=True, eq=False)
class _Held:
    """Decisions about months, quarters, halves and years of some grids, for one metric.

    first: number of the first month, a January. persons: (months, grids) at least so many.
    hidden: by length in months, (periods, grids).
    """

    first: int
    persons: Floats
    hidden: dict[int, Bools]

    def decided(self, begin: int, stop: int) -> Bools | None:
        """What to hide of these months, (grids,); None for a run of another length or place."""
        size = stop - begin
        at = begin - self.first
        if size not in self.hidden or at % size or not 0 <= at < len(self.persons):
            return None
        return np.asarray(self.hidden[size][at // size])

    def persons_over(self, begin: int, stop: int) -> Floats:
        """At least so many persons over these months, (grids,)."""
        part = self.persons[max(begin - self.first, 0) : max(stop - self.first, 0)]
        return np.asarray(part.max(axis=0, initial=0.0))


_KEEP = 96
_DECIDED: WeakKeyDictionary[Reader, dict[object, _Held]] = WeakKeyDictionary()
_LOCK = Lock()


def _held_of(reader: Reader, question: Question, metric: Metric) -> _Held:
    """Decisions for the units of a question, kept: a version never changes."""
    units = question.units if question.by_grid else ()
    alone = question.units if not question.by_grid else ()
    key = (metric.code, units, alone)
    with _LOCK:
        kept = _DECIDED.setdefault(reader, {})
        found = kept.get(key)
    if found is None:
        found = _decide(reader, question, metric)
        with _LOCK:
            while len(kept) >= _KEEP:
                kept.pop(next(iter(kept)), None)
            kept[key] = found
    return found


def _decide(reader: Reader, question: Question, metric: Metric) -> _Held:
    """Over all years, with the siblings of the units: who adds up to the same total."""
    tree = tree_of(reader)
    known = [day for day in tree.first_on.values() if day is not None]
    last = question.data_date
    if not known or last is None:
        return _Held(0, np.zeros((0, question.shape[1])), {})
    start, end = date(min(min(known), last).year, 1, 1), date(last.year, 12, 31)
    units = question.units
    every = list(units)
    if question.by_grid or len(units) == 1:
        for parent in dict.fromkeys(_parents(tree, units)):
            every += tree.children.get(parent, ())
    every = list(dict.fromkeys(every))
    persons = _persons(reader, metric, every, start, end)
    if not question.by_grid and len(units) > 1:
        # Grids counted as one: at least as many persons as in the richest of them.
        persons, every = persons.max(axis=1, keepdims=True), [ALL]
    groups = families(_parents(tree, tuple(every)))
    if metric.kind == "stock":
        hidden = {1: among_siblings(persons, is_few(persons), groups)}
    else:
        hidden = hidden_over_time(persons, groups, _SIZES)
    count = question.shape[1]
    return _Held(
        month_number(start),
        persons[:, :count],
        {size: part[:, :count] for size, part in hidden.items()},
    )


def _persons(
    reader: Reader, metric: Metric, units: list[str], start: date, end: date
) -> Floats:  # fmt: skip
    """At least so many persons behind each month of each grid, (months, grids)."""
    months = [date(start.year + at // 12, at % 12 + 1, 1) for at in range(_months(start, end))]
    first, stop = month_number(start), month_number(end) + 1
    if metric.kind == "stock":
        held = months_of(reader, units, _COLUMNS)
        begin = min(first, held.first) if held.end > held.first else first
        changes = np.nan_to_num(held.taken(_OVERDUE, units, begin, stop)).sum(axis=0)
        return np.asarray(changes.cumsum(axis=1)[:, first - begin :].T)
    sundays = np.array([_sundays(day, reader.data_date) for day in months], dtype=np.float64)
    if metric.source == "contact":
        due = np.nan_to_num(months_of(reader, units, _COLUMNS).taken(_DUE, units, first, stop))
        return np.asarray((np.ceil(due[0] / np.maximum(sundays, 1)) + due[1] + due[2]).T)
    return _visited(reader, metric, units, first, stop, sundays).T


def _visited(
    reader: Reader, metric: Metric, units: list[str], first: int, stop: int, sundays: Floats
) -> Floats:
    """(grids, months) of figures over visits: cases, or fewer where homes or persons are known."""
    cases = _CASES[metric.code]
    names = tuple(dict.fromkeys((cases, *_VISITS, *_WEEKLY)))
    laid = np.nan_to_num(months_of(reader, units, _COLUMNS).taken(names, units, first, stop))
    column = dict(zip(names, laid, strict=True))
    counted = np.asarray(column[cases])
    if metric.code == "SV7":
        due, seen = (column[name] for name in _WEEKLY)
        # A week that began in the month before may be all that the month has of a person.
        listed = np.ceil(due / np.maximum(sundays, 1))
        inside = np.ceil((seen - listed) / np.maximum(sundays - 1, 1))
        return np.asarray(np.minimum(counted, np.maximum(inside, counted > 0)))
    homes, visits = (column[name] for name in _VISITS)
    if metric.code not in _OF_VISITS or not homes.any():
        return counted
    left = np.maximum(homes - (visits - counted), counted > 0)
    return np.asarray(np.minimum(counted, left))


def _months(start: date, end: date) -> int:
    return month_number(end) - month_number(start) + 1


def _sundays(month: date, data_date: date | None) -> int:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    last = following - timedelta(days=1)
    if data_date is not None:
        last = min(last, data_date)
    return _period_ends(month, last)[0]
