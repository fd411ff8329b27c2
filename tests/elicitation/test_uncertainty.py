"""Covariances of log weights: the derivative, the spread between experts, and the composition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge.core.tree import Node, ValueTree
from weighbridge.elicitation.uncertainty import (
    DEFAULT_SIGMA,
    between_experts,
    leaf_covariance,
    local_covariance,
    normalized_covariance,
)

FEW = settings(max_examples=30, deadline=None)
TREE = ValueTree(Node("goal", children=(Node("g", children=(Node("a"), Node("b"))), Node("c"))))


@st.composite
def weights_and_covariance(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights and a covariance matrix."""
    n = draw(st.integers(2, 5))
    raw = np.array(draw(st.lists(st.floats(0.1, 5), min_size=n, max_size=n)))
    root = np.array(draw(st.lists(st.floats(-1, 1), min_size=n * n, max_size=n * n))).reshape(n, n)
    return raw / raw.sum(), root @ root.T


@FEW
@given(weights_and_covariance())
def test_normalising_is_the_numerical_derivative(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """J C Jᵀ uses the derivative of ln(w/Σw) that finite differences find."""
    weights, covariance = drawn
    step = 1e-6
    base = np.log(weights)
    columns = []
    for k in range(len(weights)):
        moved = base.copy()
        moved[k] += step
        columns.append((moved - np.log(np.exp(moved).sum()) - base) / step)
    jacobian = np.array(columns).T
    expected = jacobian @ covariance @ jacobian.T
    assert normalized_covariance(covariance, weights) == pytest.approx(expected, abs=1e-4)


@FEW
@given(weights_and_covariance(), st.floats(0, 10))
def test_a_common_factor_of_all_weights_does_not_matter(drawn: tuple[np.ndarray, np.ndarray], variance: float) -> None:
    """Uncertainty that all weights share vanishes on normalising."""
    weights, covariance = drawn
    shifted = covariance + variance
    assert normalized_covariance(shifted, weights) == pytest.approx(normalized_covariance(covariance, weights))


@FEW
@given(weights_and_covariance())
def test_normalised_weights_move_along_the_simplex(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """To first order the weights keep their sum: wᵀ C = 0."""
    weights, covariance = drawn
    assert weights @ normalized_covariance(covariance, weights) == pytest.approx(np.zeros(len(weights)), abs=1e-9)


def test_equal_experts_weights_give_the_standard_error_of_the_mean() -> None:
    """For equal weights the spread between experts is the sample covariance over their number."""
    rng = np.random.default_rng(4)
    priorities = rng.dirichlet([3, 4, 5], size=6)
    logs = np.log(priorities)
    logs -= logs.mean(axis=1, keepdims=True)
    assert between_experts(priorities, np.ones(6)) == pytest.approx(np.cov(logs.T) / 6)


def test_experts_who_agree_have_no_spread() -> None:
    """Equal experts leave nothing between them, whatever their weights."""
    assert between_experts(np.array([[0.7, 0.3]] * 3), np.array([1, 2, 3])) == pytest.approx(
        np.zeros((2, 2)), abs=1e-15
    )


def test_the_default_is_one_answers_standard_deviation() -> None:
    """A single answer without any check has ln(w_a/w_b) scatter by σ = 0.35."""
    group = wb.Comparisons(["a", "b"], {("a", "b"): 3})
    fitted = group.priorities()
    covariance, basis = local_covariance(fitted.array(["a", "b"]), fitted, group, np.empty((0, 2)), np.empty(0))
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert difference == pytest.approx(DEFAULT_SIGMA**2)
    assert basis == "a stated default of σ = 0.35"


def test_leaves_add_their_nodes_covariances() -> None:
    """A leaf carries its own node's variance and that of every node above; siblings share what is above."""
    top, below = np.diag([0.5, 0.25]), np.array([[0.3, -0.1], [-0.1, 0.2]])
    total = leaf_covariance(TREE, {"goal": top, "g": below})
    assert total == pytest.approx(np.array([[0.8, 0.4, 0], [0.4, 0.7, 0], [0, 0, 0.25]]))


def test_nodes_without_a_covariance_count_as_exact() -> None:
    """Stated nodes add nothing; without any estimated node there is no covariance."""
    assert leaf_covariance(TREE, {"g": np.eye(2)}) == pytest.approx(np.diag([1.0, 1.0, 0.0]))
    assert leaf_covariance(TREE, {}) is None
