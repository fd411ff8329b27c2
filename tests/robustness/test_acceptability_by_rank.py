"""Acceptability against `rank` asked once a draw: ties, costs, missing scores, drawn tables, refused draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import weighbridge as wb
from weighbridge.robustness.acceptability import acceptability

METHODS = ("topsis", "promethee-ii", "weighted-sum", "weighted-product")
FIELDS = {"worst": 0.0, "best": 10.0, "scale": "ratio", "preference": wb.Preference("linear", q=0.5, p=4.0)}


def gains_and_a_cost(values: Any, **common: Any) -> wb.DecisionMatrix:
    """Return a matrix of two gains and a cost between 0 and 10."""
    criteria = {
        "x": wb.Criterion(direction="gain", **(FIELDS | common)),
        "y": wb.Criterion(direction="gain", **(FIELDS | common)),
        "z": wb.Criterion(direction="cost", **(FIELDS | {"worst": 10.0, "best": 0.0} | common)),
    }
    labels = [f"M{i + 1}" for i in range(len(values))]
    return wb.DecisionMatrix(
        pd.DataFrame(np.asarray(values, dtype=float), columns=list(criteria), index=labels), criteria
    )


def shares_by_rank(rankings: list[wb.Ranking], n: int) -> np.ndarray:
    """Return how often each molecule takes each place; g molecules tied from place p on share places p to p + g − 1."""
    counts = np.zeros((n, n))
    for ranking in rankings:
        ranks = ranking.ranks.to_numpy()
        for i, rank in enumerate(ranks):
            tied = int((ranks == rank).sum())
            counts[i, rank - 1 : rank - 1 + tied] += 1 / tied
    return counts / len(rankings)


def weights_of(draws: np.ndarray) -> list[dict[str, float]]:
    """Return drawn weights by criterion."""
    return [dict(zip("xyz", map(float, one), strict=True)) for one in draws]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("digits", [0, 6])
def test_given_weights_one_by_one(method: str, digits: int) -> None:
    """Places, chances of the first two and wins are those of as many rankings, ties shared."""
    rng = np.random.default_rng(1)
    matrix = gains_and_a_cost((rng.random((7, 3)) * 8 + 1).round(digits))
    draws = rng.dirichlet(np.ones(3), 60).round(1)
    draws = draws[draws.sum(axis=1) > 0]
    found = acceptability(matrix, None, method, weight_model=draws, top=2, tolerance=None)
    rankings = [wb.rank(matrix, one, method) for one in weights_of(draws)]
    expected = shares_by_rank(rankings, 7)
    np.testing.assert_allclose(found.rank_acceptability.loc[matrix.labels], expected, rtol=0, atol=1e-12)
    assert found.samples == len(draws)
    ranks = np.array([one.ranks.to_numpy() for one in rankings])
    wins = (ranks[:, :, None] < ranks[:, None, :]).mean(axis=0) + (ranks[:, :, None] == ranks[:, None, :]).mean(
        axis=0
    ) / 2
    np.fill_diagonal(wins, 0.0)
    np.testing.assert_allclose(found.pairwise.loc[matrix.labels, matrix.labels], wins, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_given_scores_and_weights_one_by_one(method: str) -> None:
    """Every drawn table is a matrix of its own, ranked under its own draw of the weights."""
    rng = np.random.default_rng(2)
    base = gains_and_a_cost(rng.random((5, 3)) * 8 + 1)
    tables, draws = rng.random((40, 5, 3)) * 8 + 1, rng.dirichlet(np.ones(3), 40)
    found = acceptability(base, None, method, weight_model=draws, uncertainty=tables, top=2, tolerance=None)
    rankings = [
        wb.rank(gains_and_a_cost(table), one, method) for table, one in zip(tables, weights_of(draws), strict=True)
    ]
    expected = shares_by_rank(rankings, 5)
    np.testing.assert_allclose(found.rank_acceptability.loc[base.labels], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("normalization", ["vector", "minmax", "sum", "max", "none"])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_scales_from_the_data_are_taken_anew_for_every_table(method: str, normalization: str) -> None:
    """Under each rule a drawn table is normalised by itself."""
    rng = np.random.default_rng(3)
    base = gains_and_a_cost(rng.random((4, 3)) * 8 + 1)
    tables, weights = rng.random((25, 4, 3)) * 8 + 1, {"x": 0.5, "y": 0.3, "z": 0.2}
    draws = np.tile([0.5, 0.3, 0.2], (25, 1))
    found = acceptability(
        base, None, method, weight_model=draws, uncertainty=tables, tolerance=None, normalization=normalization
    )
    rankings = [wb.rank(gains_and_a_cost(table), weights, method, normalization=normalization) for table in tables]
    np.testing.assert_allclose(
        found.rank_acceptability.loc[base.labels], shares_by_rank(rankings, 4), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(("rule", "methods"), [("worst", METHODS[:3]), ("neutral", METHODS[:3])])
def test_missing_scores_keep_their_rule(rule: str, methods: tuple[str, ...]) -> None:
    """Filled by `worst` and `neutral` they are certain, and count as in a ranking."""
    values = [[4.0, np.nan, 3.0], [5.0, 2.0, np.nan], [np.nan, 6.0, 6.0], [3.0, 3.0, 3.0]]
    matrix = gains_and_a_cost(values, missing=rule)
    draws = np.random.default_rng(4).dirichlet(np.ones(3), 50)
    for method in methods:
        found = acceptability(matrix, None, method, weight_model=draws, tolerance=None)
        assert not found.uncertain
        expected = shares_by_rank([wb.rank(matrix, one, method) for one in weights_of(draws)], 4)
        np.testing.assert_allclose(found.rank_acceptability.loc[matrix.labels], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("method", "parameters", "what"),
    [
        ("weighted-product", {}, "the weighted product is defined for values above 0"),
        ("topsis", {"normalization": "sum"}, "normalization 'sum' is not defined for this value"),
        ("weighted-sum", {"normalization": "max"}, "normalization 'max' is not defined for this value"),
    ],
)
def test_draws_outside_a_method_s_domain_are_refused(method: str, parameters: dict[str, str], what: str) -> None:
    """As `rank` refuses such scores: a mean share over meaningless numbers would look like an answer."""
    open_ended = {"worst": None, "best": None}
    frame = pd.DataFrame({"x": [3.0, 2.0, 1.0], "y": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    criteria = {name: wb.Criterion(direction="gain", scale="ratio", **open_ended) for name in frame}
    matrix = wb.DecisionMatrix(frame, criteria)
    with pytest.raises(wb.InputError, match=what):
        acceptability(matrix, {"x": 1, "y": 1}, method, samples=200, uncertainty={"x": 20.0}, **parameters)
    calm = acceptability(matrix, {"x": 1, "y": 1}, method, samples=200, uncertainty={"x": 0.01}, top=1, **parameters)
    assert calm.top_probability.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("method", METHODS)
def test_one_molecule_is_always_first(method: str) -> None:
    """With uncertain scores, too; it is its own group."""
    matrix = gains_and_a_cost([[5.0, 5.0, 5.0]])
    found = acceptability(matrix, None, method, samples=100, uncertainty={"x": 0.1})
    assert found.rank_acceptability.to_numpy().tolist() == [[1.0]]
    assert found.top_probability.tolist() == found.confidence.tolist() == [1.0]
    assert [one.labels for one in found.groups] == [("M1",)]
