"""MABAC against its published formula, and why it is not taken from pymcdm."""

from __future__ import annotations

import math

import numpy as np
import pymcdm.methods
import pytest
from hypothesis import given
from numpy.testing import assert_allclose
from tests.methods.tables import problems, ranked, sample, table

from weighbridge.methods.mabac import mabac


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


def test_one_criterion_by_hand() -> None:
    """Values 1, 2, 3 lift to 1, 1.5, 2; the border is ³√3 = 1.4422."""
    border = 3 ** (1 / 3)
    found = ranked(table([[1], [2], [3]]), "mabac").scores_array
    assert_allclose(found, [1 - border, 1.5 - border, 2 - border], atol=1e-15)
    assert found[0] < 0 < found[1] < found[2]


def test_a_gain_and_a_cost_of_mabac_by_hand() -> None:
    """Two molecules lift to 1 and 2 on each criterion, so each border is √2; weights .75 and .25."""
    found = mabac(np.array([[10.0, 7.0], [20.0, 9.0]]), np.array([0.75, 0.25]), np.array([1, -1]))
    root = math.sqrt(2)
    assert found == pytest.approx([0.75 * (1 - root) + 0.25 * (2 - root), 0.75 * (2 - root) + 0.25 * (1 - root)])


def test_the_record_of_a_mabac_ranking() -> None:
    """Method, direction and the note on rank reversal are on record; there are no parameters or details."""
    ranking = ranked(table([[2, 1], [6, 3]], [1, -1]), "mabac")
    assert (ranking.method, ranking.higher_is_better) == ("mabac", True)
    assert (dict(ranking.parameters), dict(ranking.details)) == ({}, {})
    assert [note for note in ranking.notes if note.startswith("mabac: rank-reversal risk")]


def test_one_molecule_is_its_own_border() -> None:
    """Alone it is at the border area: score 0."""
    assert ranked(table([[3, 4]], [1, -1]), "mabac").scores_array.tolist() == [0.0]


def test_rounding_does_not_make_a_column_vary() -> None:
    """Two values that differ in the last bit are one value, not the best and the worst there are."""
    values = np.array([[0.1 + 0.2, 1.0], [0.3, 2.0]])
    scores = ranked(table(values), "mabac").scores_array
    assert_allclose(scores, ranked(table([[0.3, 1.0], [0.3, 2.0]]), "mabac").scores_array, atol=1e-15)


def by_loop(values, signs, weights):
    """Write the score out for one cell after another, with the product under the root."""
    n, m = values.shape
    lifted = np.empty((n, m))
    for j in range(m):
        low, high = min(values[:, j]), max(values[:, j])
        for i in range(n):
            part = 0.0 if high == low else (values[i, j] - low) / (high - low)
            lifted[i, j] = 1.0 if high == low else 1 + (part if signs[j] > 0 else 1 - part)
    border = [math.prod(weights[j] * lifted[:, j]) ** (1 / n) for j in range(m)]
    return [sum(weights[j] * lifted[i, j] - border[j] for j in range(m)) for i in range(n)]


@given(problems())
def test_mabac_equals_a_loop_over_the_published_formula(problem: tuple) -> None:
    """Weighted elements, the border as a root of a product, and the distances from it."""
    values, signs, weights = problem
    assert_allclose(mabac(values, weights, signs), by_loop(values, signs, weights), rtol=0, atol=1e-12)


@given(problems())
def test_neither_order_nor_unit_nor_origin_matters_to_mabac(problem: tuple) -> None:
    """Reversed rows give reversed scores; shifting and stretching a column changes nothing."""
    values, signs, weights = problem
    scores = ranked(table(values, signs), "mabac", weights).scores_array
    assert_allclose(ranked(table(values[::-1], signs), "mabac", weights).scores_array[::-1], scores, atol=1e-12)
    moved = values * 4.0 - 30.0
    assert_allclose(ranked(table(moved, signs, scale="interval"), "mabac", weights).scores_array, scores, atol=1e-12)


@given(problems())
def test_turning_a_criterion_round_is_negating_its_values(problem: tuple) -> None:
    """A cost of x is a gain of −x."""
    values, signs, weights = problem
    turned = ranked(table(-values, -signs, scale="interval"), "mabac", weights).scores_array
    assert_allclose(turned, ranked(table(values, signs), "mabac", weights).scores_array, atol=1e-12)


@given(problems(least_rows=3))
def test_the_best_on_everything_is_above_the_border_and_ahead(problem: tuple) -> None:
    """A molecule at the best of every column has no one ahead of it and no negative score."""
    values, signs, weights = problem
    values[0] = np.where(signs > 0, values.max(axis=0), values.min(axis=0))
    scores = ranked(table(values, signs), "mabac", weights).scores_array
    assert scores[0] >= scores.max() - 1e-12
    assert scores[0] >= -1e-12
