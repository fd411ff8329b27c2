"""Robustness of a study against slow loops that are written from the definitions alone."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.builders import JUDGEMENTS, MOLECULES
from tests.study.robust.conftest import BLEND, DIRECT, decide

import weighbridge as wb
from weighbridge.core.tree import TRUST
from weighbridge.elicitation.hierarchy import NodeReport, TreeWeights
from weighbridge.evidence.library import load_library
from weighbridge.robustness.rescoring import rescorer
from weighbridge.study.decision import Decision
from weighbridge.study.robust.draws import draw_weights
from weighbridge.study.robust.ends import unknown_effects
from weighbridge.study.robust.unknowns import share_model
from weighbridge.study.study import Study
from weighbridge.study.trust import trust_definitions


def utility_ends(decision: Decision, source: str, part: str | None, key: str) -> tuple[float, float]:
    """Return the lowest and highest utility of an indicator, read off the trust layer's own readings."""
    rating = decision.trust.rated
    assert rating is not None
    reading = rating.readings[source][key]
    if part is not None and not rating.parts[source].borrowed.loc[part, key]:
        reading = rating.parts[source].readings[part][key]
    if reading.value is None or reading.low is None or reading.high is None:
        return 0.0, 1.0
    definition = trust_definitions(decision.study, load_library())[key]
    ends = definition.utility(reading.low), definition.utility(reading.high)
    return min(ends), max(ends)


def score_by_loop(decision: Decision, source: str, place: float) -> float:
    """Return a source's score with all its unknowns at one place of their intervals, part by part."""
    rating = decision.trust.rated
    assert rating is not None
    rows: list[tuple[str | None, float]] = [(None, 1.0)]
    if source in rating.parts:
        records = rating.parts[source].records
        rows = [(str(part), float(records[part]) / float(records.sum())) for part in records.index]
    total = 0.0
    for part, share in rows:
        for key, weight in rating.weights.items():
            low, high = utility_ends(decision, source, part, key)
            total += share * weight * (low + place * (high - low))
    return total


@pytest.mark.parametrize("which", ["decided", "blended", "nearby"])
@pytest.mark.parametrize("places", list(product([0.0, 0.3, 1.0], repeat=2)))
def test_shares_are_sums_over_parts_and_indicators(
    which: str, places: tuple[float, float], request: pytest.FixtureRequest
) -> None:
    """With every unknown of a source at one place the shares are those of a loop over its parts."""
    decision = request.getfixturevalue(which)
    model = share_model(decision)
    where = np.array([[places[row] for row in model.owner]])
    weights = decision.trust.rated.weights.array(list(model.indicators))[None, :]
    scores = [score_by_loop(decision, source, place) for source, place in zip(model.sources, places, strict=True)]
    assert model.shares(where, weights)[0] == pytest.approx([one / sum(scores) for one in scores], abs=1e-14)


def local_by_loop(report: NodeReport, samples: int, seed: int) -> list[dict[str, float]]:
    """Return the drawn local weights of a node, one dictionary a draw."""
    names = list(report.weights)
    if report.covariance is None:
        return [dict(report.weights)] * samples
    stream = np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(f"node {report.node}".encode())]))
    # Of two children's normalised weights the covariance has rank one, so that its root is itself / √trace.
    assert len(names) == 2
    root = report.covariance / math.sqrt(np.trace(report.covariance))
    found = []
    for normal in stream.standard_normal((samples, len(names))):
        raw = {n: report.weights[n] * math.exp(step) for n, step in zip(names, normal @ root, strict=True)}
        found.append({name: value / sum(raw.values()) for name, value in raw.items()})
    return found


def leaves_by_loop(
    tree: TreeWeights, study_tree: Any, samples: int, seed: int, shares: list[dict[str, float]] | None, study: Study
) -> list[dict[str, float]]:
    """Return the leaf weights of every draw, each the product of the local weights on its path."""
    local = {name: local_by_loop(report, samples, seed) for name, report in tree.nodes.items()}
    found = []
    for draw in range(samples):
        leaves = {}
        for leaf in study_tree.leaves:
            weight = 1.0
            for above, below in pairwise(study_tree.path(leaf)):
                if above.weighting == TRUST:
                    assert shares is not None
                    own = {child.name: shares[draw][study.file.criteria[child.name].source] for child in above.children}
                    weight *= own[below.name] / sum(own.values())
                else:
                    weight *= local[above.name][draw][below.name]
            leaves[leaf] = weight
        found.append(leaves)
    return found


def shares_by_loop(decision: Decision, samples: int, seed: int) -> list[dict[str, float]]:
    """Return the blended shares of every draw, from the definitions of rated and judged shares."""
    study, model = decision.study, share_model(decision)
    assert decision.indicators is not None
    assert decision.sources is not None
    weights = leaves_by_loop(decision.indicators, study.trust_tree, samples, seed, None, study)
    judged = local_by_loop(decision.sources.nodes["sources"], samples, seed)
    places = []
    for one in model.unknowns:
        name = f"unknown {one.source}/{one.name}".encode()
        places.append(1.0 - np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name)])).random(samples))
    found = []
    for draw in range(samples):
        rated = {}
        for row, source in enumerate(model.sources):
            rated[source] = 0.0
            for column, key in enumerate(model.indicators):
                utility = model.low[row, column]
                for number, owner in enumerate(model.owner):
                    utility += places[number][draw] * model.widths[number, column] if owner == row else 0.0
                rated[source] += weights[draw][key] * utility
        raw = {
            source: judged[draw][source] ** (1 - decision.trust.lam)
            * (rated[source] / sum(rated.values())) ** decision.trust.lam
            for source in model.sources
        }
        found.append({source: value / sum(raw.values()) for source, value in raw.items()})
    return found


def test_draws_are_those_of_a_loop_over_draws(blended: Decision) -> None:
    """Each row of the array is what weighing one draw by hand gives, panel and unknowns together."""
    samples, seed = 12, 3
    draws = draw_weights(blended, samples, seed)
    shares = shares_by_loop(blended, samples, seed)
    leaves = leaves_by_loop(blended.tree, blended.study.tree, samples, seed, shares, blended.study)
    for row, expected in zip(draws.array, leaves, strict=True):
        assert dict(zip(draws.names, row, strict=True)) == pytest.approx(expected, abs=1e-12)
    assert draws.shares == pytest.approx(np.array([list(share.values()) for share in shares]), abs=1e-12)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum"])
def test_the_weights_alone_are_counted_by_ranking_every_draw(method: str, tmp_path: Path) -> None:
    """The share of draws among the first k is that of ranking with `weighbridge.rank` under each draw."""
    decision = decide(tmp_path / "study", {"ranking.method": method})
    found = decision.robustness(samples=150, seed=2, parts=["acceptability"]).acceptability["weights"]
    counts = dict.fromkeys(decision.matrix.labels, 0)
    for row in draw_weights(decision, 150, 2).array:
        ranks = wb.rank(decision.matrix, dict(zip(decision.matrix.names, row, strict=True)), method).ranks
        for label in ranks.index[ranks <= 3]:
            counts[label] += 1
    assert found.top_probability.to_dict() == pytest.approx({label: n / 150 for label, n in counts.items()}, abs=1e-12)


def set_at(decision: Decision, unknown: str, place: float) -> frozenset[Any]:
    """Return the first three molecules with one unknown of the public source at a place of its interval."""
    model = share_model(decision)
    (number,) = [i for i, one in enumerate(model.unknowns) if one.name == unknown]
    places = model.middle
    places[0, number] = place
    rated = decision.trust.rated
    assert rated is not None
    scores = model.shares(places, rated.weights.array(list(model.indicators))[None, :])[0]
    shares = dict(zip(model.sources, scores, strict=True))
    group = decision.weights["public_score"] + decision.weights["internal_score"]
    weights = dict(decision.weights)
    weights["public_score"], weights["internal_score"] = group * shares["public"], group * shares["internal"]
    ranks = wb.rank(decision.matrix, weights, decision.ranking.method).ranks
    return frozenset(ranks.index[ranks <= 3])


@pytest.mark.parametrize("method", ["promethee-ii", "weighted-sum"])
@pytest.mark.parametrize("unknown", ["ph", "temperature", "age"])
def test_what_is_called_exact_holds_on_a_fine_grid(method: str, unknown: str, tmp_path: Path) -> None:
    """Between the ends of an exact effect every place gives the decision's set or one that an end gives."""
    decision = decide(tmp_path / "study", {"ranking.method": method})
    ready = rescorer(decision.matrix, method)
    effects = unknown_effects(decision, share_model(decision), ready, 3)
    (effect,) = [one for one in effects if one.unknown.name == unknown]
    assert effect.guarantee == "exact"
    assert effect.low is not None
    assert effect.high is not None
    now = set_at(decision, unknown, 0.5)
    moved = set(effect.low.entering) | set(effect.low.leaving) | set(effect.high.entering) | set(effect.high.leaving)
    for place in np.linspace(0, 1, 41):
        assert (now ^ set_at(decision, unknown, float(place))) <= moved


@pytest.mark.parametrize("unknown", ["ph", "temperature", "age"])
def test_topsis_effects_are_those_of_ranking_at_each_place(unknown: str, decided: Decision) -> None:
    """At the ends, and at the points between that are looked at, the sets are those of ranking anew."""
    effects = unknown_effects(decided, share_model(decided), rescorer(decided.matrix, "topsis"), 3)
    (effect,) = [one for one in effects if one.unknown.name == unknown]
    now = set_at(decided, unknown, 0.5)
    seen = set()
    for place in np.linspace(0, 1, 11):
        seen |= now ^ set_at(decided, unknown, float(place))
    assert effect.low is not None
    assert effect.high is not None
    told = {*effect.low.entering, *effect.low.leaving, *effect.high.entering, *effect.high.leaving, *effect.between}
    assert told == seen


def test_the_order_of_the_molecules_does_not_matter(tmp_path: Path) -> None:
    """Turning the molecule table round changes no share of the weights, no interval and no variant."""
    lines = MOLECULES.splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    found = [
        decide(tmp_path / name, BLEND, {"molecules.csv": table, "judgements.csv": JUDGEMENTS + DIRECT}).robustness(
            samples=200, parts=["acceptability", "intervals", "unknowns", "experts", "criteria"]
        )
        for name, table in (("a", MOLECULES), ("b", turned))
    ]
    shares = [one.acceptability["weights"].top_probability.to_dict() for one in found]
    assert shares[0] == shares[1]
    assert found[0].intervals is not None
    assert found[1].intervals is not None
    for name, one in found[0].intervals.items():
        assert one == pytest.approx(found[1].intervals[name], abs=1e-9)
    for part in ("experts", "criteria"):
        for first, second in zip(found[0].varied[part].variants, found[1].varied[part].variants, strict=True):
            assert (set(first.entering), set(first.leaving)) == (set(second.entering), set(second.leaving))
    assert [one.could_change for one in found[0].unknowns] == [one.could_change for one in found[1].unknowns]


def test_the_unit_of_a_criterion_does_not_matter(load: Callable[..., Study]) -> None:
    """Solubility in mg/mL instead of µg/mL, range and thresholds with it, changes nothing."""
    lines = MOLECULES.splitlines()
    rows = [line.split(",") for line in lines[1:]]
    table = "\n".join([lines[0], *(",".join([*row[:4], f"{float(row[4]) / 1000:.3f}", row[5]]) for row in rows)]) + "\n"
    changes = {
        "criteria.solubility.unit": "mg/mL",
        "criteria.solubility.best": 0.2,
        "criteria.solubility.preference": {"function": "linear", "q": 0.005, "p": 0.05},
    }
    parts = ["acceptability", "intervals", "unknowns"]
    before = load().decide().robustness(samples=200, parts=parts)
    after = load(changes, {"molecules.csv": table}).decide().robustness(samples=200, parts=parts)
    for cause in before.acceptability:
        first, second = before.acceptability[cause].top_probability, after.acceptability[cause].top_probability
        assert first.to_dict() == pytest.approx(second.to_dict(), abs=1e-12)
    assert before.intervals is not None
    assert after.intervals is not None
    for name in before.intervals:
        assert before.intervals[name].low == pytest.approx(after.intervals[name].low, abs=1e-9)
    assert before.sentences == after.sentences


def test_more_agreement_leaves_less_open(tmp_path: Path) -> None:
    """A panel that disagrees less scatters its weights less."""
    calm = JUDGEMENTS.replace("evidence,practical,5", "evidence,practical,4").replace(
        "practical,3,sol", "practical,4,sol"
    )
    spreads = [
        draw_weights(decide(tmp_path / name, None, {"judgements.csv": table}), 2_000, unknowns=False).spread()["sd"]
        for name, table in (("loud", JUDGEMENTS), ("calm", calm))
    ]
    loud, quiet = (float(one["public_score"] + one["internal_score"]) for one in spreads)
    assert quiet < loud


def test_recording_a_condition_takes_it_off_the_list(tmp_path: Path) -> None:
    """What becomes known is no unknown any more, and the others stay."""
    before = decide(tmp_path / "before")
    after = decide(tmp_path / "after", {"sources.public.context.temperature": 25.0})
    assert {one.name for one in share_model(before).unknowns} == {"ph", "temperature", "age"}
    assert {one.name for one in share_model(after).unknowns} == {"ph", "age"}
