"""What is uncertain about a molecule: the weights, and its own scores.

Each is an independent input with a distribution of its own, drawn through its quantiles. What is known
about a score is read as everywhere in robustness (`weighbridge.robustness.uncertainty`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.robustness.uncertainty import Cells, ScoreDraws

__all__ = ["DEFAULT_SIGMA", "Input", "group_names", "inputs_of", "weight_spreads"]

DEFAULT_SIGMA: Final = 0.35
"""Standard deviation of a weight's logarithm where nothing was estimated: a factor of 1.4 either way."""


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain number: a weight's logarithm, or a score in its criterion's unit.

    Attributes
    ----------
    name
        What people read.
    column
        The criterion's column.
    is_weight
        Whether it is the weight and not the score.
    start, width
        The value is start + width × a standard number: normal, or uniform on [0, 1).
    uniform
        Which of the two.
    floor, ceiling
        Values beyond count as the bound.
    """

    name: str
    column: int
    is_weight: bool
    start: float
    width: float
    uniform: bool = False
    floor: float = -np.inf
    ceiling: float = np.inf

    def draw(self, quantiles: Floats) -> Floats:
        """Return the values at some quantiles in [0, 1], any shape."""
        from scipy.special import ndtri

        # A quantile of exactly 0 would be drawn at minus infinity.
        standard = quantiles if self.uniform else ndtri(np.clip(quantiles, 2.0**-54, 1.0 - 2.0**-53))
        drawn: Floats = np.clip(self.start + self.width * standard, self.floor, self.ceiling)
        return drawn


def weight_spreads(weights: Weights, matrix: DecisionMatrix, sigma: float | None) -> tuple[Floats, str]:
    """Return the standard deviation of each weight's logarithm, shape (m,), and in words what it rests on.

    Parameters
    ----------
    weights
        With the covariance of their logarithms, where it was estimated: only its diagonal is used.
    matrix
        Gives the order of the criteria.
    sigma
        A standard deviation for all of them instead.

    Raises
    ------
    InputError
        If `sigma` is no number of at least 0.
    """
    m = len(matrix.names)
    if sigma is not None:
        if not is_finite(sigma) or sigma < 0:
            raise InputError(Fault("sigma is no standard deviation", found=repr(sigma), expected="a number ≥ 0"))
        return np.full(m, float(sigma)), f"every weight's logarithm has a standard deviation of {sigma:g}"
    if weights.covariance is None:
        basis = f"no spread of the weights was estimated: their logarithms have a standard deviation of {DEFAULT_SIGMA}"
        return np.full(m, DEFAULT_SIGMA), basis
    order = [list(weights).index(name) for name in matrix.names]
    spreads: Floats = np.sqrt(np.maximum(np.diag(weights.covariance), 0.0))[order]
    return spreads, "the weights vary as the panel's answers do, each by itself: Sobol's indices leave correlations out"


def inputs_of(
    matrix: DecisionMatrix, shares: Floats, spreads: Floats, draws: ScoreDraws | None, row: int
) -> list[Input]:
    """Return everything that moves for one molecule, weights first.

    Parameters
    ----------
    matrix
        The decision matrix.
    shares, spreads
        Shape (m,): today's weights and the standard deviation of their logarithms; a weight or a
        spread of 0 is no input.
    draws
        What is uncertain about the scores; None where nothing is.
    row
        The molecule.

    Raises
    ------
    InputError
        Where nothing moves.
    """
    found = [
        Input(f"weight of {name}", j, is_weight=True, start=float(np.log(shares[j])), width=float(spreads[j]))
        for j, name in enumerate(matrix.names)
        if shares[j] > 0 and spreads[j] > 0
    ]
    found += [] if draws is None else _scores(draws, row)
    if not found:
        place, mend = f"molecule {matrix.labels[row]!r}", "Give sigma above 0, or uncertainty"
        raise InputError(Fault("nothing is uncertain", place=place, mend=mend))
    return found


def _scores(draws: ScoreDraws, row: int) -> list[Input]:
    return [
        _score(draws, cells, at)
        for cells in draws.cells
        for at in np.flatnonzero((cells.rows == row) & (cells.width > 0)).tolist()
    ]


def _score(draws: ScoreDraws, cells: Cells, at: int) -> Input:
    j = cells.column
    return Input(
        f"score of {draws.names[j]}",
        j,
        is_weight=False,
        start=float(cells.start[at]),
        width=float(cells.width[at]),
        uniform=cells.kind == "uniform",
        floor=float(draws.floor[j]),
        ceiling=float(draws.ceiling[j]),
    )


def group_names(inputs: Sequence[Input], matrix: DecisionMatrix, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the name under which each input counts: that of its criterion's group, else its own.

    Raises
    ------
    InputError
        For a group that names no criterion, and a criterion in two groups.
    """
    faults = Faults()
    group_of: dict[str, str] = {}
    for group, members in groups.items():
        for name in members:
            if name not in matrix.criteria:
                place, expected = f"group {group!r}", f"one of {list(matrix.names)}"
                faults.add("a group names no criterion", place=place, found=repr(name), expected=expected)
            elif name in group_of:
                faults.add("a criterion is in two groups", found=repr(name), place=f"{group_of[name]!r} and {group!r}")
            group_of[name] = group
    faults.raise_if_any()
    return [group_of.get(matrix.names[one.column], one.name) for one in inputs]
