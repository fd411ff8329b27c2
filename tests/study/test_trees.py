"""The value tree and the trust tree: built from every short form, with faults where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import STUDY

from weighbridge.core.tree import EQUAL, GIVEN, JUDGED, TRUST, ValueTree
from weighbridge.documents import parse_yaml
from weighbridge.evidence.library import load_library
from weighbridge.study.form import parse_study
from weighbridge.study.loading import Loading
from weighbridge.study.trees import GOAL, TRUST_GOAL, build_rank_tree, build_trust_tree, spot

Reading = Callable[..., Loading]
Built = tuple[ValueTree | None, Loading]

LINES = """\
schema: 1
title: Trees
question: Which?
choose: 1
molecules: {file: m.csv}
sources:
  one: {kind: binary, predictions: {file: p.csv, score: p}}
  two: {kind: binary, predictions: {file: p.csv, score: p}}
"""


def text_of(tree: str, criteria: dict[str, Any], trust: str = "") -> str:
    """Return a study.yaml with the given tree, which begins in line 10."""
    return f"{LINES}criteria: {json.dumps(criteria)}\n{tree}{trust}"


def criteria(*names: str, **sources: str) -> dict[str, Any]:
    """Return criteria of the study's own by name, some of them computed from a source."""
    return {name: {"column": name} for name in names} | {
        name: {"use": "model_probability", "source": source} for name, source in sources.items()
    }


def rank(reading: Reading, tree: str, forms: dict[str, Any]) -> Built:
    """Build the value tree of a text."""
    loading = reading(text=text_of(tree, forms))
    return build_rank_tree(loading, parse_study(loading.document)), loading


def trust(reading: Reading, block: str) -> Built:
    """Build the trust tree of a text; its block begins in line 11."""
    loading = reading(text=text_of("tree: [a]\n", criteria("a"), block))
    return build_trust_tree(loading, parse_study(loading.document)), loading


def told(built: Built) -> list[str]:
    """Return the faults that were noted, as text."""
    return [str(fault) for fault in built[1].faults]


def shape(tree: ValueTree | None) -> Any:
    """Return a tree as nested names."""

    def below(node: Any) -> Any:
        return node.name if node.is_leaf else {node.name: [below(child) for child in node.children]}

    assert tree is not None
    return below(tree.root)


@pytest.mark.parametrize(
    "tree",
    [
        "tree: {a: , g: {children: {b: , c: }}}\n",
        "tree: {a: , g: {children: [b, c]}}\n",
        "tree: {a: , g: [b, c]}\n",
        "tree: [a, g: [b, c]]\n",
        "tree: [a, {g: {children: [b, c: ]}}]\n",
        "tree:\n  - a\n  - g:\n    - b\n    - c\n",
    ],
)
def test_every_short_form_builds_the_same_tree(reading: Reading, tree: str) -> None:
    """However it is written, it is the tree that is meant."""
    built = rank(reading, tree, criteria("a", "b", "c"))
    assert told(built) == []
    assert shape(built[0]) == {GOAL: ["a", {"g": ["b", "c"]}]}


def test_the_order_of_the_tree_is_the_order_written(reading: Reading) -> None:
    """Neither the alphabet nor the criteria's order changes it."""
    built = rank(reading, "tree: [c, a, b]\n", criteria("a", "b", "c"))
    assert built[0] is not None
    assert built[0].leaves == ("c", "a", "b")


def test_the_root_is_judged_and_asks_the_study_s_question(reading: Reading) -> None:
    """Judgement files call it goal."""
    tree, _ = rank(reading, "tree: [a]\n", criteria("a"))
    assert tree is not None
    assert (tree.root.name, tree.root.title, tree.root.weighting) == ("goal", "Which?", JUDGED)


@pytest.mark.parametrize(("word", "weighting"), [("judged", JUDGED), ("equal", EQUAL), ("trust", TRUST)])
def test_a_group_keeps_how_it_is_weighed(reading: Reading, word: str, weighting: str) -> None:
    """With its title and its reason."""
    tree = f"tree:\n  g: {{title: Both, weights: {word}, reason: so, children: [a, b]}}\n"
    built = rank(reading, tree, criteria(a="one", b="two"))
    assert built[0] is not None
    node = built[0].find("g")
    assert (node.weighting, node.title, node.reason, dict(node.given)) == (weighting, "Both", "so", {})


def test_stated_weights_are_kept_as_written(reading: Reading) -> None:
    """They are normalised where they are used; a zero is allowed where another is not."""
    tree = "tree:\n  g: {weights: {a: 3, b: 0}, reason: so, children: [a, b]}\n"
    built = rank(reading, tree, criteria("a", "b"))
    assert told(built) == []
    assert built[0] is not None
    assert (built[0].find("g").weighting, dict(built[0].find("g").given)) == (GIVEN, {"a": 3, "b": 0})


def test_stated_weights_may_stand_in_another_order(reading: Reading) -> None:
    """Names count and not places."""
    tree = "tree:\n  g: {weights: {b: 1, a: 3}, reason: so, children: [a, b]}\n"
    assert told(rank(reading, tree, criteria("a", "b"))) == []


def test_stated_weights_need_names_reason_and_size(reading: Reading) -> None:
    """All three faults of one group are told at once, at its line."""
    tree = "tree:\n  g:\n    weights: {a: -1, c: 2}\n    children: [a, b]\n"
    place = "study.yaml, line 12, $.tree.g"
    assert told(rank(reading, tree, criteria("a", "b"))) == [
        f"{place}: the weights of 'g' are stated without a reason; expected reason: why they are stated and not judged",
        f"{place}: the weights of 'g' do not name its children; found 'a', 'c'; expected 'a', 'b'",
        f"{place}: the weights of 'g' are not positive; found a: -1; expected numbers from 0, not all 0",
    ]


def test_a_leaf_must_be_a_criterion(reading: Reading) -> None:
    """The closest one is offered, and the place is the leaf's own."""
    built = rank(reading, "tree:\n  g:\n    children:\n      - alpha\n      - betta\n", criteria("alpha", "beta"))
    assert told(built) == [
        "study.yaml, line 14, $.tree.g.children[1]: no such criterion in the study; found 'betta'; "
        "expected one of 'alpha', 'beta'. Did you mean 'beta'?",
        "study.yaml, line 9, $.criteria.beta: the criterion is not in the tree; found 'beta'. "
        "Put it into the tree, or take it out of criteria",
    ]


def test_a_leaf_is_found_among_the_children_and_not_among_the_weights(reading: Reading) -> None:
    """A misspelt criterion was placed at the number that weighs it."""
    tree = "tree:\n  g:\n    weights: {betta: 1}\n    reason: so\n    children: [betta]\n"
    assert told(rank(reading, tree, criteria("beta")))[0].startswith(
        "study.yaml, line 14, $.tree.g.children[0]: no such criterion"
    )


@pytest.mark.parametrize("name", ["title", "weights", "reason", "children"])
def test_a_criterion_called_like_a_key_is_found_where_it_stands(reading: Reading, name: str) -> None:
    """A group's own keys stand before its children and were taken for them."""
    tree = f"tree:\n  g:\n    title: x\n    weights: judged\n    reason: y\n    children: [b, {name}]\n"
    assert told(rank(reading, tree, criteria("b")))[0].startswith(
        f"study.yaml, line 15, $.tree.g.children[1]: no such criterion in the study; found '{name}'"
    )


def test_a_name_that_occurs_twice_is_no_tree(reading: Reading) -> None:
    """Judgements could not say which one they mean; the root's name is taken too."""
    built = rank(reading, "tree: {a: , g: [a, b], goal: [c]}\n", criteria("a", "b", "c"))
    assert built[0] is None
    assert [one.split(": ", 1)[1] for one in told(built)] == [
        "a name occurs twice in the value tree; found 'a'; expected unique names",
        "a name occurs twice in the value tree; found 'goal'; expected unique names",
    ]
    assert all(one.startswith("study.yaml, line 10, $.tree") for one in told(built))


@pytest.mark.parametrize("form", ["g: {children: []}", "g: []", "g: {children: {}}"])
def test_an_empty_group_is_no_criterion(reading: Reading, form: str) -> None:
    """Whatever form its emptiness has."""
    assert told(rank(reading, f"tree: [a, {form}]\n", criteria("a")))[0] == (
        "study.yaml, line 10, $.tree[1].g: a group without criteria; found 'g'; expected children"
    )


def test_a_trust_group_holds_one_criterion_of_each_source(reading: Reading) -> None:
    """That is what the shares are given to."""
    tree = "tree:\n  g: {weights: trust, children: [a, b]}\n"
    assert told(rank(reading, tree, criteria(a="one", b="two"))) == []


def test_two_criteria_of_one_source_are_told_at_their_group(reading: Reading) -> None:
    """The line was that of the whole tree, however large."""
    tree = "tree:\n  c:\n  g:\n    weights: trust\n    children: [a, b]\n"
    assert told(rank(reading, tree, criteria("c", a="one", b="one"))) == [
        "study.yaml, line 13, $.tree.g: 'g' is weighed by trust, and two of its children share a source; "
        "found 'a' and 'b' of 'one'; expected one of each source"
    ]


def test_a_child_without_a_source_cannot_be_weighed_by_trust(reading: Reading) -> None:
    """Neither a column of the study nor a group has one."""
    tree = "tree:\n  g:\n    weights: trust\n    children: [a, c, h: [d]]\n"
    place = "study.yaml, line 12, $.tree.g: 'g' is weighed by trust, and a child of it has no source; "
    assert told(rank(reading, tree, criteria("c", "d", a="one"))) == [
        f"{place}found 'c'; expected criteria with a source",
        f"{place}found 'h'; expected criteria with a source",
    ]


def test_an_unknown_criterion_in_a_trust_group_is_one_fault(reading: Reading) -> None:
    """That it has no source either need not be said."""
    built = rank(reading, "tree:\n  g: {weights: trust, children: [a, x]}\n", criteria(a="one"))
    assert [one.split("; ")[0].split(": ")[1] for one in told(built)] == ["no such criterion in the study"]


def test_a_faulty_tree_is_still_built_where_it_can_be(reading: Reading) -> None:
    """So that what depends on it is checked in the same run."""
    tree, loading = rank(reading, "tree: [a, x]\n", criteria("a"))
    assert shape(tree) == {GOAL: ["a", "x"]}
    assert len(loading.faults) == 1


def test_without_indicators_there_is_no_trust_tree(reading: Reading) -> None:
    """And no fault."""
    for block in ("", "trust: {}\n", "trust: {tree: []}\n"):
        built = trust(reading, block)
        assert (built[0], told(built)) == (None, [])


def test_indicators_carry_the_library_s_titles(reading: Reading) -> None:
    """At every depth; groups keep their own."""
    library = load_library()
    tree, _ = trust(reading, "trust:\n  tree: [n_molecules, g: {title: Match, children: [context_match]}]\n")
    assert tree is not None
    assert shape(tree) == {TRUST_GOAL: ["n_molecules", {"g": ["context_match"]}]}
    assert tree.find("n_molecules").title == library["n_molecules"].title
    assert tree.find("context_match").title == library["context_match"].title
    assert tree.find("g").title == "Match"
    assert tree.root.title == "How far does each source deserve trust?"


def test_an_unknown_indicator_is_told_where_it_stands(reading: Reading) -> None:
    """With the closest one, or where all are listed."""
    built = trust(reading, "trust:\n  tree:\n    - n_molecule\n    - qqqq\n")
    assert told(built) == [
        "study.yaml, line 13, $.trust.tree[0]: no such indicator in the criteria library; found 'n_molecule'. "
        "Did you mean 'n_molecules'?",
        "study.yaml, line 14, $.trust.tree[1]: no such indicator in the criteria library; found 'qqqq'. "
        "See `weighbridge criteria`",
    ]


def test_indicators_are_not_weighed_by_trust(reading: Reading) -> None:
    """The shares are made of them."""
    built = trust(reading, "trust:\n  tree:\n    g: {weights: trust, children: [n_molecules]}\n")
    assert told(built) == [
        "study.yaml, line 13, $.trust.tree.g: trust shares cannot weigh the indicators they are made of; "
        "found 'g'; expected judged, equal or numbers"
    ]


def test_indicators_may_have_stated_weights(reading: Reading) -> None:
    """Under the same rules as the criteria's."""
    block = "trust:\n  tree:\n    g:\n      weights: {n_molecules: 0}\n      children: [n_molecules]\n"
    assert [one.split(": ", 1)[0] for one in told(trust(reading, block))] == ["study.yaml, line 14, $.trust.tree.g"] * 2


def test_an_indicator_that_stands_twice_is_no_tree(reading: Reading) -> None:
    """The place is the trust tree."""
    built = trust(reading, "trust:\n  tree: {n_molecules: , g: [n_molecules]}\n")
    assert built[0] is None
    assert told(built) == [
        "study.yaml, line 12, $.trust.tree: a name occurs twice in the value tree; found 'n_molecules'; "
        "expected unique names"
    ]


def test_a_spot_that_is_nowhere_is_the_tree_itself(reading: Reading) -> None:
    """A fault has a place in any case."""
    loading = reading(text=text_of("tree: [a, g: [b]]\n", criteria("a", "b")))
    assert spot(loading, ("tree",), "z") == ("tree",)
    assert spot(loading, ("tree",), "b") == ("tree", 1, "g", 0)


NAMES = st.lists(
    st.sampled_from(["a", "b", "c", "title", "weights", "reason", "children", "g"]), min_size=1, max_size=6, unique=True
)


@given(NAMES, st.sampled_from(["list", "mapping", "nested"]))
def test_every_name_is_found_where_it_stands(names: list[str], form: str) -> None:
    """Following the steps of a spot leads to the name, in any form of the tree."""
    tree: Any = {"list": names, "mapping": dict.fromkeys(names)}.get(form)
    if form == "nested":
        tree = [{"top": {"title": "a", "weights": {"b": 1}, "reason": "c", "children": names}}]
    document = parse_yaml(json.dumps({"tree": tree}), "study.yaml")
    loading = Loading(folder=None, document=document)  # type: ignore[arg-type]
    for name in names:
        *way, last = spot(loading, ("tree",), name)
        value = document.value
        for step in way:
            value = value[step]
        assert (value[last] if isinstance(value, list) else last) == name


def test_the_small_study_s_tree_is_its_own(reading: Reading) -> None:
    """Built here without reading a table, it is the tree of the loaded study."""
    loading = reading(text=json.dumps(STUDY))
    tree = build_rank_tree(loading, parse_study(loading.document))
    assert shape(tree) == {
        GOAL: [{"evidence": ["public_score", "internal_score"]}, {"practical": ["solubility", "cost"]}]
    }


@pytest.mark.parametrize("name", ["trust", "sources", "g"])
def test_a_group_may_not_be_called_like_a_node_of_the_other_tree(reading: Reading, name: str) -> None:
    """Judgement files name nodes alone, and could not say which tree they mean."""
    block = "trust:\n  tree:\n    g: [n_molecules]\n"
    loading = reading(text=text_of(f"tree:\n  {name}: [a]\n", criteria("a"), block))
    build_rank_tree(loading, parse_study(loading.document))
    assert [str(fault) for fault in loading.faults] == [
        f"study.yaml, line 11, $.tree.{name}: a judgement could not say which node of this name it is about; "
        f"found '{name}'; expected a name that no node of trust.tree has, and neither 'trust' nor 'sources'"
    ]
