"""How uncertain a decision's scores are: predictive standard deviations, and intervals of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.core.matrix import DecisionMatrix

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["ScoreUncertainty", "Spread", "certain", "score_uncertainty"]

Spread: TypeAlias = "pd.Series[float] | tuple[pd.Series[float], pd.Series[float]]"
"""A standard deviation by molecule, or the two ends of an interval by molecule."""


@dataclass(frozen=True, eq=False)
class ScoreUncertainty:
    """What is known of the scores' uncertainty, in each criterion's unit.

    Attributes
    ----------
    stated
        Criterion → standard deviation by molecule (errors are drawn from a normal distribution), or
        (low, high) by molecule (drawn evenly between). A molecule without a stated one has 0, or its
        value at both ends. Give it to `acceptability` as ``uncertainty``; the matrix's own intervals
        (censored values, conditions not recorded, values missing under the rule ``interval``) are
        drawn evenly whatever is given.
    basis
        Criterion → what is drawn, in words, and for how many molecules.
    exact
        The criteria whose scores are taken as they are: nothing is stated of their uncertainty.
    """

    stated: Mapping[str, Spread] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    exact: tuple[str, ...] = ()


def score_uncertainty(decision: Decision) -> ScoreUncertainty:
    """Return the uncertainty of every criterion of the decision matrix.

    A source's score has the standard deviation that its predictions state, else the ends of their
    intervals. A value that is an interval itself keeps that.

    Notes
    -----
    What share of cases a prediction interval covers is not stated in a study; scores are drawn evenly
    over it, which understates the tails of an interval of less than all.
    """
    matrix = decision.matrix
    stated: dict[str, Spread] = {}
    basis: dict[str, str] = {}
    for column, name in enumerate(matrix.names):
        words = []
        found = _stated(decision, name, column)
        if found is not None:
            stated[name], told = found
            words.append(told)
        with np.errstate(invalid="ignore"):
            own = matrix.low[:, column] < matrix.high[:, column]
        if own.any():
            words.append(_counted("the value is an interval", own))
        if words:
            basis[name] = "; ".join(words)
    return ScoreUncertainty(stated, basis, tuple(name for name in matrix.names if name not in basis))


def _stated(decision: Decision, name: str, column: int) -> tuple[Spread, str] | None:
    """Return what the predictions behind a criterion say of their uncertainty."""
    matrix, plan = decision.matrix, decision.plans[name]
    predictions = decision.study.sources[plan.source].predictions if plan.kind == "score" else None
    if predictions is None:
        return None
    table = predictions.reindex(matrix.labels)
    with np.errstate(invalid="ignore"):
        drawn = (matrix.low[:, column] == matrix.high[:, column]) & ~matrix.missing[:, column]
    if "sd" in table:
        sd = table["sd"].to_numpy(dtype=np.float64)
        known = drawn & np.isfinite(sd) & (sd > 0)
        spread: Spread = pd.Series(np.where(known, sd, 0.0), index=matrix.labels)
        words = "standard deviation of the prediction"
    elif {"low", "high"} <= set(table.columns):
        low, high = (table[end].to_numpy(dtype=np.float64) for end in ("low", "high"))
        known = drawn & np.isfinite(low) & np.isfinite(high) & (low < high)
        spread = _ends(matrix, column, known, low, high)
        words = "interval of the prediction"
    else:
        return None
    return (spread, _counted(words, known)) if known.any() else None


def _ends(matrix: DecisionMatrix, column: int, known: Booleans, low: Floats, high: Floats) -> Spread:
    values = np.nan_to_num(matrix.values[:, column])
    bottom, top = np.where(known, low, values), np.where(known, high, values)
    return pd.Series(bottom, index=matrix.labels), pd.Series(top, index=matrix.labels)


def _counted(words: str, known: Booleans) -> str:
    count, total = int(known.sum()), len(known)
    return words if count == total else f"{words} ({count:,} of {total:,} molecules)"


def certain(matrix: DecisionMatrix, *, neutral_as_nan: bool) -> DecisionMatrix:
    """Return the matrix with every interval and every missing value at the point the ranking takes.

    Parameters
    ----------
    matrix
        The decision matrix.
    neutral_as_nan
        Whether missing values that count as indifferent stay missing (PROMETHEE).
    """
    values = matrix.filled(neutral_as_nan=neutral_as_nan)
    return DecisionMatrix(pd.DataFrame(values, index=matrix.labels, columns=list(matrix.names)), matrix.criteria)
