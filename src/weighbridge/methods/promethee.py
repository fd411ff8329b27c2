"""PROMETHEE I and II: how far each molecule outranks the others, pair by pair.

References
----------
Brans, J. P. and Vincke, P. (1985). A preference ranking organisation method. Management Science
31(6), 647–656: preference functions (table 1), flows (section 4), PROMETHEE I and II (section 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import PartialOrder, PrometheeRanking
from weighbridge.methods.spec import REVERSAL_NOTE

__all__ = ["criterion_flows", "preference", "preference_indices", "rank_promethee", "rank_promethee_partial"]

_BLOCK_CELLS: Final = 65_536
"""Pairs held at a time: they fit into a core's cache, and memory does not grow with the molecules."""

USUAL: Final = Preference("usual")


def preference(difference: Floats, function: Preference) -> Floats:
    """Return P(d) for differences of which more is better.

    Parameters
    ----------
    difference
        Any shape; NaN (a neutral missing value) is felt as no preference either way.
    function
        One of the six of Brans and Vincke (1985), table 1, thresholds in the criterion's unit.

    Returns
    -------
    preference
        Same shape, in [0, 1]; 0 wherever d ≤ 0.
    """
    q = function.q or 0.0
    p = function.p or 0.0
    name = function.function
    if name == "gaussian":
        assert function.s is not None
        # fmax takes a NaN for 0, as it does below; dividing first keeps the squares from underflowing.
        return -np.expm1((np.fmax(difference, 0.0) / function.s) ** 2 / -2.0)
    if name == "level":
        return 0.5 * (difference > q) + 0.5 * (difference > p)
    if name == "u-shape" or name == "usual" or p == q:
        return (difference > q).astype(np.float64)
    share: Floats = np.fmin(np.fmax((difference - q) / (p - q), 0.0), 1.0)
    return share


def criterion_flows(values: Floats, signs: Floats, functions: Sequence[Preference]) -> tuple[Floats, Floats]:
    """Return the positive and negative flow on each criterion alone.

    Parameters
    ----------
    values
        Shape (n, m); NaN is indifferent to everything.
    signs
        Shape (m,): +1 gain, −1 cost.
    functions
        One preference function a criterion.

    Returns
    -------
    positive, negative
        Shape (n, m), in [0, 1]: φ⁺ = Σ_b P(a, b)/(n − 1), φ⁻ = Σ_b P(b, a)/(n − 1); all 0 for a
        single molecule. The pairs are formed in blocks of rows.
    """
    n, m = values.shape
    positive, negative = np.zeros((n, m)), np.zeros((n, m))
    if n == 1:
        return positive, negative
    step = max(1, _BLOCK_CELLS // n)
    for j in range(m):
        column = np.ascontiguousarray(values[:, j] * signs[j])
        for start in range(0, n, step):
            difference = column[start : start + step, None] - column[None, :]
            positive[start : start + step, j] = preference(difference, functions[j]).sum(axis=1)
            negative[start : start + step, j] = preference(-difference, functions[j]).sum(axis=1)
    return positive / (n - 1), negative / (n - 1)


def preference_indices(matrix: DecisionMatrix, weights: Floats) -> Floats:
    """Return π(a, b) = Σ_j w_j P_j(a, b), shape (n, n), for tables small enough to hold it."""
    values = matrix.filled(neutral_as_nan=True) * matrix.signs
    total = np.zeros((len(values), len(values)))
    for j, function in enumerate(_functions(matrix)):
        total += weights[j] * preference(values[:, None, j] - values[None, :, j], function)
    return total


def rank_promethee(matrix: DecisionMatrix, weights: Floats) -> PrometheeRanking:
    """Rank by the net flow φ = φ⁺ − φ⁻ (PROMETHEE II).

    Parameters
    ----------
    matrix
        The decision matrix; preference functions are its criteria's, ``usual`` where none is given.
    weights
        Shape (m,), summing to 1.

    Returns
    -------
    ranking
        Scores in [−1, 1] that sum to 0. Details: ``positive_flow``, ``negative_flow`` of shape (n,).
        Contributions are weight × net flow on the criterion.
    """
    positive, negative = _matrix_flows(matrix)
    net = positive - negative
    plus, minus = (positive * weights).sum(axis=1), (negative * weights).sum(axis=1)

    def contribute(rows: Integers) -> Floats:
        result: Floats = net[rows] * weights
        return result

    return PrometheeRanking(
        method="promethee-ii",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=(net * weights).sum(axis=1),
        higher_is_better=True,
        contribute=contribute,
        parameters=_parameters(matrix),
        notes=_notes(matrix),
        details={"positive_flow": plus, "negative_flow": minus},
        magnitude=1.0,
        flows=lambda: (positive, negative),
    )


def rank_promethee_partial(matrix: DecisionMatrix, weights: Floats) -> PartialOrder:
    """Return the PROMETHEE I partial order, in which molecules may be incomparable."""
    ranking = rank_promethee(matrix, weights)
    return PartialOrder(
        method="promethee-i",
        labels=matrix.labels,
        positive_flow=ranking.positive_flow,
        negative_flow=ranking.negative_flow,
        parameters=ranking.parameters,
        notes=ranking.notes,
    )


def _matrix_flows(matrix: DecisionMatrix) -> tuple[Floats, Floats]:
    return criterion_flows(matrix.filled(neutral_as_nan=True), matrix.signs, _functions(matrix))


def _functions(matrix: DecisionMatrix) -> list[Preference]:
    return [criterion.preference or USUAL for criterion in matrix.criteria.values()]


def _parameters(matrix: DecisionMatrix) -> dict[str, str]:
    return {
        f"preference of {name}": str(function) for name, function in zip(matrix.names, _functions(matrix), strict=True)
    }


def _notes(matrix: DecisionMatrix) -> tuple[str, ...]:
    notes = [f"promethee: {REVERSAL_NOTE.partition(';')[0]}"]
    bare = [name for name, criterion in matrix.criteria.items() if criterion.preference is None]
    if bare:
        notes.append("no preference function is declared, so any difference counts in full (usual): " + ", ".join(bare))
    neutral = [
        name
        for j, (name, criterion) in enumerate(matrix.criteria.items())
        if criterion.missing == "neutral" and matrix.missing[:, j].any()
    ]
    if neutral:
        notes.append("missing values are indifferent to every other: " + ", ".join(neutral))
    return tuple(notes)
