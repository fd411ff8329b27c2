"""A ticket takes a weight apart down to every single judgement."""

from __future__ import annotations

from typing import Any

import pytest

from weighbridge.core.weights import Provenance
from weighbridge.elicitation.comparisons import Comparisons
from weighbridge.report.tickets import consistency_words, ticket
from weighbridge.study.decision import Decision

CRITERIA = ["public_score", "internal_score", "solubility", "cost"]


def behind(provenance: Provenance) -> set[tuple[str, str, str]]:
    """Return every judgement in a provenance tree: expert, place, reason."""
    return {
        (line.facts["expert"], line.facts["place"], line.facts["reason"])
        for _, line in provenance.walk()
        if line.facts.get("expert") and "a" in line.facts
    }


def tickets_on(document: Any) -> dict[str, str]:
    section = next(node for node in document.iter("section") if node.get("id") == "weights")
    found = {}
    for details in section.iter("details"):
        if details.get("class") == "ticket":
            title = next(node for node in details.iter("span") if node.get("class") == "ticket-title")
            found["".join(title.itertext())] = " ".join("".join(details.itertext()).split())
    return found


@pytest.mark.parametrize("name", CRITERIA)
def test_every_judgement_behind_a_weight_is_on_its_ticket(decision: Decision, document: Any, name: str) -> None:
    """Expert, answer, reason, file and row of each judgement stand on the page's ticket."""
    provenance = decision.weights.explain(name)
    words = tickets_on(document)[name]
    judgements = behind(provenance)
    assert judgements
    for expert, place, reason in judgements:
        assert expert in words
        assert place in words
        assert reason in words
    one = ticket(decision, provenance)
    assert {(row.expert, row.place) for node in one.nodes for row in node.judgements} == {j[:2] for j in judgements}


@pytest.mark.parametrize(("name", "nodes"), [("solubility", ["goal", "practical"]), ("cost", ["goal", "practical"])])
def test_judgements_stand_once_under_their_node(decision: Decision, name: str, nodes: list[str]) -> None:
    """Answers that several lines rest on are listed once."""
    one = ticket(decision, decision.weights.explain(name))
    assert [node.title for node in one.nodes] == nodes
    assert one.judgements == 6


def test_a_score_rests_on_all_three_trees(decision: Decision) -> None:
    """A source's score rests on the goal, the direct comparison of sources and the indicators' weights."""
    one = ticket(decision, decision.weights.explain("public_score"))
    assert [node.title for node in one.nodes] == ["goal", "sources", "trust"]
    assert one.judgements == len(decision.study.judgements) - 3
    assert one.value == decision.weights["public_score"]


def test_the_sum_multiplies_to_the_weight(decision: Decision) -> None:
    """The first level of lines are the shares whose product is the weight."""
    one = ticket(decision, decision.weights.explain("solubility"))
    product = 1.0
    for line in one.lines:
        if line.depth == 1 and line.value is not None:
            product *= line.value
    assert product == pytest.approx(one.value, rel=1e-12)


def test_consensus_is_agreement_not_accuracy(decision: Decision) -> None:
    """Each node says how alike the experts are, and that this is no proof."""
    one = ticket(decision, decision.weights.explain("cost"))
    assert all(node.consensus.endswith("agreement, not accuracy.") for node in one.nodes)


def test_weights_without_provenance_have_a_short_ticket(decision: Decision) -> None:
    """A weight given as it is has no judgements behind it."""
    one = ticket(decision, Provenance("weight of x", 0.5, "given as it is"))
    assert (one.lines, one.nodes, one.judgements, one.value) == ((), (), 0, 0.5)


def test_consistency_names_factor_freedom_and_table() -> None:
    """The factor comes with its degrees of freedom, the ratio with its random index."""
    triad = Comparisons(["a", "b", "c"], {("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 2}).consistency()
    assert triad.factor is not None
    assert triad.ratio is not None
    words = consistency_words(triad)
    assert f"×{triad.factor:.1f} (1 degree of freedom)" in words
    assert f"consistency ratio {triad.ratio:.2g} with the random index of alonso-lamata" in words


def test_what_cannot_be_checked_is_said() -> None:
    """Two items, a bare chain of answers and no answers each have their own words."""
    pair = Comparisons(["a", "b"], {("a", "b"): 3}).consistency()
    assert consistency_words(pair).startswith("Two items: a single pair cannot contradict itself")
    chain = Comparisons(["a", "b", "c"], {("a", "b"): 3, ("b", "c"): 2}).consistency()
    assert consistency_words(chain).startswith("No answer can be cross-checked")
    assert consistency_words(chain).endswith("no consistency ratio, because some pairs are unanswered.")
    assert consistency_words(None) == ""
