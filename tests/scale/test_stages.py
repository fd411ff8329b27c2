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


@pytest.mark.parametrize(
    ("method", "normalization", "titles"),
    [
        ("topsis", "bounds", []),
        ("weighted-sum", "bounds", []),
        ("topsis", "minmax", ["lowest and highest values"]),
        ("weighted-sum", "none", ["lowest and highest values"]),
        ("topsis", "vector", ["lowest and highest values", "sums of the columns"]),
        ("weighted-sum", "sum", ["lowest and highest values", "sums of the columns"]),
        ("promethee-ii", "bounds", ["survey of the columns", "counts between the knots"]),
    ],
)
def test_plans_take_no_more_passes_than_they_need(method: str, normalization: str, titles: list[str]) -> None:
    """Each method and rule reads the library as often as its numbers need, and says what each pass does."""
    values = np.linspace(0.1, 1, 200)[:, None]
    step = start(ScoringPlan(BOUNDED, np.ones(1), method, normalization, bins=64))
    found = []
    while isinstance(step, Stage):
        found.append(step.title)
        step = step.finish(step.summarise(values))
    assert found == titles


@pytest.mark.parametrize("method", SCALED_METHODS)
@pytest.mark.parametrize("rows", [1, 2])
def test_the_smallest_libraries_are_scored(method: str, rows: int) -> None:
    """One molecule and two have finite scores by every method, the better one the higher."""
    values = np.array([[0.25], [0.75]])[:rows]
    step = start(ScoringPlan(BOUNDED, np.ones(1), method))
    while isinstance(step, Stage):
        step = step.finish(step.summarise(values))
    scores = step.score(values)
    assert np.isfinite(scores).all()
    assert (np.diff(scores) > 0).all()
    assert step.score(values[:0]).shape == (0,)
