"""COPRAS: what a molecule offers, and what it costs relative to the others.

pymcdm 1.4.0 is not used here: its last step, Q = S⁺ + (min S⁻ · S⁻)/(S⁻ · min S⁻/S⁻), reduces to
S⁺ + S⁻, so that a higher cost raises the score, and it refuses tables without a cost.

References
----------
Zavadskas, E. K., Kaklauskas, A. and Sarka, V. (1994). The new method of multicriteria complex
proportional assessment of projects. Technological and Economic Development of Economy 1(3), 131–139.
"""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Faults
from weighbridge.methods.requirements import flattened, require_ratio_scale, require_sign
from weighbridge.methods.spec import REVERSAL_NOTE
from weighbridge.methods.within import anti_ideal, rank_within_table

__all__ = ["copras", "rank_copras"]


def copras(values: Floats, weights: Floats, signs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return S⁺, S⁻ and the relative significance Q of COPRAS.

    Parameters
    ----------
    values
        Shape (n, m), ≥ 0.
    weights, signs
        Shape (m,).

    Returns
    -------
    s_plus, s_minus, significance
        Shape (n,): S⁺ and S⁻ are the weighted shares x/Σx over gains and over costs, and
        Q_i = S⁺_i + Σ_k S⁻_k / (S⁻_i Σ_k 1/S⁻_k); Q = S⁺ where no criterion is a cost. A column of
        zeros contributes nothing.
    """
    total = values.sum(axis=0)
    shares = np.where(total == 0, 0.0, values / np.where(total == 0, 1.0, total)) * weights
    s_plus = shares[:, signs > 0].sum(axis=1)
    s_minus = shares[:, signs < 0].sum(axis=1)
    if not s_minus.any():
        return s_plus, s_minus, s_plus
    significance: Floats = s_plus + s_minus.sum() / (s_minus * (1.0 / s_minus).sum())
    return s_plus, s_minus, significance


def rank_copras(matrix: DecisionMatrix, weights: Floats) -> Ranking:
    """Rank by the utility degree U = Q / max Q of COPRAS, in [0, 1].

    Parameters
    ----------
    matrix
        The decision matrix: ratio scales, values ≥ 0, and no molecule without any cost while others
        have one.
    weights
        Shape (m,), summing to 1.

    Returns
    -------
    ranking
        Details ``S_plus``, ``S_minus``, ``Q`` of shape (n,).
    """
    require_ratio_scale(matrix, "COPRAS")
    values, signs = flattened(matrix.filled()), matrix.signs
    require_sign(matrix, values, "COPRAS", zero_allowed=True)
    s_plus, s_minus, significance = copras(values, weights, signs)
    _require_costs(matrix, s_minus)
    return rank_within_table(
        matrix,
        values,
        lambda table: _utility(copras(table, weights, signs)[2]),
        method="copras",
        higher_is_better=True,
        point=anti_ideal(matrix, values, positive=True),
        parameters={},
        notes=(f"copras: {REVERSAL_NOTE}",),
        details={"S_plus": s_plus, "S_minus": s_minus, "Q": significance},
    )


def _utility(significance: Floats) -> Floats:
    """Return Q / max Q; all 1, a tie, where every Q is 0."""
    top = significance.max()
    utility: Floats = np.ones(significance.size) if top == 0 else significance / top
    return utility


def _require_costs(matrix: DecisionMatrix, s_minus: Floats) -> None:
    if not s_minus.any():
        return
    faults = Faults()
    for i in np.flatnonzero(s_minus == 0):
        faults.add(
            "COPRAS divides by the weighted cost, and this molecule's is 0",
            place=f"row {matrix.labels[int(i)]!r}",
            expected="a cost > 0 on at least one cost criterion",
            mend="Choose another method",
        )
    faults.raise_if_any()
