"""Sums of the Gaussian preference function over all pairs, in numpy.

Σ_j P(x_i − x_j) over the x_j below x_i is their number less the sum of exp(−(x_i − x_j)²/2s²), which comes
from the series of `weighbridge.kernels.series`: each box of values is summed up once, acts on the boxes
within reach, and inside a box running sums are read off value by value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.series import BOXES_APART, OWN_TERMS, SCALES, TERMS, box_scale, transfers
from weighbridge.kernels.windows import reaches

__all__ = ["sum_gaussian"]

PIECE: Final = 4_096
"""Values summed up in one run: a longer run would round more and leave the cache."""

_STRIP: Final = 64
"""Values added one by one."""

_MATRIX_ROWS: Final = 512
"""Boxes multiplied at a time: so few that no linear algebra library splits them over threads."""


def sum_gaussian(values: Floats, s: float) -> tuple[Floats, Floats]:
    """Return Σ_j P(x_i − x_j) and Σ_j P(x_j − x_i) where P(d) = 1 − exp(−d²/2s²) for d > 0.

    Parameters
    ----------
    values
        Shape (n,), ascending.
    s
        The inflection point, above 0.

    Returns
    -------
    positive, negative
        Shape (n,); the error is below 10⁻¹³ n.
    """
    n = values.size
    starts, ends = reaches(values, 0.0)
    first, second, width = box_scale(s)
    with np.errstate(over="ignore", under="ignore"):
        scaled = values * first * second
    near = slice(*np.searchsorted(scaled, [-BOXES_APART, BOXES_APART]))
    low, high = np.zeros(n), np.zeros(n)
    if near.start < near.stop:
        low[near], high[near] = _Boxes.of(scaled[near], width).sums()
    # Equal values share the sums of the first among them, which leave every one of them out. Where there
    # is no other value the sums leave rounding; the counts bound them.
    before, after = starts.astype(np.float64), (n - ends).astype(np.float64)
    positive = np.clip(before - low, 0.0, before)
    negative = np.clip(after - (high - (ends - starts)), 0.0, after)
    return positive.take(starts, mode="clip"), negative.take(starts, mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class _Boxes:
    """Sorted values in boxes.

    Attributes
    ----------
    scaled
        Shape (n,): the values in units of a box.
    width
        Of a box, in units of s.
    edges
        Shape (boxes + 1,): where each box begins among the values, and n.
    ids
        Shape (boxes,): which box it is; whole numbers that may be too large for an integer.
    """

    scaled: Floats
    width: float
    edges: Integers
    ids: Floats

    @classmethod
    def of(cls, scaled: Floats, width: float) -> _Boxes:
        """Find the boxes."""
        ids = np.floor(scaled)
        begins = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
        return cls(scaled, width, np.append(begins, scaled.size), ids[begins])

    def sums(self) -> tuple[Floats, Floats]:
        """Return Σ exp over the values before each one, and over the others including itself."""
        totals = self._totals()
        below, above = self._influences(totals)
        above += totals
        low, high = np.empty(self.scaled.size), np.empty(self.scaled.size)
        for piece, boxes, marks in self._pieces():
            psi = self._terms(piece, boxes, marks)
            if len(marks) == 1:
                low[piece] = np.einsum("k,kn->n", below[boxes.start], psi)
                high[piece] = np.einsum("k,kn->n", above[boxes.start], psi)
            else:
                lengths = np.diff(np.append(marks, piece.stop - piece.start))
                low[piece] = np.einsum("nk,kn->n", np.repeat(below[boxes], lengths, axis=0), psi)
                high[piece] = np.einsum("nk,kn->n", np.repeat(above[boxes], lengths, axis=0), psi)
            own = self._own(psi[:OWN_TERMS], marks)
            low[piece] += own
            high[piece] -= own
            # A box cut into pieces hands what it has passed from above to below.
            last, passed = boxes.stop - 1, psi[:, marks[-1] :].sum(axis=1)
            below[last] += passed
            above[last] -= passed
        return low, high

    def _pieces(self) -> Iterator[tuple[slice, slice, Integers]]:
        """Yield values, the boxes they are in, and where these begin among the values.

        A piece is part of one large box, or several small boxes.
        """
        box, count = 0, self.ids.size
        while box < count:
            start = int(self.edges[box])
            stop = int(np.searchsorted(self.edges, start + PIECE, side="right")) - 1
            if stop > box:
                yield slice(start, int(self.edges[stop])), slice(box, stop), self.edges[box:stop] - start
                box = stop
                continue
            end = int(self.edges[box + 1])
            for part in range(start, end, PIECE):
                yield slice(part, min(part + PIECE, end)), slice(box, box + 1), np.zeros(1, dtype=np.int64)
            box += 1

    def _terms(self, piece: slice, boxes: slice, marks: Integers) -> Floats:
        """Return ψ_k of the values in a piece, shape (TERMS, values)."""
        scaled = self.scaled[piece]
        lengths = np.diff(np.append(marks, scaled.size))
        # Two steps, because the number of the box and a half may need more digits than there are.
        place = ((scaled - np.repeat(self.ids[boxes], lengths)) - 0.5) * self.width
        psi = np.empty((TERMS, scaled.size))
        psi[0] = np.exp(place**2 / -2.0)
        for k in range(1, TERMS):
            np.multiply(psi[k - 1], place * SCALES[k], out=psi[k])
        return psi

    def _totals(self) -> Floats:
        """Return Σ ψ_k over each box, shape (boxes, TERMS)."""
        totals = np.zeros((self.ids.size, TERMS))
        for piece, boxes, marks in self._pieces():
            psi = self._terms(piece, boxes, marks)
            totals[boxes] += psi.sum(axis=1) if len(marks) == 1 else np.add.reduceat(psi, marks, axis=1).T
        return totals

    def _influences(self, totals: Floats) -> tuple[Floats, Floats]:
        """Return the coefficients of ψ_b from all boxes below each box, and from those above."""
        below, above = np.zeros_like(totals), np.zeros_like(totals)
        turn = (-1.0) ** np.add.outer(np.arange(TERMS), np.arange(TERMS))
        for distance, matrix in enumerate(transfers(self.width), start=1):
            sources = np.searchsorted(self.ids, self.ids - distance)
            # Of large numbers the difference is exact, and the number less the distance need not be.
            targets = np.flatnonzero(self.ids - self.ids[sources] == distance)
            sources = sources[targets]
            for start in range(0, targets.size, _MATRIX_ROWS):
                to, by = targets[start : start + _MATRIX_ROWS], sources[start : start + _MATRIX_ROWS]
                below[to] += totals[by] @ matrix.T
                above[by] += totals[to] @ (turn * matrix).T
        return below, above

    @staticmethod
    def _own(psi: Floats, marks: Integers) -> Floats:
        """Return Σ exp over the values before each one in its own box and piece."""
        before = _sums_before(psi)
        if len(marks) > 1:
            lengths = np.diff(np.append(marks, psi.shape[1]))
            before -= np.repeat(before[:, marks], lengths, axis=1)
        own: Floats = np.einsum("kn,kn->n", psi, before)
        return own


def _sums_before(terms: Floats) -> Floats:
    """Return the sum of all terms before each one, along the last axis.

    Added in two steps: the rounding of one long sum would pile up where equal values add equal terms.
    """
    rows, size = terms.shape
    cut = np.zeros((rows, -(-size // _STRIP), _STRIP))
    cut.reshape(rows, -1)[:, :size] = terms
    np.cumsum(cut, axis=2, out=cut)
    cut[:, 1:] += np.cumsum(cut[:, :-1, -1], axis=1)[:, :, None]
    before = np.zeros_like(terms)
    before[:, 1:] = cut.reshape(rows, -1)[:, : size - 1]
    return before
