"""Spark gives what the local engine gives, whatever it divides, joins, or has to repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scale.deadly import DeadlyStage
from tests.scale.libraries import NAMES, WEIGHTS, ids, library, numbers, plan, table, write

from weighbridge.errors import InputError
from weighbridge.scale import spark as engine
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.local import rank_library
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.results import LibraryResult
from weighbridge.scale.spark import rank_library_spark
from weighbridge.scale.stages import start

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")


def scores(path: Path) -> pd.Series[float]:
    """Return scores by id, sorted by id."""
    found = pq.read_table(path)
    return pd.Series(found["score"].to_numpy(), index=found["id"].to_pylist()).sort_index()


def both(source: Library, chosen: ScoringPlan, folder: Path) -> tuple[LibraryResult, LibraryResult]:
    """Rank by both engines and hold the one against the other, bit by bit."""
    local = rank_library(source, chosen, folder / "local.parquet")
    spark = rank_library_spark(source, chosen, folder / "spark")
    pd.testing.assert_series_equal(scores(spark.output), scores(local.output), check_exact=True)
    pd.testing.assert_frame_equal(spark.top, local.top, check_exact=True)
    pd.testing.assert_frame_equal(pq.read_table(spark.top_output).to_pandas(), local.top, check_exact=True)
    assert (spark.rows, spark.bound, spark.notes) == (local.rows, local.bound, local.notes)
    return local, spark


@pytest.fixture(scope="module")
def heavy_tails(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return a library of two files with heavy tails."""
    folder = tmp_path_factory.mktemp("heavy")
    values = np.random.default_rng(0).lognormal(0, 0.7, (4000, 4)).clip(0.001, 10)
    return library(
        write(folder / "a.parquet", table(values[:2500]), 500),
        write(folder / "b.parquet", table(values[2500:], ids(1500, 2500)), 500),
    )


def test_distances_are_those_of_the_local_engine(spark: Any, heavy_tails: Library, tmp_path: Path) -> None:
    """TOPSIS with sums over the library: scores, top, bound and notes are identical."""
    _, result = both(heavy_tails, plan("topsis", "vector"), tmp_path)
    assert list(result.seconds) == ["unique ids", "lowest and highest values", "sums of the columns", "scores"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "local.parquet",
        "local.top.parquet",
        "spark",
        "spark.top.parquet",
    ]


def test_flows_and_the_certain_top_are_those_of_the_local_engine(
    spark: Any, heavy_tails: Library, tmp_path: Path
) -> None:
    """PROMETHEE through merged tables: the same scores, the same bound, the same exact top."""
    chosen = ScoringPlan(plan().criteria, WEIGHTS, "promethee-ii", top=10, bins=64)
    local, result = both(heavy_tails, chosen, tmp_path)
    assert result.bound > 0
    assert "exact scores of the best" in result.seconds
    assert set(local.seconds) >= {"exact scores of the best"}


def test_many_partitions_merge_among_themselves(
    spark: Any, heavy_tails: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Merging in two steps cannot be seen in the result."""
    monkeypatch.setattr(engine, "MERGED", 1)
    both(heavy_tails, plan("topsis", "minmax"), tmp_path)


def test_killed_workers_are_replaced_and_the_result_is_the_same(
    spark: Any, heavy_tails: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kill -9 in each pass over the library, once: Spark repeats the task and nothing can be seen of it."""
    monkeypatch.setattr(engine, "start", lambda chosen: DeadlyStage(start(chosen), tmp_path / "deaths"))
    (tmp_path / "deaths").mkdir()
    both(heavy_tails, plan("topsis", "vector"), tmp_path)
    assert {entry.name for entry in (tmp_path / "deaths").iterdir()} == {"ExtentStage", "TotalsStage", "model"}


def test_sources_are_joined_by_spark(spark: Any, tmp_path: Path) -> None:
    """Gaps, strangers, hostile column names and conversions are treated as DuckDB's join treats them."""
    values = numbers(600) + 0.5
    main = write(tmp_path / "main.parquet", table(values[:, :2]))
    chosen = np.random.default_rng(1).permutation(600)[:550]
    labels = [ids(600)[i] for i in chosen] + ["a stranger"]
    further = write(
        tmp_path / "further[1].parquet",
        pa.table({"mol.`id`": labels, "a.b": [*values[chosen, 2], 1.0], "nM": [*values[chosen, 3], 2.0]}),
    )
    source = Library(
        LibraryTable(main, "id", {"c0": "c0", "c1": "c1"}),
        (LibraryTable(further, "mol.`id`", {"c2": Reading("a.b", 0.5), "c3": Reading("nM", -1, 9, log10=True)}),),
    )
    both(source, plan(missing="worst", outside="clip"), tmp_path)


def test_faulty_rows_are_all_named(spark: Any, tmp_path: Path) -> None:
    """File, row and column of every fault, as the local engine says it; nothing is written."""
    values = numbers(600)
    values[450, 1], values[7, 2] = np.nan, 99.0
    source = library(
        write(tmp_path / "a.parquet", table(values[:300])),
        write(tmp_path / "b.parquet", table(values[300:], ids(300, 300))),
    )
    messages = []
    for rank in (rank_library_spark, rank_library):
        with pytest.raises(InputError) as refusal:
            rank(source, plan(), tmp_path / "out" / rank.__name__)  # type: ignore[operator]
        messages.append(str(refusal.value))
    assert messages[0] == messages[1]
    assert "b.parquet, row 151, molecule " in messages[0]
    assert "column 'c1': a value is missing" in messages[0]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_fault_of_reading_comes_back_from_the_workers(spark: Any, tmp_path: Path) -> None:
    """What a worker refuses is the user's one sentence, not a trace of Java."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ids(9), "nM": [1.0] * 5 + [0.0] + [2.0] * 3}))
    source = Library(LibraryTable(path, "id", {"c0": Reading("nM", log10=True), "c1": "nM", "c2": "nM", "c3": "nM"}))
    for normalization in ("bounds", "minmax"):
        with pytest.raises(InputError, match=r"row 6, column 'nM': the logarithm"):
            rank_library_spark(source, plan("topsis", normalization), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_repeated_and_missing_ids_are_refused(spark: Any, tmp_path: Path) -> None:
    """A molecule twice, and one without an id, are named before anything is scored."""
    labels: list[Any] = ids(50)
    labels[4], labels[7] = labels[3], None
    source = library(write(tmp_path / "a.parquet", table(numbers(50), labels)))
    with pytest.raises(InputError, match=r"an id is missing(.|\n)*an id occurs more than once; found 'M00000003'"):
        rank_library_spark(source, plan(), tmp_path / "out")


def test_damaged_data_are_an_input_error(spark: Any, tmp_path: Path) -> None:
    """A file whose data are overwritten ends in one sentence, and the old output stays."""
    path = write(tmp_path / "a.parquet", table(numbers(500)), 500)
    (tmp_path / "out").mkdir()
    write(tmp_path / "out" / "part-0.parquet", table(numbers(3)))
    chunk = pq.read_metadata(path).row_group(0).column(2)
    raw = bytearray(path.read_bytes())
    begin = chunk.dictionary_page_offset or chunk.data_page_offset
    raw[begin : begin + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(raw)
    with pytest.raises(InputError, match="Spark could not finish the work"):
        rank_library_spark(library(path), plan(), tmp_path / "out")
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["part-0.parquet"]


def test_an_older_output_gives_way(spark: Any, heavy_tails: Library, tmp_path: Path) -> None:
    """A second run takes the place of the first, whole."""
    rank_library_spark(heavy_tails, plan(), tmp_path / "out")
    rank_library_spark(heavy_tails, plan("weighted-sum"), tmp_path / "out")
    local = rank_library(heavy_tails, plan("weighted-sum"), tmp_path / "local.parquet")
    pd.testing.assert_series_equal(scores(tmp_path / "out"), scores(local.output), check_exact=True)
    assert plan().names == NAMES


@pytest.mark.parametrize(("name", "message"), [("notes.txt", "other things is in the way"), (None, "found a file")])
def test_what_is_not_an_output_stays_untouched(tmp_path: Path, name: str | None, message: str) -> None:
    """A folder with other things in it, or a file, is refused before Spark is started."""
    source = library(write(tmp_path / "a.parquet", table(numbers(5))))
    target = tmp_path / "out"
    if name is None:
        target.write_text("x")
    else:
        target.mkdir()
        (target / name).write_text("x")
    with pytest.raises(InputError, match=message):
        rank_library_spark(source, plan(), target)
    assert target.exists()
