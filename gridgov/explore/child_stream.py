"""The child's side of the pipe: frames of Arrow IPC bytes, then one JSON trailer.

A frame is one byte of kind (`A` Arrow, `J` trailer), four bytes of length (big endian), bytes.
"""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

__all__ = ["FrameWriter", "read_rows", "send_rows", "send_trailer"]

_CHUNK_BYTES = 1 << 20
_BATCH_ROWS = 2048  # the engine's own vector; larger batches of long texts would fill the memory
# Arrow carries these as opaque bytes, in another zone's time or as other values (a time of 24:00,
# the largest whole numbers, long intervals): text and local time read better.
_AS_TEXT = (
    "BIGNUM", "VARINT", "VARIANT", "BIT", "GEOMETRY", "TIME WITH TIME ZONE", "UHUGEINT", "INTERVAL",
    "UNION",
)  # fmt: skip
_ONLY_AS_TEXT = frozenset({"TIME", "TIME_NS"})
# The same inside a list, a structure or a map. A moment of a zone is fine there, and a field that
# has the name of a type only makes a text of its column.
_AS_TEXT_INSIDE = re.compile(
    r"\b(BIGNUM|VARINT|VARIANT|GEOMETRY|TIME|TIME_NS|UHUGEINT|INTERVAL|UNION)\b(?! ZONE)"
)
_IN_ARROW = {
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "HUGEINT": "DECIMAL(38,0)",  # what Arrow has; a larger number is an error, not another number
}


class FrameWriter(io.RawIOBase):
    """A file that Arrow writes to; every write becomes frames on the pipe."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _CHUNK_BYTES):
            part = view[start : start + _CHUNK_BYTES]
            self._pipe.write(b"A" + struct.pack(">I", len(part)))
            self._pipe.write(part)
        return len(view)


def send_trailer(pipe: BinaryIO, trailer: dict[str, Any]) -> None:
    """The last frame: what became of the query."""
    payload = json.dumps(trailer, ensure_ascii=False).encode("utf-8", "replace")
    pipe.write(b"J" + struct.pack(">I", len(payload)) + payload)
    pipe.flush()


def read_rows(
    relation: duckdb.DuckDBPyRelation,
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Columns and batches of a relation, whose first batch is there when this returns."""
    reader = _readable(relation).to_arrow_reader(_BATCH_ROWS)
    first = next(reader, None)
    return reader.schema, chain([] if first is None else [first], reader)


def send_rows(
    pipe: BinaryIO,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    max_rows: int | None,
    max_bytes: int,
) -> tuple[int, str | None]:
    """Stream rows until the end or a ceiling; (rows sent, what cut it: "rows", "bytes" or None)."""
    options = pa.ipc.IpcWriteOptions(use_threads=False)
    rows = sent = 0
    cut: str | None = None
    with pa.ipc.new_stream(FrameWriter(pipe), schema, options=options) as writer:
        for batch in batches:
            keep, cut = _room(batch, rows, sent, max_rows, max_bytes)
            if keep:
                writer.write_batch(batch.slice(0, keep))
            rows += keep
            sent += batch.nbytes
            if cut:
                break
    return rows, cut


def _room(
    batch: pa.RecordBatch, rows: int, sent: int, max_rows: int | None, max_bytes: int
) -> tuple[int, str | None]:
    keep, cut = int(batch.num_rows), None
    if max_rows is not None and rows + keep > max_rows:
        keep, cut = max_rows - rows, "rows"
    if sent + batch.nbytes > max_bytes:
        fits = (max_bytes - sent) * batch.num_rows // max(batch.nbytes, 1)
        if fits < keep:
            keep, cut = fits, "bytes"
    return keep, cut


def _readable(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The relation with types that every reader understands, where its names allow to say so."""
    names, types = relation.columns, [str(kind) for kind in relation.types]
    if len({name.lower() for name in names}) < len(names):
        return relation
    columns, changed = [], False
    for name, kind in zip(names, types, strict=True):
        quoted = '"' + name.replace('"', '""') + '"'
        is_nested = kind.endswith("]") or kind.startswith(("STRUCT(", "MAP("))
        as_text = kind.startswith(_AS_TEXT) or kind in _ONLY_AS_TEXT
        as_text = as_text or (is_nested and _AS_TEXT_INSIDE.search(kind) is not None)
        target = "VARCHAR" if as_text else _IN_ARROW.get(kind)
        changed = changed or target is not None
        columns.append(f"CAST({quoted} AS {target}) AS {quoted}" if target else quoted)
    return relation.project(", ".join(columns)) if changed else relation
