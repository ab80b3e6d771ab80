"""Make the next item while this one is worked on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["ahead"]

_T = TypeVar("_T")


def ahead(items: Iterable[_T]) -> Iterator[_T]:
    """`items` in their order, each made in a thread of its own while the one before is in use.

    Worth it where the user spends its time in DuckDB, which leaves Python to others meanwhile.
    What making an item raises is raised where it would have been given.
    """
    source = iter(items)
    end: list[_T] = []
    with ThreadPoolExecutor(1, "ahead") as pool:
        coming = pool.submit(lambda: [*_one(source)])
        while (got := coming.result()) != end:
            coming = pool.submit(lambda: [*_one(source)])
            yield got[0]


def _one(source: Iterator[_T]) -> Iterator[_T]:
    for item in source:
        yield item
        return
