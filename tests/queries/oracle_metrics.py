"""Every metric of the dictionary, one record at a time.

`reckon(world, code, start, end, unit, **only)` gives numerator, denominator and value. Written from
the dictionary, not from the SQL.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.queries.oracle import ALLOWED_DAYS, EVER, World, quarter_of, week_of
from tests.queries.oracle_flags import flagged_visits

__all__ = ["Answer", "curve_quantile", "reckon", "stock_of"]

Row = dict[str, Any]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    numerator: float
    denominator: float | None
    value: float | None
    p90: float | None = None
    instant: float | None = None


def reckon(
    world: World, code: str, start: date, end: date, unit: str | None = None, **only: Any
) -> Answer:
    """`only`: column → value that a record must have (also `worker`: shared events count in part)."""
    question = Question(world, start, min(end, world.data_date), unit, only)
    return _METRICS[code](question)


@dataclass(frozen=True)
class Question:
    world: World
    start: date
    end: date
    unit: str | None
    only: dict[str, Any]

    def within(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def weight(self, row: Row, grid: str = "grid_id") -> float:
        """How much of a record counts: all, nothing, or a named worker's share."""
        if not self.world.is_inside(row[grid], self.unit):
            return 0.0
        for name, value in self.only.items():
            if name == "worker":
                continue
            column = {"person_category": "category"}.get(name, name)
            if row[column] != value:
                return 0.0
        if "worker" not in self.only:
            return 1.0
        worker = self.only["worker"]
        if "holder" in row:
            return float(row["holder"] == worker)
        return self.world.shares(row["worker"]).get(worker, 0.0)

    def months(self) -> list[date]:
        first = max(self.start, self.world.first_on).replace(day=1)
        found = []
        while first <= self.end:
            found.append(first)
            first = (first + timedelta(days=32)).replace(day=1)
        return found


def _share(question: Question, rows: Iterable[Row], top: Callable[[Row], bool]) -> Answer:
    upper = lower = 0.0
    for row in rows:
        weight = question.weight(row)
        lower += weight
        upper += weight if top(row) else 0.0
    return _ratio(upper, lower)


def _ratio(upper: float, lower: float | None, scale: float = 1) -> Answer:
    return Answer(upper, lower, upper * scale / lower if lower else None)


# stocks ------------------------------------------------------------------------------------------


def stock_of(world: World, name: str, unit: str | None, month: date) -> float | None:
    """Own figures where there are any, else those of the grids below that are valid at its end."""
    last = (month + timedelta(days=32)).replace(day=1) - DAY
    last = min(last, world.data_date)
    if unit is None:
        tops = [g for g, row in world.grids.items() if row["parent_id"] not in world.grids]
        return _added(stock_of(world, name, g, month) for g in tops if world.is_valid(g, last))
    own = _stated(world, name, unit, month)
    if own is not _NOTHING:
        return own
    parts = []
    for child in world.children(unit):
        if _stated(world, name, child, month) is _NOTHING or world.is_valid(child, last):
            parts.append(stock_of(world, name, child, month))
    return _added(parts)


_NOTHING: Any = object()


def _stated(world: World, name: str, grid_id: str, month: date) -> Any:
    rows = [row for row in world.tables["grid_month"] if row["grid_id"] == grid_id]
    if not rows:
        return _NOTHING
    earlier = [row for row in rows if row["month"] <= month]
    chosen = (
        max(earlier, key=lambda r: r["month"]) if earlier else min(rows, key=lambda r: r["month"])
    )
    return chosen[name]


def _added(parts: Iterable[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _average_stock(question: Question, name: str) -> float | None:
    figures = [stock_of(question.world, name, question.unit, month) for month in question.months()]
    known = [figure for figure in figures if figure is not None]
    return sum(known) / len(known) if known else None


def _base_grids(question: Question) -> float | None:
    world, counts = question.world, []
    for month in question.months():
        last = min((month + timedelta(days=32)).replace(day=1) - DAY, world.data_date)
        inside = [g for g, row in world.grids.items() if world.is_inside(g, question.unit)]
        if question.unit is None:
            tops = [g for g in inside if world.grids[g]["parent_id"] not in world.grids]
            counts.append(
                sum(_general(world, top, last) for top in tops if world.is_valid(top, last))
            )
        else:
            counts.append(_general(world, question.unit, last))
    return sum(counts) / len(counts) if counts else None


def _general(world: World, unit: str, day: date) -> int:
    found = [
        g
        for g, row in world.grids.items()
        if row["level"] == "一般" and world.is_inside(g, unit) and world.is_valid(g, day)
    ]
    return len(found) or 1


def _capacity(question: Question) -> float | None:
    """Day by day: a worker's monthly capacity over the days of the month, split over the grids held."""
    world, total, any_held = question.world, 0.0, False
    workers = {row["worker_id"]: row for row in world.tables["worker"]}
    for month in question.months():
        following = (month + timedelta(days=32)).replace(day=1)
        days = [month + timedelta(days=i) for i in range((following - month).days)]
        held: dict[str, Counter[str]] = defaultdict(Counter)
        for row in world.tables["tenure"]:
            for day in days:
                if row["valid_from"] <= day <= (row["valid_to"] or EVER[1]):
                    held[row["worker_id"]][row["grid_id"]] += 1
        asked = sum(1 for day in days if question.start <= day <= question.end)
        for worker, grids in held.items():
            row = workers[worker]
            capacity = row["capacity"] or (20 if row["kind"] == "微" else 80)
            every = max(len(days), sum(grids.values()))
            for grid, count in grids.items():
                if world.is_inside(grid, question.unit):
                    total += capacity * count / every * asked / len(days)
                    any_held = True
    return total if any_held else None


# visits ------------------------------------------------------------------------------------------


def _visits(question: Question) -> list[Row]:
    return [row for row in question.world.visits if question.within(row["day"])]


def _is_contact(row: Row) -> bool:
    return row["tier"] is not None and row["met"] is not False


def _needs(question: Question) -> list[Row]:
    return [row for row in question.world.visits if question.within(row["need_due"])]


def _in_time(row: Row) -> bool:
    return row["need_closed_at"] is not None and row["need_closed_at"].date() <= row["need_due"]


def _is_review(row: Row) -> bool:
    return "年审" in (row["purpose"] or "")


def _periods(question: Question) -> list[Row]:
    """Whole periods of each spell that ended in the asked days."""
    world, found = question.world, []
    contacts = world.contacts()
    for spell in world.spells:
        day = max(spell["since"], world.first_visit)
        while day <= min(spell["until"], question.end):
            begin, finish = _period(spell["tier"], day)
            whole = begin >= max(spell["since"], world.first_visit) and finish <= spell["until"]
            if whole and question.within(finish):
                seen = any(begin <= on <= finish for on in contacts.get(spell["person"], []))
                holder = world.holder(spell["grid_id"], finish)
                found.append(spell | {"seen": seen, "holder": holder})
            day = finish + DAY
    return found


def _period(tier: str, day: date) -> tuple[date, date]:
    if tier == "每周":
        return week_of(day), week_of(day) + 6 * DAY
    if tier == "每月":
        begin = day.replace(day=1)
        return begin, (begin + timedelta(days=32)).replace(day=1) - DAY
    begin = quarter_of(day)
    return begin, (begin + timedelta(days=98)).replace(day=1) - DAY


def _overdue_persons(question: Question) -> Answer:
    world, count = question.world, 0.0
    for spell in world.spells:
        if not (spell["since"] <= question.end <= spell["until"]) or not question.weight(spell):
            continue
        last = max(spell["since"], world.first_visit) - DAY
        for day in world.contacts().get(spell["person"], []):
            if spell["since"] <= day <= question.end:
                last = max(last, day)
        count += (question.end - last).days > ALLOWED_DAYS[spell["tier"]]
    return Answer(count, None, count)


def _homes(question: Question, rows: Iterable[Row], grid: str, stock: str) -> Answer:
    seen = {row["household"] for row in rows if row["household"] and question.weight(row, grid)}
    return _ratio(float(len(seen)), _average_stock(question, stock))


# activities --------------------------------------------------------------------------------------


def _activities(question: Question, code: str | None = None) -> list[Row]:
    return [
        row
        for row in question.world.activities
        if question.within(row["day"])
        and (code is None or row["code"] == code)
        and question.weight(row)
    ]


def _sums(rows: list[Row], top: str, below: str) -> Answer:
    both = [row for row in rows if row[top] is not None and row[below] is not None]
    return _ratio(float(sum(row[top] for row in both)), float(sum(row[below] for row in both)))


def _count(figure: float) -> Answer:
    return Answer(float(figure), None, float(figure))


def _items(cell: str | None) -> list[str]:
    return [item for item in (cell or "").split("、") if item]


def _quarters(question: Question) -> int:
    return len({quarter_of(month) for month in question.months()})


def _speakers(question: Question) -> Answer:
    counts = Counter(row["speaker"] for row in _activities(question, "lecture") if row["speaker"])
    total = sum(counts.values())
    if not total:
        return Answer(0.0, None, None)
    return _ratio(-sum(n / total * math.log(n / total) for n in counts.values()), math.log(4))


def _teams(question: Question) -> Answer:
    seen = {
        (quarter_of(row["day"]), team)
        for row in _activities(question, "show")
        for team in _items(row["team"])
    }
    inside = [g for g in question.world.grids if question.world.is_inside(g, question.unit)]
    communities = max(1, sum(question.world.grids[g]["level"] == "社区" for g in inside))
    return _ratio(len(seen), 20 * communities * _quarters(question))


def _micro(question: Question) -> Answer:
    seen = {(quarter_of(r["day"]), r["micro"]) for r in _activities(question) if r["micro"]}
    return _ratio(len(seen), 5 * _quarters(question))


def _hosts(question: Question) -> Answer:
    hosts = set()
    for row in _activities(question, "neighbour_day"):
        upper = question.world.above(row["grid_id"]) if row["grid_id"] else []
        hosts |= {g for g in upper if question.world.grids[g]["level"] == "一般"}
    return _ratio(len(hosts), _base_grids(question))


def _party_grids(question: Question) -> Answer:
    known = [
        row
        for g, row in question.world.grids.items()
        if question.world.is_inside(g, question.unit)
        and question.world.is_valid(g, question.end)
        and row["has_party_organisation"] is not None
        and row["level"] in ("总", "一般", "微", "专属")
    ]
    return _ratio(sum(bool(row["has_party_organisation"]) for row in known), len(known))


# complaints --------------------------------------------------------------------------------------


def _received(question: Question) -> list[Row]:
    return [row for row in question.world.complaints if question.within(row["day"])]


def _due(question: Question) -> list[Row]:
    return [
        row
        for row in question.world.complaints
        if row["due_at"] is not None and question.within(row["due_at"].date())
    ]


def _closed(question: Question) -> list[Row]:
    return [
        row
        for row in question.world.complaints
        if row["closed_at"] is not None and question.within(row["closed_at"].date())
    ]


def _answered(question: Question, name: str) -> list[Row]:
    return [row for row in _closed(question) if row["called_back"] and row[name] is not None]


def _known(rows: list[Row], name: str) -> list[Row]:
    return [row for row in rows if row[name] is not None]


def _responses(question: Question) -> Answer:
    end = datetime.combine(question.world.data_date + DAY, time(0))
    judged = [
        row
        for row in _received(question)
        if row["contacted_at"] is not None or end - row["created_at"] >= timedelta(hours=24)
    ]

    def quick(row: Row) -> bool:
        at = row["contacted_at"]
        return at is not None and at - row["created_at"] <= timedelta(hours=24)

    return _share(question, judged, quick)


def _overdue_cases(question: Question) -> Answer:
    count = 0.0
    for row in question.world.complaints:
        if row["due_at"] is None or row["due_at"].date() > question.end or not question.weight(row):
            continue
        count += row["closed_at"] is None or row["closed_at"].date() > question.end
    return _count(count)


def _handling(question: Question) -> Answer:
    end = datetime.combine(question.world.data_date + DAY, time(0))
    cases = []
    instant = 0
    for row in _received(question):
        if not question.weight(row):
            continue
        done = row["closed_at"] is not None
        seconds = ((row["closed_at"] if done else end) - row["created_at"]).total_seconds()
        cases.append((math.ceil(seconds / 3600) if done else math.floor(seconds / 3600), done))
        instant += done and seconds == 0
    closed = float(sum(done for _hours, done in cases))
    half, most = (curve_quantile(cases, q) for q in (0.5, 0.9))
    return Answer(closed, float(len(cases)), half, most, float(instant))


def curve_quantile(cases: list[tuple[float, bool]], q: float) -> float | None:
    """Kaplan-Meier, a product over the closing times one by one."""
    share = 1.0
    for moment in sorted({hours for hours, done in cases if done}):
        at_risk = sum(1 for hours, _done in cases if hours >= moment)
        ended = sum(1 for hours, done in cases if done and hours == moment)
        share *= 1 - ended / at_risk
        if share <= 1 - q + 1e-9:
            return float(moment)
    return None


_METRICS: dict[str, Callable[[Question], Answer]] = {
    "PB1": _party_grids,
    "PB2": _micro,
    "PB3": lambda q: _count(len({p for r in _activities(q) for p in _items(r["partners"])})),
    "PB4": _speakers,
    "PB5": lambda q: _ratio(len(_activities(q, "party_lesson")), _base_grids(q)),
    "SV1": lambda q: _share(q, _periods(q), lambda r: r["seen"]),
    "SV2": _overdue_persons,
    "SV3": lambda q: _homes(q, _visits(q), "grid_id", "households"),
    "SV4": lambda q: _share(q, _known(_visits(q), "met"), lambda r: r["met"]),
    "SV5": lambda q: _share(q, _visits(q), lambda r: r["need"] is not None),
    "SV6": lambda q: _share(q, _known(_needs(q), "need"), _in_time),
    "SV7": lambda q: _share(
        q,
        [r for r in _visits(q) if r["tier"] == "每周" and _is_contact(r)],
        lambda r: r["mode"] == "上门",
    ),
    "SV8": lambda q: _ratio(sum(q.weight(r) for r in _periods(q)), _capacity(q)),
    "SV9": lambda q: _share(
        q,
        _known(_visits(q), "entered_at"),
        lambda r: r["entered_at"] - r["occurred_at"] > timedelta(hours=72),
    ),
    "SV10": lambda q: _flagged(q),
    "ML1": lambda q: _share(q, [r for r in _needs(q) if _is_review(r)], _in_time),
    "ML2": lambda q: _count(
        sum(q.weight(r) for r in _visits(q) if _is_review(r) and r["mode"] == "上门")
    ),
    "ML3": lambda q: _ratio(
        len({r["day"].replace(day=1) for r in _activities(q, "neighbour_day")}), len(q.months())
    ),
    "ML4": _hosts,
    "ML5": lambda q: _count(sum(r["services"] or 0 for r in _activities(q, "free_service"))),
    "ML6": lambda q: _sums(_activities(q, "job_fair"), "enrolled", "attendances"),
    "DV1": lambda q: _homes(
        q, [r for r in _visits(q) if r["category"] == "商户"], "grid_id", "shops"
    ),
    "DV2": lambda q: _share(
        q,
        [r for r in _known(_closed(q), "resolved") if r["source"] == "商户"],
        lambda r: r["resolved"],
    ),
    "DV3": lambda q: _stalls(_known(_activities(q, "stall"), "services")),
    "DV4": lambda q: _ratio(
        sum(q.weight(r) for r in _received(q) if r["category"] == "市容占道"),
        _average_stock(q, "residents"),
        1000,
    ),
    "HP1": lambda q: _homes(
        q, [s for s in q.world.sign_ins if q.within(s["day"])], "home", "households"
    ),
    "HP2": lambda q: _sums(_activities(q), "first_timers", "attendances"),
    "HP3": _teams,
    "HP4": lambda q: _sums(_activities(q, "course"), "attendances", "enrolled"),
    "HP5": lambda q: _ratio(
        sum(r["attendances"] or 0 for r in _activities(q)), _average_stock(q, "residents"), 1000
    ),
    "HP6": lambda q: _sums(_activities(q), "satisfied", "rated"),
    "C1": lambda q: _ratio(
        sum(q.weight(r) for r in _received(q)), _average_stock(q, "residents"), 1000
    ),
    "C2": _responses,
    "C3": lambda q: _share(
        q, _due(q), lambda r: r["closed_at"] is not None and r["closed_at"] <= r["due_at"]
    ),
    "C4": lambda q: _share(q, _due(q), lambda r: r["closed_at"] is not None),
    "C5": lambda q: _share(q, _answered(q, "resolved"), lambda r: r["resolved"]),
    "C6": lambda q: _share(q, _answered(q, "satisfied"), lambda r: r["satisfied"] == "满意"),
    "C7": lambda q: _share(q, _known(_closed(q), "called_back"), lambda r: r["called_back"]),
    "C8": lambda q: _share(q, _closed(q), lambda r: (r["reopened"] or 0) > 0),
    "C9": lambda q: _share(q, _received(q), lambda r: r["is_repeat"]),
    "C10": _handling,
    "C11": lambda q: _share(
        q, _known(_received(q), "found_by"), lambda r: r["found_by"] == "网格员"
    ),
    "C12": lambda q: _share(
        q, _known(_closed(q), "settled_level"), lambda r: r["settled_level"] == "网格"
    ),
    "C13": _overdue_cases,
    "C14": lambda q: _share(q, _known(_received(q), "in_scope"), lambda r: not r["in_scope"]),
}


def _flagged(question: Question) -> Answer:
    kept = question.world.kept
    if "flagged" not in kept:
        kept["flagged"] = flagged_visits(question.world)
    flagged = kept["flagged"]
    return _share(question, _visits(question), lambda row: row["visit_id"] in flagged)


def _stalls(rows: list[Row]) -> Answer:
    return _ratio(sum(row["services"] for row in rows), 200 * len(rows))
