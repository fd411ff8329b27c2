"""How scores depend on the weights: the same numbers as `rank`, for every method, rule and redrawn table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge.robustness.forms import ROBUST_METHODS, LinearForm, RatioForm, Scorer, scorer

NORMALIZATIONS = ("bounds", "vector", "minmax", "sum", "max", "none")
CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("topsis", {"normalization": name}) for name in NORMALIZATIONS),
    *(("weighted-sum", {"normalization": name}) for name in NORMALIZATIONS),
    ("promethee-ii", {}),
    ("weighted-product", {}),
)
"""Every method with every normalization it takes."""

PREFERENCES = (
    None,
    wb.Preference("u-shape", q=0.1),
    wb.Preference("v-shape", p=0.4),
    wb.Preference("level", q=0.1, p=0.3),
    wb.Preference("linear", q=0.05, p=0.4),
    wb.Preference("gaussian", s=0.2),
)


def mixed(values: Any, units: Any = 1.0, **common: Any) -> wb.DecisionMatrix:
    """Return a matrix of positive values whose odd columns are costs, with all preference functions in turn."""
    table = np.asarray(values, dtype=float) * units
    scale = np.broadcast_to(units, table.shape[1])
    criteria = {}
    for j in range(table.shape[1]):
        ends = (1.0, 0.01) if j % 2 else (0.01, 1.0)
        fields = {
            "direction": "cost" if j % 2 else "gain",
            "worst": ends[0] * scale[j],
            "best": ends[1] * scale[j],
            "scale": "ratio",
            "preference": PREFERENCES[j % len(PREFERENCES)],
        }
        criteria[f"c{j}"] = wb.Criterion(**(fields | common))
    index = [f"A{i + 1}" for i in range(len(table))]
    return wb.DecisionMatrix(pd.DataFrame(table, columns=list(criteria), index=index), criteria)


def random_mixed(seed: int, n: int, m: int) -> tuple[wb.DecisionMatrix, np.ndarray]:
    """Return a random matrix and weights."""
    rng = np.random.default_rng(seed)
    return mixed(rng.random((n, m)) * 0.9 + 0.05), rng.dirichlet(np.ones(m))


def named(weights: Any) -> dict[str, float]:
    """Return weights by criterion."""
    return {f"c{j}": float(weight) for j, weight in enumerate(weights)}


def ranked(matrix: wb.DecisionMatrix, weights: Any, method: str, parameters: dict[str, Any]) -> np.ndarray:
    """Return what `rank` scores, the logarithm of it for the weighted product."""
    scores = wb.rank(matrix, named(weights), method, **parameters).scores.to_numpy()
    return np.log(scores) if method == "weighted-product" else scores


def bytes_of(form: LinearForm | RatioForm) -> tuple[bytes, ...]:
    """Return the numbers of a form, bit by bit."""
    return tuple(np.ascontiguousarray(table).tobytes() for table in vars(form).values())


def own_values(matrix: wb.DecisionMatrix, method: str) -> np.ndarray:
    """Return the values a method starts from."""
    return np.array(matrix.filled(neutral_as_nan=method == "promethee-ii"))


@pytest.mark.parametrize(("method", "parameters"), CASES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 9), m=st.integers(1, 6))
def test_scores_are_those_of_rank(method: str, parameters: dict[str, Any], seed: int, n: int, m: int) -> None:
    """Gains and costs, one molecule and one criterion included."""
    matrix, weights = random_mixed(seed, n, m)
    form = scorer(matrix, method, **parameters).form
    np.testing.assert_allclose(form.scores(weights), ranked(matrix, weights, method, parameters), rtol=0, atol=1e-13)


@pytest.mark.parametrize(("method", "parameters"), CASES)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 9))
def test_the_same_values_redrawn_are_the_same_bytes(method: str, parameters: dict[str, Any], seed: int, n: int) -> None:
    """Nothing that is fitted to the table differs when it is fitted again."""
    matrix, _ = random_mixed(seed, n, 4)
    bound = scorer(matrix, method, **parameters)
    assert bytes_of(bound.redraw(own_values(matrix, method))) == bytes_of(bound.form)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_a_best_value_of_a_cost_redrawn_is_no_negative_nought(normalization: str) -> None:
    """Values at both ends of the range keep their bits."""
    matrix = mixed([[0.01, 1.0], [1.0, 0.01], [0.5, 0.5]])
    for method in ("topsis", "weighted-sum"):
        bound = scorer(matrix, method, normalization=normalization)
        assert bytes_of(bound.redraw(own_values(matrix, method))) == bytes_of(bound.form)


@pytest.mark.parametrize(("method", "parameters"), CASES)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_table_redrawn_is_a_matrix_of_its_own(method: str, parameters: dict[str, Any], seed: int) -> None:
    """Other values within the declared ranges score as a matrix that holds them does."""
    matrix, weights = random_mixed(seed, 6, 3)
    other, _ = random_mixed(seed + 1, 6, 3)
    redrawn = scorer(matrix, method, **parameters).redraw(np.array(other.values))
    np.testing.assert_allclose(redrawn.scores(weights), ranked(other, weights, method, parameters), rtol=0, atol=1e-13)


@pytest.mark.parametrize(("method", "parameters"), CASES)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), chosen=st.lists(st.integers(0, 6), max_size=5))
def test_taken_molecules_keep_their_scores(
    method: str, parameters: dict[str, Any], seed: int, chosen: list[int]
) -> None:
    """Some molecules, in any order and more than once, score as they stand in the whole table."""
    matrix, weights = random_mixed(seed, 7, 3)
    form = scorer(matrix, method, **parameters).form
    taken = form.take(np.array(chosen, dtype=np.int64))
    assert type(taken) is type(form)
    assert taken.shape == (len(chosen), 3)
    np.testing.assert_allclose(taken.scores(weights), form.scores(weights)[chosen], rtol=0, atol=1e-15)


@pytest.mark.parametrize(("method", "parameters"), CASES)
def test_many_weights_at_once_are_each_by_itself(method: str, parameters: dict[str, Any]) -> None:
    """Weights of shape (s, m) and (r, s, m) give scores of shape (s, n) and (r, s, n)."""
    matrix, _ = random_mixed(3, 8, 4)
    form = scorer(matrix, method, **parameters).form
    weights = np.random.default_rng(0).dirichlet(np.ones(4), (2, 5))
    scores = form.scores(weights)
    assert scores.shape == (2, 5, 8)
    for place in np.ndindex(2, 5):
        np.testing.assert_allclose(scores[place], form.scores(weights[place]), rtol=0, atol=1e-14)
    np.testing.assert_allclose(form.scores(weights[0]), scores[0], rtol=0, atol=1e-14)


@pytest.mark.parametrize(("method", "parameters"), CASES)
def test_rows_may_come_in_any_order(method: str, parameters: dict[str, Any]) -> None:
    """Shuffled molecules carry their scores with them."""
    matrix, weights = random_mixed(11, 9, 3)
    rows = np.random.default_rng(1).permutation(9)
    one, two = (scorer(table, method, **parameters).form.scores(weights) for table in (matrix, matrix.take(rows)))
    np.testing.assert_allclose(two, one[rows], rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("method", "parameters"), [case for case in CASES if case[1].get("normalization") not in ("none",)]
)
def test_units_do_not_matter(method: str, parameters: dict[str, Any]) -> None:
    """Each column in another unit, ranges and thresholds with it, keeps the differences between scores."""
    rng = np.random.default_rng(5)
    values, weights, units = rng.random((7, 3)) * 0.9 + 0.05, rng.dirichlet(np.ones(3)), [1e6, 1e-3, 40.0]
    same = {"preference": None}
    one = scorer(mixed(values, **same), method, **parameters).form.scores(weights)
    two = scorer(mixed(values, units, **same), method, **parameters).form.scores(weights)
    np.testing.assert_allclose(two - two[0], one - one[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("factor", [1e-300, 1e-160, 1e-100, 1e100, 1e140])
def test_topsis_of_tiny_and_huge_values(factor: float) -> None:
    """Squares neither underflow to a tie nor overflow: a common factor changes no closeness."""
    values, weights = np.random.default_rng(2).random((6, 3)) + 0.1, np.array([0.5, 0.3, 0.2])
    free = {"worst": None, "best": None, "preference": None}
    plain, scaled = (
        scorer(mixed(values, units, **free), "topsis", normalization="none").form.scores(weights)
        for units in (1.0, factor)
    )
    np.testing.assert_allclose(scaled, plain, rtol=1e-12)


def test_topsis_by_hand() -> None:
    """(0.6, 0.8) and (0.8, 0.4) under equal weights: D⁻ = 1 and √0.8, D⁺ = √0.2 and √0.4, each halved."""
    criteria = {name: wb.Criterion(direction="gain", worst=0.0, best=1.0) for name in ("x", "y")}
    matrix = wb.DecisionMatrix(pd.DataFrame({"x": [0.6, 0.8], "y": [0.8, 0.4]}), criteria)
    form = scorer(matrix, "topsis").form
    assert isinstance(form, RatioForm)
    np.testing.assert_allclose(form.near, [[0.36, 0.64], [0.64, 0.16]])
    np.testing.assert_allclose(form.far, [[0.16, 0.04], [0.04, 0.36]])
    expected = [1 / (1 + np.sqrt(0.2)), np.sqrt(0.8) / (np.sqrt(0.8) + np.sqrt(0.4))]
    np.testing.assert_allclose(form.scores(np.array([0.5, 0.5])), expected)


def test_promethee_by_hand() -> None:
    """Three molecules, usual preference: each wins against those below, so the flows are 1, 0 and −1."""
    criteria = {"x": wb.Criterion(direction="gain"), "y": wb.Criterion(direction="cost")}
    matrix = wb.DecisionMatrix(pd.DataFrame({"x": [3.0, 2.0, 1.0], "y": [1.0, 1.0, 2.0]}), criteria)
    form = scorer(matrix, "promethee-ii").form
    assert isinstance(form, LinearForm)
    np.testing.assert_allclose(form.values, [[1.0, 0.5], [0.0, 0.5], [-1.0, -1.0]])


def test_only_the_ratio_of_weights_matters_to_topsis() -> None:
    """Weights times any number, down to where squares underflow, give the same closeness."""
    matrix, weights = random_mixed(4, 6, 3)
    form = scorer(matrix, "topsis").form
    for factor in (1e-200, 1e-3, 7.0, 1e200):
        np.testing.assert_allclose(form.scores(weights * factor), form.scores(weights), rtol=1e-13)


@pytest.mark.parametrize(("method", "parameters"), CASES)
def test_a_weight_of_nought_is_a_column_left_out(method: str, parameters: dict[str, Any]) -> None:
    """Whatever stands in a column without weight changes no difference between scores."""
    matrix, _ = random_mixed(6, 7, 3)
    names = ["c0", "c1"]
    small = wb.DecisionMatrix(matrix.to_frame()[names], {name: matrix.criteria[name] for name in names})
    whole = scorer(matrix, method, **parameters).form.scores(np.array([0.6, 0.4, 0.0]))
    part = scorer(small, method, **parameters).form.scores(np.array([0.6, 0.4]))
    np.testing.assert_allclose(whole, part, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("method", "parameters"), CASES)
def test_constant_columns_tell_nobody_apart(method: str, parameters: dict[str, Any]) -> None:
    """With all the weight on a constant column every molecule scores the same; redrawn, too."""
    matrix = mixed([[0.3, 0.5], [0.9, 0.5], [0.6, 0.5]])
    bound = scorer(matrix, method, **parameters)
    for form in (bound.form, bound.redraw(own_values(matrix, method))):
        scores = form.scores(np.array([0.0, 1.0]))
        assert np.ptp(scores) == 0
        assert np.isfinite(scores).all()


def test_topsis_where_nothing_differs_is_one_half() -> None:
    """One molecule whose own values are ideal and anti-ideal is at neither."""
    matrix = mixed([[0.3, 0.5]])
    for normalization in NORMALIZATIONS[1:]:
        scores = scorer(matrix, "topsis", normalization=normalization).form.scores(np.array([0.5, 0.5]))
        assert scores.tolist() == [0.5]


@pytest.mark.parametrize(
    ("rule", "filled"), [("worst", {0: 0.01, 1: 1.0}), ("neutral", {0: 0.505, 1: 0.505}), ("interval", {0: 0.505})]
)
def test_missing_values_count_by_their_rule(rule: str, filled: dict[int, float]) -> None:
    """The worst of the range, or its middle; PROMETHEE takes neutral ones as indifferent."""
    values = np.array([[0.4, 0.3], [0.7, 0.6], [0.2, 0.8]])
    gaps = values.copy()
    for column, value in filled.items():
        gaps[1, column], values[1, column] = np.nan, value
    weights = np.array([0.5, 0.5])
    holed, whole = mixed(gaps, missing=rule), mixed(values)
    for method in ("topsis", "weighted-sum"):
        one, two = (scorer(matrix, method).form.scores(weights) for matrix in (holed, whole))
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-15)
    flows = scorer(holed, "promethee-ii").form
    assert isinstance(flows, LinearForm)
    if rule == "neutral":
        assert flows.values[1].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(flows.scores(weights), ranked(holed, weights, "promethee-ii", {}), atol=1e-15)


def test_values_beyond_the_range_move_the_ideal_or_count_as_the_bound() -> None:
    """Under `extend` a better value is better; under `clip` it is as good as the bound."""
    frame = pd.DataFrame({"c0": [1.4, 1.0, 0.2]})
    for outside, expected in (("extend", [True, False]), ("clip", [False, True])):
        criteria = {"c0": wb.Criterion(direction="gain", worst=0.0, best=1.0, outside=outside)}
        form = scorer(wb.DecisionMatrix(frame, criteria), "topsis").form
        first, second, third = form.scores(np.array([1.0]))
        assert [first > second, first == second] == expected
        assert second > third


def test_a_scorer_says_what_it_is_bound_to() -> None:
    """Matrix, method and parameters are kept for whoever reports the result."""
    matrix, _ = random_mixed(0, 4, 2)
    bound = scorer(matrix, "weighted-sum", normalization="minmax")
    assert isinstance(bound, Scorer)
    assert (bound.matrix, bound.method, bound.parameters) == (matrix, "weighted-sum", {"normalization": "minmax"})
    assert bound.form.shape == (4, 2)
    assert scorer(matrix).method == "topsis"


@pytest.mark.parametrize("method", ["vikor", "promethee-i", "borda", ""])
def test_other_methods_are_refused(method: str) -> None:
    """The message names those that have one of the two forms."""
    names = ", ".join(repr(name) for name in ROBUST_METHODS)
    message = f"robustness is not known for this method; found {method!r}; expected one of {names}"
    with pytest.raises(wb.InputError) as caught:
        scorer(random_mixed(0, 2, 2)[0], method)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("method", "parameter", "expected"),
    [
        ("topsis", "ideal", "one of ['normalization']"),
        ("weighted-sum", "p", "one of ['normalization']"),
        ("promethee-ii", "normalization", "no parameters"),
        ("weighted-product", "normalization", "no parameters"),
    ],
)
def test_other_parameters_are_refused(method: str, parameter: str, expected: str) -> None:
    """The message names the parameter and what the method takes."""
    with pytest.raises(wb.InputError) as caught:
        scorer(random_mixed(0, 2, 2)[0], method, **{parameter: 1})
    assert str(caught.value) == (
        f"robustness of {method!r} takes no such parameter; found {parameter}; expected {expected}"
    )


def test_what_the_method_refuses_is_refused() -> None:
    """Unknown rules, criteria without a range, interval scales under a ratio rule, values at nought."""
    matrix, _ = random_mixed(0, 3, 2)
    with pytest.raises(wb.InputError, match="unknown normalization; found 'z'"):
        scorer(matrix, "topsis", normalization="z")
    with pytest.raises(wb.InputError, match="needs the declared range"):
        scorer(mixed([[0.5]], worst=None, best=None), "topsis")
    with pytest.raises(wb.InputError, match="scale='interval'"):
        scorer(mixed([[0.5]], scale="interval"), "weighted-sum", normalization="max")
    with pytest.raises(wb.InputError) as caught:
        scorer(mixed([[0.5], [0.0]], worst=-1.0), "weighted-product")
    assert str(caught.value) == (
        "row 'A2', column 'c0': the weighted product is defined for values above 0; found 0; expected a number > 0"
    )


@pytest.mark.parametrize(
    ("method", "parameters", "value", "what", "least"),
    [
        ("weighted-product", {}, 0.0, "the weighted product is defined for values above 0", "> 0"),
        ("topsis", {"normalization": "max"}, -0.5, "normalization 'max' is not defined for this value", "≥ 0"),
        ("weighted-sum", {"normalization": "sum"}, -0.5, "normalization 'sum' is not defined for this value", "≥ 0"),
        ("topsis", {"normalization": "sum"}, 0.0, "normalization 'sum' of a cost is not defined for this value", "> 0"),
    ],
)
def test_drawn_values_are_refused_as_the_matrix_s_own(
    method: str, parameters: dict[str, Any], value: float, what: str, least: str
) -> None:
    """With the molecule where there is one row each, and without where tables are stacked."""
    matrix, _ = random_mixed(0, 3, 2)
    bound = scorer(matrix, method, **parameters)
    table = np.array(matrix.values)
    table[2, 1] = value
    with pytest.raises(wb.InputError) as caught:
        bound.redraw(table)
    assert str(caught.value) == f"row 'A3', column 'c1': {what}; found {value:g}; expected a number {least}"
    with pytest.raises(wb.InputError) as caught:
        bound.redraw(np.concatenate((np.array(matrix.values), table)))
    assert str(caught.value) == f"column 'c1': {what}; found {value:g}; expected a number {least}"


@pytest.mark.parametrize("normalization", ["vector", "minmax", "none"])
def test_rules_that_take_any_number_take_drawn_ones(normalization: str) -> None:
    """Negative and zero scores are no fault where differences are all that counts."""
    matrix, weights = random_mixed(0, 3, 2)
    table = np.array(matrix.values)
    table[2, 1], table[1, 0] = -0.5, 0.0
    for method in ("topsis", "weighted-sum"):
        assert np.isfinite(scorer(matrix, method, normalization=normalization).redraw(table).scores(weights)).all()


@pytest.mark.parametrize("word", ["TOPSIS", "topsi", "promethee", "weighted_sum"])
def test_a_misspelt_method_is_met_with_the_one_that_was_meant(word: str) -> None:
    """Capitals and slips are no other method: the message says which name is known."""
    matrix = wb.DecisionMatrix(pd.DataFrame({"a": [1.0]}), {"a": wb.Criterion(direction="gain", worst=0, best=2)})
    with pytest.raises(wb.InputError, match=r"unknown method; found .*Did you mean '"):
        scorer(matrix, word)


def test_a_plain_table_is_no_decision_matrix() -> None:
    """A frame has no directions and ranges, and the message says how to give them."""
    plain: Any = pd.DataFrame({"a": [1.0]})
    with pytest.raises(wb.InputError, match=r"no decision matrix; found DataFrame.*Make one of a frame"):
        scorer(plain, "topsis")
