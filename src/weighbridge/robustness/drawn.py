"""Scores under many drawn tables at once.

Where a method looks at each molecule by itself (declared ranges, no thresholds between molecules),
the tables of many draws are one tall table to it; the other methods redo their work draw by draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.robustness.forms import LinearForm, RatioForm, Scorer
from weighbridge.robustness.uncertainty import ScoreDraws

__all__ = ["Stack", "stack_of", "tables_at_once", "treats_rows_alone"]

STACK_BYTES: Final = 4 * 1024 * 1024
"""Tables held at a time."""


@dataclass(frozen=True, eq=False)
class Stack:
    """The forms of several draws.

    Attributes
    ----------
    values
        Shape (b, n, m): of a linear form its values, of TOPSIS the squared distances to the anti-ideal.
    far
        Shape (b, n, m): the squared distances to the ideal; None for a linear form.
    """

    values: Floats
    far: Floats | None

    def scores(self, weights: Floats) -> Floats:
        """Return the scores, shape (b, c, n), under weights of shape (b, c, m) or (c, m)."""
        if self.far is None:
            return np.asarray(weights @ self.values.transpose(0, 2, 1))
        squares = (weights / weights.max(axis=-1, keepdims=True)) ** 2
        near = np.sqrt(squares @ self.values.transpose(0, 2, 1))
        total = near + np.sqrt(squares @ self.far.transpose(0, 2, 1))
        nowhere = total == 0
        result: Floats = np.where(nowhere, 0.5, near / np.where(nowhere, 1.0, total))
        return result

    def sizes(self, weights: Floats, scores: Floats) -> Floats:
        """Return the size of the numbers added up to the scores, shape (b, c)."""
        if self.far is not None:
            return np.asarray(scores.max(axis=-1))
        largest = np.abs(self.values).max(axis=1)[:, :, None]
        return np.asarray((weights @ largest)[..., 0])


def tables_at_once(molecules: int, criteria: int) -> int:
    """Return how many tables are drawn at a time, 1 to 1,000."""
    return min(max(STACK_BYTES // (8 * molecules * criteria), 1), 1_000)


def treats_rows_alone(scorer: Scorer, draws: ScoreDraws) -> bool:
    """Return whether a molecule's form does not depend on the scores of the others.

    True for the weighted product, the weighted sum of values that are normalized by declared ranges
    or not at all, and TOPSIS by declared ranges which no drawn value can leave: beyond them a value
    would move the ideal for all.
    """
    normalization = scorer.parameters.get("normalization", "bounds")
    if scorer.method == "topsis":
        return normalization == "bounds" and bool(np.isfinite(draws.floor).all())
    if scorer.method == "weighted-sum":
        return normalization in ("bounds", "none")
    return scorer.method == "weighted-product"


def stack_of(scorer: Scorer, tables: Floats, *, rows_alone: bool) -> Stack:
    """Return the forms of drawn tables.

    Parameters
    ----------
    scorer
        The method bound to the matrix.
    tables
        Shape (b, n, m), in the criteria's units.
    rows_alone
        As `treats_rows_alone` says.
    """
    if rows_alone:
        form = scorer.redraw(tables.reshape(-1, tables.shape[2]))
        if isinstance(form, LinearForm):
            return Stack(form.values.reshape(tables.shape), None)
        return Stack(form.near.reshape(tables.shape), form.far.reshape(tables.shape))
    forms = [scorer.redraw(table) for table in tables]
    ratios = [form for form in forms if isinstance(form, RatioForm)]
    if ratios:
        return Stack(np.stack([form.near for form in ratios]), np.stack([form.far for form in ratios]))
    return Stack(np.stack([form.values for form in forms if isinstance(form, LinearForm)]), None)
