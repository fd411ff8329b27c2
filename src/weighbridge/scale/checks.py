"""What every batch must pass before it is scored: the rules of each criterion, with row and column.

The rules are those of `weighbridge.core.matrix`: a value is missing, infinite, too large to square,
or outside the declared range, and each criterion says what is then done. Findings of batches are put
together in any order to the same result; the first rows are shown and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats
from weighbridge.core.criterion import Criterion
from weighbridge.errors import Faults
from weighbridge.methods.requirements import LARGEST
from weighbridge.scale.plan import ScoringPlan

__all__ = ["Findings", "Group", "prepare"]

SMALLEST: Final = 1e-290
"""Of values that are divided by: the sum of 1/x over 10¹² smaller ones might overflow."""

_HOW_TO_FILL: Final = "Give the value, or choose a missing-data rule for the criterion: worst, neutral or interval"

Place = tuple[int, float]
"""Row number and the value found there."""


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of fault in one column: how often, and the first rows with what was found there."""

    count: int
    first: tuple[Place, ...]

    def __add__(self, other: Group) -> Group:
        """Return both groups as one."""
        return Group(self.count + other.count, tuple(sorted(self.first + other.first)[: limits.FAULTS_SHOWN]))


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in some batches.

    Attributes
    ----------
    rows
        How many rows were looked at.
    faults
        What is wrong, by kind and column.
    treated
        How many values were clipped, counted as they are, or filled, by what was done and column.
    """

    rows: int = 0
    faults: Mapping[tuple[str, str], Group] = field(default_factory=dict)
    treated: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __add__(self, other: Findings) -> Findings:
        """Return the findings of both."""
        faults, treated = dict(self.faults), dict(self.treated)
        for key, group in other.faults.items():
            faults[key] = faults[key] + group if key in faults else group
        for key, count in other.treated.items():
            treated[key] = treated.get(key, 0) + count
        return Findings(self.rows + other.rows, faults, treated)

    def notes(self, plan: ScoringPlan) -> tuple[str, ...]:
        """Return what was clipped, extended or filled, in column order, as a `DecisionMatrix` says it."""
        found = []
        for name, criterion in plan.criteria.items():
            if count := self.treated.get(("missing", name)):
                found.append(f"{name}: {count} missing values filled by the rule {criterion.missing!r}")
            if count := self.treated.get(("outside", name)):
                how = "as the bound" if criterion.outside == "clip" else "as they are"
                found.append(f"{name}: {count} values outside {_range(criterion)} count {how}")
        return tuple(found)

    def raise_if_any(self, plan: ScoringPlan, place: Callable[[int, str], str] | None = None) -> None:
        """Refuse a library with faults.

        Parameters
        ----------
        plan
            Gives the columns' order and their rules.
        place
            Says where a row number (from 0) and a criterion stand; by default ``row 7, column 'cost'``
            counts from 1.

        Raises
        ------
        InputError
            Every fault up to `limits.FAULTS_SHOWN` of a kind and column, and how many more there are.
        """
        faults = Faults()
        order = {name: j for j, name in enumerate(plan.criteria)}
        for (kind, name), group in sorted(self.faults.items(), key=lambda item: (order[item[0][1]], item[0][0])):
            what, expected, mend = _words(kind, plan.criteria[name], plan.normalization)
            for row, value in group.first:
                where = place(row, name) if place else f"row {row + 1}, column {name!r}"
                found = "" if np.isnan(value) else f"{value:g}"
                faults.add(what, place=where, found=found, expected=expected, mend=mend)
            if group.count > len(group.first):
                faults.add(f"{name}: {what}, in {group.count - len(group.first)} more rows")
        faults.raise_if_any()


def prepare(plan: ScoringPlan, values: Floats, first_row: int) -> tuple[Floats, Findings]:
    """Apply every criterion's rules to a batch.

    Parameters
    ----------
    plan
        The plan.
    values
        Shape (rows, m), float64, NaN where a value is missing; left as it is.
    first_row
        The number of the batch's first row in the library, from 0.

    Returns
    -------
    prepared
        Shape (rows, m), column-major; the given array itself where nothing had to be changed.
        Missing values are filled by their rule; a neutral one stays NaN under PROMETHEE, which takes
        it for indifferent. Faulty values are the middle of the range or 0, so that a batch can be
        scored before the findings of all of them are known.
    findings
        What was found.
    """
    batch = _Batch(plan, values, first_row)
    for j, (name, criterion) in enumerate(plan.criteria.items()):
        batch.check(j, name, criterion)
    return batch.prepared, Findings(len(values), batch.faults, batch.treated)


class _Batch:
    """One batch while it is checked."""

    def __init__(self, plan: ScoringPlan, values: Floats, first_row: int) -> None:
        self.plan = plan
        self.prepared = values
        self.first_row = first_row
        self.faults: dict[tuple[str, str], Group] = {}
        self.treated: dict[tuple[str, str], int] = {}
        self.copied = False
        self.known: Booleans = np.zeros(0, dtype=np.bool_)

    def check(self, j: int, name: str, criterion: Criterion) -> None:
        """Check one column; the common case, nothing wrong, costs two reductions, a third where signs matter."""
        column = self.prepared[:, j]
        self.known = np.zeros(len(column), dtype=np.bool_)
        if not column.size:
            return
        # A NaN comes through both; the lowest and highest value decide everything else.
        low, high = float(column.min()), float(column.max())
        if np.isnan(low):
            gaps = np.isnan(column)
            self._fill(j, name, criterion, gaps)
            rest = column[~gaps]
            low, high = float(rest.min(initial=np.inf)), float(rest.max(initial=-np.inf))
        if max(-low, high) > LARGEST:
            self._large(j, name)
        floor, ceiling = _ends(criterion)
        if low < floor or high > ceiling:
            self._outside(j, name, criterion)
        self._signs(j, name)

    def _write(self, j: int, rows: Booleans, value: float) -> None:
        if not self.copied:
            self.prepared, self.copied = np.array(self.prepared, dtype=np.float64, order="F"), True
        self.prepared[rows, j] = value

    def _note(self, kind: str, j: int, name: str, rows: Booleans) -> None:
        rows = rows & ~self.known
        self.known |= rows
        places = np.flatnonzero(rows)
        if not places.size:
            return
        first = places[: limits.FAULTS_SHOWN]
        shown = tuple((int(i) + self.first_row, float(self.prepared[i, j])) for i in first)
        self.faults[kind, name] = Group(int(places.size), shown)

    def _fill(self, j: int, name: str, criterion: Criterion, gaps: Booleans) -> None:
        if criterion.missing == "refuse":
            self._note("missing", j, name, gaps)
            self._write(j, gaps, _middle(criterion))
            return
        self.treated["missing", name] = int(gaps.sum())
        if criterion.missing == "neutral" and self.plan.method == "promethee-ii":
            return
        if criterion.worst is None:
            self._note("no range", j, name, gaps)
        worst = criterion.worst if criterion.worst is not None else 0.0
        self._write(j, gaps, worst if criterion.missing == "worst" else _middle(criterion))

    def _large(self, j: int, name: str) -> None:
        size = np.abs(self.prepared[:, j])
        endless, large = np.isinf(size), (size > LARGEST) & np.isfinite(size)
        for kind, rows in (("infinite", endless), ("large", large)):
            if rows.any():
                self._note(kind, j, name, rows)
                self._write(j, rows, _middle(self.plan.criteria[name]))

    def _outside(self, j: int, name: str, criterion: Criterion) -> None:
        floor, ceiling = _ends(criterion)
        column = self.prepared[:, j]
        below, above = column < floor, column > ceiling
        rows = below | above
        if not rows.any():
            return
        if criterion.outside == "refuse":
            self._note("outside", j, name, rows)
            return
        self.treated["outside", name] = int(rows.sum())
        if criterion.outside == "clip":
            self._write(j, below, floor)
            self._write(j, above, ceiling)

    def _signs(self, j: int, name: str) -> None:
        """Refuse negative values under ``sum`` and ``max``, and zeros of a cost under ``sum``."""
        rule, cost = self.plan.normalization, self.plan.criteria[name].direction == "cost"
        if self.plan.method == "promethee-ii" or rule not in ("sum", "max"):
            return
        strict = rule == "sum" and cost
        column = self.prepared[:, j]
        # Filled and clipped values too: a declared range may reach below 0.
        if column.min() >= (SMALLEST if strict else 0.0):
            return
        if strict:
            self._note("not positive", j, name, column <= 0)
            self._note("small", j, name, column < SMALLEST)
            self._write(j, column < SMALLEST, 1.0)
        else:
            self._note("negative", j, name, column < 0)
            self._write(j, column < 0, 1.0)


def _ends(criterion: Criterion) -> tuple[float, float]:
    if criterion.worst is None or criterion.best is None:
        return -np.inf, np.inf
    return min(criterion.worst, criterion.best), max(criterion.worst, criterion.best)


def _middle(criterion: Criterion) -> float:
    if criterion.worst is None or criterion.best is None:
        return 0.0
    return (criterion.worst + criterion.best) / 2


def _range(criterion: Criterion) -> str:
    floor, ceiling = _ends(criterion)
    return f"{floor:g} to {ceiling:g}"


def _words(kind: str, criterion: Criterion, normalization: str) -> tuple[str, str, str]:
    """Return what is wrong, what would be right, and how to mend it."""
    rule = f"normalization {normalization!r} is not defined for this value"
    words = {
        "missing": ("a value is missing", "", _HOW_TO_FILL),
        "infinite": ("not a finite number", "a finite number", ""),
        "large": (
            "a value is too large to compute with",
            f"absolute values up to {LARGEST:g}",
            "Choose a larger unit",
        ),
        "negative": (rule, "a number ≥ 0", ""),
        "not positive": (rule, "a number > 0", ""),
        "small": ("a value is too small to divide by", f"a number from {SMALLEST:g}", "Choose a smaller unit"),
        "no range": (
            f"a value is missing, and the rule {criterion.missing!r} needs a declared range to fill it",
            "worst and best",
            "Declare them, or choose another rule",
        ),
    }
    if kind in words:
        return words[kind]
    what = f"a value is outside the declared range {_range(criterion)}"
    return what, "", "Widen the range, or declare outside: clip or extend"
