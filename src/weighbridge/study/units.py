"""Units of measured and predicted values: concentrations to p-values, per cent to fractions.

Nothing is converted unless both units are stated. The conversions are

    p = −log10(c / M)         so pIC50 = 9 − log10(IC50 / nM)
    fraction = per cent / 100

and a concentration may be rescaled to another (µM to nM).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from weighbridge.core.arrays import Floats

__all__ = ["P_UNITS", "Conversion", "UnitMismatchError", "conversion", "same_unit"]

_EXPONENTS: Final = {"M": 0, "mM": -3, "uM": -6, "nM": -9, "pM": -12}
P_UNITS: Final = ("pIC50", "pEC50", "pAC50", "pXC50", "pGI50", "pCC50", "pKi", "pKd", "pKB", "pA2")
_FRACTIONS: Final = frozenset({"fraction", "probability"})
_MIRRORED: Final = {"=": "=", "~": "~", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class UnitMismatchError(ValueError):
    """Two units of which neither can become the other."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How numbers of one unit become numbers of another.

    Attributes
    ----------
    kind
        ``same``, ``factor`` (multiplied) or ``p`` (the negative logarithm, which turns order round).
    factor
        The factor, or for ``p`` the factor to molar.
    """

    kind: Literal["same", "factor", "p"] = "same"
    factor: float = 1.0
    exponent: int = 0

    def values(self, numbers: Floats) -> Floats:
        """Return converted numbers; 0 and inf of a bound become inf and −inf on the p scale."""
        if self.kind == "same":
            return numbers
        if self.kind == "factor":
            return numbers * self.factor
        with np.errstate(divide="ignore", invalid="ignore"):
            positive = np.where(np.isneginf(numbers), 0.0, numbers)
            converted: Floats = -(np.log10(positive) + self.exponent)
        return converted

    def bounds(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return converted lower and upper bounds; they change places on the p scale."""
        converted = self.values(low), self.values(high)
        return (converted[1], converted[0]) if self.kind == "p" else converted

    def relation(self, relation: str | None) -> str | None:
        """Return the relation after conversion: below a concentration is above a p-value."""
        return _MIRRORED[relation] if relation is not None and self.kind == "p" else relation


def conversion(unit: str, to: str) -> Conversion:
    """Return the conversion from one stated unit to another.

    Raises
    ------
    UnitMismatchError
        If there is none; the message says why.
    """
    found, wanted = _plain(unit), _plain(to)
    if not wanted or found == wanted:
        return Conversion()
    if not found:
        raise UnitMismatchError("the unit the column is written in is not stated")
    if found in _EXPONENTS and wanted in P_UNITS:
        return Conversion("p", exponent=_EXPONENTS[found])
    if found in _EXPONENTS and wanted in _EXPONENTS:
        return Conversion("factor", 10.0 ** (_EXPONENTS[found] - _EXPONENTS[wanted]))
    if found == "%" and wanted in _FRACTIONS:
        return Conversion("factor", 0.01)
    raise UnitMismatchError(f"{unit!r} cannot be converted to {to!r}")


def same_unit(first: str, second: str) -> bool:
    """Return whether two units are the same, however µ is written."""
    return _plain(first) == _plain(second)


def _plain(unit: str) -> str:
    word = unit.strip().replace("\u00b5", "u").replace("\u03bc", "u")
    return {"percent": "%", "per cent": "%"}.get(word, word)
