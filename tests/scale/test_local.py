"""The local engine gives what ranking in memory gives, and the same bytes however the work is done."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scale.libraries import (
    NAMES,
    WEIGHTS,
    ids,
    in_memory,
    library,
    numbers,
    plan,
    small_library,
    table,
    write,
)

from weighbridge.errors import InputError
from weighbridge.scale import layout as layouts
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.local import LibraryResult, rank_library
from weighbridge.scale.plan import ScoringPlan


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut small libraries into several pieces."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 250)


def scores(result: LibraryResult) -> pd.Series[float]:
    """Return the scores that were written, by id."""
    found = pq.read_table(result.output)
    return pd.Series(found["score"].to_numpy(), index=found["id"].to_pylist())


def test_promethee_is_ranked_within_its_bound_and_its_top_exactly(tmp_path: Path) -> None:
    """Scores differ from ranking in memory by no more than the bound; the top is the exact one."""
    values = np.random.default_rng(0).lognormal(0, 0.5, (20_000, 4)).clip(0, 10)
    chosen = ScoringPlan(plan().criteria, WEIGHTS, "promethee-ii", top=10, bins=64)
    source = library(write(tmp_path / "a.parquet", table(values), 1000))
    heard: list[str] = []
    result = rank_library(source, chosen, tmp_path / "out.parquet", progress=lambda what, *_: heard.append(what))
    expected = in_memory(values, chosen)
    difference = np.abs(scores(result) - expected.scores).max()
    assert 0 < difference <= result.bound < 0.2
    assert "exact scores of the best" in heard
    best = expected.ranks[expected.ranks <= 10].sort_values(kind="stable")
    assert result.top["id"].tolist() == best.index.tolist()
    assert result.top["rank"].tolist() == best.tolist()
    np.testing.assert_allclose(result.top["score"], expected.scores[best.index], rtol=0, atol=1e-13)


def test_promethee_gives_the_same_bytes_however_the_work_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts merge exactly, so threads and blocks cannot be seen, not even in a score with an error."""
    values = np.random.default_rng(1).lognormal(0, 0.5, (3000, 4)).clip(0, 10)
    source = library(write(tmp_path / "a.parquet", table(values)))
    chosen = ScoringPlan(plan().criteria, WEIGHTS, "promethee-ii", top=10, bins=64)
    seen = set()
    for threads, block in ((1, 64), (2, 1000), (3, 4096)):
        monkeypatch.setattr("weighbridge.scale.budget.LARGEST_BLOCK", block)
        monkeypatch.setattr("weighbridge.scale.budget.SMALLEST_BLOCK", 1)
        result = rank_library(source, chosen, tmp_path / "out.parquet", threads=threads)
        seen.add((result.output.read_bytes(), result.top_output.read_bytes(), result.bound))
    assert len(seen) == 1


METHODS = [
    *itertools.product(["topsis", "weighted-sum"], ["bounds", "minmax", "vector", "sum", "max", "none"]),
]


@pytest.mark.parametrize(("method", "normalization"), METHODS)
def test_scores_and_top_are_those_of_ranking_in_memory(tmp_path: Path, method: str, normalization: str) -> None:
    """Bit for bit where nothing is added up over molecules, else to the last bits; the top is the same."""
    chosen = plan(method, normalization)
    values = numbers(1000) + 0.001
    values[:, 1] = values[:, 1].clip(0.001, 10)
    values = values.clip(0.001, 10)
    result = rank_library(library(write(tmp_path / "a.parquet", table(values))), chosen, tmp_path / "out.parquet")
    expected = in_memory(values, chosen)
    found = scores(result)
    assert found.index.tolist() == ids(1000)
    if normalization in ("vector", "sum"):
        np.testing.assert_allclose(found, expected.scores, rtol=1e-14)
    else:
        assert np.array_equal(found, expected.scores)
    best = expected.ranks[expected.ranks <= 10].sort_values(kind="stable")
    assert result.top["id"].tolist() == best.index.tolist()
    assert result.top["rank"].tolist() == best.tolist()
    assert result.top["tied"].tolist() == expected.ties[best.index].tolist()
    assert result.rows == 1000
    assert result.bound == 0


def test_single_precision_files_are_scored_in_double(tmp_path: Path) -> None:
    """A float32 column is taken as the float64 numbers it holds."""
    given = numbers(500).astype("f4")
    files = write(tmp_path / "a.parquet", table(given, dtype="f4"))
    result = rank_library(library(files), plan(), tmp_path / "out.parquet")
    assert np.array_equal(scores(result), in_memory(given.astype("f8"), plan()).scores)


@pytest.mark.parametrize("order", [False, True])
def test_every_way_of_working_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: bool
) -> None:
    """Threads, memory, and so the size of the blocks, cannot be seen in any file."""
    source = small_library(tmp_path, 2000)
    seen = set()
    for number, (threads, block) in enumerate(itertools.product((1, 2, 5), (7, 64, 4096))):
        monkeypatch.setattr("weighbridge.scale.budget.LARGEST_BLOCK", block)
        monkeypatch.setattr("weighbridge.scale.budget.SMALLEST_BLOCK", 1)
        folder = tmp_path / str(number)
        result = rank_library(source, plan("topsis", "vector"), folder / "o.parquet", threads=threads, order=order)
        files = [result.output, result.top_output, *([result.order_output] if result.order_output else [])]
        seen.add(tuple(file.read_bytes() for file in files))
        assert sorted(folder.iterdir()) == sorted(files)
    assert len(seen) == 1


def test_the_whole_order_is_written_when_asked_for(tmp_path: Path) -> None:
    """Rank, id and score of every molecule, as in memory, ties included."""
    values = np.round(numbers(1000), 0)
    source = library(write(tmp_path / "a.parquet", table(values)))
    result = rank_library(source, plan(), tmp_path / "out.parquet", order=True)
    assert result.order_output == tmp_path / "out.order.parquet"
    found = pq.read_table(result.order_output).to_pandas()
    expected = in_memory(values, plan())
    assert found["score"].is_monotonic_decreasing
    assert found.set_index("id")["rank"].sort_index().equals(expected.ranks.rename_axis("id"))


def test_a_tie_at_the_last_place_is_shown(tmp_path: Path) -> None:
    """All molecules that share the k-th place are in the top, marked as tied."""
    values = np.tile([[5.0, 5.0, 5.0, 5.0]], (300, 1))
    values[7] = [9, 1, 9, 1]
    source = library(write(tmp_path / "a.parquet", table(values)))
    result = rank_library(source, plan(top=2), tmp_path / "out.parquet")
    assert len(result.top) == 300
    assert result.top["rank"].tolist() == [1] + [2] * 299
    assert result.top["tied"].tolist() == [False] + [True] * 299
    assert result.top["id"].tolist() == [ids(300)[7], *(label for label in ids(300) if label != ids(300)[7])]


def test_the_top_file_holds_the_top(tmp_path: Path) -> None:
    """What the result shows is on disk too."""
    result = rank_library(small_library(tmp_path), plan(), tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(pq.read_table(result.top_output).to_pandas(), result.top)
    assert result.top_output == tmp_path / "out.top.parquet"
    assert list(result.top.columns) == ["rank", "id", "score", "tied"]


def test_whole_numbers_are_ids_too(tmp_path: Path) -> None:
    """Their type is kept in every output."""
    content = table(numbers(300)).set_column(0, "id", pa.array(range(300, 0, -1), pa.int32()))
    result = rank_library(library(write(tmp_path / "a.parquet", content)), plan(), tmp_path / "out.parquet")
    assert pq.read_schema(result.output).field("id").type == pa.int32()
    assert scores(result).index.tolist() == list(range(300, 0, -1))


def test_sources_are_joined_and_their_gaps_filled_by_the_rule(tmp_path: Path) -> None:
    """A molecule that a source lacks takes the criterion's rule, as in memory, and the notes count it."""
    values = numbers(600)
    main = write(tmp_path / "main.parquet", table(values[:, :2]))
    keep = np.arange(600) % 7 != 0
    shuffled = np.random.default_rng(1).permutation(np.flatnonzero(keep))
    content = pa.table({"mol": [ids(600)[i] for i in shuffled], "a": values[shuffled, 2], "nM": values[shuffled, 3]})
    further = write(tmp_path / "further.parquet", content)
    source = Library(
        LibraryTable(main, "id", {"c0": "c0", "c1": "c1"}),
        (LibraryTable(further, "mol", {"c2": "a", "c3": Reading("nM", factor=0.5)}),),
    )
    chosen = plan(missing="worst")
    result = rank_library(source, chosen, tmp_path / "out.parquet")
    expected = values.copy()
    expected[:, 3] *= 0.5
    expected[~keep, 2:] = np.nan
    reference = in_memory(expected, chosen)
    assert np.array_equal(scores(result), reference.scores)
    assert scores(result).index.tolist() == ids(600)
    assert "c2: 86 missing values filled by the rule 'worst'" in result.notes
    assert set(result.notes) == set(reference.notes)
    assert {"joining tables", "scores"} <= set(result.seconds)


def test_the_notes_are_those_of_ranking_in_memory(tmp_path: Path) -> None:
    """What was clipped is said, once, however many passes there were."""
    values = numbers(600) * 1.1
    chosen = plan("topsis", "minmax", outside="clip")
    result = rank_library(library(write(tmp_path / "a.parquet", table(values))), chosen, tmp_path / "out.parquet")
    clipped = [note for note in in_memory(values, chosen).notes if "outside" in note]
    assert [note for note in result.notes if "outside" in note] == clipped
    assert len(clipped) == 4


def test_progress_is_told_for_every_pass(tmp_path: Path) -> None:
    """Each pass begins at 0, ends at the number of rows, and never goes back."""
    heard: list[tuple[str, int, int]] = []
    rank_library(
        small_library(tmp_path), plan("topsis", "vector"), tmp_path / "out.parquet",
        progress=lambda what, done, total: heard.append((what, done, total)),
    )  # fmt: skip
    passes = [(title, [done for _, done, _ in group]) for title, group in itertools.groupby(heard, lambda x: x[0])]
    assert [title for title, _ in passes] == ["lowest and highest values", "sums of the columns", "scores"]
    for _, done in passes:
        assert done[0] == 0
        assert done[-1] == 1000
        assert done == sorted(done)
    assert {total for _, _, total in heard} == {1000}


def faulty(folder: Path, **cells: Any) -> Library:
    """Return a library of two files in which some cells of the second are changed: c1=(row, value)."""
    values = numbers(600)
    for name, (row, value) in cells.items():
        values[300 + row, NAMES.index(name)] = value
    return library(
        write(folder / "a.parquet", table(values[:300])),
        write(folder / "b.parquet", table(values[300:], ids(300, 300))),
    )


@pytest.mark.parametrize(
    ("cells", "messages"),
    [
        ({"c1": (4, np.nan)}, [("b.parquet, row 5, molecule ", "column 'c1': a value is missing")]),
        ({"c2": (0, np.inf)}, [("b.parquet, row 1, molecule ", "column 'c2': not a finite number; found inf")]),
        ({"c0": (299, 11.0)}, [("b.parquet, row 300, molecule ", "column 'c0': a value is outside the declared")]),
        ({"c0": (1, -1.0), "c3": (2, np.nan)}, [("row 2, molecule ", "column 'c0'"), ("row 3, ", "column 'c3'")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("normalization", ["bounds", "minmax"])
def test_faulty_rows_are_all_named(
    tmp_path: Path, cells: dict[str, Any], messages: list[tuple[str, str]], normalization: str
) -> None:
    """File, row, molecule and column of every fault in one message, and nothing is left of the run."""
    source = faulty(tmp_path, **cells)
    with pytest.raises(InputError) as refusal:
        rank_library(source, plan("topsis", normalization), tmp_path / "out" / "o.parquet")
    for fault, parts in zip(refusal.value.faults, messages, strict=True):
        assert all(part in str(fault) for part in parts)
    assert list((tmp_path / "out").iterdir()) == []


def test_ids_that_occur_twice_are_refused(tmp_path: Path) -> None:
    """A molecule in two files of a library is named; nothing takes the place of the output."""
    files = [write(tmp_path / f"{k}.parquet", table(numbers(30, k), ids(30, 29 * k))) for k in range(2)]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "o.parquet").write_text("old")
    with pytest.raises(InputError, match="an id occurs more than once; found 'M00000029', 2 times"):
        rank_library(library(*files), plan(), tmp_path / "out" / "o.parquet")
    assert (tmp_path / "out" / "o.parquet").read_text() == "old"
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["o.parquet"]


def test_unsorted_ids_that_are_unique_pass(tmp_path: Path) -> None:
    """Ids need not be sorted; only repeats are refused."""
    labels = [ids(300)[i] for i in np.random.default_rng(0).permutation(300)]
    result = rank_library(
        library(write(tmp_path / "a.parquet", table(numbers(300), labels))), plan(), tmp_path / "o.parquet"
    )
    assert scores(result).index.tolist() == labels
    assert "unique ids" in result.seconds


def test_a_library_never_overwrites_itself(tmp_path: Path) -> None:
    """The output must not be one of the files that are read, whatever way its name is written."""
    source = small_library(tmp_path)
    before = source.main.files[0].read_bytes()
    with pytest.raises(InputError, match="the output is a file of the library"):
        rank_library(source, plan(), tmp_path / "." / "library.parquet")
    assert source.main.files[0].read_bytes() == before


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    """An output must be a file's name."""
    source = small_library(tmp_path)
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="cannot write here; found a folder"):
        rank_library(source, plan(), tmp_path / "out")


def test_a_plan_for_other_columns_is_refused(tmp_path: Path) -> None:
    """A criterion without a column is named before anything is read."""
    with pytest.raises(InputError, match="'c3'; expected one of"):
        rank_library(library(tmp_path / "no such file", names=("c0", "c1", "c2")), plan(), tmp_path / "out.parquet")


def test_a_cap_that_is_too_small_says_what_is_enough(tmp_path: Path) -> None:
    """The figure that is asked for is enough."""
    source = small_library(tmp_path)
    with pytest.raises(InputError, match=r"too small for this work; found 30 MB; expected \d+ MB") as refusal:
        rank_library(source, plan(), tmp_path / "out.parquet", memory_mb=30)
    enough = int(refusal.value.faults[0].expected.split()[0])
    assert rank_library(source, plan(), tmp_path / "out.parquet", memory_mb=enough + 10).rows == 1000
