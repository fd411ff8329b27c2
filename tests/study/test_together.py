"""Faults and steps that need several parts of a study at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT

from weighbridge.core.weights import Weights
from weighbridge.errors import InputError
from weighbridge.evidence.library import load_library
from weighbridge.study.criteria import plan_criteria, read_column
from weighbridge.study.gates import apply_gates
from weighbridge.study.study import Study
from weighbridge.study.together import build_matrix, check_judgements, check_ranking, trust_weights

Load = Callable[..., Study]


def test_trust_weights_share_a_group_as_its_sources_deserve(load: Load) -> None:
    """The scores of a trust-weighted group take their sources' shares, by criterion name."""
    shares = trust_weights(load(), Weights({"public": 1, "internal": 3}))
    assert dict(shares["evidence"]) == {"public_score": 0.25, "internal_score": 0.75}


def test_trust_weights_follow_names_and_not_positions(load: Load) -> None:
    """Shares in another order give the same weights and the same covariance, rearranged."""
    covariance = np.array([[0.04, -0.01], [-0.01, 0.09]])
    one = trust_weights(load(), Weights({"public": 1, "internal": 3}, covariance=covariance))["evidence"]
    other = trust_weights(load(), Weights({"internal": 3, "public": 1}, covariance=covariance[::-1, ::-1]))["evidence"]
    assert dict(one) == dict(other)
    assert one.covariance == pytest.approx(other.covariance)


def test_only_trust_groups_get_trust_weights(load: Load) -> None:
    """A judged group is left to the panel."""
    assert set(trust_weights(load(), Weights({"public": 1, "internal": 1}))) == {"evidence"}


def test_judgements_at_nodes_of_no_tree_are_all_named(load: Load) -> None:
    """Two strange nodes make two faults, each with its row."""
    study = load(None, {"judgements.csv": JUDGEMENTS + "Ada,gaol,a,b,3,\nBen,nowhere,a,b,3,\n"})
    with pytest.raises(InputError) as caught:
        check_judgements(study)
    assert [fault.found for fault in caught.value.faults] == ["'gaol'", "'nowhere'"]
    assert "row 11" in str(caught.value)
    assert "row 12" in str(caught.value)


def test_sound_judgements_pass(load: Load) -> None:
    """The node `sources` is known although it stands in no tree."""
    check_judgements(load(None, {"judgements.csv": JUDGEMENTS + "Ada,sources,public,internal,2,\n"}))


def test_every_unknown_method_is_named_with_its_place(load: Load) -> None:
    """The method and those it is compared with are checked together."""
    with pytest.raises(InputError) as caught:
        check_ranking(load({"ranking.method": "topsi", "ranking.compare": ["bordo", "vikor"]}))
    text = str(caught.value)
    assert "$.ranking.method" in text
    assert "$.ranking.compare[0]" in text
    assert "'vikor'" not in " ".join(fault.found for fault in caught.value.faults)


def test_choosing_more_than_there_are_is_refused(load: Load) -> None:
    """K beyond the molecules is a slip."""
    with pytest.raises(InputError, match="choose"):
        check_ranking(load({"choose.k": 9}))


def test_the_matrix_holds_who_passed_in_the_trees_order(load: Load) -> None:
    """Columns follow the tree, rows the molecule table without the excluded."""
    gates = [{"name": "affordable", "column": "cost", "at_most": 12, "reason": "r"}]
    study = load({"gates": gates})
    plans = plan_criteria(study, load_library())
    columns = {name: read_column(study, plan) for name, plan in plans.items()}
    matrix = build_matrix(study, plans, columns, apply_gates(study, columns))
    assert matrix.names == study.tree.leaves
    assert list(matrix.labels) == ["M1", "M2", "M3", "M4", "M6", "M8"]


def test_a_value_outside_its_range_is_placed_in_its_file(load: Load) -> None:
    """The fault says file, row and column, not only the molecule."""
    study = load({"criteria.cost.worst": 15.0})
    plans = plan_criteria(study, load_library())
    columns = {name: read_column(study, plan) for name, plan in plans.items()}
    with pytest.raises(InputError) as caught:
        build_matrix(study, plans, columns, ())
    assert "molecules.csv, row 8, column 'cost'" in str(caught.value)


def test_a_missing_value_is_placed_in_its_file(load: Load) -> None:
    """An empty cell under the rule `refuse` is shown where it stands."""
    changes = {"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 2, "tie_rule": "order"}}
    files = {"molecules.csv": "id,cost,solubility\nM1,10,120\nM2,,95\nM3,12,40\n"}
    study = load({**changes, "criteria.solubility.preference": LEFT_OUT}, files)
    plans = plan_criteria(study, load_library())
    columns = {name: read_column(study, plan) for name, plan in plans.items()}
    with pytest.raises(InputError) as caught:
        build_matrix(study, plans, columns, ())
    assert "molecules.csv, row 3, column 'cost'" in str(caught.value)
