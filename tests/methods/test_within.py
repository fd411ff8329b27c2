"""Contributions of methods whose every score depends on the whole table."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.tables import problems, ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.within import EXACT_CRITERIA, SPREAD_ROWS, anti_ideal, average, rank_within_table

TABLES = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)), elements=st.floats(-50, 50))


def ranking_of(matrix, score, values=None, point=None, **keywords):
    """Rank a matrix by a scorer of ours."""
    values = matrix.filled() if values is None else values
    given_ = {"method": "own", "higher_is_better": True, "parameters": {}, "notes": (), "details": {}} | keywords
    return rank_within_table(
        matrix, values, score, point=anti_ideal(matrix, values) if point is None else np.array(point), **given_
    )


# --- the points values are replaced by ----------------------------------------------------------------------


def test_the_anti_ideal_is_the_worst_value_of_each_column() -> None:
    """The smallest gain and the largest cost, where nothing is declared."""
    matrix = table([[1, 5], [3, 9]], [1, -1])
    assert anti_ideal(matrix, matrix.values).tolist() == [1, 9]


def test_the_declared_worst_comes_before_the_columns() -> None:
    """A range of the study holds whatever molecules are in the table."""
    matrix = table([[1, 5], [3, 9]], [1, -1], bounds=[(0, 10), (2, 20)])
    assert anti_ideal(matrix, matrix.values).tolist() == [0, 20]


@pytest.mark.parametrize(("low", "expected"), [(-4.0, 1.0), (0.0, 1.0), (0.5, 0.5)])
def test_a_declared_worst_that_is_not_positive_is_not_used_by_methods_of_ratios(low: float, expected: float) -> None:
    """At 0 or below COPRAS and its like are undefined; the column's own worst serves."""
    matrix = table([[1.0], [3.0]], bounds=(low, 10))
    assert anti_ideal(matrix, matrix.values, positive=True).tolist() == [expected]
    assert anti_ideal(matrix, matrix.values).tolist() == [low]


@given(TABLES)
def test_the_average_is_the_mean_and_of_equal_values_that_value(values: np.ndarray) -> None:
    """A constant column keeps its value to the last bit, so that it deviates by exactly 0."""
    found = average(values)
    for j in range(values.shape[1]):
        column = values[:, j]
        if len(set(column.tolist())) == 1:
            assert found[j] == column[0]
        else:
            assert found[j] == pytest.approx(math.fsum(column) / len(column), abs=1e-9)


def test_the_average_of_tenths_is_a_tenth() -> None:
    """The plain mean of ten times 0.1 is not 0.1; this one is."""
    assert average(np.full((10, 1), 0.1)).tolist() == [0.1]


# --- contributions ------------------------------------------------------------------------------------------


def test_contributions_to_a_sum_are_the_differences_from_the_point() -> None:
    """Score Σ x: each criterion adds x − worst, and the base is Σ worst."""
    ranking = ranking_of(table([[1, 5], [3, 9], [2, 7]]), lambda values: values.sum(axis=1))
    assert_allclose(ranking.contributions.to_numpy(), [[0, 0], [2, 4], [1, 2]])
    assert_allclose(ranking.base_of([0, 1, 2]), [6, 6, 6])
    assert ranking.scores.tolist() == [6, 12, 9]


def test_contributions_to_a_product_share_the_interaction() -> None:
    """Score x·y from (1, 1): of 3 · 5 − 1 the first gets ½(3 − 1)(1 + 5) = 6, the second ½(5 − 1)(1 + 3) = 8."""
    ranking = ranking_of(table([[1, 1], [3, 5]]), lambda values: values.prod(axis=1))
    assert_allclose(ranking.contributions.to_numpy()[1], [6, 8])
    assert_allclose(ranking.base_of([1]), [1])


def test_replacing_a_value_moves_the_scale_of_the_whole_table() -> None:
    """Score x / max x: with its value replaced the first molecule is scored beside the others as they are."""
    ranking = ranking_of(table([[4.0], [2.0], [1.0]]), lambda values: values[:, 0] / values[:, 0].max())
    assert_allclose(ranking.scores_array, [1, 0.5, 0.25])
    # (4, 2, 1) becomes (1, 2, 1): its score falls to 1/2. The others' scale stays 4.
    assert_allclose(ranking.base_of([0, 1, 2]), [0.5, 0.25, 0.25])
    assert_allclose(ranking.contributions.to_numpy()[:, 0], [0.5, 0.25, 0.0])


def test_effective_weights_are_measured_beside_an_unchanged_table() -> None:
    """The average molecule stands in a row of its own, so the scale stays the table's."""
    seen = []

    def score(values):
        seen.append(len(values))
        return values.sum(axis=1)

    ranking = ranking_of(table([[1, 5], [3, 9], [2, 4]]), score)
    seen.clear()
    weights = ranking.effective_weights
    assert set(seen) == {4}
    assert weights.sum() == pytest.approx(1.0)


def test_a_constant_criterion_carries_no_weight_whatever_it_would_add() -> None:
    """A column that does not vary cannot explain differences."""
    ranking = ranking_of(table([[1, 7], [3, 7], [2, 7]]), lambda values: values.sum(axis=1))
    assert ranking.effective_weights.to_dict() == {"c0": 1.0, "c1": 0.0}


@given(problems(most_rows=4, most_criteria=3))
def test_contributions_are_the_average_over_all_orders(problem: tuple) -> None:
    """An interacting score, its coalitions rebuilt one order at a time with the whole table scored each time."""
    values, signs, _ = problem
    matrix = table(values, signs)

    def score(array):
        return np.sqrt((array**2).sum(axis=1)) / np.abs(array).sum()

    point = anti_ideal(matrix, values)
    n, m = values.shape
    expected = np.zeros((n, m))
    for i in range(n):
        for order in permutations(range(m)):
            changed = values.copy()
            changed[i] = point
            for j in order:
                before = score(changed)[i]
                changed[i, j] = values[i, j]
                expected[i, j] += (score(changed)[i] - before) / math.factorial(m)
    ranking = ranking_of(matrix, score)
    assert_allclose(ranking.contributions.to_numpy(), expected, rtol=0, atol=1e-12)
    assert_allclose(expected.sum(axis=1) + ranking.base_of(range(n)), ranking.scores_array, atol=1e-12)


def test_the_scorer_never_gets_the_callers_table_to_spoil() -> None:
    """Scoring coalitions leaves the values as they were."""
    values = np.array([[1.0, 5.0], [3.0, 9.0]])
    before = values.copy()
    ranking_of(table(values), lambda array: array.sum(axis=1), values).contributions  # noqa: B018
    assert_array_equal(values, before)


def test_a_score_that_is_undefined_at_the_point_is_an_error_that_names_the_method() -> None:
    """1/x is no score at x = 0; NaN never becomes a contribution."""
    ranking = ranking_of(table([[1.0], [2.0]]), lambda values: 1 / values[:, 0], point=[0.0], method="own")
    assert ranking.scores.tolist() == [1.0, 0.5]
    with pytest.raises(InputError) as caught:
        ranking.contributions  # noqa: B018
    assert str(caught.value) == (
        "method 'own' has no score for a molecule with some of its values at the reference point, "
        "so its contributions are undefined. Read the contributions of another method"
    )


def test_the_last_criterion_that_is_exact_and_the_first_that_is_sampled() -> None:
    """Up to ten criteria every coalition is scored and no note says otherwise."""
    for m, notes in ((EXACT_CRITERIA, 0), (EXACT_CRITERIA + 1, 1)):
        ranking = ranking_of(table(np.arange(2.0 * m).reshape(2, m)), lambda values: values.sum(axis=1))
        assert len(ranking.notes) == notes
        assert_allclose(ranking.contributions.to_numpy()[1], np.full(m, m))


def test_the_record_of_a_ranking_is_what_was_handed_over() -> None:
    """Method, direction, parameters, details and notes, in that order of notes."""
    details = {"S": np.array([1.0, 2.0])}
    matrix = wb.DecisionMatrix(pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"]), {"a": wb.Criterion(direction="gain")})
    ranking = ranking_of(
        matrix, lambda v: v[:, 0], higher_is_better=False, parameters={"v": 0.5}, notes=("first",), details=details
    )
    assert (ranking.method, ranking.criteria, list(ranking.labels)) == ("own", ("a",), ["x", "y"])
    assert (dict(ranking.parameters), ranking.notes) == ({"v": 0.5}, ("first",))
    assert ranking.details["S"].tolist() == [1.0, 2.0]
    assert ranking.ranks.tolist() == [1, 2]
    assert (ranking.deviate_limit, ranking.magnitude) == (SPREAD_ROWS, 1.0)


@pytest.mark.parametrize("method", ["vikor", "copras", "mabac", "waspas"])
def test_contributions_do_not_depend_on_the_order_of_rows_or_columns(method: str) -> None:
    """Molecules and criteria may stand in any order."""
    values, signs, weights = sample(11, 5, 3)
    plain = ranked(table(values, signs), method, weights).contributions.to_numpy()
    rows = ranked(table(values[::-1], signs), method, weights).contributions.to_numpy()
    columns = ranked(table(values[:, ::-1], signs[::-1]), method, weights[::-1]).contributions.to_numpy()
    assert_allclose(rows[::-1], plain, rtol=0, atol=1e-12)
    assert_allclose(columns[:, ::-1], plain, rtol=0, atol=1e-12)
