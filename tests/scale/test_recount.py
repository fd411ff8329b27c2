"""The recount is exact, the same for any cut, and settles the best k as a ranking in memory has them."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import EXTREME, SIX, brute_flows, cut, promethee, run, summarised, table

import weighbridge as wb
from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.methods.promethee import preference
from weighbridge.scale import recount as module
from weighbridge.scale.packing import pack, unpack
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


@settings(max_examples=15, deadline=None)
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


def pairwise(plan: ScoringPlan, values: Floats, chosen: Floats) -> Floats:
    """Return the net flows by criterion of some molecules, from every difference, by the definition alone."""
    flows = np.zeros(chosen.shape)
    for j, function in enumerate(plan.preferences):
        with np.errstate(over="ignore", under="ignore"):
            difference = (chosen[:, j, None] - values[None, :, j]) * plan.signs[j]
            felt = preference(difference, function) - preference(-difference, function)
        flows[:, j] = np.where(np.isnan(difference), 0.0, felt).sum(axis=1) / max(len(values) - 1, 1)
    return flows


EVERY = (*SIX, *EXTREME)


@settings(max_examples=50, deadline=None)
@given(
    column=st.lists(
        st.one_of(
            st.integers(-8, 8).map(lambda k: k / 4),
            st.sampled_from([np.nan, 0.1 + 0.2, 0.3, -0.0, 5e-324, 1e6, 1e6 + 1e-6, -1e150, 1e150]),
            st.floats(-3, 3, allow_nan=False),
        ),
        min_size=1,
        max_size=30,
    ),
    function=st.sampled_from(EVERY),
    parts=st.integers(1, 4),
)
def test_recount_is_the_definition(column: list[float], function: Preference, parts: int) -> None:
    """Every molecule recounted, from any batches, has the flow that all pairs give it."""
    values = np.array(column)[:, None]
    plan = promethee(1, [function])
    stage = recount(plan, len(values), values)
    flows = stage.flows(summarised(stage, cut(values, parts, parts)))
    np.testing.assert_allclose(flows, pairwise(plan, values, values), rtol=0, atol=1e-13)


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e-150, 1e-20, 1e20, 1e150, 1e300])
@pytest.mark.parametrize("name", ["v-shape", "linear", "narrow", "gaussian", "level", "u-shape"])
def test_thresholds_of_any_size_are_exact(name: str, size: float) -> None:
    """Values too far out to have a place in a box, or slopes too steep for a double, are recounted exactly."""
    function = {
        "v-shape": Preference("v-shape", p=size),
        "linear": Preference("linear", q=size / 2, p=size),
        "narrow": Preference("linear", q=size, p=float(np.nextafter(size, np.inf))),
        "gaussian": Preference("gaussian", s=size),
        "level": Preference("level", q=size / 2, p=size),
        "u-shape": Preference("u-shape", q=size),
    }[name]
    rng = np.random.default_rng(8)
    values = np.concatenate([rng.normal(size=30), [-1e150, 1e149, 5e-324, 0.0, -0.0], rng.normal(size=30) * size])
    values = np.clip(values, -1e150, 1e150)[:, None]
    plan = promethee(1, [function])
    stage = recount(plan, len(values), values)
    flows = stage.flows(summarised(stage, cut(values, 1, 3)))
    np.testing.assert_allclose(flows, pairwise(plan, values, values), rtol=0, atol=1e-13)


@pytest.mark.parametrize("function", EVERY, ids=str)
def test_flows_of_all_molecules_cancel(function: Preference) -> None:
    """Recounted for all, the flows on a criterion add up to 0."""
    values = table(150, 4)
    plan = promethee(values.shape[1], [function])
    stage = recount(plan, 150, values)
    np.testing.assert_allclose(stage.flows(stage.summarise(values)).sum(axis=0), 0.0, rtol=0, atol=1e-10)


@pytest.mark.parametrize("function", EVERY, ids=str)
def test_two_molecules_have_opposite_flows(function: Preference) -> None:
    """Of two molecules each has the other's preference against it."""
    values = np.array([[0.25], [1.0]])
    plan = promethee(1, [function])
    stage = recount(plan, 2, values)
    low, high = stage.flows(stage.summarise(values))[:, 0]
    assert low == pytest.approx(-high, abs=1e-15)
    assert high == pytest.approx(float(preference(np.array([0.75]), function)[0]), abs=1e-15)


@pytest.mark.parametrize("function", EVERY, ids=str)
def test_one_molecule_is_alone(function: Preference) -> None:
    """A library of one scores 0."""
    values = np.array([[3.0]])
    stage = recount(promethee(1, [function]), 1, values)
    assert stage.finish(stage.summarise(values)).tolist() == [0.0]


@pytest.mark.parametrize("function", SIX, ids=str)
def test_molecules_that_are_alike_score_alike(function: Preference) -> None:
    """Candidates with equal values, zeros of both signs among them, get the same bytes."""
    values = np.array([[0.0], [-0.0], [1.0], [0.5], [-2.0], [0.0]])
    stage = recount(promethee(1, [function]), 6, values)
    scores = stage.finish(stage.summarise(values))
    assert scores[0].tobytes() == scores[1].tobytes() == scores[5].tobytes()


@pytest.mark.parametrize("function", SIX, ids=str)
def test_a_candidates_score_does_not_depend_on_the_others(function: Preference) -> None:
    """Recounted alone or among others a molecule has the same flow, to rounding."""
    values = table(200, 9, ("normal", "cauchy"))
    plan = promethee(2, [function])
    together = recount(plan, 200, values[:30])
    scores = together.finish(together.summarise(values))
    for i in (0, 13, 29):
        alone = recount(plan, 200, values[i : i + 1])
        assert alone.finish(alone.summarise(values))[0] == pytest.approx(scores[i], abs=1e-14)


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_batches_are_sorted_a_run_at_a_time(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows are sorted at a time, the sums are the same whole numbers."""
    values = table(120, 2)
    values[::9, 0] = np.nan
    plan = promethee(values.shape[1], EVERY)
    stage = recount(plan, 120, values[:10])
    whole = stage.finish(stage.summarise(values))
    monkeypatch.setattr(module, "BATCH_ROWS", rows)
    assert stage.finish(stage.summarise(values)).tobytes() == whole.tobytes()


def test_an_empty_batch_adds_nothing_to_a_recount() -> None:
    """Batches without rows, and rows without values, change no sum."""
    values = table(60, 1)
    plan = promethee(values.shape[1], EVERY)
    stage = recount(plan, 60, values[:5])
    some = stage.summarise(values)
    for nothing in (values[:0], np.full((4, values.shape[1]), np.nan)):
        for merged in (stage.merge(some, stage.summarise(nothing)), stage.merge(stage.summarise(nothing), some)):
            assert stage.finish(merged).tobytes() == stage.finish(some).tobytes()


def test_summaries_of_a_recount_travel() -> None:
    """Stage and sums can be sent to a worker, and the sums be kept on disk, to the same bytes."""
    values = table(80, 3)
    stage = recount(promethee(values.shape[1], EVERY), 80, values[:6])
    summary = stage.summarise(values)
    wanted = stage.finish(summary).tobytes()
    assert pickle.loads(pickle.dumps(stage)).finish(pickle.loads(pickle.dumps(summary))).tobytes() == wanted
    assert stage.finish(unpack(pack(summary))).tobytes() == wanted


@pytest.mark.parametrize("function", SIX, ids=str)
@pytest.mark.parametrize("top", [1, 3, 100])
def test_all_ties_are_all_first(function: Preference, top: int) -> None:
    """A library of molecules that are all alike has all of them at rank 1, whatever is asked for."""
    best, ranks = certified(promethee(2, [function], bins=64, top=top), np.full((30, 2), 0.3), 1)
    assert sorted(best.rows.tolist()) == list(range(30))
    assert ranks.tolist() == [1] * 30
    assert best.scores.tolist() == [0.0] * 30


@pytest.mark.parametrize("function", SIX, ids=str)
def test_an_outlier_is_the_best(function: Preference) -> None:
    """One molecule far above all others, in a column of 300 values in 64 bins, comes first and alone."""
    values = np.append(np.random.default_rng(3).normal(size=299), 1e9)[:, None]
    best, ranks = certified(promethee(1, [function], bins=64, top=1), values, 5)
    assert (best.rows.tolist(), ranks.tolist()) == ([299], [1])
    assert best.scores[0] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("function", SIX, ids=str)
@pytest.mark.parametrize("kinds", [("cauchy", "pareto", "outlier"), ("offset", "denormal", "mixture")])
def test_heavy_tails_keep_the_certified_best(function: Preference, kinds: tuple[str, ...]) -> None:
    """With heavy tails, offsets and gaps the best five are those of the pairwise scores, with their ties and scores."""
    values = table(300, 6, kinds)
    values[::17, 0] = np.nan
    plan = promethee(3, [function], bins=64, top=5)
    best, ranks = certified(plan, values, 2)
    scores = pairwise(plan, values, values) @ plan.weights
    wanted = competition_ranks(scores, rounding=ROUNDING)
    assert sorted(best.rows.tolist()) == np.flatnonzero(wanted <= 5).tolist()
    assert ranks.tolist() == wanted[best.rows].tolist()
    np.testing.assert_allclose(best.scores, scores[best.rows], rtol=0, atol=1e-13)
