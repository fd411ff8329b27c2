"""The local engine: a library larger than memory ranked on one machine.

Passes over the library feed the batch functions of `weighbridge.scale.stages`; the scoring pass
writes. What an interrupted run has finished is kept beside the output and used by the next run, and
the result has the same bytes for any number of threads, any memory cap and any interruption.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.ranking import ROUNDING
from weighbridge.errors import Fault, InputError
from weighbridge.scale.budget import RESERVE_MB, default_mb, divide, resident_mb
from weighbridge.scale.checks import Findings
from weighbridge.scale.joins import join, joined_table
from weighbridge.scale.layout import Layout, inspect, require_package
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.order import write_order
from weighbridge.scale.output import pick_ids, publish, write_scores, write_tables
from weighbridge.scale.passes import Progress, Scan, fold
from weighbridge.scale.places import Place, places_of
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.pool import pool_of
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.recount import recount
from weighbridge.scale.results import LibraryResult, library_key, method_notes, summary_bytes, top_frame, top_notes
from weighbridge.scale.resume import WorkFolder, work_folder
from weighbridge.scale.scoring import Outcome, Scoring
from weighbridge.scale.stages import start
from weighbridge.scale.tables import LEAST_MB, connected, repeated_ids
from weighbridge.scale.topk import TopRows, settle

__all__ = ["LibraryResult", "rank_library"]

SLACK_MB: Final = 64
"""What the process may still grow by before DuckDB begins."""

JOINING: Final = "joining tables"

Best: TypeAlias = tuple[TopRows, Integers]
"""The best molecules and their ranks."""


def rank_library(
    library: Library,
    plan: ScoringPlan,
    output: Path | str,
    *,
    memory_mb: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    resume: bool = True,
    order: bool = False,
) -> LibraryResult:
    """Rank a library that may be larger than memory.

    Parameters
    ----------
    library
        Where the columns come from.
    plan
        Criteria, weights, method, and how many molecules are wanted exactly.
    output
        The Parquet file of ids and scores to write. ``<stem>.top.parquet`` beside it holds the top,
        and ``<stem>.order.parquet`` the whole order; ``<output>.part`` is the work folder.
    memory_mb
        Cap on the memory of this whole process; 600 by default, or 400 more than it holds already.
    threads
        Workers; the number of processors by default.
    progress
        Called with (what is done, rows done, rows in all).
    resume
        Whether to go on with what an interrupted run of the same work has finished.
    order
        Whether to write the whole order too.

    Returns
    -------
    result
        The top and where the scores are.

    Raises
    ------
    InputError
        Faults of the tables and their rows, a cap that is too small, a full disk. Nothing is left
        at the output's name then, or what was there before.
    """
    run = _Run(
        Path(output),
        default_mb() if memory_mb is None else memory_mb,
        threads or os.cpu_count() or 1,
        progress or _silent,
    )
    library.require(plan.names)
    library = library.only(plan.names)
    layouts = [inspect(library.main), *(inspect(table, may_be_empty=True) for table in library.further)]
    _check_output(run.output, library)
    with work_folder(run.output, library_key(layouts, plan), resume=resume) as work:
        layout = layouts[0] if not library.further else inspect(_joined(library, layouts[0], work, run))
        model, outcome, best, notes = _score(layout, layouts[0], plan, work, run, places_of(library, layouts[0]))
        frame = _publish(run, outcome, best, work, order=order)
    return LibraryResult(
        rows=layout.rows,
        top=frame,
        bound=model.bound,
        seconds=run.seconds,
        output=run.output,
        top_output=run.beside("top"),
        order_output=run.beside("order") if order else None,
        notes=(*work.notes, *notes),
    )


@dataclass(frozen=True)
class _Run:
    """The settings of one run, and its clock."""

    output: Path
    memory_mb: int
    threads: int
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - begun

    def tables_mb(self) -> int:
        """Return what DuckDB may use now."""
        require_package("duckdb", "scale")
        import duckdb  # noqa: F401 - what it takes itself is no longer free

        free = int(0.9 * (self.memory_mb - resident_mb() - RESERVE_MB))  # it takes a little more than it is given
        if free < LEAST_MB:
            enough = 50 * math.ceil((resident_mb() + RESERVE_MB + LEAST_MB / 0.9 + SLACK_MB) / 50)
            found, expected = f"{self.memory_mb} MB", f"{enough} MB or more"
            what = "the memory cap is too small to join or sort tables"
            raise InputError(Fault(what, found=found, expected=expected, mend="Raise the cap"))
        return free

    def beside(self, what: str) -> Path:
        """Return the name of another output."""
        return self.output.with_name(f"{self.output.stem}.{what}.parquet")


def _silent(what: str, done: int, total: int) -> None:
    """Hear of progress and say nothing."""


def _check_output(output: Path, library: Library) -> None:
    """Refuse an output that would overwrite the library, a folder or a device."""
    if output.exists() and not output.is_file():
        found = "a folder" if output.is_dir() else "a device"
        raise InputError(Fault("cannot write here", file=str(output), found=found, expected="a file name"))
    taken = {file.resolve() for table in library.tables for file in table.files}
    if output.resolve() in taken:
        raise InputError(Fault("the output is a file of the library", file=str(output), mend="Write elsewhere"))


def _joined(library: Library, main: Layout, work: WorkFolder, run: _Run) -> LibraryTable:
    """Return all tables joined in the work folder, by this run or an earlier one."""
    file = work.file("joined.parquet")
    if not file.is_file():
        run.progress(JOINING, 0, main.rows)
        with run.timed(JOINING):
            join(library, work.file("joining.parquet"), memory_mb=run.tables_mb(), threads=run.threads)
        publish(work.file("joining.parquet"), file)
        run.progress(JOINING, main.rows, main.rows)
    return joined_table(library, file)


def _score(
    layout: Layout, main: Layout, plan: ScoringPlan, work: WorkFolder, run: _Run, place: Place
) -> tuple[Model, Outcome, Best, tuple[str, ...]]:
    """Run every pass and leave the scores in the work folder."""
    budget = divide(run.memory_mb, run.threads, layout.pieces, len(plan.names), summary_bytes(plan))
    with pool_of(budget.threads) as pool:
        scan = Scan(layout, plan, budget, pool, run.progress)
        model, findings = _fit(scan, work, run, place)
        scoring = Scoring(scan, model, work)
        with run.timed("scores"):
            sorted_ids = write_scores(work.file("scores.parquet"), scoring.parts()).sorted
        outcome = scoring.outcome
        assert outcome is not None
        _refuse(outcome.findings, scan, place, work)
        if layout is main and not sorted_ids:
            with run.timed("unique ids"), connected(work.path, run.tables_mb(), run.threads) as connection:
                repeated = repeated_ids(connection, main)
            if len(repeated):
                work.discard()
            repeated.raise_if_any()
        best = settle(outcome.top, _recounted(scan, model, outcome, work, run))
    found = findings or outcome.findings
    notes = (*found.notes(plan), *method_notes(plan, found), *top_notes(outcome.top))
    return model, outcome, best, notes


def _recounted(scan: Scan, model: Model, outcome: Outcome, work: WorkFolder, run: _Run) -> Floats | None:
    """Return the exact scores of the molecules that may be among the best, where the scores have an error."""
    if model.bound == 0:
        return None
    stage = recount(scan.plan, scan.layout.rows, outcome.top.values)
    summary = work.kept("recount")
    if summary is None:
        with run.timed(stage.title):
            summary, _ = fold(scan, stage)
        work.keep("recount", summary)
    return stage.finish(summary)


def _fit(scan: Scan, work: WorkFolder, run: _Run, place: Place) -> tuple[Model, Findings | None]:
    """Run the stages up to the model; finished ones are taken from the work folder."""
    state: Stage | Model = start(scan.plan)
    findings: Findings | None = None
    number = 0
    while isinstance(state, Stage):
        done = work.kept(f"stage-{number}")
        if done is None:
            with run.timed(state.title):
                done = fold(scan, state)
            _refuse(done[1], scan, place, work)
            work.keep(f"stage-{number}", done)
        summary, findings = done
        state = state.finish(summary)
        number += 1
    return state, findings


def _refuse(findings: Findings, scan: Scan, place: Place, work: WorkFolder) -> None:
    """Refuse a library with faulty rows; what was computed from them is of no use to anybody."""
    if findings.faults:
        work.discard()
    findings.raise_if_any(scan.plan, place)


def _publish(run: _Run, outcome: Outcome, best: Best, work: WorkFolder, *, order: bool) -> pd.DataFrame:
    """Put every file into its place, the scores last, and return the top."""
    import pyarrow as pa

    scores = work.file("scores.parquet")
    top, ranks = best
    frame = top_frame(ranks, pick_ids(scores, top.rows), top.scores)
    written = write_tables(work.file("top.parquet"), [pa.Table.from_pandas(frame, preserve_index=False)])
    if order:
        largest = max(abs(outcome.low), abs(outcome.high), 1.0 if outcome.top.bound else 0.0)
        with run.timed("whole order"):
            write_order(
                scores,
                work.file("order.parquet"),
                score_range=outcome.high - outcome.low,
                rounding=ROUNDING * largest,
                memory_mb=run.tables_mb(),
                threads=run.threads,
            )
        publish(work.file("order.parquet"), run.beside("order"))
    else:
        run.beside("order").unlink(missing_ok=True)  # that of other scores
    publish(written, run.beside("top"))
    publish(scores, run.output)
    return frame
