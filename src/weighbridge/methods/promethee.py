"""PROMETHEE I and II: how far each molecule outranks the others, pair by pair.

References
----------
Brans, J. P. and Vincke, P. (1985). A preference ranking organisation method. Management Science
31(6), 647–656: preference functions (table 1), flows (section 4), PROMETHEE I and II (section 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import PartialOrder, PrometheeRanking
from weighbridge.kernels.flows import each_flows, each_net_flow
from weighbridge.methods.spec import REVERSAL_NOTE

__all__ = [
    "criterion_flows",
    "net_flows",
    "preference",
    "preference_indices",
    "rank_promethee",
    "rank_promethee_partial",
]

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
        single molecule. Exact to a few units in the last place of 1, and to 10⁻¹³ for the gaussian.
    """
    positive, negative = np.empty(values.shape, order="F"), np.empty(values.shape, order="F")
    for j, flows in enumerate(each_flows(values, signs, functions)):
        positive[:, j], negative[:, j] = flows
    return positive, negative


def net_flows(values: Floats, signs: Floats, functions: Sequence[Preference], *, repeats: int = 1) -> Floats:
    """Return the net flow φ⁺ − φ⁻ on each criterion alone, shape (n, m).

    Parameters
    ----------
    values, signs, functions
        As `criterion_flows` takes them.
    repeats
        How many tables of this size will be gone through; many small ones are worth what a large
        one is.
    """
    net = np.empty(values.shape, order="F")
    for j, flow in enumerate(each_net_flow(values, signs, functions, repeats=repeats)):
        net[:, j] = flow
    return net


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
        Scores in [−1, 1] that sum to 0. Contributions are weight × net flow on the criterion.
        Positive and negative flows and those by criterion are found when they are asked for.
    """
    values, signs, functions = matrix.filled(neutral_as_nan=True), matrix.signs, _functions(matrix)
    n = len(values)
    scores = np.zeros(n)
    for weight, flow in zip(weights, each_net_flow(values, signs, functions), strict=True):
        scores += weight * flow

    @cache
    def by_criterion() -> Floats:
        return net_flows(values, signs, functions)

    def contribute(rows: Integers) -> Floats:
        result: Floats = by_criterion()[rows] * weights
        return result

    def sides() -> tuple[Floats, Floats]:
        plus, minus = np.zeros(n), np.zeros(n)
        for weight, (positive, negative) in zip(weights, each_flows(values, signs, functions), strict=True):
            plus += weight * positive
            minus += weight * negative
        return plus, minus

    return PrometheeRanking(
        method="promethee-ii",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=scores,
        higher_is_better=True,
        contribute=contribute,
        parameters=_parameters(matrix),
        notes=_notes(matrix),
        magnitude=1.0,
        sides=sides,
        by_criterion=by_criterion,
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
