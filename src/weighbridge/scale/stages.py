"""The first stage of a plan; see `weighbridge.scale.protocols` for what an engine does with it."""

from __future__ import annotations

from weighbridge.scale.flows import SurveyStage
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.pointwise import start_pointwise
from weighbridge.scale.protocols import Model, Stage, Summary

__all__ = ["Model", "Stage", "Summary", "start"]


def start(plan: ScoringPlan) -> Stage | Model:
    """Return the first pass of a plan, or at once the model where none is needed."""
    return SurveyStage(plan) if plan.method == "promethee-ii" else start_pointwise(plan)
