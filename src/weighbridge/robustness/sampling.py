"""Weights drawn at random: uniformly, in an order, around today's, and as a panel's answers scatter.

Every sampler is an endless stream of rounds of `ROUND` rows, so that the first draws are the same
however many are asked for, and nothing here goes through a matrix product of the linear algebra
library, whose last bit may depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.ranking import ROUNDING

__all__ = ["ROUND", "dirichlet_rounds", "lognormal_rounds", "ordered", "square_root", "uniform", "uniform_rounds"]

ROUND: Final = 1_000
"""Draws a round; sampling stops between rounds only."""


def uniform(generator: np.random.Generator, count: int, m: int) -> Floats:
    """Return weights spread evenly over the simplex, shape (count, m).

    Exponential numbers divided by their sum: the spacings of uniform numbers (Lahdelma, Hokkanen
    and Salminen 1998; Tervonen and Lahdelma 2007, section 3.1). Uniform numbers divided by their
    sum would crowd the middle.
    """
    numbers = generator.standard_exponential((count, m))
    result: Floats = numbers / numbers.sum(axis=1, keepdims=True)
    return result


def uniform_rounds(generator: np.random.Generator, m: int) -> Iterator[Floats]:
    """Yield rounds of weights spread evenly over the simplex, shape (ROUND, m)."""
    while True:
        yield uniform(generator, ROUND, m)


def ordered(weights: Floats, columns: Integers) -> Floats:
    """Return weights with those of some columns sorted, the first column getting the largest.

    The uniform distribution on the simplex does not change when weights swap, so sorting makes it
    the uniform distribution on the part where w[columns[0]] ≥ w[columns[1]] ≥ … (Tervonen and
    Lahdelma 2007, section 3.1).

    Parameters
    ----------
    weights
        Shape (count, m).
    columns
        Column numbers, most important first; the others are left alone.
    """
    result = weights.copy()
    result[:, columns] = -np.sort(-weights[:, columns], axis=1)
    return result


def dirichlet_rounds(generator: np.random.Generator, centre: Floats, concentration: float) -> Iterator[Floats]:
    """Yield rounds of Dirichlet weights around a centre, shape (ROUND, m).

    Parameters
    ----------
    generator
        The stream of random numbers.
    centre
        Shape (m,), sums to 1: the mean. A weight of zero stays zero.
    concentration
        c > 0: a weight w scatters with variance w(1 − w)/(c + 1).
    """
    positive = centre > 0
    while True:
        weights = np.zeros((ROUND, centre.size))
        weights[:, positive] = generator.dirichlet(concentration * centre[positive], ROUND)
        yield weights


def square_root(covariance: Floats) -> Floats:
    """Return the symmetric square root of a covariance matrix; eigenvalues that are rounding count as 0.

    Weights that sum to 1 have a covariance of their logarithms that is singular: the root of an
    eigenvalue that should be 0 would be the root of the rounding error, 10⁻⁸ instead of 10⁻¹⁶.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    rounding = ROUNDING * float(np.abs(values).max(initial=0.0))
    kept = np.where(values > rounding, values, 0.0)
    # The symmetric root does not depend on the signs of the eigenvectors, which are arbitrary.
    root: Floats = np.einsum("ik,k,jk->ij", vectors, np.sqrt(kept), vectors)
    return root


def lognormal_rounds(generator: np.random.Generator, centre: Floats, covariance: Floats) -> Iterator[Floats]:
    """Yield rounds of weights whose logarithms are normal, normalised, shape (ROUND, m).

    Parameters
    ----------
    generator
        The stream of random numbers.
    centre
        Shape (m,): exp of the mean logarithm. A weight of zero stays zero.
    covariance
        Shape (m, m), of the logarithms; rows of zero weights are not looked at.
    """
    positive = np.flatnonzero(centre > 0)
    root = square_root(covariance[np.ix_(positive, positive)])
    logarithms = np.log(centre[positive])
    while True:
        normal = generator.standard_normal((ROUND, positive.size))
        shifted = logarithms + np.einsum("sk,kj->sj", normal, root)
        numbers = np.exp(shifted - shifted.max(axis=1, keepdims=True))
        weights = np.zeros((ROUND, centre.size))
        weights[:, positive] = numbers / numbers.sum(axis=1, keepdims=True)
        yield weights
