"""VIKOR: a compromise between the good of the group and the regret of the worst criterion.

References
----------
Opricovic, S. and Tzeng, G.-H. (2004). Compromise solution by MCDM methods: a comparative analysis
of VIKOR and TOPSIS. European Journal of Operational Research 156(2), 445–455, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.methods.requirements import flattened, number_between
from weighbridge.methods.spec import REVERSAL_NOTE
from weighbridge.methods.within import anti_ideal, rank_within_table

__all__ = ["Compromise", "compromise", "rank_vikor", "vikor"]


def vikor(values: Floats, weights: Floats, signs: Floats, v: float = 0.5) -> tuple[Floats, Floats, Floats]:
    """Return S, R and Q of VIKOR, lower is better.

    Parameters
    ----------
    values
        Shape (n, m).
    weights, signs
        Shape (m,).
    v
        Weight of the group's good against the worst regret, in [0, 1].

    Returns
    -------
    group, regret, compromise
        Shape (n,). S = Σ_j w_j (f*_j − f_ij)/(f*_j − f⁻_j), R its largest term, and
        Q = v (S − S*)/(S⁻ − S*) + (1 − v)(R − R*)/(R⁻ − R*). A criterion that is constant
        contributes 0, and so does a term of Q whose S (or R) is the same for every molecule: there
        0/0 stands in the paper, and 0 keeps what cannot tell molecules apart out of the score.
    """
    oriented = values * signs
    best = oriented.max(axis=0)
    terms = weights * _zero_safe(best - oriented, best - oriented.min(axis=0))
    group, regret = terms.sum(axis=1), terms.max(axis=1)
    return group, regret, v * _unit(group) + (1.0 - v) * _unit(regret)


def _unit(scores: Floats) -> Floats:
    """Map scores to [0, 1]; differences that are only rounding count as none."""
    low, high = scores.min(), scores.max()
    if high - low <= 1e-12 * high:
        return np.zeros(scores.size)
    unit: Floats = (scores - low) / (high - low)
    return unit


def _zero_safe(numerator: Floats, denominator: Floats) -> Floats:
    ratio: Floats = np.where(denominator == 0, 0.0, numerator / np.where(denominator == 0, 1.0, denominator))
    return ratio


@dataclass(frozen=True, slots=True)
class Compromise:
    """The compromise solution of VIKOR.

    Attributes
    ----------
    labels
        The molecules in the compromise set, best first.
    acceptable_advantage
        C1: Q of the second less Q of the first ≥ 1/(n − 1).
    acceptable_stability
        C2: the first by Q is also first by S or by R.
    """

    labels: tuple[Any, ...]
    acceptable_advantage: bool
    acceptable_stability: bool


def compromise(ranking: Ranking) -> Compromise:
    """Return the compromise set of a VIKOR ranking.

    Both conditions hold: the first alone. Only C2 fails: the first two. C1 fails: all whose Q is
    less than 1/(n − 1) above the first's. A single molecule is its own compromise. Molecules tied
    with the last of the set belong to it.
    """
    if ranking.method != "vikor":
        raise InputError(Fault("only VIKOR has a compromise set", found=f"a ranking by {ranking.method!r}"))
    q, group, regret = ranking.scores_array, ranking.details["S"], ranking.details["R"]
    if q.size == 1:
        return Compromise((ranking.labels[0],), acceptable_advantage=True, acceptable_stability=True)
    # Ties in Q are broken by S and then R, so that a first that is also first by S is preferred.
    order = np.lexsort((regret, group, ranking.ranks.to_numpy()))
    first, needed = order[0], 1.0 / (q.size - 1)
    advantage = bool(q[order[1]] - q[first] >= needed - 1e-12)
    stability = bool(group[first] <= group.min() + 1e-12 or regret[first] <= regret.min() + 1e-12)
    if advantage:
        size = 1 if stability else 2
        members = [i for k, i in enumerate(order) if k < size or q[i] <= q[order[size - 1]] + 1e-12]
    else:
        members = [i for i in order if q[i] - q[first] < needed - 1e-12]
    return Compromise(tuple(ranking.labels[int(i)] for i in members), advantage, stability)


def rank_vikor(matrix: DecisionMatrix, weights: Floats, *, v: float = 0.5) -> Ranking:
    """Rank by Q of VIKOR, lower is better.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        Shape (m,), summing to 1.
    v
        Weight of the group's good against the worst regret, in [0, 1].

    Returns
    -------
    ranking
        Details ``S`` and ``R`` of shape (n,); `compromise` gives the compromise set. Contributions
        are Shapley values against the anti-ideal: a criterion that makes a molecule better has a
        negative one.
    """
    share = number_between(v, "v", 0.0, 1.0)
    values, signs = flattened(matrix.filled()), matrix.signs
    group, regret, _ = vikor(values, weights, signs, share)
    return rank_within_table(
        matrix,
        values,
        lambda table: vikor(flattened(table), weights, signs, share)[2],
        method="vikor",
        higher_is_better=False,
        point=anti_ideal(matrix, values),
        parameters={"v": share},
        notes=(f"vikor: {REVERSAL_NOTE}",),
        details={"S": group, "R": regret},
    )
