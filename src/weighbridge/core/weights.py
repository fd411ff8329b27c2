"""Weights that sum to one and remember where they come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Provenance", "Weights"]

LARGEST: Final = 1e300
"""The largest weight before normalisation; the sum of larger ones may overflow."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """One line of a provenance tree: a number, how it was made, and the numbers it was made from.

    Attributes
    ----------
    label
        What the number is: ``weight of public score``, ``share of public in evidence``.
    value
        The number; None for a remark.
    how
        How it was made, one sentence.
    parts
        The numbers it was made from, down to single judgements.
    facts
        Details for machines: expert, answer, reason, file and row.
    """

    label: str
    value: float | None
    how: str = ""
    parts: tuple[Provenance, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Provenance]]:
        """Yield this line and all below it with their depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the tree as JSON-ready values."""
        return {
            "label": self.label,
            "value": self.value,
            "how": self.how,
            "facts": dict(self.facts),
            "parts": [part.to_dict() for part in self.parts],
        }

    def __str__(self) -> str:
        lines = []
        for depth, line in self.walk():
            number = "" if line.value is None else f" {line.value:.4g}"
            how = f"  ({line.how})" if line.how else ""
            lines.append(f"{'  ' * depth}{line.label}{number}{how}")
        return "\n".join(lines)


class Weights(Mapping[str, float]):
    """Non-negative weights by name, normalised to sum to 1.

    Parameters
    ----------
    values
        A mapping or Series of names to non-negative finite numbers, not all zero. Sums other than
        1 are normalised, and `note` says so.
    provenance
        One provenance tree a name.
    covariance
        Covariance matrix of the logarithms of the weights, in the order of the names, where they
        were estimated from judgements; robustness samples from it.
    degrees_of_freedom
        How many answers beyond a spanning tree stand behind the covariance.

    Raises
    ------
    InputError
        If there is no weight, a name occurs twice, or a weight is negative, NaN, infinite, no
        number, or all are zero.
    """

    __slots__ = ("_provenance", "_values", "covariance", "degrees_of_freedom", "note")

    def __init__(
        self,
        values: Mapping[str, float] | pd.Series[Any],
        *,
        provenance: Mapping[str, Provenance] | None = None,
        covariance: Floats | None = None,
        degrees_of_freedom: int | None = None,
    ) -> None:
        given: object = values
        if not isinstance(given, (Mapping, pd.Series)):
            expected = "a mapping or Series of names to numbers"
            raise InputError(Fault("weights have no names", found=repr(values), expected=expected))
        numbers = _checked([(str(name), value) for name, value in values.items()])
        total = math.fsum(numbers.values())
        self._values = {name: value / total for name, value in numbers.items()}
        self._provenance = dict(provenance or {})
        self.covariance = covariance
        self.degrees_of_freedom = degrees_of_freedom
        self.note = "" if math.isclose(total, 1.0, rel_tol=1e-9) else f"weights summed to {total:g} and were normalised"

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name!r}: {value:.4f}" for name, value in self._values.items())
        return f"Weights({{{inside}}})"

    def _repr_html_(self) -> str:
        frame = self.to_series().to_frame("weight")
        return str(frame.style.set_uuid("weights").format("{:.1%}").bar(vmin=0, vmax=1, color="#9fc5e8").to_html())

    def to_series(self) -> pd.Series[float]:
        """Return the weights as a Series named ``weight``."""
        return pd.Series(self._values, name="weight", dtype=float)

    def array(self, names: list[str] | tuple[str, ...]) -> Floats:
        """Return the weights of the given names, in their order, normalised over exactly those.

        Raises
        ------
        InputError
            If a name has no weight, or a weight belongs to none of the names.
        """
        faults = Faults()
        for name in names:
            if name not in self._values:
                faults.add("a criterion has no weight", found=repr(name), expected=f"weights for {list(names)}")
        for name in self._values:
            if name not in names:
                faults.add("a weight belongs to no criterion", found=repr(name), expected=f"one of {list(names)}")
        faults.raise_if_any()
        return np.array([self._values[name] for name in names], dtype=np.float64)

    def explain(self, name: str) -> Provenance:
        """Return the provenance tree behind one weight."""
        if name not in self._values:
            raise InputError(Fault("no such weight", found=repr(name), expected=f"one of {list(self._values)}"))
        return self._provenance.get(name) or Provenance(name, self._values[name], "given as it is")


def _checked(raw: Sequence[tuple[str, Any]]) -> dict[str, float]:
    faults = Faults()
    numbers: dict[str, float] = {}
    seen: set[str] = set()
    for name, value in raw:
        if name in seen:
            faults.add("a name has two weights", found=repr(name), expected="unique names")
        seen.add(name)
        number = _number(name, value, faults)
        if number is not None:
            numbers[name] = number
    faults.raise_if_any()
    if not numbers:
        raise InputError("there are no weights")
    if max(numbers.values()) == 0:
        raise InputError(
            Fault("all weights are zero", found=str(list(numbers)), expected="at least one positive weight")
        )
    return numbers


def _number(name: str, value: object, faults: Faults) -> float | None:
    """Return a weight as a float; None, with the fault noted, for what is none."""
    place, expected = f"weight of {name!r}", "a number ≥ 0"
    number = _as_float(value)
    if number is None:
        faults.add("a weight is not a number", place=place, found=repr(value), expected=expected)
    elif not math.isfinite(number):
        faults.add("a weight is not a finite number", place=place, found=f"{number}", expected=expected)
    elif number > LARGEST:
        faults.add("a weight is too large", place=place, found=f"{number:g}", expected=f"at most {LARGEST:g}")
    elif number < 0:
        mend = "To prefer low values declare the criterion a cost"
        faults.add("a weight is negative", place=place, found=f"{number:g}", expected=expected, mend=mend)
    else:
        return number
    return None


def _as_float(value: Any) -> float | None:
    # Python would make numbers of text and of truth values; here they are mistakes.
    if isinstance(value, (str, bytes, bool, np.bool_)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
