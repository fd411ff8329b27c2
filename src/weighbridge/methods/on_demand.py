"""Details of a ranking that are computed when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from weighbridge.core.arrays import Floats

__all__ = ["OnDemand"]


class OnDemand(Mapping[str, Floats]):
    """Arrays by name, some of them known and the others computed together at the first look at one.

    Parameters
    ----------
    known
        What is there already.
    names
        Names of the others.
    compute
        Returns the others; called once at most.
    """

    def __init__(
        self, known: Mapping[str, Floats], names: tuple[str, ...], compute: Callable[[], Mapping[str, Floats]]
    ) -> None:
        self._found = dict(known)
        self._names = (*known, *names)
        self._compute = compute

    def __getitem__(self, name: str) -> Floats:
        if name not in self._found and name in self._names:
            self._found.update(self._compute())
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
