import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from weighbridge.evidence.models.calibration import Sigmoid, fit_sigmoid, fit_spread, log_odds

finite = st.floats(-5, 5, allow_nan=False, width=32)


def two_classes(seed: int, n: int = 200, shift: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 2, n).astype(float)
    return draw.normal(0, 1, n) + shift * labels, labels


@pytest.mark.parametrize("seed", range(4))
def test_the_sigmoid_is_the_likeliest_one(seed):
    """Newton's method finds the optimum that scipy's general optimiser finds for Platt's targets."""
    x, labels = two_classes(seed)
    ones, zeros = labels.sum(), (1 - labels).sum()
    target = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))

    def loss(p: np.ndarray) -> float:
        z = p[0] * x + p[1]
        return float((np.logaddexp(0, z) - target * z).sum())

    best = minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9}).x
    found = fit_sigmoid(x, labels)
    assert (found.slope, found.intercept) == pytest.approx(tuple(best), abs=1e-5)


def test_separable_labels_give_a_finite_slope():
    """Scores that separate the labels perfectly still give probabilities short of 0 and 1."""
    x = np.concatenate((np.full(20, -2.0), np.full(20, 2.0)))
    found = fit_sigmoid(x, (x > 0).astype(float))
    p = found(x)
    assert found.slope > 0
    assert p[0] == pytest.approx(1 / 22, abs=1e-6)  # Platt's target for a zero among twenty
    assert p[-1] == pytest.approx(21 / 22, abs=1e-6)


def test_a_score_that_points_the_wrong_way_says_the_base_rate():
    """Where labels fall as scores rise the slope is zero and every probability the base rate."""
    x, labels = two_classes(1, shift=-2.0)
    found = fit_sigmoid(x, labels)
    ones, n = labels.sum(), labels.size
    expected = (ones * (ones + 1) / (ones + 2) + (n - ones) / (n - ones + 2)) / n
    assert found.slope == 0
    assert found(x) == pytest.approx(np.full(n, expected))


def test_equal_scores_say_the_base_rate():
    """Scores without any difference cannot tell molecules apart and say the base rate."""
    labels = np.array([1.0, 1, 1, 0])
    p = fit_sigmoid(np.zeros(4), labels)(np.zeros(4))
    assert p == pytest.approx(np.full(4, (3 * 4 / 5 + 1 / 3) / 4), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(x=st.lists(finite, min_size=4, max_size=40), seed=st.integers(0, 99))
def test_calibration_keeps_the_order(x, seed):
    """A higher score never gets a lower probability, and probabilities stay in [0, 1]."""
    labels = np.random.default_rng(seed).integers(0, 2, len(x)).astype(float)
    assume(0 < labels.sum() < labels.size)
    scores = np.sort(np.array(x))
    p = fit_sigmoid(scores, labels)(scores)
    assert np.all(np.diff(p) >= 0)
    assert np.all((p >= 0) & (p <= 1))


def test_the_sigmoid_does_not_overflow():
    """Extreme scores give 0 and 1 and no warning."""
    assert Sigmoid(3.0, 0.0)(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


def test_log_odds_stay_finite_and_symmetric():
    """No votes and all votes give finite, opposite log-odds; half the votes give zero."""
    assert log_odds(np.array([0.0, 0.5, 1.0]), 200) == pytest.approx([-np.log(401), 0.0, np.log(401)])


@settings(max_examples=80, deadline=None)
@given(
    spread=st.lists(st.floats(0.01, 3), min_size=3, max_size=40),
    seed=st.integers(0, 99),
    scale=st.floats(0.05, 20),
)
def test_standardised_residuals_have_unit_mean_square(spread, seed, scale):
    """Whatever the trees disagree on, the fitted sd makes the mean of (e/sd)² exactly one."""
    s = np.array(spread)
    e = scale * np.random.default_rng(seed).normal(0, 1, s.size)
    sd = fit_spread(s, e)(s)
    assert np.mean((e / sd) ** 2) == pytest.approx(1.0, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 99), unit=st.floats(0.01, 100))
def test_the_sd_follows_the_unit(seed, unit):
    """Values in another unit give the same sd in that unit."""
    draw = np.random.default_rng(seed)
    s = draw.uniform(0.1, 1, 30)
    e = draw.normal(0, s)
    assert fit_spread(unit * s, unit * e)(unit * s) == pytest.approx(unit * fit_spread(s, e)(s), rel=1e-6)


def test_an_informative_spread_is_believed():
    """Where errors really follow the trees' disagreement nearly all of the variance does too."""
    draw = np.random.default_rng(0)
    s = draw.uniform(0.1, 2, 4000)
    fitted = fit_spread(s, draw.normal(0, 1.5 * s))
    assert fitted.share >= 0.9
    assert fitted(np.array([0.5, 1.0])) == pytest.approx([0.75, 1.5], rel=0.06)


def test_an_uninformative_spread_is_not():
    """Where errors have nothing to do with the disagreement every molecule gets nearly one sd."""
    draw = np.random.default_rng(0)
    s = draw.uniform(0.1, 2, 4000)
    fitted = fit_spread(s, draw.normal(0, 0.7, 4000))
    assert fitted.share <= 0.1
    assert fitted(np.array([0.3, 1.5])) == pytest.approx([0.7, 0.7], rel=0.1)


def test_trees_that_all_agree_leave_the_residuals_alone():
    """Without any disagreement the sd is the root mean square of the residuals."""
    e = np.array([0.1, -0.2, 0.4])
    assert fit_spread(np.zeros(3), e)(np.zeros(2)) == pytest.approx(np.full(2, np.sqrt((e**2).mean())))


def test_a_perfect_fit_has_a_positive_sd():
    """Residuals of zero give a tiny sd and nothing that divides by zero."""
    assert np.all(fit_spread(np.array([0.1, 0.2]), np.zeros(2))(np.array([0.0, 0.1])) > 0)
