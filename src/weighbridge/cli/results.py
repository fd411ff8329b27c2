"""Commands that say what comes out of a study: rank, explain, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weighbridge.cli.console import load_study, print_data, print_json, show, study_argument, working
from weighbridge.cli.triage import EngineOptions, engine_options, rank_library_of

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["explain", "rank", "report"]

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def _suffixed(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file whose suffix says another form than the option, before anything is computed."""
    del context
    suffix = f".{parameter.name}"
    if path is not None and path.suffix.lower() != suffix:
        raise click.BadParameter(f"'{path}' does not end in {suffix}.")
    return path


def _output_options(command: Command) -> Command:
    """Add the ways a result can be had other than as a table in the terminal."""
    for option in (
        click.option(
            "--sdf", type=_FILE, callback=_suffixed, metavar="FILE", help="Write an SDF with names and scores."
        ),
        click.option("--xlsx", type=_FILE, callback=_suffixed, metavar="FILE", help="Write a workbook."),
        click.option("--parquet", type=_FILE, callback=_suffixed, metavar="FILE", help="Write a Parquet file."),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    ):
        command = option(command)
    return command


def _check_one(*, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be printed at once: choose one.")


def _beside(decision: Decision, path: Path) -> Path:
    """Refuse to write over what the study is made of."""
    from weighbridge.errors import Fault, InputError

    for name in decision.study.inputs:
        if path.resolve() == (decision.study.folder / name).resolve():
            mend = "Choose another name"
            raise InputError(Fault("this is a file of the study, which is never written over", str(path), mend=mend))
    return path


def _decide(study: Path) -> Decision:
    with working() as progress:
        return load_study(study, progress).decide(progress=lambda words: progress(words, 0, 0))


@click.command()
@study_argument
@click.option(
    "--top", type=click.IntRange(min=1), default=None, help="Show so many molecules; default: the chosen and 10 more."
)
@_output_options
@engine_options
def rank(
    study: Path,
    top: int | None,
    as_json: bool,
    as_csv: bool,
    parquet: Path | None,
    xlsx: Path | None,
    sdf: Path | None,
    engine: str,
    output: Path | None,
    **engine_settings: Any,
) -> None:
    """Rank the molecules of STUDY and choose.

    STUDY is a folder with a study.yaml; default: this folder. A library too large for memory is
    ranked from its Parquet tables by --engine local or, on a cluster, by --engine spark; --top then
    says how many molecules are found exactly.

    \b
    Examples:
      weighbridge rank my-study
      weighbridge rank my-study --json > decision.json
      weighbridge rank my-study --sdf chosen.sdf --xlsx ranking.xlsx
      weighbridge rank my-library --engine local --output scores.parquet --top 1000 --memory 2000
    """
    _check_one(as_json=as_json, as_csv=as_csv)
    if engine != "memory":
        others = {"--csv": as_csv, "--parquet": parquet, "--xlsx": xlsx, "--sdf": sdf}
        if engine == "spark" and engine_settings["order"]:
            raise click.UsageError("--order sorts on this machine: use it with --engine local.")
        options = EngineOptions(engine=engine, output=_output_of(output, engine, others), **engine_settings)
        rank_library_of(study, options, top=top, as_json=as_json)
        return
    _refuse_engine_options(output, engine_settings)
    from weighbridge.report import exports, terminal

    decision = _decide(study)
    paths = [_beside(decision, path) for path in (parquet, xlsx, sdf) if path is not None]
    written = exports.export_all(decision, paths)
    for path in written:
        click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(exports.decision_to_dict(decision))
    elif as_csv:
        print_data(exports.to_csv(decision))
    elif not written:
        tables = (terminal.ranking(decision, top), *terminal.excluded(decision))
        show(*tables, terminal.weights(decision), terminal.trust(decision))


def _refuse_engine_options(output: Path | None, settings: Mapping[str, Any]) -> None:
    """Refuse what only an engine for libraries heeds: a forgotten --engine would pass unnoticed."""
    if output is not None:
        raise click.UsageError("--output belongs to --engine local or spark; use --parquet for the table of a ranking.")
    names = {"memory_mb": "--memory", "threads": "--threads", "order": "--order", "fresh": "--fresh"}
    for setting, option in names.items():
        if settings[setting]:
            raise click.UsageError(f"{option} belongs to --engine local.")


def _output_of(output: Path | None, engine: str, others: Mapping[str, object]) -> Path:
    """Return where an engine writes; refuse what only a ranking in memory can be written to."""
    given = [option for option, value in others.items() if value]
    if given:
        raise click.UsageError(f"{given[0]} needs the ranking in memory: --engine {engine} writes --output.")
    if output is None:
        raise click.UsageError(f"--engine {engine} needs --output FILE, the Parquet file of ids and scores.")
    if output.suffix.lower() != ".parquet":
        raise click.BadParameter(f"'{output}' does not end in .parquet.", param_hint="--output")
    return output


def _complete_name(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete criteria and molecule ids from the study's files; silent where there is no study."""
    del parameter
    from weighbridge.errors import WeighbridgeError
    from weighbridge.study.names import names_of

    try:
        names = names_of(Path(context.params.get("study") or "."))
    except WeighbridgeError:
        return []
    return [name for name in names if name.startswith(incomplete)]


@click.command()
@click.argument("name", shell_complete=_complete_name)
@click.option(
    "--study", type=click.Path(path_type=Path), default=Path(), is_eager=True, help="The study; default: this folder."
)
@_output_options
def explain(
    name: str, study: Path, as_json: bool, as_csv: bool, parquet: Path | None, xlsx: Path | None, sdf: Path | None
) -> None:
    """Explain why NAME stands where it stands: a molecule (id or name) or a criterion.

    A criterion's weight is explained down to single judgements. As SDF a molecule carries its
    contributions, and a criterion all ranked molecules with its values.

    \b
    Examples:
      weighbridge explain M-17 --study my-study
      weighbridge explain "public score" --study my-study --json
    """
    from weighbridge.report import exports, terminal

    _check_one(as_json=as_json, as_csv=as_csv)
    decision = _decide(study)
    explanation = decision.explain(name)
    paths = [_beside(decision, path) for path in (parquet, xlsx, sdf) if path is not None]
    written = exports.export_all(explanation, paths)
    for path in written:
        click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(explanation.to_dict())
    elif as_csv:
        print_data(exports.to_csv(explanation))
    elif not written:
        show(terminal.explanation(explanation))


@click.command()
@study_argument
@click.option("-o", "--output", type=_FILE, default=None, help="Where to write; default: STUDY/report.html.")
@click.option("--samples", type=click.IntRange(min=1), default=10_000, show_default=True, help="Draws for robustness.")
@click.option("--without-robustness", is_flag=True, help="Leave out how firmly the choice stands, which takes longest.")
@click.option("--open", "open_it", is_flag=True, help="Open the report in the browser.")
def report(study: Path, output: Path | None, samples: int, without_robustness: bool, open_it: bool) -> None:
    """Write the report of STUDY: one HTML file that explains every weight.

    It says first what is chosen and how firmly the choice stands. STUDY is a folder with a
    study.yaml; default: this folder.

    \b
    Examples:
      weighbridge report my-study
      weighbridge report my-study -o brain.html --open
      weighbridge report my-study --without-robustness
    """
    from weighbridge.report.page import write_report

    decision = _decide(study)
    path = _beside(decision, output or decision.study.folder / "report.html")
    with working() as progress:
        found = None if without_robustness else decision.robustness(samples, progress=progress)
        write_report(decision, path, robustness=found)
    click.echo(f"wrote {path}")
    if open_it:
        click.launch(str(path))
