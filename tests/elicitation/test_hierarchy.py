"""Weighing the value tree: products down the tree, provenance, reports, and every fault at once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge.core.judgement import Expert, Judgement, Panel
from weighbridge.core.tree import Node, ValueTree
from weighbridge.elicitation.hierarchy import TreeWeights, weigh_tree
from weighbridge.elicitation.judgements import is_on_scale, require_every_expert

FEW = settings(max_examples=30, deadline=None)


def leaf(name: str, title: str = "") -> Node:
    return Node(name, title=title)


TREE = ValueTree(
    Node(
        "goal",
        children=(
            Node("evidence", title="The evidence", weighting="trust", children=(leaf("public"), leaf("own"))),
            Node("properties", children=(leaf("solubility"), leaf("clearance"), leaf("toxicity", "Safety"))),
            leaf("cost"),
        ),
    )
)
PANEL = Panel((Expert("Ada"), Expert("Ben", weight=2), Expert("Cy")))
TRUST = {"evidence": wb.Weights({"own": 0.7, "public": 0.3})}
JUDGEMENTS = (
    Judgement("Ada", "goal", "evidence", "properties", 3, reason="same buffer", place="j.csv, row 2"),
    Judgement("Ada", "goal", "properties", "cost", 2, place="j.csv, row 3"),
    Judgement("Ben", "goal", "evidence", "properties", 2, place="j.csv, row 4"),
    Judgement("Ben", "goal", "evidence", "cost", 5, low=3, high=7, place="j.csv, row 5"),
    Judgement("Ada", "properties", "solubility", "clearance", 2, place="j.csv, row 6"),
    Judgement("Ben", "properties", "clearance", "toxicity", 1 / 3, place="j.csv, row 7"),
    Judgement("Cy", "properties", "solubility", "toxicity", None, place="j.csv, row 8"),
)


def weigh(
    *more: Judgement, judgements: Sequence[Judgement] = JUDGEMENTS, tree: ValueTree = TREE, **settings: Any
) -> TreeWeights:
    return weigh_tree(tree, [*judgements, *more], settings.pop("panel", PANEL), **({"given_local": TRUST} | settings))


def faults(*more: Judgement, **settings: Any) -> list[str]:
    with pytest.raises(wb.InputError) as caught:
        weigh(*more, **settings)
    return [str(fault) for fault in caught.value.faults]


# --- weights ----------------------------------------------------------------------------------------------


def test_leaf_weights_are_products_down_the_tree() -> None:
    """A leaf weighs the product of the local weights on its path, and all leaves sum to 1."""
    found = weigh()
    assert tuple(found.leaves) == TREE.leaves
    assert sum(found.leaves.values()) == pytest.approx(1.0)
    goal, properties = found.local["goal"], found.local["properties"]
    assert found.leaves["public"] == pytest.approx(goal["evidence"] * 0.3)
    assert found.leaves["toxicity"] == pytest.approx(goal["properties"] * properties["toxicity"])
    assert found.leaves["cost"] == pytest.approx(goal["cost"])


def test_local_weights_are_the_panels_joint_fit() -> None:
    """A node's weights are those of the experts' answers combined by their weights."""
    children = ["evidence", "properties", "cost"]
    ada = wb.Comparisons(children, {("evidence", "properties"): 3, ("properties", "cost"): 2})
    ben = wb.Comparisons(children, {("evidence", "properties"): 2, ("evidence", "cost"): 5})
    assert dict(weigh().local["goal"]) == pytest.approx(dict(wb.combine([ada, ben], [1, 2]).priorities()))


def test_either_method_is_used_and_both_are_reported() -> None:
    """The method chooses the weights; the report holds both."""
    llsm, eigenvector = weigh(), weigh(method="eigenvector")
    for found in (llsm, eigenvector):
        report = found.nodes["goal"]
        assert report.llsm is not None
        assert report.eigenvector is not None
        assert dict(report.llsm) != pytest.approx(dict(report.eigenvector), rel=1e-3)
    assert dict(llsm.local["goal"]) == pytest.approx(dict(llsm.nodes["goal"].llsm or {}))
    assert dict(eigenvector.local["goal"]) == pytest.approx(dict(eigenvector.nodes["goal"].eigenvector or {}))


def test_stated_equal_and_single_children() -> None:
    """Given weights are normalised with a note, equal ones are equal, an only child weighs everything."""
    tree = ValueTree(
        Node(
            "goal",
            weighting="given",
            given={"b": 1, "a": 3, "c": 4},
            reason="signed by the lead",
            children=(
                Node("a", children=(leaf("only"),)),
                Node("b", weighting="equal", reason="no reason to differ", children=(leaf("b1"), leaf("b2"))),
                leaf("c"),
            ),
        )
    )
    found = weigh_tree(tree, [], Panel(()))
    assert dict(found.leaves) == pytest.approx({"only": 3 / 8, "b1": 1 / 16, "b2": 1 / 16, "c": 1 / 2})
    assert found.leaves.covariance is None
    assert found.leaves.degrees_of_freedom is None
    text = str(found.leaves.explain("b1"))
    assert "stated in the study (weights summed to 8 and were normalised): signed by the lead" in text
    assert "equal weights: no reason to differ" in text
    assert "the only one here, nothing to judge" in str(found.leaves.explain("only"))
    assert found.nodes["a"].comparisons is None


@FEW
@given(st.permutations(JUDGEMENTS))
def test_the_order_of_judgements_does_not_matter(judgements: list[Judgement]) -> None:
    """Shuffling the file changes no weight."""
    assert dict(weigh(judgements=judgements).leaves) == pytest.approx(dict(weigh().leaves), rel=1e-12)


@FEW
@given(st.lists(st.floats(1 / 9, 9), min_size=6, max_size=6), st.floats(1.05, 1.5))
def test_a_stronger_judgement_raises_everything_below(values: list[float], factor: float) -> None:
    """Strengthening a over b at the goal raises every leaf below a and lowers every leaf below b."""
    tree = ValueTree(Node("goal", children=tuple(Node(g, children=(leaf(g + "1"), leaf(g + "2"))) for g in "abc")))
    pairs = [*(("goal", *pair) for pair in itertools.combinations("abc", 2)), *((g, g + "1", g + "2") for g in "abc")]
    given = [Judgement("Ada", *pair, min(value, 6)) for pair, value in zip(pairs, values, strict=True)]
    panel = Panel((Expert("Ada"),))
    before = weigh_tree(tree, given, panel).leaves
    stronger = [replace(given[0], value=(given[0].value or 1) * factor), *given[1:]]
    after = weigh_tree(tree, stronger, panel).leaves
    assert all(after[name] > before[name] for name in ("a1", "a2"))
    assert all(after[name] < before[name] for name in ("b1", "b2"))
    assert after["c1"] / after["c2"] == pytest.approx(before["c1"] / before["c2"])


def test_one_level_trees_serve_for_direct_comparisons_of_sources() -> None:
    """Experts who compare the sources directly are a tree of one level."""
    tree = ValueTree(Node("sources", children=(leaf("public"), leaf("own"))))
    judgements = [Judgement("Ada", "sources", "own", "public", 4), Judgement("Ben", "sources", "own", "public", 1)]
    found = weigh_tree(tree, judgements, Panel((Expert("Ada"), Expert("Ben"))))
    assert found.leaves["own"] == pytest.approx(2 / 3)


# --- rounds -----------------------------------------------------------------------------------------------


def test_the_latest_round_counts_and_earlier_answers_stay_on_record() -> None:
    """A changed answer replaces the earlier one, which the provenance keeps."""
    changed = weigh(Judgement("Ada", "goal", "evidence", "properties", 1 / 2, round=2, place="r2.csv, row 2"))
    assert changed.local["goal"]["evidence"] < weigh().local["goal"]["evidence"]
    answer = changed.leaves.explain("cost").parts[0].parts[0]
    assert answer.label == "2 × properties over evidence"
    assert answer.facts["round"] == 2
    assert answer.facts["earlier"] == ["3 × evidence over properties (round 1)"]
    assert "changed from 3 × evidence over properties (round 1)" in answer.how


def test_skipping_in_the_latest_round_withdraws_the_answer() -> None:
    """A pair skipped in round 2 is unanswered, whatever round 1 said; answering later counts again."""
    skip = Judgement("Ben", "goal", "evidence", "cost", None, round=2)
    assert weigh(skip).nodes["goal"].answers == weigh().nodes["goal"].answers - 1
    assert weigh(skip).nodes["goal"].skipped == 1
    again = Judgement("Ben", "goal", "cost", "evidence", 1 / 5, round=3)
    found = weigh(skip, again)
    assert dict(found.leaves) == pytest.approx(dict(weigh().leaves))
    answers = [part for part in found.leaves.explain("cost").parts[0].parts if part.facts.get("round") == 3]
    assert answers[0].facts["earlier"] == ["5 × evidence over cost (round 1)", "skipped (round 2)"]


# --- provenance and reports -------------------------------------------------------------------------------


def test_provenance_reaches_every_single_judgement() -> None:
    """From a leaf weight one comes to the shares on its path and to each judgement with its reason and place."""
    line = weigh().leaves.explain("toxicity")
    assert line.label == "weight of Safety"
    assert line.how == "product of the shares on the path goal → properties → Safety"
    assert [part.label for part in line.parts] == ["share of properties in goal", "share of Safety in properties"]
    assert math.prod(part.value or 0 for part in line.parts) == pytest.approx(line.value or 0)
    first = line.parts[0].parts[0]
    assert first.label == "3 × evidence over properties"
    assert first.how == "answer of Ada; because same buffer; j.csv, row 2"
    assert first.facts["expert"] == "Ada"
    assert first.facts["place"] == "j.csv, row 2"
    ranged = line.parts[0].parts[-2]
    assert (ranged.facts["low"], ranged.facts["high"]) == (3, 7)
    assert "4 answers by 2 experts about 3 items" in line.parts[0].how
    assert line.parts[0].facts["factor"] > 1


def test_provenance_names_who_skipped_and_who_said_nothing() -> None:
    """Skipped questions and silent experts are remarks without a number."""
    text = [str(part) for part in weigh().leaves.explain("toxicity").parts[1].parts]
    assert "Cy: solubility against toxicity: skipped  (j.csv, row 8)" in text
    assert "Cy: no answer here, contributes nothing" in text


def test_trust_shares_keep_their_own_provenance() -> None:
    """Shares computed elsewhere are explained as they were there."""
    text = str(weigh().leaves.explain("public"))
    assert "share of public in The evidence 0.3  (given as it is)" in text


def test_a_node_report_counts_and_names() -> None:
    """Answers, skips, missing and unlinked experts, consensus and consistency stand in the report."""
    report = weigh().nodes["goal"]
    assert (report.answers, report.skipped, report.missing, report.unlinked) == (4, 0, ("Cy",), ())
    assert list(report.priorities.index) == ["Ada", "Ben"]
    assert list(report.priorities.columns) == ["evidence", "properties", "cost"]
    assert report.priorities.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert report.priorities.loc["Ada", "evidence"] == pytest.approx(2 / 3)
    assert report.consistency is not None
    assert report.consistency.dof == report.degrees_of_freedom == 1
    assert report.expert_consistency["Ada"].dof == 0
    assert report.consensus is not None
    assert report.consensus.index == pytest.approx(wb.consensus(report.priorities).index)
    properties = weigh().nodes["properties"]
    assert (properties.answers, properties.skipped, properties.missing) == (2, 1, ("Cy",))
    assert properties.unlinked == ("Ada", "Ben")
    assert properties.priorities.empty
    assert properties.consensus is None


def test_an_expert_without_weight_is_reported_but_not_heard() -> None:
    """Weight 0 keeps an expert's priorities in the report and out of the group."""
    panel = Panel((Expert("Ada"), Expert("Ben", weight=0), Expert("Cy")))
    more = (Judgement("Ada", "properties", "clearance", "toxicity", 1), Judgement("Cy", "goal", "cost", "evidence", 1))
    found = weigh(*more, panel=panel)
    assert "Ben" in found.nodes["goal"].priorities.index
    assert {part.facts.get("expert") for part in found.leaves.explain("cost").parts[0].parts} == {"Ada", "Cy"}


# --- uncertainty ------------------------------------------------------------------------------------------


def test_covariance_of_the_leaves_is_composed_of_the_nodes() -> None:
    """Simulating the nodes' log weights and normalising gives the composed covariance of the leaves."""
    found = weigh()
    rng = np.random.default_rng(2)
    logs = np.zeros((40_000, len(TREE.leaves)))
    for name, report in found.nodes.items():
        if report.covariance is None:
            continue
        children = [child.name for child in TREE.find(name).children]
        base = np.log(report.weights.array(children))
        draws = base + rng.multivariate_normal(np.zeros(len(base)), 0.01 * report.covariance, size=len(logs))
        draws -= np.log(np.exp(draws).sum(axis=1, keepdims=True))
        for column, name_below in enumerate(TREE.leaves):
            path = [node.name for node in TREE.path(name_below)]
            if name in path:
                logs[:, column] += draws[:, children.index(path[path.index(name) + 1])]
    assert found.leaves.covariance is not None
    assert np.cov(logs.T) == pytest.approx(0.01 * found.leaves.covariance, abs=6e-5)


def test_each_node_says_what_its_uncertainty_rests_on() -> None:
    """Answers to spare, the spread between experts, a stated default, or nothing to estimate."""
    found = weigh().nodes
    assert found["goal"].covariance_basis == "the answers (GCI · L⁺, 1 to spare)"
    assert found["properties"].covariance_basis == "a stated default of σ = 0.35"
    assert found["evidence"].covariance_basis == "none: stated, not estimated"
    assert found["evidence"].covariance is None


def test_two_chains_are_judged_by_the_spread_between_experts() -> None:
    """Without answers to spare, two experts' spread stands for the uncertainty of their mean."""
    tree = ValueTree(Node("goal", children=(leaf("a"), leaf("b"))))
    judgements = [Judgement("Ada", "goal", "a", "b", 8), Judgement("Ben", "goal", "a", "b", 2)]
    found = weigh_tree(tree, judgements, Panel((Expert("Ada"), Expert("Ben"))))
    assert found.nodes["goal"].covariance_basis == "the spread between 2 experts"
    covariance = found.leaves.covariance
    assert covariance is not None
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert difference == pytest.approx(np.var([math.log(8), math.log(2)], ddof=1) / 2)
    assert found.leaves.degrees_of_freedom == 0


def test_trust_shares_bring_their_covariance_along() -> None:
    """A covariance of the trust shares enters the leaves, in the order of the children."""
    shares = wb.Weights({"own": 0.7, "public": 0.3}, covariance=np.diag([0.04, 0.01]), degrees_of_freedom=3)
    found = weigh(given_local={"evidence": shares})
    assert found.nodes["evidence"].covariance_basis == "of the trust shares"
    assert found.leaves.covariance is not None
    within = found.leaves.covariance
    plain = weigh().leaves.covariance
    assert plain is not None
    extra = within[:2, :2] - plain[:2, :2]
    centre = np.eye(2) - np.array([0.3, 0.7])
    assert extra == pytest.approx(centre @ np.diag([0.01, 0.04]) @ centre.T)
    assert found.leaves.degrees_of_freedom == (weigh().leaves.degrees_of_freedom or 0) + 3


# --- faults -----------------------------------------------------------------------------------------------

GOOD = Judgement("Ada", "goal", "evidence", "cost", 5, place="j.csv, row 9")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"node": "gaol"},
            "j.csv, row 9: a judgement is about an unknown node; found 'gaol'; expected one of ['goal', 'properties']",
        ),
        ({"node": "cost"}, "j.csv, row 9: a judgement is about a criterion, which has nothing below it; found 'cost'"),
        (
            {"node": "evidence", "a": "own", "b": "public"},
            (
                "j.csv, row 9: a judgement is about a node that is not judged; found 'evidence', whose weighting is "
                "'trust'. Declare its weighting 'judged', or leave the judgement out"
            ),
        ),
        (
            {"expert": "Dan"},
            "j.csv, row 9: a judgement is by nobody of the panel; found 'Dan'; expected one of ['Ada', 'Ben', 'Cy']",
        ),
        (
            {"b": "solubility"},
            (
                "j.csv, row 9: a judgement names something that is not below 'goal'; found 'solubility'; "
                "expected one of ['evidence', 'properties', 'cost']"
            ),
        ),
        ({"b": "evidence"}, "j.csv, row 9: something is compared with itself; found 'evidence'"),
        ({"value": 9.5}, "j.csv, row 9: a value is off the scale; found 9.5; expected between 1/9 and 9"),
        ({"value": 0.1}, "j.csv, row 9: a value is off the scale; found 0.1; expected between 1/9 and 9"),
        ({"value": 0}, "j.csv, row 9: a value is off the scale; found 0; expected between 1/9 and 9"),
        ({"value": -3}, "j.csv, row 9: a value is off the scale; found -3; expected between 1/9 and 9"),
        ({"value": math.nan}, "j.csv, row 9: a value is off the scale; found nan; expected between 1/9 and 9"),
        ({"high": 12}, "j.csv, row 9: a value is off the scale; found 12; expected between 1/9 and 9"),
        (
            {"low": 6, "high": 7},
            (
                "j.csv, row 9: a value is outside its hesitation range; found 5 with range 6 to 7; "
                "expected low ≤ value ≤ high"
            ),
        ),
    ],
)
def test_judgements_that_cannot_be_used_are_refused_with_their_place(change: Mapping[str, Any], message: str) -> None:
    """Each kind of unusable judgement is refused with its place and what was expected."""
    assert faults(replace(GOOD, **change)) == [message]


def test_a_contradictory_repeat_by_one_expert_is_refused() -> None:
    """(a, b) = 5 and (b, a) = 5 by the same expert in one round name both rows; two experts may differ."""
    text = faults(GOOD, replace(GOOD, a="cost", b="evidence", place="j.csv, row 10"))
    assert text == [
        (
            "j.csv, row 9 and j.csv, row 10: two answers contradict each other; found ('evidence', 'cost') = 5 and "
            "('cost', 'evidence') = 5; expected the second to be the reciprocal of the first"
        )
    ]
    assert weigh(GOOD, replace(GOOD, expert="Cy", a="cost", b="evidence")).leaves


def test_a_consistent_repeat_is_one_answer() -> None:
    """5 and 0.2 the other way round are one answer."""
    found = weigh(GOOD, replace(GOOD, a="cost", b="evidence", value=0.2))
    assert found.nodes["goal"].answers == weigh(GOOD).nodes["goal"].answers


def test_answering_and_skipping_in_one_round_is_refused() -> None:
    """The same pair cannot be both answered and skipped in one round."""
    text = faults(GOOD, replace(GOOD, value=None, place="j.csv, row 10"))
    assert text[0].startswith("j.csv, row 9 and j.csv, row 10: one pair is both answered and skipped in the same round")


def test_unlinked_children_are_named() -> None:
    """A node whose children the panel's answers leave unlinked is refused with the parts."""
    kept = [judgement for judgement in JUDGEMENTS if judgement.b != "toxicity" or judgement.value is None]
    assert faults(judgements=kept) == [
        (
            "node 'properties': the panel's answers leave children unlinked; found solubility, clearance | toxicity; "
            "expected a chain of answers between any two children. "
            "Ask at least one expert for 1 more comparison(s) between the parts"
        )
    ]


def test_a_judged_node_without_answers_is_refused() -> None:
    """A node that is to be judged needs somebody with a weight to judge it."""
    kept = [judgement for judgement in JUDGEMENTS if judgement.node == "goal" or judgement.value is None]
    text = faults(judgements=kept)
    assert len(text) == 1
    assert text[0].startswith("node 'properties': nobody with a weight has judged a node that is to be judged")


def test_silent_experts_are_named() -> None:
    """An expert of the panel without any judgement is a fault, one who only skipped is not."""
    with pytest.raises(wb.InputError) as caught:
        require_every_expert(JUDGEMENTS, Panel((*PANEL.experts, Expert("Dan"), Expert("Eve"))))
    assert [str(fault) for fault in caught.value.faults] == [
        f"an expert of the panel has given no judgement; found '{name}'. "
        "Add the judgements, or take the expert off the panel"
        for name in ("Dan", "Eve")
    ]
    require_every_expert(JUDGEMENTS, PANEL)


def test_an_expert_may_be_silent_in_one_tree() -> None:
    """Who judges in another tree only is reported as missing here, not refused."""
    found = weigh(panel=Panel((*PANEL.experts, Expert("Dan"))))
    assert found.nodes["goal"].missing == ("Cy", "Dan")
    assert dict(found.leaves) == pytest.approx(dict(weigh().leaves))


def test_an_empty_panel_cannot_judge() -> None:
    """Judged nodes need a panel."""
    text = faults(panel=Panel(()), judgements=())
    assert "nodes are to be judged, but the panel is empty; expected at least one expert" in text


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({}, "node 'evidence': the trust shares of a node are missing; expected ['public', 'own']"),
        (
            {"evidence": wb.Weights({"own": 1, "publik": 1})},
            "node 'evidence': a criterion has no weight; found 'public'; expected weights for ['public', 'own']",
        ),
        (
            TRUST | {"goal": wb.Weights({"x": 1})},
            "given local weights belong to no trust node; found 'goal'; expected one of ['evidence']",
        ),
    ],
)
def test_trust_shares_must_fit_the_tree(shares: Mapping[str, wb.Weights], message: str) -> None:
    """Trust shares are needed for each trust node, for exactly its children, and for no other node."""
    assert faults(given_local=shares)[0] == message


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node("goal", weighting="given", children=(leaf("a"),)), "a node's weights are to be given, but are not"),
        (
            Node("goal", weighting="given", given={"a": -1}, children=(leaf("a"),)),
            "node 'goal', weight of 'a': a weight is negative; found -1",
        ),
        (
            Node("goal", weighting="given", given={"b": 1}, children=(leaf("a"),)),
            "node 'goal': a criterion has no weight; found 'a'",
        ),
        (Node("goal", weighting="guessed", children=(leaf("a"),)), "node 'goal': no such weighting; found 'guessed'"),
    ],
)
def test_stated_weights_must_fit_the_tree(node: Node, message: str) -> None:
    """Given weights must be there, be weights, and name exactly the children."""
    with pytest.raises(wb.InputError) as caught:
        weigh_tree(ValueTree(node), [], Panel(()))
    assert message in str(caught.value.faults[0])


def test_faults_of_all_nodes_come_at_once() -> None:
    """Unusable judgements, unlinked nodes and missing shares are told in one error."""
    kept = [judgement for judgement in JUDGEMENTS if judgement.b != "toxicity" or judgement.value is None]
    bad = [replace(GOOD, node="gaol"), replace(GOOD, value=20)]
    text = "\n".join(faults(*bad, judgements=kept, given_local={}))
    for part in ("unknown node", "off the scale", "unlinked", "trust shares"):
        assert part in text


def test_an_unknown_method_is_refused() -> None:
    """Only the two methods are offered."""
    with pytest.raises(wb.InputError, match="no such prioritisation method; found 'mean'"):
        weigh(method="mean")


def test_judgements_without_a_place_are_still_found() -> None:
    """Without a place the fault says who judged what."""
    assert faults(replace(GOOD, place="", value=20))[0].startswith("'Ada' at 'goal', 'evidence' against 'cost': ")


@pytest.mark.parametrize(
    ("value", "on_scale"),
    [(9, True), (1 / 9, True), (0.111, True), (1, True), (9.1, False), (0.11, False), (0, False), (-1, False)],
)
def test_the_scale_includes_printed_reciprocals(value: float, on_scale: bool) -> None:
    """0.111 is 1/9 as printed; 0.11 and 9.1 are off the scale; other scales may be named."""
    assert is_on_scale(value) == on_scale
    assert is_on_scale(value, maximum=100) == (value > 0)
