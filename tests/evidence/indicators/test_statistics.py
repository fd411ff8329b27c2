"""The statistics of the indicators, against published numbers, scikit-learn, scipy and plain loops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from weighbridge.evidence.indicators.statistics import (
    auroc,
    auroc_standard_error,
    calibration_error,
    cohen_kappa,
    concordance,
    label_cutoff,
    pooled_scatter,
    rank_correlation,
    robust_scatter,
)

NUMBERS = st.floats(-100, 100).map(lambda value: round(value, 3))
GROUPED = st.lists(st.tuples(NUMBERS, st.integers(0, 3)), min_size=1, max_size=15)
# Bland and Altman (1986), table 1: peak expiratory flow, first Wright and first mini Wright reading
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def codes_of(groups):
    return np.unique(np.array(groups), return_inverse=True)[1].astype(np.int64)


def test_pooled_scatter_by_hand():
    """Pairs (1, 3) and (10, 10, 13): √((2 + 6) / (1 + 2))."""
    scatter, freedom = pooled_scatter(np.array([1.0, 3, 10, 10, 13]), np.array([0, 0, 1, 1, 1]))
    assert scatter == pytest.approx(math.sqrt(8 / 3))
    assert freedom == 3


@given(GROUPED)
def test_pooled_scatter_is_the_variances_weighted_by_freedom(rows):
    """The pooled variance is the mean of the groups' variances, weighted by n − 1."""
    values, groups = np.array([row[0] for row in rows]), [row[1] for row in rows]
    scatter, freedom = pooled_scatter(values, codes_of(groups))
    several = [[value for value, own in rows if own == group] for group in set(groups)]
    several = [group for group in several if len(group) > 1]
    assert freedom == sum(len(group) - 1 for group in several)
    if not several:
        assert math.isnan(scatter)
        return
    expected = sum((len(group) - 1) * np.var(group, ddof=1) for group in several) / freedom
    assert scatter == pytest.approx(math.sqrt(expected), abs=1e-9)


def test_no_values_have_no_scatter():
    """Nothing measured is NaN with no degrees of freedom, not 0."""
    scatter, freedom = pooled_scatter(np.array([]), np.array([], dtype=np.int64))
    assert math.isnan(scatter)
    assert freedom == 0


def test_robust_scatter_by_hand():
    """Deviations of (1, 3) are 1 and 1, times √2; the lone 9 says nothing."""
    found = robust_scatter(np.array([1.0, 3.0, 9.0]), np.array([0, 0, 1]))
    assert found == pytest.approx(1.4826 * math.sqrt(2))
    assert math.isnan(robust_scatter(np.array([1.0]), np.array([0])))


def test_robust_scatter_of_pairs_estimates_the_standard_deviation():
    """On 40,000 normal pairs with σ = 0.3 it comes out at 0.3 to within 2 %."""
    pairs = np.random.default_rng(1).normal(0, 0.3, (40_000, 2)).ravel()
    assert robust_scatter(pairs, np.repeat(np.arange(40_000), 2)) == pytest.approx(0.3, rel=0.02)


def test_robust_scatter_shrugs_off_a_gross_error():
    """One pair a thousand units apart among ten moves the pooled scatter, not the robust one."""
    rng = np.random.default_rng(2)
    values = rng.normal(0, 1, 20)
    values[1] += 1000
    codes = np.repeat(np.arange(10), 2)
    assert pooled_scatter(values, codes)[0] > 100
    assert robust_scatter(values, codes) < 3


@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=12))
def test_auroc_counts_pairs(rows):
    """The area is the share of (active, inactive) pairs in the right order, ties half."""
    positive, scores = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    pairs = list(itertools.product(scores[positive], scores[~positive]))
    found = auroc(positive, scores)
    if not pairs:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs))


def test_auroc_agrees_with_scikit_learn():
    """On 300 noisy scores with ties the area is scikit-learn's."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(3)
    truth = rng.random(300) < 0.3
    scores = np.round(truth + rng.normal(0, 1, 300), 1)
    assert auroc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


def test_standard_error_of_hanley_and_mcneil():
    """Hanley and McNeil (1982): A = .8932 with 51 abnormal and 58 normal images has SE .0325."""
    assert auroc_standard_error(0.8932, 51, 58) == pytest.approx(0.03248, abs=5e-6)


@given(st.floats(0, 1), st.integers(1, 50), st.integers(1, 50))
def test_standard_error_is_symmetric(area, n1, n0):
    """Swapping the classes and turning the area round gives the same error, never negative."""
    error = auroc_standard_error(area, n1, n0)
    assert error >= 0
    assert auroc_standard_error(1 - area, n0, n1) == pytest.approx(error, abs=1e-9)


def test_kappa_by_hand():
    """20 and 15 agreements of 50, marginals .5 and .6 of the first kind: κ = .4 (Cohen's formula)."""
    first = np.repeat([1.0, 1.0, 0.0, 0.0], [20, 5, 10, 15])
    second = np.repeat([1.0, 0.0, 1.0, 0.0], [20, 5, 10, 15])
    assert cohen_kappa(first, second) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=20))
def test_kappa_agrees_with_scikit_learn(rows):
    """Cohen's κ is scikit-learn's wherever that is defined."""
    from sklearn.metrics import cohen_kappa_score

    first, second = np.array(rows, dtype=float).T
    assume(len(set(first) | set(second)) > 1)
    assert cohen_kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))


def test_kappa_without_variation_is_undefined():
    """Where both say yes to everything, agreement is no evidence."""
    assert math.isnan(cohen_kappa(np.ones(5), np.ones(5)))


def test_concordance_on_the_bland_altman_pairs():
    """The 17 pairs of Bland and Altman (1986) have r .943279 and concordance .942742 (1/n)."""
    x, y = np.array(WRIGHT, dtype=float), np.array(MINI, dtype=float)
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(0.943279, abs=1e-6)
    assert concordance(x, y) == pytest.approx(0.942742, abs=1e-6)


def test_concordance_punishes_a_shift():
    """A constant offset leaves the correlation at 1 and lowers the concordance."""
    x = np.array([1.0, 2.0, 3.0])
    assert concordance(x, x) == pytest.approx(1.0)
    assert concordance(x, x + 1) == pytest.approx(2 * (2 / 3) / (2 / 3 + 2 / 3 + 1))
    assert math.isnan(concordance(np.ones(3), np.ones(3)))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_rank_correlation_agrees_with_scipy(rows):
    """Spearman's correlation is scipy's, ties included."""
    from scipy.stats import spearmanr

    x, y = np.array(rows, dtype=float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert math.isnan(rank_correlation(x, y))
    else:
        assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_calibration_by_hand():
    """Two at .05 (none active) and two at .95 (one active): ½·.05 + ½·.45."""
    found = calibration_error(np.array([0.0, 0, 1, 0]), np.array([0.05, 0.05, 0.95, 0.95]))
    assert found == pytest.approx(0.25)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=20))
def test_calibration_against_a_plain_loop(rows):
    """The error is the counts-weighted gap over ten bins, the last one closed."""
    truth, probability = np.array([float(row[0]) for row in rows]), np.array([row[1] for row in rows])
    expected = 0.0
    for b in range(10):
        inside = [i for i, p in enumerate(probability) if int(p * 10) == b or (b == 9 and p == 1)]
        if inside:
            expected += abs(truth[inside].mean() - probability[inside].mean()) * len(inside) / len(rows)
    assert calibration_error(truth, probability) == pytest.approx(expected, abs=1e-9)


def test_cutoff_of_symmetric_labels_is_the_middle():
    """Labels that change between 4 and 5, alike on both sides, were cut at 4.5."""
    values = np.array([1, 2, 3, 4, 5, 6, 7, 8.0, 4, 5])
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1.0, 1, 0])
    tau, low, high = label_cutoff(labels, values)
    assert tau == pytest.approx(4.5)
    assert low < 4 < 5 < high


def test_cutoff_agrees_with_plain_logistic_regression_on_many_points():
    """With 4,000 points Firth's penalty is small: the cut-off is scikit-learn's to .01."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    values = rng.normal(5, 1, 4000)
    labels = (rng.random(4000) < 1 / (1 + np.exp(-2 * (values - 5.5)))).astype(float)
    plain = LogisticRegression(C=np.inf).fit(values[:, None], labels)
    tau, low, high = label_cutoff(labels, values)
    assert tau == pytest.approx(-plain.intercept_[0] / plain.coef_[0, 0], abs=0.01)
    assert low < 5.5 < high


def test_separated_labels_still_have_a_finite_cutoff():
    """Where a threshold separates the labels completely, the cut-off lies in the gap."""
    values = np.linspace(3, 7, 20)
    tau, low, high = label_cutoff((values > 5).astype(float), values)
    assert values[values <= 5].max() < tau < values[values > 5].min()
    assert np.isfinite([low, high]).all()


def test_labels_that_do_not_rise_have_no_cutoff():
    """Labels unrelated to the value, or falling with it, have no cut-off to speak of."""
    values = np.linspace(3, 7, 20)
    assert label_cutoff(np.tile([0.0, 1.0], 10), values) is None
    assert label_cutoff((values < 5).astype(float), values) is None


@given(st.floats(-5, 5).map(lambda value: round(value, 2)))
def test_cutoff_moves_with_the_values(shift):
    """Adding a constant to all values adds it to the cut-off and its interval."""
    values = np.array([1, 2, 3, 4, 5, 6, 7, 8.0, 4, 5])
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1.0, 1, 0])
    moved = label_cutoff(labels, values + shift)
    assert np.array(moved) - shift == pytest.approx(np.array(label_cutoff(labels, values)), abs=1e-6)
