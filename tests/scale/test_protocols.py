"""What an engine may rely on is told apart by what it can do."""

from __future__ import annotations

import numpy as np
from tests.scale.samples import cut, run

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Criterion
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.stages import start


def test_stages_and_models_are_not_taken_for_each_other() -> None:
    """A stage is no model and a model is no stage."""
    bounded = {"a": Criterion(direction="gain", worst=0, best=1)}
    model = start(ScoringPlan(bounded, np.ones(1)))
    stage = start(ScoringPlan(bounded, np.ones(1), "promethee-ii"))
    assert isinstance(model, Model)
    assert not isinstance(model, Stage)
    assert isinstance(stage, Stage)
    assert not isinstance(stage, Model)


class Counting:
    """A stage of somebody else's that counts rows."""

    title = "counting"

    def summarise(self, values: Floats) -> int:
        """Count."""
        return len(values)

    def merge(self, one: int, other: int) -> int:
        """Add."""
        return one + other

    def finish(self, summary: int) -> Level:
        """Score every row by the count."""
        return Level(summary)


class Level:
    """A model of somebody else's."""

    def __init__(self, level: int) -> None:
        self.bound = 0.0
        self.level = level

    def score(self, values: Floats) -> Floats:
        """Return the level."""
        return np.full(len(values), float(self.level))


def test_a_stage_of_ones_own_is_one() -> None:
    """Whatever summarises, merges and finishes runs like the stages of this package."""
    values = np.zeros((7, 2))
    stage = Counting()
    assert isinstance(stage, Stage)
    model = run(stage, cut(values, 3, 4))
    assert isinstance(model, Model)
    assert model.score(values[:2]).tolist() == [7.0, 7.0]
    assert not isinstance(object(), Stage)
    assert not isinstance(object(), Model)
