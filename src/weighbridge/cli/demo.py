"""The demo: the whole job on real data."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.cli.console import show, working

__all__ = ["demo"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("weighbridge-demo"), metavar="[DIR]")
@click.option("--open", "open_it", is_flag=True, help="Open the report in the browser.")
def demo(folder: Path, open_it: bool) -> None:
    """Run the whole job on real blood-brain barrier data, in DIR.

    Two data sets that must not be merged (binary labels pooled from 21 literature resources, and 120
    continuous measurements), one model each, a panel of three, 500 candidates, 40 to choose. It ends
    with the ranking, the report, and how many of the 40 were right, beside simpler rules.

    \b
    Examples:
      weighbridge demo
      weighbridge demo /tmp/bbb --open
    """
    from weighbridge.demo.run import run_demo
    from weighbridge.report import terminal

    with working() as progress:
        result = run_demo(folder, progress)
    show(terminal.ranking(result.decision, 10), terminal.trust(result.decision), terminal.hits(result))
    click.echo(f"How firmly the choice stands:\n{result.robustness}\n")
    click.echo(f"The report: {result.report}")
    click.echo(f"The study:  {result.decision.study.folder}  (try `weighbridge explain --help`)")
    if open_it:
        click.launch(str(result.report))
