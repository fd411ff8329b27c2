"""``weighbridge rank --engine local`` and ``--engine spark``: a library too large for memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from weighbridge.cli.console import print_json, show, working

if TYPE_CHECKING:
    from weighbridge.scale.local import LibraryResult
    from weighbridge.study.triage import Triage

__all__ = ["ENGINES", "EngineOptions", "engine_options", "rank_library_of"]

Command = TypeVar("Command", bound=Callable[..., Any])

ENGINES: Final = ("memory", "local", "spark")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How and where a library is ranked.

    Attributes
    ----------
    engine
        ``local`` or ``spark``.
    output
        The Parquet file of ids and scores.
    memory_mb, threads
        Caps of the local engine; None for its own.
    master
        Spark's master.
    order
        Whether the whole order is written, too.
    fresh
        Whether what an interrupted run has finished is computed again.
    """

    engine: str
    output: Path
    memory_mb: int | None
    threads: int | None
    master: str
    order: bool
    fresh: bool


def engine_options(command: Command) -> Command:
    """Add the options of engines for libraries that do not fit in memory."""
    for option in (
        click.option("--fresh", is_flag=True, help="Do not go on with what an interrupted run has finished."),
        click.option("--order", is_flag=True, help="Write the whole order, too, sorted out of core."),
        click.option("--master", default="local[*]", show_default=True, help="Where --engine spark runs."),
        click.option("--threads", type=click.IntRange(min=1), default=None, help="Threads; default: all processors."),
        click.option(
            "--memory",
            "memory_mb",
            type=click.IntRange(min=1),
            default=None,
            metavar="MB",
            help="Cap on the memory of --engine local; default: 600.",
        ),
        click.option(
            "--output",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            metavar="FILE",
            help="Parquet file of ids and scores (of --engine spark a folder of them).",
        ),
        click.option(
            "--engine",
            type=click.Choice(ENGINES),
            default="memory",
            show_default=True,
            help="local: tables larger than memory, one machine. spark: on a cluster.",
        ),
    ):
        command = option(command)
    return command


def rank_library_of(study: Path, options: EngineOptions, *, top: int | None, as_json: bool) -> None:
    """Weigh a study, rank its library with an engine, and print the best."""
    from weighbridge.report import terminal
    from weighbridge.report.plain import library_to_dict
    from weighbridge.study.sample import SAMPLE_SIZE
    from weighbridge.study.study import Study
    from weighbridge.study.triage import plan_triage

    with working(rates=True) as progress:
        triage = plan_triage(Study.load(study, progress=progress, sample=SAMPLE_SIZE), top=top)
        result = _run(triage, options, progress)
    for path in (result.output, result.top_output, result.order_output):
        if path is not None:
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(library_to_dict(triage, result))
    else:
        show(*terminal.library(triage, result))


def _run(triage: Triage, options: EngineOptions, progress: Callable[[str, int, int], None]) -> LibraryResult:
    if options.engine == "spark":
        from weighbridge.scale.spark import rank_library_spark

        return rank_library_spark(
            triage.library, triage.scoring, options.output, master=options.master, progress=progress
        )
    from weighbridge.scale.local import rank_library

    return rank_library(
        triage.library, triage.scoring, options.output, memory_mb=options.memory_mb, threads=options.threads,
        progress=progress, resume=not options.fresh, order=options.order,
    )  # fmt: skip
