"""Commands that set a study up: init, check, schema."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.cli.console import load_study, print_json, show, study_argument, working

__all__ = ["check", "init", "schema"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> None:
    """Scaffold a commented study in DIR that runs as it is.

    \b
    Examples:
      weighbridge init my-study
      weighbridge check my-study
    """
    from weighbridge.study.scaffold import scaffold

    for path in scaffold(folder):
        click.echo(f"  {path}")
    click.echo(f"Ready. Next: edit {folder / 'study.yaml'}, then `weighbridge check {folder}`.")


@click.command()
@study_argument
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 when there are warnings.")
@click.pass_context
def check(context: click.Context, study: Path, as_json: bool, strict: bool) -> None:
    """Report every fault of STUDY at once, and what deserves a second look.

    STUDY is a folder with a study.yaml; default: this folder. Faults are errors with file, row and
    column; findings are lints: constant criteria, near-duplicates, missing ranges, too many siblings,
    effective against nominal weight.

    \b
    Examples:
      weighbridge check my-study
      weighbridge check my-study --strict --json
    """
    from dataclasses import asdict

    from weighbridge.report import terminal
    from weighbridge.study.check import check as run

    with working() as progress:
        decision = run(load_study(study, progress))
    if as_json:
        print_json([asdict(finding) for finding in decision.findings])
    else:
        show(terminal.notices(decision.study.notices), terminal.findings(decision.findings))
    if strict and any(finding.severity == "warning" for finding in decision.findings):
        context.exit(1)


@click.command()
@click.argument("what", type=click.Choice(["study", "criterion"]), default="study")
def schema(what: str) -> None:
    """Print the JSON Schema of study.yaml (or of a criterion file), for editors.

    \b
    Example:
      weighbridge schema > study.schema.json
    """
    if what == "study":
        from weighbridge.study.schema import json_schema

        print_json(json_schema())
    else:
        from weighbridge.evidence.library import criterion_schema

        print_json(criterion_schema())
