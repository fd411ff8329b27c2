"""Who is among the first k under many sets of weights, with ties, without sorting everybody.

A lower bound on the k-th score of a draw leaves few molecules that may be among the first k, and
only those are sorted: numba finds them in one pass (`weighbridge.robustness.scanning`), numpy by the
best of some hundred groups. Ties are those of `weighbridge.core.ranking`: neighbours closer than
1e-12 of the score range, or than rounding. As that is thousands of times what two ways of computing
a matrix product differ by, the counts do not depend on how the product was cut, on how many threads
computed it, or on whether numba is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.ranking import ROUNDING, TIE_TOLERANCE
from weighbridge.kernels.engine import use_numba
from weighbridge.robustness.forms import Form, LinearForm
from weighbridge.robustness.scanning import first_pool, scanner

__all__ = ["Candidates", "Finder", "Places", "block_rows", "candidates_of", "closeness", "first_places", "tolerances"]

BLOCK_BYTES: Final = 2 * 1024 * 1024
"""Size of the block of scores held at a time: it fits into a core's cache."""

LARGEST_BLOCK_BYTES: Final = 32 * 1024 * 1024
"""The block may grow to this, so that a matrix product has rows enough to be fast."""

CHAIN: Final = 1_000.0
"""Scores within this many tolerances below the k-th are looked at, so that a chain of ties is whole."""

FEW: Final = 512
"""Up to this many molecules numpy is as fast as numba, without groups."""

NUMBA_SHARE: Final = 100
"""Finding the first k takes this much less than ranking by numba does, so numba pays for so many more scores."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """The molecules that may be among the first k of some draws.

    Attributes
    ----------
    draws, molecules
        Shape (entries,): row of the weights, row of the matrix.
    scores
        Shape (entries,).
    loose
        Shape (b,), by draw: not less than the tolerance within which scores are tied.
    exact
        Returns that tolerance for some draws.
    """

    draws: Integers
    molecules: Integers
    scores: Floats
    loose: Floats
    exact: Callable[[Integers], Floats]


@dataclass(frozen=True, eq=False)
class Places:
    """The molecules that take the first k places, draw by draw, best first.

    Attributes
    ----------
    draws, molecules
        Shape (entries,): row of the weights, row of the matrix.
    first
        Shape (entries,): the best place of the molecule's tied group, 0 the first; all < k.
    tied
        Shape (entries,): how many molecules share it.
    """

    draws: Integers
    molecules: Integers
    first: Integers
    tied: Integers


def block_rows(numbers: int) -> int:
    """Return how many draws make a block, 1 to 1,000, where each takes so many numbers."""
    wanted = max(BLOCK_BYTES // (8 * numbers), 16)
    return min(max(min(wanted, LARGEST_BLOCK_BYTES // (8 * numbers)), 1), 1_000)


def closeness(ratio: Floats) -> Floats:
    """Return D⁻/(D⁺ + D⁻) from (D⁻)²/(D⁺)², which may be infinite."""
    with np.errstate(divide="ignore"):
        result: Floats = 1.0 / (1.0 + np.sqrt(1.0 / ratio))
    return result


def tolerances(scores: Floats, size: Floats) -> Floats:
    """Return how close scores must be to be tied, by row, as a ranking has it.

    Parameters
    ----------
    scores
        Shape (…, n).
    size
        Shape (…): the size of the numbers that are added up to a score.
    """
    best, worst = scores.max(axis=-1), scores.min(axis=-1)
    return np.asarray(np.maximum(TIE_TOLERANCE * (best - worst), ROUNDING * size))


class Finder:
    """Finds the molecules that may be among the first k, for certain scores and any weights.

    Parameters
    ----------
    form
        How the scores depend on the weights, n molecules × m criteria.
    k
        How many places are asked for; n or more means every place.
    draws
        How many draws there will be at most, from which it follows whether numba pays.
    rows
        Draws a block; by default `block_rows`. The result does not depend on it.
    """

    def __init__(self, form: Form, k: int, draws: int, rows: int | None = None) -> None:
        n = form.shape[0]
        self._form, self._k, self._rows = form, k, rows or block_rows(n if isinstance(form, LinearForm) else 2 * n)
        self._above = np.empty((self._rows, n))
        self._pool = first_pool(k, n) if k < n and n > FEW and use_numba(n, repeats=draws // NUMBA_SHARE) else None
        if isinstance(form, LinearForm):
            low, high = form.values.min(axis=0), form.values.max(axis=0)
            self._spread, self._size = high - low, np.maximum(np.abs(low), np.abs(high))
        else:
            self._below = np.empty((self._rows, n))
            # Both distances are 0 only where every criterion with weight is constant: all are halfway then.
            self._constant = ~((form.near[0] > 0) | (form.far[0] > 0))

    def __call__(self, weights: Floats) -> Candidates:
        """Return the candidates under weights of shape (b, m)."""
        ratio = not isinstance(self._form, LinearForm)
        size = np.ones(len(weights)) if ratio else weights @ self._size
        spread = size if ratio else weights @ self._spread
        loose = np.asarray(TIE_TOLERANCE * spread + ROUNDING * size)
        parts = list(self._blocks(weights, loose))
        keys = np.concatenate([part[2] for part in parts])

        def exact(draws: Integers) -> Floats:
            scores = self._form.scores(weights[draws])
            return tolerances(scores, scores.max(axis=1) if ratio else size[draws])

        return Candidates(
            np.concatenate([part[0] for part in parts]),
            np.concatenate([part[1] for part in parts]),
            closeness(keys) if ratio else keys,
            loose,
            exact,
        )

    def _blocks(self, weights: Floats, loose: Floats) -> Iterator[tuple[Integers, Integers, Floats]]:
        for start in range(0, len(weights), self._rows):
            part = weights[start : start + self._rows]
            above, below = self._products(part)
            slack = CHAIN * loose[start : start + self._rows]
            if self._pool is not None:
                draws, molecules, keys = scanner()(
                    above, above if below is None else below, self._k, slack, below is not None, self._pool
                )
                yield draws + start, molecules, keys
                continue
            if below is not None:
                with np.errstate(divide="ignore"):
                    np.divide(above, below, out=above)
            draws, molecules = candidates_of(above, self._k, slack, ratio=below is not None)
            yield draws + start, molecules, above[draws, molecules]

    def _products(self, weights: Floats) -> tuple[Floats, Floats | None]:
        """Return scores, or for TOPSIS the squared distances to anti-ideal and ideal, by matrix products."""
        form, above = self._form, self._above[: len(weights)]
        if isinstance(form, LinearForm):
            return np.matmul(weights, form.values.T, out=above), None
        # Only the ratio of the weights matters; a largest weight of 1 keeps the squares from underflowing.
        squares = (weights / weights.max(axis=1, keepdims=True)) ** 2
        below = self._below[: len(weights)]
        np.matmul(squares, form.near.T, out=above)
        np.matmul(squares, form.far.T, out=below)
        if self._constant.any():
            alike = (squares[:, ~self._constant] == 0).all(axis=1)
            above[alike] = below[alike] = 1.0
        return above, below


def candidates_of(keys: Floats, k: int, slack: Floats, *, ratio: bool) -> tuple[Integers, Integers]:
    """Return draws and molecules that may take one of the first k places, and few others, by numpy.

    Parameters
    ----------
    keys
        Shape (b, n): scores, or where `ratio` what `closeness` makes scores of.
    k
        n or more means all.
    slack
        Shape (b,): how far below the k-th a score may lie.
    ratio
        What the keys are.
    """
    n = keys.shape[1]
    if k >= n:
        every = np.indices(keys.shape)
        return every[0].ravel(), every[1].ravel()
    groups = max(64, n // 20, 4 * k) // 64 * 64
    if n <= FEW or 4 * groups > n:
        bound = np.partition(keys, n - k, axis=1)[:, n - k]
        found = np.nonzero(keys >= _floor(bound, slack, ratio=ratio)[:, None])
        return found[0], found[1]
    length = n // groups
    cube = keys[:, : length * groups].reshape(len(keys), length, groups)
    best = cube.max(axis=1)
    floor = _floor(np.partition(best, groups - k, axis=1)[:, groups - k], slack, ratio=ratio)
    # Group g holds the molecules g, g + groups, …; only groups whose best may be among the first are looked into.
    draws, group = np.nonzero(best >= floor[:, None])
    entry, step = np.nonzero(cube[draws, :, group] >= floor[draws, None])
    rest_draws, rest = np.nonzero(keys[:, length * groups :] >= floor[:, None])
    molecules = np.concatenate([step * groups + group[entry], rest + length * groups])
    return np.concatenate([draws[entry], rest_draws]), molecules


def _floor(bound: Floats, slack: Floats, *, ratio: bool) -> Floats:
    """Return the keys whose scores lie a slack below those of the bounds."""
    if not ratio:
        return np.asarray(bound - slack)
    below = np.maximum(closeness(bound) - slack, 0.0)
    return np.asarray((below / (1.0 - below)) ** 2)


def first_places(found: Candidates, k: int) -> Places:
    """Return who takes the first k places in every draw.

    Returns
    -------
    places
        Sorted by draw and place. A tied group that begins before the k-th place is in it whole.
    """
    order = _sorted(found)
    draws, molecules, scores = found.draws[order], found.molecules[order], found.scores[order]
    starts = np.flatnonzero(np.concatenate(([True], draws[1:] != draws[:-1])))
    place = np.arange(draws.size) - np.repeat(starts, np.diff(starts, append=draws.size))
    begins = np.flatnonzero(_begins(found, draws, scores, place))
    sizes = np.diff(begins, append=draws.size)
    first, tied = np.repeat(place[begins], sizes), np.repeat(sizes, sizes)
    kept = first < k
    return Places(draws[kept], molecules[kept], first[kept], tied[kept])


def _sorted(found: Candidates) -> Integers:
    """Return the order by draw, and within a draw from the best score on."""
    by_score = np.argsort(-found.scores)
    draws = found.draws[by_score]
    # Small numbers are sorted by their digits, which is several times faster.
    small = draws.astype(np.int16) if draws.size and draws.max() < np.iinfo(np.int16).max else draws
    return np.asarray(by_score[np.argsort(small, kind="stable")])


def _begins(found: Candidates, draws: Integers, scores: Floats, place: Integers) -> Booleans:
    """Return where a group of tied scores begins; only where a gap is doubtful the range is looked up."""
    gaps = np.concatenate(([np.inf], scores[:-1] - scores[1:]))
    gaps[place == 0] = np.inf
    doubtful = np.unique(draws[(gaps > 0) & (gaps <= found.loose[draws])])
    tolerance = found.loose
    if doubtful.size:
        tolerance = tolerance.copy()
        tolerance[doubtful] = found.exact(doubtful)
    return np.asarray(gaps > tolerance[draws])
