"""What is to be scored and how, before any row has been read."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import ConventionWarning, Faults
from weighbridge.methods.requirements import LARGEST

__all__ = ["SCALED_METHODS", "SCALE_NORMALIZATIONS", "ScoringPlan"]

SCALED_METHODS: Final = ("topsis", "promethee-ii", "weighted-sum")
"""The methods that score a library in passes over it."""

SCALE_NORMALIZATIONS: Final = ("bounds", "vector", "minmax", "sum", "max", "none")

_RATIO: Final = ("vector", "sum", "max")

BINS: Final = (64, 4_194_304)
"""Fewest and most bins of a flow table: fewer bound nothing, more do not fit into a core's cache."""

USUAL: Final = Preference("usual")


@dataclass(frozen=True, eq=False)
class ScoringPlan:
    """A ranking of a library, as far as it does not depend on the rows.

    Attributes
    ----------
    criteria
        Criteria by column name, in column order.
    weights
        Shape (m,), in column order, ≥ 0; they sum to 1.
    method
        One of `SCALED_METHODS`.
    normalization
        Of TOPSIS and the weighted sum, as in `weighbridge.methods.scaling`.
    top
        How many molecules are found exactly, with every tie at the last place.
    bins
        How many bins a flow table of PROMETHEE II has; more make its bound smaller.

    Raises
    ------
    InputError
        Everything about the plan that does not fit, in one message.

    Warns
    -----
    ConventionWarning
        Where a ratio rule meets a criterion that declares no scale; once, when the plan is made, and
        not by the copies of it that workers get.
    """

    criteria: Mapping[str, Criterion]
    weights: Floats
    method: str = "topsis"
    normalization: str = "bounds"
    top: int = 100
    bins: int = 65_536

    def __post_init__(self) -> None:
        faults = Faults()
        _check_words(self, faults)
        _check_numbers(self, faults)
        if self.method != "promethee-ii":
            _check_scales(self, faults)
        _check_ranges(self, faults)
        faults.raise_if_any()
        _warn_of_undeclared(self)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.criteria)

    @property
    def signs(self) -> Floats:
        """Shape (m,): +1 for a gain, −1 for a cost."""
        return np.array([criterion.sign for criterion in self.criteria.values()], dtype=np.float64)

    @property
    def preferences(self) -> tuple[Preference, ...]:
        """The preference function of each criterion, `usual` where none is declared."""
        return tuple(criterion.preference or USUAL for criterion in self.criteria.values())

    def declared(self) -> tuple[Floats, Floats]:
        """Return the declared worst and best, each of shape (m,); NaN where none is declared."""
        worst = [np.nan if c.worst is None else c.worst for c in self.criteria.values()]
        best = [np.nan if c.best is None else c.best for c in self.criteria.values()]
        return np.array(worst, dtype=np.float64), np.array(best, dtype=np.float64)


def _check_words(plan: ScoringPlan, faults: Faults) -> None:
    if not plan.criteria:
        faults.add("there are no criteria to rank by", expected="at least one column")
    if plan.method not in SCALED_METHODS:
        faults.add(
            "this method cannot rank a library in passes over it",
            found=repr(plan.method),
            expected="one of " + ", ".join(map(repr, SCALED_METHODS)),
            mend="Rank a sample by it, or choose one of these",
        )
    if plan.normalization not in SCALE_NORMALIZATIONS:
        expected = "one of " + ", ".join(map(repr, SCALE_NORMALIZATIONS))
        faults.add("unknown normalization", found=repr(plan.normalization), expected=expected)


def _check_numbers(plan: ScoringPlan, faults: Faults) -> None:
    weights = np.asarray(plan.weights, dtype=np.float64)
    if weights.shape != (len(plan.criteria),):
        faults.add(
            "there is not one weight a criterion", found=f"{weights.size} weights", expected=f"{len(plan.criteria)}"
        )
    elif not np.isfinite(weights).all() or (weights < 0).any() or abs(float(weights.sum()) - 1.0) > 1e-9:
        faults.add("the weights are not shares", found=str(weights.tolist()), expected="numbers ≥ 0 that sum to 1")
    if not _whole(plan.top) or plan.top < 1:
        faults.add("top is too small", found=repr(plan.top), expected="a whole number from 1")
    if not _whole(plan.bins) or not BINS[0] <= plan.bins <= BINS[1]:
        expected = f"a whole number from {BINS[0]} to {BINS[1]}"
        faults.add("bins is out of range", found=repr(plan.bins), expected=expected)


def _whole(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool)


def _check_scales(plan: ScoringPlan, faults: Faults) -> None:
    """Refuse a normalization that means nothing for a criterion, as `wb.rank` does."""
    what = f"normalization {plan.normalization!r}"
    for name, criterion in plan.criteria.items():
        if plan.normalization == "bounds" and not criterion.bounded:
            faults.add(
                f"{what} needs the declared range of every criterion",
                place=f"criterion {name!r}",
                expected="worst and best",
                mend="Declare them, or choose another normalization or method",
            )
        if plan.normalization in _RATIO and criterion.scale not in (None, "ratio"):
            faults.add(
                f"{what} divides values by one another, and the zero of this criterion is arbitrary",
                place=f"criterion {name!r}",
                found=f"scale={criterion.scale!r}",
                expected="scale='ratio'",
                mend="Use normalization='bounds' or 'minmax', or a method that takes differences only",
            )


def _check_ranges(plan: ScoringPlan, faults: Faults) -> None:
    """Refuse declared ends whose squares or differences overflow, as `wb.rank` does."""
    for name, criterion in plan.criteria.items():
        largest = max(abs(criterion.worst or 0.0), abs(criterion.best or 0.0))
        if largest > LARGEST:
            faults.add(
                "the declared range is too large to compute with",
                place=f"criterion {name!r}",
                found=f"{largest:g}",
                expected=f"absolute values up to {LARGEST:g}",
                mend="Choose a larger unit",
            )


def _warn_of_undeclared(plan: ScoringPlan) -> None:
    """Warn as `weighbridge.methods.requirements.require_ratio_scale` does, where the plan is made."""
    undeclared = [name for name, criterion in plan.criteria.items() if criterion.scale is None]
    if plan.method == "promethee-ii" or plan.normalization not in _RATIO or not undeclared:
        return
    warnings.warn(
        f"normalization {plan.normalization!r} is only meaningful on ratio scales, and these criteria declare none: "
        + ", ".join(undeclared),
        ConventionWarning,
        # This function, __post_init__, the dataclass's __init__, and whoever makes the plan.
        stacklevel=4,
    )
