"""Rankings by methods whose scores depend on the whole table: contributions within the table.

The molecule's values outside a coalition are replaced by the anti-ideal, and the whole table is
scored again, because each such method takes its scale from all rows. This is what "Shapley values
against the anti-ideal" means for VIKOR, COPRAS, MABAC and the methods that come through pymcdm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.methods.contributions import sampled_note, shapley

__all__ = ["EXACT_CRITERIA", "Scorer", "anti_ideal", "average", "rank_within_table"]

EXACT_CRITERIA: Final = 10
"""Up to this many criteria contributions are exact; each coalition scores the whole table again."""

SPREAD_ROWS: Final = 30
"""Effective weights are taken over so many molecules, spread evenly from the first to the last."""

_ORDERS: Final = 40

Scorer = Callable[[Floats], Floats]
"""Takes a table of shape (n, m) and returns n scores."""


@dataclass(frozen=True, eq=False)
class _Replacement:
    """Scores of one molecule with some of its values replaced, for every molecule in turn.

    With `beside` the changed molecule stands beside the table, which then keeps its scale: in its
    own place it would take the scale with it wherever it holds the best or worst of a column.
    """

    method: str
    values: Floats
    score: Scorer
    point: Floats
    beside: bool = False

    def contribute(self, rows: Integers) -> Floats:
        """Return the contributions of some rows, shape (rows, m)."""
        m = self.values.shape[1]
        parts = [shapley(self.value_of(int(i)), m, exact=EXACT_CRITERIA, orders=_ORDERS) for i in rows]
        return np.concatenate(parts) if parts else np.empty((0, m))

    def base(self, rows: Integers) -> Floats:
        """Return the score of each row with all its values replaced, shape (rows,)."""
        nothing = np.zeros(self.values.shape[1], dtype=np.bool_)
        return np.array([float(self.value_of(int(i))(nothing)[0]) for i in rows], dtype=np.float64)

    def value_of(self, row: int) -> Callable[[Booleans], Floats]:
        """Return the value of a coalition for one molecule."""
        place = len(self.values) if self.beside else row
        start = np.vstack((self.values, self.values[row])) if self.beside else self.values

        def value(mask: Booleans) -> Floats:
            table = start.copy()
            table[place, ~mask] = self.point[~mask]
            with np.errstate(all="ignore"):
                found = self.score(table)[place : place + 1]
            if not np.isfinite(found).all():
                raise InputError(
                    Fault(
                        f"method {self.method!r} has no score for a molecule with some of its values at the reference "
                        "point, so its contributions are undefined",
                        mend="Read the contributions of another method",
                    )
                )
            return found

        return value


def average(values: Floats) -> Floats:
    """Return the mean of each column, shape (m,); of a constant column its value to the last bit."""
    mean: Floats = np.where((values == values[0]).all(axis=0), values[0], values.mean(axis=0))
    return mean


def anti_ideal(matrix: DecisionMatrix, values: Floats, *, positive: bool = False) -> Floats:
    """Return the declared worst of each criterion, else the worst value of its column; shape (m,).

    With `positive` a declared worst of 0 or less is not used: the method would be undefined there.
    """
    worst = np.where(matrix.signs > 0, values.min(axis=0), values.max(axis=0))
    declared = np.array([np.nan if c.worst is None else c.worst for c in matrix.criteria.values()])
    usable = np.isfinite(declared) & (~positive | (declared > 0))
    point: Floats = np.where(usable, declared, worst)
    return point


def rank_within_table(
    matrix: DecisionMatrix,
    values: Floats,
    score: Scorer,
    *,
    method: str,
    higher_is_better: bool,
    point: Floats,
    parameters: Mapping[str, Any],
    notes: tuple[str, ...],
    details: Mapping[str, Floats],
) -> Ranking:
    """Return the ranking of a scorer, with contributions measured within the table from `point`.

    The scores of all such methods are dimensionless sums of terms around 1.
    """
    replacement = _Replacement(method, values, score, point)
    return Ranking(
        method=method,
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=score(values),
        higher_is_better=higher_is_better,
        contribute=replacement.contribute,
        base=replacement.base,
        deviate=_Replacement(method, values, score, average(values), beside=True).contribute,
        deviate_limit=SPREAD_ROWS,
        parameters=parameters,
        notes=(*notes, *sampled_note(values.shape[1], EXACT_CRITERIA)),
        details=details,
        magnitude=1.0,
    )
