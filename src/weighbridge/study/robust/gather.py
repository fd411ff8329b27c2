"""Compute everything that says how firmly a decision stands, with the decision's own matrix and weights."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, InputError
from weighbridge.robustness.forms import ROBUST_METHODS
from weighbridge.robustness.rescoring import Rescorer, rescorer
from weighbridge.robustness.standing import checked_top
from weighbridge.robustness.variations import Variations, reweigh
from weighbridge.study.robust.draws import WeightDraws, draw_weights
from weighbridge.study.robust.ends import cell_effects, unknown_effects
from weighbridge.study.robust.reweighing import Refusals, under_scales, without_experts, without_sources
from weighbridge.study.robust.sentences import sentences, undecided
from weighbridge.study.robust.telling import Influence, influences
from weighbridge.study.robust.uncertain import certain, score_uncertainty
from weighbridge.study.robust.unknowns import share_model
from weighbridge.study.robust.value import PARTS, Robustness, Standing, wanted_parts

if TYPE_CHECKING:
    from weighbridge.robustness.acceptability_result import Acceptability
    from weighbridge.robustness.change import SmallestChange
    from weighbridge.robustness.global_sensitivity import GlobalSensitivity
    from weighbridge.robustness.reversal import RankReversal
    from weighbridge.robustness.score_change import ScoreChanges
    from weighbridge.robustness.stability import StabilityIntervals
    from weighbridge.study.decision import Decision

__all__ = [
    "Progress",
    "acceptability_of",
    "intervals_of",
    "robustness",
    "score_change_of",
    "smallest_change_of",
    "standing",
]

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and of how much (0: not known)."""

BELOW: Final = 5
"""For how many molecules just below the cut the smallest changes, of weights and of one score, are sought."""

LOOKED_AT: Final = 50
"""Of how many molecules that are neither in nor out it is asked what moves their scores."""

ONE_CAUSE: Final = 2_000
"""So many draws show well enough what the weights, or the scores, do alone."""

AT_CUT: Final = 4
"""How many molecules on the two sides of the cut are looked at for sensitivity."""

_FORMED: Final = ("acceptability", "intervals", "changes", "sensitivity")
"""The parts that need to know how scores depend on weights."""


def robustness(
    decision: Decision,
    samples: int = 10_000,
    seed: int = 0,
    progress: Progress | None = None,
    parts: Collection[str] | None = None,
    *,
    top: int | None = None,
) -> Robustness:
    """Say what would change a decision, and how sure it is.

    Parameters
    ----------
    decision
        What `Study.decide` returned.
    samples, seed
        The most that are drawn, and from where; the same seed gives the same bytes.
    progress
        Called with (what, done, total).
    parts
        Names in `PARTS`; all where None.
    top
        The k of the first k; as many as the study chooses where None.

    Returns
    -------
    robustness
        With every part that could be computed. A part that could not be is in `refused` with the
        reason: a method whose scores have no known form, a panel of one.

    Raises
    ------
    InputError
        For an unknown part, and `samples`, `seed` or `top` that are no such numbers.
    """
    wanted = wanted_parts(parts)
    work = _Work(decision, standing(decision, top), (samples, seed), progress or _silent)
    refused = {part: "not asked for" for part in PARTS if part not in wanted}
    found: dict[str, Any] = {}
    for number, part in enumerate(wanted):
        work.say(_WORDS[part], number, len(wanted))
        try:
            found[part] = work.compute(part)
        except InputError as error:
            refused[part] = str(error)
    work.say("writing it down", len(wanted), len(wanted))
    return _gathered(work, found, refused)


def _silent(words: str, done: int, total: int) -> None:
    """Show nothing, where nobody watches."""


def _gathered(work: _Work, found: dict[str, Any], refused: dict[str, str]) -> Robustness:
    cells, untried = found["unknowns"][1] if "unknowns" in found else ((), 0)
    result = Robustness(
        decision=work.decision,
        standing=work.standing,
        samples=work.samples,
        seed=work.seed,
        acceptability=found.get("acceptability", {}),
        intervals=found.get("intervals"),
        changes=found["changes"][0] if "changes" in found else {},
        score_changes=found["changes"][1] if "changes" in found else {},
        unknowns=found["unknowns"][0] if "unknowns" in found else (),
        cells=cells,
        cells_untried=untried,
        varied={part: found[part] for part in found if isinstance(found[part], Variations)},
        reversal=found.get("reversal"),
        sensitivity=found.get("sensitivity"),
        draws=work.draws,
        uncertainty=work.uncertainty,
        refused={part: refused[part] for part in PARTS if part in refused},
    )
    result = replace(result, influences=_influences(work, result))
    return replace(result, sentences=sentences(result))


def _influences(work: _Work, found: Robustness) -> tuple[Influence, ...]:
    open_ones = undecided(found)[:LOOKED_AT]
    if not open_ones:
        return ()
    matrix = work.decision.matrix
    rows = np.asarray(matrix.labels.get_indexer(pd.Index(open_ones)), dtype=np.int64)
    weights = work.decision.weights.array(matrix.names)
    return influences(work.ready, weights, work.draws, work.uncertainty, rows)


_WORDS: Final = {
    "acceptability": "drawing weights and scores",
    "intervals": "how far each weight can move",
    "changes": "the smallest change that brings a molecule in",
    "unknowns": "fixing what is not known at either end",
    "experts": "leaving out each expert",
    "sources": "leaving out each source",
    "criteria": "leaving out each criterion",
    "molecules": "leaving out molecules",
    "scales": "other judgement scales",
    "methods": "other methods and normalizations",
    "reversal": "testing for rank reversal",
    "sensitivity": "which input explains the ranks at the cut",
}


def standing(decision: Decision, top: int | None = None) -> Standing:
    """Return who is first today, and whether they are the molecules chosen; k is the study's where None."""
    k = decision.study.file.choose.k if top is None else checked_top(top)
    ranks = decision.ranking.ranks.to_numpy()
    rows = [int(row) for row in decision.ranking.order if ranks[row] <= k]
    first = tuple(decision.ranking.labels[row] for row in rows)
    return Standing(k, first, set(first) == set(decision.chosen.chosen))


def require_form(decision: Decision) -> None:
    """Refuse a method whose scores' dependence on the weights is not known."""
    method = decision.ranking.method
    if method not in ROBUST_METHODS:
        known = ", ".join(ROBUST_METHODS)
        mend = "Leave-one-out and the sweeps work with any method"
        what = f"draws, stability intervals and smallest changes are not known for the method {method!r}"
        raise InputError(Fault(what, expected=f"one of {known}", mend=mend))


def acceptability_of(decision: Decision, **options: Any) -> Acceptability:
    """Return the rank acceptability of a decision.

    Parameters
    ----------
    decision
        Its matrix, weights, method and parameters, its own draws of weights and its scores'
        uncertainty are the defaults.
    **options
        What `weighbridge.acceptability` takes, instead of a default.
    """
    from weighbridge.robustness.acceptability import acceptability

    require_form(decision)
    defaults: dict[str, Any] = {"samples": 10_000, "seed": 0, "top": decision.study.file.choose.k}
    settings = {**defaults, **options}
    if "weight_model" not in settings:
        settings["weight_model"] = draw_weights(decision, settings["samples"], settings["seed"]).array
    if "uncertainty" not in settings:
        settings["uncertainty"] = score_uncertainty(decision).stated
    return acceptability(decision.matrix, decision.weights, **_method(decision, settings))


def intervals_of(decision: Decision, **options: Any) -> StabilityIntervals:
    """Return the stability intervals of a decision's weights; its own k, method and parameters are the defaults."""
    from weighbridge.robustness.stability import stability_intervals

    require_form(decision)
    settings = {"top": decision.study.file.choose.k, **options}
    return stability_intervals(decision.matrix, decision.weights, **_method(decision, settings))


def smallest_change_of(decision: Decision, molecule: Any, **options: Any) -> SmallestChange:
    """Return the smallest change of weights that brings a molecule into the first k; defaults as for the intervals."""
    from weighbridge.robustness.change import smallest_change

    require_form(decision)
    settings = {"top": decision.study.file.choose.k, **options}
    return smallest_change(decision.matrix, decision.weights, molecule, **_method(decision, settings))


def score_change_of(decision: Decision, molecule: Any, **options: Any) -> ScoreChanges:
    """Return by criterion the least better score that brings a molecule into the first k; defaults as above."""
    from weighbridge.robustness.score_change import smallest_score_change

    require_form(decision)
    settings = {"top": decision.study.file.choose.k, **options}
    return smallest_score_change(decision.matrix, decision.weights, molecule, **_method(decision, settings))


def _method(decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Add the decision's method and, for that method, its parameters."""
    method = options.setdefault("method", decision.ranking.method)
    own = decision.study.file.ranking.parameters if method == decision.ranking.method else {}
    return {**own, **options}


class _Work:
    """A decision on its way through the parts; what several of them need is made once."""

    def __init__(self, decision: Decision, first: Standing, drawn: tuple[int, int], say: Progress) -> None:
        self.decision, self.standing, self.say = decision, first, say
        self.samples, self.seed = drawn
        self.draws: WeightDraws = draw_weights(decision, self.samples, self.seed)
        self.uncertainty = score_uncertainty(decision)
        self.method = decision.ranking.method
        self.parameters: dict[str, Any] = dict(decision.study.file.ranking.parameters)

    @functools.cached_property
    def ready(self) -> Rescorer:
        """The decision's matrix and method, ready to be scored again and again."""
        return rescorer(self.decision.matrix, self.method, **self.parameters)

    def compute(self, part: str) -> Any:
        """Return one part."""
        if part in _FORMED:
            require_form(self.decision)
        return getattr(self, f"_{part}")()

    def _acceptability(self) -> dict[str, Acceptability]:
        uncertain = bool(self.uncertainty.basis)
        if not (self.draws.varies or uncertain):
            raise InputError("nothing says how uncertain the weights and the scores are, so nothing can be drawn")
        found = {"all": self._drawn(self.draws.array, scores=uncertain, words="drawing weights and scores")}
        if self.draws.varies and uncertain:
            count = min(self.samples, ONE_CAUSE)
            held = np.repeat(self.decision.weights.array(self.decision.matrix.names)[None, :], count, axis=0)
            found["weights"] = self._drawn(self.draws.array[:count], scores=False, words="drawing the weights alone")
            found["scores"] = self._drawn(held, scores=True, words="drawing the scores alone")
        return found

    def _drawn(self, weights: Floats, *, scores: bool, words: str) -> Acceptability:
        from weighbridge.robustness.acceptability import acceptability

        matrix = self.decision.matrix
        return acceptability(
            matrix if scores else certain(matrix, neutral_as_nan=self.method == "promethee-ii"),
            self.decision.weights,
            method=self.method,
            samples=len(weights),
            seed=self.seed,
            weight_model=weights,
            uncertainty=self.uncertainty.stated if scores else None,
            top=self.standing.top,
            progress=lambda what, done, total: self.say(f"{words}: {what}", done, total),
            **self.parameters,
        )

    def _intervals(self) -> StabilityIntervals:
        return intervals_of(self.decision, top=self.standing.top)

    def _changes(self) -> tuple[dict[Any, SmallestChange], dict[Any, ScoreChanges]]:
        ranking = self.decision.ranking
        ranks = ranking.ranks.to_numpy()
        below = [ranking.labels[int(row)] for row in ranking.order if ranks[row] > self.standing.top][:BELOW]
        if not below:
            raise InputError("no molecule is below the cut")
        top = self.standing.top
        weights = {label: smallest_change_of(self.decision, label, top=top) for label in below}
        return weights, {label: score_change_of(self.decision, label, top=top) for label in below}

    def _unknowns(self) -> Any:
        model = share_model(self.decision)
        effects = unknown_effects(self.decision, model, self.ready, self.standing.top)
        return effects, cell_effects(self.decision, self.ready, self.standing.top)

    def _experts(self) -> Variations:
        return self._reweighed("expert left out", *without_experts(self.decision))

    def _sources(self) -> Variations:
        return self._reweighed("source left out", *without_sources(self.decision))

    def _scales(self) -> Variations:
        return self._reweighed("judgement scale", *under_scales(self.decision))

    def _reweighed(self, what: str, weights: dict[str, Weights], refused: Refusals) -> Variations:
        decision, top = self.decision, self.standing.top
        if not weights:
            return Variations(what, top, (), refused)
        # As keywords of its own, a parameter called like one of these could not be passed on.
        found = reweigh(decision.matrix, decision.weights, weights, self.method, top, what=what, **self.parameters)
        return replace(found, refused=refused)

    def _criteria(self) -> Variations:
        from weighbridge.robustness.leave_out import leave_out_criteria

        decision = self.decision
        return leave_out_criteria(decision.matrix, decision.weights, self.method, self.standing.top, **self.parameters)

    def _molecules(self) -> Variations:
        from weighbridge.robustness.leave_out import leave_out_molecules

        decision, top = self.decision, self.standing.top
        return leave_out_molecules(
            decision.matrix, decision.weights, self.method, top, seed=self.seed, **self.parameters
        )

    def _methods(self) -> Variations:
        from weighbridge.robustness.sweeps import method_sweep

        others = [name for name in self.parameters if name != "normalization"]
        if others:
            raise InputError(f"the ranking has parameters of its own ({', '.join(others)}), which no sweep keeps")
        sweep = method_sweep(
            self.decision.matrix,
            self.decision.weights,
            top=self.standing.top,
            base=self.method,
            base_normalization=self.parameters.get("normalization", ""),
        )
        return replace(sweep.variations, refused=dict(sweep.refused))

    def _reversal(self) -> RankReversal:
        from weighbridge.robustness.reversal import rank_reversal

        decision, top = self.decision, self.standing.top
        return rank_reversal(decision.matrix, decision.weights, self.method, top=top, seed=self.seed, **self.parameters)

    def _sensitivity(self) -> GlobalSensitivity:
        from weighbridge.robustness.global_sensitivity import global_sensitivity

        decision = self.decision
        ranks = decision.ranking.ranks.to_numpy()
        order = [int(row) for row in decision.ranking.order]
        inside = [row for row in order if ranks[row] <= self.standing.top]
        outside = [row for row in order if ranks[row] > self.standing.top]
        near = [*inside[-AT_CUT // 2 :], *outside[: AT_CUT // 2]]
        found = global_sensitivity(
            decision.matrix,
            decision.weights,
            [decision.matrix.labels[row] for row in near],
            self.method,
            seed=self.seed,
            uncertainty=self.uncertainty.stated,
            **self.parameters,
        )
        return replace(found, notes=(*found.notes, *_held(self.draws)))


def _held(draws: WeightDraws) -> tuple[str, ...]:
    """Say which unknowns Sobol's indices leave out; their inputs are weights and scores only."""
    if not draws.unknowns:
        return ()
    named = ", ".join(draws.unknowns)
    return (
        f"not among the inputs: what is not known of the sources ({named}); it is held in the middle of its interval, "
        "so a weight that follows trust varies less than in the draws",
    )
