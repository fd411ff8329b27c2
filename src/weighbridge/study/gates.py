"""Gates: what a molecule must pass before it is ranked, never traded off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weighbridge.errors import Faults
from weighbridge.study.cells import texts
from weighbridge.study.columns import Column, gate_cells
from weighbridge.study.decision import Exclusion

if TYPE_CHECKING:
    from weighbridge.study.schema import Gate
    from weighbridge.study.study import Study

__all__ = ["apply_gates"]


def apply_gates(study: Study, columns: Mapping[str, Column]) -> tuple[Exclusion, ...]:
    """Return every molecule that fails a gate, with the first gate it fails and what was found.

    A value known only as an interval passes only where the whole interval does: what might fail is
    not let through.

    Raises
    ------
    InputError
        If a gate names an unknown criterion or column, meets a missing value under the rule
        ``refuse``, or no molecule passes.
    """
    faults = Faults()
    excluded: dict[Any, Exclusion] = {}
    for number, gate in enumerate(study.file.gates):
        for molecule, found in faults.collect(_failures, study, gate, number, columns, faults) or ():
            excluded.setdefault(molecule, Exclusion(molecule, gate.name, found, gate.reason))
    faults.raise_if_any()
    if len(excluded) == len(study.molecules):
        gates = ", ".join(repr(gate.name) for gate in study.file.gates)
        where = {"file": study.document.file, "place": study.document.place(("gates",))}
        faults.add("no molecule passes the gates", found=gates, mend="Loosen a gate", **where)
        faults.raise_if_any()
    return tuple(excluded[molecule] for molecule in study.molecules.index if molecule in excluded)


def _failures(
    study: Study, gate: Gate, number: int, columns: Mapping[str, Column], faults: Faults
) -> list[tuple[Any, str]]:
    place = {"file": study.document.file, "place": study.document.place(("gates", number))}
    tests = [gate.at_least is not None, gate.at_most is not None, gate.one_of is not None]
    if (gate.criterion is None) == (gate.column is None):
        faults.add(f"gate {gate.name!r} names not exactly one of criterion and column", **place)
        return []
    if not any(tests):
        faults.add(f"gate {gate.name!r} asks for nothing", expected="at_least, at_most or one_of", **place)
        return []
    if gate.criterion is not None and gate.criterion not in study.file.criteria:
        expected = f"one of {list(study.file.criteria)}"
        faults.add(f"gate {gate.name!r}: unknown criterion", found=repr(gate.criterion), expected=expected, **place)
        return []
    if _told_already(study, gate, columns):
        return []
    if gate.one_of is not None:
        return _words(study, gate, place, faults)
    if gate.criterion is not None:
        column = columns[gate.criterion]
    else:
        assert gate.column is not None
        column = gate_cells(study, gate.column)
    return _numbers(gate, column, place, faults)


def _told_already(study: Study, gate: Gate, columns: Mapping[str, Column]) -> bool:
    """Return whether the gate's numbers could not be read, which is a fault of its own."""
    if gate.criterion is not None:
        return gate.criterion not in columns
    return gate.column not in study.molecule_table.frame.columns


def _numbers(gate: Gate, column: Column, place: Mapping[str, str], faults: Faults) -> list[tuple[Any, str]]:
    failures: list[tuple[Any, str]] = []
    for molecule, bottom, top in zip(column.low.index, column.low, column.high, strict=True):
        if math.isnan(bottom) or math.isnan(top):
            failures += _missing(gate, molecule, place, faults)
        elif not _passes(gate, bottom, top):
            failures.append((molecule, f"{bottom:g}" if bottom == top else f"{bottom:g} to {top:g}"))
    return failures


def _passes(gate: Gate, low: float, high: float) -> bool:
    above = gate.at_least is None or low >= gate.at_least
    below = gate.at_most is None or high <= gate.at_most
    return above and below


def _words(study: Study, gate: Gate, place: Mapping[str, str], faults: Faults) -> list[tuple[Any, str]]:
    assert gate.one_of is not None
    if gate.column is None:
        expected = "a column of the molecule table"
        faults.add(f"gate {gate.name!r}: words need a column", found=repr(gate.criterion), expected=expected, **place)
        return []
    failures: list[tuple[Any, str]] = []
    for molecule, word in zip(study.molecules.index, texts(study.cells(gate.column)), strict=True):
        if word is None:
            failures += _missing(gate, molecule, place, faults)
        elif word not in gate.one_of:
            failures.append((molecule, word))
    return failures


def _missing(gate: Gate, molecule: Any, place: Mapping[str, str], faults: Faults) -> list[tuple[Any, str]]:
    if gate.missing == "fail":
        return [(molecule, "not known")]
    if gate.missing == "refuse":
        mend = "Give the value, or say what a missing one means: missing: fail or pass"
        faults.add(f"gate {gate.name!r} meets a missing value", found=f"molecule {molecule!r}", mend=mend, **place)
    return []
