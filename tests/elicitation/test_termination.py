"""Elicitation always ends: any 2 to 12 items and any subset of answers take less than a second, or an error."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from tests.elicitation import strategies

import weighbridge as wb


def everything(comparisons: wb.Comparisons) -> float:
    """Compute all there is, or be refused; return the seconds it took."""
    start = time.perf_counter()
    comparisons.next_pair()
    if len(comparisons.unlinked) > 1:
        with pytest.raises(wb.InputError, match="unlinked"):
            comparisons.priorities()
    else:
        for method in ("llsm", "eigenvector"):
            weights = np.array(list(comparisons.priorities(method).values()))
            assert np.isfinite(weights).all()
            assert weights.sum() == pytest.approx(1.0)
        comparisons.consistency()
        str(comparisons.review())
        wb.combine([comparisons, comparisons]).consistency()
    return time.perf_counter() - start


@settings(max_examples=60, deadline=None)
@given(strategies.any_answers())
def test_any_answers_on_the_scale_end_within_a_second(comparisons: wb.Comparisons) -> None:
    """Any subset of answers about 2 to 12 items gives finite weights or an error, in less than a second."""
    assert everything(comparisons) < 1.0


@settings(max_examples=30, deadline=None)
@given(strategies.connected(least=8, most=12, largest=1e9))
def test_sparse_extreme_answers_end_within_a_second(comparisons: wb.Comparisons) -> None:
    """Ratios up to 1e9 on sparse sets of 8 to 12 items end as fast."""
    assert everything(comparisons) < 1.0


@pytest.mark.parametrize("ratio", [9.0, 1e3, 1e6, 1e12])
def test_the_largest_rings_end_within_a_second(ratio: float) -> None:
    """A ring of twelve where each is preferred to the next: the least consistent sparse set there is."""
    names = strategies.labels(12)
    ring = wb.Comparisons(names, {(names[k], names[(k + 1) % 12]): ratio for k in range(12)})
    assert everything(ring) < 1.0
    assert list(ring.priorities().values()) == pytest.approx([1 / 12] * 12)
    assert len(ring.review().cycles) == 1


def test_nothing_answered_is_an_error_and_not_a_guess() -> None:
    """Without any answer there are no weights."""
    with pytest.raises(wb.InputError, match="unlinked"):
        wb.Comparisons(strategies.labels(12), {}).priorities()
