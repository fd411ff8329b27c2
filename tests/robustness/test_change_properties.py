"""What the smallest change of weights has in common with intervals, closed forms, mirrors, copies and itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import forms_of, matrix_of, named

import weighbridge as wb
from weighbridge.robustness.change import SmallestChange, smallest_change
from weighbridge.robustness.change_linear import nearest_weights, obstacles
from weighbridge.robustness.change_topsis import near_weights
from weighbridge.robustness.forms import RatioForm
from weighbridge.robustness.stability import stability_intervals

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
LINEAR = ("promethee-ii", "weighted-sum", "weighted-product")
seeds = st.integers(0, 10**6)


def problem(seed: int, n: int, m: int) -> tuple[wb.DecisionMatrix, np.ndarray]:
    """Return a random matrix and weights."""
    rng = np.random.default_rng(seed)
    return matrix_of(rng.random((n, m)) * 0.9 + 0.05, scale="ratio"), rng.dirichlet(np.ones(m))


def distances(matrix: wb.DecisionMatrix, weights: Any, method: str, top: int = 1) -> np.ndarray:
    """Return the distance of every molecule."""
    return np.array([smallest_change(matrix, weights, label, method, top=top).distance for label in matrix.labels])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=10, deadline=None)
@given(seed=seeds, top=st.integers(1, 3))
def test_two_criteria_agree_with_the_interval(method: str, seed: int, top: int) -> None:
    """The nearest end that anybody overtakes at is the nearest change of anybody who is not among the first today."""
    matrix, weights = problem(seed, 5, 2)
    one = stability_intervals(matrix, named(weights), method, top=top)["c0"]
    ways = [abs(end - weights[0]) for end, comer in zip(one[:2], one[2:], strict=True) if comer is not None]
    found = distances(matrix, named(weights), method, top)
    assert (found == 0).sum() >= top
    assert found[found > 0].min() == pytest.approx(2 * min(ways, default=math.inf), abs=1e-9)


@pytest.mark.parametrize("method", LINEAR)
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_an_overtaker_is_never_further_than_its_end(method: str, seed: int) -> None:
    """The end of an interval is one way to put the overtaker first, 2 (1 − Σ …) away or nearer."""
    matrix, weights = problem(seed, 6, 3)
    for k, one in enumerate(stability_intervals(matrix, named(weights), method).values()):
        for end, comer in zip(one[:2], one[2:], strict=True):
            if comer is not None:
                found = smallest_change(matrix, named(weights), comer, method)
                assert found.distance <= 2 * abs(end - weights[k]) + 1e-9


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=3, deadline=None)
@given(seed=seeds, top=st.integers(1, 2))
def test_where_one_has_arrived_nothing_more_is_needed(method: str, seed: int, top: int) -> None:
    """Asked again under the weights that were found, the distance is 0."""
    matrix, weights = problem(seed, 6, 3)
    for label in matrix.labels[:1]:
        found = smallest_change(matrix, named(weights), label, method, top=top)
        if found.weights is not None:
            again = smallest_change(matrix, found.weights, label, method, top=top)
            assert (again.distance, again.rank <= top) == (0.0, True)


@pytest.mark.parametrize("method", LINEAR)
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_more_places_are_never_further(method: str, seed: int) -> None:
    """Distances fall as places are added, to 0 where everybody has one."""
    matrix, weights = problem(seed, 5, 3)
    rows = np.array([distances(matrix, named(weights), method, top) for top in (1, 2, 3, 5)])
    finite = np.where(np.isinf(rows), 9.0, rows)
    assert (np.diff(finite, axis=0) <= 1e-9).all()
    assert rows[-1].tolist() == [0.0] * 5


@pytest.mark.parametrize("method", LINEAR)
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_rivals_who_do_not_bind_do_not_matter(method: str, seed: int) -> None:
    """Leaving out a rival never makes it further; leaving out all but the binding ones keeps the distance."""
    matrix, weights = problem(seed, 7, 3)
    if method == "promethee-ii":  # its flows change with the rivals: take those of the whole table
        return
    found = smallest_change(matrix, named(weights), "A1", method)
    fewer = smallest_change(matrix.take(np.arange(5)), named(weights), "A1", method)
    assert fewer.distance <= found.distance + 1e-9
    if found.feasible and found.binding:
        kept = [0, *(matrix.labels.get_loc(label) for label in found.binding)]
        bound = smallest_change(matrix.take(np.array(kept)), named(weights), "A1", method)
        assert bound.distance == pytest.approx(found.distance, abs=1e-8)


@pytest.mark.parametrize("method", ["promethee-ii", "weighted-sum"])
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_a_cost_is_a_mirrored_gain(method: str, seed: int) -> None:
    """1 − x as a cost from 1 to 0 needs the same weights."""
    matrix, weights = problem(seed, 6, 3)
    criteria = {
        name: wb.Criterion(direction="cost", worst=1.0, best=0.0, preference=one.preference)
        for name, one in matrix.criteria.items()
    }
    mirrored = wb.DecisionMatrix(1.0 - matrix.to_frame(), criteria)
    np.testing.assert_allclose(
        distances(mirrored, named(weights), method), distances(matrix, named(weights), method), rtol=0, atol=1e-8
    )


@pytest.mark.parametrize("method", LINEAR)
@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_rows_and_columns_may_come_in_any_order(method: str, seed: int) -> None:
    """The distance of a molecule belongs to its label."""
    matrix, weights = problem(seed, 6, 3)
    rng = np.random.default_rng(seed)
    names = [matrix.names[j] for j in rng.permutation(3)]
    frame = matrix.to_frame().iloc[rng.permutation(6)][names]
    other = wb.DecisionMatrix(frame, {name: matrix.criteria[name] for name in names})
    one = pd.Series(distances(matrix, named(weights), method), index=matrix.labels)
    two = pd.Series(distances(other, named(weights), method), index=other.labels)
    np.testing.assert_allclose(two[one.index], one, rtol=0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_one_rival_has_a_closed_form(seed: int) -> None:
    """Weight moves from the criterion of the worst lead to that of the best, and on through the worse ones in turn."""
    rng = np.random.default_rng(seed)
    leads, weights = rng.normal(size=3), rng.dirichlet(np.ones(3))
    found = nearest_weights(leads[None], weights, 0).weights
    if leads.max() < 0:
        assert found is None
        return
    missing, best, moved = max(0.0, -float(leads @ weights)), int(leads.argmax()), 0.0
    for k in leads.argsort():
        if missing > 1e-15 and k != best:
            share = min(weights[k], missing / (leads[best] - leads[k]))
            missing, moved = missing - share * (leads[best] - leads[k]), moved + share
    assert found is not None
    assert np.abs(found - weights).sum() == pytest.approx(2 * moved, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, m=st.integers(2, 4))
def test_obstacles_bar_by_themselves(seed: int, m: int) -> None:
    """Among the obstacles alone there are still no weights that put the molecule first."""
    rng = np.random.default_rng(seed)
    values = rng.random((12, m))
    leads = values[int(values.mean(axis=1).argmin())] - np.delete(values, int(values.mean(axis=1).argmin()), axis=0)
    if nearest_weights(leads, np.full(m, 1 / m), 0).weights is None:
        rows = obstacles(leads)
        assert 1 <= rows.size <= m
        assert nearest_weights(leads[rows], np.full(m, 1 / m), 0).weights is None


def test_weights_that_do_are_not_denied_for_tiny_terms() -> None:
    """HiGHS's presolve calls this programme infeasible; all weight on the constant criterion makes everybody level."""
    values = np.array(
        [
            [-0.00080, 540.0, 930.0, 50.0],
            [-0.00063, 110.0, 550.0, 50.0],
            [-0.00029, 940.0, 410.0, 50.0],
            [-0.00016, 150.0, 940.0, 50.0],
            [-0.00085, 60.0, 590.0, 50.0],
            [-0.00039, 690.0, 110.0, 50.0],
            [-0.00027, 450.0, 350.0, 50.0],
        ]
    )
    weights = np.array([0.28267595430352876, 0.15402248637724708, 0.32249969091951136, 0.24080186839971274])
    leads = np.delete(values[1] - values, 1, axis=0)
    distance = [
        np.inf if found is None else float(np.abs(found - weights).sum())
        for found in (nearest_weights(leads, weights, allowed).weights for allowed in range(3))
    ]
    assert all(np.isfinite(distance))
    assert distance == sorted(distance, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_topsis_weights_are_level_by_the_closeness_itself(seed: int) -> None:
    """Two molecules alone leave a ranking no range to hide a difference in: `rank` calls them level or better."""
    rng = np.random.default_rng(seed)
    form, weights = forms_of(rng.random((2, 3)) * 1e-3)[1], rng.dirichlet(np.ones(3))
    assert isinstance(form, RatioForm)
    behind = int(form.scores(weights).argmin())
    found = near_weights(form, behind, weights, 0)
    assert found is not None
    scores = form.scores(found)
    assert scores[behind] >= scores[1 - behind] - 2.0**-48 * scores.max()


@pytest.mark.parametrize("normalization", ["minmax", "vector", "max", "sum", "bounds"])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_rank_agrees_under_every_normalization(method: str, normalization: str) -> None:
    """Under the weights that were found the same rule ranks the molecule within the places."""
    matrix, weights = problem(8, 6, 3)
    for label in matrix.labels[:2]:
        found = smallest_change(matrix, named(weights), label, method, top=2, normalization=normalization)
        if found.weights is not None:
            ranking = wb.rank(matrix, found.weights, method, normalization=normalization)
            assert ranking.ranks[label] <= 2


def test_a_corner_that_only_ties_is_found_under_topsis() -> None:
    """Level on one criterion and behind on the others: only all the weight on that one will do."""
    matrix = matrix_of([[0.5, 0.2, 0.3], [0.5, 0.6, 0.7]])
    found = smallest_change(matrix, named([0.2, 0.4, 0.4]), "A1", "topsis")
    assert found.feasible
    assert found.distance == pytest.approx(1.6, abs=1e-6)
    assert dict(found.weights or {}) == pytest.approx({"c0": 1.0, "c1": 0.0, "c2": 0.0}, abs=1e-6)


@pytest.mark.parametrize("factor", [1e-200, 1e140])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_tiny_and_huge_values_need_the_same_weights(method: str, factor: float) -> None:
    """A common factor of all values is no reason for another distance."""
    values, weights = np.random.default_rng(9).random((5, 3)) + 0.1, named([0.5, 0.3, 0.2])
    free = {"worst": None, "best": None, "scale": "ratio", "preference": None}
    one, two = (
        [
            smallest_change(matrix_of(values * unit, **free), weights, label, method, normalization="none").distance
            for label in ("A1", "A2")
        ]
        for unit in (1.0, factor)
    )
    assert two == pytest.approx(one, abs=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_weights_of_nought_may_be_given_some(method: str) -> None:
    """A molecule whose strength has no weight today needs that criterion to have some."""
    matrix = matrix_of([[0.2, 0.9], [0.8, 0.3]], scale="ratio")
    found = smallest_change(matrix, named([1.0, 0.0]), "A1", method)
    assert found.feasible
    assert found.changes["c1"] > 0
    assert found.binding == ("A2",)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("top", [3, 4, 1000])
def test_everybody_is_among_as_many_as_there_are(method: str, top: int) -> None:
    """With k ≥ n nothing has to change."""
    matrix, weights = problem(5, 3, 3)
    assert distances(matrix, named(weights), method, top).tolist() == [0.0, 0.0, 0.0]


def test_words_for_every_outcome() -> None:
    """First, among the first, at most, never, and never found are told apart."""
    weights = wb.Weights({"x": 0.5, "y": 0.5})
    common = {"alternative": "M", "rank": 3, "today": weights, "weights": weights}
    told = {
        "M is first today": SmallestChange(top=1, distance=0.0, feasible=True, exact=True, **(common | {"rank": 1})),
        "M is among the first 3 today": SmallestChange(top=3, distance=0.0, feasible=True, exact=True, **common),
        "M is first once 10.0% of the weight moves": SmallestChange(
            top=1, distance=0.2, feasible=True, exact=True, **common
        ),
        "M is among the first 2 once at most 10.0% of the weight moves": SmallestChange(
            top=2, distance=0.2, feasible=True, exact=False, **common
        ),
        "no weights put M first: behind A, B": SmallestChange(
            top=1, distance=math.inf, feasible=False, exact=True, obstacles=("A", "B"), **(common | {"weights": None})
        ),
        "no weights were found that put M among the first 2": SmallestChange(
            top=2, distance=math.inf, feasible=False, exact=False, **(common | {"weights": None})
        ),
    }
    assert [str(one) for one in told.values()] == list(told)


def test_the_messages_of_what_is_refused() -> None:
    """Word for word: the molecule, the places, the method."""
    matrix, weights = matrix_of([[0.1], [0.2]]), named([1.0])
    cases: list[tuple[dict[str, Any], str]] = [
        ({"alternative": 1}, "no such molecule; found 1; expected one of 'A1', 'A2'"),
        ({"alternative": "A1", "top": 1.5}, "top is no number of places; found 1.5; expected a whole number ≥ 1"),
        (
            {"alternative": "A1", "method": "vikor"},
            "robustness is not known for this method; found 'vikor'; "
            "expected one of 'topsis', 'promethee-ii', 'weighted-sum', 'weighted-product'",
        ),
    ]
    for arguments, message in cases:
        with pytest.raises(wb.InputError) as caught:
            smallest_change(matrix, weights, **arguments)
        assert str(caught.value) == message
