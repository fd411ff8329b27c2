"""PROMETHEE: double loops, pymcdm, thresholds, missing values, memory."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pymcdm.methods
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.tables import pairs, ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods import promethee
from weighbridge.methods.promethee import criterion_flows, net_flows, preference, preference_indices

FUNCTIONS = [
    wb.Preference("usual"),
    wb.Preference("u-shape", q=1.0),
    wb.Preference("v-shape", p=2.0),
    wb.Preference("level", q=1.0, p=2.0),
    wb.Preference("linear", q=1.0, p=2.0),
    wb.Preference("gaussian", s=1.5),
]
PYMCDM_NAMES = {"usual": "usual", "u-shape": "ushape", "v-shape": "vshape", "level": "level", "linear": "vshape_2"}


def felt(d: float, function: wb.Preference) -> float:
    """Return P(d) by the table of Brans and Vincke (1985), written out case by case."""
    if d <= 0:
        return 0.0
    match function.function:
        case "usual":
            return 1.0
        case "u-shape":
            return 1.0 if d > function.q else 0.0
        case "v-shape":
            return min(d / function.p, 1.0)
        case "level":
            return 0.0 if d <= function.q else 0.5 if d <= function.p else 1.0
        case "linear":
            return 0.0 if d <= function.q else 1.0 if d > function.p else (d - function.q) / (function.p - function.q)
    return 1 - math.exp(-(d**2) / (2 * function.s**2))


def loop_flows(column, sign, function):
    """Positive and negative flow of one criterion by a double loop."""
    n = len(column)
    plus, minus = [0.0] * n, [0.0] * n
    for i, k in pairs(n):
        difference = (column[i] - column[k]) * sign
        plus[i] += felt(difference, function) / (n - 1)
        minus[k] += felt(difference, function) / (n - 1)
    return plus, minus


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("kind", ["ties", "continuous", "offset", "constant"])
def test_flows_equal_a_double_loop(function: wb.Preference, sign: int, kind: str) -> None:
    """With ties, costs, an offset of a million and a constant column."""
    rng = np.random.default_rng(3)
    column = {
        "ties": rng.integers(0, 5, 12).astype(float),
        "continuous": rng.normal(size=12) * 2,
        "offset": rng.integers(0, 5, 12) + 1e6,
        "constant": np.full(12, 3.0),
    }[kind]
    plus, minus = criterion_flows(column[:, None], np.array([sign]), [function])
    expected_plus, expected_minus = loop_flows(column, sign, function)
    assert_allclose(plus[:, 0], expected_plus, rtol=0, atol=1e-12)
    assert_allclose(minus[:, 0], expected_minus, rtol=0, atol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS[:5], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_pymcdm(function: wb.Preference, seed: int) -> None:
    """Net flows equal pymcdm's for the five functions it has."""
    values, signs, weights = sample(seed, 10, 4)
    values = np.round(values)
    m = values.shape[1]
    thresholds = {name: [value] * m for name, value in function.parameters().items()}
    peer = pymcdm.methods.PROMETHEE_II(PYMCDM_NAMES[function.function], **thresholds)
    theirs = peer(values, weights, signs, validation=False)
    ours = ranked(table(values, signs, preference=function), "promethee-ii", weights)
    assert_allclose(ours.scores_array, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("function", "d", "expected"),
    [
        (wb.Preference("u-shape", q=1.0), 1.0, 0.0),
        (wb.Preference("u-shape", q=1.0), np.nextafter(1.0, 2), 1.0),
        (wb.Preference("level", q=1.0, p=2.0), 1.0, 0.0),
        (wb.Preference("level", q=1.0, p=2.0), 2.0, 0.5),
        (wb.Preference("level", q=1.0, p=2.0), np.nextafter(2.0, 3), 1.0),
        (wb.Preference("linear", q=1.0, p=2.0), 1.0, 0.0),
        (wb.Preference("linear", q=1.0, p=2.0), 2.0, 1.0),
        (wb.Preference("linear", q=1.0, p=1.0), 1.0, 0.0),
        (wb.Preference("linear", q=1.0, p=1.0), 1.5, 1.0),
        (wb.Preference("linear", q=0.0, p=0.0), 1e-9, 1.0),
        (wb.Preference("v-shape", p=2.0), 2.0, 1.0),
        (wb.Preference("usual"), 0.0, 0.0),
        (wb.Preference("gaussian", s=1.0), 1.0, 1 - math.exp(-0.5)),
    ],
)
def test_thresholds_are_strict_as_in_brans_and_vincke(function: wb.Preference, d: float, expected: float) -> None:
    """A difference that equals its threshold is not above it."""
    assert preference(np.array([d]), function)[0] == pytest.approx(expected, abs=1e-15)


def test_a_difference_is_compared_exactly_as_computed() -> None:
    """No rounding before the predicate: 0.1 + 0.2 beats 0.3 under usual, and does not under a q."""
    usual = ranked(table([[0.1 + 0.2], [0.3]]), "promethee-ii")
    careful = ranked(table([[0.1 + 0.2], [0.3]], preference=wb.Preference("u-shape", q=1e-9)), "promethee-ii")
    assert usual.scores_array.tolist() == [1.0, -1.0]
    assert careful.scores_array.tolist() == [0.0, 0.0]


def test_flows_are_divided_by_n_minus_one_and_weights_normalised() -> None:
    """The peers' case: ±½ and 1, also where the weights sum to 2, and the note says so."""
    matrix = table([[1, 2], [2, 1], [4, 3]])
    assert_allclose(ranked(matrix, "promethee-ii", [0.5, 0.5]).scores_array, [-0.5, -0.5, 1.0], atol=1e-15)
    doubled = ranked(matrix, "promethee-ii", [1.0, 1.0])
    assert_allclose(doubled.scores_array, [-0.5, -0.5, 1.0], atol=1e-15)
    assert any("normalised" in note for note in doubled.notes)


def test_a_criterion_cannot_be_dropped_by_a_short_threshold_list() -> None:
    """The peer pymcdm truncates a short p list and lets A2 win; thresholds here live on each criterion."""
    matrix = table([[1, 9, 9], [2, 0, 0]], preference=wb.Preference("v-shape", p=1.0))
    assert_allclose(ranked(matrix, "promethee-ii").scores_array, [1 / 3, -1 / 3], atol=1e-15)


def test_ranking_twice_gives_the_same_flows() -> None:
    """The objects of pymcdm work once; nothing here is used up."""
    matrix = table([[1, 9], [2, 0], [3, 4]], preference=wb.Preference("v-shape", p=1.0))
    first = ranked(matrix, "promethee-ii")
    assert_array_equal(first.scores_array, ranked(matrix, "promethee-ii").scores_array)
    assert_array_equal(first.criterion_flows, first.criterion_flows)


def test_each_criterion_has_its_own_function_and_none_means_usual() -> None:
    """Functions are mixed by criterion, and the notes name those that fall back to usual."""
    criteria = {
        "a": wb.Criterion(direction="gain", preference=wb.Preference("gaussian", s=2.0)),
        "b": wb.Criterion(direction="gain"),
    }
    import pandas as pd

    matrix = wb.DecisionMatrix(pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 1.0]}), criteria)
    ranking = wb.rank(matrix, {"a": 1, "b": 1}, method="promethee-ii")
    assert_allclose(ranking.criterion_flows["a"], [-(1 - math.exp(-0.5)), 1 - math.exp(-0.5)])
    assert_allclose(ranking.criterion_flows["b"], [1, -1])
    assert any("usual" in note and note.endswith(": b") for note in ranking.notes)
    assert ranking.parameters["preference of a"] == "gaussian (s = 2)"


def test_a_neutral_missing_value_is_indifferent_to_everyone_and_says_so() -> None:
    """Flows on that criterion are 0 for the molecule; the division stays by n − 1."""
    matrix = table([[np.nan, 1], [2, 2], [3, 3]], bounds=(0, 10), missing="neutral")
    ranking = ranked(matrix, "promethee-ii")
    assert ranking.criterion_flows["c0"].tolist() == [0.0, -0.5, 0.5]
    assert any("indifferent" in note for note in ranking.notes)


def test_a_single_molecule_has_flows_of_zero() -> None:
    """There is no one to outrank, where pymcdm gives NaN."""
    ranking = ranked(table([[4, 5]]), "promethee-ii")
    assert ranking.scores_array.tolist() == [0.0]
    assert ranked(table([[4, 5]]), "promethee-i").relation.to_numpy().tolist() == [["I"]]


def test_preference_indices_weigh_pairwise_preferences() -> None:
    """π(a, b) adds the weights of the criteria on which a is preferred."""
    indices = preference_indices(table([[1, 5], [2, 4]]), np.array([0.3, 0.7]))
    assert_array_equal(indices, [[0, 0.7], [0.3, 0]])


def test_partial_order_shows_incomparable_molecules_and_has_no_ranks() -> None:
    """PROMETHEE I leaves strong-and-weak against middling undecided."""
    values = [[10, 1, 5], [9, 2, 5], [1, 10, 5], [2, 9, 5], [5, 5, 6]]
    partial = ranked(table(values, preference=wb.Preference("v-shape", p=6.0)), "promethee-i", [0.4, 0.4, 0.2])
    assert (np.diag(partial.relation) == "I").all()
    assert partial.incomparable
    with pytest.raises(InputError, match="partial order"):
        _ = partial.ranks


def test_net_flows_are_the_difference_of_the_two_sides() -> None:
    """Whether both sides are asked for or only what is between them."""
    values, signs, _ = sample(0, 50, 6)
    plus, minus = criterion_flows(values, signs, FUNCTIONS)
    assert_allclose(net_flows(values, signs, FUNCTIONS), plus - minus, rtol=0, atol=1e-15)


def test_a_ranking_finds_its_flows_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The score needs net flows only; positive, negative and criterion flows wait, and fit the score."""
    asked = []
    each = promethee.each_flows
    monkeypatch.setattr(promethee, "each_flows", lambda *given: asked.append("both sides") or each(*given))
    values, signs, weights = sample(1, 40, 3)
    ranking = ranked(table(values, signs, preference=FUNCTIONS[4]), "promethee-ii", weights)
    assert asked == []
    assert_allclose(ranking.positive_flow - ranking.negative_flow, ranking.scores, rtol=0, atol=1e-15)
    assert_allclose(ranking.criterion_flows.to_numpy() @ weights, ranking.scores, rtol=0, atol=1e-15)
    assert_allclose(ranking.contributions.sum(axis=1), ranking.scores, rtol=0, atol=1e-15)
    assert asked == ["both sides"]


def test_ten_thousand_molecules_need_less_than_20_megabytes() -> None:
    """The peer pymcdm keeps all n × n tables, 12 GB here."""
    values = np.random.default_rng(0).normal(size=(10_000, 1))
    tracemalloc.start()
    plus, minus = criterion_flows(values, np.ones(1), [FUNCTIONS[4]])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert plus.sum() == pytest.approx(minus.sum())
