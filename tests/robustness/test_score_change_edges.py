"""`smallest_score_change` at the edges: costs, missing scores, open ranges, rules with a domain, tiny columns."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.robustness.score_change import ScoreChange, smallest_score_change

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
seeds = st.integers(0, 10**6)


def pair_of(first: dict[str, Any], second: dict[str, Any], rows: list[list[float]]) -> wb.DecisionMatrix:
    """Return molecules a, b, … on two criteria x and y."""
    labels = [chr(ord("a") + i) for i in range(len(rows))]
    frame = pd.DataFrame(rows, columns=["x", "y"], index=labels)
    return wb.DecisionMatrix(frame, {"x": wb.Criterion(**first), "y": wb.Criterion(**second)})


def rank_with(
    matrix: wb.DecisionMatrix, weights: Any, cell: tuple[str, str, float], method: str, **parameters: Any
) -> int:
    """Return the rank of a molecule once one of its scores is another."""
    label, name, score = cell
    frame = matrix.to_frame()
    frame.loc[label, name] = score
    changed = wb.DecisionMatrix(frame, matrix.criteria)
    return int(wb.rank(changed, weights, method, **parameters).ranks[label])


OPEN_GAIN = {"direction": "gain", "scale": "ratio"}
OPEN_COST = {"direction": "cost", "scale": "ratio"}


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, deadline=None)
@given(seed=seeds, top=st.integers(1, 3))
def test_no_score_on_a_grid_is_nearer(method: str, seed: int, top: int) -> None:
    """Every one of 10 scores between today's and the one needed ranks too low, and every one beyond does."""
    rng = np.random.default_rng(seed)
    matrix = matrix_of(rng.random((6, 2)) * 0.9 + 0.05, scale="ratio")
    weights = named(rng.dirichlet(np.ones(2)))
    for name, one in smallest_score_change(matrix, weights, "A1", method, top=top).items():
        needed = 1.0 if one.needed is None else one.needed
        assert one.current is not None
        for score in np.linspace(one.current, needed, 10, endpoint=False):
            within = rank_with(matrix, weights, ("A1", name, float(score)), method) <= top
            assert within == (one.feasible and score >= needed - 1e-9)
        if one.feasible:
            for score in np.linspace(needed, 1.0, 5):
                assert rank_with(matrix, weights, ("A1", name, float(score)), method) <= top


@pytest.mark.parametrize("method", ["promethee-ii", "topsis", "weighted-sum"])
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_a_cost_is_a_mirrored_gain(method: str, seed: int) -> None:
    """1 − x as a cost from 1 to 0 needs the mirrored change."""
    rng = np.random.default_rng(seed)
    matrix, weights = matrix_of(rng.random((6, 2))), named(rng.dirichlet(np.ones(2)))
    frame, criteria = 1.0 - matrix.to_frame(), dict(matrix.criteria)
    mirrored = {
        name: wb.Criterion(direction="cost", worst=1.0, best=0.0, preference=one.preference)
        for name, one in criteria.items()
    }
    gains = smallest_score_change(matrix, weights, "A1", method)
    costs = smallest_score_change(wb.DecisionMatrix(frame, mirrored), weights, "A1", method)
    for name, gain in gains.items():
        cost = costs[name]
        assert cost.feasible == gain.feasible
        assert cost.change == (None if gain.change is None else pytest.approx(-gain.change, abs=1e-8))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_more_places_never_need_more(method: str, seed: int) -> None:
    """What puts a molecule first puts it among the first two."""
    rng = np.random.default_rng(seed)
    matrix = matrix_of(rng.random((6, 2)) * 0.9 + 0.05, scale="ratio")
    weights = named(rng.dirichlet(np.ones(2)))
    by_top = [smallest_score_change(matrix, weights, "A1", method, top=top) for top in range(1, 7)]
    for name in matrix.names:
        sizes = [np.inf if one[name].change is None else abs(one[name].change) for one in by_top]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(sizes))
        assert sizes[-1] == 0


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_a_weighted_sum_has_a_closed_form(seed: int) -> None:
    """The change is the lead of the best over the weight, where that stays within the range."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((5, 3)), rng.dirichlet(np.ones(3))
    scores = values @ weights
    lead = scores.max() - scores[0]
    for k, one in enumerate(smallest_score_change(matrix_of(values), named(weights), "A1", "weighted-sum").values()):
        change = lead / weights[k]
        assert one.feasible == (values[0, k] + change <= 1 + 1e-12)
        if one.feasible:
            assert one.change == pytest.approx(change, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_a_weighted_product_has_a_closed_form(seed: int) -> None:
    """The score is multiplied by the lead as a ratio to the power of 1/w; the product itself ties there."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((5, 2)) * 100 + 1, rng.dirichlet([5.0, 5.0])
    products = np.exp(np.log(values) @ weights)
    matrix = matrix_of(values, best=1e9, scale="ratio")
    for k, one in enumerate(smallest_score_change(matrix, named(weights), "A1", "weighted-product").values()):
        factor = (products.max() / products[0]) ** (1 / weights[k])
        if one.feasible:
            assert one.needed == pytest.approx(values[0, k] * factor, rel=1e-8)
            assert rank_with(matrix, named(weights), ("A1", f"c{k}", one.needed), "weighted-product") == 1
        else:
            assert values[0, k] * factor > 1e9


def test_a_weighted_product_may_go_as_far_down_as_nought_allows() -> None:
    """A cost whose declared best is 0 is never tried at 0, where there is no product."""
    rows = [[30.0, 1.0], [20.0, 1.0]]
    matrix = pair_of({**OPEN_COST, "worst": 100.0, "best": 0.0}, OPEN_GAIN, rows)
    found = smallest_score_change(matrix, {"x": 1, "y": 1}, "a", "weighted-product")
    assert found["x"].needed == pytest.approx(20.0, abs=1e-9)
    assert found["y"].needed == pytest.approx(1.5, abs=1e-9)
    hard = pair_of({**OPEN_COST, "worst": 100.0, "best": 0.0}, OPEN_GAIN, [[30.0, 1.0], [20.0, 1e6]])
    needed = smallest_score_change(hard, {"x": 1, "y": 1}, "a", "weighted-product")["x"].needed
    assert needed == pytest.approx(20.0 / 1e6, rel=1e-9)


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
@pytest.mark.parametrize("normalization", ["sum", "max"])
def test_rules_for_positive_numbers_are_searched_among_those(method: str, normalization: str) -> None:
    """Without a declared range a cost goes down to nought and no further, and `rank` takes what is found."""
    matrix = pair_of(OPEN_COST, OPEN_GAIN, [[30.0, 1.0], [20.0, 1.2], [10.0, 1.1]])
    found = smallest_score_change(matrix, {"x": 1, "y": 1}, "a", method, normalization=normalization)
    assert any(one.feasible for one in found.values())
    for name, one in found.items():
        assert one.needed is None or one.needed >= 0
        if one.needed is not None:
            cell = ("a", name, one.needed)
            assert rank_with(matrix, {"x": 1, "y": 1}, cell, method, normalization=normalization) == 1


def test_a_cost_under_sum_goes_down_where_nought_is_the_declared_best() -> None:
    """1/x has no value at 0: the search ends just above it instead of dividing by it."""
    matrix = pair_of({**OPEN_COST, "worst": 100.0, "best": 0.0}, OPEN_GAIN, [[30.0, 1.0], [20.0, 9.0], [10.0, 1.0]])
    found = smallest_score_change(matrix, {"x": 0.2, "y": 0.8}, "a", "weighted-sum", normalization="sum")
    assert not found["x"].feasible


@pytest.mark.parametrize(("direction", "sign"), [("gain", 1.0), ("cost", -1.0)])
@pytest.mark.parametrize("preference", [wb.Preference("usual"), wb.Preference("linear", q=0.5, p=3.0)])
def test_a_missing_score_without_a_range_starts_at_the_worst_known(
    direction: str, sign: float, preference: wb.Preference
) -> None:
    """For a cost that is the highest: no score on the wrong side of nought comes out."""
    fields = {"direction": direction, "missing": "neutral", "preference": preference}
    rows = [[np.nan, 1.0], [sign * 5.0, 2.0], [sign * 7.0, 3.0]]
    matrix = pair_of(fields, {"direction": "gain"}, rows)
    weights = {"x": 0.9, "y": 0.1}
    one = smallest_score_change(matrix, weights, "a")["x"]
    assert (one.current, one.change, one.feasible) == (None, None, True)
    assert one.needed is not None
    assert 5.0 <= sign * one.needed <= 12.0
    assert rank_with(matrix, weights, ("a", "x", one.needed), "promethee-ii") == 1
    assert rank_with(matrix, weights, ("a", "x", one.needed - sign * 1e-6), "promethee-ii") > 1


def test_a_column_without_any_score_can_help_nobody_but_whoever_gets_the_first() -> None:
    """All missing and indifferent: a score of one molecule meets nobody's, so it changes nothing."""
    matrix = pair_of({"direction": "gain", "missing": "neutral"}, {"direction": "gain"}, [[np.nan, 1.0], [np.nan, 2.0]])
    found = smallest_score_change(matrix, {"x": 0.5, "y": 0.5}, "a")
    assert found["x"] == ScoreChange(None, None, None, False)
    assert found["y"] == (1.0, pytest.approx(2.0, abs=1e-9), pytest.approx(1.0, abs=1e-9), True)


@pytest.mark.parametrize(("rule", "current"), [("worst", 0.0), ("neutral", 0.5), ("interval", 0.5)])
def test_a_filled_score_counts_as_what_it_is_filled_with(rule: str, current: float) -> None:
    """Outside PROMETHEE the rule's value is today's score, and the change is counted from there."""
    fields = {"direction": "gain", "worst": 0.0, "best": 1.0}
    matrix = pair_of({**fields, "missing": rule}, fields, [[np.nan, 0.5], [0.8, 0.5]])
    for method in ("weighted-sum", "topsis"):
        one = smallest_score_change(matrix, {"x": 1, "y": 1}, "a", method)["x"]
        assert one.current == current
        assert one.needed == pytest.approx(0.8, abs=1e-9)
        assert one.change == pytest.approx(0.8 - current, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_tie_at_the_last_place_is_inside(method: str) -> None:
    """Who is level with the first today needs nothing; who can only draw level may stop there."""
    matrix = matrix_of([[0.5, 0.5], [0.5, 0.5], [1.0, 1.0]], scale="ratio")
    assert [one.change for one in smallest_score_change(matrix, named([1, 1]), "A1", method, top=2).values()] == [0, 0]
    level = matrix_of([[0.5, 1.0], [1.0, 1.0]], scale="ratio")
    one = smallest_score_change(level, named([1, 1]), "A1", method)
    assert one.rank == 2
    assert one["c0"].needed == pytest.approx(1.0 if method != "promethee-ii" else 0.95, abs=1e-9)
    assert not one["c1"].feasible


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 1e3, 1e9])
@pytest.mark.parametrize("method", METHODS)
def test_the_unit_of_a_column_is_the_unit_of_its_change(method: str, factor: float) -> None:
    """The same table in another unit needs the same change in that unit."""
    values, weights = np.random.default_rng(14).random((6, 2)) * 0.9 + 0.05, named([0.6, 0.4])
    label = f"A{int(np.argsort(-(values @ [0.6, 0.4]))[1]) + 1}"
    free = {"preference": wb.Preference("v-shape", p=0.4), "scale": "ratio"}
    scaled = {"worst": 0.0, "best": factor, "preference": wb.Preference("v-shape", p=0.4 * factor), "scale": "ratio"}
    one = smallest_score_change(matrix_of(values, **free), weights, label, method)
    two = smallest_score_change(matrix_of(values * factor, **scaled), weights, label, method)
    assert any(change.feasible for change in one.values())
    for name, change in one.items():
        assert two[name].feasible == change.feasible
        if change.change is not None:
            assert two[name].change == pytest.approx(change.change * factor, rel=1e-7, abs=1e-9 * factor)


def test_a_closeness_below_one_half_is_found_at_the_ranking_s_own_tolerance() -> None:
    """TOPSIS ties by the size of the best closeness, here 0.44: the score found is inside that, too."""
    frame = pd.DataFrame({"x": [9200.0, 8100.0], "y": [6.3, 5.6]}, index=["a", "b"])
    criteria = {
        "x": wb.Criterion(direction="cost", worst=10000.0, best=100.0),
        "y": wb.Criterion(direction="cost", worst=10.0, best=0.1),
    }
    matrix, weights = wb.DecisionMatrix(frame, criteria), {"x": 0.01662323849491798, "y": 0.983376761505082}
    for name, one in smallest_score_change(matrix, weights, "a", "topsis").items():
        if one.needed is not None:
            assert rank_with(matrix, weights, ("a", name, one.needed), "topsis") == 1


def test_beyond_the_declared_best_nothing_is_tried() -> None:
    """A score that `extend` lets in above the best has nowhere to go."""
    fields = {"direction": "gain", "worst": 0.0, "best": 1.0, "outside": "extend"}
    matrix = pair_of(fields, fields, [[1.2, 0.1], [1.1, 0.9]])
    found = smallest_score_change(matrix, {"x": 1, "y": 1}, "a", "weighted-sum")
    assert found["x"] == ScoreChange(1.2, None, None, False)
    assert found["y"].needed == pytest.approx(0.8, abs=1e-9)
    assert not smallest_score_change(matrix, {"x": 1, "y": 1}, "a", "topsis").monotone


@pytest.mark.parametrize("method", METHODS)
def test_a_weight_of_nought_moves_nobody(method: str) -> None:
    """No score on a criterion without weight puts a molecule anywhere."""
    matrix = matrix_of([[0.2, 0.3], [0.6, 0.3]], scale="ratio")
    found = smallest_score_change(matrix, named([1.0, 0.0]), "A1", method)
    assert found["c1"] == ScoreChange(0.3, None, None, False)
    assert found["c0"].feasible


def test_the_messages_of_what_is_refused() -> None:
    """An unknown molecule with some that are known, places, methods and parameters."""
    matrix, weights = matrix_of([[0.1]] * 7), named([1.0])
    cases: list[tuple[dict[str, Any], str]] = [
        ({"alternative": "M"}, "no such molecule; found 'M'; expected one of 'A1', 'A2', 'A3', 'A4', 'A5' …"),
        ({"alternative": "A1", "top": 0}, "top is no number of places; found 0; expected a whole number ≥ 1"),
        (
            {"alternative": "A1", "method": "weighted-product", "p": 2},
            "robustness of 'weighted-product' takes no such parameter; found p; expected no parameters",
        ),
    ]
    for arguments, message in cases:
        with pytest.raises(wb.InputError) as caught:
            smallest_score_change(matrix, weights, **arguments)
        assert str(caught.value) == message
