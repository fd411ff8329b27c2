"""Judgement scales: published values, symmetry, and the weights they give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge.core.judgement import Expert, Judgement, Panel
from weighbridge.core.tree import EQUAL, GIVEN, Node, ValueTree
from weighbridge.elicitation.answers import Answer
from weighbridge.elicitation.hierarchy import TreeWeights, weigh_tree
from weighbridge.elicitation.scales import SCALES, rescale, scale_sweep, scale_value, tree_under_scale
from weighbridge.errors import InputError

PUBLISHED = {
    # Ishizaka and Labib (2011), table of scales; the balanced scale as Salo and Hämäläinen (1997) print it.
    "linear": (1, 2, 3, 4, 5, 6, 7, 8, 9),
    "power": (1, 4, 9, 16, 25, 36, 49, 64, 81),
    "geometric": (1, 2, 4, 8, 16, 32, 64, 128, 256),
    "logarithmic": (1, 1.58, 2, 2.32, 2.58, 2.81, 3, 3.17, 3.32),
    "root-square": (1, 1.41, 1.73, 2, 2.23, 2.45, 2.65, 2.83, 3),
    "inverse-linear": (1, 1.13, 1.29, 1.5, 1.8, 2.25, 3, 4.5, 9),
    "balanced": (1, 1.22, 1.5, 1.86, 2.33, 3, 4, 5.67, 9),
}
BEYOND_TWO = ("balanced-n", "adaptive", "adaptive-balanced")
LABELS = ["a", "b", "c"]
ANSWERS = {("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 5}


@pytest.mark.parametrize("scale", PUBLISHED)
def test_the_published_tables(scale: str) -> None:
    """Each scale gives the nine numbers of its published table, to the printed digits."""
    found = [scale_value(x, scale) for x in range(1, 10)]
    assert found == pytest.approx(PUBLISHED[scale], abs=0.0065)


def test_the_asymptotical_scale() -> None:
    """exp(artanh(√3 (x − 1)/14)): 2 + √3 at 8, and tanh of its logarithm is a straight line through 0."""
    assert scale_value(8, "asymptotical") == pytest.approx(2 + math.sqrt(3))
    lines = [math.tanh(math.log(scale_value(x, "asymptotical"))) for x in range(1, 10)]
    assert np.diff(lines) == pytest.approx([math.sqrt(3) / 14] * 8)
    assert lines[0] == 0


@pytest.mark.parametrize("n", [2, 3, 5, 9])
def test_balanced_n_rises_in_equal_weights(n: int) -> None:
    """Goepel's condition: the weight of one thing x times the other n − 1 rises evenly from 1/n to M/(M + n − 1)."""
    ratios = [scale_value(x, "balanced-n", n) for x in range(1, 10)]
    shares = [c / (c + n - 1) for c in ratios]
    assert np.diff(shares) == pytest.approx([np.diff(shares).mean()] * 8)
    assert shares[0] == pytest.approx(1 / n)
    assert shares[-1] == pytest.approx(9 / (9 + n - 1))
    assert ratios == pytest.approx([(9 + (n - 1) * x) / (9 + n - x) for x in range(1, 10)])


@pytest.mark.parametrize("n", [2, 3, 5, 9])
def test_adaptive_scales_end_at_the_same_weight(n: int) -> None:
    """Both adaptive scales reach a weight of 0.9 whatever the number of things; the balanced one evenly."""
    for scale in ("adaptive", "adaptive-balanced"):
        highest = scale_value(9, scale, n)
        assert highest / (highest + n - 1) == pytest.approx(0.9)
    shares = [c / (c + n - 1) for c in (scale_value(x, "adaptive-balanced", n) for x in range(1, 10))]
    assert np.diff(shares) == pytest.approx([np.diff(shares).mean()] * 8)


def test_two_things_know_no_adaptation() -> None:
    """For n = 2 the scales that depend on n are the linear and the balanced one."""
    for x in (1, 2.5, 7, 9):
        assert scale_value(x, "adaptive", 2) == pytest.approx(x)
        for scale in ("balanced-n", "adaptive-balanced"):
            assert scale_value(x, scale, 2) == pytest.approx(scale_value(x, "balanced"))


@pytest.mark.parametrize("scale", SCALES)
@given(x=st.floats(1, 9), y=st.floats(1, 9), n=st.integers(2, 12))
@settings(max_examples=30, deadline=None)
def test_every_scale_is_symmetric_and_rises(scale: str, x: float, y: float, n: int) -> None:
    """1 stands for 1, the reciprocal answer for the reciprocal ratio, and a stronger answer for a larger ratio."""
    assert scale_value(1, scale, n) == pytest.approx(1)
    assert scale_value(1 / x, scale, n) * scale_value(x, scale, n) == pytest.approx(1)
    if y - x > 1e-6:
        assert scale_value(y, scale, n) > scale_value(x, scale, n)


@pytest.mark.parametrize("value", [0.1111, 0.111, 1 / 9])
def test_printed_reciprocals_are_taken(value: float) -> None:
    """0.111 is 1/9 as printed, and no answer beyond the scale."""
    assert scale_value(value, "inverse-linear") == pytest.approx(1 / 9, rel=1e-2)


@pytest.mark.parametrize("value", [0, -3, 10, 0.05, math.nan, math.inf, True, "3"])
def test_answers_off_the_scale_have_no_ratio(value: float) -> None:
    """Between 1/9 and 9 there are words; beyond there are none, and no number is made up."""
    with pytest.raises(InputError, match="has no ratio for this answer"):
        scale_value(value, "balanced")


def test_unknown_scales_and_numbers_of_things() -> None:
    """A scale that does not exist and a comparison of one thing are refused, with what there is."""
    with pytest.raises(InputError, match=r"no such judgement scale.*'balanced-n'"):
        scale_value(3, "balanced_n")
    for n in (1, 0, 2.5, True):
        with pytest.raises(InputError, match="needs two things"):
            scale_value(3, "balanced-n", n)  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", SCALES)
def test_answers_are_translated_and_the_given_ones_stay(scale: str) -> None:
    """Each answer becomes its ratio; the comparisons that were given are as they were."""
    comparisons = wb.Comparisons(LABELS, ANSWERS)
    found = rescale(comparisons, scale)
    for (a, b), value in ANSWERS.items():
        i, j = LABELS.index(a), LABELS.index(b)
        assert found.matrix[i, j] == pytest.approx(scale_value(value, scale, 3))
        assert found.matrix[j, i] == pytest.approx(1 / scale_value(value, scale, 3))
        assert comparisons.matrix[i, j] == pytest.approx(value)


def test_power_and_root_bend_the_log_least_squares_weights() -> None:
    """Squares of the answers give squares of the weights, roots give roots: log least squares is linear in logs."""
    comparisons = wb.Comparisons(LABELS, {**ANSWERS, ("a", "c"): 4})
    linear = np.array(list(comparisons.priorities().values()))
    for scale, exponent in (("power", 2.0), ("root-square", 0.5)):
        bent = linear**exponent
        assert list(rescale(comparisons, scale).priorities().values()) == pytest.approx(list(bent / bent.sum()))


def test_hesitation_ranges_and_people_are_kept() -> None:
    """Low and high are translated with the answer; who said it and why stays."""
    said = Answer("a", "b", 4, weight=2.0, expert="Ada", reason="why", low=1 / 2, high=9)
    (found,) = rescale(wb.Comparisons(["a", "b"], [said]), "geometric").answers
    assert (found.value, found.low, found.high) == (8.0, 0.5, 256.0)
    assert (found.expert, found.reason, found.weight) == ("Ada", "why", 2.0)


def test_several_experts_are_translated_before_they_are_combined() -> None:
    """The mean of two translated answers is not the translation of their mean."""
    group = wb.combine([wb.Comparisons(["a", "b"], {("a", "b"): value}) for value in (2, 8)])
    found = rescale(group, "geometric").matrix[0, 1]
    assert found == pytest.approx(math.sqrt(2.0 * 128.0))
    assert found != pytest.approx(scale_value(4, "geometric"))


def test_every_answer_off_the_scale_is_named() -> None:
    """Free ratios have no words: each one is named at once, and the linear scale still takes them."""
    comparisons = wb.Comparisons(LABELS, {("a", "b"): 20, ("b", "c"): 2, ("a", "c"): 1 / 30})
    with pytest.raises(InputError) as caught:
        rescale(comparisons, "balanced")
    assert [fault.place for fault in caught.value.faults] == ["'a' against 'b'", "'a' against 'c'"]
    assert rescale(comparisons, "linear") is comparisons
    swept = scale_sweep(comparisons)
    assert list(swept) == ["linear"]
    assert set(swept.refused) == set(SCALES) - {"linear"}
    assert "20" in swept.refused["balanced"]


def test_a_sweep_of_comparisons() -> None:
    """One set of weights a scale, each summing to 1, the linear one as without any scale."""
    comparisons = wb.Comparisons(LABELS, ANSWERS)
    swept = scale_sweep(comparisons)
    assert list(swept) == list(SCALES)
    assert dict(swept["linear"]) == dict(comparisons.priorities())
    frame = swept.to_frame()
    assert frame.shape == (len(SCALES), 3)
    assert frame.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (frame["a"] > frame["b"]).all()
    assert swept.spread.loc["a", "highest"] == frame["a"].max() == frame.loc["power", "a"]
    assert repr(swept).startswith("ScaleSweep(11 scales: linear, power")
    assert "<table" in swept._repr_html_()
    assert list(scale_sweep(comparisons, scales=["balanced"], method="eigenvector")) == ["balanced"]


def judged_tree() -> tuple[ValueTree, TreeWeights]:
    """Return a tree with a judged, a given and an equal node, weighed by two experts."""
    tree = ValueTree(
        Node(
            "goal",
            children=(
                Node("x", children=(Node("x1"), Node("x2"))),
                Node("y", weighting=GIVEN, given={"y1": 1, "y2": 3}, children=(Node("y1"), Node("y2"))),
                Node("z", weighting=EQUAL, children=(Node("z1"), Node("z2"))),
            ),
        )
    )
    said = [("goal", "x", "y", 3), ("goal", "y", "z", 2), ("goal", "x", "z", 4), ("x", "x1", "x2", 5)]
    judgements = [Judgement("Ada", *one) for one in said] + [Judgement("Ben", "x", "x1", "x2", 1 / 2)]
    return tree, weigh_tree(tree, judgements, Panel((Expert("Ada"), Expert("Ben", weight=2.0))))


def test_a_tree_on_the_linear_scale_is_as_it_was() -> None:
    """On Saaty's scale the criteria's weights are those of the weighed tree."""
    tree, weighed = judged_tree()
    assert dict(tree_under_scale(tree, weighed, "linear")) == pytest.approx(dict(weighed.leaves))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("method", ["llsm", "eigenvector"])
def test_a_tree_on_another_scale(scale: str, method: str) -> None:
    """Judged nodes change, each with its own number of children; given and equal ones do not."""
    tree, weighed = judged_tree()
    found = tree_under_scale(tree, weighed, scale, method)
    goal = wb.Comparisons(
        ["x", "y", "z"],
        {pair: scale_value(v, scale, 3) for pair, v in {("x", "y"): 3, ("y", "z"): 2, ("x", "z"): 4}.items()},
    ).priorities(method)
    logs = (math.log(scale_value(5, scale)) - 2 * math.log(scale_value(2, scale))) / 3
    first = 1 / (1 + math.exp(-logs))
    wanted = {
        "x1": goal["x"] * first, "x2": goal["x"] * (1 - first),
        "y1": goal["y"] / 4, "y2": goal["y"] * 3 / 4,
        "z1": goal["z"] / 2, "z2": goal["z"] / 2,
    }  # fmt: skip
    assert dict(found) == pytest.approx(wanted)
    assert scale in str(found.explain("x1"))


def test_a_sweep_of_a_tree() -> None:
    """The sweep of a tree holds the criteria's weights under each scale, and needs the tree."""
    tree, weighed = judged_tree()
    swept = scale_sweep(weighed, tree)
    assert list(swept) == list(SCALES)
    for scale in BEYOND_TWO:
        assert dict(swept[scale]) == pytest.approx(dict(tree_under_scale(tree, weighed, scale)))
    with pytest.raises(InputError, match="needs its value tree"):
        scale_sweep(weighed)
    with pytest.raises(InputError, match="no such judgement scale"):
        scale_sweep(weighed, tree, scales=["quadratic"])
    with pytest.raises(InputError, match="no such prioritisation method"):
        scale_sweep(weighed, tree, method="guess")
