"""Combining experts: joint fits of judgements and means of priorities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.answers import Answer
from weighbridge.elicitation.group import aggregate_priorities, expert_shares

FEW = settings(max_examples=30, deadline=None)


@st.composite
def panels(draw: st.DrawFn, kind: str = "complete") -> tuple[list[wb.Comparisons], list[float]]:
    """Draw two to four experts about the same items, with weights."""
    n, count = draw(st.integers(3, 5)), draw(st.integers(2, 4))
    drawn = strategies.complete(n, n) if kind == "complete" else strategies.connected(n, n)
    experts = [draw(drawn) for _ in range(count)]
    return experts, draw(st.lists(st.floats(0.1, 5), min_size=count, max_size=count))


@FEW
@given(panels())
def test_complete_sets_combine_to_the_weighted_geometric_mean(panel: tuple[list[wb.Comparisons], list[float]]) -> None:
    """The group's matrix is Π_k a_k^α_k."""
    experts, weights = panel
    shares = np.array(weights) / sum(weights)
    expected = np.exp(sum(share * np.log(one.matrix) for share, one in zip(shares, experts, strict=True)))
    group = wb.combine(experts, weights)
    assert group.matrix == pytest.approx(expected, rel=1e-9)
    assert group.is_complete


@FEW
@given(panels())
def test_judgements_and_priorities_combine_alike(panel: tuple[list[wb.Comparisons], list[float]]) -> None:
    """By log least squares AIJ and geometric AIP are the same, for any expert weights."""
    experts, weights = panel
    together = wb.combine(experts, weights).priorities()
    means = aggregate_priorities([one.priorities() for one in experts], weights)
    assert dict(together) == pytest.approx(dict(means), rel=1e-9)


@FEW
@given(panels())
def test_group_inconsistency_never_exceeds_the_worst_expert(panel: tuple[list[wb.Comparisons], list[float]]) -> None:
    """GCI of the group ≤ max of the individuals (Escobar, Aguarón and Moreno-Jiménez 2004)."""
    experts, weights = panel
    own = [one.consistency().gci for one in experts]
    group = wb.combine(experts, weights).consistency().gci
    assert group is not None
    assert group <= max(gci for gci in own if gci is not None) + 1e-9


@FEW
@given(panels("connected"))
def test_incomplete_sets_combine_by_the_joint_fit(panel: tuple[list[wb.Comparisons], list[float]]) -> None:
    """The group's priorities minimise the weighted squares over all answers given, by plain regression."""
    experts, weights = panel
    labels = list(experts[0].labels)
    rows, values, roots = [], [], []
    for expert, weight in zip(experts, weights, strict=True):
        for answer in expert.answers:
            row = np.zeros(len(labels))
            row[labels.index(answer.a)], row[labels.index(answer.b)] = 1, -1
            rows.append(row)
            values.append(np.log(answer.value))
            roots.append(np.sqrt(weight))
    design = np.vstack([np.array(rows) * np.array(roots)[:, None], np.ones(len(labels))])
    target = np.append(np.array(values) * np.array(roots), 0.0)
    logs = np.linalg.lstsq(design, target, rcond=None)[0]
    expected = np.exp(logs) / np.exp(logs).sum()
    assert list(wb.combine(experts, weights).priorities().values()) == pytest.approx(expected, rel=1e-8)


@FEW
@given(panels("connected"), st.floats(0.01, 100))
def test_only_proportions_of_expert_weights_matter(
    panel: tuple[list[wb.Comparisons], list[float]], factor: float
) -> None:
    """Multiplying all expert weights changes nothing, not even the index or the covariance."""
    experts, weights = panel
    one, other = wb.combine(experts, weights), wb.combine(experts, [weight * factor for weight in weights])
    assert dict(one.priorities()) == pytest.approx(dict(other.priorities()), rel=1e-8)
    assert one.consistency().gci == pytest.approx(other.consistency().gci, abs=1e-10)


@FEW
@given(panels("connected"))
def test_the_order_of_experts_does_not_matter(panel: tuple[list[wb.Comparisons], list[float]]) -> None:
    """Turning the list of experts round changes no weight."""
    experts, weights = panel
    one, other = wb.combine(experts, weights), wb.combine(experts[::-1], weights[::-1])
    assert dict(one.priorities()) == pytest.approx(dict(other.priorities()), rel=1e-9)


@FEW
@given(strategies.connected(least=3), st.integers(1, 4))
def test_copies_of_one_expert_are_that_expert(comparisons: wb.Comparisons, count: int) -> None:
    """A group of equal experts has the priorities, the index and the covariance of one."""
    group, own = wb.combine([comparisons] * count), comparisons
    assert dict(group.priorities()) == pytest.approx(dict(own.priorities()), rel=1e-9)
    assert group.consistency().gci == pytest.approx(own.consistency().gci, abs=1e-9)
    if own.priorities().covariance is not None:
        assert group.priorities().covariance == pytest.approx(own.priorities().covariance, abs=1e-9)


def test_experts_complete_each_other() -> None:
    """Two experts who each link a part link everything together."""
    one = wb.Comparisons(list("abc"), {("a", "b"): 2})
    other = wb.Comparisons(list("abc"), {("b", "c"): 3})
    assert list(wb.combine([one, other]).priorities().values()) == pytest.approx([0.6, 0.3, 0.1])


def test_labels_may_come_in_any_order() -> None:
    """Experts may list the labels in another order; the first one's order is kept."""
    one = wb.Comparisons(["a", "b"], {("a", "b"): 4})
    other = wb.Comparisons(["b", "a"], {("b", "a"): 1 / 4})
    group = wb.combine([one, other])
    assert group.labels == ("a", "b")
    assert group.priorities()["a"] == pytest.approx(0.8)


def test_an_expert_without_weight_is_not_heard() -> None:
    """Weight 0 leaves an expert's answers out altogether."""
    one, other = wb.Comparisons(["a", "b"], {("a", "b"): 4}), wb.Comparisons(["a", "b"], {("a", "b"): 1 / 9})
    group = wb.combine([one, other], [1, 0])
    assert group.priorities()["a"] == pytest.approx(0.8)
    assert len(group.answers) == 1


def test_every_answer_stays_behind_the_groups_weights() -> None:
    """The group's provenance lists each expert's answer with name and share."""
    named = wb.Comparisons(["a", "b"], [Answer("a", "b", 5, expert="Ada")])
    group = wb.combine([named, wb.Comparisons(["a", "b"], {("b", "a"): 2})], [3, 1])
    parts = group.priorities().explain("a").parts
    assert [part.label for part in parts] == ["5 × a over b", "2 × b over a"]
    assert [part.facts["expert"] for part in parts] == ["Ada", "expert 2"]
    assert [part.facts["weight"] for part in parts] == [0.75, 0.25]


def test_different_labels_cannot_be_combined() -> None:
    """An expert who compared other things is named."""
    one, other = wb.Comparisons(["a", "b"], {("a", "b"): 4}), wb.Comparisons(["a", "c"], {("a", "c"): 4})
    with pytest.raises(wb.InputError, match=r"expert 2: the experts compared different things; found \['a', 'c'\]"):
        wb.combine([one, other])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1], "the number of expert weights does not fit; found 1; expected 2"),
        ([1, -1], "expert 2: an expert's weight is not a number ≥ 0; found -1"),
        ([float("nan"), 1], "expert 1: an expert's weight is not a number ≥ 0; found nan"),
        ([0, 0], "all experts weigh nothing"),
    ],
)
def test_bad_expert_weights_are_refused(weights: list[float], message: str) -> None:
    """Expert weights must fit in number and be non-negative numbers, not all zero."""
    experts = [wb.Comparisons(["a", "b"], {("a", "b"): 4})] * 2
    with pytest.raises(wb.InputError, match=message):
        wb.combine(experts, weights)


def test_nobody_cannot_be_combined() -> None:
    """An empty panel has no priorities."""
    with pytest.raises(wb.InputError, match="nothing to combine"):
        wb.combine([])
    with pytest.raises(wb.InputError, match="nothing to combine"):
        aggregate_priorities([])


def test_shares_sum_to_one() -> None:
    """Shares are proportional to the weights, equal without any."""
    assert expert_shares(4, None) == (0.25,) * 4
    assert expert_shares(2, [3, 1]) == (0.75, 0.25)


def test_arithmetic_and_geometric_means_of_priorities() -> None:
    """Both means of two opposed experts, by hand."""
    people = [{"a": 0.8, "b": 0.2}, {"a": 0.2, "b": 0.8}]
    assert dict(aggregate_priorities(people, [3, 1], "arithmetic")) == pytest.approx({"a": 0.65, "b": 0.35})
    root = 4**0.5
    assert aggregate_priorities(people, [3, 1])["a"] == pytest.approx(root / (root + 1))
    line = aggregate_priorities(people, [3, 1]).explain("a")
    assert [part.value for part in line.parts] == [0.8, 0.2]
    assert line.how == "geometric mean of 2 persons' priorities"


def test_a_geometric_mean_refuses_zeros() -> None:
    """One zero would veto a criterion for all; it is refused and not replaced."""
    people = [{"a": 1.0, "b": 0.0}, {"a": 0.2, "b": 0.8}]
    with pytest.raises(wb.InputError, match="cannot take a weight of zero"):
        aggregate_priorities(people)
    assert aggregate_priorities(people, mean="arithmetic")["b"] == pytest.approx(0.4)


def test_an_unknown_mean_is_refused() -> None:
    """Only the arithmetic and the geometric mean are offered."""
    with pytest.raises(wb.InputError, match="no such mean; found 'median'"):
        aggregate_priorities([{"a": 1.0}], mean="median")


def test_priorities_about_different_things_are_refused() -> None:
    """Experts must have weighed the same names."""
    with pytest.raises(wb.InputError, match="a criterion has no weight; found 'b'"):
        aggregate_priorities([{"a": 0.5, "b": 0.5}, {"a": 1.0}])
