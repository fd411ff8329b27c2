"""The value tree and the trust tree, from their short forms in study.yaml."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from weighbridge.core.tree import EQUAL, GIVEN, JUDGED, TRUST, Node, ValueTree
from weighbridge.documents import Path_
from weighbridge.errors import InputError
from weighbridge.study.loading import Loading
from weighbridge.study.schema import CriterionFile, Group, StudyFile
from weighbridge.study.tables import did_you_mean

__all__ = ["GOAL", "TRUST_GOAL", "build_rank_tree", "build_trust_tree"]

GOAL = "goal"
"""Name of the value tree's root; judgement files refer to it."""
TRUST_GOAL = "trust"
"""Name of the trust tree's root."""
SOURCES = "sources"
"""Name of the node at which experts compare the sources directly."""


def build_rank_tree(loading: Loading, file: StudyFile) -> ValueTree | None:
    """Return the value tree over the study's criteria; None where it is faulty (noted)."""
    root = _root(loading, GOAL, file.question, file.tree, ("tree",))
    leaves = [node.name for node in root.walk() if node.is_leaf]
    _check_reserved(loading, root, file)
    for name in leaves:
        if name not in file.criteria:
            expected = "one of " + ", ".join(repr(known) for known in file.criteria)
            mend = did_you_mean(name, file.criteria)
            where = spot(loading, ("tree",), name)
            loading.fault(where, "no such criterion in the study", found=repr(name), expected=expected, mend=mend)
    for name in file.criteria:
        if name not in leaves:
            mend = "Put it into the tree, or take it out of criteria"
            loading.fault(("criteria", name), "the criterion is not in the tree", found=repr(name), mend=mend)
    for node in root.walk():
        if node.weighting == TRUST:
            _check_trust_group(loading, node, file.criteria)
    return _tree(loading, root, ("tree",))


def _check_reserved(loading: Loading, root: Node, file: StudyFile) -> None:
    """Refuse groups called as a node elsewhere: nobody could say which one a judgement is about."""
    below = _root(loading, TRUST_GOAL, "", file.trust.tree, ("trust", "tree"))
    elsewhere = {node.name for node in below.walk() if not node.is_leaf} | {TRUST_GOAL, SOURCES}
    for node in root.walk():
        if not node.is_leaf and node.name in elsewhere:
            expected = "a name that no node of trust.tree has, and neither 'trust' nor 'sources'"
            what = "a judgement could not say which node of this name it is about"
            loading.fault(spot(loading, ("tree",), node.name), what, found=repr(node.name), expected=expected)


def build_trust_tree(loading: Loading, file: StudyFile) -> ValueTree | None:
    """Return the tree of reliability indicators; None where the study has none or it is faulty."""
    if not file.trust.tree:
        return None
    from weighbridge.evidence.library import load_library

    library = load_library()
    path: Path_ = ("trust", "tree")
    root = _root(loading, TRUST_GOAL, "How far does each source deserve trust?", file.trust.tree, path)
    root = replace(
        root,
        children=tuple(_titled(child, {name: one.title for name, one in library.items()}) for child in root.children),
    )
    for node in root.walk():
        if node.is_leaf and node.name not in library and node.name not in file.trust.indicators:
            what = "no such indicator in the criteria library"
            mend = did_you_mean(node.name, library) or "See `weighbridge criteria`"
            loading.fault(spot(loading, path, node.name), what, found=repr(node.name), mend=mend)
        if node.weighting == TRUST:
            what = "trust shares cannot weigh the indicators they are made of"
            loading.fault(
                spot(loading, path, node.name), what, found=repr(node.name), expected="judged, equal or numbers"
            )
    return _tree(loading, root, path)


def _titled(node: Node, titles: Mapping[str, str]) -> Node:
    """Return a node whose untitled leaves carry the library's titles."""
    if node.is_leaf:
        return replace(node, title=node.title or titles.get(node.name, ""))
    return replace(node, children=tuple(_titled(child, titles) for child in node.children))


def _tree(loading: Loading, root: Node, path: Path_) -> ValueTree | None:
    try:
        return ValueTree(root)
    except InputError as error:
        loading.at(path, error)
        return None


def spot(loading: Loading, path: Path_, name: str) -> Path_:
    """Return where a name stands in a tree of study.yaml, in whatever form the tree is written."""
    value = loading.document.value
    for step in path:
        value = value[step]
    return _search(value, name, path) or path


def _search(children: Any, name: str, path: Path_) -> Path_:
    """Return where a name stands among children and below; empty if nowhere.

    Only children are names: ``title`` may be one, and beside it stands the key of that name.
    """
    for steps, child, group in _children(children):
        here = (*path, *steps)
        if child == name:
            return here
        below = (group.get("children"), (*here, "children")) if isinstance(group, dict) else (group, here)
        found = _search(below[0], name, below[1])
        if found:
            return found
    return ()


def _children(children: Any) -> Iterator[tuple[Path_, str, Any]]:
    """Yield the steps to every child, its name and its group (None for a criterion)."""
    if isinstance(children, dict):
        for name, group in children.items():
            yield (name,), name, group
    elif isinstance(children, list):
        for index, child in enumerate(children):
            if isinstance(child, dict):
                for steps, name, group in _children(child):
                    yield (index, *steps), name, group
            else:
                yield (index,), child, None


def _root(loading: Loading, name: str, title: str, children: Mapping[str, Group | None], path: Path_) -> Node:
    return Node(name, title, tuple(_node(loading, child, group, path) for child, group in children.items()))


def _node(loading: Loading, name: str, group: Group | None, path: Path_) -> Node:
    if group is None:
        return Node(name)
    if not group.children:
        loading.fault(spot(loading, path, name), "a group without criteria", found=repr(name), expected="children")
    children = tuple(_node(loading, child, below, path) for child, below in group.children.items())
    if isinstance(group.weights, str):
        weighting = {"judged": JUDGED, "trust": TRUST, "equal": EQUAL}[group.weights]
        return Node(name, group.title, children, weighting, reason=group.reason)
    _check_given(loading, name, group, group.weights, path)
    return Node(name, group.title, children, GIVEN, dict(group.weights), group.reason)


def _check_given(loading: Loading, name: str, group: Group, weights: Mapping[str, float], path: Path_) -> None:
    path = spot(loading, path, name)
    if not group.reason:
        expected = "reason: why they are stated and not judged"
        loading.fault(path, f"the weights of {name!r} are stated without a reason", expected=expected)
    if set(weights) != set(group.children):
        found = ", ".join(repr(key) for key in weights)
        expected = ", ".join(repr(key) for key in group.children)
        loading.fault(path, f"the weights of {name!r} do not name its children", found=found, expected=expected)
    bad = {key: value for key, value in weights.items() if not math.isfinite(value) or value < 0}
    if bad or not sum(weights.values()) > 0:
        found = ", ".join(f"{key}: {value:g}" for key, value in (bad or weights).items())
        loading.fault(
            path, f"the weights of {name!r} are not positive", found=found, expected="numbers from 0, not all 0"
        )


def _check_trust_group(loading: Loading, node: Node, criteria: Mapping[str, CriterionFile]) -> None:
    """Check that a group weighed by trust holds one criterion of each of its sources."""
    owners: dict[str, str] = {}
    path = spot(loading, ("tree",), node.name)
    for child in node.children:
        criterion = criteria.get(child.name)
        source = criterion.source if criterion is not None and child.is_leaf else None
        if source is None and (criterion is not None or not child.is_leaf):
            what = f"{node.name!r} is weighed by trust, and a child of it has no source"
            loading.fault(path, what, found=repr(child.name), expected="criteria with a source")
        elif source is not None and source in owners:
            what = f"{node.name!r} is weighed by trust, and two of its children share a source"
            loading.fault(
                path,
                what,
                found=f"{owners[source]!r} and {child.name!r} of {source!r}",
                expected="one of each source",
            )
        elif source is not None:
            owners[source] = child.name
