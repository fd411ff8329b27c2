"""What rests on one criterion, and on one molecule: each left out in turn.

Anduryl (Rongen, 't Hart, Leontaris and Morales-Nápoles 2020, SoftwareX 12, 100497) does so with experts
and items; here the variants are criteria and molecules. Experts and sources change the weights only:
give `weighbridge.robustness.variations.reweigh` the weights without each.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.robustness.rescoring import GivenWeights, Rescorer, as_weights, rescorer, rows_to_try
from weighbridge.robustness.variations import Variation, Variations, require_count, variation

__all__ = ["LIMIT", "leave_out_criteria", "leave_out_molecules"]

LIMIT: Final = 200
"""Up to this many molecules each is left out; of more, the leading ones and a sample."""


def leave_out_criteria(
    matrix: DecisionMatrix, weights: GivenWeights, method: str = "topsis", top: int = 10, **parameters: Any
) -> Variations:
    """Leave out each criterion in turn.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        One non-negative number a criterion.
    method, **parameters
        Any method that gives a complete ranking.
    top
        The k of the first k.

    Returns
    -------
    variations
        One variant a criterion: its weight is 0 and the others keep their proportions. For TOPSIS,
        PROMETHEE II, the weighted sum and the weighted product that is the same as removing its
        column, because a column of weight 0 adds nothing to any score or distance. A criterion that
        carries the whole weight is refused: without it there is no ranking.

    Raises
    ------
    InputError
        Where weights do not fit the criteria, and what the method refuses.
    """
    k = require_count(top, "top")
    shares = as_weights(weights).array(matrix.names)
    ready = rescorer(matrix, method, **parameters)
    before = ready.ranks(ready.whole.scores(shares), shares)
    found: list[Variation] = []
    refused: dict[Any, str] = {}
    for j, name in enumerate(matrix.names):
        left = np.where(np.arange(shares.size) == j, 0.0, shares)
        if left.sum() == 0:
            refused[name] = "no other criterion has a weight, so without it there is nothing to rank by"
            continue
        left = left / left.sum()
        after = ready.ranks(ready.whole.scores(left), left)
        found.append(variation(name, matrix.labels, before, after, k))
    return Variations("criterion left out", k, tuple(found), refused)


def leave_out_molecules(
    matrix: DecisionMatrix,
    weights: GivenWeights,
    method: str = "topsis",
    top: int = 10,
    *,
    limit: int = LIMIT,
    seed: int = 0,
    **parameters: Any,
) -> Variations:
    """Leave out molecules one at a time, and compare the ranking of the others with what it was.

    Parameters
    ----------
    matrix, weights, method, top, **parameters
        As for `leave_out_criteria`.
    limit
        Up to this many molecules each is left out; of more, the first `top` and a sample of the
        others, `limit` in all.
    seed
        Of the sample.

    Returns
    -------
    variations
        One variant a molecule left out. Before and after are both rankings of the n − 1 others, so
        a molecule enters the first k only where it overtakes another, not by moving up one place.
    """
    k, most = require_count(top, "top"), require_count(limit, "limit")
    shares = as_weights(weights).array(matrix.names)
    ready = rescorer(matrix, method, **parameters)
    scores = ready.whole.scores(shares)
    if scores.size == 1:
        alone = "there is no other molecule, so nothing is left to rank"
        return Variations("molecule left out", k, (), {matrix.labels[0]: alone})
    rows = rows_to_try(scores, k, most, seed)
    found = tuple(_without(ready, shares, scores, int(row), k) for row in rows)
    return Variations("molecule left out", k, found, notes=_notes(ready, rows.size))


def _without(ready: Rescorer, shares: Floats, scores: Floats, row: int, top: int) -> Variation:
    others = np.delete(np.arange(scores.size), row)
    labels = ready.matrix.labels
    before = ready.ranks(scores[others], shares)
    after = ready.ranks(ready.without(row).scores(shares), shares)
    return variation(labels[row], labels[others], before, after, top)


def _notes(ready: Rescorer, tried: int) -> tuple[str, ...]:
    total = len(ready.table)
    sampled = [f"{tried} of {total} molecules left out: the leading ones and a sample"] if tried < total else []
    proof = [f"no molecule can reverse two others: {ready.proof}"] if ready.proof else []
    return (*sampled, *proof)
