"""How a method's scores depend on the weights, which is all that most robustness questions need.

PROMETHEE II and the additive methods are *linear*: score = Σ_j w_j v_j, where v holds the net flow by
criterion or the normalized value, and does not depend on the weights. TOPSIS is a *ratio* of two
weighted distances, √(Σ w² n) / (√(Σ w² n) + √(Σ w² f)), where n and f hold the squared differences to
anti-ideal and ideal. One table in either form answers for every set of weights.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import Fault, InputError
from weighbridge.methods.promethee import USUAL, net_flows
from weighbridge.methods.registry import methods
from weighbridge.methods.requirements import flattened, require_matrix
from weighbridge.methods.scaling import Scaled, additive_values, normalized, scale_matrix
from weighbridge.methods.topsis import topsis_ideals

__all__ = ["ROBUST_METHODS", "Form", "LinearForm", "RatioForm", "Scorer", "scorer"]

ROBUST_METHODS: Final = ("topsis", "promethee-ii", "weighted-sum", "weighted-product")
"""The methods whose scores have one of the two forms."""

TINY: Final = 1e-100
"""Differences below this are measured in a smaller unit before they are squared."""


@dataclass(frozen=True, eq=False)
class LinearForm:
    """Scores that are linear in the weights, more is better.

    Attributes
    ----------
    values
        Shape (n, m): score_i = Σ_j w_j values_ij.
    """

    values: Floats

    def scores(self, weights: Floats) -> Floats:
        """Return the scores, shape (..., n), under weights of shape (..., m)."""
        result: Floats = weights @ self.values.T
        return result

    def take(self, rows: Integers) -> LinearForm:
        """Return the form of some molecules only, as they stand in the whole table."""
        return LinearForm(self.values[rows])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of molecules and of criteria."""
        return self.values.shape[0], self.values.shape[1]


@dataclass(frozen=True, eq=False)
class RatioForm:
    """TOPSIS closeness, more is better.

    Attributes
    ----------
    near, far
        Shape (n, m): squared differences of the normalized value to anti-ideal and to ideal, before
        weighting. D⁻ = √(Σ_j w_j² near_ij), D⁺ = √(Σ_j w_j² far_ij), score = D⁻/(D⁺ + D⁻); ½ where
        both are 0.
    """

    near: Floats
    far: Floats

    def scores(self, weights: Floats) -> Floats:
        """Return the closeness, shape (..., n), under weights of shape (..., m)."""
        # Only the ratio of the weights matters; a largest weight of 1 keeps the squares from underflowing.
        squares = (weights / weights.max(axis=-1, keepdims=True)) ** 2
        near, far = np.sqrt(squares @ self.near.T), np.sqrt(squares @ self.far.T)
        total = near + far
        nowhere = total == 0
        result: Floats = np.where(nowhere, 0.5, near / np.where(nowhere, 1.0, total))
        return result

    def take(self, rows: Integers) -> RatioForm:
        """Return the form of some molecules only, as they stand in the whole table."""
        return RatioForm(self.near[rows], self.far[rows])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of molecules and of criteria."""
        return self.near.shape[0], self.near.shape[1]


Form: TypeAlias = LinearForm | RatioForm


@dataclass(frozen=True, eq=False)
class Scorer:
    """A method bound to a decision matrix.

    Attributes
    ----------
    matrix, method, parameters
        What it is bound to.
    form
        How the scores depend on the weights, with the matrix's own values.
    redraw
        Returns the form with other values of shape (n, m), in the criteria's units: the molecules'
        scores are drawn anew, everything declared stays.
    """

    matrix: DecisionMatrix
    method: str
    parameters: dict[str, Any]
    form: Form
    redraw: Callable[[Floats], Form]


def scorer(matrix: DecisionMatrix, method: str = "topsis", **parameters: Any) -> Scorer:
    """Bind a method to a matrix.

    Parameters
    ----------
    matrix
        The decision matrix; missing values are filled by each criterion's rule.
    method
        One of `ROBUST_METHODS`. The weighted product enters by its logarithm, which ranks alike.
    **parameters
        What the method takes, such as ``normalization``.

    Raises
    ------
    InputError
        For another method, a parameter it does not take, and what the method itself refuses.
    """
    builders: dict[str, Callable[..., Callable[[Floats | None], Form]]] = {
        "topsis": _topsis,
        "promethee-ii": _promethee,
        "weighted-sum": _weighted_sum,
        "weighted-product": _weighted_product,
    }
    require_matrix(matrix)
    if method not in builders:
        expected = "one of " + ", ".join(repr(name) for name in ROBUST_METHODS)
        meant = str(method).lower().replace("_", "-")
        close = [] if method in methods() else difflib.get_close_matches(meant, ROBUST_METHODS, 1, 0.7)
        mend = f"Did you mean {close[0]!r}?" if close else ""
        what = "unknown method" if close else "robustness is not known for this method"
        raise InputError(Fault(what, found=repr(method), expected=expected, mend=mend))
    takes = {"normalization"} if method in ("topsis", "weighted-sum") else set()
    if unknown := sorted(set(parameters) - takes):
        expected = f"one of {sorted(takes)}" if takes else "no parameters"
        raise InputError(
            Fault(f"robustness of {method!r} takes no such parameter", found=unknown[0], expected=expected)
        )
    build = builders[method](matrix, **parameters)
    return Scorer(matrix, method, dict(parameters), build(None), build)


def _scaler(matrix: DecisionMatrix, normalization: str) -> Callable[[Floats | None], Scaled]:
    """Return what normalizes drawn values as the matrix's own were normalized."""
    own = scale_matrix(matrix, normalization)

    def scale(values: Floats | None) -> Scaled:
        if values is None:
            return own
        if own.best is not None:
            worst = np.array([criterion.worst for criterion in matrix.criteria.values()], dtype=np.float64)
            best = np.array([criterion.best for criterion in matrix.criteria.values()], dtype=np.float64)
            drawn = (values - worst) / (best - worst)
            drawn += 0.0  # never −0, as in the matrix itself
        else:
            _require_defined(matrix, values, normalization)
            drawn = normalized(flattened(values), matrix.signs, normalization)
        return Scaled(normalization, drawn, own.orientation, own.worst, own.best)

    return scale


def _require_defined(matrix: DecisionMatrix, values: Floats, normalization: str) -> None:
    """Refuse drawn values that ``sum`` and ``max`` refuse in the matrix itself."""
    if normalization not in ("sum", "max"):
        return
    _refuse_drawn(matrix, values, values < 0, f"normalization {normalization!r} is not defined for this value", "≥ 0")
    if normalization == "sum":
        wrong = (values == 0) & (matrix.signs < 0)
        _refuse_drawn(matrix, values, wrong, "normalization 'sum' of a cost is not defined for this value", "> 0")


def _refuse_drawn(matrix: DecisionMatrix, values: Floats, wrong: Booleans, what: str, least: str) -> None:
    """Raise for the first wrong value; its molecule is known only where there is one row each."""
    if not wrong.any():
        return
    row, column = (int(part[0]) for part in np.nonzero(wrong))
    label = f"row {matrix.labels[row]!r}, " if len(values) == len(matrix.labels) else ""
    place, found = f"{label}column {matrix.names[column]!r}", f"{values[row, column]:g}"
    raise InputError(Fault(what, place=place, found=found, expected=f"a number {least}"))


def _topsis(matrix: DecisionMatrix, *, normalization: str = "bounds") -> Callable[[Floats | None], Form]:
    scale, one = _scaler(matrix, normalization), np.ones(len(matrix.names))

    def form(values: Floats | None) -> Form:
        scaled = scale(values)
        ideal, anti_ideal = topsis_ideals(scaled, one)
        unit = _unit(float(np.abs(ideal - anti_ideal).max()))
        return RatioForm(*(_squares(scaled.values, point, unit) for point in (anti_ideal, ideal)))

    return form


def _squares(values: Floats, point: Floats, unit: float) -> Floats:
    difference: Floats = values - point
    if unit != 1.0:
        difference /= unit
    return difference**2


def _unit(largest: float) -> float:
    """Return a power of two to measure differences by, so that the squares of tiny ones do not underflow.

    Only the ratio of the distances matters, and dividing by a power of two rounds nothing.
    """
    return 2.0 ** math.frexp(largest)[1] if 0.0 < largest < TINY else 1.0


def _weighted_sum(matrix: DecisionMatrix, *, normalization: str = "bounds") -> Callable[[Floats | None], Form]:
    scale = _scaler(matrix, normalization)
    return lambda values: LinearForm(additive_values(scale(values)))


def _promethee(matrix: DecisionMatrix) -> Callable[[Floats | None], Form]:
    functions: list[Preference] = [criterion.preference or USUAL for criterion in matrix.criteria.values()]

    def form(values: Floats | None) -> Form:
        table = matrix.filled(neutral_as_nan=True) if values is None else values
        return LinearForm(net_flows(table, matrix.signs, functions))

    return form


def _weighted_product(matrix: DecisionMatrix) -> Callable[[Floats | None], Form]:
    def form(values: Floats | None) -> Form:
        table = matrix.filled() if values is None else values
        _refuse_drawn(matrix, table, table <= 0, "the weighted product is defined for values above 0", "> 0")
        return LinearForm(np.log(table) * matrix.signs)

    return form
