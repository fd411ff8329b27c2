"""What an analysis says of itself: tables, sentences and representations."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.robustness.smaa_tables import random_table, table

import weighbridge as wb
from weighbridge.robustness.acceptability import acceptability
from weighbridge.robustness.acceptability_result import Acceptability


def result(matrix: wb.DecisionMatrix | None = None, **options: Any) -> Acceptability:
    """Analyse a small table."""
    settings = {"method": "weighted-sum", "samples": 1_000, "weight_model": "uniform", "top": 2, **options}
    return acceptability(random_table(6, 3) if matrix is None else matrix, None, **settings)


def test_results_are_frozen() -> None:
    """A finding cannot be changed afterwards."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        result().top = 3  # type: ignore[misc]


def test_the_frame_is_in_todays_order() -> None:
    """Rank, share of first, share among the first k, confidence; best first."""
    found = result()
    frame = found.to_frame()
    assert list(frame.columns) == ["rank", "first", "among the first 2", "confidence"]
    assert frame["rank"].is_monotonic_increasing
    assert set(frame.index) == {f"M{i}" for i in range(1, 7)}
    for label in frame.index:
        assert frame.loc[label, "first"] == found.rank_acceptability.loc[label, 1]


def test_the_frame_has_every_molecule_of_a_large_table() -> None:
    """Molecules that never take a place are there, with a share of zero."""
    frame = result(random_table(130, 3)).to_frame()
    assert len(frame) == 130
    assert (frame["first"] == 0).sum() > 50
    assert frame["first"].sum() == pytest.approx(1)
    assert not frame[["rank", "first", "among the first 2"]].isna().to_numpy().any()


def test_series_and_frames_are_in_row_order() -> None:
    """Only pairs and groups stand in today's order."""
    found = result()
    labels = [f"M{i}" for i in range(1, 7)]
    for part in (found.ranks, found.rank_acceptability, found.top_probability, found.central_weights, found.confidence):
        assert list(part.index) == labels
    assert list(found.pairwise.index) == list(found.ranks.sort_values(kind="stable").index)
    assert [label for group in found.groups for label in group.labels] == list(found.pairwise.index)


def test_entropy_is_in_bits() -> None:
    """A certain choice has none, an even one between two has one bit."""
    assert result(table([[0.9, 0.9], [0.1, 0.1]])).entropy == 0.0
    even = result(table([[0.5, 0.5], [0.5, 0.5]]))
    assert even.entropy == pytest.approx(1.0)


def test_sentences_say_what_matters_first() -> None:
    """Who is first how often and how sure that is; how many can be chosen; what cannot be told apart."""
    matrix = table([[0.9, 0.9], [0.5, 0.4], [0.4, 0.5]])
    first, chosen, apart = result(matrix, top=1).sentences
    assert re.fullmatch(
        "M1 is first in 100\u00a0% of the draws of any weights \\(± \\d\\.\\d+ points, 1,000 draws\\)", first
    )
    assert chosen == "of the molecules, 1 are among the first 1 in some draw"
    assert apart == "ranks 2–3 cannot be told apart (neighbouring groups need not stand apart from each other)"


def test_what_is_nearly_certain_is_not_called_certain() -> None:
    """A molecule that is first in 998 of 1,000 draws is not first in 100 % of them, in words or in the notebook."""
    found = result(table([[0.9, 0.9], [0.5, 0.4], [0.4, 0.5]]))
    places = found.rank_acceptability.copy()
    places[1] = [0.998, 0.002, 0.0]
    nearly = dataclasses.replace(found, rank_acceptability=places)
    assert nearly.sentences[0].startswith("M1 is first in more than 99\u00a0% of the draws")
    places[1] = [0.9998, 0.0002, 0.0]
    html = nearly._repr_html_()
    assert "&gt; 99.9\u00a0%" in html
    assert "&lt; 0.1\u00a0%" in html
    assert "100.0\u00a0%" in found._repr_html_()


def test_the_error_is_never_nothing() -> None:
    """Sampling leaves an error however often the same molecule is first."""
    found = dataclasses.replace(result(), monte_carlo_error=0.0002)
    assert "± 0.02 points" in found.sentences[0]
    assert "± 0.02 points" in repr(found)


def test_sentences_say_when_all_can_be_told_apart() -> None:
    """A clear ranking is said to be clear."""
    assert result(table([[0.9, 0.9], [0.1, 0.1]])).sentences[2] == "every neighbour in the ranking can be told apart"


def test_the_representation_is_one_line() -> None:
    """Method, size, model, draws and error, nothing else."""
    pattern = r"Acceptability\('weighted-sum': 6 molecules, first 2, weights uniform, 1,000 draws, ± \d\.?\d* points\)"
    assert re.fullmatch(pattern, repr(result()))


def test_the_notebook_shows_the_first_twenty() -> None:
    """Sentences above, a table of at most twenty below, and how many more there are."""
    html = result(random_table(30, 3))._repr_html_()
    assert html.count("<tr>") == 20
    assert "… and 10 more" in html
    assert "is first in" in html
    assert "more" not in result()._repr_html_().split("</table>")[1]


def test_the_notebook_escapes_labels() -> None:
    """A molecule's name is text, whatever it looks like."""
    frame = pd.DataFrame({"a": [0.9, 0.1]}, index=["<script>x</script>", "M2"])
    matrix = wb.DecisionMatrix(frame, {"a": wb.Criterion(direction="gain", worst=0.0, best=1.0)})
    html = result(matrix)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_everything_that_was_chosen_is_recorded() -> None:
    """Method, parameters, model, seed and tolerance stand with the numbers."""
    found = result(method="topsis", normalization="minmax", weight_model=np.full((5, 3), 1 / 3), seed=4, tolerance=0.2)
    assert found.parameters == {"normalization": "minmax"}
    assert (found.weight_model, found.weight_parameters) == ("draws", {"count": 5})
    assert (found.seed, found.tolerance, found.samples) == (4, 0.2, 5)
    assert found.converged is False


def test_draws_of_any_weights_are_called_so() -> None:
    """Where today's weights played no part, the first sentence does not read as if they had."""
    matrix = table([[0.9, 0.2], [0.1, 0.8]])
    said = acceptability(matrix, dict.fromkeys(matrix.names, 0.5), samples=200, weight_model="uniform").sentences[0]
    near = acceptability(matrix, dict.fromkeys(matrix.names, 0.5), samples=200, weight_model="dirichlet").sentences[0]
    assert "of the draws of any weights" in said
    assert "any weights" not in near
