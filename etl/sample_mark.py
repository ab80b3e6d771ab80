"""Is a file one that our own generator wrote? Only then may the demo be open to everybody.

`python -m etl sample` leaves `SAMPLE.sha256` beside its files: a first line that names the
generator, then `<sha256>  <name>` per file. A file counts as sample data when its own hash stands
in such a list beside it or in the shipped one. Copying a real export into that folder therefore
changes nothing, and one changed byte makes a sample file real.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from etl.sources import Fingerprint

__all__ = ["MANIFEST", "MANIFEST_HEAD", "sample_hashes", "write_manifest"]

MANIFEST = "SAMPLE.sha256"
MANIFEST_HEAD = "# gridgov sample: written by python -m etl sample; holds no real person"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_SHIPPED = Path(__file__).parent.parent / "data" / "sample" / MANIFEST


def write_manifest(folder: Path, names: Mapping[str, str]) -> None:
    """List the generated files: name → SHA-256 in hex."""
    lines = [MANIFEST_HEAD, *(f"{digest}  {name}" for name, digest in sorted(names.items()))]
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def sample_hashes(files: Mapping[Path, Fingerprint]) -> frozenset[str]:
    """Which of the files' hashes are listed as generated."""
    listed: set[str] = set()
    for manifest in {_SHIPPED, *(path.parent / MANIFEST for path in files)}:
        try:
            head, *lines = manifest.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            continue
        if head == MANIFEST_HEAD:
            listed.update(match[1] for line in lines if (match := _LINE.fullmatch(line)))
    return frozenset(mark.sha256 for mark in files.values() if mark.sha256 in listed)
