"""Weighted sum and weighted product."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.plain import plain_additive, positive_tables
from tests.methods.tables import ranked, sample, table

from weighbridge.errors import ConventionWarning, InputError
from weighbridge.methods.scaling import NORMALIZATIONS


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("seed", range(4))
def test_weighted_sum_agrees_with_pymcdm(name: str, seed: int) -> None:
    """Scores equal pymcdm's WSM to 1e-12 under every shared normalization."""
    values, signs, weights = sample(seed, 8, 4)
    function = getattr(pymcdm.normalizations, f"{name}_normalization")
    theirs = pymcdm.methods.WSM(function)(values, weights, signs, validation=False)
    ours = ranked(table(values, signs), "weighted-sum", weights, normalization=name).scores_array
    assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("seed", range(4))
def test_weighted_product_agrees_with_pymcdm(name: str, seed: int) -> None:
    """Scores equal pymcdm's WPM to 1e-12 under every shared normalization."""
    values, signs, weights = sample(seed, 8, 4)
    function = getattr(pymcdm.normalizations, f"{name}_normalization")
    theirs = pymcdm.methods.WPM(function)(values, weights, signs, validation=False)
    ours = ranked(table(values, signs), "weighted-product", weights, normalization=name).scores_array
    assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_weighted_sum_by_bounds_by_hand() -> None:
    """0.25 × 0.5 + 0.75 × 0.8 with a cost criterion."""
    matrix = table([[5, 2]], [1, -1], bounds=[(0, 10), (0, 10)])
    assert ranked(matrix, "weighted-sum", [0.25, 0.75]).scores_array[0] == pytest.approx(0.725, abs=1e-15)


def test_costs_are_subtracted_without_normalization() -> None:
    """Raw values: gains add, costs subtract."""
    assert ranked(table([[5, 2]], [1, -1]), "weighted-sum", normalization="none").scores_array.tolist() == [1.5]


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_contributions_of_the_sum_are_weight_times_value(name: str) -> None:
    """They add up to the score with no base."""
    values, signs, weights = sample(2, 6, 3)
    ranking = ranked(table(values, signs, bounds=(0, 10)), "weighted-sum", weights, normalization=name)
    assert_allclose(ranking.contributions.sum(axis=1), ranking.scores, rtol=0, atol=1e-15)
    assert ranking.base_of([0]).tolist() == [0]


def test_product_gives_costs_a_negative_exponent() -> None:
    """Bridgman's rule: x to the w over gains, to the −w over costs."""
    score = ranked(table([[4, 9]], [1, -1]), "weighted-product").scores_array[0]
    assert score == pytest.approx(math.sqrt(4) / math.sqrt(9), abs=1e-15)


def test_product_does_not_depend_on_units() -> None:
    """Ratios of scores stay the same when a column changes its unit."""
    values, signs, weights = sample(3, 5, 3)
    plain = ranked(table(values, signs), "weighted-product", weights).scores_array
    scaled = ranked(table(values * [1, 1000, 1e-9], signs), "weighted-product", weights).scores_array
    assert_allclose(plain / plain[0], scaled / scaled[0], rtol=1e-12)


@pytest.mark.parametrize("bad", [0.0, -2.0])
def test_product_refuses_values_that_are_not_positive(bad: float) -> None:
    """The row and column are named."""
    with pytest.raises(InputError, match=r"row 'A2', column 'c0'.*expected a number > 0"):
        ranked(table([[1], [bad]]), "weighted-product")


def test_product_refuses_interval_scales_and_warns_where_undeclared() -> None:
    """A product of values with an arbitrary zero means nothing."""
    with pytest.raises(InputError, match="zero of this criterion is arbitrary"):
        ranked(table([[1], [2]], scale="interval"), "weighted-product")
    with pytest.warns(ConventionWarning, match="weighted product"):
        ranked(table([[1], [2]], scale=None), "weighted-product")


def test_a_zero_under_bounds_vetoes_a_molecule() -> None:
    """The worst on one criterion scores 0 however good the rest; contributions still add up."""
    ranking = ranked(table([[0, 10], [5, 5]], bounds=(0, 10)), "weighted-product", normalization="bounds")
    assert ranking.scores_array.tolist() == [0.0, pytest.approx(0.5)]
    assert_allclose(ranking.contributions.sum(axis=1) + ranking.base_of([0, 1]), ranking.scores, atol=1e-15)


def test_a_zero_weight_does_not_veto() -> None:
    """0 to the power of 0 is 1."""
    ranking = ranked(table([[0, 10], [5, 5]], bounds=(0, 10)), "weighted-product", [0, 1], normalization="bounds")
    assert ranking.scores_array.tolist() == [1.0, 0.5]


def test_values_that_extend_below_the_bounds_are_refused_by_the_product() -> None:
    """A negative base has no power; the row is named."""
    matrix = table([[-1], [5]], bounds=(0, 10), outside="extend")
    with pytest.raises(InputError, match="row 'A1'"):
        ranked(matrix, "weighted-product", normalization="bounds")


def test_reference_of_the_product_is_the_declared_worst_where_it_is_positive() -> None:
    """The base is the product at the declared worst, else at the worst of the column."""
    declared = ranked(table([[4], [9]], bounds=(1, 16)), "weighted-product")
    by_column = ranked(table([[4], [9]], bounds=(0, 16)), "weighted-product")
    assert declared.base_of([0]).tolist() == [1.0]
    assert by_column.base_of([0]).tolist() == [4.0]


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("method", ["weighted-sum", "weighted-product"])
def test_data_based_normalizations_state_their_reversal_risk(method: str, name: str) -> None:
    """Only bounds and none, whose scores depend on the molecule alone, say nothing."""
    matrix = table([[1, 5], [3, 6]], bounds=(0, 10))
    assert "reversal" in " ".join(ranked(matrix, method, normalization=name).notes)
    assert "reversal" not in " ".join(ranked(matrix, method, normalization="bounds").notes)
    assert "reversal" not in " ".join(ranked(matrix, method, normalization="none").notes)


def test_scores_are_never_rounded_before_ranking() -> None:
    """Two scores 1e-9 apart are not tied; equal ones share the best rank."""
    ranking = ranked(table([[5], [5 + 1e-8], [5], [1]], bounds=(0, 10)), "weighted-sum")
    assert_array_equal(ranking.ranks, [2, 1, 2, 4])
    assert_array_equal(ranking.ties, [True, False, True, False])
    assert np.isfinite(ranking.scores_array).all()


# --- the fused pass -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vector", "minmax", "max", "none"])
@given(problem=positive_tables())
def test_adversarial_tables_give_the_straightforward_sum(name: str, problem: tuple[Any, Any, Any]) -> None:
    """Scores, their size and the contributions are those of the formula with all its temporaries."""
    values, signs, weights = problem
    matrix = table(values, signs)
    with np.errstate(all="ignore"):
        oriented = plain_additive(matrix, name)
    ranking = ranked(matrix, "weighted-sum", weights, normalization=name)
    size = float((np.abs(oriented) @ weights).max())
    assert_allclose(ranking.scores_array, oriented @ weights, rtol=0, atol=1e-14 * size)
    assert_allclose(ranking.contributions.to_numpy(), oriented * weights, rtol=1e-14, atol=1e-15 * size)
    assert ranking.magnitude == pytest.approx(size, rel=1e-13)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_many_rows_give_the_straightforward_sum(name: str) -> None:
    """Over several blocks, with a constant column and one of zeros."""
    values, signs, weights = sample(3, 40_000, 6)
    values[:, 2], values[:, 3] = 4.0, 0.0
    matrix = table(values, signs, bounds=(0, 10))
    found = ranked(matrix, "weighted-sum", weights, normalization=name).scores_array
    assert_allclose(found, plain_additive(matrix, name) @ weights, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_sums_need_no_copy_of_the_table(name: str) -> None:
    """Beyond the scores themselves ranking a large table takes next to nothing."""
    values, signs, weights = sample(1, 150_000, 8)
    matrix = table(values, signs, bounds=(0, 10))
    tracemalloc.start()
    ranking = ranked(matrix, "weighted-sum", weights, normalization=name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ranking.scores_array.nbytes + 4_000_000
