"""The error hierarchy: whose fault, where, and how to mend it.

Two roots under `WeighbridgeError`::

    InputError   the user's input is wrong: one message lists every fault found, each with
                 its file, place, what was found, what was expected and how to mend it
    StateError   our own state is wrong (a broken installation, a stale cache)

A user never sees a traceback for an `InputError`: the command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

__all__ = ["ConventionWarning", "Fault", "Faults", "InputError", "StateError", "WeighbridgeError"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class WeighbridgeError(Exception):
    """The root of every error this package raises on purpose."""


class StateError(WeighbridgeError):
    """Our own state is wrong: a broken installation, a cache that does not fit its key."""


class ConventionWarning(UserWarning):
    """A result is right under its stated convention, and the convention has a known risk."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input.

    Attributes
    ----------
    what
        What is wrong, one sentence without a full stop.
    file
        The file it stands in, relative to the study where possible.
    place
        Where in the file: ``row 7, column 'pIC50'`` or ``$.sources.public.card``.
    found, expected
        The offending value and what would have been accepted.
    mend
        What the user can do about it.
    """

    what: str
    file: str = ""
    place: str = ""
    found: str = ""
    expected: str = ""
    mend: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        text = f"{where}: {self.what}" if where else self.what
        if self.found:
            text += f"; found {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.mend:
            text += f". {self.mend}"
        return text


class InputError(WeighbridgeError, ValueError):
    """The user's input is wrong; `faults` lists everything that was found."""

    def __init__(self, faults: Sequence[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = [Fault(faults)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return str(self.faults[0])
        lines = [f"{len(self.faults)} faults:"]
        return "\n".join(lines + [f"  - {fault}" for fault in self.faults])


class Faults:
    """Collects faults so that the user hears of all of them at once."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self, what: str, *, file: str = "", place: str = "", found: str = "", expected: str = "", mend: str = ""
    ) -> None:
        """Note one fault."""
        self._faults.append(Fault(what, file, place, found, expected, mend))

    def extend(self, error: InputError) -> None:
        """Note all faults of an error that was caught."""
        self._faults.extend(error.faults)

    def collect(
        self, step: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result | None:
        """Run a step and return its result; where it fails, note its faults and return None."""
        try:
            return step(*args, **kwargs)
        except InputError as error:
            self.extend(error)
            return None

    def raise_if_any(self) -> None:
        """Raise one `InputError` with every fault noted so far."""
        if self._faults:
            raise InputError(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)
