"""What is uncertain about a molecule, and how it is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from tests.methods.tables import table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.sobol_inputs import DEFAULT_SIGMA, Input, group_names, inputs_of, weight_spreads
from weighbridge.robustness.uncertainty import normal, score_draws

QUANTILES = np.array([0.01, 0.25, 0.5, 0.9])
HALF = np.array([0.5, 0.5])
FIXED = np.zeros(2)


def inputs(
    matrix: wb.DecisionMatrix, uncertainty: Any, row: int = 0, *, spreads: Any = FIXED, weights: Any = HALF
) -> list[Input]:
    """Return the inputs of one molecule, by default with equal and fixed weights."""
    draws, _ = score_draws(matrix, uncertainty, neutral_as_nan=True)
    return inputs_of(matrix, weights, spreads, draws, row)


def test_a_standard_deviation_is_normal_around_the_score() -> None:
    """Quantiles of the score are those of scipy's normal distribution."""
    (one,) = inputs(table([[5, 6]]), {"c1": 0.5})
    assert one.name == "score of c1"
    assert one.draw(QUANTILES) == pytest.approx(scipy.stats.norm(6, 0.5).ppf(QUANTILES))


def test_a_mean_of_its_own_is_taken() -> None:
    """A distribution around another mean than the score is drawn around that."""
    (one,) = inputs(table([[5, 6]]), {"c1": normal(0.5, 3.0)})
    assert one.draw(QUANTILES) == pytest.approx(scipy.stats.norm(3, 0.5).ppf(QUANTILES))


def test_an_interval_is_uniform_between_its_ends() -> None:
    """Quantiles of an interval are those of scipy's uniform distribution, wherever the score itself is."""
    (one,) = inputs(table([[5, 6]]), {"c0": (2, 8)})
    assert one.draw(QUANTILES) == pytest.approx(scipy.stats.uniform(2, 6).ppf(QUANTILES))


def test_the_ends_of_the_quantiles_are_finite() -> None:
    """A Sobol point of exactly 0 is no infinite score."""
    (one,) = inputs(table([[5, 6]]), {"c1": 0.5})
    assert np.isfinite(one.draw(np.array([0.0, 1.0]))).all()


def test_draws_stop_at_the_declared_range() -> None:
    """A probability is not drawn above 1; under `outside: extend` a score is drawn as it comes."""
    (inside,) = inputs(table([[0.9, 0.5]], bounds=(0, 1)), {"c0": 0.5})
    assert inside.draw(QUANTILES).max() == 1.0
    assert inside.draw(QUANTILES).min() == 0.0
    (beyond,) = inputs(table([[0.9, 0.5]], bounds=(0, 1), outside="extend"), {"c0": 0.5})
    assert beyond.draw(QUANTILES).max() > 1
    (cost,) = inputs(table([[0.9, 0.5]], [-1, 1], bounds=(0, 1)), {"c0": 0.5})
    assert cost.draw(QUANTILES).max() == 1.0


def test_series_hold_each_molecule_s_own_number() -> None:
    """A Series by molecule gives the molecule's own standard deviation or ends."""
    matrix = table([[5, 6], [7, 8]])
    deviations = pd.Series({"A2": 0.25, "A1": 0.5})
    assert [inputs(matrix, {"c0": deviations}, row)[0].width for row in (0, 1)] == [0.5, 0.25]
    ends = (pd.Series({"A1": 1, "A2": 2}), pd.Series({"A1": 3, "A2": 8}))
    found = inputs(matrix, {"c0": ends}, 1)[0]
    assert (found.start, found.width, found.uniform) == (2.0, 6.0, True)


def test_intervals_of_the_matrix_are_inputs() -> None:
    """A value known as an interval only moves over it, for its own molecule."""
    frame = pd.DataFrame({"x": [np.nan, 3.0], "y": [1.0, 2.0]}, index=["A", "B"])
    bounds = [pd.DataFrame({"x": [end, 3.0]}, index=["A", "B"]) for end in (2.0, 6.0)]
    criteria = {name: wb.Criterion(direction="gain", worst=0, best=10) for name in "xy"}
    matrix = wb.DecisionMatrix(frame, criteria, low=bounds[0], high=bounds[1])
    (found,) = inputs(matrix, {})
    assert (found.name, found.start, found.width, found.uniform) == ("score of x", 2.0, 4.0, True)
    with pytest.raises(InputError, match=r"molecule 'B': nothing is uncertain"):
        inputs(matrix, {}, row=1)
    both = inputs(matrix, {"x": 0.5, "y": 0.5}, row=1)
    assert [(one.name, one.uniform) for one in both] == [("score of x", False), ("score of y", False)]


def test_a_missing_value_over_its_range() -> None:
    """A missing value under the rule ``interval`` moves over the declared range, for PROMETHEE too."""
    matrix = table([[np.nan, 6], [1, 2]], bounds=(0, 10), missing="interval")
    (found,) = inputs(matrix, None)
    assert found.draw(np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 5.0, 10.0]


def test_weights_are_inputs_by_their_logarithm() -> None:
    """Positive weights with a spread move, weights first; the others are left out."""
    matrix = table([[5, 6]])
    found = inputs(matrix, {"c0": 1.0}, spreads=np.array([0.0, 0.3]), weights=np.array([0.25, 0.75]))
    assert [one.name for one in found] == ["weight of c1", "score of c0"]
    assert [one.is_weight for one in found] == [True, False]
    assert found[0].draw(QUANTILES) == pytest.approx(np.log(0.75) + 0.3 * scipy.stats.norm.ppf(QUANTILES))
    none = inputs(matrix, None, spreads=np.array([0.3, 0.3]), weights=np.array([1.0, 0.0]))
    assert [one.name for one in none] == ["weight of c0"]


def test_a_spread_of_nothing_is_no_input() -> None:
    """A standard deviation of 0 and an interval of one point do not move."""
    found = inputs(table([[5, 6]]), {"c0": 0, "c1": (3, 3)}, spreads=np.array([0.1, 0.1]))
    assert [one.name for one in found] == ["weight of c0", "weight of c1"]


def test_where_the_spread_of_weights_comes_from() -> None:
    """A stated sigma goes before the panel's covariance, that before the default; each says so."""
    matrix = table([[5, 6]])
    given = wb.Weights({"c1": 1, "c0": 3}, covariance=np.array([[0.04, 0.01], [0.01, 0.25]]))
    stated, words = weight_spreads(given, matrix, 0.2)
    assert stated.tolist() == [0.2, 0.2]
    assert "0.2" in words
    panel, words = weight_spreads(given, matrix, None)
    assert panel == pytest.approx([0.5, 0.2])
    assert "panel" in words
    default, words = weight_spreads(wb.Weights({"c0": 1, "c1": 1}), matrix, None)
    assert default.tolist() == [DEFAULT_SIGMA, DEFAULT_SIGMA]
    assert "no spread of the weights was estimated" in words


@pytest.mark.parametrize("sigma", [-0.1, float("nan"), float("inf"), "wide", True])
def test_a_sigma_that_is_none_is_refused(sigma: Any) -> None:
    """A standard deviation is a finite number of at least 0."""
    with pytest.raises(InputError, match="sigma is no standard deviation"):
        weight_spreads(wb.Weights({"c0": 1, "c1": 1}), table([[5, 6]]), sigma)


def test_groups_name_inputs_by_criterion() -> None:
    """Weight and score of a grouped criterion take the group's name, the others keep their own."""
    matrix = table([[5, 6]])
    found = inputs(matrix, {"c0": 1.0}, spreads=np.array([0.1, 0.1]))
    assert group_names(found, matrix, {}) == ["weight of c0", "weight of c1", "score of c0"]
    assert group_names(found, matrix, {"g": ["c0"]}) == ["g", "weight of c1", "g"]


def test_bad_groups_are_refused() -> None:
    """A group of an unknown criterion, and a criterion in two groups, are refused together."""
    matrix = table([[5, 6]])
    with pytest.raises(InputError) as caught:
        group_names([], matrix, {"g": ["c0", "c9"], "h": ["c0"]})
    words = str(caught.value)
    assert "group 'g': a group names no criterion; found 'c9'" in words
    assert "'g' and 'h': a criterion is in two groups; found 'c0'" in words
