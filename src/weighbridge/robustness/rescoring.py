"""Scores after a change: other weights, a molecule removed, added or replaced.

Every test of robustness asks the same question many times over. Where the method has a form
(`weighbridge.robustness.forms`), the answer is cheap: other weights are one matrix product, and a
molecule less or more changes PROMETHEE's flows by its own comparisons only, n·m steps instead of
n²·m. Every other method ranks the changed table anew.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ROUNDING, Ranking, competition_ranks
from weighbridge.core.weights import Weights
from weighbridge.errors import ConventionWarning, Fault, InputError
from weighbridge.methods.promethee import USUAL, preference
from weighbridge.methods.registry import rank
from weighbridge.robustness.forms import ROBUST_METHODS, LinearForm, Scorer, scorer

__all__ = ["GivenWeights", "Rescorer", "Scores", "as_weights", "rescorer", "rows_to_try"]

GivenWeights: TypeAlias = "Mapping[str, float] | pd.Series[Any] | Weights"
"""Weights by criterion, as every face of the package takes them."""


class Scores(Protocol):
    """Anything that scores n molecules under weights, more is better."""

    def scores(self, weights: Floats) -> Floats:
        """Return the scores, shape (n,), under weights of shape (m,)."""
        ...


def as_weights(weights: GivenWeights) -> Weights:
    """Return weights as `Weights`, which checks and normalises them."""
    return weights if isinstance(weights, Weights) else Weights(weights)


def rows_to_try(scores: Floats, top: int, limit: int, seed: int) -> Integers:
    """Return the row numbers to change one at a time, in row order.

    All of them where there are at most `limit`, else the `top` leading ones and a sample of the
    others drawn with `seed`, `limit` in all.
    """
    if scores.size <= limit:
        return np.arange(scores.size)
    order = np.argsort(-scores, kind="stable")
    leading = order[: min(top, limit)]
    others = np.random.default_rng(seed).choice(order[leading.size :], limit - leading.size, replace=False)
    return np.sort(np.concatenate((leading, others))).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """A table scored by a method that has no form."""

    matrix: DecisionMatrix
    method: str
    parameters: dict[str, Any]
    table: Floats

    def scores(self, weights: Floats) -> Floats:
        """Return the scores, shape (n,), turned so that more is better."""
        names = list(self.matrix.names)
        changed = DecisionMatrix(pd.DataFrame(self.table, columns=names), self.matrix.criteria)
        with warnings.catch_warnings():
            # The whole table has warned already; a thousand variants of it need not.
            warnings.simplefilter("ignore", ConventionWarning)
            result = rank(changed, dict(zip(names, weights.tolist(), strict=True)), self.method, **self.parameters)
        assert isinstance(result, Ranking)
        return result.scores_array if result.higher_is_better else -result.scores_array


@dataclass(frozen=True, eq=False)
class Rescorer:
    """A matrix and a method, ready to be scored again with a change.

    Attributes
    ----------
    matrix, method, parameters
        What is scored.
    table
        Shape (n, m): the values as the method takes them; NaN is a neutral missing value.
    whole
        The scores of the unchanged table.
    bound
        The method's form; None for a method without one.
    magnitude
        The size of the numbers that are added up to the scores of a method without a form.
    """

    matrix: DecisionMatrix
    method: str
    parameters: dict[str, Any]
    table: Floats
    whole: Scores
    bound: Scorer | None
    magnitude: float = 1.0

    def rounding(self, weights: Floats) -> float:
        """Return up to which difference scores under some weights differ by rounding only."""
        size = self.magnitude
        if isinstance(self.whole, LinearForm) and self.method != "promethee-ii":
            size = float((np.abs(self.whole.values) @ weights).max())
        return ROUNDING * size

    def ranks(self, scores: Floats, weights: Floats) -> Integers:
        """Return the competition ranks of scores under some weights, 1 the best."""
        return competition_ranks(scores, rounding=self.rounding(weights))

    @property
    def proof(self) -> str:
        """Why no molecule can reverse two others under this method; empty where some can."""
        if not self.alone(self.table):
            return ""
        if self.method == "topsis":
            return "ideal and anti-ideal are the declared bounds, so each score depends on the molecule alone"
        sort = "product" if self.method == "weighted-product" else "sum"
        return f"each score is a {sort} over the molecule's own values alone"

    def alone(self, table: Floats) -> bool:
        """Return whether the score of each row of a table depends on that row alone."""
        default = "none" if self.method == "weighted-product" else "bounds"
        rule = self.parameters.get("normalization", default)
        if self.method == "topsis":
            return bool(rule == "bounds" and not self._beyond_bounds(table))
        rules = {"weighted-sum": ("bounds", "none"), "weighted-product": ("none",)}
        return rule in rules.get(self.method, ())

    def _beyond_bounds(self, table: Floats) -> bool:
        criteria = self.matrix.criteria.values()
        ends = [(c.worst, c.best) for c in criteria if c.worst is not None and c.best is not None]
        low, high = np.array([min(pair) for pair in ends]), np.array([max(pair) for pair in ends])
        return bool(((table < low) | (table > high)).any())

    def without(self, row: int) -> Scores:
        """Return the scores of the n − 1 other molecules, in row order."""
        others = np.delete(np.arange(len(self.table)), row)
        if self.method == "promethee-ii":
            return self._flows((self._totals - self._balance(self.table[row]))[others], others.size)
        return self.of(self.table[others])

    def added(self, values: Floats) -> Scores:
        """Return the scores of the n molecules and, last, of a new one with `values` of shape (m,)."""
        if self.method == "promethee-ii":
            balance = self._balance(values)
            totals = np.vstack((self._totals + balance, -balance.sum(axis=0)))
            return self._flows(totals, len(totals))
        return self.of(np.vstack((self.table, values)))

    def replaced(self, row: int, values: Floats) -> Scores:
        """Return the scores of the n molecules where one has other values, of shape (m,)."""
        own = self.table[row]
        if self.method == "promethee-ii":
            columns = np.flatnonzero(~((values == own) | (np.isnan(values) & np.isnan(own))))
            balance = self._balance(values, columns)
            balance[row] = 0.0
            totals = self._totals.copy()
            totals[:, columns] += balance - self._balance(own, columns)
            totals[row, columns] = -balance.sum(axis=0)
            return self._flows(totals, len(totals))
        changed = self.table.copy()
        changed[row] = values
        return self.of(changed)

    def of(self, table: Floats) -> Scores:
        """Return the scores of any table, shape (k, m), under the same criteria."""
        if self.method == "weighted-product" and self.bound is not None and (table <= 0).any():
            # The form would name a row of the matrix, which a new molecule is not.
            name = self.matrix.names[int(np.nonzero((table <= 0).any(axis=0))[0][0])]
            place = f"column {name!r}"
            raise InputError(Fault("the weighted product is defined for values above 0", place=place))
        if self.bound is None:
            return _Ranked(self.matrix, self.method, self.parameters, table)
        return self.bound.redraw(table)

    @cached_property
    def _totals(self) -> Floats:
        """Return Σ_b P(a, b) − P(b, a) on each criterion, shape (n, m)."""
        assert isinstance(self.whole, LinearForm)
        totals: Floats = self.whole.values * (len(self.table) - 1)
        return totals

    def _balance(self, values: Floats, columns: Integers | None = None) -> Floats:
        """Return P(a, x) − P(x, a) of every molecule a on some criteria, by default all, shape (n, criteria)."""
        criteria = list(self.matrix.criteria.values())
        chosen = range(len(criteria)) if columns is None else columns.tolist()
        balance = np.empty((len(self.table), len(chosen)))
        for at, j in enumerate(chosen):
            difference = (self.table[:, j] - values[j]) * criteria[j].sign
            function: Preference = criteria[j].preference or USUAL
            balance[:, at] = preference(difference, function) - preference(-difference, function)
        return balance

    @staticmethod
    def _flows(totals: Floats, n: int) -> LinearForm:
        return LinearForm(totals / (n - 1) if n > 1 else np.zeros_like(totals))


def rescorer(matrix: DecisionMatrix, method: str = "topsis", **parameters: Any) -> Rescorer:
    """Prepare a matrix and a method for being scored again and again.

    Parameters
    ----------
    matrix
        The decision matrix; missing values are filled by each criterion's rule.
    method
        Any method of `weighbridge.methods` that gives a complete ranking. Those in
        `weighbridge.robustness.forms.ROBUST_METHODS` are scored through their form.
    **parameters
        What the method takes.

    Raises
    ------
    InputError
        What the method itself refuses, and methods that give a partial order.
    """
    if method in ROBUST_METHODS and set(parameters) <= ({"normalization"} & _taken(method)):
        bound = scorer(matrix, method, **parameters)
        table = matrix.filled(neutral_as_nan=method == "promethee-ii")
        return Rescorer(matrix, method, dict(parameters), table, bound.form, bound)
    first = rank(matrix, dict.fromkeys(matrix.names, 1.0), method, **parameters)
    if not isinstance(first, Ranking):
        mend = "Use method='promethee-ii' for a complete ranking"
        raise InputError(Fault("robustness needs a complete ranking", found=repr(method), mend=mend))
    table = matrix.filled()
    anew = _Ranked(matrix, method, dict(parameters), table)
    size = max(first.magnitude, float(np.abs(first.scores_array).max()))
    return Rescorer(matrix, method, dict(parameters), table, anew, None, size)


def _taken(method: str) -> set[str]:
    return {"normalization"} if method in ("topsis", "weighted-sum") else set()
