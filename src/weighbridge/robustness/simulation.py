"""The simulation behind acceptabilities: weights and scores drawn, ranks counted, until the error is small enough.

References
----------
Tervonen, T. and Lahdelma, R. (2007). Implementing stochastic multicriteria acceptability analysis.
European Journal of Operational Research 178(2), 500–513: algorithm 1 and its confidence factors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.robustness.counting import (
    CHAIN,
    Candidates,
    Finder,
    candidates_of,
    first_places,
    tolerances,
)
from weighbridge.robustness.drawn import stack_of, tables_at_once, treats_rows_alone
from weighbridge.robustness.forms import Scorer
from weighbridge.robustness.separation import win_counts
from weighbridge.robustness.tally import Tally
from weighbridge.robustness.uncertainty import ScoreDraws
from weighbridge.robustness.weight_models import BoundModel

__all__ = ["Plan", "Progress", "Simulation", "confidence_factors", "simulate"]

LEADING_SCORES: Final = 25_000
"""With uncertain scores confidence factors take so many scores a draw: n for every molecule that gets one."""

FEWEST_LEADERS: Final = 10
"""However many molecules there are, so many of those most often first get a confidence factor."""

Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Plan:
    """What to simulate.

    Attributes
    ----------
    scorer
        The method bound to the matrix.
    model
        Where weights come from.
    draws
        Where scores come from; None where they are certain.
    top, places
        k, and how many places are counted.
    samples
        The most draws.
    tolerance
        Sampling stops when every probability to be the first, and among the first k, has a 95 % half
        width of at most this; None draws all.
    seed
        Of both streams of random numbers.
    watched
        Row numbers of the molecules compared pair by pair.
    progress
        Is told what is done, how many draws, and of how many.
    """

    scorer: Scorer
    model: BoundModel
    draws: ScoreDraws | None
    top: int
    places: int
    samples: int
    tolerance: float | None
    seed: int
    watched: Integers
    progress: Progress | None = None

    def report(self, what: str, done: int) -> None:
        """Tell how far the work is."""
        if self.progress is not None:
            self.progress(what, done, self.samples)


@dataclass(frozen=True, eq=False)
class Simulation:
    """What was counted.

    Attributes
    ----------
    tally
        Places and central weights.
    wins
        Shape (watched, watched): draws in which one scores higher than the other.
    converged
        Whether the error asked for was reached; None where none was asked for.
    notes
        About the scores drawn.
    """

    tally: Tally
    wins: Integers
    converged: bool | None
    notes: tuple[str, ...]


def simulate(plan: Plan) -> Simulation:
    """Draw weights, and scores where they are uncertain, and count who takes which place.

    Draws come in rounds of 1,000; the error is looked at between rounds, so that the number of
    draws does not depend on blocks or threads.
    """
    n, m = plan.scorer.form.shape
    tally, watched = Tally(n, m, plan.places), plan.watched
    wins = np.zeros((watched.size, watched.size), dtype=np.int64)
    source = _CertainScores(plan) if plan.draws is None else _DrawnScores(plan, plan.draws)
    generator = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(0,)))
    converged = None
    for drawn in plan.model.draws(generator):
        weights = drawn[: plan.samples - tally.samples]
        for candidates, scores, part in source(weights):
            tally.add(first_places(candidates, plan.places), part)
            wins += win_counts(scores, candidates.loose)
        plan.report("ranks", tally.samples)
        if plan.tolerance is not None:
            converged = tally.error(plan.top) <= plan.tolerance
        if converged or tally.samples >= plan.samples:
            break
    return Simulation(tally, wins, converged, source.notes())


class _CertainScores:
    """Candidates of a round at once: one form answers for all weights."""

    def __init__(self, plan: Plan) -> None:
        self._find = Finder(plan.scorer.form, plan.places, plan.samples)
        self._watched = plan.scorer.form.take(plan.watched)

    def __call__(self, weights: Floats) -> list[tuple[Candidates, Floats, Floats]]:
        return [(self._find(weights), self._watched.scores(weights), weights)]

    def notes(self) -> tuple[str, ...]:
        return ()


class _DrawnScores:
    """Candidates of a block of draws, each with scores of its own."""

    def __init__(self, plan: Plan, draws: ScoreDraws) -> None:
        self._plan, self._stream = plan, draws.start(plan.seed)
        self._alone = treats_rows_alone(plan.scorer, draws)
        self._rows = tables_at_once(*plan.scorer.form.shape)
        self._done = 0

    def __call__(self, weights: Floats) -> list[tuple[Candidates, Floats, Floats]]:
        starts = range(0, len(weights), self._rows)
        return [self._part(weights[start : start + self._rows]) for start in starts]

    def _part(self, weights: Floats) -> tuple[Candidates, Floats, Floats]:
        stack = stack_of(self._plan.scorer, self._stream.take(len(weights)), rows_alone=self._alone)
        scores = stack.scores(weights[:, None, :])
        tolerance = tolerances(scores, stack.sizes(weights[:, None, :], scores))[:, 0]
        block = scores[:, 0]
        draws, molecules = candidates_of(block, self._plan.places, CHAIN * tolerance, ratio=False)
        self._done += len(weights)
        self._plan.report("ranks", self._done)
        found = Candidates(draws, molecules, block[draws, molecules], tolerance, lambda which: tolerance[which])
        return found, block[:, self._plan.watched], weights

    def notes(self) -> tuple[str, ...]:
        return tuple(self._stream.notes())


def confidence_factors(plan: Plan, tally: Tally) -> Floats:
    """Return how often each of the tally's molecules is first under its central weights, NaN where it never was.

    Lahdelma and Salminen (2001): the weights are held at the molecule's central weights while the
    measurements are drawn as before, the same draws. With certain scores that is 1, or 0, or a
    share where it ties; the central weights of a molecule need not make it the first.
    """
    central, first = tally.central_weights, tally.counts[:, 0]
    factors = np.full(first.size, np.nan)
    leaders = np.flatnonzero(first > 0)
    if plan.draws is None:
        finder = Finder(plan.scorer.form, 1, leaders.size)
        places = first_places(finder(central[leaders]), 1)
        own = places.molecules == tally.molecules[leaders][places.draws]
        factors[leaders] = 0.0
        factors[leaders[places.draws[own]]] = 1.0 / places.tied[own]
        return factors
    most = max(LEADING_SCORES // plan.scorer.form.shape[0], FEWEST_LEADERS)
    leaders = np.sort(leaders[np.argsort(-first[leaders], kind="stable")[:most]])
    factors[leaders] = _drawn_confidence(plan, plan.draws, central[leaders], tally.molecules[leaders], tally.samples)
    return factors


def _drawn_confidence(plan: Plan, draws: ScoreDraws, central: Floats, molecules: Integers, samples: int) -> Floats:
    stream, total = draws.start(plan.seed), np.zeros(molecules.size)
    alone, n = treats_rows_alone(plan.scorer, draws), plan.scorer.form.shape[0]
    rows = tables_at_once(n, max(central.shape))
    every = np.arange(molecules.size)
    for start in range(0, samples, rows):
        stack = stack_of(plan.scorer, stream.take(min(rows, samples - start)), rows_alone=alone)
        scores = stack.scores(central)
        near = scores >= (scores.max(axis=2) - tolerances(scores, stack.sizes(central, scores)))[:, :, None]
        # Draw by draw, so that the sum does not depend on how many tables are held at a time.
        for share in near[:, every, molecules] / near.sum(axis=2):
            total += share
        plan.report("confidence factors", min(start + rows, samples))
    return np.asarray(total / samples)
