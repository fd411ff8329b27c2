"""Weight stability intervals: how far each weight can move before the choice changes, and who comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.weights import Weights
from weighbridge.robustness.forms import LinearForm, scorer
from weighbridge.robustness.stability_linear import End, linear_ends
from weighbridge.robustness.stability_topsis import topsis_ends
from weighbridge.robustness.standing import WeightsLike, checked_top, levels, rounding_of, shares_of

__all__ = ["StabilityInterval", "StabilityIntervals", "stability_intervals"]


class StabilityInterval(NamedTuple):
    """Where one weight may lie, the others keeping their proportions.

    Attributes
    ----------
    low, high
        Ends of the closed interval around today's weight.
    overtaker_low, overtaker_high
        Label of the molecule that draws level there and is ahead beyond; None where the interval ends
        at 0 or 1 because nobody overtakes.
    """

    low: float
    high: float
    overtaker_low: Any
    overtaker_high: Any


@dataclass(frozen=True, eq=False, repr=False)
class StabilityIntervals(Mapping[str, StabilityInterval]):
    """The stability interval of every criterion's weight.

    Attributes
    ----------
    intervals
        Criterion to `StabilityInterval`.
    overtaken
        Criterion to the labels of those overtaken at the low and at the high end; None where nobody is.
    weights
        Today's weights.
    method, parameters
        How the molecules are ranked.
    top
        How many places are held; None where it is the whole order.
    leaders
        Labels of the set that is held, best first; more than `top` where molecules tie at the last of
        these places. Empty for the whole order.
    """

    intervals: Mapping[str, StabilityInterval]
    overtaken: Mapping[str, tuple[Any, Any]]
    weights: Weights
    method: str
    parameters: Mapping[str, Any]
    top: int | None
    leaders: tuple[Any, ...]

    def __getitem__(self, criterion: str) -> StabilityInterval:
        return self.intervals[criterion]

    def __iter__(self) -> Iterator[str]:
        return iter(self.intervals)

    def __len__(self) -> int:
        return len(self.intervals)

    @cached_property
    def tightest(self) -> str | None:
        """The criterion whose weight has the least way to go to an overtaking; None where none has."""
        ways = {
            name: min(
                self.weights[name] - one.low if one.overtaker_low is not None else 2.0,
                one.high - self.weights[name] if one.overtaker_high is not None else 2.0,
            )
            for name, one in self.intervals.items()
        }
        name = min(ways, key=lambda criterion: ways[criterion])
        return name if ways[name] < 2.0 else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row a criterion: weight, low, high, and who overtakes whom at each end."""
        rows = {
            name: (self.weights[name], *one[:2], one[2], self.overtaken[name][0], one[3], self.overtaken[name][1])
            for name, one in self.intervals.items()
        }
        columns = ["weight", "low", "high", "overtaker_low", "overtaken_low", "overtaker_high", "overtaken_high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("criterion")

    def __repr__(self) -> str:
        inside = ", ".join(f"{name!r}: [{one.low:.4f}, {one.high:.4f}]" for name, one in self.intervals.items())
        return f"StabilityIntervals({self._what()}: {inside})"

    def _repr_html_(self) -> str:
        return f"<p>{self._what()}</p>{self.to_frame().to_html()}"

    def _what(self) -> str:
        held = "whole order" if self.top is None else f"set of the first {self.top}"
        return f"{self.method}, {held}"


def stability_intervals(
    matrix: DecisionMatrix,
    weights: WeightsLike,
    method: str = "promethee-ii",
    top: int = 1,
    order: bool = False,
    **parameters: Any,
) -> StabilityIntervals:
    """Say how far each weight can move alone before the choice changes.

    One weight t moves in [0, 1] and the others keep their proportions: w_j (1 − t)/(1 − w_k); where all
    others are 0 (w_k = 1) they share 1 − t equally. The interval is the longest closed one around
    today's weight in which no molecule comes ahead of one that is strictly ahead of it today, across the
    cut after the first `top` places (so the *set* of the first does not change), or anywhere (`order`).

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        One non-negative number a criterion.
    method
        ``promethee-ii``, ``weighted-sum``, ``weighted-product`` or ``topsis``.
    top
        How many first places are held.
    order
        Hold the whole order instead; `top` does not matter then.
    **parameters
        What the method takes, such as ``normalization``.

    Returns
    -------
    intervals
        Criterion to (low, high, overtaker_low, overtaker_high). Linear methods: closed form; TOPSIS:
        within 1e-10 of the exact crossing.

    Raises
    ------
    InputError
        Unknown method or parameter, weights that do not fit, `top` below 1.

    Notes
    -----
    *Ties hold.* At an end the overtaker has drawn level, and a touch without overtaking ends nothing;
    level means closer than `competition_ranks` tells apart. Molecules that tie today have no order that
    could change: they may part in either direction. If they tie at the cut, all of them are `leaders`.
    With `top` ≥ the number of molecules, or all tied, every interval is [0, 1]. A single criterion has
    the weight 1 and cannot move: its interval is [1, 1].

    References
    ----------
    Mareschal, B. (1988). Weight stability intervals in multicriteria decision aid. European Journal of
    Operational Research 33(1), 54–64. For TOPSIS see `weighbridge.robustness.stability_topsis`.
    """
    places = None if order else checked_top(top)
    shares = shares_of(matrix, weights)
    form = scorer(matrix, method, **parameters).form
    ends = linear_ends(form, shares, places) if isinstance(form, LinearForm) else topsis_ends(form, shares, places)
    found = dict(zip(matrix.names, ends, strict=True))
    leaders: tuple[Any, ...] = ()
    if places is not None:
        scores = form.scores(shares)
        rows, starts = levels(scores, rounding_of(form, shares), places)
        first = rows[: starts[1]] if starts.size > 1 else rows
        leaders = tuple(matrix.labels[int(i)] for i in first[(-scores[first]).argsort(kind="stable")])
    return StabilityIntervals(
        {name: _interval(matrix, low, high) for name, (low, high) in found.items()},
        {name: (_label(matrix, low.passed), _label(matrix, high.passed)) for name, (low, high) in found.items()},
        Weights(dict(zip(matrix.names, shares.tolist(), strict=True))),
        method,
        dict(parameters),
        places,
        leaders,
    )


def _interval(matrix: DecisionMatrix, low: End, high: End) -> StabilityInterval:
    return StabilityInterval(low.at, high.at, _label(matrix, low.comer), _label(matrix, high.comer))


def _label(matrix: DecisionMatrix, row: int) -> Any:
    return matrix.labels[row] if row >= 0 else None
