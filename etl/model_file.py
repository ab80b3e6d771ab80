"""A model file, read: what a row is, what it reads, and by what it is cut up.

Header lines::

    -- grain: …                      what a row is
    -- partition: on_date | month | period_start | month of on_date | person  (absent: always whole)
    -- reads: visit, complaint[-8,0], fact_visit*, mart_as_of~
             x[a,b]  a day of x concerns the days from a before to b after ("all": to the end)
             x*      also the days that its `reach` dates name
             x~      read for a value that alone spoils nothing already built
    -- reach: date expressions of this model's rows that later models file them under
    -- persons: condition under which a row of this model concerns its person's other rows
    -- changes: date columns of a model that is not cut up by date: after it is built, the dates of
             the rows that came, went or differ are all that is touched of it
    -- stale: rows for which this holds are rebuilt when the data date moves
    -- moved: (any number of lines) a query of the persons to be rebuilt when the data date moves
             in both $since and $until stand for the earlier and the later of the two data dates
    -- @column description           becomes the column's comment

In the SQL `IN (SELECT part FROM touched)` stands for "is to be built now"; touched_from() and
touched_to() are the first and the last day of that, and let a scan pass over whole blocks of rows.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "Model", "Read", "between", "models_hash", "read_model", "spread"]

FOLDER = Path(__file__).with_name("models")
_WORDS = "grain|partition|reads|reach|persons|stale|changes"


@dataclass(frozen=True)
class Read:
    """One relation that a model reads, and how far a touched day of it reaches."""

    name: str
    before: int = 0
    after: int | None = 0  # None: to the end of the data
    by_reach: bool = False
    passive: bool = False


@dataclass(frozen=True)
class Model:
    """One model file, read."""

    name: str
    sql: str
    grain: str
    partition: str | None
    reads: tuple[Read, ...]
    reach: tuple[str, ...]
    persons: str | None
    stale: str | None
    moved: str
    changes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def is_by_month(self) -> bool:
        return self.partition in ("month", "month of on_date")

    @property
    def part(self) -> str:
        """The SQL that gives a row's part."""
        if self.partition == "month of on_date":
            return "CAST(date_trunc('month', on_date) AS DATE)"
        return self.partition or ""

    @property
    def where(self) -> str:
        """The SQL condition that holds for the rows of the touched parts."""
        inside = f"{self.part} IN (SELECT part FROM touched)"
        if self.partition == "month of on_date":
            inside += " AND on_date BETWEEN touched_from() AND touched_to()"
        return inside

    def parts(self, days: frozenset[date]) -> frozenset[date]:
        """The parts that these days lie in."""
        if self.partition == "on_date":
            return days
        if self.partition == "period_start":
            return frozenset(start for day in days for start in _period_starts(day))
        return frozenset(day.replace(day=1) for day in days)

    def days(self, parts: frozenset[date]) -> frozenset[date]:
        """The days that a rebuilt part stands for, for whatever reads this model."""
        if self.is_by_month:
            return frozenset(day for part in parts for day in _month(part))
        return parts


def read_model(name: str) -> Model:
    """The model in `models/<name>.sql`. ValueError for a header that cannot be read."""
    sql = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    header = dict(re.findall(rf"^-- ({_WORDS}): (.+)$", sql, re.MULTILINE))
    return Model(
        name=name,
        sql=sql,
        grain=header["grain"],
        partition=header.get("partition"),
        reads=tuple(
            _read(item) for item in re.findall(r"[^,\s\[]+(?:\[[^\]]*\])?", header["reads"])
        ),
        reach=tuple(re.split(r", (?![^(]*\))", header["reach"])) if "reach" in header else (),
        persons=header.get("persons"),
        stale=header.get("stale"),
        moved="\n".join(re.findall(r"^-- moved: (.+)$", sql, re.MULTILINE)),
        changes=tuple(header["changes"].split(", ")) if "changes" in header else (),
        columns=tuple(re.findall(r"^-- @(\w+) (.+)$", sql, re.MULTILINE)),
    )


@cache
def models_hash() -> str:
    """Changes when any model file changes."""
    mark = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.sql")):
        mark.update(path.name.encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()[:16]


def between(start: date, end: date) -> frozenset[date]:
    """All days from `start` to `end`, both included."""
    return frozenset(start + timedelta(days=i) for i in range((end - start).days + 1))


def spread(days: frozenset[date], before: int, after: int) -> frozenset[date]:
    """These days with those from `before` days before to `after` days after each."""
    return frozenset(day + timedelta(days=i) for day in days for i in range(-before, after + 1))


def _read(item: str) -> Read:
    found = re.fullmatch(r"(\w+)(?:\[(-?\d+),(all|\d+)\])?([*~]?)", item)
    if found is None:
        raise ValueError(f"model header: {item}")
    name, before, after, mark = found.groups()
    return Read(
        name=name,
        before=-int(before or 0),
        after=None if after == "all" else int(after or 0),
        by_reach=mark == "*",
        passive=mark == "~",
    )


def _period_starts(day: date) -> tuple[date, date, date]:
    week = day - timedelta(days=day.weekday())
    month = day.replace(day=1)
    return week, month, month.replace(month=(month.month - 1) // 3 * 3 + 1)


def _month(first: date) -> frozenset[date]:
    following = (first + timedelta(days=32)).replace(day=1)
    return between(first, following - timedelta(days=1))
