"""What moves the scores of molecules between in and out most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.builders import MOLECULES

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.robustness.rescoring import Rescorer, rescorer
from weighbridge.study.decision import Decision
from weighbridge.study.robust.draws import draw_weights
from weighbridge.study.robust.telling import Influence, influences
from weighbridge.study.robust.uncertain import ScoreUncertainty, score_uncertainty
from weighbridge.study.study import Study

ROWS = np.array([0, 2, 4], dtype=np.int64)


def ready_of(decision: Decision, method: str = "weighted-sum") -> Rescorer:
    """Return the decision's matrix under a method."""
    return rescorer(decision.matrix, method)


def found_of(decision: Decision, method: str = "weighted-sum", samples: int = 500) -> dict[str | None, float]:
    """Return criterion (None: the weights) → spread."""
    weights = decision.weights.array(decision.matrix.names)
    draws = draw_weights(decision, samples)
    found = influences(ready_of(decision, method), weights, draws, score_uncertainty(decision), ROWS)
    return {one.criterion: one.spread for one in found}


def test_a_score_moves_the_weighted_sum_by_weight_times_deviation(decided: Decision) -> None:
    """For an additive method the influence is w · sd / range, the mean over the molecules."""
    found = found_of(decided)
    criterion = decided.matrix.criteria["internal_score"]
    assert criterion.worst is not None
    assert criterion.best is not None
    deviations = np.array([0.3, 0.3, 0.2])
    expected = decided.weights["internal_score"] * deviations.mean() / (criterion.best - criterion.worst)
    assert found["internal_score"] == pytest.approx(expected, rel=1e-12)


def test_the_weights_influence_is_the_scatter_of_differences(decided: Decision) -> None:
    """What the weights do to all molecules alike does not count."""
    draws = draw_weights(decided, 500).array
    values = ready_of(decided).whole.values[ROWS]  # type: ignore[attr-defined]
    scores = draws @ values.T
    expected = (scores - scores.mean(axis=1, keepdims=True)).std(axis=0).mean()
    assert found_of(decided)[None] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "vikor"])
def test_any_method_has_influences(decided: Decision, method: str) -> None:
    """Both kinds of influence are found for methods of every form."""
    found = found_of(decided, method, samples=20)
    assert set(found) == {"internal_score", None}
    assert all(spread > 0 for spread in found.values())


def test_the_largest_comes_first(decided: Decision) -> None:
    """Influences are ordered by what they do."""
    weights = decided.weights.array(decided.matrix.names)
    found = influences(ready_of(decided), weights, draw_weights(decided, 50), score_uncertainty(decided), ROWS)
    assert list(found) == sorted(found, key=lambda one: -one.spread)
    assert all(isinstance(one, Influence) for one in found)


def test_an_interval_counts_by_its_standard_deviation(load: Callable[..., Study]) -> None:
    """A value between two ends has the deviation width / √12, in the criterion's own unit."""
    table = MOLECULES.replace("aspirin,acids,120", "aspirin,acids,<120")
    decision = load(None, {"molecules.csv": table}).decide()
    found = found_of(decision)
    expected = decision.weights["solubility"] * (120 / np.sqrt(12)) / 200 / 3
    assert found["solubility"] == pytest.approx(expected, rel=1e-12)


def test_a_stated_interval_counts_likewise(decided: Decision) -> None:
    """The ends that predictions state are taken by width / √12."""
    labels = decided.matrix.labels
    low, high = pd.Series(5.0, index=labels), pd.Series(8.0, index=labels)
    uncertainty = ScoreUncertainty({"internal_score": (low, high)}, {"internal_score": "interval"}, ())
    weights = decided.weights.array(decided.matrix.names)
    draws = draw_weights(decided, 5, panel=False, unknowns=False)
    (only,) = influences(ready_of(decided), weights, draws, uncertainty, np.array([0], dtype=np.int64))
    assert only.spread == pytest.approx(decided.weights["internal_score"] * (3 / np.sqrt(12)) / 5, rel=1e-12)


def test_a_value_at_the_edge_moves_no_further_than_the_range(decided: Decision) -> None:
    """Beyond the declared range a value counts as the bound, so an excess moves nothing."""
    matrix = decided.matrix
    frame = matrix.to_frame()
    frame["internal_score"] = 9.0
    edge = rescorer(DecisionMatrix(frame, matrix.criteria), "weighted-sum")
    weights = decided.weights.array(matrix.names)
    draws = draw_weights(decided, 5, panel=False, unknowns=False)
    (only,) = influences(edge, weights, draws, score_uncertainty(decided), np.array([0], dtype=np.int64))
    assert only.spread == pytest.approx(decided.weights["internal_score"] * 0.3 / 2 / 5, rel=1e-12)


def test_where_nothing_is_uncertain_nothing_moves(decided: Decision) -> None:
    """Held weights and exact scores have no influence."""
    weights = decided.weights.array(decided.matrix.names)
    held = draw_weights(decided, 5, panel=False, unknowns=False)
    assert influences(ready_of(decided), weights, held, ScoreUncertainty(), ROWS) == ()
    assert not replace(held, unknowns=("pH of public",)).varies
