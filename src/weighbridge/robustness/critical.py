"""Critical changes of the weights of a weighted sum, pair by pair and criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import Fault, InputError
from weighbridge.robustness.forms import LinearForm, scorer
from weighbridge.robustness.standing import WeightsLike, shares_of

__all__ = ["CriticalChanges", "critical_changes", "critical_deltas"]

PAIRS_SHOWN: Final = 100
"""Molecules that are compared pairwise unless told otherwise: n molecules make n (n − 1)/2 pairs."""


@dataclass(frozen=True, eq=False, repr=False)
class CriticalChanges:
    """How much each weight has to fall or rise until two molecules change places.

    Attributes
    ----------
    labels
        The molecules compared, best first.
    criteria
        In column order.
    absolute
        Shape (n, n, m): δ for the pair (i, j), i before j, on criterion k; the weight becomes w_k − δ
        and all weights are normalised again. NaN for i ≥ j and where no change reverses the pair.
    percent
        The same in percent of today's weight; NaN also where the weight is 0.
    scores
        Shape (n,): the scores of `labels`.
    """

    labels: tuple[Any, ...]
    criteria: tuple[str, ...]
    absolute: Floats
    percent: Floats
    scores: Floats

    @property
    def percent_any_critical(self) -> str | None:
        """The criterion whose weight reverses any two molecules by the least percentage; None where none does."""
        return self._least(self.percent)

    @property
    def percent_top_critical(self) -> str | None:
        """The criterion whose weight displaces the first molecule by the least percentage; None where none does."""
        return self._least(self.percent[:1])

    def _least(self, table: Floats) -> str | None:
        sizes = np.where(np.isnan(table), np.inf, np.abs(table))
        least = sizes.min(axis=(0, 1), initial=np.inf)
        return self.criteria[int(least.argmin())] if np.isfinite(least).any() else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair and criterion: ahead, behind, criterion, absolute and percent (NaN: none does)."""
        ahead, behind = np.triu_indices(len(self.labels), 1)
        names = list(self.criteria)
        return pd.DataFrame(
            {
                "ahead": [self.labels[i] for i in ahead for _ in names],
                "behind": [self.labels[j] for j in behind for _ in names],
                "criterion": names * ahead.size,
                "absolute": self.absolute[ahead, behind].ravel(),
                "percent": self.percent[ahead, behind].ravel(),
            }
        )

    def __repr__(self) -> str:
        first, anyone = self.percent_top_critical, self.percent_any_critical
        return f"CriticalChanges({len(self.labels)} molecules: top {first!r}, any {anyone!r})"

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())


def critical_deltas(values: Floats, weights: Floats, order: Integers) -> Floats:
    """Return the change of each weight that makes two molecules equal.

    Parameters
    ----------
    values
        Shape (n, m): more is better.
    weights
        Shape (m,), summing to 1.
    order
        Shape (k,): row numbers, best first.

    Returns
    -------
    deltas
        Shape (k, k, m): δ_kij = (P_j − P_i)/(a_jk − a_ik) for i before j; NaN where the two are equal on
        the criterion, where δ > w_k (the weight cannot fall below 0) and for i ≥ j.
    """
    chosen = values[order]
    scores = (chosen * weights).sum(axis=1)
    difference = chosen[None, :, :] - chosen[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        deltas = (scores[None, :] - scores[:, None])[:, :, None] / difference
    deltas[(difference == 0) | ~(deltas <= weights)] = np.nan
    deltas[np.tril_indices(order.size)] = np.nan
    result: Floats = deltas + 0.0
    return result


def critical_changes(
    matrix: DecisionMatrix,
    weights: WeightsLike,
    method: str = "weighted-sum",
    molecules: int = PAIRS_SHOWN,
    **parameters: Any,
) -> CriticalChanges:
    """Find the most critical criterion: the one whose weight has to change least to reverse a pair.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        One non-negative number a criterion.
    method
        ``weighted-sum``, or another linear method: ``promethee-ii``, ``weighted-product``.
    molecules
        How many of the first molecules are compared pairwise.
    **parameters
        What the method takes, such as ``normalization``.

    Returns
    -------
    changes
        Ties keep the order of the rows; tied molecules have δ = 0.

    Raises
    ------
    InputError
        For TOPSIS, whose scores are not linear in the weights (use `stability_intervals`), and
        `molecules` below 1.

    References
    ----------
    Triantaphyllou, E. and Sánchez, A. (1997). A sensitivity analysis approach for some deterministic
    multi-criteria decision-making methods. Decision Sciences 28(1), 151–194, theorem 1, definitions 2–4.
    """
    shares = shares_of(matrix, weights)
    if isinstance(molecules, bool) or not isinstance(molecules, int) or molecules < 1:
        raise InputError(Fault("molecules is no number", found=repr(molecules), expected="a whole number ≥ 1"))
    form = scorer(matrix, method, **parameters).form
    if not isinstance(form, LinearForm):
        expected = "a method that is linear in the weights"
        raise InputError(
            Fault("critical changes have no closed form", found=repr(method), expected=expected, mend=_INSTEAD)
        )
    scores = form.scores(shares)
    order = (-scores).argsort(kind="stable")[:molecules].astype(np.int64)
    deltas = critical_deltas(form.values, shares, order)
    percent = np.where(shares > 0, 100.0 * deltas / np.where(shares > 0, shares, 1.0), np.nan)
    labels = tuple(matrix.labels[int(i)] for i in order)
    return CriticalChanges(labels, matrix.names, deltas, percent, scores[order])


_INSTEAD: Final = "Use stability_intervals"
