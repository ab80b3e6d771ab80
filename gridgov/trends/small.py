"""Members of a change that rest on a few persons: told together, so that sums stay exact."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import numpy.typing as npt

from gridgov.locale import _

__all__ = ["pooled"]

Floats = npt.NDArray[np.float64]


def pooled(
    names: list[str], labels: list[str], pairs: list[Floats], hidden: Set[str]
) -> tuple[list[str], list[str], list[Floats]]:
    """The members, those of `hidden` gathered into one at the end.

    pairs: (members, 2) numerator and denominator of each period.
    """
    small = np.array([name in hidden for name in names], dtype=np.bool_)
    if not small.any():
        return names, labels, pairs
    kept = np.flatnonzero(~small)
    label = _("人数少的 {n} 项", n=int(small.sum()))
    return (
        [*(names[at] for at in kept), "\x00small"],
        [*(labels[at] for at in kept), label],
        [np.vstack([pair[kept], pair[small].sum(axis=0)]) for pair in pairs],
    )
