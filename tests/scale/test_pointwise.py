"""TOPSIS and weighted sums in passes equal the ranking in memory."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import cut, run

import weighbridge as wb
from weighbridge.core.arrays import Floats
from weighbridge.scale.plan import SCALE_NORMALIZATIONS, ScoringPlan
from weighbridge.scale.pointwise import AdditiveModel, DistanceModel, ExtentStage, TotalsStage
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.stages import start

TO_THE_BIT = ("bounds", "minmax", "max", "none")


def criteria(m: int, **options: Any) -> dict[str, wb.Criterion]:
    """Return criteria on ratio scales between 0 and 10, every other one a cost."""
    ends = ({"worst": 0, "best": 10}, {"worst": 10, "best": 0})
    return {
        f"c{j}": wb.Criterion(direction="cost" if j % 2 else "gain", scale="ratio", **ends[j % 2], **options)
        for j in range(m)
    }


def drawn(n: int, seed: int = 0) -> Floats:
    """Return values from 1 to 9 in five columns, one of them constant and one with ties."""
    values = np.random.default_rng(seed).uniform(1, 9, (n, 5))
    values[:, 3] = 3.0
    values[:, 4] = np.round(values[:, 4])
    return np.asfortranarray(values)


def in_memory(plan: ScoringPlan, values: Floats) -> Floats:
    """Return the scores of `wb.rank`."""
    matrix = wb.DecisionMatrix(pd.DataFrame(values, columns=list(plan.names)), plan.criteria)
    weights = dict(zip(plan.names, plan.weights, strict=True))
    return np.asarray(wb.rank(matrix, weights, method=plan.method, normalization=plan.normalization).scores_array)


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
@pytest.mark.parametrize("normalization", SCALE_NORMALIZATIONS)
def test_scores_equal_those_in_memory(method: str, normalization: str) -> None:
    """Scores are the same to the last bit, or within its rounding where the rule divides by a sum."""
    values = drawn(20_000)
    plan = ScoringPlan(criteria(5), np.array([2, 4, 1, 1, 8]) / 16, method, normalization)
    model = run(start(plan), cut(values, 1, 7))
    scores = np.concatenate([model.score(part) for part in np.array_split(values, 3)])
    if normalization in TO_THE_BIT:
        assert scores.tobytes() == in_memory(plan, values).tobytes()
    else:
        np.testing.assert_allclose(scores, in_memory(plan, values), rtol=1e-15, atol=5e-16)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    parts=st.integers(1, 8),
    rows=st.integers(1, 400),
    normalization=st.sampled_from(SCALE_NORMALIZATIONS),
    method=st.sampled_from(["topsis", "weighted-sum"]),
)
def test_any_cut_gives_the_same_bytes(seed: int, parts: int, rows: int, normalization: str, method: str) -> None:
    """Scores do not depend on the batches, empty ones included, nor on the order of merging."""
    values = drawn(rows, seed)
    plan = ScoringPlan(criteria(5), np.full(5, 0.2), method, normalization)
    whole = run(start(plan), [values]).score(values)
    assert run(start(plan), cut(values, seed, parts), seed).score(values).tobytes() == whole.tobytes()


def test_declared_bounds_need_no_pass() -> None:
    """With bounds TOPSIS and the weighted sum are models before any row is read."""
    assert isinstance(start(ScoringPlan(criteria(2), np.full(2, 0.5))), DistanceModel)
    assert isinstance(start(ScoringPlan(criteria(2), np.full(2, 0.5), "weighted-sum")), AdditiveModel)


def test_values_beyond_the_range_move_the_ideal() -> None:
    """Where values may extend beyond the declared range, TOPSIS looks for them first, as in memory."""
    values = drawn(500)
    values[7, 0], values[9, 1] = 14.0, -3.0
    plan = ScoringPlan(criteria(5, outside="extend"), np.full(5, 0.2))
    assert isinstance(start(plan), ExtentStage)
    model = run(start(plan), cut(values, 2, 4))
    assert model.score(values).tobytes() == in_memory(plan, values).tobytes()


@pytest.mark.parametrize("normalization", SCALE_NORMALIZATIONS)
def test_degenerate_libraries_score_finitely(normalization: str) -> None:
    """One row, constant columns and columns of zeros score as in memory, never NaN."""
    for values in (drawn(1), np.full((4, 5), 3.0), np.tile([0.0, 2.0, 0.0, 2.0, 0.0], (3, 1))):
        plan = ScoringPlan(criteria(5), np.full(5, 0.2), "topsis", normalization)
        scores = run(start(plan), [values]).score(values)
        assert np.isfinite(scores).all()
        np.testing.assert_allclose(scores, in_memory(plan, values), rtol=0, atol=1e-15)


def test_stages_travel() -> None:
    """Both passes, their summaries and the models can be sent to a worker and are what the protocols say."""
    values = drawn(50)
    stage = start(ScoringPlan(criteria(5), np.full(5, 0.2), "topsis", "vector"))
    following = pickle.loads(pickle.dumps(stage)).finish(pickle.loads(pickle.dumps(stage.summarise(values))))
    assert isinstance(following, TotalsStage)
    assert isinstance(following, Stage)
    model = pickle.loads(pickle.dumps(following.finish(following.summarise(values))))
    assert isinstance(model, Model)
    assert model.bound == 0
    assert model.score(values).shape == (50,)
