"""Criteria are resolved against the library and the sources, and their columns are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.builders import LEFT_OUT

from weighbridge.errors import InputError
from weighbridge.evidence.library import load_library
from weighbridge.study.criteria import plan_criteria, read_column
from weighbridge.study.study import Study

Load = Callable[..., Study]


def faults(load: Load, changes: dict[str, Any]) -> str:
    """Return the message of planning a changed study."""
    study = load(changes)
    with pytest.raises(InputError) as caught:
        plan_criteria(study, load_library())
    return str(caught.value)


def test_a_library_criterion_brings_its_definition(load: Load) -> None:
    """Direction, range and words come from the library."""
    plan = plan_criteria(load(), load_library())["public_score"]
    definition = load_library()["model_probability"]
    assert plan.kind == "score"
    assert plan.source == "public"
    assert (plan.criterion.worst, plan.criterion.best) == (definition.worst, definition.best)
    assert plan.how == "the score predicted by Public labels"


def test_departures_from_the_library_are_kept(load: Load) -> None:
    """What the study changes is remembered with before and after."""
    study = load({"criteria.public_score.worst": 0.1, "criteria.public_score.outside": "clip"})
    departures = plan_criteria(study, load_library())["public_score"].departures
    assert departures["worst"] == (0.0, 0.1)


def test_a_column_criterion_is_the_studys_own(load: Load) -> None:
    """A criterion defined in place needs only a column and a direction."""
    plan = plan_criteria(load(), load_library())["cost"]
    assert plan.kind == "column"
    assert plan.criterion.direction == "cost"
    assert plan.how == "column 'cost' of the molecule table"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"criteria.public_score.use": "model_probabilty"},
            "criterion 'public_score' uses an unknown library id; found 'model_probabilty'. Did you mean ",
        ),
        (
            {"criteria.public_score.use": "class_balance"},
            "criterion 'public_score': 'class_balance' is the same for every molecule and ranks nothing",
        ),
        (
            {"criteria.public_score.source": "publik"},
            "criterion 'public_score': unknown source; found 'publik'; expected one of ['public', 'internal']",
        ),
        (
            {"criteria.cost": {"use": "ad_knn"}},
            "criterion 'cost' does not say from which source it is computed",
        ),
        (
            {"criteria.cost.direction": LEFT_OUT},
            "criterion 'cost' has no direction; expected direction: gain or cost",
        ),
        (
            {"criteria.cost.worst": 5.0, "criteria.cost.best": 5.0},
            "worst equals best, so the criterion cannot tell molecules apart; found worst = best = 5",
        ),
        (
            {"criteria.cost.worst": 0.0, "criteria.cost.best": 30.0},
            "the declared range contradicts the direction 'cost'; found worst=0, best=30; expected worst > best",
        ),
        (
            {"criteria.internal_score.unit": "logBB"},
            "criterion 'internal_score' and the predictions of 'internal' have different units; found 'pIC50'",
        ),
    ],
)
def test_a_faulty_criterion_is_named_with_its_line(load: Load, changes: dict[str, Any], message: str) -> None:
    """Faults say which criterion, in which line, and what would be right."""
    try:
        found = faults(load, changes)
    except InputError as error:  # the tree's own checks may find it first, while loading
        found = str(error)
    assert message in found
    assert "study.yaml, line " in found


def test_all_faulty_criteria_are_reported_together(load: Load) -> None:
    """Two faulty criteria make one message."""
    found = faults(load, {"criteria.cost.direction": LEFT_OUT, "criteria.solubility.direction": LEFT_OUT})
    assert found.startswith("2 faults:")


def test_scores_are_read_as_predicted(load: Load) -> None:
    """A score's column holds the predictions in the molecules' order."""
    study = load()
    column = read_column(study, plan_criteria(study, load_library())["internal_score"])
    assert list(column.value) == [6.1, 5.2, 7.0, 6.6, 6.9, 5.9, 5.4, 5.8]
    assert np.array_equal(column.low, column.high)


CENSORED = {"internal.csv": "id,pIC50\nM1,6.1\nM2,<5.2\nM3,>7.0\nM4,6.6\nM5,6.9\nM6,5.9\nM7,5.4\nM8,5.8\n"}
NO_SD = {"sources.internal.predictions": {"file": "internal.csv", "score": {"column": "pIC50", "unit": "pIC50"}}}


def test_a_censored_score_is_closed_by_the_declared_range(load: Load) -> None:
    """`<5.2` on a range of 4 to 9 is the interval from 4 to 5.2, and its middle in the matrix."""
    study = load(NO_SD, CENSORED)
    column = read_column(study, plan_criteria(study, load_library())["internal_score"])
    assert (column.low["M2"], column.high["M2"]) == (4.0, 5.2)
    assert (column.low["M3"], column.high["M3"]) == (7.0, 9.0)
    assert np.isnan(column.value["M2"])
    matrix = study.decide().matrix.to_frame()
    assert matrix.loc["M2", "internal_score"] == pytest.approx(4.6)
    assert matrix.loc["M3", "internal_score"] == pytest.approx(8.0)


def test_a_censored_score_needs_a_declared_range(load: Load) -> None:
    """Without worst and best the open end of an interval cannot be closed."""
    changes = {"criteria.solubility.worst": LEFT_OUT, "criteria.solubility.best": LEFT_OUT}
    files = {
        "molecules.csv": "id,cost,solubility\nM1,10,<120\nM2,8,95\nM3,12,40\nM4,5,150\nM5,14,30\nM6,9,14\nM7,2,8\n"
        "M8,6,1\n"
    }
    study = load({**changes, "molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 3}}, files)
    with pytest.raises(InputError) as caught:
        read_column(study, plan_criteria(study, load_library())["solubility"])
    assert str(caught.value) == (
        "study.yaml, line 82, $.criteria.solubility: criterion 'solubility' has censored values and "
        "declares no range; found 1 values with < or >; "
        "expected worst and best, which close the interval"
    )


def test_a_column_is_converted_where_both_units_are_stated(load: Load) -> None:
    """A column in nM becomes a pIC50 where the study says so."""
    files = {"potency.csv": "id,ic50\nM1,1000\nM2,100\nM3,10\nM4,1\nM5,1000\nM6,1000\nM7,1000\nM8,1000\n"}
    changes = {
        "criteria.solubility": {
            "column": "ic50",
            "file": {"file": "potency.csv", "id": "id"},
            "column_unit": "nM",
            "unit": "pIC50",
            "direction": "gain",
            "worst": 5.0,
            "best": 9.0,
        }
    }
    study = load(changes, files)
    column = read_column(study, plan_criteria(study, load_library())["solubility"])
    assert list(column.value[:4]) == pytest.approx([6.0, 7.0, 8.0, 9.0])


def test_units_that_do_not_convert_are_refused(load: Load) -> None:
    """A solubility in ug/mL is no pIC50."""
    study = load({"criteria.solubility.column_unit": "ug/mL", "criteria.solubility.unit": "pIC50"})
    with pytest.raises(InputError, match="unit mismatch"):
        read_column(study, plan_criteria(study, load_library())["solubility"])
