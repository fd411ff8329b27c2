"""Random forests: grown by scikit-learn, kept and read as plain arrays.

Kept as arrays they need no pickle to be stored, predict the same bits whatever the number of
threads (scikit-learn adds its trees up in the order the threads finish), and give every tree's own
answer, from which the spread is computed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.models.features import Features

__all__ = ["Forest", "grow", "have_sklearn"]

Nodes = NDArray[np.int32]
_LEAF: Final = -1


@dataclass(frozen=True, eq=False)
class Forest:
    """A fitted forest: the nodes of all trees, one after the other.

    Attributes
    ----------
    left, right
        Shape (nodes,): number of the child node, −1 at a leaf.
    feature, threshold
        Shape (nodes,): a molecule goes left where its feature is at most the threshold; neither
        means anything at a leaf.
    value
        Shape (nodes,): share of label 1, or mean value, of the training molecules at the node.
    roots
        Shape (trees,): the first node of every tree.
    """

    left: Nodes
    right: Nodes
    feature: Nodes
    threshold: Floats
    value: Floats
    roots: Integers

    def __len__(self) -> int:
        return len(self.roots)

    def by_tree(self, features: Features) -> Floats:
        """Return what every tree says of every molecule, shape (trees, n)."""
        said = np.empty((len(self.roots), len(features)))
        for tree, root in enumerate(self.roots):
            said[tree] = self.value[self._leaves(features, int(root))]
        return said

    def mean_and_spread(self, features: Features) -> tuple[Floats, Floats]:
        """Return mean and standard deviation between trees of every molecule, both of shape (n,).

        Each molecule is summed on its own: which others are asked about with it changes no bit.
        """
        said = np.ascontiguousarray(self.by_tree(features).T)
        return said.mean(axis=1), said.std(axis=1)

    def _leaves(self, features: Features, root: int) -> Integers:
        at = np.full(len(features), root, dtype=np.int64)
        walking = np.flatnonzero(self.left[at] != _LEAF)
        while walking.size:
            node = at[walking]
            goes_left = features[walking, self.feature[node]] <= self.threshold[node]
            at[walking] = np.where(goes_left, self.left[node], self.right[node])
            walking = walking[self.left[at[walking]] != _LEAF]
        return at


def have_sklearn() -> bool:
    """Return whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


def grow(
    features: Features,
    target: Floats,
    *,
    kind: Literal["classifier", "regressor"],
    trees: int,
    seed: int,
    threads: int | None = None,
) -> Forest:
    """Grow a random forest.

    Parameters
    ----------
    features
        Shape (n, p).
    target
        Shape (n,): 0 and 1 for a classifier, values for a regressor.
    kind
        Which of the two. Of the p features that vary at all a classifier tries √p at a split, a
        regressor p/3; leaves hold at least two molecules.
    trees
        How many trees.
    seed
        Of the bootstrap samples and the features tried.
    threads
        How many threads; all cores unless told. The forest does not depend on it.

    Raises
    ------
    InputError
        If scikit-learn is not installed.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5–32.
    """
    if not have_sklearn():
        fault = Fault("scikit-learn is not installed, and models need it", mend="pip install 'weighbridge[models]'")
        raise InputError(fault)
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    shared: dict[str, Any] = {
        "n_estimators": trees,
        "min_samples_leaf": 2,
        "random_state": seed,
        "n_jobs": threads or os.cpu_count() or 1,
    }
    varying = np.flatnonzero(np.ptp(features, axis=0) > 0)
    seen = features[:, varying]
    if kind == "classifier":
        fitted = RandomForestClassifier(max_features="sqrt", **shared).fit(seen, target.astype(np.int64))
    else:
        fitted = RandomForestRegressor(max_features=1 / 3, **shared).fit(seen, target)
    return _as_arrays([tree.tree_ for tree in fitted.estimators_], varying)


def _as_arrays(trees: list[Any], columns: Integers) -> Forest:
    sizes = [tree.node_count for tree in trees]
    roots = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    return Forest(
        left=_numbered([tree.children_left for tree in trees], roots),
        right=_numbered([tree.children_right for tree in trees], roots),
        feature=columns[np.concatenate([tree.feature for tree in trees]).clip(0)].astype(np.int32),
        threshold=np.concatenate([tree.threshold for tree in trees]).astype(np.float64),
        value=np.concatenate([_node_values(tree.value) for tree in trees]),
        roots=roots,
    )


def _numbered(children: list[Integers], roots: Integers) -> Nodes:
    moved = [np.where(child == _LEAF, _LEAF, child + root) for child, root in zip(children, roots, strict=True)]
    return np.concatenate(moved).astype(np.int32)


def _node_values(value: Floats) -> Floats:
    """Return the share of the second class, or the mean where there is one column."""
    table = value[:, 0, :]
    return table[:, 0].copy() if table.shape[1] == 1 else table[:, 1] / table.sum(axis=1)
