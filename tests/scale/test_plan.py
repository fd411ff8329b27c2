"""A scoring plan refuses what cannot be ranked in passes, all faults at once."""

from __future__ import annotations

import numpy as np
import pytest

from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import InputError
from weighbridge.methods import registry, scaling
from weighbridge.scale.plan import SCALE_NORMALIZATIONS, SCALED_METHODS, ScoringPlan

GAIN = Criterion(direction="gain", worst=0, best=1)
COST = Criterion(direction="cost", preference=Preference("v-shape", p=2.0))


def test_plan_says_its_columns() -> None:
    """Names, signs, preferences and declared ranges come in column order."""
    plan = ScoringPlan({"a": GAIN, "b": COST}, np.array([0.25, 0.75]), "promethee-ii")
    assert plan.names == ("a", "b")
    assert plan.signs.tolist() == [1.0, -1.0]
    assert [str(function) for function in plan.preferences] == ["usual", "v-shape (p = 2)"]
    worst, best = plan.declared()
    np.testing.assert_array_equal(worst, [0.0, np.nan])
    np.testing.assert_array_equal(best, [1.0, np.nan])


def test_methods_and_normalizations_are_those_in_memory() -> None:
    """Every method and normalization of a plan is one that ranks a table in memory."""
    assert set(SCALED_METHODS) <= set(registry.methods())
    assert set(SCALE_NORMALIZATIONS) == set(scaling.NORMALIZATIONS)


def test_all_faults_are_told_at_once() -> None:
    """Method, normalization, weights, top and bins are checked together."""
    with pytest.raises(InputError) as caught:
        ScoringPlan({"a": GAIN}, np.array([0.5, 0.5]), "vikor", "log", top=0, bins=3)
    text = str(caught.value)
    for part in ("'vikor'", "'topsis'", "'log'", "2 weights", "top is too small", "bins is out of range"):
        assert part in text


@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.5, -0.5], [np.nan, 1.0], [np.inf, 0.0]])
def test_weights_must_be_shares(weights: list[float]) -> None:
    """Weights that are negative, not finite or do not sum to 1 are refused."""
    with pytest.raises(InputError, match="not shares"):
        ScoringPlan({"a": GAIN, "b": GAIN}, np.array(weights))


def test_bounds_need_a_declared_range() -> None:
    """Under bounds every criterion without a range is named; PROMETHEE needs none."""
    with pytest.raises(InputError, match="criterion 'b': normalization 'bounds' needs the declared range"):
        ScoringPlan({"a": GAIN, "b": COST}, np.array([0.5, 0.5]))
    assert ScoringPlan({"b": COST}, np.ones(1), "promethee-ii").normalization == "bounds"


@pytest.mark.parametrize("normalization", ["vector", "sum", "max"])
def test_ratios_need_a_true_zero(normalization: str) -> None:
    """A criterion on an interval scale is refused where values are divided by one another."""
    criteria = {"pIC50": Criterion(direction="gain", scale="interval")}
    with pytest.raises(InputError, match="zero of this criterion is arbitrary"):
        ScoringPlan(criteria, np.ones(1), "weighted-sum", normalization)
    assert ScoringPlan(criteria, np.ones(1), "weighted-sum", "minmax").top == 100


def test_no_criteria_are_refused() -> None:
    """A plan needs a column."""
    with pytest.raises(InputError, match="no criteria"):
        ScoringPlan({}, np.zeros(0))
