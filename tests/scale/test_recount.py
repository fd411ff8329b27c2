"""The recount is exact, the same for any cut, and settles the best k as a ranking in memory has them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import EXTREME, SIX, brute_flows, cut, promethee, run, summarised, table

import weighbridge as wb
from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.recount import recount
from weighbridge.scale.stages import start
from weighbridge.scale.topk import TopRows, best_rows, merge_top, settle


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_recounted_flows_are_exact(function: Preference) -> None:
    """Flows of candidates, missing values among them, equal the pairwise ones to 1e-13 on every kind of column."""
    values = table(1_200)
    values[::7, 0] = np.nan
    plan = promethee(values.shape[1], [function])
    chosen = np.random.default_rng(2).choice(1_200, 60)
    stage = recount(plan, 1_200, values[chosen])
    flows = stage.flows(summarised(stage, cut(values, 3, 5)))
    np.testing.assert_allclose(flows, brute_flows(plan, values)[chosen], rtol=0, atol=1e-13)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 8))
def test_any_cut_gives_the_same_bytes(seed: int, parts: int) -> None:
    """Exact scores do not depend on the batches nor on the order of merging."""
    values = table(300, seed)
    plan = promethee(values.shape[1], SIX)
    stage = recount(plan, 300, values[:20])
    whole = stage.finish(stage.summarise(values))
    assert stage.finish(summarised(stage, cut(values, seed, parts), seed)).tobytes() == whole.tobytes()


def certified(plan: ScoringPlan, values: Floats, seed: int) -> tuple[TopRows, Floats]:
    """Return the best k of a library that was read in batches, with the recount."""
    batches = np.array_split(np.arange(len(values)), 4)
    model = run(start(plan), cut(values, seed, 3), seed)
    top: TopRows | None = None
    for rows in np.random.default_rng(seed).permutation(4):
        part = values[batches[rows]]
        found = best_rows(plan.top, model.bound, model.score(part), batches[rows], part)
        top = found if top is None else merge_top(top, found)
    assert top is not None
    stage = recount(plan, len(values), top.values)
    return settle(top, stage.finish(summarised(stage, cut(values, seed, 3))))


@pytest.mark.parametrize("function", SIX, ids=str)
@pytest.mark.parametrize("top", [1, 10, 399, 400, 1000])
def test_the_best_are_those_of_the_ranking_in_memory(function: Preference, top: int) -> None:
    """The best k, their ranks and ties equal `wb.rank`'s, for small k, for all rows and for more than there are."""
    values = table(400, kinds=("normal", "decimals", "integers"))
    values[200:] = values[:200]
    plan = promethee(3, [function], bins=64, top=top)
    best, ranks = certified(plan, values, 7)
    frame = pd.DataFrame(values, columns=list(plan.names))
    ranking = wb.rank(
        wb.DecisionMatrix(frame, plan.criteria), dict(zip(plan.names, plan.weights, strict=True)), method="promethee-ii"
    )
    wanted = ranking.ranks[ranking.ranks <= top]
    assert sorted(best.rows.tolist()) == wanted.index.tolist()
    assert dict(zip(best.rows.tolist(), ranks.tolist(), strict=True)) == wanted.to_dict()
    assert best.complete


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=40),
    top=st.integers(1, 12),
    seed=st.integers(0, 99),
    function=st.sampled_from(SIX),
)
def test_every_tie_at_the_last_place_is_kept(
    cells: list[tuple[int, int]], top: int, seed: int, function: Preference
) -> None:
    """On coarse tables full of ties the best k are those whose pairwise score is among the k highest, ties included."""
    values = np.asfortranarray(np.array(cells, dtype=float) / 4)
    plan = promethee(2, [function], bins=64, top=top)
    best, _ = certified(plan, values, seed)
    scores = brute_flows(plan, values) @ plan.weights
    kth = np.sort(scores)[::-1][min(top, len(scores)) - 1]
    assert sorted(best.rows.tolist()) == np.flatnonzero(scores >= kth - 1e-12).tolist()


def test_candidates_may_be_none_or_empty_of_values() -> None:
    """No candidates give no scores, and a candidate without values scores 0."""
    values = table(50, kinds=("normal", "cauchy"))
    plan = promethee(2, SIX[5:])
    nobody = recount(plan, 50, values[:0])
    assert nobody.finish(nobody.summarise(values)).size == 0
    blank = recount(plan, 50, np.full((1, 2), np.nan))
    assert blank.finish(blank.summarise(values)).tolist() == [0.0]
