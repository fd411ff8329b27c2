"""Lints find what is allowed and deserves a second look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT

from weighbridge.errors import InputError
from weighbridge.study.check import Finding, check
from weighbridge.study.study import Study

Load = Callable[..., Study]


def found(study: Study, rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in check(study).findings if finding.rule == rule]


def molecules(cost: str, solubility: str) -> dict[str, Any]:
    """Return a molecule table with the given columns, space-separated."""
    rows = zip(cost.split(), solubility.split(), strict=True)
    lines = [f"M{number},{one},{two}" for number, (one, two) in enumerate(rows, start=1)]
    return {"molecules.csv": "id,cost,solubility\n" + "\n".join(lines) + "\n"}


PLAIN = {"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 3, "tie_rule": "order"}}


def test_a_constant_criterion_is_found(load: Load) -> None:
    """A column with one value moves no rank, and the finding says so."""
    (finding,) = found(load(PLAIN, molecules("7 7 7 7 7 7 7 7", "1 2 3 4 5 6 7 8")), "constant criterion")
    assert finding.severity == "warning"
    assert finding.subject == "cost"
    assert "all molecules have the same value 7" in finding.text


@pytest.mark.parametrize("method", ["promethee-ii", "weighted-sum", "topsis", "vikor"])
def test_a_constant_criterion_causes_nothing(load: Load, method: str) -> None:
    """Its effective weight is 0 under any method, whatever it weighs."""
    changes = {**PLAIN, "ranking.method": method}
    decision = check(load(changes, molecules("7 7 7 7 7 7 7 7", "1 2 3 4 5 6 7 8")))
    assert decision.ranking.effective_weights["cost"] == pytest.approx(0, abs=1e-12)
    assert decision.weights["cost"] > 0.05


def test_near_duplicates_are_found_whatever_their_direction(load: Load) -> None:
    """A cost that falls as the solubility rises says the same twice."""
    (finding,) = found(load(PLAIN, molecules("9 8 7 6 5 4 3 2", "1 2 3 4 5 6 7 8")), "near-duplicate criteria")
    assert {finding.subject} | {"cost"} == {"solubility", "cost"}
    assert "-1.00" in finding.text


def test_independent_criteria_are_no_finding(load: Load) -> None:
    """The small study has no near-duplicates by |ρ| > 0.8 among cost and solubility."""
    study = load(PLAIN, molecules("1 8 2 7 3 6 4 5", "5 4 7 8 1 2 6 3"))
    pairs = [
        finding for finding in found(study, "near-duplicate criteria") if finding.subject in ("cost", "solubility")
    ]
    assert not pairs


def test_a_criterion_without_range_is_found(load: Load) -> None:
    """No worst and best is a warning under a method that does without."""
    study = load({"criteria.cost.worst": LEFT_OUT, "criteria.cost.best": LEFT_OUT, "ranking.method": "promethee-ii"})
    (finding,) = found(study, "no declared range")
    assert finding.subject == "cost"


def test_a_criterion_without_preference_function_is_a_note(load: Load) -> None:
    """Without thresholds any difference counts fully in PROMETHEE."""
    subjects = {
        finding.subject for finding in found(load({"criteria.cost.preference": LEFT_OUT}), "no preference function")
    }
    assert "cost" in subjects


def test_more_than_seven_siblings_are_found(load: Load) -> None:
    """Eight children of one node ask for a level of their own."""
    names = [f"c{number}" for number in range(8)]
    criteria = {
        name: {"column": "cost", "direction": "cost", "worst": 30.0 + number, "best": 0.0}
        for number, name in enumerate(names)
    }
    lines = "".join(f"Ada,practical,c0,{name},1,\n" for name in names[1:])
    kept = "".join(line + "\n" for line in JUDGEMENTS.splitlines() if ",practical,solubility," not in line)
    study = load(
        {
            **{f"criteria.{name}": spec for name, spec in criteria.items()},
            "criteria.cost": LEFT_OUT,
            "criteria.solubility": LEFT_OUT,
            "tree.practical.children": names,
        },
        {"judgements.csv": kept + lines},
    )
    (finding,) = found(study, "many siblings")
    assert finding.subject == "practical"
    assert "8 siblings" in finding.text


def test_effective_and_nominal_weight_are_compared(load: Load) -> None:
    """A range far wider than the values mutes a criterion, and the finding says by how much."""
    study = load({"criteria.internal_score.worst": -500.0, "criteria.internal_score.best": 500.0})
    findings = found(study, "effective against nominal weight")
    assert "internal_score" in {finding.subject for finding in findings}


def test_an_indicator_nobody_can_tell_is_named(load: Load) -> None:
    """What enters the trust layer as 0 to 1 is listed with its reason."""
    study = load(
        {"trust.tree": ["z_prime", "n_molecules"]}, {"judgements.csv": JUDGEMENTS.replace("context_match", "z_prime")}
    )
    texts = [finding.text for finding in found(study, "unknown indicator")]
    assert any(text.startswith("z_prime is not known for public: ") for text in texts)


def test_the_card_may_not_state_what_the_data_tell(load: Load) -> None:
    """A number typed in by hand where the records have it is a fault."""
    study = load({"sources.public.card": {"threshold_documented": {"value": 0.9, "from": "a slide"}}})
    with pytest.raises(InputError) as caught:
        check(study)
    message = str(caught.value)
    assert "the card states what the data can tell" in message
    assert "Take it off the card: it is computed from the records" in message
    assert "$.sources.public.card.threshold_documented" in message


def test_warnings_come_before_notes(load: Load) -> None:
    """The most important findings stand first."""
    severities = [finding.severity for finding in check(load(PLAIN, molecules("7 " * 8, "1 2 3 4 5 6 7 8"))).findings]
    assert severities == sorted(severities, reverse=True)
