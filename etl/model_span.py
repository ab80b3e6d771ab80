"""How much of a model is built in one go: spans of days, or of persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import duckdb

from etl.ddl import text

__all__ = ["Span", "person_spans", "put", "runs_of", "spans_of"]

# Wider than any date that a row can be filed under; leaves room to count days before and after.
_FIRST = date(1000, 1, 1)
_LAST = date(9000, 12, 31)
_AT_ONCE = 1_000_000
_GAP = timedelta(days=62)
_MOST_SPANS = 6
_TOP = "\U0010ffff"
_ONE_OF = "IN (SELECT part FROM touched)"
_ONE_OF_PERSONS = "IN (SELECT person FROM touched_person)"


@dataclass(frozen=True)
class Span:
    """From `first` to `last`: these `parts`, or (None) all there are. With `persons` set it is not
    days that are cut up but persons, from the one text to the other."""

    first: date = _FIRST
    last: date = _LAST
    parts: frozenset[date] | None = None
    persons: tuple[str, str] = ("", _TOP)

    def sql(self, query: str) -> str:
        """`query` for a span in which nothing is left out: comparing is cheaper than looking up."""
        days = "BETWEEN touched_from() AND touched_to()"
        persons = "BETWEEN touched_person_from() AND touched_person_to()"
        return query.replace(_ONE_OF, days).replace(_ONE_OF_PERSONS, persons)


def runs_of(con: duckdb.DuckDBPyConnection) -> tuple[Span, ...]:
    """All days, in runs of whole months with about a million records of the logs each."""
    months = con.execute(
        "SELECT CAST(date_trunc('month', moment) AS DATE) AS month, count(*) FROM ("
        "SELECT occurred_at AS moment FROM visit UNION ALL SELECT started_at FROM activity "
        "UNION ALL SELECT created_at FROM complaint) WHERE moment IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    starts, rows = [_FIRST], 0
    for month, count in months:
        if rows and rows + count > _AT_ONCE:
            starts.append(month)
            rows = 0
        rows += count
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return tuple(Span(*pair) for pair in zip(starts, [*ends, _LAST], strict=True))


def spans_of(parts: frozenset[date], *, by_month: bool) -> tuple[Span, ...]:
    """The touched parts in groups that lie close together, so that each is found by its days.

    A day's file with a few late entries touches this month and some of last year: what lies between
    is not read.
    """
    ordered = sorted(parts)
    gaps = [
        (later - earlier, at)
        for at, (earlier, later) in enumerate(pairwise(ordered), 1)
        if later - earlier > _GAP
    ]
    widest = sorted(sorted(gaps, reverse=True)[: _MOST_SPANS - 1], key=lambda gap: gap[1])
    cuts = [0, *(at for _gap, at in widest), len(ordered)]
    groups = [ordered[a:b] for a, b in pairwise(cuts)]
    return tuple(
        Span(group[0], _month_end(group[-1]) if by_month else group[-1], frozenset(group))
        for group in groups
    )


def person_spans(runs: int) -> tuple[Span, ...]:
    """All persons, in as many shares as so many runs of days ask for."""
    shares = 1
    while shares < 16 and shares * 3 < runs:
        shares *= 2
    # Pseudonyms are P and sixteen hexadecimal digits, all equally frequent.
    starts = ["", *(f"P{at:x}" for at in range(16 // shares, 16, 16 // shares))]
    ends = [f"P{int(start[1:], 16) - 1:x}{_TOP}" for start in starts[1:]]
    return tuple(Span(persons=pair) for pair in zip(starts, [*ends, _TOP], strict=True))


def put(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make `span` what the statements of a model find touched."""
    con.execute(
        f"CREATE OR REPLACE TEMP MACRO touched_from() AS DATE '{span.first}';"
        f"CREATE OR REPLACE TEMP MACRO touched_to() AS DATE '{span.last}';"
        f"CREATE OR REPLACE TEMP MACRO touched_person_from() AS {text(span.persons[0])};"
        f"CREATE OR REPLACE TEMP MACRO touched_person_to() AS {text(span.persons[1])};"
        "DELETE FROM touched"
    )
    if span.parts is not None:
        con.execute("INSERT INTO touched SELECT unnest(?::DATE[])", [sorted(span.parts)])


def _month_end(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)
