"""PROMETHEE II: which neighbours no deletion of other molecules can reverse.

The bound is derived at `safe_margin`; 4,000 random problems came up to 0.63 of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.robustness.variations import require_count

__all__ = ["SafePair", "neighbouring_pairs", "safe_margin", "safe_pairs"]

ROUNDING_ERROR: Final = 1e-9
"""A difference that exceeds the margin by less than this share of a deletion is not called safe."""


@dataclass(frozen=True, slots=True)
class SafePair:
    """Two neighbours in a PROMETHEE II ranking.

    Attributes
    ----------
    above, below
        The molecules.
    difference
        φ(above) − φ(below).
    margin
        2r/(n − 1): above it no deletion of r others can reverse the pair.
    safe
        Whether the difference is above the margin, and there are that many others to delete.
    survives
        The largest number of deletions, whichever they are, that cannot reverse the pair.
    """

    above: Any
    below: Any
    difference: float
    margin: float
    safe: bool
    survives: int


def safe_margin(n: int, removed: int = 1) -> float:
    """Return the difference of net flows above which no deletion can reverse a pair, 2r/(n − 1).

    φ(a) = S(a)/(n − 1) with S(a) = Σ_b π(a, b) − π(b, a). Each molecule that goes takes at most 1 from
    S(a) and gives at most 1 to S(b), so S(a) − S(b) falls by at most 2, and the common divisor does
    not change its sign.

    Parameters
    ----------
    n
        How many molecules there are, at least 2.
    removed
        How many others go, at least 1.
    """
    if require_count(n, "n") < 2:
        raise InputError(Fault("one molecule has no pair", found=str(n), expected="n ≥ 2"))
    return 2.0 * require_count(removed, "removed") / (n - 1)


def safe_pairs(ranking: Ranking, top: int = 10, removed: int = 1) -> tuple[SafePair, ...]:
    """Return the neighbouring pairs among the leading molecules, and which no deletion can reverse.

    Parameters
    ----------
    ranking
        By PROMETHEE II.
    top
        How many leading molecules; k of them have k − 1 neighbouring pairs, and the last has one
        with the first that is out.
    removed
        How many deletions the margin is for.

    Raises
    ------
    InputError
        For a ranking by another method, to which the bound does not apply.
    """
    if ranking.method != "promethee-ii":
        raise InputError(
            Fault("safe pairs are known for PROMETHEE II only", found=ranking.method, expected="promethee-ii")
        )
    return neighbouring_pairs(ranking.scores_array, ranking.labels, require_count(top, "top"), removed)


def neighbouring_pairs(scores: Floats, labels: pd.Index[Any], top: int, removed: int = 1) -> tuple[SafePair, ...]:
    """Return the safe pairs of net flows of shape (n,); none for a single molecule."""
    n = scores.size
    if n < 2:
        return ()
    margin = safe_margin(n, removed)
    order = np.argsort(-scores, kind="stable")[: top + 1]
    pairs = []
    for a, b in pairwise(order.tolist()):
        difference = float(scores[a] - scores[b])
        # The largest r with 2r/(n − 1) below the difference, and never more than there are others.
        most = math.ceil(difference * (n - 1) / 2 - ROUNDING_ERROR) - 1
        survives = min(max(most, 0), n - 2)
        pairs.append(SafePair(labels[a], labels[b], difference, margin, removed <= survives, survives))
    return tuple(pairs)
