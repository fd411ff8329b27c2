"""The array functions that turn answers into priorities."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize, minimize_scalar
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.priorities import (
    Edges,
    components,
    effective_resistances,
    laplacian_inverse,
    log_least_squares,
    log_priorities_to_weights,
    optimal_completion,
    principal_eigenvector,
    residuals,
)

Array = npt.NDArray[np.float64]
FEW = settings(max_examples=40, deadline=None)


def edges_of(comparisons: wb.Comparisons, weights: Array | None = None) -> Edges:
    matrix = comparisons.matrix
    i, j = np.nonzero(np.triu(~np.isnan(matrix), 1))
    return Edges(i, j, np.log(matrix[i, j]), np.ones(len(i)) if weights is None else weights, len(matrix))


def regression(edges: Edges) -> Array:
    """Solve the weighted least squares by an ordinary regression with a centring row."""
    design = np.zeros((len(edges) + 1, edges.n))
    design[np.arange(len(edges)), edges.first] = 1
    design[np.arange(len(edges)), edges.second] = -1
    design[-1] = 1
    root = np.sqrt(np.append(edges.weights, 1.0))
    return np.linalg.lstsq(design * root[:, None], np.append(edges.logs, 0.0) * root, rcond=None)[0]


@FEW
@given(strategies.connected())
def test_log_least_squares_is_the_regression(comparisons: wb.Comparisons) -> None:
    """The Laplacian solution equals ordinary least squares on the same answers."""
    edges = edges_of(comparisons)
    assert log_least_squares(edges) == pytest.approx(regression(edges), abs=1e-9)


@FEW
@given(strategies.connected())
def test_weighted_log_least_squares_is_the_weighted_regression(comparisons: wb.Comparisons) -> None:
    """Weights of answers act as regression weights."""
    count = len(edges_of(comparisons))
    edges = edges_of(comparisons, np.linspace(0.2, 3.0, count))
    assert log_least_squares(edges) == pytest.approx(regression(edges), abs=1e-9)


@FEW
@given(strategies.complete())
def test_complete_log_least_squares_is_the_geometric_mean(comparisons: wb.Comparisons) -> None:
    """On complete sets the fit is the row geometric mean."""
    means = np.log(comparisons.matrix).mean(axis=1)
    assert log_least_squares(edges_of(comparisons)) == pytest.approx(means, abs=1e-10)


def test_log_least_squares_is_the_mean_over_spanning_trees() -> None:
    """The fit is the geometric mean over all spanning trees' weights (Bozóki and Tsyganok)."""
    comparisons = wb.Comparisons.from_upper(list("abcd"), [2, 5, None, 3, 7, 1 / 2])
    edges = edges_of(comparisons)
    fits = []
    for kept in itertools.combinations(range(len(edges)), 3):
        index = np.array(kept)
        tree = Edges(edges.first[index], edges.second[index], edges.logs[index], edges.weights[index], 4)
        if len(components(tree)) == 1:
            fits.append(log_least_squares(tree))
    assert len(fits) == 8
    assert log_least_squares(edges) == pytest.approx(np.mean(fits, axis=0), abs=1e-12)


@FEW
@given(strategies.connected())
def test_residuals_are_what_the_fit_leaves(comparisons: wb.Comparisons) -> None:
    """Residuals sum to zero around every item: the normal equations."""
    edges = edges_of(comparisons)
    errors = residuals(edges, log_least_squares(edges))
    around = np.zeros(edges.n)
    np.add.at(around, edges.first, errors)
    np.subtract.at(around, edges.second, errors)
    assert around == pytest.approx(np.zeros(edges.n), abs=1e-9)


def test_rounding_residuals_are_exactly_zero() -> None:
    """Consistent answers leave residuals of exactly zero."""
    edges = edges_of(wb.Comparisons.from_upper(list("abc"), [7, 7 / 3, 1 / 3]))
    assert residuals(edges, log_least_squares(edges)).tolist() == [0.0, 0.0, 0.0]


@FEW
@given(strategies.complete(largest=9))
def test_principal_eigenvector_is_numpys(comparisons: wb.Comparisons) -> None:
    """Noda's iteration finds numpy's dominant eigenpair."""
    values, vectors = np.linalg.eig(comparisons.matrix)
    dominant = int(np.argmax(values.real))
    vector = np.abs(vectors[:, dominant].real)
    weights, root = principal_eigenvector(comparisons.matrix)
    assert root == pytest.approx(float(values[dominant].real), abs=1e-9)
    assert weights == pytest.approx(vector / vector.sum(), abs=1e-9)


@FEW
@given(strategies.complete(largest=1e9))
def test_principal_eigenvector_survives_ratios_of_a_billion(comparisons: wb.Comparisons) -> None:
    """With ratios up to 1e9 the vector is positive and satisfies A w = λ w row by row."""
    matrix = comparisons.matrix
    weights, root = principal_eigenvector(matrix)
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1.0)
    assert matrix @ weights / weights == pytest.approx(np.full(len(matrix), root), rel=1e-7)


def test_principal_eigenvector_of_a_perfect_circle() -> None:
    """A ≻ b ≻ c ≻ a by 1e9 each: power iteration would hardly move, the answer is exact."""
    weights, root = principal_eigenvector(wb.Comparisons.from_upper(list("abc"), [1e9, 1e-9, 1e9]).matrix)
    assert weights == pytest.approx([1 / 3] * 3, rel=1e-12)
    assert root == pytest.approx(1 + 1e9 + 1e-9, rel=1e-12)


def test_principal_eigenvector_of_one_and_two_items() -> None:
    """One item weighs everything; two items are always consistent."""
    weights, root = principal_eigenvector(np.array([[1.0]]))
    assert (weights.tolist(), root) == ([1.0], 1.0)
    weights, root = principal_eigenvector(np.array([[1.0, 4.0], [0.25, 1.0]]))
    assert weights == pytest.approx([0.8, 0.2])
    assert root == 2.0


@FEW
@given(strategies.connected(least=3))
def test_effective_resistance_is_the_variance_of_a_difference(comparisons: wb.Comparisons) -> None:
    """R_ij equals (e_i − e_j)ᵀ L⁺ (e_i − e_j) with numpy's pseudo-inverse."""
    edges = edges_of(comparisons)
    laplacian = np.zeros((edges.n, edges.n))
    for i, j in zip(edges.first, edges.second, strict=True):
        laplacian[[i, j], [i, j]] += 1
        laplacian[[i, j], [j, i]] -= 1
    inverse = np.linalg.pinv(laplacian)
    assert laplacian_inverse(edges) == pytest.approx(inverse, abs=1e-9)
    resistances = effective_resistances(edges)
    for i, j in itertools.combinations(range(edges.n), 2):
        difference = np.zeros(edges.n)
        difference[i], difference[j] = 1, -1
        assert resistances[i, j] == pytest.approx(difference @ inverse @ difference, abs=1e-9)


def test_effective_resistance_of_known_networks() -> None:
    """A complete set has 2/n, a chain adds up, parallel ways halve, and nothing links infinitely."""
    complete = effective_resistances(edges_of(wb.Comparisons.from_upper(list("abcde"), [1] * 10)))
    assert complete[0, 1] == pytest.approx(2 / 5)
    chain = effective_resistances(edges_of(wb.Comparisons(list("abc"), {("a", "b"): 1, ("b", "c"): 1})))
    assert chain[0, 2] == pytest.approx(2.0)
    ring = wb.Comparisons(list("abcd"), {("a", "b"): 1, ("b", "c"): 1, ("c", "d"): 1, ("a", "d"): 1})
    assert effective_resistances(edges_of(ring))[0, 2] == pytest.approx(1.0)
    apart = effective_resistances(edges_of(wb.Comparisons(list("abc"), {("a", "b"): 1})))
    assert math.isinf(apart[0, 2])
    assert apart[0, 1] == pytest.approx(1.0)
    assert apart[2, 2] == 0.0


def test_components_are_in_item_order() -> None:
    """Groups of linked items come in item order, whatever the order of the answers."""
    edges = edges_of(wb.Comparisons(list("abcdef"), {("e", "b"): 2, ("f", "c"): 2, ("b", "d"): 1}))
    assert components(edges) == ((0,), (1, 3, 4), (2, 5))


def test_weights_of_huge_logarithms_do_not_overflow() -> None:
    """Log priorities of ±1000 become weights without overflow."""
    weights = log_priorities_to_weights(np.array([1000.0, 0.0, -1000.0]))
    assert weights.tolist() == [1.0, 0.0, 0.0]


def test_completion_of_one_missing_entry_is_the_minimum() -> None:
    """With one entry missing, a bounded search over it finds no lower eigenvalue."""
    matrix = wb.Comparisons.from_upper(list("abcd"), [3, 1 / 5, 7, 2, None, 4]).matrix

    def root(log: float) -> float:
        trial = matrix.copy()
        trial[1, 3], trial[3, 1] = math.exp(log), math.exp(-log)
        return principal_eigenvector(trial)[1]

    found = minimize_scalar(root, bounds=(-8, 8), method="bounded", options={"xatol": 1e-10})
    completed = optimal_completion(matrix)
    assert principal_eigenvector(completed)[1] <= found.fun + 1e-10
    assert math.log(completed[1, 3]) == pytest.approx(found.x, abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(strategies.connected(least=4, most=6))
def test_completion_is_no_worse_than_a_general_optimiser(comparisons: wb.Comparisons) -> None:
    """Nelder–Mead on numpy's eigenvalues finds no lower λ_max."""
    matrix = comparisons.matrix
    i, j = np.nonzero(np.triu(np.isnan(matrix)))
    completed = optimal_completion(matrix)
    if not len(i):
        assert np.array_equal(completed, matrix)
        return

    def root(logs: Array) -> float:
        trial = matrix.copy()
        trial[i, j], trial[j, i] = np.exp(logs), np.exp(-logs)
        return float(np.linalg.eigvals(trial).real.max())

    start = np.log(completed[i, j])
    found = minimize(root, start + 0.1, method="Nelder-Mead", options={"maxfev": 600})
    assert principal_eigenvector(completed)[1] <= found.fun + 1e-9


@FEW
@given(strategies.connected(least=3, largest=1e9))
def test_completion_keeps_the_answers_and_is_reciprocal(comparisons: wb.Comparisons) -> None:
    """Only the unanswered entries are filled, with positive reciprocal values."""
    matrix = comparisons.matrix
    completed = optimal_completion(matrix)
    known = ~np.isnan(matrix)
    assert np.array_equal(completed[known], matrix[known])
    assert completed * completed.T == pytest.approx(np.ones_like(completed), rel=1e-9)


def test_completion_of_a_spanning_tree_is_consistent() -> None:
    """A chain of answers completes to a consistent matrix."""
    matrix = wb.Comparisons(list("abcd"), {("a", "b"): 2, ("b", "c"): 3, ("c", "d"): 4}).matrix
    completed = optimal_completion(matrix)
    assert completed[0] == pytest.approx([1, 2, 6, 24])
    assert principal_eigenvector(completed)[1] == 4.0


def test_completion_leaves_its_input_alone() -> None:
    """The matrix passed in is not changed, and a complete one comes back as a copy."""
    matrix = wb.Comparisons.from_upper(list("abc"), [3, None, 2]).matrix
    before = matrix.copy()
    optimal_completion(matrix)
    assert np.array_equal(matrix, before, equal_nan=True)
    full = wb.Comparisons.from_upper(list("abc"), [3, 5, 2]).matrix
    copy = optimal_completion(full)
    copy[0, 1] = 99
    assert full[0, 1] == pytest.approx(3)
