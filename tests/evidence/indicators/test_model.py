"""How good a source's model is, and how sure it is of a molecule."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_molecules, read_part, read_source
from weighbridge.evidence.indicators.statistics import auroc_standard_error

HERE = setting(["CCO", "CCN", "CCC"])
TRUTHS = [1.0, 1.0, 0.0, 0.0]
SCORES = [0.9, 0.4, 0.4, 0.2]


def validated(truth, prediction, kind="binary", **columns):
    fields = {name: columns.pop(name) for name in ("records", "card") if name in columns}
    return source(kind, validation=pd.DataFrame({"truth": truth, "prediction": prediction} | columns), **fields)


def predicted(kind="continuous", **columns):
    unit = columns.pop("unit", "pIC50" if kind == "continuous" else "probability")
    index = columns.pop("index", ["M1", "M2", "M3"])
    return source(kind, unit=unit, predictions=pd.DataFrame(columns, index=index))


def test_area_brier_and_spearman_by_hand():
    """Of four pairs three are in order and one tied; the squares are .01 .36 .16 .04."""
    sample = validated(TRUTHS, SCORES)
    area = read_source("auroc_scaffold", sample, HERE)
    assert area.value == pytest.approx(3.5 / 4)
    assert area.note == f"standard error {auroc_standard_error(3.5 / 4, 2, 2):.3f}"
    assert read_source("brier", sample, HERE).value == pytest.approx(0.57 / 4)
    assert read_source("spearman_cv", validated([1, 2, 3, 4], [1, 2, 4, 3]), HERE).value == pytest.approx(0.8)


def test_calibration_by_hand():
    """Bins .9 (1 active of 1), .4 (1 of 2) and .2 (0 of 1): (.1 + .2 + .2) / 4."""
    assert read_source("ece", validated(TRUTHS, SCORES), HERE).value == pytest.approx(0.125)


def test_area_of_values_is_at_the_threshold():
    """A continuous truth that reaches the decision's threshold is active."""
    sample = validated([5.0, 6.0, 7.0, 4.0], [5.5, 5.2, 7.0, 4.0], "continuous")
    assert read_source("auroc_scaffold", sample, setting(threshold=6.0)).value == pytest.approx(3 / 4)
    assert "no threshold" in read_source("auroc_scaffold", sample, HERE).unknown


def test_parts_are_validated_apart():
    """A part's validation is its own rows; without a part column it is not known."""
    sample = validated(TRUTHS * 2, SCORES + SCORES[::-1], part=["A"] * 4 + ["B"] * 4)
    assert read_part("auroc_scaffold", sample, "A", HERE).value == pytest.approx(0.875)
    assert read_part("auroc_scaffold", sample, "B", HERE).value == pytest.approx(0.125)
    assert "do not tell their part" in read_part("brier", validated(TRUTHS, SCORES), "A", HERE).unknown


def test_incomplete_rows_are_counted():
    """A row without its prediction is left out, and the note says so."""
    found = read_source("brier", validated([*TRUTHS, 1.0], [*SCORES, None]), HERE)
    assert (found.n, found.note) == (4, "1 of 5 out-of-fold rows are incomplete")


NOISY = {"records": records(key=["a", "a", "b", "b"], value=[5.0, 5.5, 7.0, 6.5])}


def test_the_ceiling_and_the_noise_by_hand():
    """Noise √(.5 / 4) on repeats; R² and RMSE of the out-of-fold predictions against it."""
    truth, prediction = np.array([4.0, 5.0, 6.0, 9.0]), np.array([4.5, 5.0, 6.5, 8.0])
    sample = validated(truth, prediction, "continuous", **NOISY)
    noise2 = (0.125 + 0.125) / 2
    explained = 1 - 1.5 / ((truth - 6) ** 2).sum()
    ceiling = 1 - noise2 / truth.var(ddof=1)
    assert read_source("r2_vs_ceiling", sample, HERE).value == pytest.approx(explained / ceiling)
    assert read_source("rmse_vs_noise", sample, HERE).value == pytest.approx(math.sqrt(1.5 / 4) / math.sqrt(noise2))
    assert "noise measured on repeats: 0.354" in read_source("rmse_vs_noise", sample, HERE).note


def test_the_card_tells_the_noise_where_repeats_do_not():
    """Without repeats the card's replicate_sd serves; with neither the reason is given."""
    sample = validated([4.0, 6.0], [4.5, 5.5], "continuous", card={"replicate_sd": 0.25})
    found = read_source("rmse_vs_noise", sample, HERE)
    assert found.value == pytest.approx(2.0)
    assert "as the card states it" in found.note
    assert (
        "not known: needs training records"
        in read_source("rmse_vs_noise", validated([4, 6], [4, 5], "continuous"), HERE).unknown
    )


@pytest.mark.parametrize(
    ("name", "sample", "reason"),
    [
        ("brier", source(), "needs out-of-fold predictions"),
        ("brier", validated([5.0, 6.0], [5.0, 6.0], "continuous"), "binary source"),
        ("ece", validated([1.0, 0.0], [1.5, 0.2]), "not probabilities"),
        ("auroc_scaffold", validated([1.0, 1.0], [0.5, 0.2]), "all of one class"),
        ("spearman_cv", validated([1.0, 1.0], [0.5, 0.2]), "all equal"),
        ("spearman_cv", validated([1.0], [0.5]), "needs two"),
        ("r2_vs_ceiling", validated([1.0, 0.0], [0.5, 0.2]), "needs a continuous source"),
        ("r2_vs_ceiling", validated([5.0, 5.1], [5.0, 5.1], "continuous", **NOISY), "nothing is left to explain"),
        (
            "rmse_vs_noise",
            validated([5.0, 5.1], [5, 5], "continuous", records=records(key=["a", "a"], value=[5.0, 5.0])),
            "do not differ at all",
        ),
    ],
)
def test_a_model_that_cannot_be_judged_says_why(name, sample, reason):
    """Each reason is told in words."""
    assert reason in read_source(name, sample, HERE).unknown


def test_uncertainties_of_predictions():
    """Standard deviations, intervals and margins come in the molecules' order, missing where they are."""
    sample = predicted(score=[7.0, 5.0], sd=[0.5, 0.0], low=[6.0, 4.5], high=[8.0, 5.5], index=["M3", "M1"])
    where = setting(["CCO", "CCN", "CCC"], threshold=6.0, threshold_unit="pIC50")
    np.testing.assert_array_equal(read_molecules("ensemble_sd", sample, where).value, [0.0, np.nan, 0.5])
    np.testing.assert_array_equal(read_molecules("interval_width", sample, where).value, [1.0, np.nan, 2.0])
    margin = read_molecules("threshold_margin", sample, where)
    np.testing.assert_array_equal(margin.value, [np.nan, np.nan, 2.0])
    assert margin.note == "2 of 3 molecules have no prediction with a standard deviation above 0"


def test_an_empty_conformal_set_counts_as_both():
    """A set that fits no class is no answer, like a set of both."""
    sample = predicted("binary", score=[0.5] * 3, set_size=[1, 0, 2])
    assert read_molecules("conformal_set", sample, HERE).value.tolist() == [1, 2, 2]


def test_probabilities_and_values_do_not_mix():
    """The spread of a probability and of a pIC50 are two indicators; each refuses the other's."""
    binary, values = predicted("binary", score=[0.5] * 3, sd=[0.1] * 3), predicted(score=[5.0] * 3, sd=[0.3] * 3)
    assert read_molecules("probability_sd", binary, HERE).value.tolist() == [0.1] * 3
    assert "no probabilities" in read_molecules("probability_sd", values, HERE).note
    assert "in probability" in read_molecules("ensemble_sd", binary, HERE).note
    assert "in %" in read_molecules("interval_width", predicted(unit="%", score=[5.0] * 3), HERE).note


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (HERE, "states no threshold"),
        (setting(["CCO"], threshold=6.0, threshold_unit="logBB"), "is in logBB, the predictions are in pIC50"),
        (setting(["CCO"], threshold=6.0), "have no sd"),
    ],
)
def test_a_margin_needs_a_threshold_and_a_spread(where, reason):
    """Without either the margin is missing for every molecule, with the reason."""
    found = read_molecules("threshold_margin", predicted(score=[5.0] * 3), where)
    assert np.isnan(found.value).all()
    assert reason in found.note


def test_disagreement_by_hand():
    """Ranks 1 2 3 against 3 2 1 differ by 2/3, 0 and 2/3; a molecule only one scores is missing."""
    first, second = predicted(score=[1.0, 2.0, 3.0]), predicted(score=[9.0, 8.0, 7.0])
    assert read_molecules("model_disagreement", first, HERE, [first, second]).value == pytest.approx([2 / 3, 0, 2 / 3])
    partial = predicted(score=[1.0, 2.0], index=["M1", "M2"])
    found = read_molecules("model_disagreement", first, HERE, [partial])
    np.testing.assert_array_equal(found.value, [0, 0, np.nan])
    both = read_molecules("model_disagreement", first, HERE, [second, partial]).value
    assert both == pytest.approx([1 / 3, 0, 2 / 3])


def test_one_model_disagrees_with_nobody():
    """With no other predictions the disagreement is missing."""
    found = read_molecules("model_disagreement", predicted(score=[1.0, 2.0, 3.0]), HERE, [source()])
    assert np.isnan(found.value).all()
    assert found.note == "needs the predictions of another source"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=15), st.randoms())
def test_validation_does_not_depend_on_order(rows, random):
    """Shuffled out-of-fold rows give the same readings, all within their bounds."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    for name in ("auroc_scaffold", "brier", "ece", "spearman_cv"):
        first, second = (
            read_source(name, validated([float(r[0]) for r in order], [r[1] for r in order]), HERE)
            for order in (rows, shuffled)
        )
        assert first.known == second.known
        if first.known:
            assert first.value == pytest.approx(second.value)
            assert -1 - 1e-9 <= first.value <= 1 + 1e-9
