"""Every metric against the slow reading, over the hard cases and over a part of the sample."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from gridgov.metrics import METRICS, Grain, evaluate
from gridgov.warehouse import Reader
from tests.queries.oracle import World
from tests.queries.oracle_metrics import Answer, reckon

PERIODS: dict[str, tuple[date, date]] = {
    "a month": (date(2025, 6, 1), date(2025, 6, 30)),
    "the month of the split": (date(2025, 9, 1), date(2025, 9, 30)),
    "a half, not over": (date(2025, 7, 1), date(2025, 12, 31)),
    "to date, from the data's first month": (date(2025, 3, 1), date(2025, 12, 18)),
    "any days": (date(2025, 7, 9), date(2025, 10, 21)),
    "one day": (date(2025, 7, 10), date(2025, 7, 10)),
    "as far as to date, for comparison": (date(2025, 7, 1), date(2025, 9, 10)),
}
UNITS = (None, "C1", "G1", "G1M1", "G2", "G21", "C2", "G1M3")


def agrees(row: pd.Series, expected: Answer) -> list[str]:
    """The fields in which an answer differs."""
    pairs = {
        "numerator": (row["numerator"], expected.numerator),
        "denominator": (row["denominator"], expected.denominator),
        "value": (row["value"], expected.value),
    }
    if "p90" in row and expected.instant is not None:
        pairs["p90"] = (row["p90"], expected.p90)
        pairs["instant"] = (row["instant"], expected.instant)
    # A denominator of nothing is shown as 0 or as missing; either way there is no value.
    return [
        f"{name}: {got} instead of {want}"
        for name, (got, want) in pairs.items()
        if not _same(float(got), want)
    ]


def _same(got: float, want: float | None) -> bool:
    nothing = want is None or want == 0
    if math.isnan(got) or got == 0:
        return nothing
    return want is not None and math.isclose(got, want, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize("code", list(METRICS))
def test_hard_cases(code: str, hard_reader: Reader, hard_world: World) -> None:
    wrong = []
    for name, (start, end) in PERIODS.items():
        for unit in UNITS:
            row = evaluate(hard_reader, code, start, end, grid_id=unit).iloc[0]
            expected = reckon(hard_world, code, start, end, unit)
            wrong += [f"{name}, {unit}: {problem}" for problem in agrees(row, expected)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", list(METRICS))
def test_buckets_and_grids(code: str, hard_reader: Reader, hard_world: World) -> None:
    """Each bucket of each grid of a level is what the same question about it alone gives."""
    start, end = date(2025, 7, 8), date(2025, 12, 31)
    wrong = []
    for grain in METRICS[code].grains:
        first = start if grain in ("day", "week") else date(2025, 4, 8)
        last = date(2025, 8, 3) if grain in ("day", "week") else end
        frame = evaluate(hard_reader, code, first, last, grain=grain, by=["grid:一般"])
        # Days are many: a few of them are enough.
        for _, row in frame.iloc[:: 7 if grain == "day" else 1].iterrows():
            begin, finish = _bucket(row["bucket"].date(), grain, first, last)
            expected = reckon(hard_world, code, begin, finish, str(row["grid_id"]))
            place = f"{grain} {row['bucket'].date()} {row['grid_id']}"
            wrong += [f"{place}: {problem}" for problem in agrees(row, expected)]
    assert not wrong, "\n".join(wrong[:20])


def _bucket(day: date, grain: Grain, start: date, end: date) -> tuple[date, date]:
    step = {"day": "D", "week": "W-SUN", "month": "ME", "quarter": "QE", "year": "YE"}
    if grain == "half":
        last = date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)
    else:
        last = (pd.Timestamp(day) + pd.tseries.frequencies.to_offset(step[grain]) * 0).date()
        if grain != "day":
            last = (
                pd.tseries.frequencies.to_offset(step[grain]).rollforward(pd.Timestamp(day)).date()
            )
    return max(day, start), min(last, end)


@pytest.mark.parametrize("code", [code for code in METRICS if METRICS[code].dimensions])
def test_splits(code: str, hard_reader: Reader, hard_world: World) -> None:
    """Every dimension, split by and filtered by, on whole months and on odd days."""
    wrong = []
    for start, end in (PERIODS["a half, not over"], PERIODS["any days"]):
        for dimension in METRICS[code].dimensions:
            for unit in (None, "G1"):
                frame = evaluate(hard_reader, code, start, end, by=[dimension], grid_id=unit)
                if code == "C10" and frame.empty:
                    continue
                assert not frame.empty or unit == "G1", dimension
                for _, row in frame.iterrows():
                    value = None if pd.isna(row[dimension]) else row[dimension]
                    expected = reckon(hard_world, code, start, end, unit, **{dimension: value})
                    place = f"{start} {unit} {dimension}={value}"
                    wrong += [f"{place}: {problem}" for problem in agrees(row, expected)]
                    if value is not None:
                        only = evaluate(
                            hard_reader, code, start, end, where={dimension: value}, grid_id=unit
                        ).iloc[0]
                        wrong += [f"only {place}: {p}" for p in agrees(only, expected)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("code", list(METRICS))
def test_sample(code: str, sample_reader: Reader, sample_world: World) -> None:
    start, end = date(2026, 7, 1), sample_world.data_date
    for unit in (None, "51011200100107"):
        row = evaluate(sample_reader, code, start, end, grid_id=unit).iloc[0]
        assert agrees(row, reckon(sample_world, code, start, end, unit)) == []
