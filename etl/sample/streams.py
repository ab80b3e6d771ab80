"""Random streams with names: each part of the sample draws from its own, so that a change in one
part leaves the others as they were, and nothing depends on the order of calls."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Integers", "Strings", "in_order", "pick", "split_whole", "stream"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Strings = NDArray[np.object_]


def stream(seed: int, *name: str | int) -> np.random.Generator:
    """The generator of the part called `name` under `seed`."""
    words = [seed & 0xFFFFFFFF, *(crc32(str(part).encode()) for part in name)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def pick(rng: np.random.Generator, weights: Floats | tuple[float, ...], size: int) -> Integers:
    """`size` indices drawn with probability proportional to `weights`.

    Few weights are rounded to 65,536ths and looked up, which is several times faster.
    """
    if len(weights) <= 64:
        share = np.asarray(weights, dtype=np.float64)
        table = np.repeat(np.arange(len(weights)), split_whole(share, 1 << 16))
        looked: Integers = table[rng.integers(0, 1 << 16, size, dtype=np.uint16)]
        return looked
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    at = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    found: Integers = np.minimum(at, len(edges) - 1)
    return found


def split_whole(weights: Floats | Integers, total: int, least: int = 0) -> Integers:
    """Whole numbers proportional to `weights` that add up to `total`, each at least `least`."""
    free = total - least * len(weights)
    exact = weights / weights.sum() * free
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: free - int(whole.sum())]] += 1
    found: Integers = whole + least
    return found


def in_order(key: Integers) -> Integers:
    """The stable order of `key` (not negative, below 2**40): a plain sort of key and row number
    together, which is several times faster than a stable sort."""
    if len(key) >= 1 << 22 or (len(key) and int(key.max()) >= 1 << 40):
        slow: Integers = np.argsort(key, kind="stable")
        return slow
    both = np.sort((key << 22) | np.arange(len(key)))
    found: Integers = both & ((1 << 22) - 1)
    return found
