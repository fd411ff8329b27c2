"""What an engine may rely on is told apart by what it can do."""

from __future__ import annotations

import numpy as np

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
