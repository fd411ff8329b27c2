"""A reading: what an indicator says of a source, with what it does not know."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator's value for one source (or one part of it).

    Attributes
    ----------
    value
        The value in the indicator's own unit; the middle where only an interval is known; None
        where nothing at all is known.
    low, high
        The interval: both equal to `value` where it is known exactly.
    n
        How many records, pairs or molecules stand behind it.
    note
        What a reader should know: "61 of 120 records do not state a pH".
    unknown
        Why nothing is known, in words: "no record states a pH", "needs records". Empty where
        something is known.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    note: str = ""
    unknown: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("a reading is finite or unknown")
        if (self.low is None) != (self.high is None):
            raise ValueError("a reading has both bounds or none")
        if self.value is not None and self.low is None and self.high is None:
            object.__setattr__(self, "low", self.value)
            object.__setattr__(self, "high", self.value)

    @property
    def known(self) -> bool:
        """Whether anything is known at all."""
        return self.value is not None

    @property
    def exact(self) -> bool:
        """Whether the value is known without an interval."""
        return self.value is not None and self.low == self.high

    @classmethod
    def between(cls, low: float, high: float, n: int = 0, note: str = "") -> Reading:
        """Return a reading known only as an interval; its value is the middle."""
        return cls((low + high) / 2, low, high, n, note)

    @classmethod
    def missing(cls, unknown: str, n: int = 0) -> Reading:
        """Return a reading of which nothing is known, with the reason."""
        return cls(None, None, None, n, "", unknown)
