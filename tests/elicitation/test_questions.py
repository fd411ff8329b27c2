"""Which pair to ask next, and in which order to ask all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.questions import question_budget, question_plan

FEW = settings(max_examples=40, deadline=None)


def information(comparisons: wb.Comparisons, extra: tuple[str, str] | None = None) -> float:
    """Return the determinant of the reduced Laplacian: what D-optimal designs maximise."""
    position = {label: k for k, label in enumerate(comparisons.labels)}
    laplacian = np.zeros((len(position), len(position)))
    pairs = [(answer.a, answer.b) for answer in comparisons.answers] + ([extra] if extra else [])
    for a, b in pairs:
        i, j = position[a], position[b]
        laplacian[[i, j], [i, j]] += 1
        laplacian[[i, j], [j, i]] -= 1
    return float(np.linalg.det(laplacian[1:, 1:]))


@FEW
@given(strategies.connected(least=3))
def test_the_next_question_is_d_optimal(comparisons: wb.Comparisons) -> None:
    """No unanswered pair adds more to the determinant of the information."""
    asked = {frozenset((answer.a, answer.b)) for answer in comparisons.answers}
    rest = [pair for pair in itertools.combinations(comparisons.labels, 2) if frozenset(pair) not in asked]
    pair = comparisons.next_pair()
    if pair is None:
        assert not rest
        return
    assert pair in rest
    assert information(comparisons, pair) == pytest.approx(max(information(comparisons, other) for other in rest))


@FEW
@given(strategies.any_answers(most=8))
def test_unlinked_parts_are_joined_first(comparisons: wb.Comparisons) -> None:
    """As long as parts are unlinked, the next question joins two of them."""
    groups = comparisons.unlinked
    if len(groups) > 1:
        pair = comparisons.next_pair()
        assert pair is not None
        assert not any(set(pair) <= set(group) for group in groups)


@pytest.mark.parametrize("n", range(2, 10))
def test_asking_on_always_ends_in_a_complete_set(n: int) -> None:
    """Following the next question from nothing links all items in n − 1 answers and ends complete."""
    names = strategies.labels(n)
    answers: dict[tuple[str, str], float] = {}
    comparisons = wb.Comparisons(names, answers)
    for count in range(1, n * (n - 1) // 2 + 1):
        pair = comparisons.next_pair()
        assert pair is not None
        answers[pair] = 1.0
        comparisons = wb.Comparisons(names, answers)
        assert len(comparisons.unlinked) == max(n - count, 1)
    assert comparisons.next_pair() is None
    assert comparisons.is_complete


@pytest.mark.parametrize("n", [4, 6, 7, 9])
def test_the_first_questions_make_a_ring(n: int) -> None:
    """The first n questions ask about every item exactly twice and link all: a ring."""
    plan = question_plan(n, n)
    assert np.bincount(np.array(plan).ravel()).tolist() == [2] * n
    comparisons = wb.Comparisons(strategies.labels(n), {(f"c{i}", f"c{j}"): 1 for i, j in plan})
    assert len(comparisons.unlinked) == 1
    assert comparisons.review().bridges == ()


def test_the_next_question_is_deterministic() -> None:
    """The same answers in another order ask for the same pair."""
    answers = [(("a", "b"), 2), (("c", "d"), 3), (("b", "e"), 4)]
    pairs = {wb.Comparisons(list("abcde"), dict(order)).next_pair() for order in itertools.permutations(answers)}
    assert pairs == {("a", "c")}


def test_values_do_not_steer_the_questions() -> None:
    """Only which pairs were answered matters, not what was said."""
    one = wb.Comparisons(list("abcd"), {("a", "b"): 9, ("b", "c"): 9, ("c", "d"): 9})
    other = wb.Comparisons(list("abcd"), {("a", "b"): 1, ("b", "c"): 1 / 9, ("c", "d"): 3})
    assert one.next_pair() == other.next_pair() == ("a", "d")


@pytest.mark.parametrize(("n", "budget"), [(1, 0), (2, 1), (3, 3), (4, 6), (5, 10), (6, 12), (7, 14), (9, 18)])
def test_the_budget_is_all_up_to_five_and_then_twice_the_items(n: int, budget: int) -> None:
    """Up to five items every pair is asked, above about 2n."""
    assert question_budget(n) == budget
    assert len(question_plan(n)) == budget


def test_a_plan_never_repeats_a_pair_nor_exceeds_all() -> None:
    """A budget beyond all pairs asks each pair once."""
    plan = question_plan(5, 99)
    assert sorted(plan) == list(itertools.combinations(range(5), 2))


def test_planned_questions_beat_a_chain_and_two_diagonals() -> None:
    """On seven items 14 planned questions estimate better than two diagonals (11) and a chain (6)."""
    rng = np.random.default_rng(3)
    names = strategies.labels(7)
    truth = rng.normal(0, 0.8, 7)
    chain = [(k, k + 1) for k in range(6)]
    designs = {"plan": list(question_plan(7)), "diagonals": chain + [(k, k + 2) for k in range(5)], "chain": chain}
    errors = {}
    for name, design in designs.items():
        total = 0.0
        for _ in range(150):
            answers = {(names[i], names[j]): float(np.exp(truth[i] - truth[j] + rng.normal(0, 0.3))) for i, j in design}
            weights = np.array(list(wb.Comparisons(names, answers).priorities().values()))
            total += float(np.abs(weights - np.exp(truth) / np.exp(truth).sum()).mean())
        errors[name] = total
    assert errors["plan"] < errors["diagonals"] < errors["chain"]
