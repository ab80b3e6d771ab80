"""Check mutated files: each must end in a report or a one-line refusal.

    python -m tools.mutate_files --times 10000 --seed 1

Every file is checked in a fork of its own: no traceback, at most 10 s, at most 1 GiB of memory.
The 10 s are processor time, so that a busy machine is not taken for a hang; a process that waits
for ever is caught after a minute.
A failing file is kept with the seed that makes it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from etl.load import check
from gridgov.errors import GridGovError

__all__ = ["Outcome", "mutate_files", "mutated"]

_SECONDS = 10.0
_WAIT = 60.0
_BYTES = 1 << 30
_HEAD = [
    "走访编号",
    "走访时间",
    "结束时间",
    "走访人",
    "所属网格",
    "户",
    "走访对象",
    "是否见面",
    "走访内容",
]
_ODD_TEXT = [
    '"', '""', ",", "\n", "\r", "\r\n", "\t", "\0", ";", "合计", "=1+1",
    "9" * 400, "-", "是", "\ufeff",
    "1e308", "NaN", "99999-99-99", "0000-00-00",
    "\u202e", "𠮷", "'", "\\", "走访编号,走访时间", "{}", "%",
]  # fmt: skip


@dataclass
class Outcome:
    """How the files ended, the slowest, the hungriest, and what went wrong."""

    files: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    hungriest: int = 0
    faults: list[str] = field(default_factory=list)


def mutate_files(
    times: int, seed: int, folder: Path, keep: Path | None = None, start: int = 0
) -> Outcome:
    """Check files `start` to `start + times`; `keep` is where failing files are copied to."""
    outcome = Outcome()
    for number in range(start, start + times):
        name, content = mutated(seed, number)
        place = folder / str(number)
        place.mkdir()
        path = place / name
        path.write_bytes(content)
        end, seconds, memory = _in_fork(path, place / "warehouse")
        outcome.files += 1
        outcome.slowest = max(outcome.slowest, seconds)
        outcome.hungriest = max(outcome.hungriest, memory)
        fault = end.startswith("fault")
        if memory > _BYTES:
            fault, end = True, f"fault: {memory >> 20} MiB"
        outcome.ends["fault" if fault else end] += 1
        if fault:
            outcome.faults.append(f"seed {seed} number {number} {name}: {end}")
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, keep / f"{seed}-{number}-{name}")
        shutil.rmtree(place)
    return outcome


def mutated(seed: int, number: int) -> tuple[str, bytes]:
    """File `number` of a campaign: a good file of some kind with one to four wounds."""
    dice = random.Random(f"{seed}:{number}")
    kind = dice.choice(list(_KINDS))
    content = _KINDS[kind](dice)
    wounds = dice.randint(1, 4)
    for _wound in range(wounds):
        if kind in ("a.xlsx", "a.zip") and dice.random() < 0.6:
            content = _wound_inside(content, dice)
        elif kind == "a.csv.gz" and dice.random() < 0.6:
            content = _wound_gzip(content, dice)
        else:
            content = dice.choice(_WOUNDS)(content, dice)
    return kind, content


def _rows(dice: random.Random) -> list[list[str]]:
    rows = [list(_HEAD)]
    for at in range(dice.randint(1, 40)):
        day = f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        when = dice.choice([f"{day} 08:05:00", f"{day.replace('-', '/')}", f"{day} 下午3点"])
        rows.append(
            [
                f"V{at}",
                when,
                "",
                "张三、李四",
                "M1",
                f"{at}号",
                f"居民{at}",
                dice.choice("是否√×"),
                "正常",
            ]
        )
    # One cell in a few is strange before any byte is touched.
    for row in rows[1:]:
        if dice.random() < 0.2:
            row[dice.randrange(len(row))] = dice.choice(_ODD_TEXT)
    return rows


def _csv(dice: random.Random, encoding: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(_rows(dice))
    return buffer.getvalue().encode(encoding, "replace")


def _xlsx(dice: random.Random) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "in_memory": True}) as book:
        sheet = book.add_worksheet("走访")
        for at, row in enumerate(_rows(dice)):
            for position, cell in enumerate(row):
                sheet.write_string(at, position, cell.replace("\0", ""))
    return buffer.getvalue()


def _parquet(dice: random.Random) -> bytes:
    header, *rows = _rows(dice)
    buffer = io.BytesIO()
    pq.write_table(
        pa.table({name: [row[at] for row in rows] for at, name in enumerate(header)}), buffer
    )
    return buffer.getvalue()


def _jsonl(dice: random.Random) -> bytes:
    header, *rows = _rows(dice)
    lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _zip(dice: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("走访.csv", _csv(dice, "utf-8"))
        archive.writestr("b.xlsx", _xlsx(dice))
    return buffer.getvalue()


_KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "a.csv": lambda dice: _csv(dice, "utf-8"),
    "b.csv": lambda dice: _csv(dice, "gb18030"),
    "c.txt": lambda dice: _csv(dice, "utf-16"),
    "a.xlsx": _xlsx,
    "a.parquet": _parquet,
    "a.jsonl": _jsonl,
    "a.zip": _zip,
    "a.csv.gz": lambda dice: gzip.compress(_csv(dice, "utf-8"), mtime=0),
}


def _flip(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _time in range(dice.randint(1, 20)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _drop(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + content[at + dice.randint(1, 200) :]


def _repeat(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    piece = content[at : at + dice.randint(1, 300)]
    return content[:at] + piece * dice.randint(1, 200) + content[at:]


def _insert(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    piece = dice.choice(_ODD_TEXT).encode("utf-8") * dice.randint(1, 50)
    return content[:at] + piece + content[at:]


def _shuffle(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


_WOUNDS = [_flip, _cut, _drop, _repeat, _insert, _shuffle]


def _wound_inside(content: bytes, dice: random.Random) -> bytes:
    """Break a part of the workbook and pack it again, so that the wound gets past the archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:
        # The archive itself is broken already: that wound stands.
        return content
    if not parts:
        return content
    chosen = dice.choice(sorted(parts))
    parts[chosen] = dice.choice(_WOUNDS)(parts[chosen], dice)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def _wound_gzip(content: bytes, dice: random.Random) -> bytes:
    try:
        return gzip.compress(dice.choice(_WOUNDS)(gzip.decompress(content), dice), mtime=0)
    except (OSError, EOFError, zlib.error):
        return content


def _in_fork(path: Path, warehouse: Path) -> tuple[str, float, int]:
    """(how it ended, seconds of processor time, peak memory in bytes) of checking one file."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _check_and_leave(path, warehouse, writer)
    os.close(writer)
    ready, _w, _x = select.select([reader], [], [], _WAIT)
    if not ready:
        os.kill(child, signal.SIGKILL)
    end = os.read(reader, 4096).decode("utf-8", "replace") if ready else "fault: waits for ever"
    os.close(reader)
    _pid, status, used = os.wait4(child, 0)
    if ready and not end:
        end = f"fault: died with status {status}"
    seconds = used.ru_utime + used.ru_stime
    if seconds > _SECONDS:
        end = f"fault: {seconds:.1f} s of processor time"
    return end, seconds, used.ru_maxrss * 1024


def _check_and_leave(path: Path, warehouse: Path, writer: int) -> None:
    end = "fault: left without a word"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        report = check([path], warehouse, table="visit")
        balanced = all(
            one.rows == one.loaded + one.updated + one.duplicate + one.rejected
            for one in report.files
        )
        end = "report" if balanced else "fault: sums do not come out"
    except GridGovError as error:
        end = "refusal" if "\n" not in str(error) else f"fault: several lines: {error}"
    except BaseException as error:
        end = f"fault: {type(error).__name__}: {error}"
    finally:
        os.write(writer, end.encode()[:4096])
        os._exit(0)


def main() -> int:
    """Command line; status 1 when a file ended in anything but a report or a refusal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first file")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gridgov-mutate-"))
    began = time.monotonic()
    try:
        outcome = mutate_files(chosen.times, chosen.seed, folder, chosen.keep, chosen.start)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(
        f"{outcome.files} files: {outcome.ends['report']} reports, "
        f"{outcome.ends['refusal']} refusals, "
        f"{len(outcome.faults)} faults; slowest {outcome.slowest:.1f} s, "
        f"peak memory {outcome.hungriest >> 20} MiB; {time.monotonic() - began:.0f} s\n"
    )
    for fault in outcome.faults:
        sys.stdout.write(fault + "\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
