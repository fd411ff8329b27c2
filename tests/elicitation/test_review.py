"""Reviewing answers: the closed forms against refitting, and what is said in words."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.review import ratio_in_words, snapped

FEW = settings(max_examples=40, deadline=None)


def without(comparisons: wb.Comparisons, pair: tuple[str, str]) -> wb.Comparisons:
    """Return the comparisons without one pair."""
    answers = {(a.a, a.b): a.value for a in comparisons.answers if {a.a, a.b} != set(pair)}
    return wb.Comparisons(comparisons.labels, answers)


def replaced(comparisons: wb.Comparisons, pair: tuple[str, str], value: float) -> wb.Comparisons:
    """Return the comparisons with one pair answered differently."""
    answers = {(a.a, a.b): a.value for a in without(comparisons, pair).answers}
    return wb.Comparisons(comparisons.labels, answers | {pair: value})


@FEW
@given(strategies.connected(least=3))
def test_the_implied_value_is_the_fit_without_the_answer(comparisons: wb.Comparisons) -> None:
    """A · exp(−ε/(1−h)) equals the ratio of weights when the answer is really deleted."""
    for doubt in comparisons.review().checked:
        weights = without(comparisons, doubt.pair).priorities()
        assert doubt.implied == pytest.approx(weights[doubt.pair[0]] / weights[doubt.pair[1]], rel=1e-8)
        apart = max(doubt.given / doubt.implied, doubt.implied / doubt.given)
        assert doubt.factor == pytest.approx(apart, rel=1e-9)


@FEW
@given(strategies.connected(least=3))
def test_bridges_are_exactly_the_answers_that_cannot_be_deleted(comparisons: wb.Comparisons) -> None:
    """An answer is a bridge where deleting it leaves labels unlinked; all others are checked."""
    review = comparisons.review()
    for answer in comparisons.answers:
        pair = (answer.a, answer.b)
        is_bridge = len(without(comparisons, pair).unlinked) > 1
        assert (pair in review.bridges) == is_bridge
        assert (pair in {doubt.pair for doubt in review.checked}) != is_bridge


@FEW
@given(strategies.connected(least=3))
def test_the_index_after_a_repair_is_the_refitted_one(comparisons: wb.Comparisons) -> None:
    """`gci_after` equals the index of the set with the suggestion in place."""
    for doubt in comparisons.review(1).checked:
        repaired = replaced(comparisons, doubt.pair, doubt.suggested).consistency().gci
        assert doubt.gci_after == pytest.approx(repaired, abs=1e-9)


@FEW
@given(strategies.complete(least=4))
def test_the_repair_lowers_the_index_as_published(comparisons: wb.Comparisons) -> None:
    """On complete sets replacing by the implied value lowers GCI by 2nε²/((n−1)(n−2)²)."""
    n = len(comparisons.labels)
    weights, before = comparisons.priorities(), comparisons.consistency().gci
    assert before is not None
    for doubt in comparisons.review().checked[:2]:
        a, b = doubt.pair
        error = math.log(doubt.given * weights[b] / weights[a])
        after = replaced(comparisons, doubt.pair, doubt.implied).consistency().gci
        assert after == pytest.approx(before - 2 * n * error**2 / ((n - 1) * (n - 2) ** 2), abs=1e-9)


@FEW
@given(strategies.connected(least=3), st.floats(1, 10))
def test_doubts_come_worst_first_and_above_the_threshold(comparisons: wb.Comparisons, threshold: float) -> None:
    """Doubts are the checked answers at or above the threshold, in falling order."""
    review = comparisons.review(threshold)
    factors = [doubt.factor for doubt in review.checked]
    assert all(earlier >= later - 1e-6 for earlier, later in itertools.pairwise(factors))
    assert list(review) == [doubt for doubt in review.checked if doubt.factor >= threshold]
    assert len(review) == len(review.doubts)


def test_a_slipped_answer_is_found_and_mended() -> None:
    """In consistent answers with one turned round, that one comes first and the truth is implied."""
    truth = {"a": 8, "b": 4, "c": 2, "d": 1}
    answers = {(x, y): truth[x] / truth[y] for x, y in itertools.combinations(truth, 2)}
    review = wb.Comparisons(list("abcd"), answers | {("a", "c"): 1 / 4}).review()
    assert review[0].pair == ("a", "c")
    assert review[0].given == pytest.approx(1 / 4)
    assert review[0].implied == pytest.approx(4.0)
    assert review[0].suggested == 4.0
    assert review[0].factor == pytest.approx(16.0)
    assert review[0].gci_after == pytest.approx(0.0, abs=1e-12)
    assert str(review[0]) == "you said 4 × c over a; the other answers imply 4 × a over c (×16.0 apart)"


def test_three_answers_cannot_say_which_is_off() -> None:
    """In a triangle all three answers tie, and each names the other two."""
    review = wb.Comparisons.from_upper(list("abc"), [2, 9, 1 / 2]).review()
    assert len(review) == 3
    assert [doubt.pair for doubt in review] == [("a", "b"), ("a", "c"), ("b", "c")]
    for doubt in review:
        assert doubt.factor == pytest.approx(9.0)
        assert len(doubt.tied) == 2
    assert "one of these is off: a–b, a–c, b–c" in str(review[0])


def test_the_alarm_works_on_small_sets() -> None:
    """A doubt of ×9 is raised in a triangle, where studentised residuals could never exceed 1."""
    assert wb.Comparisons.from_upper(list("abc"), [2, 9, 1 / 2]).review().doubts
    assert not wb.Comparisons.from_upper(list("abc"), [2, 6, 2]).review().doubts


def test_consistent_answers_need_no_review() -> None:
    """Consistent answers have no doubts, no cycles and no order violations, and the words say so."""
    review = wb.Comparisons.from_upper(list("abc"), [2, 6, 3]).review()
    assert (review.doubts, review.cycles, review.bridges, review.order_violations) == ((), (), (), ())
    assert [doubt.factor for doubt in review.checked] == [1.0] * 3
    assert [doubt.tied for doubt in review.checked] == [()] * 3
    assert str(review) == "the answers fit together; nothing to look at again"


def test_a_bridge_is_said_to_be_uncheckable() -> None:
    """The only link between two parts is reported as such."""
    review = wb.Comparisons(list("abcd"), {("a", "b"): 2, ("b", "c"): 3, ("a", "c"): 6, ("c", "d"): 9}).review()
    assert review.bridges == (("c", "d"),)
    assert str(review) == "c–d is the only link, it cannot be cross-checked"


def test_a_circle_is_named_in_words() -> None:
    """A over b over c over a is a cycle whatever the sizes."""
    review = wb.Comparisons.from_upper(list("abc"), [1.1, 1 / 1.1, 1.1]).review()
    assert [str(cycle) for cycle in review.cycles] == ["a over b, b over c, yet c over a"]
    assert tuple(review.cycles[0]) == ("a", "b", "c")


def test_a_circle_through_equals_is_a_circle() -> None:
    """A equal to b, b equal to c, yet a over c contradicts itself too."""
    review = wb.Comparisons.from_upper(list("abc"), [1, 3, 1]).review()
    assert [str(cycle) for cycle in review.cycles] == ["a over c, c equal to b, yet b equal to a"]


def test_longer_circles_are_found_in_incomplete_answers() -> None:
    """A ring of four strict answers without any triangle is a cycle of four."""
    ring = {("a", "b"): 2, ("b", "c"): 2, ("c", "d"): 2, ("d", "a"): 2}
    cycles = wb.Comparisons(list("abcd"), ring).review().cycles
    assert [cycle.labels for cycle in cycles] == [("a", "b", "c", "d")]


@FEW
@given(strategies.complete(least=3, most=6))
def test_there_are_circles_exactly_where_triangles_turn(comparisons: wb.Comparisons) -> None:
    """Complete strict answers have a cycle where and only where some triangle is circular."""
    a = comparisons.matrix
    n = len(a)
    off = ~np.eye(n, dtype=bool)
    if (np.abs(np.log(a[off])) < 1e-6).any():
        return
    circular = any((a[i, j] > 1) == (a[j, k] > 1) == (a[k, i] > 1) for i, j, k in itertools.combinations(range(n), 3))
    cycles = comparisons.review().cycles
    assert bool(cycles) == circular
    position = {label: k for k, label in enumerate(comparisons.labels)}
    for cycle in cycles:
        ring = [position[label] for label in cycle]
        assert all(a[x, y] > 1 for x, y in zip(ring, ring[1:] + ring[:1], strict=True))


@FEW
@given(strategies.connected(least=3))
def test_order_violations_are_the_answers_the_weights_turn_round(comparisons: wb.Comparisons) -> None:
    """A violation is an answer a over b with a weight of a that is not larger."""
    weights = comparisons.priorities()
    expected = set()
    for answer in comparisons.answers:
        a, b = (answer.a, answer.b) if answer.value > 1 else (answer.b, answer.a)
        if abs(math.log(answer.value)) > 1e-6 and math.log(weights[a] / weights[b]) < -1e-6:
            expected.add((a, b))
    found = {violation.pair for violation in comparisons.review().order_violations}
    assert expected <= found
    for violation in comparisons.review().order_violations:
        assert violation.given > 1
        assert violation.ratio <= 1 + 1e-8


def test_an_order_violation_is_said_in_words() -> None:
    """A weak preference that all other answers contradict is listed with both ratios."""
    violations = wb.Comparisons.from_upper(list("abc"), [1.2, 2, 9]).review().order_violations
    assert [violation.pair for violation in violations] == [("a", "b")]
    assert str(violations[0]).startswith("1.2 × a over b, yet the weights say ")
    assert str(violations[0]).endswith("× b over a")


@pytest.mark.parametrize(
    ("value", "words"),
    [(5, "5 × a over b"), (1 / 5, "5 × b over a"), (1, "a and b equally"), (2.34567, "2.346 × a over b")],
)
def test_ratios_are_said_with_figures_above_one(value: float, words: str) -> None:
    """Ratios below 1 are turned round, 1 is "equally"."""
    assert ratio_in_words("a", "b", value) == words


@pytest.mark.parametrize(
    ("value", "nearest"),
    [(1.0, 1), (1.4, 1), (1.42, 2), (2.4, 2), (2.5, 3), (40, 9), (1 / 40, 1 / 9), (1 / 2.5, 1 / 3), (8.6, 9)],
)
def test_suggestions_are_on_the_scale(value: float, nearest: float) -> None:
    """The suggestion is the nearest step of the 1/9 … 9 scale in ratio."""
    assert snapped(value) == pytest.approx(nearest)
