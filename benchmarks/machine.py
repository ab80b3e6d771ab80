"""The machine that a measurement was taken on, and how busy it was."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["described", "processor_seconds", "server_processes"]


def described() -> str:
    """One line: processors, memory, load of the last minute."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f}"


def server_processes(address: str) -> list[int]:
    """The processes that serve an address of `tools.serving.served`, those that they have started
    (servers, children for SQL) among them. LookupError if they are gone."""
    port = address.rsplit(":", 1)[1].encode()
    parents: dict[int, int] = {}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parents[int(folder.name)] = int(_fields(int(folder.name))[1])
        except OSError:
            continue
        if {b"--server.port", b"--port"} & set(words) and port in words:
            found.append(int(folder.name))
    if not found:
        raise LookupError(address)
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found


def processor_seconds(process: int) -> float:
    """Processor time of a process so far, all its threads, in seconds."""
    fields = _fields(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    """What /proc says about a process, from its state on (proc(5))."""
    return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rsplit(")", 1)[1].split()
