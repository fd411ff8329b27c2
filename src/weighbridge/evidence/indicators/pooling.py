"""From one number a record to a source's reading and to a molecule's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.evidence.indicators.prints import nearest_records
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View
from weighbridge.evidence.neighbours import weighted
from weighbridge.evidence.reading import Reading

__all__ = ["MoleculeReadings", "nearest_mean", "record_mean"]


@dataclass(frozen=True, eq=False)
class MoleculeReadings:
    """One indicator's values for the molecules of a decision.

    Attributes
    ----------
    value, low, high
        In the order of the setting's molecules, shape (n,); NaN where nothing is known. Low and
        high differ from the value where only an interval is known.
    note
        What a reader should know, or why nothing is known.
    """

    value: Floats
    low: Floats
    high: Floats
    note: str = ""

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def exact(cls, value: Floats, note: str = "") -> MoleculeReadings:
        """Return readings without intervals."""
        return cls(value, value.copy(), value.copy(), note)

    @classmethod
    def missing(cls, n: int, note: str) -> MoleculeReadings:
        """Return readings of which nothing is known, with the reason."""
        return cls.exact(np.full(n, np.nan), note)


def record_mean(quality: RecordQuality) -> Reading:
    """Return the mean over the records that have such a number, with the interval of the unknowns.

    Raises
    ------
    NotToldError
        If no record tells it.
    """
    values = quality.values[quality.applies]
    unknown = np.isnan(values)
    if not len(values):
        raise NotToldError(f"the records {quality.unknown}")
    if unknown.all() and not quality.bounded:
        raise NotToldError(f"all {len(values):,} records {quality.unknown}")
    low = _mean(np.where(unknown, quality.low[quality.applies], values))
    high = _mean(np.where(unknown, quality.high[quality.applies], values))
    note = f"{int(unknown.sum()):,} of {len(values):,} records {quality.unknown}" if unknown.any() else ""
    return Reading((low + high) / 2, low, high, len(values), note)


def _mean(values: Floats) -> float:
    """Return the mean of an exact sum: equal values give that value, in whatever order they stand."""
    return math.fsum(values.tolist()) / len(values)


def nearest_mean(quality: RecordQuality, view: View) -> MoleculeReadings:
    """Return the similarity-weighted mean over each molecule's nearest training records.

    Raises
    ------
    NotToldError
        If no record tells the quality, or there are no structures.
    """
    if not quality.applies.any() or (np.isnan(quality.values[quality.applies]).all() and not quality.bounded):
        raise NotToldError(f"the records {quality.unknown}")
    neighbours = nearest_records(view.source, view.setting)
    value, low, high = weighted(neighbours, quality.values, quality.low, quality.high, quality.applies)
    alone = int(np.isnan(value).sum())
    note = f"{alone:,} of {len(value):,} molecules have no training record near enough that tells it" if alone else ""
    return MoleculeReadings(value, low, high, note)
