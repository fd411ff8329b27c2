"""The demo from end to end: data, models, decision, report, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from weighbridge.demo.outcome import Outcome, judge_choice, read_outcome
from weighbridge.demo.prepare import SEED, Prepared, prepare
from weighbridge.evidence.models import Progress, silent

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision
    from weighbridge.study.robust.value import Robustness

__all__ = ["REPORT", "DemoResult", "decide_and_judge", "run_demo"]

REPORT = "report.html"


@dataclass(frozen=True, eq=False)
class DemoResult:
    """What the demo ends with.

    Attributes
    ----------
    decision
        The decision, made without the outcome.
    robustness
        How firmly it stands.
    report
        The HTML file.
    outcome
        How the choice did, beside simpler rules.
    prepared
        The folder, the models' validation, and whether they were reused.
    """

    decision: Decision
    robustness: Robustness
    report: Path
    outcome: Outcome
    prepared: Prepared


def run_demo(folder: Path, progress: Progress = silent, *, seed: int = SEED) -> DemoResult:
    """Run the whole job in a folder.

    Parameters
    ----------
    folder
        A new or empty folder, or one of an earlier demo.
    progress
        Called with the steps.
    seed
        Of sample, folds and forests.

    Raises
    ------
    InputError
        If the extra is not installed, the folder holds something else, or an edited study is wrong.
    """
    from weighbridge.report.page import write_report

    prepared = prepare(folder, seed=seed, progress=progress)
    decision, outcome = decide_and_judge(folder, progress)
    robustness = decision.robustness(progress=progress)
    progress("writing the report", 0, 1)
    report = folder / REPORT
    write_report(decision, report, robustness=robustness)
    progress("writing the report", 1, 1)
    return DemoResult(decision, robustness, report, outcome, prepared)


def decide_and_judge(folder: Path, progress: Progress = silent) -> tuple[Decision, Outcome]:
    """Decide on a prepared study; only then read the held-out values and count."""
    from weighbridge.study.study import Study

    study = Study.load(folder, progress=progress)
    decision = study.decide(progress=lambda words: progress(words, 0, 0))
    return decision, judge_choice(
        decision.chosen.chosen, _oriented_scores(decision), _predictions(decision), read_outcome(folder)
    )


def _oriented_scores(decision: Decision) -> pd.Series[float]:
    scores = decision.ranking.scores
    return scores if decision.ranking.higher_is_better else -scores


def _predictions(decision: Decision) -> dict[str, pd.Series[float]]:
    found: dict[str, pd.Series[float]] = {}
    for name, source in decision.study.sources.items():
        assert source.predictions is not None
        found[name] = source.predictions["score"].astype(float)
    return found
