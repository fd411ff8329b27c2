"""The simulation: when it stops, what it tells meanwhile, and confidence factors against brute force."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.robustness.smaa_tables import random_table, table

import weighbridge as wb
from weighbridge.robustness import drawn, simulation
from weighbridge.robustness.forms import scorer
from weighbridge.robustness.simulation import Plan, confidence_factors, simulate
from weighbridge.robustness.uncertainty import score_draws
from weighbridge.robustness.weight_models import WeightModel, given_draws, uniform


def plan_of(
    matrix: wb.DecisionMatrix,
    method: str = "weighted-sum",
    model: WeightModel | None = None,
    uncertainty: Any = None,
    **changes: Any,
) -> Plan:
    """Return a plan with small defaults."""
    n = len(matrix.labels)
    draws, _ = score_draws(matrix, uncertainty, neutral_as_nan=method == "promethee-ii")
    fields = {"top": 1, "places": n, "samples": 2_000, "tolerance": None, "seed": 0, "watched": np.arange(n)}
    bound = (model or uniform()).bind(matrix.names, None)
    return Plan(scorer=scorer(matrix, method), model=bound, draws=draws, **{**fields, **changes})


def test_no_more_draws_than_asked_for() -> None:
    """A number that is no multiple of a round is kept, too."""
    found = simulate(plan_of(random_table(4, 3), samples=1_234))
    assert found.tally.samples == 1_234
    assert found.converged is None


def test_sampling_stops_when_the_error_is_small_enough() -> None:
    """A molecule that dominates is known to be first after the first round."""
    found = simulate(plan_of(table([[0.9, 0.9], [0.1, 0.1]]), tolerance=0.01, samples=50_000))
    assert found.tally.samples == 1_000
    assert found.converged is True


def test_sampling_goes_on_until_then() -> None:
    """An even race takes 9,600 draws to ± 1 point, looked at every 1,000."""
    found = simulate(plan_of(table(np.eye(2)), tolerance=0.01, samples=50_000))
    assert found.tally.samples == 10_000
    assert found.tally.error(1) <= 0.01


def test_sampling_that_runs_out_says_so() -> None:
    """The most draws come first."""
    found = simulate(plan_of(table(np.eye(2)), tolerance=0.001, samples=3_000))
    assert found.tally.samples == 3_000
    assert found.converged is False


def test_the_first_draws_are_the_same_however_many_follow() -> None:
    """A longer simulation continues a shorter one."""
    weights = np.random.default_rng(0).dirichlet(np.ones(3), 1_500)
    matrix = random_table(5, 3)
    short, long = (
        simulate(plan_of(matrix, model=given_draws(weights[:count]), samples=count)) for count in (900, 1_500)
    )
    rest = simulate(plan_of(matrix, model=given_draws(weights[900:]), samples=600))
    np.testing.assert_allclose(short.tally.counts + rest.tally.counts, long.tally.counts)


@pytest.mark.parametrize("uncertainty", [None, {"a": 0.1}])
def test_progress_is_told(uncertainty: Any) -> None:
    """What is done, how much of it and of how much, in growing order up to all."""
    told: list[tuple[str, int, int]] = []
    matrix = table([[0.5, 0.5], [0.6, 0.4]])
    plan = plan_of(matrix, uncertainty=uncertainty, progress=lambda *args: told.append(args))
    found = simulate(plan)
    confidence_factors(plan, found.tally)
    ranks = [done for what, done, _ in told if what == "ranks"]
    assert ranks == sorted(ranks)
    assert ranks[-1] == 2_000
    assert {total for *_, total in told} == {2_000}
    assert ("confidence factors" in {what for what, *_ in told}) == (uncertainty is not None)


@pytest.mark.parametrize("method", ["weighted-sum", "topsis", "promethee-ii", "weighted-product"])
def test_confidence_of_certain_scores_is_yes_or_no(method: str) -> None:
    """Under its own central weights a molecule is first or is not, as ranking it says."""
    matrix = random_table(8, 3, seed=3)
    plan = plan_of(matrix, method)
    tally = simulate(plan).tally
    found = confidence_factors(plan, tally)
    for molecule, factor, central in zip(tally.molecules, found, tally.central_weights, strict=True):
        if np.isnan(factor):
            assert np.isnan(central).all()
            continue
        weights = dict(zip(matrix.names, central, strict=True))
        parameters = {"normalization": "none"} if method == "weighted-product" else {}
        ranks = wb.rank(ratios(matrix), weights, method, **parameters).ranks
        assert factor == float(ranks.iloc[molecule] == 1)


def ratios(matrix: wb.DecisionMatrix) -> wb.DecisionMatrix:
    """Return the same matrix with its scales declared, so that every method takes it."""
    criteria = {name: wb.Criterion(direction="gain", worst=0.0, best=1.0, scale="ratio") for name in matrix.names}
    return wb.DecisionMatrix(matrix.to_frame(), criteria)


def test_a_tie_at_the_central_weights_is_shared() -> None:
    """Two equal molecules are each half the first."""
    plan = plan_of(table([[0.7, 0.7], [0.7, 0.7], [0.1, 0.1]]))
    np.testing.assert_allclose(confidence_factors(plan, simulate(plan).tally), [0.5, 0.5, np.nan])


@pytest.mark.parametrize("method", ["weighted-sum", "topsis", "promethee-ii"])
def test_confidence_is_that_of_every_drawn_table(method: str) -> None:
    """The same tables as before, scored one by one at the central weights."""
    matrix = random_table(6, 3, seed=1)
    plan = plan_of(matrix, method, uncertainty=dict.fromkeys(matrix.names, 0.15), samples=300)
    tally = simulate(plan).tally
    assert plan.draws is not None
    firsts = np.zeros(6)
    for one in plan.draws.start(plan.seed).take(300):
        form = plan.scorer.redraw(one)
        for row, central in enumerate(tally.central_weights):
            if not np.isnan(central).any():
                firsts[row] += form.scores(central).argmax() == tally.molecules[row]
    found = confidence_factors(plan, tally)
    known = ~np.isnan(found)
    assert known.sum() >= 3
    np.testing.assert_allclose(found[known], firsts[known] / 300, atol=1e-12)


def test_only_the_leaders_get_a_confidence_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many molecules and drawn scores the rest is NaN, most often first comes first."""
    monkeypatch.setattr(simulation, "LEADING_SCORES", 0)
    monkeypatch.setattr(simulation, "FEWEST_LEADERS", 2)
    matrix = random_table(6, 3, seed=1)
    plan = plan_of(matrix, uncertainty=dict.fromkeys(matrix.names, 0.3), samples=500)
    tally = simulate(plan).tally
    found = confidence_factors(plan, tally)
    leaders = np.flatnonzero(~np.isnan(found))
    assert leaders.size == 2
    assert set(leaders.tolist()) == set(np.argsort(-tally.counts[:, 0])[:2].tolist())


@pytest.mark.parametrize("method", ["weighted-sum", "promethee-ii"])
def test_tables_held_at_a_time_change_no_bit(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One table at a time or all at once: the same bytes."""
    matrix = random_table(5, 2, seed=4)
    results = []
    for size in (1, 7 * 8 * 10, 10**8):
        monkeypatch.setattr(drawn, "STACK_BYTES", size)
        plan = plan_of(matrix, method, uncertainty={"a": 0.2}, samples=150)
        found = simulate(plan)
        counts = (found.tally.counts, found.tally.central_weights, confidence_factors(plan, found.tally))
        results.append(tuple(part.tobytes() for part in (*counts, found.wins)))
    assert results[0] == results[1] == results[2]


def test_drawn_scores_are_counted_like_ranking_every_draw() -> None:
    """Weights and tables of the same draw belong together, and every place is that of ranking them."""
    matrix = ratios(random_table(5, 3, seed=2))
    generator = np.random.default_rng(0)
    weights, tables = generator.dirichlet(np.ones(3), 60), generator.random((60, 5, 3))
    found = simulate(plan_of(matrix, "topsis", given_draws(weights), tables, samples=60))
    expected = np.zeros((5, 5))
    for own, one in zip(weights, tables, strict=True):
        frame = matrix.to_frame()
        frame[:] = one
        ranking = wb.rank(wb.DecisionMatrix(frame, matrix.criteria), dict(zip("abc", own, strict=True)))
        expected[np.arange(5), ranking.ranks.to_numpy() - 1] += 1
    np.testing.assert_array_equal(found.tally.counts, expected)
