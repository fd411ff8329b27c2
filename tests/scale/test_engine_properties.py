"""What holds for every library: the local engine against ranking in memory, and its invariances."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scale.libraries import NAMES, WEIGHTS, criteria, ids, in_memory, library, table, write

from weighbridge.errors import InputError
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.local import LibraryResult, rank_library
from weighbridge.scale.plan import ScoringPlan

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

CELLS = st.sampled_from([0.0, -0.0, 1e-300, 0.1, 2.5, 2.5 + 1e-12, 5.0, 9.999, 10.0])
ODD_CELLS = st.sampled_from([0.0, 2.5, 5.0, 10.0, -0.5, 10.5, np.nan, np.nan])


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[float] = CELLS, largest: int = 40) -> np.ndarray[Any, Any]:
    """Draw a table of four criteria with many ties and awkward numbers."""
    rows = draw(st.integers(1, largest))
    return np.array(draw(st.lists(cells, min_size=4 * rows, max_size=4 * rows))).reshape(rows, 4)


def written(folder: Path, values: np.ndarray[Any, Any], cuts: Sequence[int] = (), group: int = 7) -> Library:
    """Write a library in several files, cut at the given rows."""
    ends = sorted({min(cut, len(values)) for cut in cuts} | {0, len(values)})
    labels = ids(len(values))
    files = [
        write(folder / f"{number}.parquet", table(values[begin:end], labels[begin:end]), group)
        for number, (begin, end) in enumerate(itertools.pairwise(ends))
    ]
    return library(*files)


def ranked(source: Library, chosen: ScoringPlan, folder: Path, **how: Any) -> tuple[pd.Series[float], LibraryResult]:
    """Rank a library and return its scores by id."""
    result = rank_library(source, chosen, folder / "out.parquet", **how)
    found = pq.read_table(result.output)
    return pd.Series(found["score"].to_numpy(), index=found["id"].to_pylist()), result


def a_plan(method: str = "topsis", normalization: str = "bounds", **changes: Any) -> ScoringPlan:
    """Return a plan whose top is small."""
    return ScoringPlan(criteria(**changes), WEIGHTS, method, normalization, top=3, bins=64)


METHODS = st.sampled_from(
    [
        ("topsis", "bounds"),
        ("topsis", "minmax"),
        ("topsis", "none"),
        ("weighted-sum", "bounds"),
        ("weighted-sum", "minmax"),
        ("promethee-ii", "bounds"),
    ]
)


@QUICK
@given(values=tables(), cuts=st.lists(st.integers(0, 40), max_size=3), how=METHODS, group=st.integers(1, 50))
def test_any_library_is_ranked_as_in_memory(
    tmp_path: Path, values: np.ndarray[Any, Any], cuts: list[int], how: tuple[str, str], group: int
) -> None:
    """Files, row groups, ties, denormals and negative zeros: scores, ranks and ties of the top are the same."""
    chosen = a_plan(*how)
    found, result = ranked(written(tmp_path, values, cuts, group), chosen, tmp_path)
    expected = in_memory(values, chosen)
    if how[0] == "promethee-ii":
        np.testing.assert_allclose(found, expected.scores, rtol=0, atol=max(result.bound, 1e-14))
    else:
        np.testing.assert_allclose(found, expected.scores, rtol=0, atol=1e-15)
    best = expected.ranks[expected.ranks <= 3].sort_values(kind="stable")
    assert sorted(result.top["id"]) == sorted(best.index)
    assert result.top.set_index("id")["rank"].sort_index().tolist() == best.sort_index().tolist()
    assert result.top.set_index("id")["tied"].sort_index().tolist() == expected.ties[best.index].sort_index().tolist()


@QUICK
@given(
    values=tables(ODD_CELLS, largest=12),
    missing=st.sampled_from(["refuse", "worst", "neutral", "interval"]),
    outside=st.sampled_from(["refuse", "clip", "extend"]),
    how=METHODS,
)
def test_what_memory_refuses_is_refused_and_what_it_treats_is_treated(
    tmp_path: Path, values: np.ndarray[Any, Any], missing: str, outside: str, how: tuple[str, str]
) -> None:
    """Missing values and values out of range, under every rule: both refuse, or both score alike."""
    chosen = a_plan(*how, missing=missing, outside=outside)
    source = written(tmp_path, values)
    try:
        expected = in_memory(values, chosen)
    except InputError:
        with pytest.raises(InputError):
            ranked(source, chosen, tmp_path)
        return
    found, result = ranked(source, chosen, tmp_path)
    np.testing.assert_allclose(found, expected.scores, rtol=0, atol=max(result.bound, 1e-14))
    if "minmax" not in how and "none" not in how:
        assert result.notes == tuple(note for note in expected.notes if "same point" not in note)


@QUICK
@given(values=tables(), how=METHODS, seed=st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing_but_the_order(
    tmp_path: Path, values: np.ndarray[Any, Any], how: tuple[str, str], seed: int
) -> None:
    """Every molecule keeps its score, bit by bit, wherever it stands."""
    chosen = a_plan(*how)
    order = np.random.default_rng(seed).permutation(len(values))
    labels = ids(len(values))
    straight, first = ranked(written(tmp_path, values), chosen, tmp_path)
    mixed = write(tmp_path / "mixed.parquet", table(values[order], [labels[i] for i in order]), 5)
    shuffled, second = ranked(library(mixed), chosen, tmp_path)
    pd.testing.assert_series_equal(shuffled.sort_index(), straight.sort_index(), check_exact=True)
    assert sorted(first.top["id"]) == sorted(second.top["id"])
    assert first.bound == second.bound


@QUICK
@given(values=tables(), how=METHODS, cut=st.integers(0, 40))
def test_where_files_are_cut_cannot_be_seen(
    tmp_path: Path, values: np.ndarray[Any, Any], how: tuple[str, str], cut: int
) -> None:
    """One file or two: the same scores and the same top."""
    chosen = a_plan(*how)
    one, whole = ranked(written(tmp_path, values), chosen, tmp_path)
    two, parts = ranked(written(tmp_path, values, [cut]), chosen, tmp_path)
    pd.testing.assert_series_equal(one, two, check_exact=True)
    pd.testing.assert_frame_equal(whole.top, parts.top, check_exact=True)


@QUICK
@given(values=tables(), how=METHODS, row=st.integers(0, 39), column=st.integers(0, 3))
def test_a_better_value_never_costs_a_place(
    tmp_path: Path, values: np.ndarray[Any, Any], how: tuple[str, str], row: int, column: int
) -> None:
    """A molecule whose value moves to the best of the range does not fall in the whole order."""
    chosen, row = a_plan(*how), row % len(values)
    better = values.copy()
    better[row, column] = 10.0 if column % 2 == 0 else 0.0
    ranks = []
    for version in (values, better):
        _, result = ranked(written(tmp_path, version), chosen, tmp_path, order=True)
        order = pq.read_table(result.order_output).to_pandas().set_index("id")
        ranks.append(order["rank"][ids(len(values))[row]])
    assert ranks[1] <= ranks[0]


@QUICK
@given(values=tables(), copies=st.integers(2, 4), how=METHODS)
def test_copies_share_score_and_rank(
    tmp_path: Path, values: np.ndarray[Any, Any], copies: int, how: tuple[str, str]
) -> None:
    """Molecules with the same values are tied, in the scores and in the whole order."""
    repeated = np.repeat(values, copies, axis=0)
    found, result = ranked(written(tmp_path, repeated), a_plan(*how), tmp_path, order=True)
    assert np.ptp(found.to_numpy().reshape(-1, copies), axis=1).max() == 0
    order = pq.read_table(result.order_output).to_pandas().set_index("id")["rank"][found.index]
    assert np.ptp(order.to_numpy().reshape(-1, copies), axis=1).max() == 0


@QUICK
@given(exponents=st.lists(st.floats(-1, 6), min_size=1, max_size=30))
def test_the_unit_a_concentration_is_written_in_makes_no_difference(tmp_path: Path, exponents: list[float]) -> None:
    """Nanomolar, micromolar and molar columns give the scores of the pIC50 that they mean."""
    nanomolar = 10.0 ** np.array(exponents)
    content = pa.table({"id": ids(len(exponents)), "nM": nanomolar, "uM": nanomolar / 1e3, "M": nanomolar / 1e9})
    path = write(tmp_path / "a.parquet", content)
    found = []
    for column, offset in (("nM", 9.0), ("uM", 6.0), ("M", 0.0)):
        readings = {name: Reading(column, -1, offset, log10=True) for name in NAMES}
        scores, _ = ranked(Library(LibraryTable(path, "id", readings)), a_plan(), tmp_path)
        found.append(scores.to_numpy())
    np.testing.assert_allclose(found[1], found[0], rtol=0, atol=1e-14)
    np.testing.assert_allclose(found[2], found[0], rtol=0, atol=1e-14)


@QUICK
@given(values=tables(), lacking=st.sets(st.integers(0, 39)), seed=st.integers(0, 99))
def test_a_joined_library_is_the_table_it_was_cut_from(
    tmp_path: Path, values: np.ndarray[Any, Any], lacking: set[int], seed: int
) -> None:
    """Columns moved to a prediction table in another order, some rows left out, score as with gaps in memory."""
    labels = ids(len(values))
    keep = [i for i in np.random.default_rng(seed).permutation(len(values)).tolist() if i not in lacking]
    main = write(tmp_path / "main.parquet", table(values[:, :2]), 5)
    predictions = pa.table(
        {
            "mol": pa.array([labels[i] for i in keep], pa.string()),
            "a": pa.array(values[keep, 2], pa.float64()),
            "b": pa.array(values[keep, 3], pa.float64()),
        }
    )
    further = write(tmp_path / "further.parquet", predictions, 5)
    source = Library(
        LibraryTable(main, "id", {"c0": "c0", "c1": "c1"}), (LibraryTable(further, "mol", {"c2": "a", "c3": "b"}),)
    )
    chosen = a_plan(missing="worst")
    gaps = values.copy()
    gaps[[i for i in range(len(values)) if i in lacking], 2:] = np.nan
    found, _ = ranked(source, chosen, tmp_path)
    pd.testing.assert_series_equal(found, in_memory(gaps, chosen).scores, check_exact=True, check_names=False)
