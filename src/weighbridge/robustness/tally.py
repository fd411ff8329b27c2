"""Counts kept while draws come in, so that memory grows with the molecules and not with the draws."""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.robustness.counting import Places

__all__ = ["Tally", "half_width"]

QUANTILE: Final = 1.959963984540054
"""Of the normal distribution, for 95 % intervals."""

DIGITS: Final = 9
"""Counts with shared places are rounded to this, so that they do not depend on the order of adding."""


def half_width(probabilities: Floats, samples: int) -> Floats:
    """Return half the width of the 95 % interval of shares counted in so many independent draws.

    Wilson's interval, z/(1 + z²/S) · √(p(1 − p)/S + z²/4S²), which says that a share of 0 or 1 is
    not certain either.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22(158), 209–212.
    """
    z = QUANTILE
    root = np.sqrt(probabilities * (1 - probabilities) / samples + z**2 / (4 * samples**2))
    return np.asarray(z / (1 + z**2 / samples) * root)


class Tally:
    """How often each molecule took each of the first places, and the weights that made it the first.

    Tied molecules share the places they take: of a group of g from place r on, each has 1/g of the
    places r … r + g − 1, as if ties were broken at random. So every draw fills every place once.
    Only molecules that ever take one of the places have a row.

    Parameters
    ----------
    molecules, criteria
        Number of molecules and of criteria.
    places
        How many places are counted.
    """

    def __init__(self, molecules: int, criteria: int, places: int) -> None:
        self.samples = 0
        self.places = places
        self._slots = np.full(molecules, -1, dtype=np.int64)
        self._rows: list[int] = []
        self._whole = np.zeros((0, places), dtype=np.int64)
        # Shared places as differences: +1/g where a group begins, −1/g where it ends.
        self._shared = np.zeros((0, places + 1))
        self._central = np.zeros((0, criteria))

    def add(self, places: Places, weights: Floats) -> None:
        """Count the places of some draws under weights of shape (b, m)."""
        self.samples += len(weights)
        slots = self._slots_of(places.molecules)
        alone = places.tied == 1
        np.add.at(self._whole, (slots[alone], places.first[alone]), 1)
        shared, first, share = slots[~alone], places.first[~alone], 1.0 / places.tied[~alone]
        np.add.at(self._shared, (shared, first), share)
        np.add.at(self._shared, (shared, np.minimum(first + places.tied[~alone], self.places)), -share)
        leading = places.first == 0
        parts = weights[places.draws[leading]] / places.tied[leading, None]
        # Added in the order of the draws, so the sums do not depend on how the draws were cut.
        np.add.at(self._central, slots[leading], parts)

    def _slots_of(self, molecules: Integers) -> Integers:
        new = np.unique(molecules[self._slots[molecules] < 0])
        if new.size:
            self._slots[new] = np.arange(len(self._rows), len(self._rows) + new.size)
            self._rows.extend(new.tolist())
            self._whole = np.vstack([self._whole, np.zeros((new.size, self.places), dtype=np.int64)])
            self._shared = np.vstack([self._shared, np.zeros((new.size, self.places + 1))])
            self._central = np.vstack([self._central, np.zeros((new.size, self._central.shape[1]))])
        return self._slots[molecules]

    @property
    def molecules(self) -> Integers:
        """Row numbers of the molecules that took one of the places, ascending."""
        return np.sort(np.array(self._rows, dtype=np.int64))

    @property
    def counts(self) -> Floats:
        """Draws in which each of `molecules` took each place, shape (molecules, places)."""
        shared = np.round(np.cumsum(self._shared[:, :-1], axis=1), DIGITS)
        return np.asarray((self._whole + shared)[self._slots[self.molecules]], dtype=np.float64)

    def top_counts(self, k: int) -> Floats:
        """Draws in which each of `molecules` was among the first k, shape (molecules,)."""
        return np.asarray(self.counts[:, :k].sum(axis=1))

    @property
    def central_weights(self) -> Floats:
        """Mean of the weights under which each of `molecules` was first, NaN where it never was."""
        sums, first = self._central[self._slots[self.molecules]], self.counts[:, :1]
        never = first == 0
        means: Floats = np.where(never, np.nan, sums / np.where(never, 1.0, first))
        return means

    def error(self, k: int) -> float:
        """Return the largest 95 % half width among the probabilities to be the first, and among the first k."""
        counts = self.counts
        both = np.concatenate([counts[:, 0], counts[:, :k].sum(axis=1)])
        return float(half_width(np.clip(both / self.samples, 0.0, 1.0), self.samples).max(initial=0.0))
