"""Gaussian sums in numpy: against all pairs, in boxes that are full, sparse, cut into pieces, or out of reach."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.kernels.brute import hard_columns, pair_sums

import weighbridge as wb
from weighbridge.kernels import boxes
from weighbridge.kernels.boxes import sum_gaussian


def check(column: np.ndarray, s: float) -> None:
    """Assert that sums are those of all pairs."""
    ordered = np.sort(column)
    expected = np.array(pair_sums(ordered, wb.Preference("gaussian", s=s))).astype(float)
    assert_allclose(np.array(sum_gaussian(ordered, s)), expected, rtol=0, atol=2e-15 * column.size)


@pytest.mark.parametrize("s", [1e-9, 0.003, 0.05, 0.7, 1.0, 13.0, 1e9])
@pytest.mark.parametrize("kind", hard_columns(2))
def test_sums_are_those_of_all_pairs(kind: str, s: float) -> None:
    """From every value in a box of its own to all values in one."""
    check(hard_columns(400)[kind], s)


@pytest.mark.parametrize("piece", [1, 7, 50])
def test_a_box_may_be_cut_into_pieces(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a piece has passed counts as below for the next one."""
    monkeypatch.setattr(boxes, "PIECE", piece)
    for kind in ("normal", "two values", "poisson"):
        check(hard_columns(200)[kind], 0.8)


def test_pieces_cover_every_value_once() -> None:
    """Small boxes are packed together and large ones cut, in order."""
    column = np.sort(np.concatenate([np.linspace(0, 0.2, 9_000), np.linspace(5, 400, 3_000)]))
    cut = list(boxes._Boxes.of(column, 0.4)._pieces())
    covered = np.concatenate([np.arange(piece.start, piece.stop) for piece, _, _ in cut])
    assert_array_equal(covered, np.arange(column.size))
    assert max(piece.stop - piece.start for piece, _, _ in cut) <= boxes.PIECE
    assert max(len(marks) for _, _, marks in cut) > 10


def test_values_beyond_all_boxes_are_out_of_reach() -> None:
    """So large that neighbouring doubles are many s apart; the least and the largest s."""
    check(np.array([-1e300, -1e300, -1.0, 0.0, 1e-20, 1.0, 1e22, 1e22, 1e300]), 1e-3)
    check(np.array([-1e-323, 0.0, 5e-324, 5e-324, 1e-322, 1.0]), 5e-324)
    check(np.array([-1e308, -1.0, 0.0, 5e-324, 1.0, 1e307]), 1e308)


def test_boxes_so_far_out_that_their_numbers_have_gaps_are_not_their_own_neighbours() -> None:
    """The number of a box less 1 is the number itself from 2^53 on."""
    check(np.array([0.0, 1e15, 1e15 + 0.125, 1e15 + 0.25]), 0.1)
    check(np.array([-3e17, 3e17, 3e17 + 64]), 30.0)


def test_the_extremes_have_exactly_nothing_beyond_them() -> None:
    """No rounding is left where there is no other value."""
    positive, negative = sum_gaussian(np.sort(hard_columns(500)["normal"]), 1.0)
    assert positive[0] == 0.0
    assert negative[-1] == 0.0
