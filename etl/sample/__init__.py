"""A believable 东山社区, drawn from a seed: `write` makes the files that a clerk would export.

What the figures are and what they cannot all be at once is in docs/sample.md; what is planted for
the analyses to find is in `etl.sample.planted`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from etl.sample import logs, references
from etl.sample.activity import plan
from etl.sample.attendance import attended
from etl.sample.complaint import complaints
from etl.sample.contact import contacts
from etl.sample.days import START, Days
from etl.sample.files import Folder
from etl.sample.people import Posts, posts
from etl.sample.place import Community, community
from etl.sample.visit import visits
from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["END", "SEED", "write"]

SEED, END = 20250101, date(2026, 10, 31)


def write(out: Path, *, scale: int = 1, seed: int = SEED, end: date = END) -> None:
    """Write the sample of `scale` communities into the folder `out` (made where missing).

    The same arguments give the same bytes. Days run from 2025-01-01 to `end`. UsageError where
    `scale` is below 1 or `end` before the first day.
    """
    if scale < 1:
        raise UsageError(_("--scale 至少为 1：{scale}", scale=scale))
    days = Days(end)
    with Folder(out) as folder:
        _write_general(folder, days, scale)
        for index in range(scale):
            _write_community(folder, community(index, seed, days, scale), seed, days, scale)


def _write_general(folder: Folder, days: Days, scale: int) -> None:
    """Tables that all communities share."""
    if scale > 1:
        folder.csv("grid", "网格.csv", references.above(scale))
    folder.csv("calendar", "日历.csv", references.calendar_days(days))
    folder.csv("activity_type", "活动类型.csv", references.activity_types())
    folder.csv("complaint_category", "诉求类别.csv", references.complaint_categories())


def _book(
    folder: Folder, scale: int, table: str, name: str, rows: pa.Table, title: str = ""
) -> None:
    """A workbook for one community, a CSV (which has no limit of rows) for several."""
    if scale == 1:
        folder.xlsx(table, f"{name}.xlsx", {name: rows}, title)
    else:
        folder.csv(table, f"{name}.csv", rows)


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


def _write_community(folder: Folder, place: Community, seed: int, days: Days, scale: int) -> None:
    coded = scale > 1
    staff = posts(place, seed, days)
    folder.csv("grid", "网格.csv", references.grids(place, scale > 1))
    folder.csv("household", "户.csv", references.households(place))
    folder.csv("worker_alias", "格格别名.csv", references.worker_aliases(place, staff))
    _book(folder, scale, "grid_month", "网格月度底数", references.grid_months(place, days))
    _book(folder, scale, "worker", "格格", references.workers(place, staff))
    _book(folder, scale, "tenure", "任职", references.tenures(place, staff, days))
    title = f"{place.name}重点人员台账"
    _book(folder, scale, "key_person", "重点人员", references.key_persons(place, days), title)
    seen = visits(place, staff, days, contacts(place, staff, days, seed), seed)
    log = logs.visit_log(place, staff, seen, coded)
    for year, half, rows in _by_period(log, "occurred_at", 6):
        if scale == 1 and (year, half) == (START.year + 1, 1):
            rows = pa.concat_tables([rows, rows.slice(len(rows) // 2, 1)])  # keyed in twice
        folder.csv("visit", f"走访记录_{year}年{'上下'[half - 1]}半年.csv", rows)
    found = complaints(place, staff, days, seed)
    log = logs.complaint_log(place, staff, found, coded, unknown_grids=2 if scale == 1 else 0)
    for year, _span, rows in _by_period(log, "created_at", 12):
        folder.gb18030("complaint", f"诉求工单_{year}年.csv", rows)
    _write_activities(folder, place, staff, seed, days, scale)


def _write_activities(
    folder: Folder, place: Community, staff: Posts, seed: int, days: Days, scale: int
) -> None:
    held = plan(place, days, seed)
    came = attended(place, days, held, seed)
    log = logs.activities(place, staff, days, held, came, scale > 1)
    signed = logs.attendances(place, came)
    years = _by_period(log, "started_at", 12)
    if scale == 1:
        folder.xlsx(
            "activity",
            "活动台账.xlsx",
            {f"{y}年": rows for y, _, rows in years},
            total="attendances",
        )
    first = 0
    activity = np.asarray(came.activity)
    for year, _span, rows in years:
        if scale > 1:
            folder.csv("activity", f"活动台账_{year}年.csv", rows)
        low, high = np.searchsorted(activity, [first, first + len(rows)]).tolist()
        folder.csv("attendance", f"活动签到_{year}年.csv", signed.slice(low, high - low))
        first += len(rows)
