"""The process that turns spooled rows into a workbook, at a lower priority than the server.

Reads one JSON order from standard input; exit status 0 means that the file is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from gridgov.locale import set_language
from gridgov.report.tabular import About, format_of, open_writer

__all__ = ["main"]


def main() -> None:
    """Carry out the order on standard input."""
    with contextlib.suppress(OSError):
        os.nice(10)
    order: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    set_language(order["language"])
    out = Path(order["out"])
    with (
        pa.memory_map(order["spool"]) as source,
        pa.ipc.open_file(source) as rows,
        open_writer(format_of(out), out, about_from(order["about"])) as writer,
    ):
        writer.begin(rows.schema)
        for index in range(rows.num_record_batches):
            writer.write(rows.get_batch(index))


def about_from(raw: dict[str, Any]) -> About:
    """The About that was sent as JSON."""
    return About(
        title=raw["title"],
        made_at=datetime.fromisoformat(raw["made_at"]),
        data_version=raw["data_version"],
        filters=tuple((name, value) for name, value in raw["filters"]),
        definitions=tuple((name, value) for name, value in raw["definitions"]),
        notes=tuple(raw["notes"]),
    )


if __name__ == "__main__":
    main()
