"""A classifier of labels: what it learns, how its probabilities are calibrated, what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.models.chemistry_samples import labels, molecules

from weighbridge.errors import InputError
from weighbridge.evidence.models import fit_classifier
from weighbridge.evidence.models.calibration import Sigmoid, fit_sigmoid, log_odds
from weighbridge.evidence.models.classifier import TREES, Classifier, _calibrated_without_own_fold
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.forest import Forest

QUICK = {"folds": 3, "trees": 8, "threads": 1}


def stump(low: float, high: float, at: float, feature: int = 2048) -> Forest:
    """Return one tree that says `low` up to a molecular weight and `high` above it."""
    return Forest(
        left=np.array([1, -1, -1], dtype=np.int32),
        right=np.array([2, -1, -1], dtype=np.int32),
        feature=np.array([feature, 0, 0], dtype=np.int32),
        threshold=np.array([at, 0.0, 0.0]),
        value=np.array([0.5, low, high]),
        roots=np.array([0], dtype=np.int64),
    )


def message(*args, **options) -> str:
    """Return what a refused fit says."""
    with pytest.raises(InputError) as caught:
        fit_classifier(*args, **{"seed": 0, **QUICK, **options})
    return str(caught.value)


def test_a_classifier_learns_what_chemistry_explains(classifier):
    """On new scaffolds the classifier tells labels apart far better than chance."""
    assert classifier.metrics["auroc"] > 0.8
    assert classifier.metrics["brier"] < 0.2


def test_labels_without_chemistry_give_no_skill_and_honest_probabilities():
    """Labels drawn at random are not predicted, and probabilities stay near the base rate."""
    drawn = np.random.default_rng(4).integers(0, 2, len(molecules())).tolist()
    model = fit_classifier(molecules(), drawn, seed=0, folds=4, trees=25, threads=1)
    assert 0.3 < model.metrics["auroc"] < 0.7
    assert model.validation["prediction"].std() < 0.15


def test_probabilities_of_new_molecules_keep_the_order_of_the_votes(classifier):
    """Calibration changes what the numbers mean, not which molecule is ahead."""
    new = molecules()[::7]
    votes = classifier.forest.by_tree(featurise(new)).mean(axis=0)
    p = classifier.predict(new)
    assert np.all((p > 0) & (p < 1))
    assert np.all(np.diff(p[np.argsort(votes)]) >= 0)


def test_each_folds_calibration_comes_from_the_others(monkeypatch):
    """Validation probabilities of a fold use a sigmoid that never saw the fold's labels."""
    seen = []

    def spy(x, y):
        seen.append(len(x))
        return fit_sigmoid(x, y)

    monkeypatch.setattr("weighbridge.evidence.models.classifier.fit_sigmoid", spy)
    model = fit_classifier(molecules(), labels(), seed=2, **QUICK)
    sizes = model.validation["fold"].value_counts().sort_index()
    assert seen == [len(molecules()) - size for size in sizes] + [len(molecules())]


def test_labels_other_than_0_and_1_are_refused_row_by_row():
    """Every label that is neither 0 nor 1 is named."""
    said = message(["C"] * 3, [0, 2, float("nan")])
    assert "row 2: a label is neither 0 nor 1; found 2; expected 0 or 1" in said
    assert "row 3: a label is neither 0 nor 1; found nan; expected 0 or 1" in said


def test_one_label_only_is_refused():
    """A classifier of one class is refused with the class that is missing."""
    said = message(molecules(), [1] * len(molecules()))
    assert said == "one label does not occur; found no 0; expected molecules of both labels"


def test_a_prediction_by_hand(classifier):
    """One tree, light → 0 and heavy → 1: log-odds of half a vote are ±log 3, then the sigmoid."""
    by_hand = Classifier(stump(0.0, 1.0, at=100.0), Sigmoid(2.0, 0.5), classifier.validation, {})
    ethanol, aspirin = by_hand.predict(["CCO", "CC(=O)Oc1ccccc1C(=O)O"])
    assert ethanol == pytest.approx(1 / (1 + np.exp(2 * np.log(3) - 0.5)))
    assert aspirin == pytest.approx(1 / (1 + np.exp(-2 * np.log(3) - 0.5)))


def test_new_probabilities_are_the_sigmoid_of_the_votes(classifier):
    """The mean vote over the trees, as log-odds, through the fitted sigmoid."""
    new = ["CCCc1ccccc1O", "CC(C)(C)C1CCNCC1"]
    votes = classifier.forest.by_tree(featurise(new)).mean(axis=0)
    assert classifier.predict(new) == pytest.approx(classifier.sigmoid(log_odds(votes, 25)))


def test_predicting_nothing_gives_nothing(classifier):
    """An empty list is an empty array, not an error."""
    assert classifier.predict([]).shape == (0,)


def test_predictions_do_not_depend_on_the_company(classifier):
    """A molecule's probability is the same alone and among others."""
    new = list(molecules()[:6])
    together = classifier.predict(new)
    assert [classifier.predict([text])[0] for text in new] == together.tolist()


def test_the_classifier_says_how_far_it_is(classifier):
    """Predicting tells the step of the features to its end."""
    heard = []
    classifier.predict(["C", "CC"], lambda *said: heard.append(said))
    assert heard[-1] == ("features", 2, 2)


def test_an_unreadable_structure_is_named_when_predicting(classifier):
    """Its row counts from 1."""
    with pytest.raises(InputError, match=r"row 2: RDKit cannot read the SMILES 'C1CC'"):
        classifier.predict(["CC", "C1CC"])


def test_the_validation_table_is_complete(classifier):
    """Four columns, every probability strictly between 0 and 1, all folds from 0."""
    table = classifier.validation
    assert list(table.columns) == ["smiles", "truth", "prediction", "fold"]
    assert table["prediction"].between(0, 1, inclusive="neither").all()
    assert sorted(table["fold"].unique()) == [0, 1, 2, 3]
    assert table.index.tolist() == list(range(len(molecules())))


def test_metrics_name_what_they_measure(classifier):
    """Six figures, the base rate and the number of molecules among them."""
    assert list(classifier.metrics) == ["auroc", "average_precision", "brier", "ece", "base_rate", "n"]
    assert classifier.metrics["base_rate"] == pytest.approx(np.mean(labels()))
    assert classifier.metrics["n"] == len(molecules())


def test_a_fitted_classifier_cannot_be_changed(classifier):
    """Its validation stays that of its forest."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        classifier.sigmoid = Sigmoid(1.0, 0.0)
    assert TREES == 200


def test_truth_values_are_labels_too():
    """True and False train the same forest as 1 and 0."""
    plain = fit_classifier(molecules(), labels(), seed=1, **QUICK)
    truth = fit_classifier(molecules(), [bool(label) for label in labels()], seed=1, **QUICK)
    assert plain.validation["prediction"].tolist() == truth.validation["prediction"].tolist()


SCORED = st.lists(st.tuples(st.floats(-3, 3), st.booleans(), st.integers(0, 2)), min_size=12, max_size=20)


@given(SCORED)
def test_calibration_of_a_fold_never_looks_at_its_own_labels(rows):
    """Turning round the labels of one fold leaves that fold's own probabilities where they were."""
    rows = [*rows, *((0.1 * fold, label, fold) for fold in range(3) for label in (True, False))]
    scores = np.array([row[0] for row in rows])
    truth = np.array([float(row[1]) for row in rows])
    fold = np.array([row[2] for row in rows], dtype=np.int64)
    before = _calibrated_without_own_fold(scores, truth, fold)
    turned = np.where(fold == 1, 1 - truth, truth)
    after = _calibrated_without_own_fold(scores, turned, fold)
    np.testing.assert_array_equal(after[fold == 1], before[fold == 1])


def test_three_labels_are_refused_before_anything_is_computed(monkeypatch):
    """Wrong labels are told at once, not after minutes of fingerprints."""
    monkeypatch.setattr("weighbridge.evidence.models.classifier.prepare_training", lambda *args, **rest: 1 / 0)
    assert message(["C"], [0.5]) == "row 1: a label is neither 0 nor 1; found 0.5; expected 0 or 1"
