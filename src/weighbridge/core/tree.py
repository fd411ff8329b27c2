"""The value tree: goal → groups → criteria."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Node", "ValueTree"]

JUDGED = "judged"
"""The children's local weights come from the panel's pairwise judgements."""
TRUST = "trust"
"""The children are sources' scores; their local weights are the sources' trust shares."""
EQUAL = "equal"
"""The children weigh the same."""
GIVEN = "given"
"""The study states the local weights."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the value tree: a group with children, or a leaf that names a criterion.

    Attributes
    ----------
    name
        Unique in the tree; judgement files refer to it.
    title
        What people read; the name where empty.
    children
        The nodes below, empty for a leaf.
    weighting
        Where the children's local weights come from: ``judged``, ``trust``, ``equal`` or ``given``.
    given
        The stated local weights (for ``given``).
    reason
        Why the weights are stated or equal and not judged.
    """

    name: str
    title: str = ""
    children: tuple[Node, ...] = ()
    weighting: str = JUDGED
    given: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether the node stands for a criterion."""
        return not self.children

    @property
    def label(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class ValueTree:
    """A hierarchy of criteria with one root, the goal.

    Raises
    ------
    InputError
        If a name occurs twice or the root has no children.
    """

    root: Node

    def __post_init__(self) -> None:
        faults = Faults()
        seen: set[str] = set()
        for node in self.root.walk():
            if node.name in seen:
                faults.add("a name occurs twice in the value tree", found=repr(node.name), expected="unique names")
            seen.add(node.name)
        if self.root.is_leaf:
            faults.add("the value tree has no criteria", found=f"only {self.root.name!r}")
        faults.raise_if_any()

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names of the criteria, in the tree's order."""
        return tuple(node.name for node in self.root.walk() if node.is_leaf)

    @property
    def groups(self) -> tuple[Node, ...]:
        """All nodes that have children, parents first."""
        return tuple(node for node in self.root.walk() if not node.is_leaf)

    def find(self, name: str) -> Node:
        """Return the node of a name."""
        for node in self.root.walk():
            if node.name == name:
                return node
        known = ", ".join(repr(node.name) for node in self.root.walk())
        raise InputError(Fault("no such node in the value tree", found=repr(name), expected=f"one of {known}"))

    def path(self, name: str) -> tuple[Node, ...]:
        """Return the nodes from the root down to a name, both included."""

        def search(node: Node, above: tuple[Node, ...]) -> tuple[Node, ...] | None:
            here = (*above, node)
            if node.name == name:
                return here
            for child in node.children:
                found = search(child, here)
                if found:
                    return found
            return None

        found = search(self.root, ())
        return found if found else (self.find(name),)
