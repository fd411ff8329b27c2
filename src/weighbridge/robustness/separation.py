"""Which molecules of the first can be told apart: pairwise winning probabilities and overlap groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers

__all__ = [
    "TOLD_APART",
    "OverlapGroup",
    "groups_words",
    "overlap_groups",
    "win_counts",
    "winning_probabilities",
]

TOLD_APART: Final = 0.9
"""From this winning probability on, one molecule counts as better than another."""


@dataclass(frozen=True)
class OverlapGroup:
    """Neighbours in the ranking no two of which can be told apart.

    Attributes
    ----------
    first, last
        Places in today's ranking, 1 the best; equal for a molecule that is grouped with no other. It is
        told apart from the next one, and from some member of the group before, not necessarily from all.
    labels
        The molecules, best first.
    closest
        The largest winning probability within the group; ½ where it has one molecule.
    """

    first: int
    last: int
    labels: tuple[Any, ...]
    closest: float

    def __str__(self) -> str:
        if self.first == self.last:
            return f"rank {self.first} is grouped with no other"
        return f"ranks {self.first}–{self.last} cannot be told apart"


def groups_words(groups: Sequence[OverlapGroup]) -> str:
    """Say which ranks cannot be told apart, and where groups meet that they need not stand apart from each other."""
    shared = [group for group in groups if group.first < group.last]
    if not shared:
        return "every neighbour in the ranking can be told apart"
    text = "; ".join(str(group) for group in shared)
    return text if len(groups) == 1 else f"{text} (neighbouring groups need not stand apart from each other)"


def win_counts(scores: Floats, tolerance: Floats) -> Integers:
    """Return in how many draws molecule i scores higher than molecule j, shape (t, t).

    Parameters
    ----------
    scores
        Shape (b, t).
    tolerance
        Shape (b,): scores no further apart are equal.
    """
    t = scores.shape[1]
    wins = np.empty((t, t), dtype=np.int64)
    raised = scores + tolerance[:, None]
    for i in range(t):
        wins[i] = (scores[:, i, None] > raised).sum(axis=0)
    return wins


def winning_probabilities(wins: Integers, samples: int) -> Floats:
    """Return P(i beats j), shape (t, t): an equal score counts half, so p_ij + p_ji = 1; 0 on the diagonal.

    The pairwise winning index of Leskinen, Viitanen, Kangas and Kangas (2006), Forest Science 52(3), 304–312.
    """
    ties = samples - wins - wins.T
    probabilities: Floats = (wins + ties / 2) / samples
    np.fill_diagonal(probabilities, 0.0)
    return probabilities


def overlap_groups(probabilities: Floats, labels: Sequence[Any], level: float = TOLD_APART) -> tuple[OverlapGroup, ...]:
    """Cut a ranking into groups no two members of which can be told apart.

    From the first place on, the next molecule joins while neither it nor any member of the group
    beats the other with probability `level` or more; otherwise it opens the next group. So the last
    of one group and the first of the next may be close, but the whole group never is a chain.

    Parameters
    ----------
    probabilities
        Shape (t, t), in the order of the ranking.
    labels
        The molecules in that order.
    level
        The winning probability from which on two molecules are told apart.
    """
    clear = np.maximum(probabilities, probabilities.T)
    starts = [0]
    for j in range(1, len(labels)):
        if clear[starts[-1] : j, j].max() >= level:
            starts.append(j)
    groups = []
    for start, end in zip(starts, [*starts[1:], len(labels)], strict=True):
        inside = clear[start:end, start:end][np.triu_indices(end - start, 1)]
        groups.append(OverlapGroup(start + 1, end, tuple(labels[start:end]), float(inside.max(initial=0.5))))
    return tuple(groups)
