"""``weighbridge rank --engine local``: what it prints and writes, and which options do not go together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.builders import write_library_study
from tests.cli.conftest import Run

from weighbridge.scale import spark
from weighbridge.scale.library import Library
from weighbridge.scale.local import LibraryResult, rank_library
from weighbridge.scale.plan import ScoringPlan
from weighbridge.study.study import Study

ROWS = 1_500


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a study over a library of made-up molecules, more than the sample holds."""
    return write_library_study(tmp_path / "library", ROWS)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum"])
def test_the_top_is_that_of_the_ranking_in_memory(run: Run, tmp_path: Path, method: str) -> None:
    """The same study ranked whole in memory has the same first molecules, ranks and scores."""
    library = write_library_study(tmp_path / "library", ROWS, {"ranking": {"method": method}})
    output = tmp_path / "scores.parquet"
    result = run("rank", library, "--engine", "local", "--output", output, "--json", "--top", 25)
    assert result.code == 0, result.err
    found = json.loads(result.out)
    ranking = Study.load(library).decide().ranking
    expected = ranking.to_frame().iloc[ranking.order[:25]]
    assert [row["id"] for row in found["top"]] == list(expected.index)
    assert [row["rank"] for row in found["top"]] == list(expected["rank"])
    assert [row["score"] for row in found["top"]] == pytest.approx(list(expected["score"]), abs=1e-12)
    assert found["molecules"] == ROWS
    scores = pd.read_parquet(output).set_index("id")["score"]
    assert (scores - ranking.scores).abs().max() <= found["bound"] + 1e-12


def test_the_first_molecules_are_printed(run: Run, library: Path, tmp_path: Path) -> None:
    """A table with ranks and scores comes on standard output, what was written on standard error."""
    output = tmp_path / "scores.parquet"
    result = run("rank", library, "--engine", "local", "--output", output, "--top", 30)
    assert result.code == 0
    assert "Small study: TOPSIS" in result.out
    assert f"the first 30 of {ROWS:,} molecules" in result.out
    assert "10 more of them stand in scores.top.parquet" in result.out
    assert "weighed with 1,000 molecules" in result.out
    assert f"wrote {output}" in result.err
    assert len(pd.read_parquet(tmp_path / "scores.top.parquet")) == 30


def test_the_bound_of_promethee_is_printed(run: Run, tmp_path: Path) -> None:
    """Scores from flow tables say how far they may be off, and that the top is exact."""
    library = write_library_study(tmp_path / "library", ROWS, {"ranking": {"method": "promethee-ii"}})
    result = run("rank", library, "--engine", "local", "--output", tmp_path / "s.parquet", "--json")
    assert json.loads(result.out)["bound"] >= 0
    text = run("rank", library, "--engine", "local", "--output", tmp_path / "s.parquet").out
    assert ("exact to ±" in text) == (json.loads(result.out)["bound"] > 0)


def test_the_whole_order_is_written_when_asked_for(run: Run, library: Path, tmp_path: Path) -> None:
    """With --order every molecule stands in one file, best first."""
    output = tmp_path / "scores.parquet"
    assert run("rank", library, "--engine", "local", "--output", output, "--order").code == 0
    order = pd.read_parquet(tmp_path / "scores.order.parquet")
    assert len(order) == ROWS
    assert order["rank"].is_monotonic_increasing
    assert order["score"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--engine", "local"), "needs --output FILE"),
        (("--engine", "local", "--output", "scores.csv"), "does not end in .parquet"),
        (("--engine", "local", "--output", "s.parquet", "--csv"), "--csv needs the ranking in memory"),
        (("--engine", "local", "--output", "s.parquet", "--xlsx", "a.xlsx"), "--xlsx needs the ranking in memory"),
        (("--engine", "spark", "--output", "s.parquet", "--order"), "--order sorts on this machine"),
        (("--output", "s.parquet"), "belongs to --engine local or spark"),
        (("--order",), "--order belongs to --engine local"),
        (("--memory", "100"), "--memory belongs to --engine local"),
        (("--threads", "2"), "--threads belongs to --engine local"),
        (("--fresh",), "--fresh belongs to --engine local"),
        (("--engine", "abacus"), "'abacus' is not one of"),
        (("--engine", "local", "--output", "s.parquet", "--memory", "0"), "0 is not in the range"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, library: Path, options: tuple[str, ...], words: str
) -> None:
    """Each mistake is told before anything is read, and nothing is written."""
    result = run("rank", library, *options)
    assert result.code == 2
    assert words in result.err
    assert not list(Path.cwd().glob("s.parquet*"))


def test_a_cap_that_is_too_small_says_what_would_be_enough(run: Run, library: Path, tmp_path: Path) -> None:
    """A memory cap no work fits into is refused with one that does."""
    result = run("rank", library, "--engine", "local", "--output", tmp_path / "s.parquet", "--memory", 5)
    assert result.code == 2
    assert not (tmp_path / "s.parquet").exists()
    told = re.search(r"found 5 MB; expected (\d+) MB or more", result.err)
    assert told is not None
    options = ("--engine", "local", "--output", tmp_path / "s.parquet", "--memory", told[1])
    assert run("rank", library, *options).code == 0


def test_faulty_rows_are_told_with_their_place(run: Run, library: Path, tmp_path: Path) -> None:
    """A value that is missing in the middle of the library is named by file, row, molecule and column."""
    frame = pd.read_parquet(library / "molecules.parquet")
    frame.loc[1234, "cost"] = None
    frame.to_parquet(library / "molecules.parquet", row_group_size=300)
    result = run("rank", library, "--engine", "local", "--output", tmp_path / "s.parquet")
    assert result.code == 2
    assert "molecules.parquet, row 1235, molecule 'L001234', column 'cost'" in result.err
    assert not (tmp_path / "s.parquet").exists()


def test_faulty_predictions_are_told_with_their_table(run: Run, library: Path, tmp_path: Path) -> None:
    """A prediction that is missing is named by its own table's file and column, and by the molecule."""
    frame = pd.read_parquet(library / "public.parquet")
    frame.loc[frame["id"] == "L000778", "probability"] = None
    frame.to_parquet(library / "public.parquet")
    result = run("rank", library, "--engine", "local", "--output", tmp_path / "s.parquet")
    assert "public.parquet, molecule 'L000778', column 'probability' (criterion 'public_score')" in result.err


def test_an_order_of_other_scores_does_not_stay(run: Run, library: Path, tmp_path: Path) -> None:
    """Without --order the order of an earlier run is taken away with the scores it belonged to."""
    options = ("--engine", "local", "--output", tmp_path / "s.parquet")
    assert run("rank", library, *options, "--order").code == 0
    assert (tmp_path / "s.order.parquet").exists()
    assert run("rank", library, *options).code == 0
    assert not (tmp_path / "s.order.parquet").exists()


def test_spark_is_given_the_library_and_the_master(
    run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--engine spark passes what the study says on to the cluster; its own tests run a real one."""
    asked: dict[str, Any] = {}

    def engine(tables: Library, plan: ScoringPlan, output: Path, *, master: str, progress: object) -> LibraryResult:
        asked.update(criteria=tables.criteria, top=plan.top, output=output, master=master)
        return rank_library(tables, plan, tmp_path / "local.parquet")

    monkeypatch.setattr(spark, "rank_library_spark", engine)
    output = tmp_path / "s.parquet"
    options = ("--engine", "spark", "--master", "local[2]", "--output", output, "--top", 7)
    assert run("rank", library, *options).code == 0
    names = {"public_score", "internal_score", "solubility", "cost"}
    assert set(asked.pop("criteria")) == names
    assert asked == {"top": 7, "output": output, "master": "local[2]"}


def test_a_study_in_memory_is_ranked_as_before(run: Run, study: Path) -> None:
    """The default engine needs none of the options."""
    plain, named = run("rank", study), run("rank", study, "--engine", "memory")
    assert plain.code == 0
    assert plain.out == named.out
