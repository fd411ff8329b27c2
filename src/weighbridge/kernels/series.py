"""The series behind the Gaussian sums: exp(−(y_i − y_j)²/2) for points in boxes.

With u and v the places of two points measured from the centres of their boxes, D apart, everything in
units of s,

    exp(−(D + u − v)²/2) = Σ_ab ψ_b(u) K_D[b, a] ψ_a(v),    ψ_k(v) = exp(−v²/2) v^k / √k!

K_D is the power series of exp(−D²/2 − Du + Dv + uv), and K_0 the identity. A box is at most s/2 wide, so
|v| ≤ ¼ and what is left out by stopping at a = b = 15 is less than 2·10⁻¹⁶ a pair; beyond `REACH` the
exponential is less than 10⁻¹⁶. A whole box therefore acts on another through `TERMS` sums, and within a
box, where the first `OWN_TERMS` suffice (6·10⁻¹⁵ a pair), running sums tell those below from those above.

References
----------
Greengard, L. and Strain, J. (1991). The fast Gauss transform. SIAM Journal on Scientific and
Statistical Computing 12(1), 79–94: boxes and series of this kind. The one-sided sums are our own.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats

__all__ = ["BOXES_APART", "OWN_TERMS", "REACH", "SCALES", "TERMS", "box_scale", "transfers"]

TERMS: Final = 16
"""Terms of the series between boxes."""

OWN_TERMS: Final = 9
"""Terms of the series inside a box."""

REACH: Final = 8.6
"""Beyond this many s the exponential is left out: exp(−37) = 9·10⁻¹⁷."""

BOXES_APART: Final = 2.0**60
"""Values more than this many boxes from 0 are further apart than `REACH`, or equal."""

SCALES: Final[Floats] = np.array([1.0 / math.sqrt(k) if k else 1.0 for k in range(TERMS)])
"""ψ_k = ψ_{k−1} · v · SCALES[k]."""


def box_scale(s: float) -> tuple[float, float, float]:
    """Return two factors that count values in boxes, and the width of a box in units of s.

    A box is a power of two wide, between s/4 and s/2, so that the place of a value in its box is
    exact whatever its size. The factors are powers of two, whose product may be too large for a
    double.
    """
    mantissa, exponent = math.frexp(s)
    half = (2 - exponent) // 2
    return math.ldexp(1.0, half), math.ldexp(1.0, 2 - exponent - half), 0.25 / mantissa


def transfers(width: float) -> Floats:
    """Return K for boxes 1, 2, … boxes apart, the target above the source.

    Parameters
    ----------
    width
        Of a box, in units of s.

    Returns
    -------
    matrices
        Shape (distances, TERMS, TERMS): first the target's term b, then the source's a. For a
        target below the source K[b, a] takes the sign (−1)^(a+b).
    """
    distances = width * np.arange(1, math.ceil(REACH / width) + 1)
    matrices = np.zeros((distances.size, TERMS, TERMS))
    matrices[:, 0, 0] = np.exp(distances**2 / -2.0)
    for a in range(1, TERMS):
        matrices[:, 0, a] = matrices[:, 0, a - 1] * distances * SCALES[a]
    roots = np.sqrt(np.arange(TERMS))
    for b in range(1, TERMS):
        # From the derivative by u of the exponential: √b K[b, a] = √a K[b − 1, a − 1] − D K[b − 1, a].
        matrices[:, b] = -distances[:, None] * matrices[:, b - 1]
        matrices[:, b, 1:] += roots[1:] * matrices[:, b - 1, :-1]
        matrices[:, b] /= roots[b]
    return matrices
