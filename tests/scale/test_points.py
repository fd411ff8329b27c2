"""Sums against weighted points equal sums pair by pair, whatever the magnitudes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.methods.promethee import preference
from weighbridge.scale.points import Points, beyond, gaussian_sums, linear_sums, reach, running

decimals = st.integers(-30, 30).map(lambda k: k / 10)
awkward = st.one_of(decimals, st.sampled_from([1e16, -1e16, 1e6 + 0.1, 5e-324, 0.30000000000000004]))


@settings(max_examples=100, deadline=None)
@given(
    points=st.lists(awkward, max_size=30),
    targets=st.lists(awkward, min_size=1, max_size=10),
    t=st.sampled_from([0.0, 0.1, 0.3, 1e-6, 1e16]),
)
def test_reach_is_the_pairwise_predicate(points: list[float], targets: list[float], t: float) -> None:
    """Counts above and below are exactly those of the computed differences, decimals at the threshold included."""
    x, y = np.sort(np.array(points, dtype=float)), np.array(targets)
    difference = y[:, None] - x[None, :]
    assert reach(x, y, t).tolist() == (difference > t).sum(axis=1).tolist()
    assert beyond(x, y, t).tolist() == (x.size - (-difference > t).sum(axis=1)).tolist()


def brute(points: Points, targets: Floats, function: Preference) -> Floats:
    """Return Σ counts G(y − mean), pair by pair."""
    d = targets[:, None] - points.means[None, :]
    return np.asarray((preference(d, function) - preference(-d, function)) @ points.counts.astype(float))


def drawn(seed: int, spread: float, offset: float) -> tuple[Points, Floats]:
    """Return points with wide cells and targets on and between them."""
    rng = np.random.default_rng(seed)
    bases = np.sort(rng.normal(size=80)) * spread + offset
    widths = np.append(np.diff(bases), 0.0)
    points = Points(bases, widths * rng.uniform(0, 1, 80), rng.integers(1, 50, 80))
    return points, np.sort(np.append(rng.normal(size=20) * spread + offset, bases[::5]))


@pytest.mark.parametrize(("q", "p"), [(0.0, 1.0), (0.25, 1.25), (0.0, 1e-3), (1e-6, 100.0), (0.5, 0.50001)])
@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e4])
def test_linear_sums_equal_pairs(q: float, p: float, spread: float) -> None:
    """Window sums agree with pairs to rounding, from windows that hold nothing to windows that hold all."""
    points, targets = drawn(1, spread, 0.0)
    found = linear_sums(points, targets, q, p) / points.total
    wanted = brute(points, targets, Preference("linear", q=q, p=p)) / points.total
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-14 * p / (p - q) + 4 * np.spacing(10 * spread) / (p - q))


def test_linear_sums_do_not_cancel() -> None:
    """A billion-fold offset and an outlier leave the window sums exact."""
    bases = np.array([2.0**30, 2.0**30 + 0.25, 2.0**30 + 0.5, 2.0**50])
    points = Points(bases, np.zeros(4), np.array([10**8, 3, 10**8, 1]))
    found = linear_sums(points, bases, 0.0, 1.0)
    n, half = 10**8, 0.5
    assert found.tolist() == [-(0.75 + n * half + 1), (n - n) * 0.25 - 1, n * half + 0.75 - 1, 2 * n + 3]


@pytest.mark.parametrize("s", [1e-4, 0.05, 0.7, 30.0, 1e6])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_gaussian_sums_equal_pairs(s: float, offset: float) -> None:
    """The series by boxes agrees with pairs to 1e-13 a value, from boxes with one point to one box for all."""
    points, targets = drawn(2, 1.0, offset)
    found = gaussian_sums(points, targets, s) / points.total
    wanted = brute(points, targets, Preference("gaussian", s=s)) / points.total
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-13 + 2 * np.spacing(offset) / s)


def test_nothing_and_everything_at_one_place() -> None:
    """No points sum to 0, and points on the target cancel."""
    nothing = Points(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    target = np.array([1.5])
    assert gaussian_sums(nothing, target, 1.0).tolist() == [0.0]
    assert linear_sums(nothing, target, 0.0, 1.0).tolist() == [0.0]
    one = Points(target, np.zeros(1), np.array([9]))
    assert gaussian_sums(one, target, 1.0).tolist() == [0.0]
    assert linear_sums(one, target, 0.0, 1.0).tolist() == [0.0]


def test_running_sums_start_at_nothing() -> None:
    """Running sums of counts have one entry more than the counts."""
    assert running(np.array([2, 0, 5])).tolist() == [0, 2, 2, 7]
