"""Counts and slopes in numpy: where a pointer stands, against a loop over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from tests.kernels.brute import adversarial_columns, hard_columns

from weighbridge.kernels import windows
from weighbridge.kernels.windows import reaches, sum_linear, sum_steps


def counts(values: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
    """Return b and e by their definition."""
    with np.errstate(over="ignore"):
        far = values[:, None] - values[None, :] > t
    return far.sum(axis=1), (~far).sum(axis=0)


@given(adversarial_columns(), st.sampled_from([0.0, 5e-324, 1e-6, 0.1, 0.3, 1.0, 1e6, 1e150]))
def test_pointers_stand_where_the_differences_say(values: list[float], t: float) -> None:
    """By the difference as it is computed, ties and denormals included."""
    column = np.sort(np.array(values) + 0.0)
    assert_array_equal(reaches(column, t), counts(column, t))


def test_a_threshold_that_decimal_data_sit_on_is_felt_as_computed() -> None:
    """0.8 − 0.7 exceeds 0.1 in doubles and 0.3 − 0.2 does not: as brute force has it, so have windows."""
    column = np.arange(1, 11) / 10
    below, _ = reaches(column, 0.1)
    assert_array_equal(below, counts(column, 0.1)[0])
    assert below[2] == 1
    assert below[7] == 7


@pytest.mark.parametrize("size", [3, 8, 4096])
def test_blocks_do_not_move_pointers(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block begins where the last one ended."""
    monkeypatch.setattr(windows, "BLOCK", size)
    for kind, column in hard_columns(300).items():
        ordered = np.sort(column)
        for t in (0.0, 0.1, 1.0):
            assert_array_equal(reaches(ordered, t), counts(ordered, t), err_msg=kind)


def test_what_rounding_misplaces_is_found_again() -> None:
    """Hundreds of tiny values between x − t and where the difference, rounded, crosses t."""
    tiny = np.sort(np.concatenate([-np.arange(400) * 1e-19, np.arange(1, 400) * 1e-19]))
    column = np.concatenate([tiny, [1.0, 1.0 + 2.0**-52]])
    assert_array_equal(reaches(column, 1.0), counts(column, 1.0))


def test_steps_are_halves_of_counts() -> None:
    """½ above q and 1 above p, from below and from above; equal thresholds count whole."""
    column = np.array([0.0, 1.0, 2.0, 4.0])
    positive, negative = sum_steps(column, 0.5, 1.5)
    assert positive.tolist() == [0.0, 0.5, 1.5, 3.0]
    assert negative.tolist() == [2.5, 1.5, 1.0, 0.0]
    assert sum_steps(column, 1.0, 1.0)[0].tolist() == [0.0, 0.0, 1.0, 3.0]


def test_slopes_rise_from_q_to_p() -> None:
    """By hand: (d − 1)/2 between 1 and 3."""
    positive, negative = sum_linear(np.array([0.0, 1.0, 2.0, 4.0]), 1.0, 3.0)
    assert_allclose(positive, [0.0, 0.0, 0.5, 1 + 1 + 0.5], rtol=0, atol=1e-15)
    assert_allclose(negative, [0 + 0.5 + 1, 1.0, 0.5, 0.0], rtol=0, atol=1e-15)


def test_values_far_from_zero_lose_nothing() -> None:
    """An offset that every prefix sum is drowned in moves no sum: 2^52 away from 0 and by 0 they are equal."""
    column = np.sort(np.random.default_rng(0).integers(0, 1000, 500)).astype(float)
    assert_array_equal(sum_linear(column + 2.0**52, 3.0, 40.0), sum_linear(column, 3.0, 40.0))
