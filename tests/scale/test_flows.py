"""PROMETHEE II in passes: the same bytes for any cut, within the bound, and missing values as in memory."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, EXTREME, SIX, brute_flows, column, cut, promethee, run, summarised, table

import weighbridge as wb
from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.methods.promethee import preference
from weighbridge.scale.flows import CountStage, FlowModel, SurveyStage
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.stages import start


@pytest.mark.parametrize("functions", [SIX, EXTREME], ids=["usual thresholds", "extreme thresholds"])
def test_scores_keep_their_bound(functions: tuple[Preference, ...]) -> None:
    """Flows by criterion and scores stay within their bounds on every kind of column, gains and costs."""
    values = table(900)
    values[::11, 0] = np.nan
    plan = promethee(values.shape[1], functions)
    model = run(start(plan), [values])
    exact = brute_flows(plan, values)
    assert np.abs(model.score(values) - exact @ plan.weights).max() <= model.bound
    assert model.bound <= plan.weights @ model.bounds * (1 + 1e-15)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 9), rows=st.integers(1, 700))
def test_any_cut_gives_the_same_bytes(seed: int, parts: int, rows: int) -> None:
    """Model and scores do not depend on the batches, empty ones included, nor on the order of merging."""
    values = table(rows, seed, ("normal", "cauchy", "mixture", "integers", "signed zeros"))
    values[::5, 1] = np.nan
    plan = promethee(5, SIX[1:], bins=64)
    whole = run(start(plan), [values])
    parted = run(start(plan), cut(values, seed, parts), seed)
    assert parted.bound == whole.bound
    assert parted.score(values).tobytes() == whole.score(values).tobytes()


def test_row_order_does_not_matter() -> None:
    """Permuted rows give the same model, to the byte."""
    values = table(800, kinds=("normal", "lognormal", "decimals"))
    plan = promethee(3, SIX[3:], bins=64)
    permuted = np.asfortranarray(values[np.random.default_rng(5).permutation(800)])
    one, other = run(start(plan), [values]), run(start(plan), [permuted])
    assert one.score(values).tobytes() == other.score(values).tobytes()


def test_few_distinct_values_need_one_pass_and_are_exact() -> None:
    """Columns of few distinct values are done after the survey, and then differ by rounding only."""
    values = table(600, kinds=("decimals", "integers", "two values", "constant"))
    plan = promethee(4, SIX, bins=256)
    stage = start(plan)
    assert isinstance(stage, SurveyStage)
    model = stage.finish(summarised(stage, cut(values, 1, 4)))
    assert isinstance(model, FlowModel)
    assert np.abs(model.score(values) - brute_flows(plan, values) @ plan.weights).max() <= model.bound < 1e-12


def test_too_many_distinct_values_go_into_bins() -> None:
    """A column that turns out to have more distinct values than fit is counted in a second pass, and never fails."""
    values = np.asfortranarray(np.arange(300.0)[:, None] % 100)
    stage = start(promethee(1, SIX[2:3], bins=64))
    counting = stage.finish(summarised(stage, [values[:50], values[50:]]))
    assert isinstance(counting, CountStage)
    assert counting.open == (True,)
    assert counting.finish(summarised(counting, [values])).bound > 0


def test_missing_values_are_indifferent() -> None:
    """A missing value has flow 0; a column without any value moves nothing."""
    values = table(300, kinds=("normal", "cauchy"))
    values[:, 1] = np.nan
    values[::3, 0] = np.nan
    plan = promethee(2, SIX[4:5])
    model = run(start(plan), [values])
    scores = model.score(values)
    assert model.tables[1] is None
    assert (scores[::3] == 0).all()
    assert np.abs(scores - brute_flows(plan, values) @ plan.weights).max() <= model.bound


def test_one_molecule_and_all_ties() -> None:
    """One molecule scores exactly 0, and so do molecules that are all alike."""
    one = run(start(promethee(2, SIX)), [np.ones((1, 2))])
    assert (one.bound, one.score(np.ones((1, 2))).tolist()) == (0.0, [0.0])
    alike = run(start(promethee(2, SIX)), [np.ones((7, 2))])
    assert alike.score(np.ones((7, 2))).tolist() == [0.0] * 7


def test_values_that_were_never_counted_get_the_nearest_flow() -> None:
    """A value outside the counted range, from a library that has changed, is scored like the nearest end."""
    values = table(200, kinds=("normal",))
    model = run(start(promethee(1, SIX[2:3])), [values])
    ends = np.array([[values.min()], [values.max()]])
    beyond = np.array([[values.min() - 5], [values.max() + 5]])
    np.testing.assert_array_equal(model.score(beyond), model.score(ends))


def test_stages_and_models_travel() -> None:
    """Stages, summaries and models can be sent to a worker and are what the protocols say."""
    values = table(200, kinds=COLUMNS[:3])
    stage = start(promethee(3, SIX, bins=64))
    assert isinstance(stage, Stage)
    summary = pickle.loads(pickle.dumps(stage.summarise(values)))
    following = pickle.loads(pickle.dumps(stage)).finish(summary)
    assert isinstance(following, Stage)
    model = pickle.loads(pickle.dumps(following.finish(following.summarise(values))))
    assert isinstance(model, Model)
    assert model.score(values).tobytes() == run(start(promethee(3, SIX, bins=64)), [values]).score(values).tobytes()


def test_more_bins_bound_closer() -> None:
    """Eight times the bins make the bound less than a quarter."""
    values = table(5_000, kinds=("normal", "lognormal"))
    bounds = [run(start(promethee(2, SIX[:1], bins=bins)), [values]).bound for bins in (128, 1024)]
    assert 0 < bounds[1] < bounds[0] / 4


def pairwise(plan: ScoringPlan, values: Floats) -> Floats:
    """Return the net flows by criterion, shape (n, m), from every difference, by the definition alone."""
    flows = np.zeros(values.shape)
    for j, function in enumerate(plan.preferences):
        with np.errstate(over="ignore", under="ignore"):
            difference = (values[:, j, None] - values[None, :, j]) * plan.signs[j]
            felt = preference(difference, function) - preference(-difference, function)
        flows[:, j] = np.where(np.isnan(difference), 0.0, felt).sum(axis=1) / max(len(values) - 1, 1)
    return flows


@settings(max_examples=40, deadline=None)
@given(
    column=st.lists(
        st.one_of(
            st.sampled_from([0.0, -0.0, 0.25, 0.1 + 0.2, 0.3, np.nan, 5e-324, 1e-310, 1e6, 1e6 + 1e-6, -1e150, 1e150]),
            st.floats(-2, 2, allow_nan=False),
        ),
        min_size=1,
        max_size=20,
    ),
    function=st.sampled_from((*SIX, *EXTREME)),
    copies=st.integers(1, 5),
)
def test_drawn_columns_keep_their_bound(column: list[float], function: Preference, copies: int) -> None:
    """Columns of a few values or of more than there are bins, missing ones among them, score within the bound."""
    spread = np.arange(copies)[:, None] * 1e-3 + np.array(column)
    values = np.asfortranarray(spread.reshape(-1, 1))
    plan = promethee(1, [function], bins=64)
    model = run(start(plan), cut(values, copies, 3), copies)
    assert np.isfinite(model.bound)
    assert np.abs(model.score(values) - pairwise(plan, values) @ plan.weights).max() <= model.bound


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e-150, 1e150, 1e300])
@pytest.mark.parametrize("seed", [0, 1])
def test_extreme_magnitudes_keep_their_bound(size: float, seed: int) -> None:
    """Values of every magnitude under thresholds far below or above them all score within a finite bound."""
    rng = np.random.default_rng(seed)
    wide = rng.choice([-1.0, 1.0], 150) * 10.0 ** rng.uniform(-320, 150, 150)
    tiny = np.append(rng.integers(0, 900, 149) * 5e-324, 1e150)
    functions = [
        Preference("gaussian", s=size),
        Preference("v-shape", p=size),
        Preference("linear", q=size / 2, p=size),
    ]
    values = np.asfortranarray(np.column_stack([wide, tiny, wide, tiny, wide, tiny]))
    plan = promethee(6, functions, bins=64)
    model = run(start(plan), cut(values, seed, 3), seed)
    assert np.isfinite(model.bound)
    assert np.abs(model.score(values) - pairwise(plan, values) @ plan.weights).max() <= model.bound


@pytest.mark.parametrize("functions", [SIX, EXTREME], ids=["usual thresholds", "extreme thresholds"])
def test_each_criterion_keeps_its_own_bound(functions: tuple[Preference, ...]) -> None:
    """The flow on every criterion alone is within that criterion's bound."""
    values = table(300, 5)
    plan = promethee(values.shape[1], functions, bins=64)
    model = run(start(plan), [values])
    exact = pairwise(plan, values)
    for j, (found, bound) in enumerate(zip(model.tables, model.bounds, strict=True)):
        assert found is not None
        flows = found.net(values[:, j] * plan.signs[j] + 0.0)
        assert np.abs(flows - exact[:, j]).max() <= bound


@pytest.mark.parametrize("function", SIX, ids=str)
def test_scores_are_those_of_the_ranking_in_memory(function: Preference) -> None:
    """Scores differ from `wb.rank`'s, gaps under the rule neutral included, by at most the bound."""
    values = table(300, 3, ("normal", "lognormal", "decimals"))
    values[::13, 1] = np.nan
    plan = promethee(3, [function], bins=128)
    frame = pd.DataFrame(values, columns=list(plan.names))
    weights = dict(zip(plan.names, plan.weights, strict=True))
    ranking = wb.rank(wb.DecisionMatrix(frame, plan.criteria), weights, method="promethee-ii")
    model = run(start(plan), cut(values, 2, 4))
    assert np.abs(model.score(values) - ranking.scores_array).max() <= model.bound


@pytest.mark.parametrize("function", SIX, ids=str)
def test_two_molecules(function: Preference) -> None:
    """Of two molecules the better one scores its preference and the other the opposite."""
    values = np.array([[0.0], [0.8]])
    model = run(start(promethee(1, [function])), [values])
    felt = float(preference(np.array([0.8]), function)[0])
    assert model.score(values) == pytest.approx([-felt, felt], abs=1e-15)
    assert model.bound < 1e-12


@pytest.mark.parametrize("function", SIX, ids=str)
def test_equal_rows_score_equal_bytes(function: Preference) -> None:
    """Molecules that are alike, in whichever batch and with zeros of whichever sign, get the same bytes."""
    values = table(200, 2, ("normal", "signed zeros"))
    values[150:] = values[:50]
    zeros = values[:, 1] == 0
    values[150:, 1] = np.where(zeros[150:], -0.0, values[150:, 1])
    model = run(start(promethee(2, [function], bins=64)), cut(values, 4, 3))
    assert model.score(values[150:]).tobytes() == model.score(values[:50]).tobytes()


def test_scores_of_batches_are_those_of_the_whole() -> None:
    """Scoring row by row gives the bytes of scoring all at once."""
    values = table(90, 7)
    values[::4, 2] = np.nan
    model = run(start(promethee(values.shape[1], EXTREME, bins=64)), [values])
    alone = np.concatenate([model.score(values[i : i + 1]) for i in range(90)])
    assert alone.tobytes() == model.score(values).tobytes()
    assert model.score(values[:0]).size == 0


def test_a_criterion_without_weight_is_not_heard() -> None:
    """A weight of 0 adds neither to scores nor to their bound."""
    values = table(200, 1, ("normal", "cauchy"))
    plan = promethee(2, SIX[4:], bins=64)
    silent = replace(plan, weights=np.array([1.0, 0.0]))
    model = run(start(silent), [values])
    alone = run(start(promethee(1, SIX[4:5], bins=64)), [values[:, :1]])
    np.testing.assert_allclose(model.score(values), pairwise(silent, values)[:, 0], rtol=0, atol=model.bound)
    assert model.bound < model.bounds.sum()
    assert alone.bound > 0


def test_no_values_at_all() -> None:
    """A library in which nothing is known has scores of 0 and a bound that says so."""
    values = np.full((20, 2), np.nan)
    model = run(start(promethee(2, SIX[4:])), cut(values, 1, 3))
    assert model.tables == (None, None)
    assert model.score(values).tolist() == [0.0] * 20
    assert model.bound < 1e-300


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_better_values_never_score_lower(function: Preference) -> None:
    """On one criterion the scores ascend with the values, up to rounding, through knots and between them."""
    values = np.sort(column("lognormal", 300))[:, None]
    scores = run(start(promethee(1, [function], bins=64)), [values]).score(values)
    assert np.diff(scores).min() >= -1e-12
