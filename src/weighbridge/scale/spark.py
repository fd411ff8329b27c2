"""The distributed engine: a library larger than a machine ranked by Spark.

Spark reads, joins and moves; every number is computed by the same batch functions as in the local
engine, inside `DataFrame.mapInArrow`. Partitions are summarised where they are, the summaries merge
on the driver, and the model goes out to all of them. Merging is exact, so the scores are those of the
local engine to the last bit, however Spark divides the work and whatever it has to repeat.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Integers
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.scale.checks import Findings
from weighbridge.scale.joins import check_ids_match
from weighbridge.scale.layout import Layout, inspect
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.passes import Progress, Summarises
from weighbridge.scale.places import Place, places_of
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.recount import recount
from weighbridge.scale.results import LibraryResult, method_notes, top_frame, top_notes
from weighbridge.scale.scoring import Outcome
from weighbridge.scale.spark_session import BATCH_ROWS, check_workers, session_of
from weighbridge.scale.spark_tasks import Task, merging, opened, scoring, summarising
from weighbridge.scale.stages import start
from weighbridge.scale.topk import settle

__all__ = ["rank_library_spark"]

MERGED: Final = 16
"""More partitions than this merge their summaries among themselves before the driver does."""

SCORES: Final = "scores"


def rank_library_spark(
    library: Library,
    plan: ScoringPlan,
    output: Path | str,
    *,
    master: str = "local[*]",
    batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None,
) -> LibraryResult:
    """Rank a library that may be larger than a machine.

    Parameters
    ----------
    library
        Where the columns come from: files that the driver and every worker see under the same path.
    plan
        Criteria, weights, method, and how many molecules are wanted exactly.
    output
        A folder of Parquet files with ``id`` and ``score``; their rows are in no particular order.
        ``<name>.top.parquet`` beside it holds the top.
    master
        Spark's master; `local[*]` by default. An active session is used whatever the master.
    batch_rows
        Rows of an Arrow batch: a worker's memory, not the result, depends on it.
    progress
        Called with (what is done, rows done, rows in all) as each pass begins and ends.

    Returns
    -------
    result
        As `weighbridge.scale.local.rank_library` gives it: the same scores, bound and top.

    Raises
    ------
    InputError
        Faults of the tables and their rows, no Java, workers without this package, a full disk.
        Nothing is left at the output's name then, or what was there before.
    """
    target = Path(output)
    library.require(plan.names)
    library = library.only(plan.names)
    layouts = [inspect(library.main), *(inspect(table, may_be_empty=True) for table in library.further)]
    check_ids_match(layouts)
    _check_output(target)
    clock = _Clock(progress or (lambda *_: None), layouts[0].rows)
    with session_of(master, batch_rows=batch_rows) as session:
        if not master.startswith("local"):
            check_workers(session)
        with clock.timed("unique ids"):
            for layout in layouts:
                _refuse_repeats(session, layout)
        run = _Run(
            session,
            plan,
            layouts[0],
            places_of(library, layouts[0]),
            _task(library, plan),
            _rows(session, library, layouts[0], plan),
            clock,
        )
        return _rank(run, target)


@dataclass(frozen=True)
class _Clock:
    """The time that passes take, and who hears of it."""

    progress: Progress
    rows: int
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        self.progress(what, 0, self.rows)
        begun = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - begun
        self.progress(what, self.rows, self.rows)


@dataclass(frozen=True)
class _Run:
    """One ranking: the session, what is asked, and the rows as a DataFrame."""

    session: Any
    plan: ScoringPlan
    main: Layout
    place: Place
    task: Task
    rows: Any
    clock: _Clock

    def fold(self, stage: Summarises) -> tuple[Any, Findings]:
        """Return the summary of the library and what was found in its rows."""
        sent = self.session.sparkContext.broadcast(stage)
        with self.clock.timed(stage.title):
            parts = self.rows.mapInArrow(summarising(self.task, lambda: sent.value), _PAYLOAD)
            count = parts.rdd.getNumPartitions()
            if count > MERGED:
                parts = parts.repartition(MERGED).mapInArrow(merging(lambda: sent.value), _PAYLOAD)
            found = [opened(bytes(row["payload"])) for row in parts.collect()]
        sent.unpersist()
        summary, findings = found[0]
        for other, more in found[1:]:
            summary, findings = stage.merge(summary, other), findings + more
        return summary, findings

    def refuse(self, findings: Findings) -> None:
        """Refuse a library with faulty rows."""
        findings.raise_if_any(self.plan, self.place)


_PAYLOAD: Final = "payload binary"


def _check_output(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise InputError(Fault("cannot write here", file=str(target), found="a file", expected="a folder's name"))
    if target.is_dir() and any(entry.suffix != ".parquet" and entry.name[0] not in "._" for entry in target.iterdir()):
        mend = "Move it, or write elsewhere"
        raise InputError(Fault("a folder with other things is in the way of the output", str(target), mend=mend))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _task(library: Library, plan: ScoringPlan) -> Task:
    readings = {name: reading for table in library.tables for name, reading in table.readings.items()}
    return Task(plan, tuple(readings[name] for name in plan.names), library.main.title)


def _rows(session: Any, library: Library, main: Layout, plan: ScoringPlan) -> Any:
    """Return the DataFrame of row numbers, ids and the criteria's columns, not converted."""
    number = {name: f"c{j}" for j, name in enumerate(plan.names)}
    starts: dict[Path, int] = {}
    for piece in main.pieces:
        starts.setdefault(piece.file, piece.first_row)
    frames = [_file_rows(session, library.main, file, first, number) for file, first in starts.items()]
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.unionAll(frame)
    for t, table in enumerate(library.further):
        joined = _with_predictions(session, joined, table, number, f"id of table {t}")
    return joined.select("row", "id", *(number[name] for name in plan.names))


def _read(session: Any, files: list[Path]) -> Any:
    return session.read.parquet(*(_pattern(file) for file in files))


def _pattern(file: Path) -> str:
    """Return a path whose characters stand for themselves: Spark takes some of them for patterns."""
    return "".join("\\" + letter if letter in "*?[]{}\\" else letter for letter in str(file.resolve()))


def _file_rows(session: Any, table: LibraryTable, file: Path, first: int, number: dict[str, str]) -> Any:
    from pyspark.sql import functions as F  # noqa: N812 - its usual name

    columns = [F.col(_quoted(reading.column)).alias(number[name]) for name, reading in table.readings.items()]
    row = (F.col("_metadata.row_index") + F.lit(first)).cast("long").alias("row")
    return _read(session, [file]).select(row, F.col(_quoted(table.id)).alias("id"), *columns)


def _with_predictions(session: Any, rows: Any, table: LibraryTable, number: dict[str, str], own: str) -> Any:
    from pyspark.sql import functions as F  # noqa: N812 - its usual name

    columns = [F.col(_quoted(reading.column)).alias(number[name]) for name, reading in table.readings.items()]
    further = _read(session, list(table.files)).select(F.col(_quoted(table.id)).alias(own), *columns)
    return rows.join(further, rows["id"] == further[own], "left").drop(own)


def _refuse_repeats(session: Any, layout: Layout) -> None:
    """Refuse a table in which an id is missing or occurs more than once."""
    from pyspark.sql import functions as F  # noqa: N812 - its usual name

    table = layout.table
    if not layout.pieces:
        return
    ids = _read(session, list(table.files)).select(F.col(_quoted(table.id)).alias("id"))
    wrong = ids.groupBy("id").count().where("count > 1 OR id IS NULL").orderBy("id").limit(limits.FAULTS_SHOWN)
    faults = Faults()
    for row in wrong.collect():
        place = f"column {table.id!r}"
        if row["id"] is None:
            faults.add("an id is missing", file=table.title, place=place,
                       found=f"{row['count']} rows", expected="an id a molecule")  # fmt: skip
        else:
            faults.add("an id occurs more than once", file=table.title, place=place,
                       found=f"{row['id']!r}, {row['count']} times", expected="unique ids")  # fmt: skip
    faults.raise_if_any()


def _rank(run: _Run, target: Path) -> LibraryResult:
    """Run every pass and put the outputs into their places."""
    model, findings = _fit(run)
    sent = run.session.sparkContext.broadcast(model)
    kind = run.rows.schema["id"].dataType.simpleString()
    schema = f"row long, id {kind}, score double, payload binary"
    scored = run.rows.mapInArrow(scoring(run.task, lambda: sent.value), schema)
    with _on_disk(scored) as kept, _beside(target) as folder:
        with run.clock.timed(SCORES):
            payloads = kept.where("payload IS NOT NULL").select("payload").collect()
            outcome = _together([opened(bytes(row["payload"])) for row in payloads])
            run.refuse(outcome.findings)
            kept.where("payload IS NULL").select("id", "score").write.parquet(str(folder / "scores"))
        exact = None
        if model.bound > 0:
            stage = recount(run.plan, run.main.rows, outcome.top.values)
            exact = stage.finish(run.fold(stage)[0])
        best, ranks = settle(outcome.top, exact)
        frame = top_frame(ranks, _ids(run.session, kept, best.rows), best.scores)
        top = target.with_name(f"{target.name}.top.parquet")
        _publish(folder, frame, target, top)
    found = findings or outcome.findings
    notes = (*found.notes(run.plan), *method_notes(run.plan, found), *top_notes(outcome.top))
    return LibraryResult(run.main.rows, frame, model.bound, run.clock.seconds, target, top, None, notes)


def _fit(run: _Run) -> tuple[Model, Findings | None]:
    state: Stage | Model = start(run.plan)
    findings: Findings | None = None
    while isinstance(state, Stage):
        summary, findings = run.fold(state)
        run.refuse(findings)
        state = state.finish(summary)
    return state, findings


def _together(outcomes: list[Outcome]) -> Outcome:
    whole = outcomes[0]
    for other in outcomes[1:]:
        whole += other
    return whole


@contextmanager
def _on_disk(frame: Any) -> Iterator[Any]:
    """Keep a DataFrame on the workers' disks while it is used more than once."""
    from pyspark import StorageLevel

    kept = frame.persist(StorageLevel.DISK_ONLY)
    try:
        yield kept
    finally:
        kept.unpersist()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Make a folder beside the output, which is gone at the end whatever happens."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise InputError(Fault("cannot write here", str(target), found=error.strerror or str(error))) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ids(session: Any, kept: Any, rows: Integers) -> list[Any]:
    """Return the ids of some rows, in the order of `rows`."""
    wanted = session.createDataFrame([(row,) for row in rows.tolist()], "row long")
    found = {row["row"]: row["id"] for row in kept.join(wanted, "row").select("row", "id").collect()}
    return [found[row] for row in rows.tolist()]


def _publish(folder: Path, frame: pd.DataFrame, target: Path, top: Path) -> None:
    """Rename the outputs into their places; an older output gives way at the last moment."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / "top.parquet")
        os.replace(folder / "top.parquet", top)  # noqa: PTH105 - os.replace is the atomic rename
        if target.is_dir():
            os.replace(target, folder / "old")  # noqa: PTH105
        os.replace(folder / "scores", target)  # noqa: PTH105
    except OSError as error:
        raise InputError(Fault("cannot write here", str(target), found=error.strerror or str(error))) from error
