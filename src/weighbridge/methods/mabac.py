"""MABAC: distance from the border approximation area.

pymcdm is the oracle of the tests and not used here: it takes the geometric mean by multiplying all
n weighted values, which underflows to 0 from a few hundred molecules on and shifts the scores.

References
----------
Pamučar, D. and Ćirović, G. (2015). The selection of transport and handling resources in logistics
centers using Multi-Attributive Border Approximation area Comparison (MABAC). Expert Systems with
Applications 42(6), 3016–3028.
"""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.methods.requirements import flattened
from weighbridge.methods.scaling import normalized
from weighbridge.methods.spec import REVERSAL_NOTE
from weighbridge.methods.within import anti_ideal, rank_within_table

__all__ = ["mabac", "rank_mabac"]


def mabac(values: Floats, weights: Floats, signs: Floats) -> Floats:
    """Return the MABAC score, shape (n,), higher is better.

    Σ_j w_j (t_ij + 1) − g_j with t the min-max normalization of `values`, shape (n, m), and g_j the
    geometric mean of the weighted column. A constant column contributes 0.
    """
    lifted = normalized(values, signs, "minmax") + 1.0
    border = np.exp(np.log(lifted).mean(axis=0))
    score: Floats = ((lifted - border) * weights).sum(axis=1)
    return score


def rank_mabac(matrix: DecisionMatrix, weights: Floats) -> Ranking:
    """Rank by MABAC.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        Shape (m,), summing to 1.

    Returns
    -------
    ranking
        Scores are 0 at the border approximation area, positive above it.
    """
    values, signs = flattened(matrix.filled()), matrix.signs
    return rank_within_table(
        matrix,
        values,
        lambda table: mabac(flattened(table), weights, signs),
        method="mabac",
        higher_is_better=True,
        point=anti_ideal(matrix, values),
        parameters={},
        notes=(f"mabac: {REVERSAL_NOTE}",),
        details={},
    )
