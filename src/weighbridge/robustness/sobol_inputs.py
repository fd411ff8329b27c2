"""What is uncertain about a molecule: the weights, and its own scores.

Each is an independent input with a distribution of its own, drawn through its quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["DEFAULT_SIGMA", "Input", "Uncertain", "group_names", "inputs_of", "weight_spreads"]

Uncertain: TypeAlias = "float | pd.Series[Any] | tuple[Any, Any]"
"""A standard deviation, or the two ends of an interval; numbers, or Series by molecule."""

DEFAULT_SIGMA: Final = 0.35
"""Standard deviation of a weight's logarithm where nothing was estimated: a factor of 1.4 either way."""


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain number: a weight's logarithm or a score."""

    name: str
    column: int
    is_weight: bool
    middle: float
    spread: float
    uniform: bool = False
    floor: float = -np.inf
    ceiling: float = np.inf

    def draw(self, quantiles: Floats) -> Floats:
        """Return the values at some quantiles; `spread` is the standard deviation or the half width."""
        from scipy.special import ndtri

        if self.uniform:
            return self.middle + self.spread * (2.0 * quantiles - 1.0)
        # A quantile of exactly 0 would be drawn at minus infinity.
        inside = np.clip(quantiles, 2.0**-54, 1.0 - 2.0**-53)
        drawn: Floats = np.clip(self.middle + self.spread * ndtri(inside), self.floor, self.ceiling)
        return drawn


def weight_spreads(weights: Weights, matrix: DecisionMatrix, sigma: float | None) -> tuple[Floats, str]:
    """Return the standard deviation of each weight's logarithm, shape (m,), and what it rests on."""
    if sigma is not None:
        if not is_finite(sigma) or sigma < 0:
            raise InputError(Fault("sigma is no standard deviation", found=repr(sigma), expected="a number ≥ 0"))
        return np.full(
            len(matrix.names), float(sigma)
        ), f"every weight's logarithm has a standard deviation of {sigma:g}"
    if weights.covariance is None:
        basis = f"no spread of the weights was estimated: their logarithms have a standard deviation of {DEFAULT_SIGMA}"
        return np.full(len(matrix.names), DEFAULT_SIGMA), basis
    order = [list(weights).index(name) for name in matrix.names]
    spreads: Floats = np.sqrt(np.maximum(np.diag(weights.covariance), 0.0))[order]
    return spreads, "the weights vary as the panel's answers do, each by itself: Sobol's indices leave correlations out"


def inputs_of(
    matrix: DecisionMatrix,
    table: Floats,
    shares: Floats,
    spreads: Floats,
    uncertainty: Mapping[str, Uncertain],
    row: int,
) -> list[Input]:
    """Return everything that moves for one molecule, weights first."""
    found = [
        Input(f"weight of {name}", j, is_weight=True, middle=float(np.log(shares[j])), spread=float(spreads[j]))
        for j, name in enumerate(matrix.names)
        if shares[j] > 0 and spreads[j] > 0
    ]
    faults = Faults()
    for name in uncertainty:
        if name not in matrix.criteria:
            faults.add("uncertainty names no criterion", found=repr(name), expected=f"one of {list(matrix.names)}")
    for j, name in enumerate(matrix.names):
        given = uncertainty.get(name)
        if given is None and matrix.low[row, j] < matrix.high[row, j]:
            given = (float(matrix.low[row, j]), float(matrix.high[row, j]))
        if given is not None:
            one = _score_input(matrix, float(table[row, j]), given, row, j, faults)
            found.extend([one] if one is not None and one.spread > 0 else [])
    faults.raise_if_any()
    if not found:
        label = matrix.labels[row]
        raise InputError(
            Fault("nothing is uncertain", place=f"molecule {label!r}", mend="Give sigma above 0, or uncertainty")
        )
    return found


def _score_input(
    matrix: DecisionMatrix, value: float, given: Uncertain, row: int, j: int, faults: Faults
) -> Input | None:
    name, label = matrix.names[j], matrix.labels[row]
    place = f"row {label!r}, column {name!r}"
    ends = given if isinstance(given, tuple) else (given,)
    numbers = [_number(end, label) for end in ends]
    if len(numbers) > 2 or any(number is None for number in numbers):
        expected = "a standard deviation, or (low, high)"
        faults.add("uncertainty is no number for this score", place=place, found=repr(given)[:60], expected=expected)
        return None
    if len(numbers) == 2:
        low, high = (float(number) for number in numbers if number is not None)
        if low > high:
            faults.add("an interval is the wrong way round", place=place, found=f"{low:g} to {high:g}")
            return None
        return Input(
            f"{name}: score", j, is_weight=False, middle=(low + high) / 2, spread=(high - low) / 2, uniform=True
        )
    deviation = float(numbers[0] or 0.0)
    if deviation < 0 or np.isnan(value):
        what = "a standard deviation is negative" if deviation < 0 else "a missing score has no standard deviation"
        faults.add(what, place=place, found=f"{deviation:g}", expected="an interval, or a number ≥ 0 for a known score")
        return None
    floor, ceiling = _range(matrix, j)
    return Input(f"{name}: score", j, is_weight=False, middle=value, spread=deviation, floor=floor, ceiling=ceiling)


def _number(given: object, label: object) -> float | None:
    """Return a number, or a Series' number for the molecule; None for what is neither."""
    if isinstance(given, pd.Series):
        given = given.get(label)
    if isinstance(given, np.generic):
        given = given.item()
    return float(given) if is_finite(given) else None  # type: ignore[arg-type]


def _range(matrix: DecisionMatrix, j: int) -> tuple[float, float]:
    criterion = matrix.criteria[matrix.names[j]]
    if criterion.worst is None or criterion.best is None or criterion.outside == "extend":
        return -np.inf, np.inf
    return min(criterion.worst, criterion.best), max(criterion.worst, criterion.best)


def group_names(inputs: Sequence[Input], matrix: DecisionMatrix, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the name under which each input counts: its group's, else its own."""
    faults = Faults()
    group_of: dict[str, str] = {}
    for group, members in groups.items():
        for name in members:
            if name not in matrix.criteria:
                faults.add(
                    "a group names no criterion", place=f"group {group!r}", found=repr(name),
                    expected=f"one of {list(matrix.names)}",
                )  # fmt: skip
            elif name in group_of:
                faults.add("a criterion is in two groups", found=repr(name), place=f"{group_of[name]!r} and {group!r}")
            group_of[name] = group
    faults.raise_if_any()
    return [group_of.get(matrix.names[one.column], one.name) for one in inputs]
