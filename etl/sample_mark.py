"""Is a file one that our own generator wrote? Only then may the demo be open to everybody.

`python -m etl sample` leaves `SAMPLE.sha256` beside its files, `<sha256>  <name>` per
file. A file counts as sample data when its own hash stands
in such a list beside it or in the shipped one. Copying a real export into that folder therefore
changes nothing, and one changed byte makes a sample file real.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from etl.sources import Fingerprint

__all__ = ["MANIFEST", "sample_hashes"]

MANIFEST = "SAMPLE.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_SHIPPED = Path(__file__).parent.parent / "data" / "sample" / MANIFEST


def sample_hashes(files: Mapping[Path, Fingerprint]) -> frozenset[str]:
    """Which of the files' hashes are listed as generated."""
    listed: set[str] = set()
    for manifest in {_SHIPPED, *(path.parent / MANIFEST for path in files)}:
        try:
            lines = manifest.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            continue
        listed.update(match[1] for line in lines if (match := _LINE.fullmatch(line)))
    return frozenset(mark.sha256 for mark in files.values() if mark.sha256 in listed)
