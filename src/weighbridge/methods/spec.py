"""What a ranking method is called, what it needs and what it returns."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from weighbridge.core.ranking import PartialOrder, Ranking

__all__ = ["REVERSAL_NOTE", "MethodSpec", "MethodTable"]

REVERSAL_NOTE = (
    "rank-reversal risk: the scale comes from the molecules in the table, so adding or removing one can reverse "
    "two others; fixed bounds avoid it"
)
"""Stands in the notes of every ranking whose scores depend on which other molecules are present."""


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One ranking method as `weighbridge.methods()` lists it.

    Attributes
    ----------
    name, title
        The name to pass to `weighbridge.rank`, and the name people know.
    run
        The validating face: decision matrix, normalised weights of shape (m,), then the parameters.
    citation
        Where the method is defined.
    higher_is_better
        The orientation of the scores.
    returns
        ``ranking`` (scores and ranks) or ``partial order``.
    needs
        What the values must be for the method to be defined, in words.
    parameters
        Parameter name to its meaning and default, in words.
    remark
        Where the implementation departs from another one, and why.
    """

    name: str
    title: str
    run: Callable[..., Ranking | PartialOrder]
    citation: str
    higher_is_better: bool = True
    returns: str = "ranking"
    needs: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""


class MethodTable(Mapping[str, MethodSpec]):
    """The registered methods by name, shown as a table in a notebook."""

    def __init__(self, specs: Mapping[str, MethodSpec]) -> None:
        self._specs = dict(specs)

    def __getitem__(self, name: str) -> MethodSpec:
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __repr__(self) -> str:
        return f"MethodTable({', '.join(self._specs)})"

    def _repr_html_(self) -> str:
        rows = "".join(_row(spec) for spec in self._specs.values())
        head = "<tr><th>name</th><th>title</th><th>best</th><th>returns</th><th>needs</th><th>source</th></tr>"
        return f"<table>{head}{rows}</table>"


def _row(spec: MethodSpec) -> str:
    best = "highest" if spec.higher_is_better else "lowest"
    cells = (spec.name, spec.title, best, spec.returns, "; ".join(spec.needs), spec.citation)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
