"""A decision as plain values: complete, unrounded, and readable by any JSON parser."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import JUDGEMENTS, STUDY, write_small_study

from weighbridge.errors import InputError
from weighbridge.report.plain import (
    SCHEMA_VERSION,
    contributions_frame,
    decision_to_dict,
    plain_value,
    trust_frame,
    weights_frame,
)
from weighbridge.study.criteria import RESULT_COLUMNS
from weighbridge.study.decision import Decision
from weighbridge.study.study import Study

Variant = Callable[[str], Decision]
KINDS = ["one source", "one molecule", "promethee", "vikor", "alone", "no structures", "no panel", "tied", "censored"]


@pytest.fixture(scope="module")
def document(decision: Decision) -> dict[str, Any]:
    """Return the dictionary of the study with everything in it."""
    return decision_to_dict(decision)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_study_is_strict_json(variant: Variant, name: str) -> None:
    """No NaN, no infinity, no type of ours; reading it gives the same value."""
    found = decision_to_dict(variant(name))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("name", KINDS)
def test_molecules_are_those_of_the_frame(variant: Variant, name: str) -> None:
    """Every column of every molecule, best first, unrounded; None where the frame has nothing."""
    decision = variant(name)
    frame = decision.to_frame()
    rows = decision_to_dict(decision)["molecules"]
    assert [row["id"] for row in rows] == list(frame.index)
    for row in rows:
        assert set(row) == {"id", *frame.columns}
        assert row["score"] == frame.loc[row["id"], "score"]
        for key, value in row.items():
            if key != "id" and pd.isna(frame.loc[row["id"], key]):
                assert value is None


def test_the_study_is_named_by_its_key(document: dict[str, Any], decision: Decision) -> None:
    """Title, question, note, key and the hash of each file."""
    assert document["schema"] == SCHEMA_VERSION
    assert document["study"] == {
        "title": "Small study",
        "question": "Which three molecules do we make next?",
        "note": "An example, not a decision.",
        "key": decision.study.key,
        "inputs": dict(decision.study.inputs),
    }


def test_the_choice_is_whole(variant: Variant) -> None:
    """Chosen, passed over with the reason, tied, and the rule."""
    capped = decision_to_dict(variant("capped"))["chosen"]
    assert capped["molecules"] == ["M4", "M3", "M7"]
    assert capped["passed_over"]["M6"] == "series 'xanthines' is full (1): M4"
    tied = decision_to_dict(variant("tied"))["chosen"]
    assert (tied["molecules"], tied["tied_at_cut"], tied["rule"]) == (["M4", "M3"], ["M1", "M5"], "")


def test_excluded_molecules_stand_with_their_gate(variant: Variant) -> None:
    """Molecule, gate, what was found and why the gate; none of them is ranked."""
    found = decision_to_dict(variant("two gates"))
    assert {one["molecule"]: one["gate"] for one in found["excluded"]} == {
        "M3": "soluble",
        "M5": "not too dear",
        "M7": "not too dear",
    }
    assert {one["found"] for one in found["excluded"]} == {"40", "14", "20"}
    assert not {one["molecule"] for one in found["excluded"]} & {row["id"] for row in found["molecules"]}


def test_weights_hold_the_provenance_down_to_judgements(document: dict[str, Any], decision: Decision) -> None:
    """Nominal, effective and the tree behind each."""
    assert [row["criterion"] for row in document["weights"]] == list(decision.matrix.names)
    for row in document["weights"]:
        assert row["weight"] == decision.weights[row["criterion"]]
        assert row["effective weight"] == decision.ranking.effective_weights[row["criterion"]]
        assert row["provenance"] == plain_value(decision.weights.explain(row["criterion"]).to_dict())
    assert "the budget is fixed" in json.dumps(document["weights"])


def test_contributions_add_up_in_the_export(variant: Variant) -> None:
    """Base and contributions of each row sum to its score."""
    for name in ("promethee", "vikor", "censored"):
        found = decision_to_dict(variant(name))
        scores = {row["id"]: row["score"] for row in found["molecules"]}
        for row in found["contributions"]:
            parts = [value for key, value in row.items() if key != "id"]
            assert sum(parts) == pytest.approx(scores[row["id"]], abs=1e-9)


def test_nodes_of_all_three_trees_are_there(document: dict[str, Any], decision: Decision) -> None:
    """Local weights, experts, consistency and consensus of each node are the reports'."""
    assert [node["node"] for node in document["nodes"]] == list(decision.tree.nodes)
    practical = next(node for node in document["nodes"] if node["node"] == "practical")
    report = decision.tree.nodes["practical"]
    assert practical["weights"] == dict(report.weights)
    assert [row["expert"] for row in practical["experts"]] == ["Ada", "Ben", "Cem"]
    assert report.consensus is not None
    assert practical["consensus"] == report.consensus.index
    assert (practical["answers"], practical["skipped"], practical["missing"]) == (3, 0, [])
    assert len(document["indicator_nodes"]) == len(document["source_nodes"]) == 1


def test_trees_that_are_not_there_are_empty_lists(variant: Variant) -> None:
    """One source without indicators has neither of the two."""
    found = decision_to_dict(variant("one source"))
    assert (found["indicator_nodes"], found["source_nodes"]) == ([], [])
    assert found["trust"]["readings"] == {}
    assert found["trust"]["shares"] == [{"source": "public", "used": 1.0}]


def test_unknown_readings_are_null_with_a_reason(variant: Variant) -> None:
    """What is not known has no number, and its words say why."""
    reading = decision_to_dict(variant("unknown"))["trust"]["readings"]["public"]["z_prime"]
    assert (reading["value"], reading["low"], reading["high"]) == (None, None, None)
    assert reading["unknown"] == "training records do not hold the plate controls"


def test_blends_are_ranks_under_each_lambda(document: dict[str, Any], decision: Decision) -> None:
    """λ = 0, ½ and 1, each with every molecule's rank."""
    assert list(document["trust"]["blends"]) == ["0", "0.5", "1"]
    for lam, ranks in document["trust"]["blends"].items():
        assert ranks == decision.blends[float(lam)].ranks.astype(int).to_dict()


def test_methods_hold_ranks_and_agreement(variant: Variant) -> None:
    """Every method's ranks and the four coefficients; undefined ones are null, refused methods have a reason."""
    found = decision_to_dict(variant("promethee"))["methods"]
    assert list(found["ranks"]) == ["promethee-ii", "topsis", "vikor"]
    assert found["agreement"]["top_overlap"]["promethee-ii"]["vikor"] == 0.5
    single = decision_to_dict(variant("one molecule"))["methods"]
    assert single["agreement"]["kendall_tau_b"]["topsis"]["vikor"] is None
    assert list(decision_to_dict(variant("refused"))["methods"]["refused"]) == ["promethee-i"]
    assert decision_to_dict(variant("alone"))["methods"]["agreement"] == {}


def test_frames_are_labelled(decision: Decision) -> None:
    """Each table of the workbook says what its rows are."""
    assert weights_frame(decision).index.name == "criterion"
    assert trust_frame(decision).index.name == "source"
    frame = contributions_frame(decision)
    assert (frame.index.name, frame.columns[0]) == ("id", "base")
    assert list(frame.index) == list(decision.to_frame().index)


def test_the_weights_table_says_what_each_criterion_is(decision: Decision) -> None:
    """Direction, unit, range, scale, preference and rules, as declared."""
    row = weights_frame(decision).loc["cost"]
    assert (row["direction"], row["unit"], row["worst"], row["best"]) == ("cost", "EUR", 30.0, 0.0)
    assert (row["scale"], row["preference"], row["missing"]) == ("ratio", "v-shape (p = 10)", "refuse")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (np.float64("nan"), None),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (pd.NA, None),
        (pd.NaT, None),
        (None, None),
        (True, True),
        ("text", "text"),
        (Path("a"), "a"),
        ((1, (2.0, None)), [1, [2.0, None]]),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        ({1: np.int64(2), "a": {"b": frozenset([3])}}, {"1": 2, "a": {"b": [3]}}),
    ],
)
def test_values_become_plain(value: Any, plain: Any) -> None:
    """Numbers of numpy and pandas become Python's; missing ones null; nothing else changes."""
    found = plain_value(value)
    assert found == plain
    assert type(found) is type(plain)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
@settings(max_examples=80)
def test_any_value_becomes_strict_json(value: Any) -> None:
    """Whatever is nested, it can be written, and finite numbers read back the same."""
    text = json.dumps(plain_value(value), allow_nan=False)
    if isinstance(value, float) and math.isfinite(value):
        assert json.loads(text) == value


@pytest.mark.parametrize("name", RESULT_COLUMNS)
def test_a_criterion_named_like_a_column_of_the_results_is_refused(tmp_path: Path, name: str) -> None:
    """One of the two columns would be lost in the exports; the message says what to do."""
    criteria = {name if key == "cost" else key: one for key, one in STUDY["criteria"].items()}
    changes = {"criteria": criteria, "tree.practical.children": ["solubility", name]}
    files = {"judgements.csv": JUDGEMENTS.replace(",cost,", f",{name},")}
    study = Study.load(write_small_study(tmp_path, changes, files))
    with pytest.raises(InputError) as caught:
        study.decide()
    (fault,) = caught.value.faults
    assert fault.what == f"a criterion cannot be called {name!r}: the results have a column of that name"
    assert fault.file == "study.yaml"
    assert f"'{name}_criterion'" in fault.mend
