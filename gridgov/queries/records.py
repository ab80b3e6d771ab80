"""The records behind a metric: one door for all of them.

For every metric it is said here which record it counts, which of them make up the denominator
(`condition`, always over days between $start and $finish) and which the numerator (`counted`).
A test holds the two counts against `evaluate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.warehouse import Reader, sql_text

__all__ = ["RECORDS", "RecordRule", "metric_records"]

Record = Literal["visit", "complaint", "activity", "period", "overdue", "grid", "attendance"]
# The columns by which the shared filters narrow records of a kind.
_NARROWED: Mapping[Record, Mapping[str, str]] = {
    "complaint": {"category": "c.category", "source": "c.source"},
    "activity": {"pillar": "a.pillar"},
    "attendance": {"pillar": "s.pillar"},
}
_PERIOD = "BETWEEN $start AND $finish"


@dataclass(frozen=True)
class RecordRule:
    """Which records a metric counts; fragments of our own SQL, never of a user's."""

    record: Record
    condition: str
    counted: str = "true"


def metric_records(
    reader: Reader,
    code: str,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    rows: int = 1000,
) -> pd.DataFrame:
    """The records that metric `code` counts from `start` to `end`, newest first, at most `rows`.

    `where`: dimension → values, as for `evaluate`; one that the records do not have is left out.
    `is_counted` tells those in the numerator. Persons and households are pseudonyms, and columns
    that the reader may not see are empty. Raises UsageError for an unknown metric, AccessDenied
    where the reader sees no such records at all.
    """
    rule = RECORDS.get(code.upper())
    if rule is None:
        raise UsageError(_("没有这个指标：{code}", code=code))
    text = sql_text(f"queries/records_{rule.record}.sql")
    condition, values = rule.condition, {}
    for name, column in _NARROWED.get(rule.record, {}).items():
        if where and name in where:
            condition += f" AND list_contains(${name}, {column})"
            values[name] = list(where[name])
    sql = text.replace("{condition}", condition).replace("{counted}", rule.counted)
    return reader.frame(sql, start=start, finish=end, grid_id=grid_id, rows=rows, **values)


def _visit(counted: str, condition: str = "true") -> RecordRule:
    return RecordRule(
        "visit", f"v.on_date {_PERIOD} AND {condition}", f"coalesce({counted}, false)"
    )


def _need(condition: str) -> RecordRule:
    closed = "coalesce(CAST(v.need_closed_at AS DATE) <= v.need_due, false)"
    return RecordRule("visit", f"v.need_due {_PERIOD} AND {condition}", closed)


def _activity(condition: str, counted: str = "true") -> RecordRule:
    return RecordRule("activity", f"a.on_date {_PERIOD} AND {condition}", counted)


def _received(counted: str = "true", condition: str = "true") -> RecordRule:
    return RecordRule(
        "complaint", f"c.on_date {_PERIOD} AND {condition}", f"coalesce({counted}, false)"
    )


def _due(counted: str) -> RecordRule:
    return RecordRule(
        "complaint", f"CAST(c.due_at AS DATE) {_PERIOD}", f"coalesce({counted}, false)"
    )


def _closed(counted: str, condition: str = "true") -> RecordRule:
    return RecordRule(
        "complaint",
        f"CAST(c.closed_at AS DATE) {_PERIOD} AND {condition}",
        f"coalesce({counted}, false)",
    )


_FLAGGED = "v.visit_id IN (SELECT visit_id FROM fact_visit_flag)"
_CONTACT = "v.tier = '每周' AND v.met IS NOT FALSE"
_DATA_END = "(SELECT CAST(data_date + 1 AS TIMESTAMP) FROM mart_as_of)"

RECORDS: dict[str, RecordRule] = {
    "PB1": RecordRule(
        "grid",
        "g.has_party_organisation IS NOT NULL AND g.level IN ('总', '一般', '微', '专属')"
        " AND (g.valid_from IS NULL OR g.valid_from <= $finish)"
        " AND (g.valid_to IS NULL OR g.valid_to >= $finish)",
        "g.has_party_organisation",
    ),
    "PB2": _activity("a.micro IS NOT NULL"),
    "PB3": _activity("a.partners IS NOT NULL"),
    "PB4": _activity("a.code = 'lecture' AND a.speaker IS NOT NULL"),
    "PB5": _activity("a.code = 'party_lesson'"),
    "SV1": RecordRule("period", f"p.is_complete AND p.period_end {_PERIOD}", "p.is_contacted"),
    "SV2": RecordRule(
        "overdue", "o.since_on <= $finish AND (o.until_on IS NULL OR o.until_on > $finish)"
    ),
    "SV3": _visit("true", "v.household IS NOT NULL"),
    "SV4": _visit("v.met", "v.met IS NOT NULL"),
    "SV5": _visit("v.need IS NOT NULL"),
    "SV6": _need("v.need IS NOT NULL"),
    "SV7": _visit("v.mode = '上门'", _CONTACT),
    "SV8": RecordRule("period", f"p.is_complete AND p.period_end {_PERIOD}"),
    "SV9": _visit("v.late_hours > 72", "v.entered_at IS NOT NULL"),
    "SV10": _visit(_FLAGGED),
    "ML1": _need("v.purpose LIKE '%年审%'"),
    "ML2": _visit("true", "v.purpose LIKE '%年审%' AND v.mode = '上门'"),
    "ML3": _activity("a.code = 'neighbour_day'"),
    "ML4": _activity("a.code = 'neighbour_day'"),
    "ML5": _activity("a.code = 'free_service' AND a.services IS NOT NULL"),
    "ML6": _activity(
        "a.code = 'job_fair' AND a.enrolled IS NOT NULL AND a.attendances IS NOT NULL"
    ),
    "DV1": _visit("true", "v.household IS NOT NULL AND v.category = '商户'"),
    "DV2": _closed("c.resolved", "c.source = '商户' AND c.resolved IS NOT NULL"),
    "DV3": _activity("a.code = 'stall' AND a.services IS NOT NULL"),
    "DV4": _received("true", "c.category = '市容占道'"),
    "HP1": RecordRule("attendance", f"s.on_date {_PERIOD} AND s.household IS NOT NULL"),
    "HP2": _activity("a.first_timers IS NOT NULL AND a.attendances IS NOT NULL"),
    "HP3": _activity("a.code = 'show' AND a.team IS NOT NULL"),
    "HP4": _activity("a.code = 'course' AND a.enrolled IS NOT NULL AND a.attendances IS NOT NULL"),
    "HP5": _activity("a.attendances IS NOT NULL"),
    "HP6": _activity("a.satisfied IS NOT NULL AND a.rated IS NOT NULL"),
    "C1": _received(),
    "C2": _received(
        "c.contact_hours <= 24",
        f"(c.contacted_at IS NOT NULL OR c.created_at + INTERVAL 24 HOUR <= {_DATA_END})",
    ),
    "C3": _due("c.is_on_time"),
    "C4": _due("c.closed_at IS NOT NULL"),
    "C5": _closed("c.resolved", "c.called_back AND c.resolved IS NOT NULL"),
    "C6": _closed("c.satisfied = '满意'", "c.called_back AND c.satisfied IS NOT NULL"),
    "C7": _closed("c.called_back", "c.called_back IS NOT NULL"),
    "C8": _closed("c.reopened > 0"),
    "C9": _received("c.is_repeat"),
    "C10": _received("c.closed_at IS NOT NULL"),
    "C11": _received("c.found_by = '网格员'", "c.found_by IS NOT NULL"),
    "C12": _closed("c.settled_level = '网格'", "c.settled_level IS NOT NULL"),
    "C13": RecordRule(
        "complaint",
        "CAST(c.due_at AS DATE) <= $finish"
        " AND (c.closed_at IS NULL OR (CAST(c.closed_at AS DATE) > $finish"
        " AND CAST(c.closed_at AS DATE) > CAST(c.due_at AS DATE)))",
    ),
    "C14": _received("NOT c.in_scope", "c.in_scope IS NOT NULL"),
}
