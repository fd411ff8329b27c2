"""The value tree: goal, groups and criteria by name."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.tree import JUDGED, Node, ValueTree
from weighbridge.errors import InputError

TREE = ValueTree(
    Node(
        "goal",
        "The best molecule",
        (
            Node("evidence", children=(Node("public"), Node("own")), weighting="trust"),
            Node("potency", "Potency"),
            Node("safety", children=(Node("herg"),)),
        ),
    )
)


def nested(shape: list[list[int]]) -> Node:
    """Return a three-level tree whose names are numbered in order of walking."""
    groups = tuple(
        Node(f"g{i}", children=tuple(Node(f"g{i}.{j}.{k}") for j, number in enumerate(group) for k in range(number)))
        for i, group in enumerate(shape)
    )
    return Node("goal", children=groups)


shapes = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4)


def test_leaves_and_groups_come_in_the_order_of_the_tree() -> None:
    """Leaves are read left to right, groups parents first."""
    assert TREE.leaves == ("public", "own", "potency", "herg")
    assert [node.name for node in TREE.groups] == ["goal", "evidence", "safety"]


def test_find_returns_the_node_of_a_name() -> None:
    """Every node is found by its name."""
    for node in TREE.root.walk():
        assert TREE.find(node.name) is node


@pytest.mark.parametrize("ask", [TREE.find, TREE.path])
def test_an_unknown_name_is_refused_with_the_known_ones(ask: object) -> None:
    """Both ways to look a node up name what was asked and what there is."""
    with pytest.raises(InputError) as caught:
        ask("solubility")  # type: ignore[operator]
    assert str(caught.value) == (
        "no such node in the value tree; found 'solubility'; "
        "expected one of 'goal', 'evidence', 'public', 'own', 'potency', 'safety', 'herg'"
    )


def test_a_path_leads_from_the_root_to_the_node() -> None:
    """The path names every node on the way, both ends included."""
    assert [node.name for node in TREE.path("own")] == ["goal", "evidence", "own"]
    assert [node.name for node in TREE.path("goal")] == ["goal"]


@given(shapes)
def test_every_step_of_a_path_is_a_child_of_the_one_before(shape: list[list[int]]) -> None:
    """For every node of any tree the path is a chain of parents and children that ends at the node."""
    tree = ValueTree(nested(shape))
    for node in tree.root.walk():
        path = tree.path(node.name)
        assert path[0] is tree.root
        assert path[-1] is node
        assert all(below in above.children for above, below in itertools.pairwise(path))


@given(shapes)
def test_groups_and_leaves_part_the_nodes(shape: list[list[int]]) -> None:
    """Every node is a group or a leaf, none is both or lost."""
    tree = ValueTree(nested(shape))
    names = [node.name for node in tree.root.walk()]
    groups = [node.name for node in tree.groups]
    assert sorted(names) == sorted(groups + list(tree.leaves))


def test_a_name_that_occurs_twice_is_refused() -> None:
    """Judgement files refer to nodes by name, so a name stands for one node, at any depth."""
    with pytest.raises(InputError) as caught:
        ValueTree(Node("goal", children=(Node("a"), Node("b", children=(Node("a"), Node("goal"))))))
    assert str(caught.value) == (
        "2 faults:\n"
        "  - a name occurs twice in the value tree; found 'a'; expected unique names\n"
        "  - a name occurs twice in the value tree; found 'goal'; expected unique names"
    )


def test_a_tree_without_criteria_is_refused() -> None:
    """A goal alone ranks nothing."""
    with pytest.raises(InputError) as caught:
        ValueTree(Node("goal"))
    assert str(caught.value) == "the value tree has no criteria; found only 'goal'"


def test_a_node_is_called_by_its_title_where_it_has_one() -> None:
    """The label is the title, or the name without one; children are judged unless stated."""
    assert TREE.root.label == "The best molecule"
    assert TREE.find("own").label == "own"
    assert TREE.root.weighting == JUDGED
