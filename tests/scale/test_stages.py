"""A plan starts with the stage its method needs."""

from __future__ import annotations

import numpy as np
import pytest

from weighbridge.core.criterion import Criterion
from weighbridge.scale.plan import SCALED_METHODS, ScoringPlan
from weighbridge.scale.stages import Model, Stage, start

BOUNDED = {"a": Criterion(direction="gain", worst=0, best=1, scale="ratio")}


@pytest.mark.parametrize("method", SCALED_METHODS)
@pytest.mark.parametrize("normalization", ["bounds", "vector"])
def test_every_plan_reaches_a_model(method: str, normalization: str) -> None:
    """Whatever the plan, its stages end in a model that scores rows, and each stage has a title."""
    values = np.linspace(0, 1, 30)[:, None]
    step = start(ScoringPlan(BOUNDED, np.ones(1), method, normalization))
    titles = []
    while isinstance(step, Stage):
        titles.append(step.title)
        step = step.finish(step.merge(step.summarise(values[:9]), step.summarise(values[9:])))
    assert isinstance(step, Model)
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert (np.diff(step.score(values)) > 0).all()


def test_only_promethee_is_bounded_above_zero() -> None:
    """TOPSIS and the weighted sum are exact; PROMETHEE by tables says how far it may be off."""
    values = np.random.default_rng(0).normal(size=(500, 1)) / 10 + 0.5
    bounds = []
    for method in SCALED_METHODS:
        step = start(ScoringPlan(BOUNDED, np.ones(1), method, bins=64))
        while isinstance(step, Stage):
            step = step.finish(step.summarise(values))
        bounds.append(step.bound > 0)
    assert bounds == [method == "promethee-ii" for method in SCALED_METHODS]
