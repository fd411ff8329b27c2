"""One pass over a block of scores that finds who may be among the first k, for numba to compile.

Without numba `weighbridge.robustness.counting` finds the same molecules with numpy, by groups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import compiled

__all__ = ["first_pool", "scan", "scanner"]

STRIDE: Final = 32
"""Scores that are compared with a bound at once; most strides hold none above it."""

POOL: Final = 4
"""For each of the k places so many molecules of earlier draws are remembered, to start from a good bound."""

Scan: TypeAlias = Callable[[Floats, Floats, int, Floats, bool, Integers], tuple[Integers, Integers, Floats]]


def scan(  # noqa: C901 -- numba compiles one plain function faster than many
    above: Floats, below: Floats, k: int, slack: Floats, ratio: bool, pool: Integers
) -> tuple[Integers, Integers, Floats]:
    """Return draws and molecules whose score is at most `slack` below the k-th best of the draw.

    Parameters
    ----------
    above
        Shape (b, n): scores, or squared distances to the anti-ideal.
    below
        Shape (b, n): squared distances to the ideal; not looked at unless `ratio`.
    k
        1 ≤ k ≤ n.
    slack
        Shape (b,), in scores.
    ratio
        Whether the score is the closeness √above / (√above + √below).
    pool
        At least k different molecules to start from, for the first draw any; those found take their
        place, so that the next call starts well. The result does not depend on it.

    Returns
    -------
    draws, molecules
        Shape (found,), ordered by draw.
    found_keys
        Shape (found,): the score, or above/below where `ratio`.
    """
    rows, n = above.shape
    draws = np.empty(rows * (2 * k + STRIDE), np.int64)
    molecules, found_keys = np.empty(draws.size, np.int64), np.empty(draws.size)
    best, candidates, keys = np.empty(k), np.empty(n, np.int64), np.empty(n)
    pooled = np.zeros(n, np.bool_)
    pooled[pool] = True
    oldest = found = 0
    for row in range(rows):
        line, under = above[row], below[row]
        # Molecules that were among the first before: the k-th of their scores bounds the k-th of all from below.
        best[:] = -np.inf
        least = 0
        for molecule in pool:
            value = line[molecule]
            if ratio:
                value = value / under[molecule] if under[molecule] > 0 else np.inf
            if value > best[least]:
                best[least] = value
                for place in range(k):
                    if best[place] < best[least]:
                        least = place
        bound = best[least]
        best[:] = -np.inf
        least = count = 0
        floor = bound - slack[row]
        if ratio:
            close = max(1.0 / (1.0 + np.sqrt(1.0 / bound)) - slack[row], 0.0) if bound > 0 else 0.0
            floor = (close / (1.0 - close)) ** 2
        for start in range(0, n, STRIDE):
            part, other = line[start : start + STRIDE], under[start : start + STRIDE]
            hit = False
            if ratio:
                # Comparing products spares a division a molecule.
                for i in range(part.size):
                    hit |= part[i] >= floor * other[i]
            else:
                for i in range(part.size):
                    hit |= part[i] >= floor
            if not hit:
                continue
            for i in range(part.size):
                if part[i] < (floor * other[i] if ratio else floor):
                    continue
                value = part[i]
                if ratio:
                    value = value / other[i] if other[i] > 0 else np.inf
                candidates[count], keys[count] = start + i, value
                count += 1
                if value <= best[least]:
                    continue
                best[least] = value
                for place in range(k):
                    if best[place] < best[least]:
                        least = place
                if best[least] > bound:
                    bound = best[least]
                    floor = bound - slack[row]
                    if ratio:
                        close = max(1.0 / (1.0 + np.sqrt(1.0 / bound)) - slack[row], 0.0) if bound > 0 else 0.0
                        floor = (close / (1.0 - close)) ** 2
        if found + count > draws.size:
            draws = np.concatenate((draws, np.empty(draws.size + count, np.int64)))
            molecules = np.concatenate((molecules, np.empty(molecules.size + count, np.int64)))
            found_keys = np.concatenate((found_keys, np.empty(found_keys.size + count)))
        for i in range(count):
            if keys[i] >= floor:
                draws[found], molecules[found], found_keys[found] = row, candidates[i], keys[i]
                found += 1
                if not pooled[candidates[i]]:
                    pooled[pool[oldest]] = False
                    pool[oldest] = candidates[i]
                    pooled[candidates[i]] = True
                    oldest = (oldest + 1) % pool.size
    return draws[:found], molecules[:found], found_keys[:found]


def first_pool(k: int, n: int) -> Integers:
    """Return the molecules to start from when nothing is known."""
    return np.arange(min(POOL * k, n))


@cache
def scanner() -> Scan:
    """Return `scan`, compiled where numba is installed."""
    return compiled(scan)
