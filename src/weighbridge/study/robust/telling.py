"""What moves the scores of molecules between in and out most: each uncertain score, and the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.robustness.forms import LinearForm, RatioForm

if TYPE_CHECKING:
    from weighbridge.robustness.rescoring import Rescorer
    from weighbridge.study.robust.draws import WeightDraws
    from weighbridge.study.robust.uncertain import ScoreUncertainty

__all__ = ["Influence", "influences"]

_UNIFORM: Final = float(np.sqrt(12.0))
"""Width over standard deviation of a uniform distribution."""

_DRAWS: Final = 1_000
"""So many draws of the weights show their scatter well enough for a comparison."""


@dataclass(frozen=True, slots=True)
class Influence:
    """How far one uncertain thing moves the scores of some molecules against one another.

    Attributes
    ----------
    criterion
        Whose scores are uncertain; None for the weights of all criteria together.
    spread
        Standard deviation, in the ranking's score: the mean over the molecules.
    """

    criterion: str | None
    spread: float


def influences(
    ready: Rescorer, weights: Floats, draws: WeightDraws, uncertainty: ScoreUncertainty, rows: Integers
) -> tuple[Influence, ...]:
    """Return what moves the scores of some molecules, the largest first.

    Parameters
    ----------
    ready, weights
        The decision's matrix, method and weights, shape (m,).
    draws, uncertainty
        What is uncertain.
    rows
        Row numbers of the molecules, at least one.

    Returns
    -------
    influences
        For a criterion the change of a molecule's score when its value moves by one standard deviation
        (half of the change between one below and one above), each molecule by itself; for the weights
        the standard deviation of a molecule's score less the mean score of these molecules, as a
        change that moves all of them alike decides nothing.
    """
    found = [
        Influence(name, _of_scores(ready, weights, deviations, column, rows))
        for column, (name, deviations) in _deviations(ready, uncertainty).items()
    ]
    if draws.varies:
        found.append(Influence(None, _of_weights(ready, draws.array[:_DRAWS], rows)))
    return tuple(sorted((one for one in found if one.spread > 0), key=lambda one: -one.spread))


def _deviations(ready: Rescorer, uncertainty: ScoreUncertainty) -> dict[int, tuple[str, Floats]]:
    """Return column → criterion and standard deviation of each molecule's value, for the uncertain ones."""
    matrix = ready.matrix
    found = {}
    for column, name in enumerate(matrix.names):
        if name not in uncertainty.basis:
            continue
        stated = uncertainty.stated.get(name)
        if stated is None:
            sd = pd.Series(0.0, index=matrix.labels)
        else:
            sd = stated if isinstance(stated, pd.Series) else (stated[1] - stated[0]) / _UNIFORM
        with np.errstate(invalid="ignore"):
            width = matrix.high[:, column] - matrix.low[:, column]
            found[column] = name, np.where(width > 0, width / _UNIFORM, sd.to_numpy(dtype=np.float64))
    return found


def _of_scores(ready: Rescorer, weights: Floats, deviations: Floats, column: int, rows: Integers) -> float:
    criterion = ready.matrix.criteria[ready.matrix.names[column]]
    ends = (criterion.worst, criterion.best)
    spreads = []
    for row in rows.tolist():
        scores = []
        for sign in (-1.0, 1.0):
            values = ready.table[row].copy()
            values[column] = _within(values[column] + sign * deviations[row], ends, criterion.outside)
            scores.append(float(ready.replaced(row, values).scores(weights)[row]))
        spreads.append(abs(scores[1] - scores[0]) / 2)
    return float(np.mean(spreads))


def _within(value: float, ends: tuple[float | None, float | None], outside: str) -> float:
    worst, best = ends
    if worst is None or best is None or outside == "extend":
        return value
    return min(max(value, min(worst, best)), max(worst, best))


def _of_weights(ready: Rescorer, draws: Floats, rows: Integers) -> float:
    whole = ready.whole
    if isinstance(whole, (LinearForm, RatioForm)):
        scores = whole.take(rows).scores(draws)
    else:
        scores = np.array([whole.scores(weights)[rows] for weights in draws])
    return float((scores - scores.mean(axis=1, keepdims=True)).std(axis=0).mean())
