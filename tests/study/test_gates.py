"""Gates exclude before ranking, with a reason, and never guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from weighbridge.errors import InputError
from weighbridge.study.study import Study

Load = Callable[..., Study]


def gate(**words: Any) -> dict[str, Any]:
    """Return a gate with a name and a reason."""
    return {"name": "affordable", "reason": "the budget is fixed", **words}


def excluded(study: Study) -> dict[str, tuple[str, str]]:
    """Return excluded molecule → gate and what was found."""
    return {item.molecule: (item.gate, item.found) for item in study.decide().excluded}


def test_a_molecule_above_the_limit_is_excluded_with_what_was_found(load: Load) -> None:
    """at_most lets the limit itself through and names what fails."""
    study = load({"gates": [gate(column="cost", at_most=12)]})
    assert excluded(study) == {"M5": ("affordable", "14"), "M7": ("affordable", "20")}


def test_an_excluded_molecule_is_not_ranked(load: Load) -> None:
    """The matrix holds only the molecules that passed."""
    decision = load({"gates": [gate(column="cost", at_most=12)]}).decide()
    assert "M7" not in decision.matrix.labels
    assert len(decision.matrix.labels) == 6


def test_no_score_buys_a_gate_back(load: Load) -> None:
    """The best molecule of all fails a gate like any other."""
    best = load().decide().chosen.chosen[0]
    cost = load().molecules.loc[best, "cost"]
    decision = load({"gates": [gate(column="cost", at_least=float(cost) + 0.5)]}).decide()
    assert best not in decision.chosen
    assert best in {item.molecule for item in decision.excluded}


def test_at_least_reads_a_criterion(load: Load) -> None:
    """A gate on a criterion uses the criterion's numbers."""
    study = load({"gates": [gate(criterion="internal_score", at_least=5.5)]})
    assert excluded(study) == {"M2": ("affordable", "5.2"), "M7": ("affordable", "5.4")}


def test_one_of_compares_words(load: Load) -> None:
    """one_of admits the listed words and shows the others."""
    study = load({"gates": [gate(column="series", one_of=["acids", "xanthines"])]})
    assert excluded(study) == {"M2": ("affordable", "phenols"), "M7": ("affordable", "amines")}


def test_the_first_failed_gate_is_the_reason(load: Load) -> None:
    """A molecule that fails two gates is reported once, by the first."""
    study = load({"gates": [gate(column="cost", at_most=12), gate(name="second", column="cost", at_most=12)]})
    assert {name for name, _ in excluded(study).values()} == {"affordable"}


def test_a_censored_value_passes_only_as_a_whole(load: Load) -> None:
    """A value known as an interval fails when part of the interval does."""
    files = {
        "internal.csv": "id,pIC50\nM1,6.1\nM2,>5.2\nM3,7.0\nM4,6.6\nM5,6.9\nM6,5.9\nM7,5.4\nM8,5.8\n",
    }
    changes = {
        "sources.internal.predictions": {"file": "internal.csv", "score": {"column": "pIC50", "unit": "pIC50"}},
        "gates": [gate(criterion="internal_score", at_least=5.5)],
    }
    assert excluded(load(changes, files))["M2"] == ("affordable", "5.2 to 9")


ROWS = "M1,10,120 M2,,95 M3,12,40 M4,5,150 M5,14,30 M6,9,140 M7,20,180 M8,6,110"
MISSING = {"molecules.csv": "id,cost,solubility\n" + ROWS.replace(" ", "\n") + "\n"}
PLAIN = {
    "molecules": {"file": "molecules.csv", "id": "id"},
    "choose": {"k": 3, "tie_rule": "order"},
    "criteria.cost.missing": "worst",
}


def test_a_missing_value_is_refused_unless_the_gate_says_what_it_means(load: Load) -> None:
    """The default rule of a gate is to ask."""
    with pytest.raises(InputError) as caught:
        load({**PLAIN, "gates": [gate(column="cost", at_most=12)]}, MISSING).decide()
    message = str(caught.value)
    assert "gate 'affordable' meets a missing value; found molecule 'M2'" in message
    assert "Give the value, or say what a missing one means: missing: fail or pass" in message


@pytest.mark.parametrize(("rule", "out"), [("fail", True), ("pass", False)])
def test_a_gate_may_say_what_missing_means(load: Load, rule: str, out: bool) -> None:
    """missing: fail excludes, missing: pass lets through."""
    found = excluded(load({**PLAIN, "gates": [gate(column="cost", at_most=12, missing=rule)]}, MISSING))
    assert ("M2" in found) is out
    if out:
        assert found["M2"] == ("affordable", "not known")


def test_a_gate_that_nothing_passes_is_refused(load: Load) -> None:
    """Excluding every molecule is an error that names the gates."""
    with pytest.raises(InputError, match="no molecule passes the gates; found 'affordable'"):
        load({"gates": [gate(column="cost", at_most=1)]}).decide()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"at_most": 3}, "gate 'affordable' names not exactly one of criterion and column"),
        ({"column": "cost", "criterion": "cost", "at_most": 3}, "names not exactly one of criterion and column"),
        ({"column": "cost"}, "gate 'affordable' asks for nothing; expected at_least, at_most or one_of"),
        ({"criterion": "potency", "at_most": 3}, "gate 'affordable': unknown criterion; found 'potency'"),
        ({"column": "name", "at_most": 3}, "not a number; found 'aspirin'"),
        ({"criterion": "cost", "one_of": ["a"]}, "gate 'affordable': words need a column; found 'cost'"),
    ],
)
def test_a_faulty_gate_is_named(load: Load, words: dict[str, Any], message: str) -> None:
    """Every fault of a gate says which gate and what is wrong."""
    with pytest.raises(InputError) as caught:
        load({"gates": [gate(**words)]}).decide()
    assert message in str(caught.value)
