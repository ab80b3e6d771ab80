"""Worked examples with known answers: numbers published or computed by other software.

Small tables stand here as numbers. The large draws of the SMAA case and the PISA table are read
from the folder of cases beside the repository; without it those tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from gridgov.stats.funnel import (
    binomial_limits,
    overdispersed_limits,
    poisson_limits,
    proportion_dispersion,
    ratio_dispersion,
)
from gridgov.stats.rank_sets import possibly_best, possibly_worst, rank_confidence_sets
from gridgov.stats.ranks import central_weights, confidence_factors, rank_acceptability
from gridgov.stats.shrink import gamma_poisson_fit, james_stein, shrink_counts

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="the folder of worked cases is not beside the repository"
)

# Spiegelhalter 2005: surgical deaths at twelve hospitals (deaths, operations).
SURGICAL = np.column_stack(
    [
        [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24],
        [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360],
    ]
).astype(float)
# Six units, observed and expected.
SIX = np.array([[100, 108], [150, 112], [180, 165], [80, 95], [120, 100], [225, 220]], dtype=float)


def test_exact_binomial_limits_of_the_surgical_example() -> None:
    """First, second and largest hospital; the interpolated limit may fall below zero."""
    target = SURGICAL[:, 0].sum() / SURGICAL[:, 1].sum()
    n = SURGICAL[[0, 1, 3], 1]
    low95, high95 = binomial_limits(target, n, 0.95)
    low998, high998 = binomial_limits(target, n, 0.998)
    assert target == pytest.approx(0.0739161336176262, abs=1e-12)
    assert low95 == pytest.approx([-0.00163045768, 0.03089959117, 0.05577861321], abs=1e-6)
    assert high95 == pytest.approx([0.14642850616, 0.11521956655, 0.09182739640], abs=1e-6)
    assert low998 == pytest.approx([-0.02049075022, 0.01361735726, 0.04641636808], abs=1e-6)
    assert high998 == pytest.approx([0.20574490270, 0.14493475807, 0.10318589913], abs=1e-6)


@needs_cases
def test_exact_binomial_limits_of_all_twelve() -> None:
    rows = _rows("funnel-limits/exact_binomial_surgical12.csv")
    n, target = _column(rows, "n"), float(rows[0]["theta0"])
    for level, low, high in ((0.95, "l95", "u95"), (0.998, "l998", "u998")):
        found = binomial_limits(target, n, level)
        np.testing.assert_allclose(found[0], _column(rows, low), atol=1e-6)
        np.testing.assert_allclose(found[1], _column(rows, high), atol=1e-6)


def test_poisson_limits_of_funnelplotr() -> None:
    """FunnelPlotR 0.6.0, unit test of its limits, at 15, 20 and 30 expected."""
    low, high = poisson_limits(1.0, [15, 20, 30], 0.95)
    assert low == pytest.approx([0.559692408852221, 0.610825979270197, 0.67469580071403])
    assert high == pytest.approx([1.64934792476572, 1.54441889513373, 1.42756217982692])
    low, high = poisson_limits(1.0, [15, 20, 30], 0.998)
    assert low == pytest.approx([0.386265034854835, 0.447910663381301, 0.528972359904679])
    assert high == pytest.approx([2.08290730190295, 1.9020940676925, 1.70277080553081])


def test_overdispersion_of_shares() -> None:
    found = proportion_dispersion(SURGICAL[:, 0], SURGICAL[:, 1])
    assert found.target == pytest.approx(0.275341113103916, abs=1e-9)
    assert found.z[0] == pytest.approx(-3.77528713746081, abs=1e-6)
    assert found.trimmed[[0, 4]] == pytest.approx([-2.27293159095787] * 2, abs=1e-6)
    assert found.trimmed[[7, 10]] == pytest.approx([2.15330523455272] * 2, abs=1e-6)
    assert found.phi == pytest.approx(2.3797915037357, abs=1e-6)
    assert found.tau2 == pytest.approx(0.00180957083978855, abs=1e-6)


def test_overdispersion_of_ratios_by_square_roots() -> None:
    found = ratio_dispersion(SIX[:, 0], SIX[:, 1])
    assert found.trimmed[[1, 3]] == pytest.approx([2.61889461976085, -1.19482728022307], abs=1e-6)
    assert found.phi == pytest.approx(2.32717825759412, abs=1e-6)
    assert found.tau2 == pytest.approx(0.00343978015418627, abs=1e-6)


def test_overdispersion_of_ratios_by_logarithms() -> None:
    found = ratio_dispersion(SIX[:, 0], SIX[:, 1], method="log")
    assert found.z[1] == pytest.approx(3.09168129454357, abs=1e-6)
    assert found.phi == pytest.approx(2.94803317510236, abs=1e-6)
    assert found.tau2 == pytest.approx(0.0194775305780216, abs=1e-6)
    low, high = overdispersed_limits(found, 0.95)
    # The second unit stands outside by chance alone (z = 3.1) but not among units that differ.
    assert low[1] < found.value[1] < high[1]


def test_james_stein_of_efron_and_morris() -> None:
    """Batting averages after 45 at bats, 1970: shrinking factor 0.212 towards 0.265."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    average = hits / 45
    mean = average.mean()
    estimates, factor = james_stein(average, mean * (1 - mean) / 45)
    expected = [0.294, 0.289, 0.284, 0.279, 0.275, 0.275, 0.27, 0.265, 0.261, 0.261]
    expected += [0.256] * 5 + [0.251, 0.247, 0.242]
    assert mean == pytest.approx(0.265, abs=5e-4)
    assert factor == pytest.approx(0.212, abs=5e-3)
    assert estimates == pytest.approx(expected, abs=5e-3)


def test_gamma_poisson_of_clayton_and_kaldor() -> None:
    """Lip cancer in 56 Scottish districts, Biometrics 43, 1987: shape 1.88, scale 1.32."""
    observed = [9, 39, 11, 9, 15, 8, 26, 7, 6, 20, 13, 5, 3, 8, 17, 9, 2, 7, 9, 7, 16, 31, 11, 7]
    observed += [19, 15, 7, 10, 16, 11, 5, 3, 7, 8, 11, 9, 11, 8, 6, 4, 10, 8, 2, 6, 19, 3, 2, 3]
    observed += [28, 6, 1, 1, 1, 1, 0, 0]
    expected = [1.4, 8.7, 3.0, 2.5, 4.3, 2.4, 8.1, 2.3, 2.0, 6.6, 4.4, 1.8, 1.1, 3.3, 7.8, 4.6]
    expected += [1.1, 4.2, 5.5, 4.4, 10.5, 22.7, 8.8, 5.6, 15.5, 12.5, 6.0, 9.0, 14.4, 10.2, 4.8]
    expected += [2.9, 7.0, 8.5, 12.3, 10.1, 12.7, 9.4, 7.2, 5.3, 18.8, 15.8, 4.3, 14.6, 50.7, 8.2]
    expected += [5.6, 9.3, 88.7, 19.6, 3.4, 3.6, 5.7, 7.0, 4.2, 1.8]
    alpha, beta = gamma_poisson_fit(observed, expected)
    assert alpha == pytest.approx(1.88, abs=5e-3)
    assert beta == pytest.approx(1.32, abs=5e-3)
    # The first district: 6.43 times the expected on 1.4 expected cases is drawn in to 4.0.
    assert shrink_counts(observed[:1], expected[:1], alpha, beta)[0] == pytest.approx(4.0, abs=0.01)


@needs_cases
@pytest.mark.parametrize(("simultaneous", "name"), [(False, "marg"), (True, "sim")])
def test_rank_confidence_sets_of_pisa(simultaneous: bool, name: str) -> None:
    """Mogstad et al.: bounds within the range of ten runs of the authors' package."""
    rows = _rows("csranks-pisa2018/data_expected.csv")
    low, high = rank_confidence_sets(
        _column(rows, "math_score"),
        _column(rows, "math_se"),
        simultaneous=simultaneous,
        n_draws=20_000,
        seed=1,
    )
    assert (low >= _column(rows, f"{name}L_min")).all()
    assert (low <= _column(rows, f"{name}L_max")).all()
    assert (high >= _column(rows, f"{name}U_min")).all()
    assert (high <= _column(rows, f"{name}U_max")).all()


@needs_cases
def test_best_and_worst_five_of_pisa() -> None:
    rows = _rows("csranks-pisa2018/data_expected.csv")
    score, error = _column(rows, "math_score"), _column(rows, "math_se")
    best = possibly_best(score, error, 5, n_draws=20_000)
    worst = possibly_worst(score, error, 5, n_draws=20_000)
    assert [str(b).upper() for b in best] == [r["top5_min"] for r in rows]
    assert [str(w).upper() for w in worst] == [r["worst5_min"] for r in rows]


@needs_cases
def test_smaa_of_hansen() -> None:
    """Rank acceptability and confidence factors of five treatments, exact to four decimals."""
    folder = CASES / "smaa-hansen"
    with gzip.open(folder / "meas.csv.gz", "rt") as handle:
        flat = np.genfromtxt(handle, delimiter=",", skip_header=1, usecols=range(2, 8))
    with gzip.open(folder / "weights.csv.gz", "rt") as handle:
        weights = np.genfromtxt(handle, delimiter=",", skip_header=1)
    measured = flat.reshape(5, len(weights), 6).transpose(1, 0, 2)
    scores = np.einsum("iac,ic->ia", measured, weights)
    shares = [
        [float(v) for k, v in r.items() if k]
        for r in _rows("smaa-hansen/expected_rank_acceptability.csv")
    ]
    np.testing.assert_array_equal(np.round(rank_acceptability(scores), 4), shares)
    factors = confidence_factors(measured, central_weights(scores, weights))
    expected = _column(_rows("smaa-hansen/expected_cf.csv"), "cf")
    np.testing.assert_array_equal(np.round(factors, 4), expected)


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])
