"""A decision: everything that came out of a study, frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ChosenSet, PartialOrder, Ranking
from weighbridge.core.weights import Weights
from weighbridge.elicitation.hierarchy import TreeWeights
from weighbridge.evidence.trust import Trust
from weighbridge.methods.compare import RankingComparison
from weighbridge.study.criteria import PlannedCriterion

if TYPE_CHECKING:
    from weighbridge.robustness.acceptability_result import Acceptability
    from weighbridge.robustness.change import SmallestChange
    from weighbridge.robustness.score_change import ScoreChanges
    from weighbridge.robustness.stability import StabilityIntervals
    from weighbridge.study.check import Finding
    from weighbridge.study.explain import Explanation
    from weighbridge.study.robust.value import Robustness
    from weighbridge.study.study import Study

__all__ = ["Decision", "Exclusion"]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A molecule that failed a gate and was not ranked."""

    molecule: Any
    gate: str
    found: str
    reason: str


@dataclass(frozen=True, eq=False, repr=False)
class Decision:
    """The ranking a study leads to, with everything that stands behind it.

    Attributes
    ----------
    study
        What went in.
    plans
        Criterion name → what it is and what it is computed from.
    matrix
        The decision matrix of the molecules that passed every gate.
    tree
        Local and leaf weights of the value tree with consistency, consensus and provenance.
    indicators
        The same for the tree of reliability indicators; None where the study has none.
    sources
        The same for the direct comparison of the sources; None where nobody compared them.
    trust
        The sources' trust shares.
    ranking
        The study's ranking.
    partial
        The PROMETHEE I partial order beside a PROMETHEE II ranking, else None.
    others, refused
        Rankings by other methods for comparison, and why a method could not be used.
    agreement
        How far the methods agree.
    blends
        λ → ranks, for the trust blends that are always shown.
    chosen
        The molecules chosen.
    excluded
        The molecules that failed a gate.
    findings
        What the lints say.
    """

    study: Study
    plans: Mapping[str, PlannedCriterion]
    matrix: DecisionMatrix
    tree: TreeWeights
    indicators: TreeWeights | None
    sources: TreeWeights | None
    trust: Trust
    ranking: Ranking
    partial: PartialOrder | None
    others: Mapping[str, Ranking]
    refused: Mapping[str, str]
    agreement: RankingComparison | None
    blends: Mapping[float, Ranking]
    chosen: ChosenSet
    excluded: tuple[Exclusion, ...]
    findings: tuple[Finding, ...]

    @property
    def weights(self) -> Weights:
        """The criteria's weights with their provenance."""
        return self.tree.leaves

    def explain(self, name: str) -> Explanation:
        """Explain a molecule (by id) or a criterion (by name)."""
        from weighbridge.study.explain import explain

        return explain(self, name)

    def robustness(
        self,
        samples: int = 10_000,
        seed: int = 0,
        progress: Callable[[str, int, int], None] | None = None,
        parts: Collection[str] | None = None,
        *,
        top: int | None = None,
    ) -> Robustness:
        """Say what would change the decision, and how sure it is; see `weighbridge.study.robust.gather.robustness`."""
        from weighbridge.study.robust.gather import robustness

        return robustness(self, samples, seed, progress, parts, top=top)

    def acceptability(self, **options: Any) -> Acceptability:
        """Draw weights and scores, and say how often each molecule is among the first k.

        Matrix, weights, method, k and the draws are the decision's own; any option of
        `weighbridge.acceptability` takes the place of its default.
        """
        from weighbridge.study.robust.gather import acceptability_of

        return acceptability_of(self, **options)

    def stability_intervals(self, **options: Any) -> StabilityIntervals:
        """Say how far each weight can move alone before the set of the first k changes."""
        from weighbridge.study.robust.gather import intervals_of

        return intervals_of(self, **options)

    def smallest_change(self, molecule: Any, **options: Any) -> SmallestChange:
        """Return the smallest change of weights that brings a molecule into the first k."""
        from weighbridge.study.robust.gather import smallest_change_of

        return smallest_change_of(self, molecule, **options)

    def smallest_score_change(self, molecule: Any, **options: Any) -> ScoreChanges:
        """Return, criterion by criterion, the least better score that brings a molecule into the first k."""
        from weighbridge.study.robust.gather import score_change_of

        return score_change_of(self, molecule, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return the ranking, best first: rank, score, tied, chosen, names, series, criteria."""
        order = self.ranking.order
        frame = self.ranking.to_frame().iloc[order]
        molecules = self.study.molecules.loc[frame.index]
        columns = [name for name in ("name", "series", "smiles") if name in molecules and molecules[name].notna().any()]
        values = self.matrix.to_frame().iloc[order]
        chosen = pd.Series([label in self.chosen for label in frame.index], index=frame.index, name="chosen")
        ranked = pd.concat([frame[["rank", "score", "tied"]], chosen, molecules[columns], values], axis=1)
        ranked.index.name = "id"
        return ranked

    def __repr__(self) -> str:
        counts = f"{len(self.chosen)} of {len(self.ranking.labels)} chosen by {self.ranking.method}"
        return f"Decision({self.study.title!r}: {counts}, {len(self.excluded)} excluded by gates)"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.study.file.title)}</p>{self.to_frame().head(20).to_html()}"
