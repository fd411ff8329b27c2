"""Everything that is known of how firmly a decision stands, in one frozen value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final

from weighbridge.errors import Fault, InputError
from weighbridge.study.robust.draws import WeightDraws
from weighbridge.study.robust.ends import CellEffect, UnknownEffect
from weighbridge.study.robust.telling import Influence
from weighbridge.study.robust.uncertain import ScoreUncertainty

if TYPE_CHECKING:
    import pandas as pd

    from weighbridge.robustness.acceptability_result import Acceptability
    from weighbridge.robustness.change import SmallestChange
    from weighbridge.robustness.global_sensitivity import GlobalSensitivity
    from weighbridge.robustness.reversal import RankReversal
    from weighbridge.robustness.score_change import ScoreChanges
    from weighbridge.robustness.stability import StabilityIntervals
    from weighbridge.robustness.variations import Variations
    from weighbridge.study.decision import Decision

__all__ = ["CAUSES", "PARTS", "VARIED", "Robustness", "Standing", "wanted_parts"]

PARTS: Final = (
    "acceptability",
    "intervals",
    "changes",
    "unknowns",
    "experts",
    "sources",
    "criteria",
    "molecules",
    "scales",
    "methods",
    "reversal",
    "sensitivity",
)
"""The parts of the answer, in the order they are computed."""

VARIED: Final = ("experts", "sources", "criteria", "molecules", "scales", "methods")
"""The parts that compare the ranking with variants of it."""

CAUSES: Final = ("all", "weights", "scores")
"""What is drawn: everything that is uncertain, the weights alone, the scores alone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is first today.

    Attributes
    ----------
    top
        k; as many as are to be chosen, unless another number was asked for.
    first
        Labels of the molecules with a rank of at most k, best first; more than k where they tie at the cut.
    are_chosen
        Whether they are the molecules chosen. A cap of a series, a tie left to people, or another k
        makes them another set; robustness then speaks of the first k of the ranking.
    """

    top: int
    first: tuple[Any, ...]
    are_chosen: bool


def wanted_parts(parts: Collection[str] | None) -> list[str]:
    """Return the parts asked for in the order they are computed; all where None.

    Raises
    ------
    InputError
        For an unknown part.
    """
    if parts is None:
        return list(PARTS)
    unknown = [part for part in parts if part not in PARTS]
    if isinstance(parts, str) or unknown:
        found = repr(parts if isinstance(parts, str) else unknown[0])
        raise InputError(Fault("no such part of robustness", found=found, expected=f"one or more of {list(PARTS)}"))
    return [part for part in PARTS if part in parts]


@dataclass(frozen=True, eq=False, repr=False)
class Robustness:
    """What would change a decision, and how sure it is.

    Attributes
    ----------
    decision
        Whose.
    standing
        Who is first today.
    samples, seed
        Of the draws.
    sentences
        The three that matter first: how sure the choice is; what could change it most; what cannot be
        told apart at the cut and what would help.
    acceptability
        What is drawn (one of `CAUSES`) → rank acceptability. ``weights`` and ``scores`` only where both
        are uncertain.
    intervals
        How far each weight can move alone before the set of the first k changes.
    changes
        Molecules just below the cut → the smallest change of weights that brings them in.
    score_changes
        The same molecules → criterion by criterion the least better score that brings them in.
    unknowns
        Each condition or indicator that is not known, fixed at either end.
    cells, cells_untried
        Each uncertain value of the leading molecules, fixed at either end; and how many were not tried.
    varied
        One of `VARIED` → the variants of the ranking, and what could not be left out and why.
    reversal
        Whether molecules change places because others come, go or get worse.
    sensitivity
        For the molecules at the cut: which uncertain input explains the variance of their ranks.
    influences
        What moves the scores of the molecules that are neither in nor out, the largest first.
    draws
        The weights drawn.
    uncertainty
        What is known of the scores' uncertainty.
    refused
        Part → why it was not computed, or that it was not asked for.
    """

    decision: Decision
    standing: Standing
    samples: int
    seed: int
    sentences: tuple[str, ...] = ()
    acceptability: Mapping[str, Acceptability] = field(default_factory=dict)
    intervals: StabilityIntervals | None = None
    changes: Mapping[Any, SmallestChange] = field(default_factory=dict)
    score_changes: Mapping[Any, ScoreChanges] = field(default_factory=dict)
    unknowns: tuple[UnknownEffect, ...] = ()
    cells: tuple[CellEffect, ...] = ()
    cells_untried: int = 0
    varied: Mapping[str, Variations] = field(default_factory=dict)
    reversal: RankReversal | None = None
    sensitivity: GlobalSensitivity | None = None
    influences: tuple[Influence, ...] = ()
    draws: WeightDraws | None = None
    uncertainty: ScoreUncertainty = field(default_factory=ScoreUncertainty)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def top_probability(self) -> pd.Series[float] | None:
        """The share of draws in which each molecule is among the first k, in row order; None where nothing is drawn."""
        found = self.acceptability.get("all")
        return None if found is None else found.top_probability

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready values, the same for the same input."""
        from weighbridge.study.robust.export import to_dict

        return to_dict(self)

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Return everything as named tables."""
        from weighbridge.study.robust.export import to_frames

        return to_frames(self)

    def __repr__(self) -> str:
        parts = [part for part in PARTS if part not in self.refused]
        return f"Robustness(first {self.standing.top}, {self.samples:,} draws, seed {self.seed}: {', '.join(parts)})"

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return f"<ol>{''.join(f'<li>{escape(one)}</li>' for one in self.sentences)}</ol>"
