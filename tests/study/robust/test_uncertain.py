"""The uncertainty of a decision's scores, from its tables and its matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from tests.builders import INTERNAL, MOLECULES

from weighbridge.robustness.acceptability import acceptability
from weighbridge.study.decision import Decision
from weighbridge.study.robust.uncertain import certain, score_uncertainty
from weighbridge.study.study import Study


def test_a_standard_deviation_of_the_predictions_is_taken_molecule_by_molecule(decided: Decision) -> None:
    """The spread of a source's score is the sd column of its predictions, in the matrix's order."""
    found = score_uncertainty(decided)
    spread = found.stated["internal_score"]
    assert isinstance(spread, pd.Series)
    assert spread.to_dict() == {
        "M1": 0.3, "M2": 0.4, "M3": 0.3, "M4": 0.5, "M5": 0.2, "M6": 0.4, "M7": 0.6, "M8": 0.3,
    }  # fmt: skip


def test_criteria_of_which_nothing_is_stated_are_named(decided: Decision) -> None:
    """A score without a standard deviation and exact columns are listed as taken as they are."""
    found = score_uncertainty(decided)
    assert found.exact == ("public_score", "solubility", "cost")
    assert dict(found.basis) == {"internal_score": "standard deviation of the prediction"}


def test_an_interval_is_taken_where_there_is_no_standard_deviation(load: Callable[..., Study]) -> None:
    """Columns low and high of the predictions become the ends between which scores are drawn."""
    table = "id,pIC50,low,high\n" + "".join(f"M{i},6.0,5.{i},6.{i}\n" for i in range(1, 9))
    changes = {
        "sources.internal.predictions": {
            "file": "internal.csv",
            "score": {"column": "pIC50", "unit": "pIC50"},
            "low": "low",
            "high": "high",
        }
    }
    found = score_uncertainty(load(changes, {"internal.csv": table}).decide())
    spread = found.stated["internal_score"]
    assert isinstance(spread, tuple)
    assert spread[0].tolist() == pytest.approx([5 + i / 10 for i in range(1, 9)])
    assert spread[1].tolist() == pytest.approx([6 + i / 10 for i in range(1, 9)])
    assert found.basis["internal_score"] == "interval of the prediction"


def test_a_molecule_without_a_stated_spread_is_counted_and_held(load: Callable[..., Study]) -> None:
    """Where one standard deviation is missing, that score has none and the words say how many have."""
    table = INTERNAL.replace("M4,6.6,0.5", "M4,6.6,")
    found = score_uncertainty(load(None, {"internal.csv": table}).decide())
    spread = found.stated["internal_score"]
    assert isinstance(spread, pd.Series)
    assert spread["M4"] == 0
    assert found.basis["internal_score"] == "standard deviation of the prediction (7 of 8 molecules)"


def test_an_interval_of_the_matrix_is_told_and_left_to_the_draws(load: Callable[..., Study]) -> None:
    """A censored value is in no stated spread, as drawing reads it from the matrix, but it is told."""
    table = MOLECULES.replace("aspirin,acids,120", "aspirin,acids,<120")
    found = score_uncertainty(load(None, {"molecules.csv": table}).decide())
    assert "solubility" not in found.stated
    assert found.basis["solubility"] == "the value is an interval (1 of 8 molecules)"
    assert "solubility" not in found.exact


def test_a_censored_prediction_keeps_its_interval_beside_the_others_deviation(load: Callable[..., Study]) -> None:
    """A criterion can have molecules with a standard deviation and one that is an interval."""
    table = INTERNAL.replace("M2,5.2,0.4", "M2,<5.2,0.4")
    found = score_uncertainty(load(None, {"internal.csv": table}).decide())
    spread = found.stated["internal_score"]
    assert isinstance(spread, pd.Series)
    assert spread["M2"] == 0
    assert found.basis["internal_score"] == (
        "standard deviation of the prediction (7 of 8 molecules); the value is an interval (1 of 8 molecules)"
    )


def test_without_any_spread_nothing_is_stated(load: Callable[..., Study]) -> None:
    """A standard deviation of 0 for every molecule is no uncertainty."""
    table = "id,pIC50,sd\n" + "".join(f"M{i},6.{i},0\n" for i in range(1, 9))
    found = score_uncertainty(load(None, {"internal.csv": table}).decide())
    assert found.stated == {}
    assert "internal_score" in found.exact


def test_what_is_stated_can_be_drawn(decided: Decision) -> None:
    """Ranked by one predicted score, a molecule beats another as often as two normal errors say."""
    names = list(decided.matrix.names)
    only = np.array([[float(name == "internal_score") for name in names]] * 8_000)
    weights = dict(zip(names, only[0], strict=True))
    stated = score_uncertainty(decided).stated
    found = acceptability(
        decided.matrix, weights, "weighted-sum", 8_000, 3, only, stated, top=3, tolerance=None
    ).pairwise
    values, sd = decided.matrix.to_frame()["internal_score"], stated["internal_score"]
    assert isinstance(sd, pd.Series)
    for first, second in (("M3", "M5"), ("M4", "M5"), ("M1", "M6")):
        expected = norm.cdf((values[first] - values[second]) / np.hypot(sd[first], sd[second]))
        assert found.loc[first, second] == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 8_000))


def test_the_certain_matrix_has_no_intervals(load: Callable[..., Study]) -> None:
    """Every interval and missing value stands at the point the ranking takes."""
    table = MOLECULES.replace("aspirin,acids,120", "aspirin,acids,<120").replace("phenols,95", "phenols,")
    matrix = load({"criteria.solubility.missing": "interval"}, {"molecules.csv": table}).decide().matrix
    assert (matrix.low < matrix.high).sum() == 2
    point = certain(matrix, neutral_as_nan=False)
    assert (point.low == point.high).all()
    assert np.array_equal(point.values, matrix.filled())
    assert point.values[0, point.names.index("solubility")] == 60


def test_the_certain_matrix_keeps_neutral_values_missing_for_promethee(load: Callable[..., Study]) -> None:
    """A value that counts as indifferent stays missing where the method takes it so."""
    table = MOLECULES.replace("aspirin,acids,120", "aspirin,acids,")
    matrix = load({"criteria.solubility.missing": "neutral"}, {"molecules.csv": table}).decide().matrix
    assert certain(matrix, neutral_as_nan=True).missing.sum() == 1
    assert certain(matrix, neutral_as_nan=False).missing.sum() == 0
