"""Weights from the data: definitions, pymcdm, zeros and constants."""

from __future__ import annotations

import math

import numpy as np
import pymcdm.weights
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose
from tests.methods.tables import problems, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.objective import OBJECTIVE_METHODS, critic_information, entropies


def weights_of(matrix: wb.DecisionMatrix, method: str) -> np.ndarray:
    return wb.objective_weights(matrix, method).array(matrix.names)


@pytest.mark.parametrize("method", ["equal", "entropy", "critic", "merec", "variance", "gini"])
@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_pymcdm_on_gains(method: str, seed: int) -> None:
    """To 1e-12 where conventions coincide."""
    values, _, _ = sample(seed, 8, 4)
    signs = np.ones(4, dtype=int)
    theirs = getattr(pymcdm.weights, f"{method}_weights")(values, signs)
    assert_allclose(weights_of(table(values), method), theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_merec_agrees_with_pymcdm_on_costs_too(seed: int) -> None:
    """Gains min/x, costs x/max."""
    values, signs, _ = sample(seed, 8, 4)
    assert_allclose(
        weights_of(table(values, signs), "merec"), pymcdm.weights.merec_weights(values, signs), rtol=0, atol=1e-12
    )


def test_standard_deviation_does_not_depend_on_units() -> None:
    """Columns are min-max normalized first; pymcdm takes raw ones, so nM and µM would differ."""
    values, _, _ = sample(0, 8, 3)
    plain = weights_of(table(values), "standard-deviation")
    assert_allclose(plain, weights_of(table(values * [1, 1000, 0.01]), "standard-deviation"), atol=1e-12)
    scaled = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    assert_allclose(plain, pymcdm.weights.standard_deviation_weights(scaled), atol=1e-12)


def test_critic_turns_costs_round_before_correlating() -> None:
    """A cost that mirrors a gain repeats it, so neither has any conflict with the other."""
    values = np.array([[1.0, 9, 2], [5, 5, 9], [9, 1, 3], [4, 6, 7]])
    information = critic_information(values, np.array([1, -1, 1]))
    mirrored = critic_information(np.column_stack([values[:, 0], values[:, 0], values[:, 2]]), np.ones(3))
    assert_allclose(information, mirrored, atol=1e-12)


def test_entropy_of_a_zero_is_zero() -> None:
    """0 · ln 0 = 0: the peers' case, where pymcdm raises and three others agree."""
    weights = weights_of(table([[0, 2, 5], [1, 5, 3], [2, 4, 4]]), "entropy")
    assert_allclose(weights, [0.847, 0.114, 0.039], atol=5e-4)


def test_entropy_by_hand() -> None:
    """One column of 1 and 3: shares ¼ and ¾."""
    expected = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75)) / math.log(2)
    assert entropies(np.array([[1.0], [3.0]]))[0] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("method", [m for m in OBJECTIVE_METHODS if m != "equal"])
def test_a_constant_column_weighs_nothing(method: str) -> None:
    """CRITIC is NaN for it elsewhere; here it is 0 and the rest sums to 1."""
    weights = weights_of(table([[1, 5, 3], [2, 5, 1], [4, 5, 7]]), method)
    assert weights[1] == 0
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("method", [m for m in OBJECTIVE_METHODS if m != "equal"])
@pytest.mark.parametrize("values", [[[2, 3], [2, 3]], [[2, 3]]])
def test_a_table_without_differences_gives_no_weights(method: str, values: list) -> None:
    """An error that says why, not equal weights by stealth."""
    with pytest.raises(InputError, match="no criterion tells the molecules apart"):
        wb.objective_weights(table(values), method)


@pytest.mark.parametrize("method", [m for m in OBJECTIVE_METHODS if m != "equal"])
def test_one_criterion_that_varies_gets_all_the_weight(method: str) -> None:
    """Also under CRITIC, which has no conflict to measure then."""
    assert weights_of(table([[1, 5], [2, 5], [4, 5]]), method).tolist() == [1, 0]


@pytest.mark.parametrize(("method", "bad"), [("entropy", -1), ("gini", -1), ("merec", 0), ("merec", -1)])
def test_values_for_which_a_method_is_undefined_are_named(method: str, bad: float) -> None:
    """Row and column, not numpy's warning."""
    with pytest.raises(InputError, match="row 'A2', column 'c0'"):
        wb.objective_weights(table([[1, 2], [bad, 3]]), method)


def test_unknown_methods_are_refused_with_the_list() -> None:
    """The names are listed."""
    with pytest.raises(InputError, match="'equal', 'entropy', 'critic'"):
        wb.objective_weights(table([[1], [2]]), "cilos")


def test_weights_say_where_they_come_from() -> None:
    """The provenance names the method."""
    weights = wb.objective_weights(table([[1, 2], [3, 5]]), "entropy")
    assert "computed from the data by entropy" in weights.explain("c0").how
    assert weights.note == ""


@given(problems(least_rows=3))
@settings(max_examples=60, deadline=None)
def test_weights_sum_to_one_and_do_not_depend_on_the_row_order(problem: tuple) -> None:
    """For every method and table in which something varies."""
    values, signs, _ = problem
    for method in OBJECTIVE_METHODS:
        try:
            weights = weights_of(table(values, signs), method)
        except InputError:
            # Identical rows, or under CRITIC criteria that repeat one another exactly.
            assert method == "critic" or (np.ptp(values, axis=0) == 0).all()
            continue
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert (weights >= 0).all()
        assert_allclose(weights, weights_of(table(values[::-1], signs), method), rtol=0, atol=1e-9)
