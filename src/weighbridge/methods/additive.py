"""Weighted sum and weighted product.

References
----------
Fishburn, P. C. (1967). Additive utilities with incomplete product sets. Operations Research 15(3),
537–542 (weighted sum).
Bridgman, P. W. (1922). Dimensional Analysis. Yale University Press; Triantaphyllou, E. (2000).
Multi-Criteria Decision Making Methods. Springer, section 2.2.2 (weighted product).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.kernels.fused import additive_scores, identity_maps, largest_additive_size
from weighbridge.methods.contributions import sampled_note, shapley
from weighbridge.methods.requirements import require_ratio_scale, require_sign
from weighbridge.methods.scaling import additive_maps, additive_values, fit_scale, scale_matrix
from weighbridge.methods.spec import REVERSAL_NOTE

__all__ = ["rank_weighted_product", "rank_weighted_sum", "weighted_product", "weighted_sum"]


def weighted_sum(values: Floats, weights: Floats) -> Floats:
    """Return Σ_j w_j v_ij, shape (n,), for values of shape (n, m) of which more is better."""
    return additive_scores(values, identity_maps(weights.size).weighted(weights))


def weighted_product(values: Floats, exponents: Floats) -> Floats:
    """Return Π_j v_ij^e_j, shape (n,), for values ≥ 0 of shape (n, m); 0⁰ is 1."""
    result: Floats = np.prod(values**exponents, axis=1)
    return result


def rank_weighted_sum(matrix: DecisionMatrix, weights: Floats, *, normalization: str = "bounds") -> Ranking:
    """Rank by the weighted sum of normalized values.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        Shape (m,), summing to 1.
    normalization
        See `weighbridge.methods.scaling`; costs are turned round, so that more is better.

    Returns
    -------
    ranking
        Contributions are weight × normalized value.
    """
    values = matrix.filled()
    fitted = fit_scale(matrix, values, normalization)
    oriented = additive_maps(fitted)
    maps = oriented.weighted(weights)
    scores = additive_scores(values, maps)
    # Without a negative number the sum of the sizes is the sum itself.
    signed = bool((oriented.apply(fitted.extent) < 0).any())
    return Ranking(
        method="weighted-sum",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=scores,
        higher_is_better=True,
        contribute=lambda rows: maps.apply(values[rows]),
        parameters={"normalization": normalization},
        notes=_reversal("weighted-sum", normalization),
        magnitude=largest_additive_size(values, maps) if signed else float(scores.max()),
    )


def rank_weighted_product(matrix: DecisionMatrix, weights: Floats, *, normalization: str = "none") -> Ranking:
    """Rank by the weighted product.

    Parameters
    ----------
    matrix
        The decision matrix. Its criteria must be ratio scales under ``none``.
    weights
        Shape (m,), summing to 1.
    normalization
        ``none`` (default, Bridgman): Π x^w over gains and x^−w over costs, which needs values > 0
        and does not change with the units. Under the others normalized values ≥ 0 are raised to
        their weights, and a molecule with a 0 on any criterion of positive weight scores 0: the
        product lets nothing make up for it.

    Returns
    -------
    ranking
        Contributions are Shapley values against the anti-ideal (the declared worst where the rule
        allows it, else the worst of the column); `base` is the score of that point.

    Raises
    ------
    InputError
        Values for which the product is undefined, by row and column.
    """
    values, exponents = _factors(matrix, weights, normalization)
    anti = _anti_ideal(matrix, values, exponents, normalization)

    def measured_from(point: Floats) -> Callable[[Integers], Floats]:
        def contributions(rows: Integers) -> Floats:
            chosen = values[rows]
            return shapley(lambda mask: weighted_product(np.where(mask, chosen, point), exponents), point.size)

        return contributions

    floor = float(weighted_product(anti[None, :], exponents)[0])
    return Ranking(
        method="weighted-product",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=weighted_product(values, exponents),
        higher_is_better=True,
        contribute=measured_from(anti),
        base=lambda rows: np.full(rows.size, floor),
        deviate=measured_from(values.mean(axis=0)),
        parameters={"normalization": normalization},
        notes=(*_reversal("weighted-product", normalization), *sampled_note(len(matrix.names))),
    )


def _factors(matrix: DecisionMatrix, weights: Floats, normalization: str) -> tuple[Floats, Floats]:
    if normalization == "none":
        require_ratio_scale(matrix, "the weighted product")
        values = matrix.filled()
        require_sign(matrix, values, "the weighted product", zero_allowed=False)
        return values, weights * matrix.signs
    values = additive_values(scale_matrix(matrix, normalization))
    require_sign(matrix, values, f"the weighted product of values normalized by {normalization!r}", zero_allowed=True)
    return values, weights


def _anti_ideal(matrix: DecisionMatrix, values: Floats, exponents: Floats, normalization: str) -> Floats:
    """Return the point that contributions are measured from, in the space of the factors."""
    if normalization == "bounds":
        return np.zeros(exponents.size)
    worst = np.where(exponents < 0, values.max(axis=0), values.min(axis=0))
    if normalization != "none":
        return np.asarray(worst, dtype=np.float64)
    declared = np.array([c.worst if c.worst is not None else np.nan for c in matrix.criteria.values()])
    anti: Floats = np.where(declared > 0, declared, worst)
    return anti


def _reversal(method: str, normalization: str) -> tuple[str, ...]:
    if normalization in ("bounds", "none"):
        return ()
    return (f"{method} with normalization {normalization!r}: {REVERSAL_NOTE}",)
