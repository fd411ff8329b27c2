"""COPRAS and MABAC, which are not taken from pymcdm, and why."""

from __future__ import annotations

import math

import numpy as np
import pymcdm.methods
import pytest
from numpy.testing import assert_allclose
from tests.methods.tables import ranked, sample, table

from weighbridge.errors import InputError
from weighbridge.methods.copras import copras


def loop_copras(values, signs, weights):
    """Q with min S⁻ written out as in the paper."""
    n, m = values.shape
    shares = [[weights[j] * values[i, j] / sum(values[:, j]) for j in range(m)] for i in range(n)]
    plus = [sum(row[j] for j in range(m) if signs[j] > 0) for row in shares]
    minus = [sum(row[j] for j in range(m) if signs[j] < 0) for row in shares]
    least = min(minus)
    return [p + least * sum(minus) / (c * sum(least / x for x in minus)) for p, c in zip(plus, minus, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_copras_equals_a_loop_over_the_published_formula(seed: int) -> None:
    """Q and U = Q / max Q, with the least cost written out."""
    values, signs, weights = sample(seed, 7, 4)
    ranking = ranked(table(values, signs), "copras", weights)
    expected = np.array(loop_copras(values, signs, weights))
    assert_allclose(ranking.details["Q"], expected, rtol=0, atol=1e-12)
    assert_allclose(ranking.scores_array, expected / expected.max(), rtol=0, atol=1e-12)


def test_copras_lowers_the_score_of_a_higher_cost_where_pymcdm_raises_it() -> None:
    """Two molecules that differ only in cost: ours prefers the cheap one, pymcdm 1.4.0 the dear one."""
    values, signs, weights = np.array([[5.0, 1.0], [5.0, 9.0]]), np.array([1, -1]), np.array([0.5, 0.5])
    theirs = pymcdm.methods.COPRAS()(values, weights, signs, validation=False)
    ours = ranked(table(values, signs), "copras", weights).scores_array
    assert theirs[1] > theirs[0]
    assert ours[0] > ours[1]


def test_copras_without_costs_is_the_sum_of_shares() -> None:
    """Q = S⁺ where no criterion is a cost, which pymcdm refuses."""
    ranking = ranked(table([[1, 4], [3, 4]]), "copras")
    assert_allclose(ranking.details["Q"], [0.375, 0.625])
    assert ranking.scores_array[1] == 1.0


def test_copras_allows_zeros_and_a_column_of_zeros() -> None:
    """A zero gain is a share of 0; a column of zeros contributes nothing."""
    ranking = ranked(table([[0, 1, 0], [3, 2, 0]], [1, -1, 1]), "copras")
    assert np.isfinite(ranking.scores_array).all()
    assert_allclose(ranking.contributions["c2"], [0, 0], atol=1e-15)


def test_copras_of_nothing_but_zeros_is_a_tie() -> None:
    """Every Q is 0, so all are equally good."""
    assert ranked(table([[0], [0]]), "copras").scores_array.tolist() == [1, 1]


def test_copras_refuses_a_molecule_without_cost() -> None:
    """1/S⁻ is undefined for it; the row is named."""
    with pytest.raises(InputError, match=r"row 'A1'.*weighted cost"):
        ranked(table([[1, 0], [2, 3]], [1, -1]), "copras")


def test_copras_refuses_negative_values_and_interval_scales() -> None:
    """Shares of a sum need a true zero."""
    with pytest.raises(InputError, match="row 'A1', column 'c0'"):
        ranked(table([[-1], [2]]), "copras")
    with pytest.raises(InputError, match="arbitrary"):
        ranked(table([[1], [2]], scale="interval"), "copras")


def test_pure_copras_gives_the_parts() -> None:
    """S⁺, S⁻ and Q by hand for two molecules."""
    plus, minus, q = copras(np.array([[1.0, 1.0], [3.0, 3.0]]), np.array([0.5, 0.5]), np.array([1, -1]))
    assert plus.tolist() == [0.125, 0.375]
    assert minus.tolist() == [0.125, 0.375]
    assert q.tolist() == pytest.approx([0.125 + 0.375, 0.375 + 0.125])


@pytest.mark.parametrize("seed", range(6))
def test_mabac_agrees_with_pymcdm_on_small_tables(seed: int) -> None:
    """To 1e-12 where the product does not underflow."""
    values, signs, weights = sample(seed, 9, 4)
    theirs = pymcdm.methods.MABAC()(values, weights, signs, validation=False)
    assert_allclose(ranked(table(values, signs), "mabac", weights).scores_array, theirs, rtol=0, atol=1e-12)


def test_mabac_keeps_its_border_where_the_product_underflows() -> None:
    """With 2 000 molecules pymcdm's border is 0; logarithms keep the geometric mean."""
    values, signs, weights = sample(1, 2000, 3)
    ours = ranked(table(values, signs), "mabac", weights).scores_array
    theirs = pymcdm.methods.MABAC()(values, weights, signs, validation=False)
    span = values.max(axis=0) - values.min(axis=0)
    t = np.where(signs > 0, values - values.min(axis=0), values.max(axis=0) - values) / span + 1
    expected = [
        sum(
            weights[j] * (t[i, j] - math.exp(math.fsum(map(math.log, t[:, j])) / 2000))
            for j in range(3)
        )
        for i in range(5)
    ]  # fmt: skip
    assert_allclose(ours[:5], expected, rtol=0, atol=1e-12)
    assert abs(theirs[0] - ours[0]) > 0.1


def test_mabac_of_a_constant_column_is_unmoved_by_it() -> None:
    """It sits on its border."""
    with_constant = ranked(table([[1, 5], [3, 5]]), "mabac", [0.5, 0.5]).scores_array
    assert_allclose(with_constant, ranked(table([[1], [3]]), "mabac").scores_array / 2, atol=1e-15)
