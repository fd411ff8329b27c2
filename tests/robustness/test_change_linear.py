"""Nearest weights under linear methods against grids, random weights and every choice of rivals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.change_linear import nearest_weights, obstacles


def leads_of(values: np.ndarray, row: int) -> np.ndarray:
    """Return the molecule's values less everybody else's."""
    return np.delete(values[row] - values, row, axis=0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(2, 6), st.integers(0, 3))
def test_no_random_weights_are_nearer(seed: int, n: int, m: int, allowed: int) -> None:
    """The weights found do, to rounding, and none of two thousand that do are nearer."""
    rng = np.random.default_rng(seed)
    leads, weights = leads_of(rng.random((n, m)), 0), rng.dirichlet(np.ones(m))
    found = nearest_weights(leads, weights, allowed)
    tried = np.concatenate((rng.dirichlet(np.full(m, 0.4), 1500), rng.dirichlet(1 + 30 * weights, 500), [weights]))
    feasible = tried[(tried @ leads.T < 0).sum(axis=1) <= allowed]
    assert found.exact
    if found.weights is None:
        assert feasible.size == 0
        return
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert found.weights.min() >= 0
    assert (leads @ found.weights < -1e-12).sum() <= allowed
    if feasible.size:
        assert np.abs(found.weights - weights).sum() <= np.abs(feasible - weights).sum(axis=1).min() + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 2))
def test_the_best_of_every_choice_of_rivals(seed: int, allowed: int) -> None:
    """For a place among the first k the result is the best over all sets of rivals that may stay ahead."""
    rng = np.random.default_rng(seed)
    leads, weights = leads_of(rng.random((7, 3)), 0), rng.dirichlet(np.ones(3))
    best = np.inf
    for left in combinations(range(len(leads)), allowed):
        one = nearest_weights(np.delete(leads, left, axis=0), weights, 0).weights
        best = best if one is None else min(best, float(np.abs(one - weights).sum()))
    found = nearest_weights(leads, weights, allowed).weights
    assert (np.inf if found is None else np.abs(found - weights).sum()) == pytest.approx(best, abs=1e-9)


def test_two_criteria_by_hand() -> None:
    """Level at w₁ = ½: from (0.8, 0.2) that is 0.3 off one weight and onto the other."""
    leads = np.array([[-0.4, 0.4]])
    found = nearest_weights(leads, np.array([0.8, 0.2]), 0)
    np.testing.assert_allclose(found.weights, [0.5, 0.5], atol=1e-15)


def test_thousands_of_rivals_need_few_in_the_programme() -> None:
    """Rivals enter only where a solution lets them ahead."""
    rng = np.random.default_rng(1)
    values = rng.random((5000, 6))
    values[0] = [0.999, 0.9, 0.6, 0.5, 0.4, 0.3]
    found = nearest_weights(leads_of(values, 0), np.full(6, 1 / 6), 0)
    assert found.weights is not None
    assert found.rows.size < 500
    assert (leads_of(values, 0) @ found.weights).min() >= -1e-13


def test_units_of_the_values_do_not_matter() -> None:
    """Leads multiplied by 10¹² or 10⁻¹² give the same weights."""
    rng = np.random.default_rng(2)
    values, weights = rng.random((20, 4)), np.full(4, 0.25)
    leads = leads_of(values, int(np.argsort(-values.sum(axis=1))[3]))
    plain = nearest_weights(leads, weights, 1).weights
    for factor in (1e12, 1e-12):
        np.testing.assert_allclose(nearest_weights(leads * factor, weights, 1).weights, plain, atol=1e-9)


def test_dominated_molecules_have_no_weights() -> None:
    """One rival that is better everywhere bars first place, not second."""
    leads = np.array([[-0.1, -0.2], [0.3, -0.1]])
    assert nearest_weights(leads, np.array([0.5, 0.5]), 0).weights is None
    assert nearest_weights(leads, np.array([0.5, 0.5]), 1).weights is not None


def test_obstacles_are_a_mixture_that_is_always_ahead() -> None:
    """Neither specialist is better everywhere; between them one always is."""
    leads = np.array([[-0.5, 0.4], [0.4, -0.5], [0.1, 0.1]])
    assert nearest_weights(leads, np.array([0.5, 0.5]), 0).weights is None
    assert sorted(obstacles(leads).tolist()) == [0, 1]
