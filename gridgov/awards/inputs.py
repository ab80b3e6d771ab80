"""Freezing what a run needs of the warehouse.

After this the warehouse is not asked again: a record is computed from these tables alone. Free
text stays behind; of a note only its length, a fingerprint and how many notes of the same worker
are almost the same go along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import md5
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from gridgov.awards.scheme import Scheme

__all__ = ["Frozen", "Source", "freeze"]

# The longest contact period is a quarter; complaints due in the period are younger than this, too.
_BEFORE = timedelta(days=100)


class Source(Protocol):
    """What `freeze` needs of `gridgov.warehouse.Reader`."""

    @property
    def data_date(self) -> date | None: ...

    def arrow(self, sql: str, **parameters: object) -> pa.Table: ...


@dataclass(frozen=True)
class Frozen:
    """The frozen tables by name, and which data they come from."""

    tables: Mapping[str, pa.Table] = field(repr=False)
    data_version: int
    data_date: date | None


def freeze(reader: Source, scheme: Scheme, *, data_version: int = 0, notes: bool = True) -> Frozen:
    """Read everything that the scheme's period needs, in a fixed order of rows.

    notes: compare the wording of notes, which only the flags need and which takes most of the time.
    """
    period = scheme.period
    dates: dict[str, object] = {
        "start": period.start,
        "end": period.end,
        "since": period.start - _BEFORE,
        "data_date": reader.data_date or period.end,
    }
    tables = {
        "holding": _by_track(reader, scheme, "freeze_holding", dates),
        "beneath": _by_track(reader, scheme, "freeze_beneath", dates),
        "grid": reader.arrow(_sql("freeze_grid"), within=scheme.rank_within),
    }
    for name in ("stock", "worker", "due", "visit_worker", "activity", "complaint"):
        tables[name] = reader.arrow(_sql(f"freeze_{name}"), **dates)
    visit = reader.arrow(_sql("freeze_visit"), declared=list(scheme.declared), **dates)
    tables["visit"] = _without_text(visit, scheme.flags["G2"], notes)
    plain = {name: _plain(table) for name, table in sorted(tables.items())}
    return Frozen(plain, data_version, reader.data_date)


def _sql(name: str) -> str:
    return f"awards/sql/{name}.sql"


def _by_track(reader: Source, scheme: Scheme, name: str, dates: Mapping[str, object]) -> pa.Table:
    parts = []
    for track in scheme.tracks:
        part = reader.arrow(
            _sql(name), level=track.level, kind=track.worker_kind, subtree=track.subtree, **dates
        )
        parts.append(part.add_column(0, "track", pa.array([track.name] * len(part), pa.string())))
    return pa.concat_tables(parts)


def _plain(table: pa.Table) -> pa.Table:
    """One chunk a column and no metadata: what a Parquet file holds must not depend on chunks."""
    return table.combine_chunks().replace_schema_metadata(None)


def _without_text(visit: pa.Table, limits: Mapping[str, float], compare: bool) -> pa.Table:
    notes: list[str] = visit.column("note").to_pylist() if compare else [""] * len(visit)
    workers: list[str] = visit.column("workers").to_pylist()
    ids: list[str] = visit.column("visit_id").to_pylist()
    alike, other = _alike(notes, workers, int(limits["min_chars"]), float(limits["similarity"]))
    key = [
        int(md5(n.encode(), usedforsecurity=False).hexdigest()[:12], 16) if n else None
        for n in notes
    ]
    table = visit.drop_columns(["note"])
    for name, column in (
        ("note_length", pa.array([len(note) for note in notes], pa.int32())),
        ("note_key", pa.array(key, pa.int64())),
        ("alike", pa.array(alike, pa.int32())),
        ("alike_to", pa.array([ids[i] if i >= 0 else None for i in other], pa.string())),
    ):
        table = table.append_column(name, column)
    return table


def _alike(
    notes: list[str], workers: list[str], min_chars: int, similarity: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For every note how many others of the same worker(s) are alike, and the first such row (-1).

    Similarity is rapidfuzz' normalised indel ratio, 0–100, over notes without blanks, marks and
    digits; shorter notes than `min_chars` are not compared.
    """
    alike = np.zeros(len(notes), dtype=np.int64)
    other = np.full(len(notes), -1, dtype=np.int64)
    groups: dict[str, list[int]] = {}
    for row, (note, worker) in enumerate(zip(notes, workers, strict=True)):
        if worker and len(note) >= min_chars:
            groups.setdefault(worker, []).append(row)
    for rows in groups.values():
        texts = sorted({notes[row] for row in rows})
        code = {text: i for i, text in enumerate(texts)}
        member = np.array([code[notes[row]] for row in rows])
        close = cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=similarity, dtype=np.uint8) > 0
        often = np.bincount(member, minlength=len(texts))
        alike[rows] = (close @ often)[member] - 1
        for text in np.flatnonzero(close @ often > 1):
            near = np.flatnonzero(close[text][member])
            for position in np.flatnonzero(member == text):
                first = near[0] if near[0] != position else near[1]
                other[rows[position]] = rows[first]
    return alike, other
