"""Which files a sample has and what stands in each, community by community."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import numpy as np
import pyarrow as pa

from etl.sample import logs, references
from etl.sample.activity import plan
from etl.sample.attendance import attended
from etl.sample.complaint import complaints
from etl.sample.contact import contacts
from etl.sample.days import START, Days
from etl.sample.files import Part, book, csv
from etl.sample.people import Posts, posts
from etl.sample.place import Community, community
from etl.sample.visit import visits

__all__ = ["all_parts"]

_ALONE = 12  # so many communities are drawn sooner than other processes have started


def all_parts(days: Days, seed: int, scale: int) -> Iterator[Part]:
    """The parts of all files, those of one file in order."""
    yield csv("calendar", "日历.csv", references.calendar_days(days))
    yield csv("activity_type", "活动类型.csv", references.activity_types())
    yield csv("complaint_category", "诉求类别.csv", references.complaint_categories())
    if scale > 1:
        yield csv("grid", "网格.csv", references.above(scale))
    if scale <= _ALONE:
        for index in range(scale):
            yield from _community_parts(index, seed, days, scale)
    else:
        yield from _drawn_beside(days, seed, scale)


def _drawn_beside(days: Days, seed: int, scale: int) -> Iterator[Part]:
    """Communities in order, drawn by other processes; few wait in memory at any time."""
    workers = min(os.cpu_count() or 1, 8, scale)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Part]]] = deque()
        rest = iter(range(scale))
        for index in islice(rest, 2 * workers):
            waiting.append(pool.submit(_community_parts, index, seed, days, scale))
        while waiting:
            parts = waiting.popleft().result()
            for index in islice(rest, 1):
                waiting.append(pool.submit(_community_parts, index, seed, days, scale))
            yield from parts


def _community_parts(index: int, seed: int, days: Days, scale: int) -> list[Part]:
    """All parts of one community."""
    place = community(index, seed, days, scale)
    staff = posts(place, days)
    found = _reference_parts(place, staff, days, scale)
    found += _visit_parts(place, staff, days, scale)
    log = logs.complaint_log(
        place, staff, complaints(place, staff, days), scale > 1, 2 if scale == 1 else 0
    )
    for year, _span, rows in _by_period(log, "created_at", 12):
        found.append(csv("complaint", f"诉求工单_{year}年.csv", rows, "gb18030"))
    return found + _activity_parts(place, staff, days, scale)


def _reference_parts(place: Community, staff: Posts, days: Days, scale: int) -> list[Part]:
    """Workbooks for one community; CSV, which has no limit of rows, for several."""

    def one(table: str, name: str, rows: pa.Table, title: str = "") -> Part:
        if scale == 1:
            return book(table, f"{name}.xlsx", {name: rows}, title)
        return csv(table, f"{name}.csv", rows)

    people = references.key_persons(place, days)
    return [
        csv("grid", "网格.csv", references.grids(place, scale > 1)),
        csv("household", "户.csv", references.households(place)),
        csv("worker_alias", "格格别名.csv", references.worker_aliases(place, staff)),
        one("grid_month", "网格月度底数", references.grid_months(place, days)),
        one("worker", "格格", references.workers(place, staff)),
        one("tenure", "任职", references.tenures(place, staff, days)),
        one("key_person", "重点人员", people, f"{place.name}重点人员台账"),
    ]


def _visit_parts(place: Community, staff: Posts, days: Days, scale: int) -> list[Part]:
    seen = visits(place, staff, days, contacts(place, staff, days))
    found = []
    for year, half, rows in _by_period(
        logs.visit_log(place, staff, seen, scale > 1), "occurred_at", 6
    ):
        if scale == 1 and (year, half) == (START.year + 1, 1):
            rows = pa.concat_tables([rows, rows.slice(len(rows) // 2, 1)])  # keyed in twice
        found.append(csv("visit", f"走访记录_{year}年{'上下'[half - 1]}半年.csv", rows))
    return found


def _activity_parts(place: Community, staff: Posts, days: Days, scale: int) -> list[Part]:
    held = plan(place, days)
    came = attended(place, days, held)
    log = logs.activities(place, staff, days, held, came, scale > 1)
    signed = logs.attendances(place, came)
    years = _by_period(log, "started_at", 12)
    found = []
    if scale == 1:
        sheets = {f"{year}年": rows for year, _span, rows in years}
        found.append(book("activity", "活动台账.xlsx", sheets, total="attendances"))
    first = 0
    for year, _span, rows in years:
        if scale > 1:
            found.append(csv("activity", f"活动台账_{year}年.csv", rows))
        low, high = np.searchsorted(came.activity, [first, first + len(rows)]).tolist()
        found.append(csv("attendance", f"活动签到_{year}年.csv", signed.slice(low, high - low)))
        first += len(rows)
    return found


def _by_period(rows: pa.Table, column: str, months: int) -> list[tuple[int, int, pa.Table]]:
    """The rows, in order of `column`, cut into spans of `months`: (year, span from 1, rows)."""
    month = rows[column].to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    span = month // months
    edges = np.flatnonzero(np.diff(span, prepend=span[:1] - 1)).tolist() if len(span) else []
    found = []
    for first, after in zip(edges, [*edges[1:], len(span)], strict=True):
        year, rest = divmod(int(span[first]) * months, 12)
        found.append((year, rest // months + 1, rows.slice(first, after - first)))
    return found
