"""A scoring plan refuses what cannot be ranked in passes, all faults at once."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weighbridge as wb
from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import ConventionWarning, InputError
from weighbridge.methods import registry, scaling
from weighbridge.scale.packing import pack, unpack
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


UNDECLARED = {
    "a": Criterion(direction="gain"),
    "b": Criterion(direction="cost"),
    "c": Criterion(direction="gain", scale="ratio"),
}
THIRDS = np.array([0.25, 0.25, 0.5])


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
@pytest.mark.parametrize("normalization", ["vector", "sum", "max"])
def test_undeclared_scales_are_warned_of_as_in_memory(method: str, normalization: str) -> None:
    """A ratio rule over criteria without a scale warns with the words of `wb.rank`, at the line that makes the plan."""
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 1.0], "c": [2.0, 2.5]})
    with pytest.warns(ConventionWarning) as planned:
        ScoringPlan(UNDECLARED, THIRDS, method, normalization)
    with pytest.warns(ConventionWarning) as ranked:
        wb.rank(
            wb.DecisionMatrix(frame, UNDECLARED),
            {"a": 0.25, "b": 0.25, "c": 0.5},
            method=method,
            normalization=normalization,
        )
    assert [str(warning.message) for warning in planned] == [str(warning.message) for warning in ranked]
    assert planned[0].filename == __file__
    assert str(planned[0].message).endswith("these criteria declare none: a, b")


@pytest.mark.parametrize("normalization", ["minmax", "none"])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_rules_of_differences_need_no_scale(method: str, normalization: str) -> None:
    """Where nothing is divided by a value, an undeclared scale is nothing to warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan = ScoringPlan(UNDECLARED, THIRDS, method, normalization)
    assert plan.normalization == normalization


def test_promethee_takes_differences_whatever_normalization_is_named() -> None:
    """PROMETHEE normalizes nothing, so that neither a warning nor a refusal comes of the scale."""
    criteria = {**UNDECLARED, "c": Criterion(direction="gain", scale="ordinal")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ScoringPlan(criteria, THIRDS, "promethee-ii", "vector").names == ("a", "b", "c")


def test_copies_of_a_plan_warn_no_more() -> None:
    """Workers and resumed runs get the plan as it was made, without a second warning."""
    with pytest.warns(ConventionWarning):
        plan = ScoringPlan(UNDECLARED, THIRDS, "topsis", "vector")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for copy in (pickle.loads(pickle.dumps(plan)), unpack(pack(plan))):
            assert copy.names == plan.names
            assert copy.criteria == plan.criteria
            assert copy.weights.tobytes() == plan.weights.tobytes()


def refusal(*arguments: Any, **options: Any) -> str:
    """Return what is said of a plan that is refused."""
    with pytest.raises(InputError) as caught:
        ScoringPlan(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("top", [0, -3, 2.0, 1.5, True, "10", None])
def test_top_is_a_whole_number(top: Any) -> None:
    """Anything but a whole number from 1 is refused and shown as it was given."""
    assert refusal({"a": GAIN}, np.ones(1), top=top) == (
        f"top is too small; found {top!r}; expected a whole number from 1"
    )


@pytest.mark.parametrize("bins", [63, 4_194_305, 0, 128.0, True, "many"])
def test_bins_are_a_whole_number_within_limits(bins: Any) -> None:
    """Too few, too many and broken numbers of bins are refused with the limits."""
    assert refusal({"a": GAIN}, np.ones(1), bins=bins) == (
        f"bins is out of range; found {bins!r}; expected a whole number from 64 to 4194304"
    )


@pytest.mark.parametrize("bins", [64, np.int64(65), 4_194_304])
def test_bins_at_the_limits_are_taken(bins: int) -> None:
    """The limits themselves are fine, and so are numpy's whole numbers."""
    assert ScoringPlan({"a": GAIN}, np.ones(1), bins=bins, top=np.int64(1)).bins == bins


@pytest.mark.parametrize("method", SCALED_METHODS)
@pytest.mark.parametrize(
    ("worst", "best", "found"), [(-1e308, 1e308, "1e+308"), (0, 1e151, "1e+151"), (-2e200, 5, "2e+200")]
)
def test_huge_declared_ranges_are_refused(method: str, worst: float, best: float, found: str) -> None:
    """A declared end whose square would overflow is refused before anything is read, as `wb.rank` refuses it."""
    criteria = {"a": Criterion(direction="gain", worst=worst, best=best)}
    assert refusal(criteria, np.ones(1), method) == (
        f"criterion 'a': the declared range is too large to compute with; found {found}; "
        "expected absolute values up to 1e+150. Choose a larger unit"
    )
    with pytest.raises(InputError, match="too large to compute with"):
        wb.rank(wb.DecisionMatrix(pd.DataFrame({"a": [1.0, 2.0]}), criteria), {"a": 1.0}, method=method)


def test_the_largest_declared_range_is_taken() -> None:
    """Ends of exactly 1e150 are computed with."""
    plan = ScoringPlan({"a": Criterion(direction="gain", worst=-1e150, best=1e150)}, np.ones(1))
    assert plan.declared()[1].tolist() == [1e150]


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ([0.5], "there is not one weight a criterion; found 1 weights; expected 2"),
        ([[0.5, 0.5]], "there is not one weight a criterion; found 2 weights; expected 2"),
        ([0.5, 0.4], "the weights are not shares; found [0.5, 0.4]; expected numbers ≥ 0 that sum to 1"),
        ([2.0, -1.0], "the weights are not shares; found [2.0, -1.0]; expected numbers ≥ 0 that sum to 1"),
    ],
)
def test_weights_are_refused_in_exact_words(weights: Any, text: str) -> None:
    """Number, sign and sum of the weights are each told with what was found."""
    assert refusal({"a": GAIN, "b": GAIN}, np.array(weights)) == text


@pytest.mark.parametrize("off", [0.0, 1e-10, -1e-10])
def test_rounding_of_shares_is_no_fault(off: float) -> None:
    """Weights that sum to 1 up to rounding, zeros among them, are taken as they are."""
    weights = np.array([1.0 + off, 0.0])
    assert ScoringPlan({"a": GAIN, "b": GAIN}, weights).weights is weights


def test_every_criterion_without_a_range_is_named() -> None:
    """All criteria that bounds cannot be used for stand in one message, in column order."""
    bare = Criterion(direction="gain")
    text = refusal({"x": bare, "a": GAIN, "m": bare}, np.array([0.5, 0.25, 0.25]))
    assert text.index("criterion 'x'") < text.index("criterion 'm'")
    assert "criterion 'a'" not in text
    assert text.startswith("2 faults:")


@pytest.mark.parametrize("scale", ["interval", "ordinal"])
def test_a_scale_without_zero_is_refused_in_the_words_of_rank(scale: Any) -> None:
    """The refusal of an arbitrary zero reads as that of `wb.rank`."""
    criteria = {"a": Criterion(direction="gain", scale=scale)}
    matrix = wb.DecisionMatrix(pd.DataFrame({"a": [1.0, 2.0]}), criteria)
    with pytest.raises(InputError) as caught:
        wb.rank(matrix, {"a": 1.0}, method="topsis", normalization="sum")
    assert refusal(criteria, np.ones(1), "topsis", "sum") == str(caught.value)


def test_a_refused_plan_does_not_warn_besides() -> None:
    """Where the plan is refused nothing is warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "top is too small" in refusal(UNDECLARED, THIRDS, "topsis", "vector", top=0)
