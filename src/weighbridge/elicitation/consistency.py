"""How well pairwise answers fit together: ratio, geometric index and the indices of triads.

Pure functions over arrays; the face is `Comparisons.consistency`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.elicitation.priorities import (
    Edges,
    log_least_squares,
    optimal_completion,
    principal_eigenvector,
    residuals,
)
from weighbridge.errors import Fault, InputError

__all__ = [
    "RANDOM_INDICES",
    "Consistency",
    "congruence",
    "consistency_of",
    "dissonance",
    "geometric_consistency_index",
    "koczkodaj_index",
    "random_index_value",
]

_STEP = 1e-12

RANDOM_INDICES: Final = MappingProxyType(
    {
        # Alonso, J. A. and Lamata, M. T. (2006). Consistency in the analytic hierarchy process: a new
        # approach. Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 14, 445–459, table 1.
        "alonso-lamata": (
            *(0.5247, 0.8816, 1.1086, 1.2479, 1.3417, 1.4057, 1.4499),
            *(1.4854, 1.5140, 1.5365, 1.5551, 1.5713, 1.5838),
        ),
        # The same paper's linear fit λ̄_max = 2.7699 n − 4.3513, for any n.
        "alonso-lamata-linear": (),
        # Saaty, T. L. (1980). The Analytic Hierarchy Process, as published: 1.48 at n = 12 is lower than
        # 1.51 at n = 11, a known flaw of that simulation.
        "saaty-1980": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
        # Saaty, T. L. (2005). Theory and Applications of the Analytic Network Process.
        "saaty-2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
        # Donegan, H. A. and Dodd, F. J. (1991). A note on Saaty's random indexes. Mathematical and
        # Computer Modelling 15(10), 135–137.
        "donegan-dodd": (
            *(0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733),
            *(1.4055, 1.4213, 1.4497, 1.4643, 1.4822, 1.4969),
        ),
        # Aguarón, J. and Moreno-Jiménez, J. M. (2003). The geometric consistency index: approximated
        # thresholds. European Journal of Operational Research 147, 137–145.
        "aguaron-moreno": (
            *(0.525, 0.882, 1.115, 1.252, 1.341, 1.404, 1.452),
            *(1.484, 1.513, 1.535, 1.555, 1.570, 1.583, 1.595),
        ),
    }
)
"""Mean CI of random matrices for n = 3, 4, …, by the table's name; none is needed for n ≤ 2."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """How well one set of answers fits together.

    Attributes
    ----------
    ratio
        CR = CI / RI; 0 for one or two items; None where the set is incomplete, because a random
        index of complete matrices would make the answers look better than they are.
    index
        CI = (λ_max − n) / (n − 1), of the least-λ_max completion where incomplete.
    lambda_max
        Principal eigenvalue, of the least-λ_max completion where incomplete.
    random_index
        Name of the table of random indices behind `ratio`.
    random_index_value
        The table's figure for this n; 0 for n ≤ 2.
    gci
        Geometric consistency index Σ c ε² / dof; None where no answer can be checked (dof 0).
    dof
        Edges beyond a spanning tree, |E| − n + 1.
    factor
        exp(√GCI): the factor by which the answers typically disagree; None where dof is 0.
    complete
        Whether every pair was answered.
    """

    ratio: float | None
    index: float
    lambda_max: float
    random_index: str
    random_index_value: float
    gci: float | None
    dof: int
    factor: float | None
    complete: bool

    def __str__(self) -> str:
        if self.factor is None or self.gci is None:
            text = "cannot be checked: no answer beyond the fewest that link all items"
        else:
            freedom = f"{self.dof} degree{'s' if self.dof != 1 else ''} of freedom"
            text = f"answers fit together to about ×{self.factor:.2f} (GCI {self.gci:.3f}, {freedom})"
        if self.ratio is not None:
            text += f"; CR {self.ratio:.3f} ({self.random_index})"
        return text


def random_index_value(n: int, table: str = "alonso-lamata") -> float:
    """Return the random index of n items from a named table; 0 for n ≤ 2.

    ``alonso-lamata`` continues beyond its table (n > 15) with the same authors' linear fit.

    Raises
    ------
    InputError
        If the table is unknown, or ends before n.
    """
    if table not in RANDOM_INDICES:
        raise InputError(
            Fault("no such table of random indices", found=repr(table), expected=f"one of {list(RANDOM_INDICES)}")
        )
    if n <= 2:
        return 0.0
    values = RANDOM_INDICES[table]
    if n - 3 < len(values):
        return values[n - 3]
    if table.startswith("alonso-lamata"):
        return (2.7699 * n - 4.3513 - n) / (n - 1)
    raise InputError(
        Fault(
            f"the random-index table {table!r} ends at {len(values) + 2} items",
            found=f"{n} items",
            mend="'alonso-lamata' and 'alonso-lamata-linear' go further",
        )
    )


def geometric_consistency_index(answers: Edges) -> float | None:
    """Return GCI = Σ c ε² / (|E| − n + 1) over the answers E, None where the denominator is 0.

    ε is the residual of the log-least-squares fit and c the answers' weights. For complete sets of
    unit weights this is 2/((n−1)(n−2)) Σ ln² e_ij of Aguarón and Moreno-Jiménez (2003), eq. 8; the
    denominator keeps it unbiased for any connected set.
    """
    freedom = len(answers) - answers.n + 1
    if freedom <= 0:
        return None
    errors = residuals(answers, log_least_squares(answers))
    return float(np.sum(answers.weights * errors**2)) / freedom


def consistency_of(answers: Edges, matrix: Floats, random_index: str = "alonso-lamata") -> Consistency:
    """Return the consistency of answers that link all items.

    Parameters
    ----------
    answers
        The answers, for the geometric index.
    matrix
        The same as a reciprocal matrix with NaN where unanswered, for the eigenvalue.
    random_index
        Name of a table in `RANDOM_INDICES`.
    """
    n = answers.n
    value = random_index_value(n, random_index)
    complete = len(answers) == n * (n - 1) // 2
    _, root = principal_eigenvector(optimal_completion(matrix))
    index = (root - n) / (n - 1) if n > 1 else 0.0
    gci = geometric_consistency_index(answers)
    ratio = (index / value if value else 0.0) if complete else None
    factor = None if gci is None else math.exp(math.sqrt(gci))
    return Consistency(ratio, index, root, random_index, value, gci, max(len(answers) - n + 1, 0), factor, complete)


def koczkodaj_index(matrix: Floats) -> float:
    """Return max over triads of min(|1 − a_ik/(a_ij a_jk)|, |1 − a_ij a_jk/a_ik|); 0 for n ≤ 2.

    Triads with an unanswered pair (NaN) are left out.

    References
    ----------
    Koczkodaj, W. W. (1993). A new definition of consistency of pairwise comparisons. Mathematical
    and Computer Modelling 18(7), 79–84.
    """
    logs = np.log(matrix)
    worst = 0.0
    for i, j, k in combinations(range(len(matrix)), 3):
        deviation = abs(float(logs[i, k] - logs[i, j] - logs[j, k]))
        if deviation > _STEP:  # false for NaN too
            worst = max(worst, -math.expm1(-deviation))
    return worst


def _indirect(matrix: Floats) -> tuple[Floats, Floats]:
    """Return, per pair i < j and third item k, ln a_ij and ln a_ik a_kj; shape (pairs, n − 2)."""
    logs = np.log(matrix)
    n = len(logs)
    rows = [
        [(logs[i, j], logs[i, k] + logs[k, j]) for k in range(n) if k not in (i, j)]
        for i, j in combinations(range(n), 2)
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), max(n - 2, 0), 2)
    return table[:, :, 0], table[:, :, 1]


def congruence(matrix: Floats) -> float:
    """Return the mean over pairs of the mean over k of |ln a_ij − ln a_ik a_kj|; 0 for n ≤ 2.

    For complete matrices.

    References
    ----------
    Siraj, S., Mikhailov, L. and Keane, J. A. (2015). Contribution of individual judgments toward
    inconsistency in pairwise comparisons. European Journal of Operational Research 242, 557–567.
    """
    if len(matrix) <= 2:
        return 0.0
    direct, indirect = _indirect(matrix)
    return float(np.abs(direct - indirect).mean())


def dissonance(matrix: Floats) -> float:
    """Return the share of indirect judgements ln a_ik a_kj that point the other way than ln a_ij.

    An indirect judgement of exactly 1 contradicts nothing. 0 for n ≤ 2; for complete matrices.
    Source as in `congruence`.
    """
    if len(matrix) <= 2:
        return 0.0
    direct, indirect = _indirect(matrix)
    opposed = (np.abs(direct) > _STEP) & (np.abs(indirect) > _STEP) & (np.sign(direct) != np.sign(indirect))
    return float(opposed.mean())
