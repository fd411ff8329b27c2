"""What is not known of the sources, and how the rated shares follow it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import JUDGEMENTS

from weighbridge.evidence.indicators.matching import condition_widths, wanted_conditions
from weighbridge.evidence.indicators.registry import read_source
from weighbridge.evidence.indicators.view import NotToldError, View
from weighbridge.evidence.library import load_library
from weighbridge.evidence.source import Context, Setting
from weighbridge.study.decision import Decision
from weighbridge.study.robust.unknowns import ShareModel, share_model
from weighbridge.study.study import Study


def weights_of(decision: Decision, model: ShareModel) -> np.ndarray:
    """Return the indicators' weights, shape (1, k)."""
    assert decision.trust.rated is not None
    return decision.trust.rated.weights.array(list(model.indicators))[None, :]


def test_unknown_conditions_of_the_composite_are_named_one_by_one(decided: Decision) -> None:
    """The interval of the mean match is taken apart into the conditions that are not recorded."""
    found = {(one.source, one.name): one for one in share_model(decided).unknowns}
    assert set(found) == {("public", "ph"), ("public", "temperature"), ("public", "age")}
    assert found["public", "ph"].title == "pH"
    assert found["public", "ph"].is_condition
    assert found["public", "ph"].indicators == ("context_match",)
    assert found["public", "ph"].criteria == ()
    assert found["public", "ph"].why == "10 of 10 records leave a condition unrecorded or unplaced"


def test_the_widths_of_the_conditions_add_up_to_the_composites_interval(decided: Decision) -> None:
    """The mean match is a mean over conditions, so their widths sum to that of its interval."""
    study = decided.study
    reading = read_source("context_match", study.sources["public"], study.setting)
    widths = condition_widths(View(study.sources["public"], study.setting))
    assert reading.low is not None
    assert reading.high is not None
    assert sum(widths.values()) == pytest.approx(reading.high - reading.low, abs=1e-15)


def test_the_width_of_one_condition_is_that_of_its_own_indicator(decided: Decision) -> None:
    """The width of pH in the composite is that of the pH indicator over the number of conditions."""
    study = decided.study
    reading = read_source("ph", study.sources["public"], study.setting)
    widths = condition_widths(View(study.sources["public"], study.setting))
    count = len(wanted_conditions(study.setting))
    assert reading.low is not None
    assert reading.high is not None
    assert widths["ph"] == pytest.approx((reading.high - reading.low) / count, abs=1e-15)


def test_a_decision_without_conditions_tells_no_widths(decided: Decision) -> None:
    """Where the decision records nothing there is nothing to compare, and the reason says so."""
    source = decided.study.sources["public"]
    with pytest.raises(NotToldError, match="records no conditions"):
        condition_widths(View(source, Setting(Context(), decided.study.molecules)))


def test_a_part_without_records_tells_no_widths(decided: Decision) -> None:
    """A part to which no record belongs leaves the reason."""
    with pytest.raises(NotToldError, match="no record belongs to the part"):
        condition_widths(View(decided.study.sources["public"], decided.study.setting, "nowhere"))


@pytest.mark.parametrize("which", ["decided", "blended", "nearby"])
def test_with_everything_in_the_middle_the_shares_are_the_decisions(which: str, request: pytest.FixtureRequest) -> None:
    """The model gives the rated shares of the trust layer when every unknown is in the middle."""
    decision = request.getfixturevalue(which)
    model = share_model(decision)
    shares = model.shares(model.middle, weights_of(decision, model))[0]
    assert decision.trust.rated is not None
    assert shares == pytest.approx(list(decision.trust.rated.shares.values()), abs=1e-15)


def test_the_extremes_over_the_unknowns_are_those_of_the_trust_layer(decided: Decision) -> None:
    """Over every corner of the unknowns the smallest and largest share are shares_low and shares_high."""
    model = share_model(decided)
    corners = np.array(list(product([0.0, 1.0], repeat=len(model.unknowns))))
    shares = model.shares(corners, np.repeat(weights_of(decided, model), len(corners), axis=0))
    rating = decided.trust.rated
    assert rating is not None
    assert shares.min(axis=0) == pytest.approx(rating.shares_low.tolist(), abs=1e-15)
    assert shares.max(axis=0) == pytest.approx(rating.shares_high.tolist(), abs=1e-15)


def test_an_unreadable_indicator_is_an_unknown_from_nothing_to_everything(load: Callable[..., Study]) -> None:
    """An indicator that no table tells spans [0, 1] and is named by its title with the reason."""
    study = load({"trust.tree": ["context_match", "z_prime"]}, {"judgements.csv": _trust("z_prime")})
    model = share_model(study.decide())
    found = {(one.source, one.name): (one, model.widths[i]) for i, one in enumerate(model.unknowns)}
    unknown, width = found["internal", "z_prime"]
    assert not unknown.is_condition
    assert "plate controls" in unknown.why
    assert width[model.indicators.index("z_prime")] == 1
    assert unknown.title == load_library()["z_prime"].title


def _trust(indicator: str) -> str:
    return JUDGEMENTS.replace("n_molecules", indicator)


def test_one_unknown_behind_two_indicators_is_one(load: Callable[..., Study]) -> None:
    """The pH indicator and the pH in the composite move together."""
    study = load({"trust.tree": ["context_match", "ph"]}, {"judgements.csv": _trust("ph")})
    model = share_model(study.decide())
    (number,) = [i for i, one in enumerate(model.unknowns) if (one.source, one.name) == ("public", "ph")]
    assert set(model.unknowns[number].indicators) == {"context_match", "ph"}
    assert (model.widths[number] > 0).all()


def test_a_pooled_source_is_rated_as_the_mean_of_its_parts(decided: Decision) -> None:
    """The model's score of a pooled source is the trust layer's, which weighs its parts by their records."""
    rating = decided.trust.rated
    assert rating is not None
    assert "public" in rating.parts
    model = share_model(decided)
    scores = model.scores(model.middle, weights_of(decided, model))[0]
    assert scores == pytest.approx(rating.score.tolist(), abs=1e-15)


def test_criteria_of_single_molecules_rest_on_the_unknowns_too(nearby: Decision) -> None:
    """A molecule's match through its nearest records is moved by the source's unknown conditions."""
    found = {one.name: one for one in share_model(nearby).unknowns}
    assert found["temperature"].criteria == ("context_nearby", "temperature_nearby")
    assert found["ph"].criteria == ("context_nearby",)


def test_without_rated_sources_only_criteria_rest_on_unknowns(load: Callable[..., Study]) -> None:
    """With no indicators the unknowns behind criteria of single molecules are still found."""
    lines = [line for line in JUDGEMENTS.splitlines() if ",trust," not in line and ",practical,solubility" not in line]
    direct = ["Ada,sources,public,internal,1/3,", "Ben,sources,public,internal,1,", "Cem,sources,public,internal,1,"]
    changes = {
        "trust": {"use": "judged"},
        "criteria.temperature_nearby": {"use": "temperature", "source": "public"},
        "tree.practical.children": ["solubility", "cost", "temperature_nearby"],
        "tree.practical.weights": "equal",
    }
    decision = load(changes, {"judgements.csv": "\n".join([*lines, *direct]) + "\n"}).decide()
    model = share_model(decision)
    assert model.indicators == ()
    assert [one.name for one in model.unknowns] == ["temperature"]
    assert "molecules have neighbours that do not tell it" in model.unknowns[0].why


def test_where_everything_scores_nothing_there_are_no_shares() -> None:
    """Shares of nothing are not known, rather than divided by zero."""
    model = ShareModel(("a", "b"), ("k",), np.zeros((2, 1)), (), np.zeros((0, 1)), ())
    assert np.isnan(model.shares(np.zeros((1, 0)), np.ones((1, 1)))).all()


@settings(max_examples=60, deadline=None)
@given(
    low=st.lists(st.floats(0, 0.5), min_size=6, max_size=6),
    width=st.lists(st.floats(0.01, 0.5), min_size=3, max_size=3),
    place=st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_shares_sum_to_one_and_rise_with_their_own_unknown(
    low: list[float], width: list[float], place: list[float]
) -> None:
    """Any unknowns give shares that sum to 1; raising one raises its source's share and lowers the others'."""
    table = np.array(low).reshape(3, 2) + 0.01
    widths = np.column_stack([width, np.zeros(3)])
    model = ShareModel(("a", "b", "c"), ("k", "l"), table, (), widths, (0, 1, 2))
    weights = np.array([[0.6, 0.4]])
    shares = model.shares(np.array([place]), weights)[0]
    more = model.shares(np.array([[1.0, *place[1:]]]), weights)[0]
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert more[0] >= shares[0] - 1e-15
    assert (more[1:] <= shares[1:] + 1e-15).all()
