"""Weights read off the data: what varies most, or repeats least, weighs most.

They say nothing about what matters to the decision; they are a reference beside the panel's.

References
----------
Shannon, C. E. (1948) and Zeleny, M. (1982), Multiple Criteria Decision Making, ch. 7 (entropy).
Diakoulaki, D., Mavrotas, G. and Papayannakis, L. (1995). Computers & Operations Research 22(7),
763–770 (CRITIC, standard deviation). Keshavarz-Ghorabaee, M. et al. (2021). Symmetry 13(4), 525
(MEREC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.weights import Provenance, Weights
from weighbridge.errors import Fault, InputError
from weighbridge.methods.requirements import (
    flattened,
    near_constant,
    require_magnitude,
    require_sign,
    word_among,
)
from weighbridge.methods.scaling import normalized

__all__ = [
    "OBJECTIVE_METHODS",
    "critic_information",
    "deviations",
    "entropies",
    "merec_effects",
    "objective_weights",
]


def entropies(values: Floats) -> Floats:
    """Return the entropy of each column's shares, in [0, 1], shape (m,).

    e_j = −Σ p ln p / ln n with p = x/Σx and 0 · ln 0 = 0; exactly 1 for a constant column and for a
    single molecule. `values` has shape (n, m) and is ≥ 0.
    """
    n = len(values)
    shares = values / np.where(values.sum(axis=0) == 0, 1.0, values.sum(axis=0))
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    raw = -terms.sum(axis=0) / (np.log(n) if n > 1 else 1.0)
    result: Floats = np.where(near_constant(values), 1.0, raw)
    return result


def deviations(values: Floats, signs: Floats) -> Floats:
    """Return the standard deviation (n − 1) of each min-max normalized column, shape (m,).

    Normalized first, so that the weights do not change with the units. Constant columns give 0.
    """
    scaled = normalized(flattened(values), signs, "minmax")
    result: Floats = scaled.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return result


def critic_information(values: Floats, signs: Floats) -> Floats:
    """Return C_j = σ_j Σ_k (1 − r_jk) of CRITIC, shape (m,).

    σ and r are of the min-max normalized columns turned so that more is better (Diakoulaki et al.
    1995, eq. 1); pymcdm leaves costs as they are, which flips the correlations with gains. A
    constant column carries no information: C = 0, and it is left out of the others' sums.
    """
    scaled = normalized(flattened(values), signs, "minmax")
    spread = deviations(values, signs)
    varying = np.flatnonzero(spread > 0)
    information = np.zeros(spread.size)
    if varying.size == 1:
        # With no other criterion to repeat there is no conflict to measure: it carries everything.
        information[varying] = spread[varying]
    elif varying.size:
        correlations = np.corrcoef(scaled[:, varying], rowvar=False)
        information[varying] = spread[varying] * (1.0 - correlations).sum(axis=0)
    return np.where(information > 1e-12 * max(1.0, float(information.max())), information, 0.0)


def merec_effects(values: Floats, signs: Floats) -> Floats:
    """Return E_j of MEREC, shape (m,): how much the scores change when criterion j is left out.

    With x normalized as min/x (gains) and x/max (costs), S_i = ln(1 + Σ_j |ln n_ij| / m). `values`
    has shape (n, m) and is > 0. A constant column has the effect 0.
    """
    steady = flattened(values)
    best = np.where(signs > 0, steady.min(axis=0), steady.max(axis=0))
    # The difference of logarithms: the ratio itself may underflow.
    logs = np.abs(np.log(steady) - np.log(best)) / values.shape[1]
    total = logs.sum(axis=1, keepdims=True)
    effects: Floats = np.abs(np.log1p(np.maximum(total - logs, 0.0)) - np.log1p(total)).sum(axis=0)
    return np.where(near_constant(values), 0.0, effects)


def _entropy(matrix: DecisionMatrix, values: Floats) -> Floats:
    require_sign(matrix, values, "entropy weighting", zero_allowed=True)
    return np.maximum(1.0 - entropies(values), 0.0)


def _merec(matrix: DecisionMatrix, values: Floats) -> Floats:
    require_sign(matrix, values, "MEREC weighting", zero_allowed=False)
    return merec_effects(values, matrix.signs)


def _gini(matrix: DecisionMatrix, values: Floats) -> Floats:
    require_sign(matrix, values, "Gini weighting", zero_allowed=True)
    n = len(values)
    ordered = np.sort(flattened(values), axis=0)
    places = 2.0 * np.arange(1, n + 1)[:, None] - n - 1.0
    total = ordered.sum(axis=0)
    gini: Floats = (places * ordered).sum(axis=0) / (n * np.where(total == 0, 1.0, total))
    return np.where(near_constant(values), 0.0, gini)


_FORMULAS: Final[Mapping[str, Callable[[DecisionMatrix, Floats], Floats]]] = MappingProxyType(
    {
        "equal": lambda _, values: np.ones(values.shape[1]),
        "entropy": _entropy,
        "critic": lambda matrix, values: critic_information(values, matrix.signs),
        "merec": _merec,
        "standard-deviation": lambda matrix, values: deviations(values, matrix.signs),
        "variance": lambda matrix, values: deviations(values, matrix.signs) ** 2,
        "gini": _gini,
    }
)

OBJECTIVE_METHODS: Final = tuple(_FORMULAS)
"""Names that `objective_weights` takes."""


def objective_weights(matrix: DecisionMatrix, method: str = "equal") -> Weights:
    """Return weights computed from the decision matrix alone.

    Parameters
    ----------
    matrix
        The decision matrix; missing values are filled by their rules.
    method
        ``equal``, ``entropy`` (values ≥ 0), ``critic``, ``merec`` (values > 0),
        ``standard-deviation``, ``variance`` (both after min-max normalization) or ``gini``
        (values ≥ 0).

    Returns
    -------
    weights
        Sum to 1. A constant column gets the weight 0 under every method but ``equal``.

    Raises
    ------
    InputError
        Unknown method; values for which it is undefined, by row and column; a table in which no
        criterion tells molecules apart.
    """
    word_among(method, "weighting method", OBJECTIVE_METHODS)
    require_magnitude(matrix)
    values = matrix.filled()
    raw = _FORMULAS[method](matrix, values)
    if not (np.isfinite(raw).all() and raw.sum() > 0):
        raise InputError(
            Fault(
                f"the data give no {method} weights, because no criterion tells the molecules apart",
                expected="at least one column that varies",
                mend="Use 'equal', or weights of your own",
            )
        )
    shares = raw / raw.sum()
    provenance = {
        name: Provenance(f"weight of {name}", float(share), f"computed from the data by {method}")
        for name, share in zip(matrix.names, shares, strict=True)
    }
    return Weights(dict(zip(matrix.names, shares.tolist(), strict=True)), provenance=provenance)
