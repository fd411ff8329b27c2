"""What ranking a library gives, and what the result depends on, whichever engine is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.methods.spec import REVERSAL_NOTE
from weighbridge.scale.checks import Findings
from weighbridge.scale.layout import Layout
from weighbridge.scale.packing import pack
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.topk import TopRows
from weighbridge.version import VERSION

__all__ = ["LibraryResult", "library_key", "method_notes", "summary_bytes", "top_frame", "top_notes"]


@dataclass(frozen=True)
class LibraryResult:
    """What ranking a library gave.

    Attributes
    ----------
    rows
        How many molecules were ranked.
    top
        The best molecules with every tie at the last place: columns ``rank``, ``id``, ``score`` and
        ``tied``. Exact, whatever the bound.
    bound
        Scores in the output differ from the exact ones by at most this; 0 where they are exact.
    seconds
        Wall seconds by pass.
    output, top_output, order_output
        The files that were written: ``id`` and ``score`` in the library's order; the top; rank, id
        and score of all, best first (None unless asked for).
    notes
        What a careful reader should know.
    """

    rows: int
    top: pd.DataFrame
    bound: float
    seconds: dict[str, float]
    output: Path
    top_output: Path
    order_output: Path | None = None
    notes: tuple[str, ...] = ()


def library_key(layouts: list[Layout], plan: ScoringPlan) -> dict[str, Any]:
    """Return what the result depends on: the files, how they are read, the plan, and this version."""
    tables = [
        {
            "files": layout.key,
            "id": layout.table.id,
            "readings": {name: reading.to_dict() for name, reading in layout.table.readings.items()},
        }
        for layout in layouts
    ]
    return {"tables": tables, "plan": hashlib.sha256(pack(plan)).hexdigest(), "version": VERSION}


def top_frame(ranks: Integers, ids: Sequence[Any], scores: Floats) -> pd.DataFrame:
    """Return the top as a frame: ``rank``, ``id``, ``score`` and ``tied``, best first."""
    frame = pd.DataFrame({"rank": ranks, "id": ids, "score": scores})
    frame["tied"] = np.asarray(frame["rank"].duplicated(keep=False), dtype=np.bool_)
    return frame


def method_notes(plan: ScoringPlan, findings: Findings) -> tuple[str, ...]:
    """Return what `weighbridge.rank` says of the method, in the same words: its rank-reversal risk above all."""
    if plan.method == "promethee-ii":
        return _flow_notes(plan, findings)
    if plan.normalization != "bounds":
        return (f"{plan.method} with normalization {plan.normalization!r}: {REVERSAL_NOTE}",)
    beyond = any(
        criterion.outside == "extend" and findings.treated.get(("outside", name))
        for name, criterion in plan.criteria.items()
    )
    if plan.method == "topsis" and beyond:
        return ("topsis: values beyond the declared range move the ideal and so bring a rank-reversal risk",)
    return ()


def _flow_notes(plan: ScoringPlan, findings: Findings) -> tuple[str, ...]:
    notes = [f"promethee: {REVERSAL_NOTE.partition(';')[0]}"]
    bare = [name for name, criterion in plan.criteria.items() if criterion.preference is None]
    if bare:
        notes.append("no preference function is declared, so any difference counts in full (usual): " + ", ".join(bare))
    neutral = [
        name
        for name, criterion in plan.criteria.items()
        if criterion.missing == "neutral" and findings.treated.get(("missing", name))
    ]
    if neutral:
        notes.append("missing values are indifferent to every other: " + ", ".join(neutral))
    return tuple(notes)


def top_notes(top: TopRows) -> tuple[str, ...]:
    """Say where too many molecules share the last place to list them all."""
    if top.complete:
        return ()
    return (f"more molecules share the last place than can be listed: the first {top.kept} in the library are shown",)


def summary_bytes(plan: ScoringPlan) -> int:
    """Return about how large a summary of a plan's largest stage is."""
    return 3 * 8 * plan.bins * len(plan.names) if plan.method == "promethee-ii" else 0
