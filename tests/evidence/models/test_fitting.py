import numpy as np
import pytest
from tests.evidence.models.chemistry_samples import labels, molecules, values

from weighbridge.errors import InputError
from weighbridge.evidence.models import fit_classifier, fit_regressor, prefixed, silent
from weighbridge.evidence.models.calibration import fit_sigmoid, fit_spread
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.folds import scaffold_folds
from weighbridge.evidence.models.forest import grow
from weighbridge.evidence.models.metrics import classification_metrics, regression_metrics

QUICK = {"folds": 3, "trees": 8, "threads": 1}


def test_a_classifier_learns_what_chemistry_explains(classifier):
    """On new scaffolds the classifier tells labels apart far better than chance."""
    assert classifier.metrics["auroc"] > 0.8
    assert classifier.metrics["brier"] < 0.2


def test_a_regressor_learns_what_chemistry_explains(regressor):
    """On new scaffolds the regressor orders values well and its intervals hold about 90 %."""
    assert regressor.metrics["spearman"] > 0.7
    assert regressor.metrics["r2"] > 0.4
    assert 0.75 <= regressor.metrics["coverage"] <= 1.0


def test_labels_without_chemistry_give_no_skill_and_honest_probabilities():
    """Labels drawn at random are not predicted, and probabilities stay near the base rate."""
    drawn = np.random.default_rng(4).integers(0, 2, len(molecules())).tolist()
    model = fit_classifier(molecules(), drawn, seed=0, folds=4, trees=25, threads=1)
    assert 0.3 < model.metrics["auroc"] < 0.7
    assert model.validation["prediction"].std() < 0.15


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


def test_a_held_out_prediction_never_saw_its_scaffold():
    """Row by row, the validation is what a forest grown on the other folds alone predicts."""
    model = fit_regressor(molecules(), values(), seed=6, **QUICK)
    order = np.argsort(np.array(molecules()))
    smiles = [molecules()[row] for row in order]
    target, features = np.array(values())[order], featurise(smiles)
    fold = scaffold_folds(smiles, 3, 6)
    held = fold == 1
    forest = grow(features[~held], target[~held], kind="regressor", trees=8, seed=6 + 1, threads=1)
    expected = dict(zip(np.array(smiles)[held], forest.by_tree(features[held]).mean(axis=0), strict=True))
    mine = model.validation[model.validation["fold"] == 1].set_index("smiles")["prediction"]
    assert mine.to_dict() == pytest.approx(expected)


def test_the_sd_of_new_molecules_is_the_stated_formula(regressor):
    """sd² = scale² · (share · s²/m + 1 − share) with s the standard deviation between trees."""
    new = ["CCCc1ccccc1O", "CC(C)(C)C1CCNCC1"]
    said = regressor.forest.by_tree(featurise(new))
    fitted, s = regressor.spread, said.std(axis=0)
    expected = fitted.scale * np.sqrt(fitted.share * s**2 / fitted.mean_square + 1 - fitted.share)
    found = regressor.predict(new)
    assert found.sd == pytest.approx(expected)
    assert found.mean == pytest.approx(said.mean(axis=0))


def test_probabilities_of_new_molecules_keep_the_order_of_the_votes(classifier):
    """Calibration changes what the numbers mean, not which molecule is ahead."""
    new = molecules()[::7]
    votes = classifier.forest.by_tree(featurise(new)).mean(axis=0)
    p = classifier.predict(new)
    assert np.all((p > 0) & (p < 1))
    assert np.all(np.diff(p[np.argsort(votes)]) >= 0)


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


def test_each_folds_sd_comes_from_the_others(monkeypatch):
    """Validation sds of a fold use a spread that never saw the fold's residuals."""
    seen = []

    def spy(s, e):
        seen.append(len(e))
        return fit_spread(s, e)

    monkeypatch.setattr("weighbridge.evidence.models.regressor.fit_spread", spy)
    model = fit_regressor(molecules(), values(), seed=2, **QUICK)
    sizes = model.validation["fold"].value_counts().sort_index()
    assert seen == [len(molecules()) - size for size in sizes] + [len(molecules())]


def test_progress_names_each_step_and_ends_each():
    """Every step is told to its end, under the caller's prefix."""
    heard = []
    fit_regressor(molecules(), values(), seed=0, progress=prefixed("mine", lambda *said: heard.append(said)), **QUICK)
    last = {step: (done, total) for step, done, total in heard}
    assert last == {
        "mine: features": (len(molecules()), len(molecules())),
        "mine: validation folds": (3, 3),
        "mine: model": (1, 1),
    }
    silent("nothing", 0, 1)


def message(fit, *args, **options) -> str:
    with pytest.raises(InputError) as caught:
        fit(*args, **{"seed": 0, **QUICK, **options})
    return str(caught.value)


def test_labels_other_than_0_and_1_are_refused_row_by_row():
    """Every label that is neither 0 nor 1 is named."""
    said = message(fit_classifier, ["C"] * 3, [0, 2, float("nan")])
    assert "row 2: a label is neither 0 nor 1; found 2; expected 0 or 1" in said
    assert "row 3: a label is neither 0 nor 1; found nan; expected 0 or 1" in said


def test_one_label_only_is_refused():
    """A classifier of one class is refused with the class that is missing."""
    said = message(fit_classifier, molecules(), [1] * len(molecules()))
    assert said == "one label does not occur; found no 0; expected molecules of both labels"


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
