"""Labels that come with a table are read, not thrown away."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import weighbridge as wb

LABELS = ["a", "b", "c"]
MATRIX = pd.DataFrame([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]], index=LABELS, columns=LABELS)


@pytest.mark.parametrize("rows", list(itertools.permutations(LABELS)))
@pytest.mark.parametrize("columns", [("a", "b", "c"), ("c", "a", "b")])
def test_a_frame_is_read_by_label(rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
    """A frame in another order than the labels was read by position and gave the weights to the wrong criteria."""
    found = wb.Comparisons.from_matrix(LABELS, MATRIX.loc[list(rows), list(columns)]).priorities()
    assert dict(found) == pytest.approx({"a": 0.6, "b": 0.3, "c": 0.1})


def test_a_frame_without_labels_is_read_in_order() -> None:
    """Numbered rows and columns are no labels."""
    found = wb.Comparisons.from_matrix(LABELS, pd.DataFrame(MATRIX.to_numpy())).priorities()
    assert dict(found) == pytest.approx({"a": 0.6, "b": 0.3, "c": 0.1})


def test_labels_that_are_numbers_are_matched_as_text() -> None:
    """Labels are texts everywhere else too."""
    frame = MATRIX.set_axis([3, 2, 1]).set_axis([3, 2, 1], axis=1)
    assert dict(wb.Comparisons.from_matrix(["1", "2", "3"], frame).priorities()) == pytest.approx(
        {"1": 0.1, "2": 0.3, "3": 0.6}
    )


def test_a_frame_of_other_labels_is_refused() -> None:
    """A frame about something else is no matrix of these labels, whatever its size."""
    with pytest.raises(wb.InputError, match=r"the matrix's columns are not the labels; found \['a', 'b', 'x'\]"):
        wb.Comparisons.from_matrix(LABELS, MATRIX.set_axis(["a", "b", "x"], axis=1))
    with pytest.raises(wb.InputError, match="rows are not the labels"):
        wb.Comparisons.from_matrix(LABELS, MATRIX.iloc[:2])


def test_consensus_refuses_text_in_a_frame_or_mapping() -> None:
    """Text among the priorities ended in a ValueError of numpy."""
    with pytest.raises(wb.InputError, match="the priorities are not numbers"):
        wb.consensus(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}))
    with pytest.raises(wb.InputError, match="the priorities are not numbers"):
        wb.consensus({"Ada": {"a": "much"}, "Ben": {"a": 1.0}})  # type: ignore[dict-item]


def test_consensus_matches_mappings_by_name() -> None:
    """The order in which experts list the criteria does not matter."""
    first = wb.consensus({"Ada": {"a": 0.7, "b": 0.3}, "Ben": {"b": 0.3, "a": 0.7}})
    assert first.index == 1.0
    assert np.allclose(first.similarity, 1)
