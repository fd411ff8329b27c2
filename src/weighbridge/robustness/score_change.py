"""The smallest change of one score that puts a molecule into the first places."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Criterion
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.methods.promethee import USUAL, preference
from weighbridge.robustness.forms import Form, LinearForm, RatioForm, Scorer, scorer
from weighbridge.robustness.standing import WeightsLike, checked_top, rounding_of, row_of, shares_of, tolerance_of

__all__ = ["ScoreChange", "ScoreChanges", "smallest_score_change"]

HALVINGS: Final = 60
"""Halvings of the way between a value that does not do and one that does: below 1e-10 of any range."""

GRID: Final = 16
"""Values tried before halving where a better value need not give a better rank."""

FARTHEST: Final = 1024.0
"""How many times the column's spread a score may move where no range is declared."""


LEAST: Final = float(np.finfo(np.float64).tiny)
"""The least score tried where a method needs values above 0."""


class ScoreChange(NamedTuple):
    """What one score would have to be.

    Attributes
    ----------
    current
        The score today, in the criterion's unit; None where it is missing and counts as indifferent.
    needed
        The least better score that puts the molecule into the first places, all else equal; None
        where no score does, within the declared range where there is one.
    change
        Needed less current; None where either is.
    feasible
        Whether there is such a score.
    """

    current: float | None
    needed: float | None
    change: float | None
    feasible: bool


@dataclass(frozen=True, eq=False, repr=False)
class ScoreChanges(Mapping[str, ScoreChange]):
    """The smallest change of every single score of a molecule.

    Attributes
    ----------
    alternative, top, rank
        The molecule, among how many first, and its rank today.
    by_criterion
        Criterion to `ScoreChange`.
    units
        Criterion to unit.
    monotone
        Whether a better score cannot give a worse rank. Otherwise (normalizations that take their scale
        from the data) the first of 16 steps that does is refined, and a nearer one may have been stepped
        over.
    """

    alternative: Any
    top: int
    rank: int
    by_criterion: Mapping[str, ScoreChange]
    units: Mapping[str, str]
    monotone: bool

    def __getitem__(self, criterion: str) -> ScoreChange:
        return self.by_criterion[criterion]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_criterion)

    def __len__(self) -> int:
        return len(self.by_criterion)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a criterion: current, needed, change, feasible, unit."""
        frame = pd.DataFrame.from_dict(
            {name: one._asdict() for name, one in self.by_criterion.items()},
            orient="index",
            columns=list(ScoreChange._fields),
        )
        return frame.assign(unit=[self.units[name] for name in frame.index]).rename_axis("criterion")

    def __repr__(self) -> str:
        able = [name for name, one in self.by_criterion.items() if one.feasible]
        return (
            f"ScoreChanges({self.alternative!r} into the first {self.top}: by {', '.join(able) or 'no single score'})"
        )

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())


def smallest_score_change(
    matrix: DecisionMatrix,
    weights: WeightsLike,
    alternative: Any,
    method: str = "promethee-ii",
    top: int = 1,
    **parameters: Any,
) -> ScoreChanges:
    """Find, criterion by criterion, the least better score that puts a molecule into the first places.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        One non-negative number a criterion.
    alternative
        Label of the molecule.
    method
        ``promethee-ii``, ``weighted-sum``, ``weighted-product`` or ``topsis``.
    top
        Among how many first; a tie at the last place counts as inside.
    **parameters
        What the method takes, such as ``normalization``.

    Returns
    -------
    changes
        Found by halving on the exact scores of all molecules, to 1e-10 of the way searched: up to the
        declared best, or without a declared range up to 1,024 times the column's spread. PROMETHEE: the
        flows of the others change with the score and are recounted. A molecule that is there today needs
        no change: 0 everywhere.

    Raises
    ------
    InputError
        Unknown molecule, method or parameter, weights that do not fit, `top` below 1.
    """
    places, row, shares = checked_top(top), row_of(matrix, alternative), shares_of(matrix, weights)
    bound = scorer(matrix, method, **parameters)
    scores, rounding = _as_ranked(bound, bound.form, shares)
    rank = int(competition_ranks(scores, rounding=rounding)[row])
    monotone = method in ("promethee-ii", "weighted-product") or _fixed_scale(bound)
    found = {}
    for k, (name, criterion) in enumerate(matrix.criteria.items()):
        column = _column(matrix, method, k)
        current = None if math.isnan(column[row]) else float(column[row])
        if rank <= places:
            found[name] = ScoreChange(current, current, None if current is None else 0.0, True)
            continue
        start, end = _way(criterion, column, row, _floor(bound, criterion))
        does = _predicate(bound, shares, (row, k), places)
        needed = _first(does, start, end, 1 if monotone else GRID)
        change = None if needed is None or current is None else needed - current
        found[name] = ScoreChange(current, needed, change, needed is not None)
    units = {name: criterion.unit for name, criterion in matrix.criteria.items()}
    return ScoreChanges(alternative, places, rank, found, units, monotone)


def _fixed_scale(bound: Scorer) -> bool:
    """Return whether no molecule's normalized values depend on another's: declared ranges, kept to."""
    normalization = bound.parameters.get("normalization", "bounds")
    if bound.method == "weighted-sum":
        return normalization in ("bounds", "none")
    return bool(normalization == "bounds" and all(one.outside != "extend" for one in bound.matrix.criteria.values()))


def _column(matrix: DecisionMatrix, method: str, k: int) -> Floats:
    column: Floats = matrix.filled(neutral_as_nan=method == "promethee-ii")[:, k]
    return column


def _floor(bound: Scorer, criterion: Criterion) -> float:
    """Return the least value that method and normalization are defined for."""
    normalization = bound.parameters.get("normalization")
    if bound.method == "weighted-product" or (normalization == "sum" and criterion.sign < 0):
        return LEAST
    return 0.0 if normalization in ("sum", "max") else -math.inf


def _way(criterion: Criterion, column: Floats, row: int, floor: float) -> tuple[float, float]:
    """Return between which two scores to search: today's, and the best there can be."""
    start, known = float(column[row]), column[~np.isnan(column)]
    if math.isnan(start):
        worst = float((known * criterion.sign).min()) * criterion.sign if known.size else 0.0
        start = worst if criterion.worst is None else float(criterion.worst)
    best = criterion.best
    if best is not None:
        return start, max(float(best), floor) if (best - start) * criterion.sign > 0 else start
    width = float(known.max() - known.min()) if known.size else 0.0
    spread = max(width, abs(start), _threshold(criterion))
    return start, max(start + criterion.sign * FARTHEST * (spread or 1.0), floor)


def _threshold(criterion: Criterion) -> float:
    return 0.0 if criterion.preference is None else max(criterion.preference.parameters().values(), default=0.0)


def _predicate(bound: Scorer, shares: Floats, cell: tuple[int, int], places: int) -> Callable[[float], bool]:
    """Return whether the molecule is among the first once its score on a criterion is a given one."""
    row, k = cell
    if bound.method == "promethee-ii" and isinstance(bound.form, LinearForm):
        form: Callable[[float], Form] = _with_flows(bound, bound.form, row, k)
    else:
        values = bound.matrix.filled().copy()

        def form(score: float) -> Form:
            values[row, k] = score
            return bound.redraw(values)

    return lambda score: _among(bound, form(score), shares, (row, places))


def _among(bound: Scorer, form: Form, shares: Floats, place: tuple[int, int]) -> bool:
    """Return whether a molecule is among the first, ties counting.

    With half the tolerance of the ranking, so that a value found at its edge ranks there for certain.
    """
    row, places = place
    scores, rounding = _as_ranked(bound, form, shares)
    slack = tolerance_of(scores, rounding) / 2
    return int(np.count_nonzero(scores > scores[row] + slack)) < places


def _as_ranked(bound: Scorer, form: Form, shares: Floats) -> tuple[Floats, float]:
    """Return scores and their rounding as the method's own ranking compares them.

    The weighted product ranks the products, and what is a tie among those may be none among their logarithms.
    """
    scores = form.scores(shares)
    if bound.method == "weighted-product":
        return np.exp(scores - scores.max()), ROUNDING
    if isinstance(form, RatioForm):
        return scores, ROUNDING * float(scores.max())
    return scores, rounding_of(form, shares)


def _with_flows(bound: Scorer, today: LinearForm, row: int, k: int) -> Callable[[float], Form]:
    """Return the net flows with one score changed, recounting only the pairs that it is part of."""
    criterion = list(bound.matrix.criteria.values())[k]
    function = criterion.preference or USUAL
    column = _column(bound.matrix, bound.method, k) * criterion.sign
    n = column.size

    def pairs(score: float) -> Floats:
        difference = column - score * criterion.sign
        net: Floats = preference(difference, function) - preference(-difference, function)
        net[row] = 0.0
        return net

    before = pairs(float(column[row]) * criterion.sign)

    def form(score: float) -> Form:
        net = pairs(score)
        values = today.values.copy()
        values[:, k] += (net - before) / max(n - 1, 1)
        values[row, k] = -float(net.sum()) / max(n - 1, 1)
        return LinearForm(values)

    return form


def _first(does: Callable[[float], bool], start: float, end: float, steps: int) -> float | None:
    """Return the first value on the way from start to end that does, None where none of the steps does."""
    last = start
    for number in range(1, steps + 1):
        here = end if number == steps else start + (end - start) * (number / steps)
        if does(here):
            return _halved(does, last, here)
        last = here
    return None


def _halved(does: Callable[[float], bool], low: float, high: float) -> float:
    """Return the nearest value to `low` known to do, `high` doing."""
    if does(low):
        return low
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        if middle in (low, high):
            break
        if does(middle):
            high = middle
        else:
            low = middle
    return high
