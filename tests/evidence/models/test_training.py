"""Training data that are checked and sorted, and forests grown fold by fold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.models.chemistry_samples import labels, molecules, values

from weighbridge.errors import InputError
from weighbridge.evidence.models import fit_classifier, fit_regressor
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.folds import scaffold_folds
from weighbridge.evidence.models.forest import grow
from weighbridge.evidence.models.metrics import classification_metrics, regression_metrics
from weighbridge.evidence.models.progress import silent
from weighbridge.evidence.models.training import Training, cross_validate, prepare_training

QUICK = {"folds": 3, "trees": 8, "threads": 1}
SERIES = ["Cc1ccccc1", "CCc1ccccc1", "CC1CCCCC1", "CCC1CCCCC1", "Cc1ccncc1", "CCc1ccncc1"]


def prepared(smiles=tuple(SERIES), target=(1.0, 2, 3, 4, 5, 6), folds=3, seed=0, what="value") -> Training:
    return prepare_training(smiles, target, what=what, folds=folds, seed=seed, progress=silent)


def test_validation_follows_the_given_rows(classifier, regressor):
    """Row i of the validation is molecule i with its own truth and its own scaffold fold."""
    for model, truth in ((classifier, labels()), (regressor, values())):
        assert model.validation["smiles"].tolist() == list(molecules())
        assert model.validation["truth"].tolist() == pytest.approx(list(truth))
        assert model.validation["fold"].tolist() == scaffold_folds(molecules(), 4, 3).tolist()


def test_metrics_are_those_of_the_validation(classifier, regressor):
    """Metrics can be computed again from the validation table that is handed out."""
    table = classifier.validation
    again = classification_metrics(table["truth"].to_numpy(), table["prediction"].to_numpy())
    assert again == pytest.approx(dict(classifier.metrics))
    table = regressor.validation
    columns = (table[name].to_numpy() for name in ("truth", "prediction", "sd"))
    assert regression_metrics(*columns) == pytest.approx(dict(regressor.metrics))


@pytest.mark.parametrize("fit", [fit_classifier, fit_regressor])
def test_neither_threads_nor_the_order_of_rows_change_a_bit(fit):
    """Reversed rows and other numbers of threads give the same predictions to the last bit."""
    target = labels() if fit is fit_classifier else values()
    one = fit(molecules(), target, seed=1, folds=3, trees=8, threads=1)
    other = fit(molecules()[::-1], target[::-1], seed=1, folds=3, trees=8, threads=2)
    new = molecules()[:9]
    assert np.asarray(one.predict(new)).tobytes() == np.asarray(other.predict(new)).tobytes()
    mine = one.validation["prediction"].to_numpy()
    assert mine.tobytes() == other.validation["prediction"].to_numpy()[::-1].tobytes()


def message(fit, *args, **options) -> str:
    with pytest.raises(InputError) as caught:
        fit(*args, **{"seed": 0, **QUICK, **options})
    return str(caught.value)


def test_one_label_in_one_series_only_is_refused():
    """A label that stands in one scaffold only cannot be validated on new scaffolds."""
    one_series = [int(row < 10) for row in range(len(molecules()))]
    said = message(fit_classifier, molecules(), one_series)
    assert "all labels outside one fold are equal" in said
    assert "found 0 throughout" in said


def test_values_that_are_no_numbers_are_refused_row_by_row():
    """Every value that is not finite is named by its row."""
    broken = [float("inf"), *values()[1:-1], float("nan")]
    said = message(fit_regressor, molecules(), broken)
    assert "row 1: a value is not a finite number; found inf" in said
    assert f"row {len(molecules())}: a value is not a finite number; found nan" in said


def test_equal_values_are_refused():
    """Values without any difference teach nothing, and the message says so."""
    said = message(fit_regressor, molecules(), [1.5] * len(molecules()))
    assert "all values outside one fold are equal" in said
    assert "found 1.5 throughout" in said


def test_structures_and_values_differing_in_number_are_refused():
    """Lists of different length are refused with both lengths."""
    said = message(fit_regressor, molecules(), values()[:-1])
    n = len(molecules())
    assert said.startswith(f"structures and values differ in number; found {n} structures, {n - 1} values")


def test_too_few_molecules_are_refused():
    """Fewer than two molecules a fold are refused with the number needed."""
    said = message(fit_regressor, molecules()[:5], values()[:5])
    assert said == "too few molecules to train a model; found 5; expected at least 6"


def test_too_few_folds_are_refused():
    """One fold is no cross-validation."""
    assert "too few folds; found 1; expected at least 2" in message(fit_regressor, molecules(), values(), folds=1)


def test_unreadable_structures_are_refused():
    """A training structure that cannot be read is an input error, not a crash."""
    assert "RDKit cannot read the SMILES 'C1CC'" in message(fit_regressor, [*molecules()[1:], "C1CC"], values())


# --- preparing ----------------------------------------------------------------------------------------------


def test_training_data_are_sorted_and_know_where_they_came_from():
    """Sorted by SMILES, then value; `place` leads from each given row to its own."""
    given_ = ["CCC1CCCCC1", "Cc1ccccc1", "CCC1CCCCC1", "Cc1ccncc1", "CCc1ccncc1", "CC1CCCCC1"]
    target = [9.0, 1.0, 4.0, 5.0, 6.0, 3.0]
    found = prepared(given_, target)
    assert list(zip(found.smiles, found.target, strict=True)) == sorted(zip(given_, target, strict=True))
    assert [found.smiles[place] for place in found.place] == given_
    assert found.target[found.place].tolist() == target


def test_features_and_folds_belong_to_the_sorted_rows():
    """Row by row they are those of the row's own structure."""
    found = prepared()
    np.testing.assert_array_equal(found.features, featurise(found.smiles))
    assert found.fold.tolist() == scaffold_folds(found.smiles, 3, 0).tolist()


@settings(max_examples=15)
@given(st.permutations(range(6)))
def test_preparing_forgets_the_order_of_the_file(order):
    """Any order of the rows gives the same training data to the last bit."""
    found = prepared([SERIES[row] for row in order], [float(row + 1) for row in order])
    plain = prepared()
    assert found.smiles == plain.smiles
    assert found.target.tobytes() == plain.target.tobytes()
    assert found.features.tobytes() == plain.features.tobytes()
    assert found.fold.tolist() == plain.fold.tolist()
    assert [found.smiles[place] for place in found.place] == [SERIES[row] for row in order]


def test_every_fault_of_the_numbers_comes_at_once():
    """One fold, a length too short and two values that are none are four faults."""
    with pytest.raises(InputError) as caught:
        prepared(SERIES, [1.0, np.nan, np.inf], folds=1, what="label")
    assert [str(fault) for fault in caught.value.faults] == [
        "too few folds; found 1; expected at least 2",
        "structures and labels differ in number; found 6 structures, 3 labels; expected one label a structure",
        "row 2: a label is not a finite number; found nan",
        "row 3: a label is not a finite number; found inf",
    ]


def test_the_fewest_molecules_are_two_a_fold():
    """Six serve three folds; five do not."""
    assert len(prepared().smiles) == 6
    with pytest.raises(InputError, match="too few molecules to train a model; found 5; expected at least 6"):
        prepared(SERIES[:5], [1.0, 2, 3, 4, 5])


def test_one_series_has_no_folds():
    """All molecules on one scaffold cannot be validated on new chemistry; the message counts scaffolds."""
    with pytest.raises(InputError, match="too few chemical series for cross-validation; found 1 different scaffolds"):
        prepared(["C" * length + "c1ccccc1" for length in range(1, 7)])


# --- cross-validating ---------------------------------------------------------------------------------------


def test_every_row_is_predicted_by_the_forest_that_has_not_seen_its_fold():
    """Mean and spread, fold by fold, are those of a forest grown here on the other folds with seed + fold."""
    training = prepare_training(molecules(), values(), what="value", folds=3, seed=7, progress=silent)
    options = {"kind": "regressor", "trees": 6, "threads": 1}
    whole, mean, spread = cross_validate(training, seed=7, progress=silent, **options)
    for fold in range(3):
        held = training.fold == fold
        forest = grow(training.features[~held], training.target[~held], seed=7 + fold, **options)
        said = forest.by_tree(training.features[held])
        np.testing.assert_allclose(mean[held], said.mean(axis=0), rtol=1e-13)
        np.testing.assert_allclose(spread[held], said.std(axis=0), rtol=0, atol=1e-13)
    everything = grow(training.features, training.target, seed=7 + 3, **options)
    assert whole.value.tobytes() == everything.value.tobytes()
    assert len(whole) == 6


def test_votes_are_shares_and_spreads_are_those_of_shares():
    """Trees of a classifier say between 0 and 1, so they cannot scatter by more than ½."""
    training = prepare_training(molecules(), labels(), what="label", folds=3, seed=1, progress=silent)
    _, mean, spread = cross_validate(training, kind="classifier", trees=6, seed=1, threads=1, progress=silent)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((spread >= 0) & (spread <= 0.5)).all()


def test_a_fold_outside_which_nothing_varies_is_refused():
    """The message tells values from labels and names the one there is."""
    flat = Training(
        tuple(SERIES), np.array([1.0, 2, 3, 3, 3, 3]), featurise(SERIES), np.array([0, 0, 1, 1, 2, 2]), np.arange(6)
    )
    with pytest.raises(InputError) as caught:
        cross_validate(flat, kind="regressor", trees=2, seed=0, threads=1, progress=silent)
    assert str(caught.value) == (
        "all values outside one fold are equal, so nothing can be learned; found 3 throughout; "
        "expected differing values in several chemical series"
    )
