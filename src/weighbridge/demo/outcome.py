"""After the decision: what the held-out measurements say of it, beside simpler rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from weighbridge.demo.prepare import HELD_OUT

__all__ = ["WANTED", "Outcome", "RuleOutcome", "baseline_scores", "expected_hits", "judge_choice", "read_outcome"]

WANTED: Final = 0.3
"""A hit has a measured logBB above this: at least twice as much in the brain as in the blood."""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How one rule did.

    Attributes
    ----------
    rule
        What people read: ``weighbridge``, ``public model alone`` …
    hits
        Chosen molecules above the threshold. Where the k-th place is tied the mean over all ways to
        break the tie, so it may be a fraction; for random choice the expectation.
    spearman
        Rank correlation of the rule's order with the measured values, over all ranked molecules;
        None for random choice.
    """

    rule: str
    hits: float
    spearman: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out, whatever it is.

    Attributes
    ----------
    k, ranked
        How many were chosen, out of how many that passed the gates.
    threshold
        `WANTED`.
    rules
        The decision first, then each model alone, the plain average of their ranks, and chance.
    """

    k: int
    ranked: int
    threshold: float
    rules: tuple[RuleOutcome, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a rule: hits of the k chosen, their share, Spearman over all ranked."""
        rows = [(rule.hits, rule.hits / self.k, rule.spearman) for rule in self.rules]
        index = pd.Index([rule.rule for rule in self.rules], name="rule")
        return pd.DataFrame(rows, index=index, columns=["hits", "share", "spearman"]).astype(float)


def read_outcome(folder: Path) -> pd.Series[float]:
    """Read the held-out values: logBB by molecule id."""
    return pd.read_csv(folder / HELD_OUT, index_col="id")["logBB"].astype(float)


def baseline_scores(predictions: Mapping[str, pd.Series[float]]) -> dict[str, pd.Series[float]]:
    """Return the simpler rules' scores, more is better.

    Parameters
    ----------
    predictions
        source → its model's scores, by molecule, over the same molecules.

    Returns
    -------
    dict
        Each model alone, and the plain average: the mean over the models of a molecule's rank
        (equal scores share their mean rank), negated. Ranks, because a probability and a logBB
        have no common unit to be averaged in.
    """
    alone = {f"{source} model alone": scores for source, scores in predictions.items()}
    ranks = pd.DataFrame({source: scores.rank(ascending=False) for source, scores in predictions.items()})
    return {**alone, "plain average of ranks": -ranks.mean(axis=1)}


def expected_hits(scores: pd.Series[float], hit: pd.Series[bool], k: int) -> float:
    """Return the hits among the k best scores, a tie at the cut broken at random.

    All above the k-th score count; of those equal to it the share that fits: hits among them ×
    (places left) / (how many they are).
    """
    cut = scores.nlargest(k).iloc[-1]
    above, at = scores > cut, scores == cut
    return float(hit[above].sum() + hit[at].sum() * (k - above.sum()) / at.sum())


def judge_choice(
    chosen: Iterable[Any],
    ranking_scores: pd.Series[float],
    predictions: Mapping[str, pd.Series[float]],
    outcome: pd.Series[float],
    *,
    name: str = "weighbridge",
) -> Outcome:
    """Compare a choice with simpler rules on the held-out values.

    Parameters
    ----------
    chosen
        The molecules chosen.
    ranking_scores
        The ranking's scores, more is better, of every molecule that passed the gates. The simpler
        rules choose from the same molecules.
    predictions
        source → its model's scores by molecule.
    outcome
        Measured values by molecule.
    name
        What the choice is called.
    """
    ranked = ranking_scores.index
    measured = outcome.loc[ranked]
    hit = measured > WANTED
    picked = list(chosen)
    k = len(picked)
    rules = [RuleOutcome(name, float(hit.loc[picked].sum()), _spearman(ranking_scores, measured))]
    scores = baseline_scores({source: series.loc[ranked] for source, series in predictions.items()})
    for rule, values in scores.items():
        rules.append(RuleOutcome(rule, expected_hits(values, hit, k), _spearman(values, measured)))
    rules.append(RuleOutcome("chance", float(k * hit.mean()), None))
    return Outcome(k, len(ranked), WANTED, tuple(rules))


def _spearman(scores: pd.Series[float], measured: pd.Series[float]) -> float:
    return float(scores.rank().corr(measured.rank()))
