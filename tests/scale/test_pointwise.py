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
from weighbridge.errors import InputError
from weighbridge.scale.checks import prepare
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


COLUMNS: dict[str, Any] = {
    "unit": lambda rng, n: rng.uniform(size=n),
    "tiny": lambda rng, n: rng.uniform(0.1, 1, n) * 1e-280,
    "huge": lambda rng, n: rng.uniform(0.1, 1, n) * 1e149,
    "outlier": lambda rng, n: np.append(rng.uniform(0.1, 1, n - 1), 1e150),
    "offset": lambda rng, n: 1e15 + rng.integers(0, 9, n),
    "zeros": lambda rng, n: rng.choice([-0.0, 0.0], n),
    "mostly zeros": lambda rng, n: rng.choice([-0.0, 0.0, 0.0, 1.0], n),
    "constant": lambda rng, n: np.full(n, 7.0),
    "two values": lambda rng, n: rng.choice([2.0, 3.0], n),
    "signed": lambda rng, n: rng.normal(size=n),
}
"""Columns that break careless normalizations."""


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
@pytest.mark.parametrize("direction", ["gain", "cost"])
@pytest.mark.parametrize("kind", COLUMNS)
def test_awkward_columns_score_as_in_memory(kind: str, direction: Any, method: str) -> None:
    """Columns are scored or refused in passes as `wb.rank` does it, for 1, 2 and 40 rows."""
    named = {name: wb.Criterion(direction=d, scale="ratio") for name, d in (("a", direction), ("b", "gain"))}
    for n in (1, 2, 40):
        rng = np.random.default_rng(n)
        values = np.asfortranarray(np.column_stack([COLUMNS[kind](rng, n), rng.uniform(1, 2, n)]))
        for normalization in ("vector", "minmax", "sum", "max", "none"):
            plan = ScoringPlan(named, np.array([0.25, 0.75]), method, normalization)
            prepared, findings = prepare(plan, values, 0)
            try:
                wanted = in_memory(plan, values)
            except InputError:
                assert findings.faults
                continue
            assert not findings.faults
            scores = run(start(plan), cut(prepared, n, 3)).score(prepared)
            np.testing.assert_allclose(scores, wanted, rtol=1e-13, atol=1e-14 * np.abs(wanted).max())


@pytest.mark.parametrize("normalization", SCALE_NORMALIZATIONS)
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_a_weight_of_nothing_and_of_everything(normalization: str, method: str) -> None:
    """A criterion without weight moves no score, and one with all of it decides alone."""
    values = drawn(60, 3)
    weights = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    plan = ScoringPlan(criteria(5), weights, method, normalization)
    scores = run(start(plan), [values]).score(values)
    other = values.copy(order="F")
    other[:, 0] = other[::-1, 0]
    np.testing.assert_allclose(run(start(plan), [other]).score(other), scores, rtol=0, atol=1e-15)
    assert np.argsort(scores).tolist() == np.argsort(values[:, 2]).tolist()


@pytest.mark.parametrize("unit", [2.0**-40, 2.0**30])
@pytest.mark.parametrize("normalization", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_units_do_not_matter(method: str, normalization: str, unit: float) -> None:
    """Values in another unit, a power of two, give the same scores under every rule that takes its scale from them."""
    values = drawn(80, 5)
    named = {name: wb.Criterion(direction=c.direction, scale="ratio") for name, c in criteria(5).items()}
    plan = ScoringPlan(named, np.full(5, 0.2), method, normalization)
    one = run(start(plan), [values]).score(values)
    other = run(start(plan), [values * unit]).score(values * unit)
    np.testing.assert_allclose(other, one, rtol=1e-15, atol=1e-16)


@pytest.mark.parametrize("normalization", SCALE_NORMALIZATIONS)
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_rows_and_columns_in_any_order(method: str, normalization: str) -> None:
    """Rows permuted give the same scores to the byte; columns permuted give them to rounding."""
    values, rng = drawn(70, 8), np.random.default_rng(1)
    weights = np.array([1, 2, 3, 4, 6]) / 16
    plan = ScoringPlan(criteria(5), weights, method, normalization)
    scores = run(start(plan), [values]).score(values)
    rows, columns = rng.permutation(70), rng.permutation(5)
    mixed = np.asfortranarray(values[rows])
    assert run(start(plan), [mixed]).score(mixed).tobytes() == scores[rows].tobytes()
    named = list(plan.criteria.items())
    turned = ScoringPlan(dict(named[j] for j in columns), weights[columns], method, normalization)
    other = np.asfortranarray(values[:, columns])
    np.testing.assert_allclose(run(start(turned), [other]).score(other), scores, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("normalization", SCALE_NORMALIZATIONS)
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_better_on_a_criterion_never_scores_worse(method: str, normalization: str) -> None:
    """In one library, of two molecules that differ on one criterion the better one scores at least as high."""
    values = drawn(40, 9)
    values[1] = values[0]
    for j in range(3):
        pair = values.copy(order="F")
        pair[1, j] += 0.5 if j % 2 == 0 else -0.5
        plan = ScoringPlan(criteria(5), np.full(5, 0.2), method, normalization)
        scores = run(start(plan), [pair]).score(pair)
        assert scores[1] > scores[0]


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_filled_and_clipped_values_score_as_in_memory(method: str) -> None:
    """Gaps filled by each rule and values clipped to the range give the scores of `wb.rank` to the bit."""
    named = {
        "a": wb.Criterion(direction="gain", worst=0, best=10, missing="worst", outside="clip"),
        "b": wb.Criterion(direction="cost", worst=10, best=0, missing="neutral", outside="clip"),
        "c": wb.Criterion(direction="gain", worst=-5, best=5, missing="interval", outside="extend"),
    }
    values = np.asfortranarray(np.random.default_rng(4).uniform(-6, 14, (300, 3)))
    values[::7, 0], values[1::5, 1], values[2::9, 2] = np.nan, np.nan, np.nan
    for normalization in ("bounds", "minmax", "none"):
        plan = ScoringPlan(named, np.array([0.25, 0.25, 0.5]), method, normalization)
        batches = [prepare(plan, part, 0)[0] for part in np.array_split(values, 4)]
        model = run(start(plan), batches)
        scores = np.concatenate([model.score(batch) for batch in batches])
        assert scores.tobytes() == in_memory(plan, values).tobytes()


@pytest.mark.parametrize("low", [-1.0, 0.0, 1e6])
def test_a_declared_range_of_any_width_is_a_share(low: float) -> None:
    """Under bounds a weighted sum of one criterion is the share of the range, narrow ranges and denormal ones too."""
    for width in (1e-3, 1.0, 1e100, *([1e-310] if low == 0 else [])):
        named = {"a": wb.Criterion(direction="gain", worst=low, best=low + width)}
        values = np.array([[low], [low + width / 2], [low + width]])
        scores = run(start(ScoringPlan(named, np.ones(1), "weighted-sum")), [values]).score(values)
        np.testing.assert_allclose(scores, [0.0, 0.5, 1.0], rtol=0, atol=1e-6)
        assert (scores[0], scores[2]) == (0.0, 1.0)


def test_extents_merge_with_nothing() -> None:
    """Batches without rows give way to any others, and columns keep one zero."""
    stage = ExtentStage(ScoringPlan(criteria(2), np.full(2, 0.5), "topsis", "minmax"))
    nothing, some = stage.summarise(np.empty((0, 2))), stage.summarise(np.array([[-0.0, 3.0], [2.0, 1.0]]))
    for merged in (
        stage.merge(nothing, some),
        stage.merge(some, nothing),
        stage.merge(nothing, stage.merge(some, nothing)),
    ):
        assert merged.rows == 2
        assert (merged.low.tolist(), merged.high.tolist()) == ([0.0, 1.0], [2.0, 3.0])
        assert not np.signbit(merged.low).any()


def test_only_sums_take_a_second_pass() -> None:
    """The rules that divide by a sum need a second pass; the others are models after the first."""
    values = drawn(20)
    for normalization in ("vector", "minmax", "sum", "max", "none"):
        stage = start(ScoringPlan(criteria(5), np.full(5, 0.2), "topsis", normalization))
        following = stage.finish(stage.summarise(values))
        assert isinstance(following, TotalsStage) == (normalization in ("vector", "sum"))
        assert isinstance(following, DistanceModel) != isinstance(following, TotalsStage)
