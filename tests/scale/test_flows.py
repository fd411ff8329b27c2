"""PROMETHEE II in passes: the same bytes for any cut, within the bound, and missing values as in memory."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, EXTREME, SIX, brute_flows, cut, promethee, run, summarised, table

from weighbridge.core.criterion import Preference
from weighbridge.scale.flows import CountStage, FlowModel, SurveyStage
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
