"""Critical changes of weights: the published example, and what a change does when it is made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.robustness.critical import critical_changes, critical_deltas

VALUES = [
    [0.3088, 0.2897, 0.3867, 0.1922],
    [0.2163, 0.3458, 0.1755, 0.6288],
    [0.4509, 0.2473, 0.1194, 0.0575],
    [0.0240, 0.1172, 0.3184, 0.1215],
]
WEIGHTS = [0.3277, 0.3058, 0.2876, 0.0790]
"""Triantaphyllou and Sánchez (1997), the example of section 4.1: four alternatives, four criteria."""


def test_the_published_example() -> None:
    """δ and δ′ by theorem 1; percent-top is the third criterion with 64.9 %, percent-any the first with 18.9 %."""
    changes = critical_changes(matrix_of(VALUES), named(WEIGHTS))
    assert changes.labels == ("A1", "A2", "A3", "A4")
    np.testing.assert_allclose(changes.scores, [0.3162, 0.2768, 0.2621, 0.1449], atol=2e-4)
    first = changes.percent[0, 1]
    assert np.isnan(first[0])
    np.testing.assert_allclose(first[1:], [-229.7, 64.88, -114.25], atol=0.02)
    assert changes.percent_top_critical == "c2"
    assert changes.percent_any_critical == "c0"
    assert changes.percent[1, 2, 0] == pytest.approx(-18.874, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 5))
def test_the_change_makes_the_two_equal(seed: int, n: int, m: int) -> None:
    """With w_k − δ the two score alike; a little more reverses them, and what is NaN cannot."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((n, m)), rng.dirichlet(np.ones(m))
    order = np.argsort(-(values @ weights))
    deltas = critical_deltas(values, weights, order)
    for i in range(n):
        for j in range(n):
            for k in range(m):
                delta = deltas[i, j, k]
                one, two = values[order[i]], values[order[j]]
                if i >= j:
                    assert np.isnan(delta)
                elif np.isnan(delta):
                    slope, lead = one[k] - two[k], (one - two) @ weights
                    assert slope == 0 or (slope > 0 and lead / slope > weights[k] - 1e-12)
                else:
                    changed = weights.copy()
                    changed[k] -= delta
                    assert changed[k] >= -1e-12
                    assert (one - two) @ changed == pytest.approx(0, abs=1e-9 * (1 + abs(delta)))
                    changed[k] -= 1e-3 * np.sign(delta)
                    assert (one - two) @ changed < 1e-9


def test_columns_are_units_of_their_own() -> None:
    """A frame has one row a pair and criterion; a criterion without weight has no percentage."""
    changes = critical_changes(matrix_of([[0.9, 0.1], [0.2, 0.8]]), named([1.0, 0.0]))
    frame = changes.to_frame()
    assert frame[["ahead", "behind", "criterion"]].to_numpy().tolist() == [["A1", "A2", "c0"], ["A1", "A2", "c1"]]
    assert frame["absolute"].tolist() == pytest.approx([1.0, -1.0])
    assert np.isnan(changes.percent[0, 1, 1])
    assert changes.percent_top_critical == "c0"
    assert "top 'c0'" in repr(changes)
    assert "A1" in changes._repr_html_()


def test_nothing_to_reverse() -> None:
    """One molecule has no pair, a dominated one no change; neither has a critical criterion."""
    assert critical_changes(matrix_of([[0.5, 0.5]]), named([0.5, 0.5])).percent_any_critical is None
    dominated = critical_changes(matrix_of([[0.9, 0.9], [0.1, 0.1]]), named([0.5, 0.5]))
    assert dominated.percent_top_critical is None


def test_tied_molecules_are_reversed_by_nothing() -> None:
    """δ = 0 for a tie, never −0."""
    changes = critical_changes(matrix_of([[0.9, 0.1], [0.1, 0.9]]), named([0.5, 0.5]))
    assert changes.absolute[0, 1].tolist() == [0.0, 0.0]
    assert not np.signbit(changes.absolute[0, 1]).any()


def test_only_the_first_are_compared() -> None:
    """`molecules` caps the pairs."""
    changes = critical_changes(matrix_of(VALUES), named(WEIGHTS), molecules=2)
    assert changes.labels == ("A1", "A2")


def test_what_is_refused() -> None:
    """TOPSIS, and numbers of molecules that are none."""
    with pytest.raises(wb.InputError, match=r"no closed form.*stability_intervals"):
        critical_changes(matrix_of(VALUES), named(WEIGHTS), "topsis")
    for molecules in (0, True, 2.5):
        with pytest.raises(wb.InputError, match="whole number"):
            critical_changes(matrix_of(VALUES), named(WEIGHTS), molecules=molecules)
