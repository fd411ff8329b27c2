"""Draws of a decision's weights: from the panel's scatter and the unknown conditions."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import JUDGEMENTS, LEFT_OUT
from tests.study.robust.conftest import DIRECT, decide

from weighbridge.core.tree import Node, ValueTree
from weighbridge.core.weights import Weights
from weighbridge.errors import InputError
from weighbridge.evidence.trust import blend
from weighbridge.study.decision import Decision
from weighbridge.study.robust.draws import WeightDraws, blended, draw_weights, leaf_products, trust_locals
from weighbridge.study.study import Study
from weighbridge.study.together import trust_weights


def rows(draws: WeightDraws) -> np.ndarray:
    """Return the draws as an array, checked to be weights."""
    assert (draws.array >= 0).all()
    assert draws.array.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    return draws.array


@pytest.mark.parametrize("which", ["decided", "blended", "nearby"])
def test_with_nothing_drawn_every_row_is_the_decisions_weights(which: str, request: pytest.FixtureRequest) -> None:
    """Held panel and held unknowns give the weights the decision is made with."""
    decision = request.getfixturevalue(which)
    draws = draw_weights(decision, 5, panel=False, unknowns=False)
    expected = decision.weights.array(decision.matrix.names)
    assert np.abs(rows(draws) - expected).max() < 1e-15
    assert not draws.varies


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(blended: Decision) -> None:
    """Draws are reproducible byte for byte and depend on the seed."""
    digest = [hashlib.sha256(draw_weights(blended, 500, seed).array.tobytes()).hexdigest() for seed in (7, 7, 8)]
    assert digest[0] == digest[1]
    assert digest[0] != digest[2]


def test_more_draws_begin_with_the_same_ones(blended: Decision) -> None:
    """The first draws do not depend on how many are asked for, so that drawing on continues."""
    few, many = draw_weights(blended, 100, 3), draw_weights(blended, 400, 3)
    assert np.array_equal(few.array, many.array[:100])


def test_the_panels_draws_are_the_same_whether_or_not_unknowns_are_drawn(decided: Decision) -> None:
    """Random numbers are common: local weights outside the trust groups do not change with the unknowns."""
    both, panel = draw_weights(decided, 200, 5), draw_weights(decided, 200, 5, unknowns=False)
    columns = [both.names.index("solubility"), both.names.index("cost")]
    assert both.array[:, columns] == pytest.approx(panel.array[:, columns], abs=1e-15)
    assert np.abs(both.array - panel.array).max() > 0.01


def test_the_scatter_of_the_logarithms_is_the_composed_covariance(tmp_path: Path) -> None:
    """For a unanimous-enough panel ln w scatters by the covariance that the weights carry (first order)."""
    lines = """\
expert,node,a,b,value,reason
Ada,goal,evidence,practical,4,
Ben,goal,evidence,practical,3,
Cem,goal,evidence,practical,3.5,
Ada,practical,solubility,cost,2,
Ben,practical,solubility,cost,2.3,
Cem,practical,solubility,cost,1.8,
"""
    direct = (
        "Ada,sources,public,internal,1/2,\nBen,sources,public,internal,1/2.2,\nCem,sources,public,internal,1/2.5,\n"
    )
    changes = {"trust": {"use": "judged"}}
    decision = decide(tmp_path / "study", changes, {"judgements.csv": lines + direct})
    assert decision.weights.covariance is not None
    order = [list(decision.weights).index(name) for name in decision.matrix.names]
    expected = decision.weights.covariance[np.ix_(order, order)]
    found = np.cov(np.log(rows(draw_weights(decision, 40_000, 1))).T)
    assert found == pytest.approx(expected, rel=0.05, abs=2e-4)


def test_every_draw_is_the_product_of_its_local_weights(blended: Decision) -> None:
    """The ratio of two criteria of one judged group is what was drawn at that group, whatever the rest."""
    draws = draw_weights(blended, 300, 2)
    report = blended.tree.nodes["practical"]
    assert report.covariance is not None
    ratio = np.log(draws.array[:, draws.names.index("solubility")] / draws.array[:, draws.names.index("cost")])
    today = math.log(report.weights["solubility"] / report.weights["cost"])
    spread = math.sqrt(np.array([1.0, -1.0]) @ report.covariance @ np.array([1.0, -1.0]))
    assert ratio.mean() == pytest.approx(today, abs=4 * spread / math.sqrt(300))
    assert ratio.std() == pytest.approx(spread, rel=0.15)


def test_the_trust_shares_of_a_draw_are_in_its_weights(blended: Decision) -> None:
    """The two scores of a trust group share its weight as the sources share the trust in that draw."""
    draws = draw_weights(blended, 100, 2)
    own = draws.array[:, [draws.names.index("public_score"), draws.names.index("internal_score")]]
    assert own / own.sum(axis=1, keepdims=True) == pytest.approx(draws.shares, abs=1e-12)


def test_unknowns_alone_stay_between_the_trust_layers_extremes(decided: Decision) -> None:
    """With the panel held, drawn shares lie within the low and high rated shares and use their width."""
    draws = draw_weights(decided, 5_000, 4, panel=False)
    rating = decided.trust.rated
    assert rating is not None
    low, high = rating.shares_low["public"], rating.shares_high["public"]
    own = draws.shares[:, draws.sources.index("public")]
    assert low <= own.min() < own.max() <= high
    assert own.max() - own.min() > 0.8 * (high - low)


def test_what_is_drawn_and_what_is_held_is_named(blended: Decision, nearby: Decision) -> None:
    """The nodes' scatter rests on what the hierarchy says; stated and equal groups are held."""
    draws = draw_weights(blended, 2)
    assert set(draws.basis) == {"goal", "practical", "trust", "sources"}
    assert draws.basis["goal"] == blended.tree.nodes["goal"].covariance_basis
    assert draws.unknowns == ("pH of public", "Temperature of public", "Age of the protocol of public")
    assert draw_weights(nearby, 2).fixed == ("practical",)


def test_judged_trust_needs_no_indicators(tmp_path: Path) -> None:
    """Where the judged shares are used alone, neither indicators nor unknowns are drawn."""
    lines = "\n".join(line for line in JUDGEMENTS.splitlines() if ",trust," not in line)
    decision = decide(tmp_path / "study", {"trust": {"use": "judged"}}, {"judgements.csv": lines + "\n" + DIRECT})
    draws = draw_weights(decision, 50)
    assert draws.unknowns == ()
    assert "sources" in draws.basis
    assert "trust" not in draws.basis


def test_one_source_has_all_the_trust_in_every_draw(tmp_path: Path) -> None:
    """A study of one source draws the other weights and leaves its share at 1."""
    lines = "\n".join(line for line in JUDGEMENTS.splitlines() if ",trust," not in line) + "\n"
    changes = {
        "sources.public": LEFT_OUT,
        "criteria.public_score": LEFT_OUT,
        "tree.evidence.children": ["internal_score"],
        "trust": LEFT_OUT,
    }
    decision = decide(tmp_path / "study", changes, {"judgements.csv": lines})
    draws = draw_weights(decision, 50)
    assert (draws.shares == 1).all()
    assert draws.varies


def test_draws_are_shown_as_tables(decided: Decision) -> None:
    """The frame has a column a criterion, and the spread holds mean, sd and the middle 90 %."""
    draws = draw_weights(decided, 1_000)
    frame, spread = draws.to_frame(), draws.spread()
    assert list(frame.columns) == list(decided.matrix.names) == list(spread.index)
    assert isinstance(frame, pd.DataFrame)
    inside = (frame >= spread["low"]) & (frame <= spread["high"])
    assert inside.mean().to_numpy() == pytest.approx(0.9, abs=0.01)
    assert repr(draws) == "WeightDraws(1000 draws of 4 weights, seed 0)"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"samples": 0}, "samples"),
        ({"samples": 2.5}, "samples"),
        ({"samples": True}, "samples"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_numbers_are_refused(decided: Decision, options: dict[str, object], what: str) -> None:
    """A number of draws below 1 and a negative seed are refused by name."""
    with pytest.raises(InputError, match=f"{what} is not such a number"):
        draw_weights(decided, **options)  # type: ignore[arg-type]


def test_trust_groups_take_their_sources_shares(blended: Decision) -> None:
    """Local weights of a trust group, row by row, are what the pipeline makes of the same shares."""
    shares = np.array([[0.2, 0.8], [0.7, 0.3]])
    found = trust_locals(blended.study, shares)["evidence"]
    for row, given_shares in zip(found, shares, strict=True):
        weights = trust_weights(blended.study, Weights(dict(zip(blended.study.sources, given_shares, strict=True))))
        assert row == pytest.approx(list(weights["evidence"].values()), abs=1e-15)


def test_a_trust_group_without_any_share_is_not_known(blended: Decision) -> None:
    """Where no source of a group has a share the local weights are NaN, not a division by zero."""
    assert np.isnan(trust_locals(blended.study, np.zeros((1, 2)))["evidence"]).all()


@settings(max_examples=50, deadline=None)
@given(
    judged=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    rated=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    lam=st.floats(0, 1),
)
def test_the_blend_is_the_trust_layers(judged: list[float], rated: list[float], lam: float) -> None:
    """Row by row the blend is judged^(1−λ) · rated^λ as the trust layer computes it."""
    names = ["a", "b", "c"]
    first, second = Weights(dict(zip(names, judged, strict=True))), Weights(dict(zip(names, rated, strict=True)))
    found = blended_rows(first, second, lam)
    assert found == pytest.approx(list(blend(first, second, lam).values()), abs=1e-12)


def blended_rows(first: Weights, second: Weights, lam: float) -> np.ndarray:
    """Blend one row of judged and rated shares."""
    return blended(first.array(list(first))[None, :], second.array(list(second))[None, :], lam)[0]


def test_a_blend_that_leaves_a_reading_no_part_does_without_it() -> None:
    """λ = 0 needs no rated and λ = 1 no judged shares."""
    shares = np.array([[0.25, 0.75]])
    assert np.array_equal(blended(shares, None, 0.0), shares)
    assert np.array_equal(blended(None, shares, 1.0), shares)


@settings(max_examples=40, deadline=None)
@given(local=st.lists(st.floats(0.05, 1), min_size=7, max_size=7))
def test_leaf_products_are_products_along_paths(local: list[float]) -> None:
    """The leaf weights of an uneven tree are the products of the local weights on each path."""
    deep = Node("deep", children=(Node("d"), Node("e")))
    tree = ValueTree(Node("root", children=(Node("a"), Node("group", children=(Node("b"), deep, Node("c"))))))
    arrays = {
        "root": np.array([local[:2]]),
        "group": np.array([local[2:5]]),
        "deep": np.array([local[5:]]),
    }
    found = leaf_products(tree, arrays)[0]
    for leaf, value in zip(tree.leaves, found, strict=True):
        expected = 1.0
        for above, below in pairwise(tree.path(leaf)):
            expected *= arrays[above.name][0, [child.name for child in above.children].index(below.name)]
        assert value == pytest.approx(expected, rel=1e-12)


def test_drawing_is_fast_enough_for_a_report(load: Callable[..., Study]) -> None:
    """Ten thousand draws are array operations: the result has their shape and no row is another's copy."""
    draws = draw_weights(load().decide(), 10_000)
    assert draws.array.shape == (10_000, 4)
    assert len(np.unique(draws.array, axis=0)) == 10_000
