import importlib.util

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from weighbridge.errors import InputError
from weighbridge.evidence.models.forest import grow


def data(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    features = draw.integers(0, 4, (90, 12)).astype(np.float32)
    features[:, 3] = 2.0  # a constant column, which grow leaves out and must number around
    return features, features[:, 1] - features[:, 5] + draw.normal(0, 0.3, 90)


def test_the_arrays_predict_what_scikit_learn_predicts():
    """A forest read as arrays gives scikit-learn's own probabilities on the columns that vary."""
    features, target = data()
    labels = (target > 0).astype(float)
    varying = np.delete(features, 3, axis=1)
    theirs = RandomForestClassifier(30, min_samples_leaf=2, max_features="sqrt", random_state=5).fit(varying, labels)
    ours = grow(features, labels, kind="classifier", trees=30, seed=5, threads=1)
    assert ours.by_tree(features).mean(axis=0) == pytest.approx(theirs.predict_proba(varying)[:, 1], abs=1e-12)


def test_every_tree_of_a_regressor_says_what_scikit_learns_tree_says():
    """Each tree's answers on unseen rows are those of the tree it was made from."""
    features, target = data()
    new = np.random.default_rng(9).integers(0, 5, (40, 12)).astype(np.float32)
    varying = np.delete(new, 3, axis=1)
    theirs = RandomForestRegressor(7, min_samples_leaf=2, max_features=1 / 3, random_state=2)
    theirs.fit(np.delete(features, 3, axis=1), target)
    ours = grow(features, target, kind="regressor", trees=7, seed=2, threads=1)
    expected = np.array([tree.predict(varying) for tree in theirs.estimators_])
    assert ours.by_tree(new) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_threads_change_no_bit(kind):
    """One thread and three grow the same forest, to the last bit."""
    features, target = data()
    target = (target > 0).astype(float) if kind == "classifier" else target
    one = grow(features, target, kind=kind, trees=20, seed=1, threads=1)
    three = grow(features, target, kind=kind, trees=20, seed=1, threads=3)
    for name in ("left", "right", "feature", "threshold", "value", "roots"):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes()


def test_another_seed_is_another_forest():
    """The seed decides which forest is grown."""
    features, target = data()
    first = grow(features, target, kind="regressor", trees=5, seed=1).by_tree(features)
    assert not np.array_equal(first, grow(features, target, kind="regressor", trees=5, seed=2).by_tree(features))


def test_a_tree_that_cannot_split_answers_its_root():
    """With features that never vary in a useful way every tree is one leaf: the mean of its sample."""
    features = np.zeros((6, 2), dtype=np.float32)
    features[0, 0] = 1.0  # one row alone cannot be a leaf of two
    forest = grow(features, np.arange(6.0), kind="regressor", trees=4, seed=0)
    said = forest.by_tree(features)
    assert len(forest) == 4
    assert np.all((said >= 0) & (said <= 5))


def test_a_missing_extra_is_named(monkeypatch):
    """Without scikit-learn the message says which extra to install."""
    monkeypatch.setattr("weighbridge.evidence.models.forest.find_spec", lambda name: None)
    features, target = data()
    with pytest.raises(InputError, match=r"pip install 'weighbridge\[models\]'"):
        grow(features, target, kind="regressor", trees=2, seed=0)


def test_the_check_for_the_extra_looks_for_scikit_learn():
    """What is looked for is importable here, so the test above turned off a real check."""
    assert importlib.util.find_spec("sklearn") is not None


@pytest.mark.parametrize("trees", [1, 7, 25, 200])
def test_a_molecules_mean_and_spread_do_not_depend_on_the_company(trees):
    """Alone, in pairs or among ninety, every molecule has the same bits, those of its own trees."""
    features, target = data()
    forest = grow(features, target, kind="regressor", trees=trees, seed=3, threads=1)
    mean, spread = forest.mean_and_spread(features)
    said = forest.by_tree(features)
    assert mean == pytest.approx(said.mean(axis=0), abs=1e-12)
    assert spread == pytest.approx(said.std(axis=0), abs=1e-12)
    for size in (1, 2, 3, 8, 45):
        pieces = [forest.mean_and_spread(features[start : start + size]) for start in range(0, 90, size)]
        assert np.concatenate([piece[0] for piece in pieces]).tobytes() == mean.tobytes()
        assert np.concatenate([piece[1] for piece in pieces]).tobytes() == spread.tobytes()
