"""The smallest change of the weights that puts a molecule into the first places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import competition_ranks
from weighbridge.core.weights import Weights
from weighbridge.robustness.change_linear import nearest_weights, obstacles
from weighbridge.robustness.change_topsis import near_weights, nearest_of_two
from weighbridge.robustness.forms import Form, LinearForm, RatioForm, scorer
from weighbridge.robustness.standing import WeightsLike, checked_top, rounding_of, row_of, shares_of, tolerance_of

__all__ = ["SmallestChange", "smallest_change"]


@dataclass(frozen=True, eq=False, repr=False)
class SmallestChange:
    """What the weights would have to be for a molecule to stand among the first.

    Attributes
    ----------
    alternative, top
        The molecule, and among how many first.
    rank
        Its rank today.
    today
        Today's weights.
    weights
        The nearest weights that do; None where none do, or none were found.
    distance
        Σ |w' − w|, between 0 and 2; infinite where there are no weights. Half of it is the share of the
        weight that moves from some criteria to others.
    feasible
        Whether there are such weights.
    exact
        Whether `distance` is the least there is (and "not feasible" proved), or only the least found:
        an upper bound.
    overtaken
        Labels of the molecules ahead today and no longer so under `weights`.
    binding
        Labels of the molecules that are level with it under `weights`.
    obstacles
        Where proved infeasible: labels of molecules one of whom is ahead whatever the weights (for more
        than one place: each of whom is).
    """

    alternative: Any
    top: int
    rank: int
    today: Weights
    weights: Weights | None
    distance: float
    feasible: bool
    exact: bool
    overtaken: tuple[Any, ...] = ()
    binding: tuple[Any, ...] = ()
    obstacles: tuple[Any, ...] = ()

    @property
    def changes(self) -> pd.Series[float]:
        """New less today's weight by criterion; all 0 where there are no weights."""
        now = self.today.to_series()
        return (now - now if self.weights is None else self.weights.to_series() - now).rename("change")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a criterion: today, change, needed."""
        now, change = self.today.to_series(), self.changes
        return pd.DataFrame({"today": now, "change": change, "needed": now + change}).rename_axis("criterion")

    def __str__(self) -> str:
        place = "first" if self.top == 1 else f"among the first {self.top}"
        if self.rank <= self.top:
            return f"{self.alternative} is {place} today"
        if not self.feasible:
            behind = f": behind {', '.join(map(str, self.obstacles))}" if self.obstacles else ""
            known = "no weights put" if self.exact else "no weights were found that put"
            return f"{known} {self.alternative} {place}{behind}"
        bound = "" if self.exact else " at most"
        return f"{self.alternative} is {place} once{bound} {self.distance / 2:.1%} of the weight moves"

    def __repr__(self) -> str:
        return f"SmallestChange({self})"

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>{self.to_frame().to_html() if self.feasible else ''}"


def smallest_change(
    matrix: DecisionMatrix,
    weights: WeightsLike,
    alternative: Any,
    method: str = "promethee-ii",
    top: int = 1,
    **parameters: Any,
) -> SmallestChange:
    """Find the smallest change of the weights that puts a molecule into the first places.

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
    change
        The least Σ |w' − w| over w' ≥ 0, Σ w' = 1 under which at most `top` − 1 molecules are ahead.
        Linear methods: a linear (`top` = 1) or mixed-integer programme, exact, except where its search
        was cut short. TOPSIS with two criteria: exact; with more the conditions are not convex, and the
        result is an upper bound found from several starts (``exact`` is False). That no weights
        do is then proved only where enough rivals are better on every criterion.

    Raises
    ------
    InputError
        Unknown molecule, method or parameter, weights that do not fit, `top` below 1.

    References
    ----------
    Wolters, W. T. M. and Mareschal, B. (1995). Novel types of sensitivity analysis for additive MCDM
    methods. European Journal of Operational Research 81(2), 281–290.
    """
    places, row, shares = checked_top(top), row_of(matrix, alternative), shares_of(matrix, weights)
    form = scorer(matrix, method, **parameters).form
    today = Weights(dict(zip(matrix.names, shares.tolist(), strict=True)))
    scores = form.scores(shares)
    rank = int(competition_ranks(scores, rounding=rounding_of(form, shares))[row])
    if rank <= places:
        return SmallestChange(alternative, places, rank, today, today, 0.0, True, True)
    if isinstance(form, LinearForm):
        found, exact, barred = _linear(form, row, shares, places - 1)
    else:
        found, exact, barred = _topsis(form, row, shares, places - 1)
    if found is None:
        names = tuple(matrix.labels[int(i)] for i in barred)
        return SmallestChange(alternative, places, rank, today, None, math.inf, False, exact, obstacles=names)
    overtaken, binding = _passed(form, row, (shares, found))
    return SmallestChange(
        alternative,
        places,
        rank,
        today,
        Weights(dict(zip(matrix.names, found.tolist(), strict=True))),
        float(np.abs(found - shares).sum()),
        True,
        exact,
        tuple(matrix.labels[int(i)] for i in overtaken),
        tuple(matrix.labels[int(i)] for i in binding),
    )


_Answer = tuple[Floats | None, bool, Integers]


def _linear(form: LinearForm, row: int, shares: Floats, allowed: int) -> _Answer:
    others = np.delete(np.arange(form.shape[0]), row)
    leads = form.values[row] - form.values[others]
    nearest = nearest_weights(leads, shares, allowed)
    barred = np.empty(0, dtype=np.int64)
    if nearest.weights is None and allowed == 0:
        barred = others[nearest.rows[obstacles(leads[nearest.rows])]]
    elif nearest.weights is None:
        barred = others[(leads < 0).all(axis=1)]
    return nearest.weights, nearest.exact, barred


def _topsis(form: RatioForm, row: int, shares: Floats, allowed: int) -> _Answer:
    nobody = np.empty(0, dtype=np.int64)
    better = (form.near > form.near[row]) & (form.far <= form.far[row])
    better |= (form.near >= form.near[row]) & (form.far < form.far[row])
    always = np.flatnonzero(better.all(axis=1)).astype(np.int64)
    if always.size > allowed or shares.size == 1:
        return None, True, always
    if shares.size == 2:
        return nearest_of_two(form, row, shares, allowed), True, nobody
    return near_weights(form, row, shares, allowed), False, nobody


def _passed(form: Form, row: int, weights: tuple[Floats, Floats]) -> tuple[Integers, Integers]:
    """Return who is ahead before and not after, and who is level after, best before first."""
    before, after = (form.scores(one) for one in weights)
    ahead = before > before[row] + tolerance_of(before, rounding_of(form, weights[0]))
    slack = tolerance_of(after, rounding_of(form, weights[1]))
    order = (-before).argsort(kind="stable")
    level = np.abs(after - after[row]) <= slack
    level[row] = False
    passed = ahead & (after <= after[row] + slack)
    return order[passed[order]], order[level[order]]
