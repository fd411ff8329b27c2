"""A regressor of values: what it learns, how sure it says it is, what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.models.chemistry_samples import molecules, values

from weighbridge.errors import InputError
from weighbridge.evidence.models import fit_regressor
from weighbridge.evidence.models.calibration import Spread, fit_spread
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.folds import scaffold_folds
from weighbridge.evidence.models.forest import Forest, grow
from weighbridge.evidence.models.regressor import TREES, Regressor, _calibrated_without_own_fold

QUICK = {"folds": 3, "trees": 8, "threads": 1}


def two_stumps() -> Forest:
    """Return two trees that split at a molecular weight of 100: (4, 6) below, (7, 8) above."""
    return Forest(
        left=np.array([1, -1, -1, 4, -1, -1], dtype=np.int32),
        right=np.array([2, -1, -1, 5, -1, -1], dtype=np.int32),
        feature=np.array([2048, 0, 0, 2048, 0, 0], dtype=np.int32),
        threshold=np.array([100.0, 0, 0, 100.0, 0, 0]),
        value=np.array([0.0, 4.0, 7.0, 0.0, 6.0, 8.0]),
        roots=np.array([0, 3], dtype=np.int64),
    )


def test_a_regressor_learns_what_chemistry_explains(regressor):
    """On new scaffolds the regressor orders values well and its intervals hold about 90 %."""
    assert regressor.metrics["spearman"] > 0.7
    assert regressor.metrics["r2"] > 0.4
    assert 0.75 <= regressor.metrics["coverage"] <= 1.0


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


def test_an_estimate_by_hand(regressor):
    """Trees say (4, 6) and (7, 8): means 5 and 7.5, spreads 1 and .5, through share ½, scale 2, m = .5."""
    by_hand = Regressor(two_stumps(), Spread(0.5, 2.0, 0.5), regressor.validation, {})
    found = by_hand.predict(["CCO", "CC(=O)Oc1ccccc1C(=O)O"])
    assert found.mean.tolist() == [5.0, 7.5]
    assert found.sd == pytest.approx([2 * np.sqrt(0.5 * 1 / 0.5 + 0.5), 2 * np.sqrt(0.5 * 0.25 / 0.5 + 0.5)])


def test_predicting_no_molecules_gives_no_estimates(regressor):
    """Two empty arrays."""
    mean, sd = regressor.predict([])
    assert (mean.shape, sd.shape) == ((0,), (0,))


def test_estimates_do_not_depend_on_the_company(regressor):
    """A molecule's mean and sd are the same alone and among others."""
    new = list(molecules()[:5])
    together = regressor.predict(new)
    assert [regressor.predict([text]).mean[0] for text in new] == together.mean.tolist()
    assert [regressor.predict([text]).sd[0] for text in new] == together.sd.tolist()


def test_means_stay_within_the_values_seen(regressor):
    """A forest averages what it has seen; it never extrapolates."""
    found = regressor.predict(["C" * 60, "[He]", "FC(F)(F)C(F)(F)F"])
    assert (found.mean >= min(values())).all()
    assert (found.mean <= max(values())).all()
    assert (found.sd > 0).all()


def test_the_validation_table_of_a_regressor_is_complete(regressor):
    """Five columns, sds above 0, and no truth or prediction missing."""
    table = regressor.validation
    assert list(table.columns) == ["smiles", "truth", "prediction", "sd", "fold"]
    assert (table["sd"] > 0).all()
    assert table.notna().all().all()


def test_metrics_of_a_regressor_name_what_they_measure(regressor):
    """Six figures; the standardised error is near 1 because the sd was calibrated on it."""
    assert list(regressor.metrics) == ["r2", "rmse", "spearman", "coverage", "standardised_rms", "n"]
    assert 0.7 < regressor.metrics["standardised_rms"] < 1.5


def test_a_fitted_regressor_cannot_be_changed(regressor):
    """Its validation stays that of its forest."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        regressor.spread = Spread(0.0, 1.0, 1.0)
    assert TREES == 300


def test_stretching_all_values_stretches_means_and_sds():
    """Twice the values are twice the means and twice the sds: there is no unit in the model."""
    plain = fit_regressor(molecules(), values(), seed=4, **QUICK)
    twice = fit_regressor(molecules(), [2.0 * value for value in values()], seed=4, **QUICK)
    new = list(molecules()[::9])
    assert twice.predict(new).mean == pytest.approx(2 * plain.predict(new).mean)
    assert twice.predict(new).sd == pytest.approx(2 * plain.predict(new).sd)


SPREADS = st.lists(st.tuples(st.floats(0.01, 2), st.floats(-2, 2), st.integers(0, 2)), min_size=9, max_size=20)


@given(SPREADS)
def test_the_sd_of_a_fold_never_looks_at_its_own_residuals(rows):
    """Ten times the residuals of one fold leave that fold's own sds where they were, and raise the others'."""
    rows = [*rows, *((0.5, 1.0, fold) for fold in range(3))]
    between, residuals = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    fold = np.array([row[2] for row in rows], dtype=np.int64)
    before = _calibrated_without_own_fold(between, residuals, fold)
    louder = np.where(fold == 1, 10 * residuals, residuals)
    after = _calibrated_without_own_fold(between, louder, fold)
    np.testing.assert_array_equal(after[fold == 1], before[fold == 1])
    assert not np.array_equal(after[fold != 1], before[fold != 1])


def test_an_unreadable_structure_is_named_by_its_row(regressor):
    """Predicting refuses what cannot be read, every row of it."""
    with pytest.raises(InputError, match="2 faults") as caught:
        regressor.predict(["C1CC", "CC", ""])
    assert [fault.place for fault in caught.value.faults] == ["row 1", "row 3"]
