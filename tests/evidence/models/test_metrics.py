import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from weighbridge.evidence.models.metrics import calibration_error, classification_metrics, regression_metrics

pairs = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda n: n / 20)), min_size=4, max_size=40)


@settings(max_examples=80, deadline=None)
@given(rows=pairs)
def test_auroc_is_the_share_of_pairs_in_the_right_order(rows):
    """The AUROC is what counting every pair of an active and an inactive gives, ties half."""
    truth, p = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assume(0 < truth.sum() < truth.size)
    active, inactive = p[truth == 1], p[truth == 0]
    counted = np.mean([(a > i) + 0.5 * (a == i) for a in active for i in inactive])
    assert classification_metrics(truth, p)["auroc"] == pytest.approx(counted, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(rows=pairs)
def test_calibration_error_is_what_binning_by_hand_gives(rows):
    """The ten-bin error equals a plain loop over the bins."""
    truth, p = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    total = 0.0
    for b in range(10):
        inside = (np.floor(p * 10) == b) | ((b == 9) & (p == 1.0))
        if inside.any():
            total += inside.sum() / p.size * abs(truth[inside].mean() - p[inside].mean())
    assert calibration_error(truth, p) == pytest.approx(total, abs=1e-12)


def test_a_small_example_by_hand():
    """Four molecules: Brier, average precision, base rate and count as computed on paper."""
    found = classification_metrics(np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.6, 0.1]))
    assert found["brier"] == pytest.approx((0.01 + 0.64 + 0.16 + 0.01) / 4)
    assert found["average_precision"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert found["auroc"] == pytest.approx(0.75)
    assert (found["base_rate"], found["n"]) == (0.5, 4)


def test_regression_metrics_by_hand():
    """Four values: R², RMSE and coverage as computed on paper."""
    truth, mean, sd = np.array([0.0, 1, 2, 3]), np.array([0.0, 1, 2, 5]), np.ones(4)
    found = regression_metrics(truth, mean, sd)
    assert found["r2"] == pytest.approx(1 - 4 / 5)
    assert found["rmse"] == pytest.approx(1.0)
    assert found["coverage"] == pytest.approx(0.75)  # the error of 2 lies outside 1.645
    assert found["standardised_rms"] == pytest.approx(1.0)
    assert found["spearman"] == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=30))
def test_spearman_is_scipys(rows):
    """The rank correlation is scipy's, ties included."""
    truth, mean = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assume(np.ptp(truth) > 0 and np.ptp(mean) > 0)
    found = regression_metrics(truth, mean, np.ones(truth.size))["spearman"]
    assert found == pytest.approx(spearmanr(truth, mean)[0], abs=1e-12)


def test_equal_predictions_rank_nothing():
    """Predictions that are all equal have a rank correlation of 0, not NaN."""
    assert regression_metrics(np.array([1.0, 2, 3]), np.full(3, 2.0), np.ones(3))["spearman"] == 0.0
