"""Robustness for machines: JSON that is JSON, and tables a workbook can hold."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from weighbridge.study.decision import Decision
from weighbridge.study.robust import gather
from weighbridge.study.robust.export import SCHEMA, TABLES
from weighbridge.study.robust.value import VARIED, Robustness, Standing


@pytest.fixture(scope="module")
def found(decided: Decision) -> Robustness:
    """Return the small study's robustness with every part but the slow one."""
    parts = ["acceptability", "intervals", "changes", "unknowns", "reversal", *VARIED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "BELOW", 1)
        return decided.robustness(samples=300, parts=parts)


def test_the_dictionary_is_strict_json(found: Robustness) -> None:
    """No NaN, no arrays, no numpy numbers: writing and reading gives it back."""
    value = found.to_dict()
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert value["schema"] == SCHEMA


def test_the_dictionary_holds_the_numbers_that_were_computed(found: Robustness) -> None:
    """Shares, weights, unknowns and variants are the value's own."""
    value = found.to_dict()
    assert value["first"] == list(found.standing.first)
    assert value["sentences"] == list(found.sentences)
    shares = {row["molecule"]: row["share of draws"] for row in value["molecules"]}
    probability = found.top_probability
    assert probability is not None
    assert shares == {label: share for label, share in probability.items() if label in shares}
    assert [row["criterion"] for row in value["weights"]] == list(found.decision.matrix.names)
    assert found.intervals is not None
    assert value["weights"][0]["low"] == found.intervals[value["weights"][0]["criterion"]].low
    assert [row["could_change"] for row in value["unknowns"]] == [one.could_change for one in found.unknowns]
    assert len(value["varied"]["experts"]["variants"]) == 3
    assert value["refused"] == {"sensitivity": "not asked for"}


def test_molecules_that_are_never_first_are_left_out(found: Robustness) -> None:
    """A molecule stands in the table if it is first today or in any draw."""
    rows = found.to_frames()["molecules"]
    every = {label for one in found.acceptability.values() for label, share in one.top_probability.items() if share > 0}
    assert set(rows["molecule"]) == every | set(found.standing.first)
    assert rows["rank"].is_monotonic_increasing


def test_the_tables_hold_one_thing_a_cell(found: Robustness) -> None:
    """Molecules that enter together are joined, so that any spreadsheet can hold them."""
    for table in found.to_frames().values():
        for cell in table.to_numpy(dtype=object).ravel():
            assert cell is None or isinstance(cell, (bool, int, float, str, np.generic))


def test_every_part_has_its_table(found: Robustness) -> None:
    """Each variant, the unknowns and what was not computed are tables with their own columns."""
    tables = found.to_frames()
    assert set(tables) == {
        "sentences",
        "molecules",
        "weights",
        "changes",
        "score changes",
        "unknowns",
        *TABLES.values(),
        "reversal",
        "not computed",
    }
    assert list(tables["without each expert"].iloc[:, 0]) == ["Ada", "Ben", "Cem"]
    assert tables["without each expert"].columns[0] == "expert left out"
    assert list(tables["changes"]["criterion"]) == list(found.decision.matrix.names)
    assert tables["weights"]["weight"].sum() == pytest.approx(1)


def test_both_units_of_a_change_stand_side_by_side(found: Robustness) -> None:
    """The distance is the sum of all changes, the weight moved half of it, and the weights give both."""
    rows = found.to_frames()["changes"]
    (change,) = found.changes.values()
    assert set(rows["distance"]) == {change.distance}
    assert set(rows["weight moved"]) == {change.distance / 2}
    steps = rows["changed weight"].astype(float) - rows["weight"].astype(float)
    assert steps.abs().sum() == pytest.approx(change.distance)
    assert steps.clip(lower=0).sum() == pytest.approx(change.distance / 2)


def test_a_molecule_that_no_weights_bring_in_has_its_obstacles(found: Robustness) -> None:
    """One row says whether that is proved and behind whom it stays."""
    label, change = next(iter(found.changes.items()))
    never = replace(change, weights=None, distance=float("inf"), feasible=False, exact=True, obstacles=("M4", "M3"))
    (row,) = replace(found, changes={label: never}).to_dict()["changes"]
    assert row == {
        "molecule": label,
        "distance": None,
        "weight moved": None,
        "exact": True,
        "behind": ["M4", "M3"],
        "criterion": None,
        "weight": None,
        "changed weight": None,
    }


def test_score_changes_are_those_of_the_function(found: Robustness) -> None:
    """One row a criterion with its unit; no score is None and never NaN."""
    rows = found.to_dict()["score_changes"]
    (changes,) = found.score_changes.values()
    assert [(row["criterion"], row["needed"], row["unit"]) for row in rows] == [
        (name, one.needed, changes.units[name]) for name, one in changes.items()
    ]
    assert {row["monotone"] for row in rows} == {changes.monotone}
    assert list(found.to_frames()["score changes"]["criterion"]) == list(changes)


def test_refused_variants_stand_in_their_table(decided: Decision, found: Robustness) -> None:
    """A source or method that could not be tried has a row with its reason."""
    methods = found.to_frames()["methods"]
    refused = methods[methods["refused"] != ""]
    assert len(refused) == len(found.varied["methods"].refused) > 0
    assert refused["first"].isna().all()


def test_of_nothing_computed_only_that_is_told(decided: Decision) -> None:
    """A value without parts has the reasons and, as JSON, empty places."""
    empty = Robustness(decided, Standing(3, ("M1",), are_chosen=True), 10, 0, refused={"acceptability": "no form"})
    value = empty.to_dict()
    assert value["reversal"] is None
    assert value["sensitivity"] is None
    assert value["sensitivity_notes"] == []
    assert value["draws"] is None
    assert value["unknowns"] == []
    assert set(empty.to_frames()) == {"molecules", "weights", "not computed"}


def test_every_kind_of_variant_has_a_table_of_its_own_name() -> None:
    """No table of variants takes the name of another table, nor one a workbook refuses."""
    assert set(TABLES) == set(VARIED)
    assert not {"molecules", "weights", "unknowns"} & set(TABLES.values())
    assert all(len(name) <= 31 for name in TABLES.values())


def test_an_unknown_number_is_none_in_json(found: Robustness) -> None:
    """What is not finite is written as null, never as NaN."""
    broken = replace(found, seed=np.int64(3), samples=float("nan"))  # type: ignore[arg-type]
    value = broken.to_dict()
    assert value["samples"] is None
    assert value["seed"] == 3
