"""Many drawn tables at once score as each by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.robustness.smaa_tables import random_table, table

import weighbridge as wb
from weighbridge.robustness.drawn import stack_of, tables_at_once, treats_rows_alone
from weighbridge.robustness.forms import LinearForm, scorer
from weighbridge.robustness.uncertainty import ScoreDraws, score_draws

METHODS: list[tuple[str, dict[str, Any]]] = [
    ("topsis", {}),
    ("topsis", {"normalization": "minmax"}),
    ("weighted-sum", {}),
    ("weighted-sum", {"normalization": "none"}),
    ("weighted-sum", {"normalization": "minmax"}),
    ("promethee-ii", {}),
    ("weighted-product", {}),
]


def draws_for(matrix: wb.DecisionMatrix) -> ScoreDraws:
    """Return draws of every score."""
    found, _ = score_draws(matrix, dict.fromkeys(matrix.names, (0.1, 0.9)), neutral_as_nan=False)
    assert found is not None
    return found


@pytest.mark.parametrize(("method", "parameters"), METHODS)
def test_stacked_scores_are_those_of_every_table(method: str, parameters: dict[str, Any]) -> None:
    """Stacking changes no score beyond rounding, for one set of weights a table and for several."""
    matrix = random_table(7, 3)
    bound, draws = scorer(matrix, method, **parameters), draws_for(matrix)
    tables = draws.start(0).take(6)
    weights = np.random.default_rng(0).dirichlet(np.ones(3), 6)
    stack = stack_of(bound, tables, rows_alone=treats_rows_alone(bound, draws))
    expected = [bound.redraw(one).scores(own) for one, own in zip(tables, weights, strict=True)]
    np.testing.assert_allclose(stack.scores(weights[:, None, :])[:, 0], expected, atol=1e-12)
    every = [bound.redraw(one).scores(weights) for one in tables]
    np.testing.assert_allclose(stack.scores(weights), every, atol=1e-12)


@pytest.mark.parametrize(("method", "parameters"), METHODS)
def test_sizes_are_not_less_than_the_scores(method: str, parameters: dict[str, Any]) -> None:
    """Rounding is measured by numbers at least as large as what they add up to."""
    matrix = random_table(5, 3)
    bound, draws = scorer(matrix, method, **parameters), draws_for(matrix)
    weights = np.random.default_rng(1).dirichlet(np.ones(3), 4)
    stack = stack_of(bound, draws.start(0).take(4), rows_alone=treats_rows_alone(bound, draws))
    scores = stack.scores(weights[:, None, :])
    sizes = stack.sizes(weights[:, None, :], scores)
    assert sizes.shape == (4, 1)
    assert (sizes[:, 0] >= np.abs(scores[:, 0]).max(axis=1) - 1e-12).all()


@pytest.mark.parametrize(
    ("method", "parameters", "outside", "alone"),
    [
        ("topsis", {}, "refuse", True),
        ("topsis", {}, "clip", True),
        ("topsis", {}, "extend", False),
        ("topsis", {"normalization": "minmax"}, "refuse", False),
        ("weighted-sum", {}, "extend", True),
        ("weighted-sum", {"normalization": "none"}, "refuse", True),
        ("weighted-sum", {"normalization": "minmax"}, "refuse", False),
        ("weighted-product", {}, "refuse", True),
        ("promethee-ii", {}, "refuse", False),
    ],
)
def test_who_looks_at_molecules_one_by_one(
    method: str, parameters: dict[str, Any], outside: str, *, alone: bool
) -> None:
    """Only where a molecule's form cannot depend on the others may tables be put on top of each other."""
    matrix = table(np.random.default_rng(0).random((4, 2)), outside=outside)
    assert treats_rows_alone(scorer(matrix, method, **parameters), draws_for(matrix)) == alone


def test_a_value_beyond_the_range_moves_the_ideal_of_its_own_draw_only() -> None:
    """Under extend the ideal is the draw's, so tables are scored one by one."""
    matrix = table([[0.5, 0.5], [0.4, 0.6]], outside="extend")
    tables = np.array([[[2.0, 0.5], [0.4, 0.6]], [[0.5, 0.5], [0.4, 0.6]]])
    bound = scorer(matrix, "topsis")
    draws, _ = score_draws(matrix, tables, neutral_as_nan=False)
    assert draws is not None
    stack = stack_of(bound, tables, rows_alone=treats_rows_alone(bound, draws))
    weights = np.array([0.5, 0.5])
    np.testing.assert_allclose(stack.scores(weights[None, None, :])[1, 0], bound.form.scores(weights))


def test_tables_held_at_a_time_fit_into_their_memory() -> None:
    """At least one, at most a thousand, 4 MB between."""
    assert tables_at_once(2, 2) == 1_000
    assert tables_at_once(10_000, 12) == 4
    assert tables_at_once(10**7, 12) == 1


def test_linear_forms_have_no_far_side() -> None:
    """A stack knows from its form how to score."""
    matrix = random_table(3, 2)
    bound = scorer(matrix, "weighted-sum")
    assert isinstance(bound.form, LinearForm)
    assert stack_of(bound, matrix.values[None], rows_alone=True).far is None
