"""Goepel's consensus: entropies by hand, bounds, and what is accepted."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

import weighbridge as wb
from weighbridge.elicitation.consensus import scale_correction

FEW = settings(max_examples=40, deadline=None)
TWO = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3]]


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Draw experts × criteria weights whose ratios stay on the 1–9 scale."""
    experts, criteria = draw(st.integers(2, 5)), draw(st.integers(2, 6))
    row = st.lists(st.floats(1, 9), min_size=criteria, max_size=criteria)
    table = np.array(draw(st.lists(row, min_size=experts, max_size=experts)))
    return np.asarray(table / table.sum(axis=1, keepdims=True))


@FEW
@given(tables())
def test_entropies_are_scipys(table: np.ndarray) -> None:
    """α, γ and β entropies and both indices equal scipy's entropies in the formula."""
    found = wb.consensus(table)
    alpha = float(np.mean([entropy(row) for row in table]))
    gamma = float(entropy(table.mean(axis=0)))
    n = table.shape[1]
    assert (found.h_alpha, found.h_gamma) == pytest.approx((alpha, gamma))
    assert found.h_beta == pytest.approx(gamma - alpha, abs=1e-12)
    assert found.d_beta == pytest.approx(math.exp(gamma - alpha))
    least = math.exp(float(entropy([9, *[1] * (n - 1)]))) / n
    assert found.index == pytest.approx((math.exp(alpha - gamma) - least) / (1 - least), abs=1e-9)
    assert found.s == pytest.approx((math.exp(alpha - gamma) - 1 / n) / (1 - 1 / n), abs=1e-9)


@FEW
@given(tables())
def test_consensus_is_at_most_one_and_symmetric(table: np.ndarray) -> None:
    """The index is at most 1 and does not depend on the order of experts or criteria."""
    found = wb.consensus(table)
    assert found.index <= 1
    assert 0 <= found.s <= 1
    assert wb.consensus(table[::-1, ::-1]).index == pytest.approx(found.index, abs=1e-9)


@FEW
@given(tables())
def test_leaving_one_out_is_the_consensus_of_the_others(table: np.ndarray) -> None:
    """Each leave-one-out figure is the consensus without that expert; the similarities are pairs'."""
    found = wb.consensus(table)
    if len(table) == 2:
        assert found.leave_one_out == {}
    else:
        for row, expert in enumerate(found.experts):
            rest = wb.consensus(np.delete(table, row, axis=0)).index
            assert found.leave_one_out[expert] == pytest.approx(rest, abs=1e-12)
    assert np.diag(found.similarity).tolist() == [1.0] * len(table)
    assert found.similarity.iloc[0, 1] == pytest.approx(wb.consensus(table[:2]).index, abs=1e-12)
    assert found.similarity.to_numpy() == pytest.approx(found.similarity.to_numpy().T)


def test_a_dissenter_shows_when_left_out() -> None:
    """Leaving the dissenter out raises the consensus most."""
    found = wb.consensus({"Ada": {"x": 0.7, "y": 0.3}, "Ben": {"x": 0.72, "y": 0.28}, "Cy": {"x": 0.15, "y": 0.85}})
    assert max(found.leave_one_out, key=lambda name: found.leave_one_out[name]) == "Cy"
    assert found.leave_one_out["Cy"] > 0.99 > found.index
    assert found.similarity.loc["Ada", "Ben"] > 0.99


def test_every_shape_of_input_is_the_same_consensus() -> None:
    """Arrays, lists, frames, mappings and weights give the same figure."""
    frame = pd.DataFrame(TWO, index=["Ada", "Ben"], columns=["x", "y", "z"])
    weights = [wb.Weights(dict(row)) for _, row in frame.iterrows()]
    inputs = [TWO, np.array(TWO), frame, weights, dict(zip(frame.index, weights, strict=True))]
    indices = [wb.consensus(one).index for one in inputs]
    assert indices == pytest.approx([indices[0]] * 5)
    assert wb.consensus(frame).experts == ("Ada", "Ben")
    assert wb.consensus(frame).criteria == ("x", "y", "z")
    assert wb.consensus(TWO).experts == ("expert 1", "expert 2")
    assert wb.consensus(weights).criteria == ("x", "y", "z")


def test_mappings_are_matched_by_name() -> None:
    """Experts who list the criteria in another order are matched by name."""
    one = wb.consensus([{"x": 0.9, "y": 0.1}, {"y": 0.1, "x": 0.9}])
    assert one.index == 1.0
    assert one.h_beta == 0.0


def test_rows_are_normalised() -> None:
    """Rows may have any positive sum."""
    assert wb.consensus([[6, 3, 1], [2, 5, 3]]).index == pytest.approx(wb.consensus(TWO).index)


@pytest.mark.parametrize("table", [[[0.5, 0.5]], [[1.0], [1.0]], [[0.2, 0.8]] * 4])
def test_one_expert_one_criterion_or_equal_experts_agree_exactly(table: list[list[float]]) -> None:
    """Where nobody can differ the consensus is exactly 1, never NaN."""
    found = wb.consensus(table)
    assert (found.index, found.s, found.h_beta, found.d_beta) == (1.0, 1.0, 0.0, 1.0)
    assert found.word == "very high"


def test_beyond_the_scale_consensus_turns_negative() -> None:
    """Experts further apart than the scale allows are not clipped to 0."""
    assert wb.consensus([[0.99, 0.01], [0.01, 0.99]]).index < 0
    assert wb.consensus([[0.99, 0.01], [0.01, 0.99]], scale_maximum=99).index == pytest.approx(0.0, abs=1e-12)
    assert wb.consensus([[1.0, 0.0], [0.0, 1.0]]).s == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "word"),
    [(0.9, "very high"), (0.62, "high"), (0.5, "moderate"), (0.42, "low"), (0.3, "very low")],
)
def test_words_follow_the_published_bands(first: float, word: str) -> None:
    """The words change at 50, 62.5, 75 and 87.5 %."""
    found = wb.consensus([[0.9, 0.1], [first, 1 - first]])
    bands = {"very high": (0.875, 1.1), "high": (0.75, 0.875), "moderate": (0.625, 0.75), "low": (0.5, 0.625)}
    low, high = bands.get(word, (-1.0, 0.5))
    assert low <= found.index < high
    assert found.word == word
    assert str(found).startswith(f"{word} agreement (S* ")
    assert str(found).endswith("agreement is not accuracy")


@pytest.mark.parametrize("n", range(2, 10))
def test_the_scale_correction_is_one_criterion_against_the_rest(n: int) -> None:
    """Cor is the exponential of the entropy of (M, 1, …, 1), over n."""
    assert scale_correction(n, 9) == pytest.approx(math.exp(float(entropy([9, *[1] * (n - 1)]))) / n)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "the priorities are not a table; found 0; expected experts × criteria"),
        ([0.5, 0.5], "the priorities are not a table; found 2"),
        ({}, "the priorities are not a table; found 0 × 0"),
        ([[0.5, 0.5], [1.0]], "not numbers in equally long rows"),
        ([["a", "b"]], "not numbers in equally long rows"),
        ([[0.5, 0.5], [-0.5, 1.5]], r"expert 2: an expert's priorities are not weights; found \[-0.5, 1.5\]"),
        ([[0.5, math.nan]], "expert 1: an expert's priorities are not weights"),
        ([[0.0, 0.0]], "expert 1: an expert's priorities are not weights"),
        ([{"a": 1.0}, {"b": 1.0}], "expert 2: the experts weighed different criteria"),
    ],
)
def test_bad_priorities_are_refused(table: object, message: str) -> None:
    """Priorities must be a table of weights over the same criteria."""
    with pytest.raises(wb.InputError, match=message):
        wb.consensus(table)


@pytest.mark.parametrize("maximum", [1, 0, math.nan])
def test_a_scale_must_reach_beyond_one(maximum: float) -> None:
    """A scale that ends at 1 can express no difference."""
    with pytest.raises(wb.InputError, match="larger than 1"):
        wb.consensus(TWO, scale_maximum=maximum)
