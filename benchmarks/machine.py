"""The machine that a measurement was taken on, and how busy it was."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["described", "processor_seconds", "server_process"]


def described() -> str:
    """One line: processors, memory, load of the last minute."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f}"


def server_process(address: str) -> int:
    """The process that serves an address of `tools.serving.served`. LookupError if it is gone."""
    port = address.rsplit(":", 1)[1].encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--server.port" in words and port in words:
            return int(folder.name)
    raise LookupError(address)


def processor_seconds(process: int) -> float:
    """Processor time of a process so far, all its threads, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
