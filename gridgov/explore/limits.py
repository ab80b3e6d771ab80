"""How much one analyst's query may take.

Every figure is a ceiling that the operating system or the parent process holds, not a wish that
the query engine is asked to respect: some functions of the engine ignore its own limits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

__all__ = ["DOWNLOAD_LIMITS", "GIB", "MIB", "Limits"]

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Ceilings of one child process.

    seconds        wall-clock time until the child is killed
    memory_bytes   memory the query may add on top of the bare interpreter (RLIMIT_AS)
    threads        worker threads of the engine
    result_bytes   bytes of the result that the parent takes; the rest is cut off and said
    sql_chars      longest SQL text accepted, in characters
    queue_seconds  how long a query waits for a free place before it is turned away
    """

    seconds: float = 30.0
    memory_bytes: int = 2 * GIB
    threads: int = 2
    result_bytes: int = 64 * MIB
    sql_chars: int = 100_000
    queue_seconds: float = 30.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise ValueError(f"{name} must be positive, not {value}")

    @property
    def engine_bytes(self) -> int:
        """What the engine is told; a quarter is left for buffers that it does not count."""
        return self.memory_bytes * 3 // 4

    @property
    def cpu_seconds(self) -> int:
        """Processor time (RLIMIT_CPU): every thread busy for the whole of the wall-clock time."""
        return int(self.seconds * self.threads) + 2


DOWNLOAD_LIMITS = Limits(seconds=120.0, result_bytes=4 * GIB)
