"""Scores after a change equal those of the changed table ranked from scratch."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.methods.tables import problems, sample, table, weigh

import weighbridge as wb
from weighbridge.errors import ConventionWarning, InputError
from weighbridge.robustness.rescoring import as_weights, rescorer, rows_to_try

WAYS: tuple[tuple[str, dict[str, str]], ...] = (
    ("topsis", {}),
    ("topsis", {"normalization": "vector"}),
    ("topsis", {"normalization": "minmax"}),
    ("topsis", {"normalization": "sum"}),
    ("topsis", {"normalization": "max"}),
    ("topsis", {"normalization": "none"}),
    ("promethee-ii", {}),
    ("weighted-sum", {}),
    ("weighted-sum", {"normalization": "minmax"}),
    ("weighted-sum", {"normalization": "vector"}),
    ("weighted-product", {}),
    ("vikor", {}),
    ("copras", {}),
    ("mabac", {}),
    ("borda", {}),
    ("spotis", {}),
)
PREFERENCES = (
    wb.Preference("usual"),
    wb.Preference("u-shape", q=1.0),
    wb.Preference("v-shape", p=3.0),
    wb.Preference("level", q=1.0, p=3.0),
    wb.Preference("linear", q=0.5, p=3.0),
    wb.Preference("gaussian", s=2.0),
)


def build(values: Any, signs: Sequence[int], preference: wb.Preference | None = None) -> wb.DecisionMatrix:
    """Return a table whose declared range holds everything the tests draw."""
    return table(values, signs, bounds=(0.5, 20.0), preference=preference)


def expected(method: str, values: Any, signs: Any, weights: Any, parameters: dict[str, str], **more: Any) -> Any:
    """Return the scores of a table ranked from scratch, turned so that more is better."""
    matrix = build(values, signs, **more)
    result: Any = wb.rank(matrix, weigh(matrix, weights), method=method, **parameters)
    scores = result.scores_array if result.higher_is_better else -result.scores_array
    return np.log(scores) if method == "weighted-product" and not parameters else scores


@pytest.mark.parametrize(("method", "parameters"), WAYS, ids=str)
def test_a_changed_table_scores_as_if_ranked_anew(method: str, parameters: dict[str, str]) -> None:
    """Without a row, with one more, with one replaced: the same scores as ranking that table, for every method."""
    values, signs, weights = sample(3, 9, 4)
    ready = rescorer(build(values, signs), method, **parameters)
    new = np.array([2.0, 7.5, 3.25, 8.0])
    changed = values.copy()
    changed[4] = new
    cases = (
        (ready.whole, values),
        (ready.without(2), np.delete(values, 2, axis=0)),
        (ready.added(new), np.vstack((values, new))),
        (ready.replaced(4, new), changed),
        (ready.of(values[[1, 5]]), values[[1, 5]]),
    )
    for found, whole in cases:
        np.testing.assert_allclose(
            found.scores(weights), expected(method, whole, signs, weights, parameters), rtol=1e-12, atol=1e-13
        )


@pytest.mark.parametrize("preference", PREFERENCES, ids=str)
@given(problem=problems(least_rows=3), row=st.integers(0, 2))
@settings(max_examples=15, deadline=None)
def test_flows_without_a_molecule_need_no_new_comparison(
    preference: wb.Preference, problem: tuple[Any, Any, Any], row: int
) -> None:
    """Taking a molecule's own comparisons out of the flows equals comparing all others again, ties and all."""
    values, signs, weights = problem
    ready = rescorer(build(values, signs, preference), "promethee-ii")
    found = ready.without(row).scores(weights)
    rest = np.delete(values, row, axis=0)
    wanted = expected("promethee-ii", rest, signs, weights, {}, preference=preference)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-13)
    fresh = wb.rank(build(rest, signs, preference), weigh(build(rest, signs), weights), method="promethee-ii")
    np.testing.assert_array_equal(ready.ranks(found, weights), fresh.ranks)


@given(
    problem=problems(least_rows=2), row=st.integers(0, 1), cells=st.lists(st.integers(4, 64), min_size=4, max_size=4)
)
@settings(max_examples=40, deadline=None)
def test_flows_with_another_molecule(problem: tuple[Any, Any, Any], row: int, cells: list[int]) -> None:
    """A molecule added or replaced changes the flows as a new count of all pairs does, and they sum to 0."""
    values, signs, weights = problem
    new = np.array(cells[: values.shape[1]]) / 4
    preference = PREFERENCES[4]
    ready = rescorer(build(values, signs, preference), "promethee-ii")
    changed = values.copy()
    changed[row] = new
    for found, whole in ((ready.added(new), np.vstack((values, new))), (ready.replaced(row, new), changed)):
        scores = found.scores(weights)
        wanted = expected("promethee-ii", whole, signs, weights, {}, preference=preference)
        np.testing.assert_allclose(scores, wanted, rtol=0, atol=1e-13)
        assert abs(scores.sum()) < 1e-12


def test_a_neutral_missing_value_stays_indifferent() -> None:
    """PROMETHEE without a molecule keeps a missing neutral value indifferent to the others."""
    values = np.array([[1.0, 5.0], [np.nan, 4.0], [3.0, 2.0], [4.0, 1.0]])
    matrix = table(values, [1, 1], bounds=(0.0, 10.0), missing="neutral")
    ready = rescorer(matrix, "promethee-ii")
    fresh: Any = wb.rank(matrix.take([0, 1, 2]), {"c0": 1, "c1": 1}, method="promethee-ii")
    np.testing.assert_allclose(ready.without(3).scores(np.array([0.5, 0.5])), fresh.scores_array, atol=1e-15)


def test_scores_of_a_lower_is_better_method_are_turned() -> None:
    """VIKOR's best molecule, whose Q is lowest, has the highest score here."""
    values, signs, weights = sample(5, 7, 3)
    matrix = build(values, signs)
    ready = rescorer(matrix, "vikor")
    ranking: Any = wb.rank(matrix, weigh(matrix, weights), method="vikor")
    np.testing.assert_array_equal(ready.ranks(ready.whole.scores(weights), weights), ranking.ranks)


@pytest.mark.parametrize(("method", "parameters"), WAYS, ids=str)
def test_ranks_are_those_of_rank(method: str, parameters: dict[str, str]) -> None:
    """The ranks of the unchanged table are those of `wb.rank`, with ties, for every method."""
    values, signs, weights = sample(6, 8, 3)
    values[3] = values[5]
    matrix = build(values, signs)
    ready = rescorer(matrix, method, **parameters)
    ranking: Any = wb.rank(matrix, weigh(matrix, weights), method=method, **parameters)
    np.testing.assert_array_equal(ready.ranks(ready.whole.scores(weights), weights), ranking.ranks)


@pytest.mark.parametrize(("method", "parameters"), WAYS, ids=str)
def test_proof_holds_where_it_is_claimed(method: str, parameters: dict[str, str]) -> None:
    """Where a method claims that each score depends on its molecule alone, no other molecule moves it."""
    values, signs, weights = sample(8, 6, 3)
    ready = rescorer(build(values, signs), method, **parameters)
    whole = ready.whole.scores(weights)
    moved = any(
        np.abs(ready.without(row).scores(weights) - np.delete(whole, row)).max() > 1e-9 for row in range(len(values))
    )
    assert bool(ready.proof) == (method != "spotis" and not moved)


def test_values_beyond_the_range_undo_the_proof() -> None:
    """`outside: extend` lets a value move the ideal, and then nothing is claimed for TOPSIS."""
    inside = table([[1.0], [9.0]], bounds=(0.0, 10.0), outside="extend")
    beyond = table([[1.0], [11.0]], bounds=(0.0, 10.0), outside="extend")
    assert rescorer(inside, "topsis").proof
    assert not rescorer(beyond, "topsis").proof
    assert rescorer(beyond, "weighted-sum").proof


def test_two_and_one_molecules() -> None:
    """Of two molecules one can go, and the one that stays has a score."""
    ready = rescorer(build([[2.0, 3.0], [4.0, 1.0]], [1, -1]), "promethee-ii")
    assert ready.without(0).scores(np.array([0.5, 0.5])).tolist() == [0.0]
    alone = rescorer(build([[2.0, 3.0]], [1, -1]), "promethee-ii")
    scores = alone.added(np.array([3.0, 2.0])).scores(np.array([0.5, 0.5]))
    assert scores.tolist() == [-1.0, 1.0]


def test_a_convention_is_warned_of_once() -> None:
    """A ratio rule on undeclared scales warns where it is prepared, and not again at every change."""
    values, signs, weights = sample(2, 5, 2)
    matrix = table(values, signs, scale=None)
    with pytest.warns(ConventionWarning, match="declare none"):
        ready = rescorer(matrix, "copras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ready.without(0).scores(weights).shape == (4,)


def test_what_cannot_be_rescored() -> None:
    """A partial order, an unknown method and a product of a value that is not positive are refused in words."""
    matrix = build([[2.0, 3.0], [4.0, 1.0]], [1, -1])
    with pytest.raises(InputError, match="complete ranking"):
        rescorer(matrix, "promethee-i")
    with pytest.raises(InputError, match="unknown method"):
        rescorer(matrix, "topsy")
    with pytest.raises(InputError, match="takes no parameter 'normalisation'"):
        rescorer(matrix, "topsis", normalisation="vector")
    with pytest.raises(InputError, match=r"column 'c1': the weighted product is defined for values above 0"):
        rescorer(matrix, "weighted-product").added(np.array([1.0, 0.0]))


@given(n=st.integers(1, 60), top=st.integers(1, 20), limit=st.integers(1, 40), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_rows_to_try_hold_the_leading_ones(n: int, top: int, limit: int, seed: int) -> None:
    """All rows up to the limit; of more exactly the limit, each once, in order, the leading ones among them."""
    scores = np.random.default_rng(seed).permutation(n).astype(float)
    rows = rows_to_try(scores, top, limit, seed)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert rows.size == min(n, limit)
    assert {row for row in range(n) if scores[row] >= n - min(top, limit)} <= set(rows.tolist())
    assert rows_to_try(scores, top, limit, seed).tolist() == rows.tolist()


def test_weights_of_any_kind() -> None:
    """Mappings, Series and Weights are taken alike; a negative weight is refused."""
    for given_weights in ({"a": 1, "b": 3}, pd.Series({"a": 1, "b": 3})):
        assert dict(as_weights(given_weights)) == {"a": 0.25, "b": 0.75}
    ready = wb.Weights({"a": 1.0})
    assert as_weights(ready) is ready
    with pytest.raises(InputError, match="negative"):
        as_weights({"a": -1, "b": 2})
