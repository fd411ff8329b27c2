"""The face of pairwise comparisons: what it accepts, what it refuses, and what it hands back."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.answers import Answer

FEW = settings(max_examples=40, deadline=None)
METHODS = ["llsm", "eigenvector"]


def refusal(*arguments: Any, build: Any = wb.Comparisons) -> str:
    with pytest.raises(wb.InputError) as caught:
        build(*arguments)
    return str(caught.value)


# --- construction -----------------------------------------------------------------------------------------


def test_the_designs_example() -> None:
    """The example of the public API reads as its documentation shows it."""
    c = wb.Comparisons(["potency", "hERG", "solubility"], {("potency", "hERG"): 3, ("hERG", "solubility"): 2})
    weights = c.priorities()
    assert isinstance(weights, wb.Weights)
    assert dict(weights) == pytest.approx({"potency": 2 / 3, "hERG": 2 / 9, "solubility": 1 / 9})
    assert c.next_pair() == ("potency", "solubility")
    assert not c.is_complete


def test_three_ways_in_are_one() -> None:
    """A mapping, a matrix and an upper triangle of the same answers are the same comparisons."""
    mapping = wb.Comparisons(list("abc"), {("a", "b"): 3, ("c", "b"): 2})
    upper = wb.Comparisons.from_upper(list("abc"), [3, None, 1 / 2])
    matrix = wb.Comparisons.from_matrix(list("abc"), [[1, 3, None], [1 / 3, 1, 1 / 2], [math.nan, 2, 1]])
    for other in (upper, matrix):
        assert np.allclose(other.matrix, mapping.matrix, equal_nan=True)
        assert dict(other.priorities()) == pytest.approx(dict(mapping.priorities()))


def test_answers_either_way_round_are_reciprocal() -> None:
    """(b, a) = 1/3 says the same as (a, b) = 3."""
    one, other = wb.Comparisons(["a", "b"], {("a", "b"): 3}), wb.Comparisons(["a", "b"], {("b", "a"): Fraction(1, 3)})
    assert one.priorities()["a"] == pytest.approx(other.priorities()["a"], abs=1e-15)


def test_the_matrix_is_reciprocal_with_nan_where_unanswered() -> None:
    """The matrix holds 1 on the diagonal, reciprocals, and NaN for unanswered pairs."""
    matrix = wb.Comparisons(list("abc"), {("a", "b"): 4}).matrix
    assert matrix[:2, :2].tolist() == [[1, pytest.approx(4)], [pytest.approx(1 / 4), 1]]
    assert np.isnan(matrix[2, :2]).all()
    assert matrix[2, 2] == 1


def test_none_in_a_mapping_is_unanswered() -> None:
    """None is a question not answered, not an answer of equality."""
    assert wb.Comparisons(list("ab"), {("a", "b"): None}).answers == ()


def test_numpy_numbers_and_frames_are_welcome() -> None:
    """Answers and matrices may be numpy and pandas objects."""
    frame = pd.DataFrame([[1, 4], [0.25, 1]])
    assert wb.Comparisons.from_matrix(["a", "b"], frame).priorities()["a"] == pytest.approx(0.8)
    assert wb.Comparisons(["a", "b"], {("a", "b"): np.float32(4)}).priorities()["a"] == pytest.approx(0.8)


def test_ratios_off_the_scale_are_legal() -> None:
    """9/7 and 250 are answers like any other."""
    comparisons = wb.Comparisons(list("abc"), {("a", "b"): 9 / 7, ("b", "c"): 250})
    assert comparisons.priorities()["a"] / comparisons.priorities()["c"] == pytest.approx(9 / 7 * 250)


def test_one_label_weighs_everything() -> None:
    """A single label needs no answer, weighs 1 and is consistent."""
    for one in (wb.Comparisons(["only"], {}), wb.Comparisons.from_upper(["only"], [])):
        for method in METHODS:
            assert dict(one.priorities(method)) == {"only": 1.0}
        assert one.consistency().ratio == 0.0
        assert one.next_pair() is None
        assert len(one.review()) == 0


@pytest.mark.parametrize("digits", [4, 6])
def test_printed_reciprocals_are_accepted(digits: int) -> None:
    """0.3333 for 1/3 is accepted and the geometric mean of both entries used."""
    third = round(1 / 3, digits)
    comparisons = wb.Comparisons.from_matrix(["a", "b"], [[1, 3], [third, 1]])
    assert comparisons.matrix[0, 1] == pytest.approx(math.sqrt(3 / third))
    assert comparisons.consistency().ratio == 0.0


def test_consistent_repeats_are_accepted_once() -> None:
    """(a, b) = 3 and (b, a) = 1/3 count as one answer."""
    comparisons = wb.Comparisons(list("abc"), {("a", "b"): 3, ("b", "a"): 0.3333, ("b", "c"): 2, ("a", "c"): 5})
    assert len(comparisons.answers) == 3
    assert comparisons.consistency().dof == 1
    assert comparisons.matrix[0, 1] == pytest.approx(math.sqrt(3 / 0.3333))


def test_the_callers_data_is_not_kept() -> None:
    """Changing the arrays and mappings passed in changes nothing."""
    matrix = np.array([[1, 4], [0.25, 1]])
    comparisons = wb.Comparisons.from_matrix(["a", "b"], matrix)
    matrix[0, 1] = 9
    assert comparisons.priorities()["a"] == pytest.approx(0.8)
    comparisons.matrix[0, 1] = 9
    assert comparisons.matrix[0, 1] == pytest.approx(4)


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_self_comparison_is_refused() -> None:
    """Comparing something with itself is refused by name."""
    assert refusal(list("ab"), {("a", "a"): 2}) == "'a' against 'a': something is compared with itself; found 'a'"


def test_an_unknown_label_is_refused_with_the_known_ones() -> None:
    """A misspelt label is refused with the labels there are."""
    assert refusal(["potency", "hERG"], {("potency", "herg"): 2}) == (
        "'potency' against 'herg': a comparison names an unknown label; found 'herg'; "
        "expected one of ['potency', 'hERG']"
    )


def test_contradictory_repeats_are_refused_naming_both() -> None:
    """(a, b) = 3 and (b, a) = 3 contradict each other, and both are named."""
    assert refusal(list("ab"), {("a", "b"): 3, ("b", "a"): 3}) == (
        "'a' against 'b' and 'b' against 'a': two answers contradict each other; "
        "found ('a', 'b') = 3 and ('b', 'a') = 3; expected the second to be the reciprocal of the first"
    )


@pytest.mark.parametrize("value", [0, -3, math.nan, math.inf, -math.inf])
def test_values_that_are_no_ratios_are_refused(value: float) -> None:
    """Zero, negative, NaN and infinite answers are refused with a hint."""
    text = refusal(list("ab"), {("a", "b"): value})
    assert "an answer is not a positive number" in text
    assert "Give 1/3 where the second matters 3 times as much" in text


@pytest.mark.parametrize("value", ["3", True, [3], object()])
def test_values_that_are_no_numbers_are_refused(value: Any) -> None:
    """Texts, booleans and lists are not answers."""
    assert "an answer is not a number" in refusal(list("ab"), {("a", "b"): value})


@pytest.mark.parametrize("value", [1e13, 1e-13, 1e300])
def test_meaningless_ratios_are_refused(value: float) -> None:
    """Nothing is a million million times as important."""
    assert "beyond any meaningful ratio" in refusal(list("ab"), {("a", "b"): value})


@pytest.mark.parametrize("pair", ["ab", ("a", "b", "c"), 7])
def test_keys_that_are_no_pairs_are_refused(pair: Any) -> None:
    """A key must be a tuple of two labels; the text 'ab' is not one."""
    assert "not a pair of labels" in refusal(list("ab"), {pair: 3})


def test_repeated_and_empty_labels_are_refused() -> None:
    """Labels are unique and not empty, and there is at least one."""
    assert refusal(["a", "b", "a"], {}) == "a label occurs twice; found 'a'; expected unique labels"
    assert refusal(["a", ""], {}) == "label 2: a label is empty"
    assert "there is nothing to compare" in refusal([], {})


def test_all_faults_are_told_at_once() -> None:
    """Five wrong answers make one error with five faults."""
    answers = {("a", "a"): 1, ("a", "x"): 2, ("b", "c"): -1, ("a", "b"): 3, ("b", "a"): 3, ("c", "a"): "2"}
    with pytest.raises(wb.InputError) as caught:
        wb.Comparisons(list("abc"), answers)
    assert len(caught.value.faults) == 5


def test_unlinked_answers_are_refused_naming_the_parts() -> None:
    """Disconnected comparisons get no invented cross judgements: the parts are named."""
    comparisons = wb.Comparisons(list("abcde"), {("a", "b"): 3, ("c", "d"): 2})
    assert comparisons.unlinked == (("a", "b"), ("c", "d"), ("e",))
    for use in (comparisons.priorities, comparisons.consistency, comparisons.review, comparisons.completed):
        assert refusal(build=use) == (
            "the answers leave labels unlinked; found a, b | c, d | e; expected a chain of answers between "
            "any two labels. Answer at least 2 more: one between each part and another"
        )


def test_an_unknown_method_names_the_known_ones() -> None:
    """A misspelt method is refused with the methods there are."""
    comparisons = wb.Comparisons(list("ab"), {("a", "b"): 3})
    with pytest.raises(wb.InputError, match=r"'eigen'; expected one of \['llsm', 'eigenvector'\]"):
        comparisons.priorities("eigen")


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 3]], "the matrix has the wrong shape; found 1 × 2; expected 2 × 2"),
        ([1, 3], "the matrix has the wrong shape; found 2; expected 2 × 2"),
        ([[1, 3], [1 / 3]], "does not hold numbers in equally long rows"),
        ([[1, "x"], [1, 1]], "does not hold numbers in equally long rows"),
        ([[1, 3], [1 / 3, 2]], "'b' against itself: the matrix's diagonal is not 1; found 2"),
        ([[1, 3], [3, 1]], "the matrix is not reciprocal; found 3 and 3 the other way round; expected 0.333333"),
        ([[1, 9], [0.12, 1]], "the matrix is not reciprocal; found 9 and 0.12"),
        ([[1, 3], [None, 1]], "not a positive number; found 3 and nan the other way round"),
        ([[1, 0], [0, 1]], "not a positive number; found 0 and 0 the other way round"),
        ([[1, -3], [-1 / 3, 1]], "not a positive number; found -3"),
    ],
)
def test_bad_matrices_are_refused(matrix: Any, message: str) -> None:
    """A matrix that is not square, unit-diagonal, positive and reciprocal is refused with its place."""
    assert message in refusal(["a", "b"], matrix, build=wb.Comparisons.from_matrix)


def test_bad_matrices_are_refused_with_all_faults() -> None:
    """All bad cells of a matrix are told at once."""
    with pytest.raises(wb.InputError) as caught:
        wb.Comparisons.from_matrix(list("abc"), [[1, 3, 0], [3, 1, 5], [1, 1, 1]])
    assert len(caught.value.faults) == 3


def test_an_upper_triangle_of_the_wrong_length_is_refused() -> None:
    """The upper triangle of three labels has three values, unanswered ones included."""
    text = refusal(list("abc"), [3, 2], build=wb.Comparisons.from_upper)
    assert "found 2; expected 3 for 3 labels. Give None where a pair is unanswered" in text
    assert "a label occurs twice" in refusal(["a", "a"], [3], build=wb.Comparisons.from_upper)


# --- priorities -------------------------------------------------------------------------------------------


@FEW
@given(strategies.connected())
def test_priorities_are_positive_and_sum_to_one(comparisons: wb.Comparisons) -> None:
    """Both methods give positive weights that sum to 1, in label order."""
    for method in METHODS:
        weights = comparisons.priorities(method)
        assert tuple(weights) == comparisons.labels
        assert sum(weights.values()) == pytest.approx(1.0)
        assert min(weights.values()) > 0


@FEW
@given(strategies.connected(least=3, most=6))
def test_priorities_do_not_depend_on_label_order(comparisons: wb.Comparisons) -> None:
    """Listing the labels backwards changes no weight."""
    answers = {(a.a, a.b): a.value for a in comparisons.answers}
    turned = wb.Comparisons(comparisons.labels[::-1], answers)
    for method in METHODS:
        assert dict(turned.priorities(method)) == pytest.approx(dict(comparisons.priorities(method)), abs=1e-7)


@FEW
@given(strategies.connected(least=2))
def test_methods_agree_on_two_items_and_on_chains(comparisons: wb.Comparisons) -> None:
    """Where nothing can be inconsistent, both methods agree."""
    if comparisons.consistency().dof == 0:
        assert dict(comparisons.priorities()) == pytest.approx(dict(comparisons.priorities("eigenvector")), rel=1e-9)


@FEW
@given(strategies.complete())
def test_a_stronger_answer_raises_the_preferred(comparisons: wb.Comparisons) -> None:
    """Doubling one answer for a over b raises a's weight relative to b's, by both methods."""
    a, b = comparisons.labels[:2]
    answers = {(x.a, x.b): x.value for x in comparisons.answers}
    stronger = wb.Comparisons(comparisons.labels, answers | {(a, b): answers[a, b] * 2})
    for method in METHODS:
        before, after = comparisons.priorities(method), stronger.priorities(method)
        assert after[a] / after[b] > before[a] / before[b]


def test_equal_items_tie_exactly_enough() -> None:
    """Items with the same answers have the same weight to the last digits."""
    comparisons = wb.Comparisons.from_upper(list("abcd"), [3, 3, 7, 1, 2, 2])
    for method in METHODS:
        weights = comparisons.priorities(method)
        assert weights["b"] == pytest.approx(weights["c"], rel=1e-13)


@FEW
@given(strategies.connected(least=3))
def test_covariance_is_gci_times_the_pseudo_inverse(comparisons: wb.Comparisons) -> None:
    """The covariance of the log weights is GCI · L⁺, centred, with its degrees of freedom."""
    weights, consistency = comparisons.priorities(), comparisons.consistency()
    assert weights.degrees_of_freedom == consistency.dof
    if consistency.gci is None:
        assert weights.covariance is None
        return
    adjacency = (~np.isnan(comparisons.matrix)).astype(float) - np.eye(len(weights))
    laplacian = np.diag(adjacency.sum(axis=1)) - adjacency
    assert weights.covariance == pytest.approx(consistency.gci * np.linalg.pinv(laplacian), abs=1e-9)
    assert weights.covariance.sum(axis=1) == pytest.approx(np.zeros(len(weights)), abs=1e-9)


def test_covariance_covers_the_truth() -> None:
    """Over 300 noisy experts, ln(w_a/w_b) scatters as its stated variance says."""
    rng = np.random.default_rng(5)
    names = strategies.labels(5)
    pairs = list(itertools.combinations(names, 2))
    differences, variances = [], []
    for _ in range(300):
        comparisons = wb.Comparisons(names, dict(zip(pairs, np.exp(rng.normal(0, 0.4, 10)), strict=True)))
        weights = comparisons.priorities()
        assert weights.covariance is not None
        differences.append(math.log(weights["c0"] / weights["c1"]))
        variances.append(weights.covariance[0, 0] + weights.covariance[1, 1] - 2 * weights.covariance[0, 1])
    assert np.var(differences) == pytest.approx(np.mean(variances), rel=0.25)


def test_provenance_names_every_answer_used() -> None:
    """Behind each weight stand the method and all answers, in words."""
    comparisons = wb.Comparisons(list("abc"), {("a", "b"): 3, ("c", "b"): 5, ("a", "c"): 1})
    line = comparisons.priorities().explain("b")
    assert line.value == comparisons.priorities()["b"]
    assert line.how.startswith("log least squares")
    assert "3 answers about 3 items" in line.how
    assert [part.label for part in line.parts] == ["3 × a over b", "5 × c over b", "a and c equally"]
    assert comparisons.priorities("eigenvector").explain("a").facts["method"] == "eigenvector"


def test_answers_keep_their_reasons_in_the_provenance() -> None:
    """Reason, place, hesitation and earlier rounds go into the facts of an answer."""
    answer = Answer("a", "b", 1 / 5, expert="E1", reason="noise", place="row 3", low=1 / 7, high=1 / 3, earlier=("x",))
    line = wb.Comparisons(["a", "b"], [answer]).priorities().explain("a").parts[0]
    assert line.label == "5 × b over a"
    assert line.how == "answer of E1; because noise; changed from x; row 3"
    assert line.facts["low"] == 1 / 7
    assert line.facts["earlier"] == ["x"]
    assert line.facts["reason"] == "noise"


def test_several_experts_may_answer_the_same_pair() -> None:
    """Different experts' answers to a pair are pooled by their weights; one expert's must agree."""
    answers = [Answer("a", "b", 9, weight=3, expert="x"), Answer("b", "a", 9, weight=1, expert="y")]
    comparisons = wb.Comparisons(["a", "b"], answers)
    assert comparisons.matrix[0, 1] == pytest.approx(3)
    assert "2 answers by 2 experts" in comparisons.priorities().explain("a").how
    with pytest.raises(wb.InputError, match="contradict"):
        wb.Comparisons(["a", "b"], [Answer("a", "b", 9, expert="x"), Answer("a", "b", 8, expert="x")])


# --- representations --------------------------------------------------------------------------------------


def test_the_notebook_shows_fractions_and_dots_and_escapes_labels() -> None:
    """The table shows 1/3 for reciprocals, a dot where unanswered, and escapes hostile labels."""
    html = wb.Comparisons(["<b>", "x", "y"], {("<b>", "x"): 3, ("x", "y"): 1.2345})._repr_html_()
    assert "<th>&lt;b&gt;</th>" in html
    assert "<b>" not in html
    assert "<td>1/3</td>" in html
    assert "<td>·</td>" in html
    assert "<td>1.23</td>" in html
    assert "<td>0.81</td>" in html


def test_the_text_says_how_much_is_answered() -> None:
    """The representation counts answered pairs."""
    assert repr(wb.Comparisons(list("abc"), {("a", "b"): 3})) == "Comparisons(['a', 'b', 'c'], 1 of 3 pairs answered)"


@pytest.mark.parametrize("values", [3, "3", {3: 1}])
def test_an_upper_triangle_that_is_no_list_is_refused(values: object) -> None:
    """A single number once ended in a TypeError."""
    with pytest.raises(wb.InputError, match="the upper triangle is not a list"):
        wb.Comparisons.from_upper(["a", "b"], values)
