"""`rank` and the table of methods."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tests.methods.tables import ranked, table, weigh

import weighbridge as wb
import weighbridge.methods
from weighbridge.core.ranking import PartialOrder, PrometheeRanking, Ranking
from weighbridge.errors import InputError
from weighbridge.methods.requirements import LARGEST

MATRIX = table([[1, 8, 3], [5, 4, 6], [7, 2, 9]], [1, -1, 1], bounds=(0.5, 10))


def test_the_table_of_methods_says_what_each_needs_and_returns() -> None:
    """Every entry has a title, a citation, a direction and words about its needs."""
    for name, spec in wb.methods().items():
        assert spec.name == name
        assert spec.title
        assert any(character.isdigit() for character in spec.citation)
        assert spec.returns in ("ranking", "partial order")
    assert len(wb.methods()) >= 24
    assert wb.methods()["spotis"].needs == ("declared ranges",)
    assert not wb.methods()["vikor"].higher_is_better


def test_the_table_shows_in_a_notebook_and_escapes_its_text() -> None:
    """One row a method."""
    html = wb.methods()._repr_html_()
    assert html.count("<tr>") == len(wb.methods()) + 1
    assert "Computers &amp; Industrial" in html
    assert "topsis" in repr(wb.methods())


def test_methods_can_be_called_whatever_was_imported_first() -> None:
    """Importing a module of the package puts the package where the function was; both answer."""
    code = "import weighbridge.methods.topsis, weighbridge as wb; print('topsis' in wb.methods())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
    assert "topsis" in weighbridge.methods()


def test_pymcdm_is_not_loaded_by_our_own_methods() -> None:
    """It pulls in matplotlib, so only its own methods import it."""
    code = (
        "import sys, pandas as pd, weighbridge as wb;"
        "m = wb.DecisionMatrix(pd.DataFrame({'a': [1., 2.]}), {'a': wb.Criterion(direction='gain', worst=0, best=3)});"
        "wb.rank(m, {'a': 1}); wb.rank(m, {'a': 1}, method='promethee-ii'); wb.methods();"
        "print('pymcdm' in sys.modules, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


@pytest.mark.parametrize("method", list(wb.methods()))
def test_results_have_the_declared_type_and_orientation(method: str) -> None:
    """A ranking, a PROMETHEE ranking or a partial order, labelled in row order."""
    result = ranked(MATRIX, method, [0.3, 0.3, 0.4]) if method != "cocoso" else None
    if result is None:
        result = ranked(table([[1, 2, 3], [5, 4, 2], [7, 8, 4]], [1, -1, 1]), method, [0.3, 0.3, 0.4])
    spec = wb.methods()[method]
    assert isinstance(result, PartialOrder if spec.returns == "partial order" else Ranking)
    assert isinstance(result, PrometheeRanking) == (method == "promethee-ii")
    assert result.method == method
    assert list(result.labels) == ["A1", "A2", "A3"]
    if isinstance(result, Ranking):
        assert result.higher_is_better == spec.higher_is_better
        assert list(result.to_frame().columns) == ["score", "rank", "tied"]
        assert list(result.contributions.columns) == ["c0", "c1", "c2"]


@pytest.mark.parametrize("form", [dict, pd.Series, wb.Weights])
def test_weights_may_be_a_mapping_a_series_or_weights(form: type) -> None:
    """All give the same ranking, in whatever order the names come."""
    given = form({"c2": 0.4, "c0": 0.3, "c1": 0.3})
    expected = ranked(MATRIX, "topsis", [0.3, 0.3, 0.4]).scores_array
    assert np.array_equal(wb.rank(MATRIX, given).scores_array, expected)


def test_weights_that_do_not_sum_to_one_are_normalised_and_the_result_says_so() -> None:
    """Pymcdm warns and ranks by them as they are."""
    ranking = ranked(MATRIX, "topsis", [3, 3, 4])
    assert "weights summed to 10 and were normalised" in ranking.notes
    assert np.allclose(ranking.scores_array, ranked(MATRIX, "topsis", [0.3, 0.3, 0.4]).scores_array, atol=1e-15)
    weights = wb.Weights({"c0": 3, "c1": 3, "c2": 4})
    assert weights.note in wb.rank(MATRIX, weights).notes


def test_unknown_names_get_a_suggestion() -> None:
    """A typo in the method or a parameter is answered with the nearest name."""
    with pytest.raises(InputError, match="did you mean 'promethee-ii'"):
        ranked(MATRIX, "promethe-ii")
    with pytest.raises(InputError, match="did you mean 'normalization'"):
        ranked(MATRIX, "topsis", normalisation="vector")
    with pytest.raises(InputError, match="expected no parameters"):
        ranked(MATRIX, "mabac", v=0.5)
    with pytest.raises(InputError, match="2 faults"):
        ranked(MATRIX, "topsis", first=1, second=2)


def test_weights_must_fit_the_criteria() -> None:
    """A missing and a superfluous weight are both named."""
    with pytest.raises(InputError, match=r"'c2'[\s\S]*'cX'"):
        wb.rank(MATRIX, {"c0": 1, "c1": 1, "cX": 1})


def test_notes_of_the_matrix_come_first() -> None:
    """What was clipped or filled stands in the ranking."""
    matrix = table([[1], [12]], bounds=(0, 10), outside="clip")
    assert "outside 0 to 10" in ranked(matrix, "topsis").notes[0]


def test_values_too_large_to_square_are_refused() -> None:
    """They would overflow and silently become a tie or NaN."""
    with pytest.raises(InputError, match="column 'c0': values are too large"):
        ranked(table([[LARGEST * 10], [1]]), "promethee-ii")


def test_a_score_that_is_not_finite_is_an_error_with_its_rows() -> None:
    """The squares of these values underflow inside pymcdm; no NaN leaves the door."""
    with pytest.raises(InputError, match="no finite score"):
        ranked(table([[1e-320], [2e-320]]), "moora")


@pytest.mark.parametrize("method", [m for m in wb.methods() if m not in ("promethee-i", "cocoso")])
def test_the_same_input_gives_the_same_bytes(method: str) -> None:
    """Scores and contributions do not depend on earlier calls."""
    first, second = ranked(MATRIX, method), ranked(MATRIX, method)
    assert first.scores_array.tobytes() == second.scores_array.tobytes()
    assert first.contributions.to_numpy().tobytes() == second.contributions.to_numpy().tobytes()


def test_weights_helper_names_columns_in_order() -> None:
    """The tests' own helper gives equal weights by default."""
    assert weigh(MATRIX) == {"c0": 1.0, "c1": 1.0, "c2": 1.0}
