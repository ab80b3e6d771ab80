"""A believable 东山社区, drawn from a seed: `write` makes the files that a clerk would export.

What the figures are and what they cannot all be at once is in docs/sample.md; what is planted for
the analyses to find is in `etl.sample.planted`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from etl.sample.days import Days
from etl.sample.files import Folder
from etl.sample.parts import all_parts
from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["END", "SEED", "write"]

SEED, END = 20250101, date(2026, 10, 31)


def write(out: Path, *, scale: int = 1, seed: int = SEED, end: date = END) -> None:
    """Write the sample of `scale` communities into the folder `out` (made where missing).

    The same arguments give the same bytes. Days run from 2025-01-01 to `end`. UsageError where
    `scale` is below 1 or `end` before the first day. Several communities are drawn by several
    processes: a script that calls this needs the usual `if __name__ == "__main__"`.
    """
    if scale < 1:
        raise UsageError(_("--scale 至少为 1：{scale}", scale=scale))
    days = Days(end)
    with Folder(out) as folder:
        for part in all_parts(days, seed, scale):
            folder.add(part)
