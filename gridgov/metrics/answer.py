"""The figures of several metrics together, as arrays or as the rows of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.counts import Floats
from gridgov.metrics.figures import STATES, Figures
from gridgov.metrics.question import Question

__all__ = ["Answer"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What `evaluate` gives, before it is written out row by row: the figures of each metric."""

    question: Question
    figures: tuple[Figures, ...]

    def frame(self) -> pd.DataFrame:
        """A row for every metric, bucket, grid and split, with the columns of `evaluate`."""
        columns = self._keys()
        for name in ("numerator", "denominator", "value", "n"):
            columns[name] = _joined([getattr(one, name) for one in self.figures])
        states = [one.state.ravel().astype(np.intp) for one in self.figures]
        columns["state"] = _labels(STATES, _whole(states))
        partial = [
            np.repeat(one.is_partial, one.value.shape[1] * one.value.shape[2])
            for one in self.figures
        ]
        columns["is_partial"] = np.concatenate([np.zeros(0, dtype=np.bool_), *partial])
        self._add(columns, ("shrunk",), lambda one: one.metric.is_shrunk)
        self._add(columns, ("p90", "instant"), lambda one: one.metric.kind == "quantile")
        return pd.DataFrame(columns)

    def _add(
        self, columns: dict[str, object], names: tuple[str, ...], has: Callable[[Figures], bool]
    ) -> None:
        """Columns that only some metrics have, empty for the others."""
        if any(has(one) for one in self.figures):
            for name in names:
                found = [getattr(one, name) for one in self.figures]
                columns[name] = _joined(
                    [
                        np.full(one.value.shape, np.nan) if part is None else part
                        for one, part in zip(self.figures, found, strict=True)
                    ]
                )

    def _keys(self) -> dict[str, object]:
        question, shapes = self.question, [one.value.shape for one in self.figures]
        places = [np.indices(shape, dtype=np.intp).reshape(3, -1) for shape in shapes]
        sizes = [part.shape[1] for part in places]
        codes = [one.metric.code for one in self.figures]
        columns: dict[str, object] = {
            "metric": _labels(codes, np.repeat(np.arange(len(codes)), sizes))
        }
        if question.grain is not None:
            days = np.array([span.bucket for span in question.buckets], dtype="datetime64[us]")
            columns["bucket"] = days[_whole([part[0] for part in places])]
        if question.by_grid:
            columns["grid_id"] = _labels(question.units, _whole([part[1] for part in places]))
        for number, name in enumerate(question.by):
            values = [
                np.array([label[number] for label in one.labels], dtype=object)[part[2]]
                for one, part in zip(self.figures, places, strict=True)
            ]
            texts = np.concatenate([np.zeros(0, dtype=object), *values])
            columns[name] = pd.Series(texts, dtype="str")
        return columns


def _whole(parts: list[npt.NDArray[np.intp]]) -> npt.NDArray[np.intp]:
    return np.concatenate([np.zeros(0, dtype=np.intp), *parts])


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *(part.ravel() for part in parts)])


def _labels(
    values: tuple[str, ...] | list[str], places: npt.NDArray[np.intp]
) -> pd.api.extensions.ExtensionArray:
    """Texts repeated by their places: each is made once, not once a row."""
    return pd.array(list(values), dtype="str").take(places)
