"""Weight models: what each makes of today's weights, and what it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import weighbridge as wb
from weighbridge.robustness.sampling import ROUND
from weighbridge.robustness.weight_models import (
    WeightModel,
    default_model,
    dirichlet,
    given_draws,
    intervals,
    linear,
    ordinal,
    panel,
    uniform,
    weight_model,
)

NAMES = ("a", "b", "c")
STATED = wb.Weights({"a": 5, "b": 3, "c": 2})
ANSWERED = wb.Comparisons(["a", "b", "c"], {("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 4}).priorities()
TREE_OF_ANSWERS = wb.Comparisons(["a", "b", "c"], {("a", "b"): 3, ("b", "c"): 2}).priorities()


def drawn(model: WeightModel, weights: wb.Weights | None = None, rounds: int = 1, seed: int = 0) -> np.ndarray:
    """Return some rounds of a model."""
    stream = model.bind(NAMES, weights).draws(np.random.default_rng(seed))
    return np.concatenate(list(itertools.islice(stream, rounds)))


def test_the_default_for_answers_is_the_panel() -> None:
    """Weights with a covariance, or at least with degrees of freedom counted, came from answers."""
    assert default_model(ANSWERED).name == "panel"
    assert default_model(TREE_OF_ANSWERS).name == "panel"


def test_the_default_for_stated_weights_is_no_information() -> None:
    """Numbers that nobody estimated say nothing about their scatter."""
    assert default_model(STATED).name == "uniform"
    assert default_model(None).name == "uniform"


def test_the_panels_scatter_is_its_covariance() -> None:
    """Differences of log weights scatter as the answers disagree."""
    logs = np.log(drawn(panel(), ANSWERED, rounds=40))
    covariance = ANSWERED.covariance
    expected = covariance[0, 0] + covariance[2, 2] - 2 * covariance[0, 2]
    assert (logs[:, 0] - logs[:, 2]).var() == pytest.approx(expected, rel=0.05)
    assert "with 1 degree of freedom" in panel().bind(NAMES, ANSWERED).note
    more = wb.Weights(dict(ANSWERED), covariance=covariance, degrees_of_freedom=3)
    assert "with 3 degrees of freedom" in panel().bind(NAMES, more).note


def test_the_panels_covariance_follows_the_names() -> None:
    """The matrix may have its columns in another order than the weights."""
    covariance = np.diag([1e-12, 0.5, 1e-12])
    weights = wb.Weights({"b": 0.3, "c": 0.2, "a": 0.5}, covariance=covariance, degrees_of_freedom=1)
    found = drawn(panel(), weights)
    ratio = np.log(found[:, 0] / found[:, 1])
    np.testing.assert_allclose(ratio, np.log(5 / 3), atol=1e-4)
    assert np.log(found[:, 2]).std() > 0.3


def test_a_panel_without_answers_to_spare_takes_the_stated_default() -> None:
    """σ = 0.35 a logarithm, so a difference of two has 0.35 √2."""
    logs = np.log(drawn(panel(), TREE_OF_ANSWERS, rounds=40))
    assert (logs[:, 0] - logs[:, 1]).std() == pytest.approx(0.35 * np.sqrt(2), rel=0.03)
    assert "default of σ = 0.35" in panel().bind(NAMES, TREE_OF_ANSWERS).note


def test_no_panel_behind_stated_weights() -> None:
    """Asking for the scatter of a panel that is not there is refused, with what to do instead."""
    with pytest.raises(wb.InputError, match=r"carry no scatter.*dirichlet"):
        panel().bind(NAMES, STATED)


@pytest.mark.parametrize("model", [panel(), dirichlet()])
def test_models_around_todays_weights_need_them(model: WeightModel) -> None:
    """Nothing can be around weights that were not given."""
    with pytest.raises(wb.InputError, match="needs today's weights"):
        model.bind(NAMES, None)


def test_dirichlet_is_around_today() -> None:
    """The mean is today's weights and the spread the concentration's."""
    found = drawn(dirichlet(30), STATED, rounds=20)
    np.testing.assert_allclose(found.mean(axis=0), [0.5, 0.3, 0.2], atol=5e-3)
    assert found[:, 0].var() == pytest.approx(0.25 / 31, rel=0.06)


@pytest.mark.parametrize(("model", "word"), [(dirichlet(), "Dirichlet"), (panel(), "panel")])
def test_a_weight_of_zero_stays_zero_and_says_so(model: WeightModel, word: str) -> None:
    """A criterion nobody weighs is not brought in by chance."""
    weights = wb.Weights({"a": 1, "b": 0, "c": 1}, degrees_of_freedom=0, covariance=np.eye(3) * 0.1)
    note = model.bind(NAMES, weights).note
    assert word in note
    assert note.endswith("a weight of zero stays zero: b")
    assert (drawn(model, weights)[:, 1] == 0).all()


@pytest.mark.parametrize("concentration", [0, -1, float("nan"), float("inf"), "much", True])
def test_impossible_concentrations_are_refused(concentration: Any) -> None:
    """A concentration is a positive number."""
    with pytest.raises(wb.InputError, match="concentration"):
        dirichlet(concentration)


def test_an_order_is_kept_in_every_draw() -> None:
    """The first named weighs most."""
    found = drawn(ordinal(["c", "a", "b"]))
    assert (found[:, 2] >= found[:, 0]).all()
    assert (found[:, 0] >= found[:, 1]).all()


def test_an_order_of_some_criteria_leaves_the_others_free() -> None:
    """Only those named are bound; the third is uniform as before."""
    found = drawn(ordinal(["b", "a"]), rounds=20)
    assert (found[:, 1] >= found[:, 0]).all()
    assert found[:, 2].mean() == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("order", "message"), [(["a", "z"], "no such criterion.*'z'"), (["a", "b", "a"], "stands twice")]
)
def test_wrong_orders_are_refused(order: list[str], message: str) -> None:
    """Names in an order are criteria, each once."""
    with pytest.raises(wb.InputError, match=message):
        ordinal(order).bind(NAMES, None)


def test_intervals_hold_in_every_draw() -> None:
    """Every weight lies between its bounds, and rejection is named where it was used."""
    model = intervals({"a": (0.2, 0.6), "b": (0.1, 0.5)})
    found = drawn(model)
    assert ((found[:, 0] >= 0.2) & (found[:, 0] <= 0.6)).all()
    assert "by rejection" in model.bind(NAMES, None).note


def test_narrow_intervals_are_sampled_by_hit_and_run() -> None:
    """Where few weights fit, the sampler, its burn-in and its thinning are stated."""
    model = intervals({"a": (0.3, 0.31), "b": (0.2, 0.22)})
    note = model.bind(NAMES, None).note
    assert "hit-and-run" in note
    assert "200 steps of burn-in" in note
    found = drawn(model, rounds=4)
    assert found[:, 0].mean() == pytest.approx(0.305, abs=2e-3)
    assert ((found[:, 1] > 0.2 - 1e-9) & (found[:, 1] < 0.22 + 1e-9)).all()


@pytest.mark.parametrize("pair", [(0.5, 0.4), (-0.1, 0.4), (0.1, 1.4), (0.1,), 0.3, (float("nan"), 0.3), ("x", "y")])
def test_wrong_intervals_are_refused(pair: Any) -> None:
    """An interval of weights is two numbers in order, between 0 and 1."""
    with pytest.raises(wb.InputError, match="weight of 'a': an interval"):
        intervals({"a": pair}).bind(NAMES, None)


def test_intervals_of_unknown_criteria_are_refused() -> None:
    """A misspelt name is told with the ones there are."""
    with pytest.raises(wb.InputError, match=r"no such criterion; found 'potency'; expected one of \['a', 'b', 'c'\]"):
        intervals({"potency": (0.1, 0.2)}).bind(NAMES, None)


def test_contradicting_constraints_are_named() -> None:
    """The message shows the constraints that cannot hold together and no others."""
    model = intervals({"a": (0.6, 1.0), "b": (0.5, 1.0), "c": (0.0, 0.3)})
    with pytest.raises(wb.InputError) as caught:
        model.bind(NAMES, None)
    assert "a ≥ 0.6; b ≥ 0.5" in str(caught.value)
    assert "c" not in caught.value.faults[0].found


def test_linear_constraints_hold_in_every_draw() -> None:
    """Ratios between weights are kept."""
    found = drawn(linear([({"a": 1, "b": -2}, 0), ({"c": 1, "a": -1}, 0)]))
    assert (found[:, 0] >= 2 * found[:, 1]).all()
    assert (found[:, 2] >= found[:, 0]).all()


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (({"z": 1}, 0), "no such criterion"),
        (({"a": float("nan")}, 0), "not a finite number"),
        (({"a": 1}, float("inf")), "not a finite number"),
        (({"a": 1},), "not a linear constraint"),
        ("a > b", "not a linear constraint"),
    ],
)
def test_wrong_constraints_are_refused(constraint: Any, message: str) -> None:
    """A constraint is a pair of coefficients by name and a bound."""
    with pytest.raises(wb.InputError, match=f"constraint 1.*: .*{message}|constraint 1: {message}"):
        linear([constraint]).bind(NAMES, None)


def test_given_draws_come_out_as_they_are() -> None:
    """Weights that sum to 1 up to what rounding left are not touched; there are no more than given."""
    array = np.array([[0.2, 0.3, 0.5], [0.333333, 0.333333, 0.333333]])
    bound = given_draws(array).bind(NAMES, None)
    np.testing.assert_array_equal(next(bound.draws(np.random.default_rng(0))), array)
    assert bound.limit == 2
    assert bound.note == "weights: 2 draws as given"


def test_given_draws_are_normalised_and_say_so() -> None:
    """Points out of ten become shares."""
    bound = given_draws([[2, 3, 5], [0.2, 0.3, 0.5]]).bind(NAMES, None)
    np.testing.assert_allclose(next(bound.draws(np.random.default_rng(0))), [[0.2, 0.3, 0.5]] * 2)
    assert "1 of them normalised" in bound.note


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((4, 2)), r"expected numbers of shape \(draws, 3\)"),
        (np.ones(3), "shape"),
        (np.ones((0, 3)), "shape"),
        (np.array([["x", "y", "z"]]), "numbers"),
        (np.array([[1.0, 0, 0], [np.nan, 1, 0]]), "draw 2"),
        (np.array([[1.0, -0.1, 0.1]]), "draw 1"),
        (np.array([[0.0, 0.0, 0.0]]), "not all zero"),
    ],
)
def test_given_draws_that_are_no_weights_are_refused(array: Any, message: str) -> None:
    """The first draw that is wrong is named."""
    with pytest.raises(wb.InputError, match=message):
        given_draws(array).bind(NAMES, None)


@pytest.mark.parametrize("name", ["panel", "uniform", "dirichlet"])
def test_models_go_by_name(name: str) -> None:
    """The three that need no more than today's weights are known by name."""
    assert weight_model(name, None).name == name


def test_models_and_arrays_are_taken_as_models() -> None:
    """A model is itself; an array or a list is draws."""
    model = uniform()
    assert weight_model(model, None) is model
    assert weight_model(np.ones((2, 3)), None).name == "draws"
    assert weight_model([[1, 1, 1]], None).name == "draws"


@pytest.mark.parametrize("wrong", ["flat", 3, {"a": 1}])
def test_unknown_models_are_refused(wrong: Any) -> None:
    """The message names the models there are."""
    with pytest.raises(wb.InputError, match="dirichlet"):
        weight_model(wrong, None)


def test_a_model_says_what_it_was_made_with() -> None:
    """Name and parameters go into the record."""
    assert str(dirichlet(20)) == "dirichlet(concentration=20.0)"
    assert str(uniform()) == "uniform"
    assert ordinal(["a", "b"]).parameters == {"order": ["a", "b"]}
    assert intervals({"a": (0.1, 0.2)}).parameters == {"a": (0.1, 0.2)}


@pytest.mark.parametrize("model", [uniform(), dirichlet(), ordinal(["a", "c"]), intervals({"a": (0.1, 0.9)})])
def test_the_same_seed_gives_the_same_draws(model: WeightModel) -> None:
    """Draws are a function of the seed."""
    first, again = (drawn(model, STATED, seed=7) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.shape == (ROUND, 3)
    assert drawn(model, STATED, seed=8).tobytes() != first.tobytes()


@pytest.mark.parametrize("unit", [1e-200, 1e-12, 1e-6, 1e6, 1e200])
def test_a_constraint_means_the_same_in_any_unit(unit: float) -> None:
    """Coefficients and bound times one number leave the same weights, and contradict each other as before."""
    constraints = [({"a": 1.0, "b": -2.0}, 0.0), ({"c": 1.0}, 0.1)]
    scaled = [({name: unit * one for name, one in part.items()}, unit * bound) for part, bound in constraints]
    np.testing.assert_allclose(drawn(linear(scaled)), drawn(linear(constraints)), rtol=1e-12)
    with pytest.raises(wb.InputError, match="no weights meet these constraints together"):
        drawn(linear([({"a": unit}, 2.0 * unit)]))


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.array(0.5), "float64 of shape ()"),
        ([[1.0, 2.0, 3.0], [1.0]], "rows of different lengths"),
        ([], "float64 of shape (0,)"),
        (np.ones((2, 2)), "float64 of shape (2, 2)"),
        ([["x", "y", "z"]], "<U1 of shape (1, 3)"),
    ],
)
def test_arrays_that_are_no_draws_are_refused(array: Any, found: str) -> None:
    """Numbers without rows, rows of different lengths, too few columns and text, each by what it is."""
    with pytest.raises(wb.InputError) as caught:
        drawn(weight_model(array, None))
    assert str(caught.value) == (
        f"drawn weights do not fit the criteria; found {found}; expected numbers of shape (draws, 3)"
    )


@pytest.mark.parametrize("concentration", [1e-300, 1e-9, 1e9, 1e300])
def test_any_concentration_gives_weights(concentration: float) -> None:
    """From one criterion at a time to today's weights exactly, never a number that is none."""
    weights = drawn(dirichlet(concentration), STATED)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-12)
    assert (weights >= 0).all()
    if concentration > 1e6:
        np.testing.assert_allclose(weights.mean(axis=0), [0.5, 0.3, 0.2], atol=1e-4)
    if concentration < 1e-6:
        np.testing.assert_allclose(weights.max(axis=1), 1.0, atol=1e-6)
