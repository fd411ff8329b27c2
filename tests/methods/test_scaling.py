"""Normalizations: formulas, agreement with pymcdm, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymcdm.normalizations
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.plain import plain_additive, plain_normalized, plain_scaled, positive_tables
from tests.methods.tables import problems, ranked, sample, table

from weighbridge.errors import ConventionWarning, InputError
from weighbridge.methods.requirements import flattened, near_constant
from weighbridge.methods.scaling import (
    NORMALIZATIONS,
    additive_maps,
    additive_values,
    fit_scale,
    normalized,
    scale_matrix,
)

DATA_BASED = ("minmax", "vector", "max", "sum")


@pytest.mark.parametrize("name", DATA_BASED)
@pytest.mark.parametrize("seed", range(5))
def test_additive_values_agree_with_pymcdm(name: str, seed: int) -> None:
    """Where conventions coincide, oriented values equal pymcdm's to 1e-12."""
    values, signs, _ = sample(seed, 6, 4)
    ours = additive_values(scale_matrix(table(values, signs), name))
    function = getattr(pymcdm.normalizations, f"{name}_normalization")
    theirs = np.column_stack([function(values[:, j], cost=signs[j] < 0) for j in range(4)])
    assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_bounds_map_worst_to_zero_and_best_to_one_for_gain_and_cost() -> None:
    """The declared worst is 0 and the declared best 1, whichever way the criterion points."""
    matrix = table([[2, 10], [4, 2], [3, 6]], [1, -1], bounds=[(2, 4), (2, 10)])
    assert_array_equal(scale_matrix(matrix, "bounds").values, [[0, 0], [1, 1], [0.5, 0.5]])


def test_bounds_error_names_every_criterion_without_a_range() -> None:
    """One error lists all criteria that declare no range."""
    with pytest.raises(InputError) as caught:
        scale_matrix(table([[1, 2], [3, 4]]), "bounds")
    assert [fault.place for fault in caught.value.faults] == ["criterion 'c0'", "criterion 'c1'"]


@pytest.mark.parametrize("name", ["vector", "sum", "max"])
@pytest.mark.parametrize("scale", ["interval", "ordinal"])
def test_ratio_rules_refuse_scales_without_a_true_zero(name: str, scale: str) -> None:
    """The message names the criterion, the scale and a way out."""
    with pytest.raises(InputError, match=r"criterion 'c0'.*zero of this criterion is arbitrary.*bounds"):
        scale_matrix(table([[5.1], [6.2]], scale=scale), name)


@pytest.mark.parametrize("name", ["vector", "sum", "max"])
def test_ratio_rules_warn_where_the_scale_is_not_declared(name: str) -> None:
    """An undeclared scale is a ConventionWarning that names the criterion."""
    with pytest.warns(ConventionWarning, match="c0"):
        scale_matrix(table([[5.1], [6.2]], scale=None), name)


@pytest.mark.parametrize("name", ["minmax", "none"])
def test_difference_rules_accept_interval_scales(name: str) -> None:
    """Rules that take differences only do not ask for a true zero."""
    assert np.isfinite(scale_matrix(table([[5.1], [6.2]], scale="interval"), name).values).all()


@pytest.mark.parametrize("name", ["sum", "max"])
def test_negative_values_are_refused_by_row_and_column_never_inverted(name: str) -> None:
    """The peer pymcdm turns [-1, -2, -3] under max into [1, 2, 3], the reverse preference; here it is an error."""
    with pytest.raises(InputError, match=r"row 'A2', column 'c0'.*found -2"):
        scale_matrix(table([[1], [-2], [3]]), name)
    assert pymcdm.normalizations.max_normalization(np.array([-1.0, -2.0, -3.0])).tolist() == [1, 2, 3]


def test_long_lists_of_faults_are_counted() -> None:
    """Only the first faults are listed, the rest is counted."""
    with pytest.raises(InputError, match="and 10 more such values"):
        scale_matrix(table(-np.ones((30, 1))), "sum")


def test_sum_refuses_a_zero_cost_and_accepts_a_zero_gain() -> None:
    """1/x is undefined for a cost of 0; a share of 0 is fine for a gain."""
    assert_array_equal(scale_matrix(table([[0], [4]]), "sum").values[:, 0], [0, 1])
    with pytest.raises(InputError, match="row 'A1'"):
        scale_matrix(table([[0], [4]], [-1]), "sum")


@pytest.mark.parametrize("name", ["vector", "max", "sum"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_of_zeros_contributes_nothing(name: str, sign: int) -> None:
    """Zeros stay zeros where other libraries return NaN."""
    if name == "sum" and sign < 0:
        sign = 1
    matrix = table([[0, 1], [0, 3]], [sign, 1])
    assert_array_equal(additive_values(scale_matrix(matrix, name))[:, 0], [0, 0])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_constant_column_is_zero_under_minmax(sign: int) -> None:
    """It contributes nothing, where pymcdm returns ones."""
    assert_array_equal(scale_matrix(table([[7], [7]], [sign]), "minmax").values, [[0], [0]])


def test_vector_norm_does_not_overflow() -> None:
    """Values whose squares exceed the largest float are still normalized."""
    values = np.array([[3e200], [4e200]])
    assert_allclose(normalized(values, np.ones(1), "vector")[:, 0], [0.6, 0.8], rtol=1e-15)


def test_a_column_that_varies_only_by_rounding_is_constant() -> None:
    """0.1 + 0.2 and 0.3 are one value, so no unit in the last place decides a ranking."""
    values = np.array([[0.1 + 0.2, 1.0], [0.3, 1.0 + 1e-9]])
    assert near_constant(values).tolist() == [True, False]
    assert flattened(values)[0, 0] == flattened(values)[1, 0]


@given(problems())
@settings(max_examples=60, deadline=None)
def test_normalized_values_stay_in_the_unit_interval(problem: tuple) -> None:
    """Positive values land in [0, 1] under every rule that normalizes."""
    values, signs, _ = problem
    for name in DATA_BASED:
        scaled = additive_values(scale_matrix(table(values, signs), name))
        assert (scaled >= -1e-15).all()
        assert (scaled <= 1 + 1e-15).all()


def test_unknown_normalization_is_refused_with_the_list() -> None:
    """The error lists the names."""
    with pytest.raises(InputError, match="'bounds', 'vector'"):
        ranked(table([[1], [2]]), "topsis", normalization="zscore")
    assert set(NORMALIZATIONS) == {"bounds", "vector", "minmax", "sum", "max", "none"}


# --- fitted scales --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NORMALIZATIONS if name != "bounds"])
@given(problem=positive_tables())
def test_normalized_values_are_the_formulas(name: str, problem: tuple[Any, Any, Any]) -> None:
    """Ties, denormals, large offsets and heavy tails, to the last bits."""
    values, signs, _ = problem
    with np.errstate(all="ignore"):
        expected = plain_normalized(values, signs, name)
        found = normalized(values, signs, name)
    finite = np.isfinite(expected).all(axis=0)
    assert_allclose(found[:, finite], expected[:, finite], rtol=1e-14, atol=1e-322)


@pytest.mark.parametrize("name", NORMALIZATIONS)
@given(problem=positive_tables())
def test_maps_to_additive_values_are_additive_values(name: str, problem: tuple[Any, Any, Any]) -> None:
    """The fitted maps and the normalized table say the same, constant columns included."""
    values, signs, _ = problem
    values = np.maximum(values, 1e-3)
    matrix = table(values, signs, bounds=(2.0, 1e5), outside="extend")
    fitted = fit_scale(matrix, matrix.filled(), name)
    assert_allclose(additive_maps(fitted).apply(matrix.values), additive_values(scale_matrix(matrix, name)), rtol=1e-15)
    assert_allclose(additive_maps(fitted).apply(matrix.values), plain_additive(matrix, name), rtol=1e-12, atol=1e-14)
    assert_allclose(fitted.maps.apply(matrix.values), plain_scaled(matrix, name)[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_the_ends_are_the_extremes_of_the_normalized_table(name: str) -> None:
    """Two rows stand for all: mapped ends bound every mapped value exactly."""
    values, signs, _ = sample(5, 300, 6)
    values[:, 1] = 3.0
    matrix = table(values, signs, bounds=(0, 10))
    fitted = fit_scale(matrix, matrix.filled(), name)
    scaled = scale_matrix(matrix, name).values
    assert_array_equal(fitted.ends.min(axis=0), scaled.min(axis=0))
    assert_array_equal(fitted.ends.max(axis=0), scaled.max(axis=0))


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max", "none"])
def test_a_near_constant_column_is_its_first_value(name: str) -> None:
    """One unit in the last place makes no second value, in whichever row it stands."""
    values = np.array([[0.3, 1.0], [0.1 + 0.2, 2.0], [0.3, 4.0]])
    found = scale_matrix(table(values), name).values[:, 0]
    assert found.tolist() == [found[0]] * 3
    assert_allclose(found, plain_scaled(table(values), name)[0][:, 0], rtol=1e-15)


def test_missing_values_are_filled_before_the_scale_is_found() -> None:
    """The largest value is the filled one where the rule puts it there."""
    matrix = table([[np.nan], [4.0], [2.0]], [-1], bounds=(0, 8), missing="worst")
    assert_array_equal(scale_matrix(matrix, "max").values[:, 0], [1.0, 0.5, 0.25])
