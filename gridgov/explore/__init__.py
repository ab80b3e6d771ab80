"""Ad-hoc exploration: a builder over the metrics, and SQL in a sandboxed child process.

Nothing is imported here: the child process imports this package, and every module that it does
not need would be paid for at each query. Import the modules by name.
"""

from __future__ import annotations

__all__: list[str] = []
