"""``weighbridge``: the command line. Commands import what they need when they run, so help is fast."""

from __future__ import annotations

import io
import sys

import click

from weighbridge import __version__
from weighbridge.cli.completion import completion
from weighbridge.cli.demo import demo
from weighbridge.cli.library import criteria, methods
from weighbridge.cli.results import explain, rank, report
from weighbridge.cli.robustness import robustness
from weighbridge.cli.setup import check, init, schema
from weighbridge.errors import InputError, StateError

__all__ = ["cli", "main"]


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `weighbridge demo`, or `weighbridge init my-study`.",
)
@click.version_option(__version__, "-V", "--version", prog_name="weighbridge")
def cli() -> None:
    """Weigh the evidence about molecules, and print a ticket that says why.

    Every command takes a study: a folder with a study.yaml and its tables.
    """


for command in (init, check, rank, explain, robustness, report, criteria, methods, schema, demo, completion):
    cli.add_command(command)


def main() -> None:
    """Run the command line; the user's mistakes are printed, never raised."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a sign the terminal lacks is no reason to print nothing
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Aborted: nothing was written.", err=True)
        sys.exit(130)
    except InputError as error:
        click.echo(click.style("weighbridge: ", fg="red", bold=True) + str(error), err=True)
        sys.exit(2)
    except OSError as error:
        words = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        click.echo(click.style("weighbridge: ", fg="red", bold=True) + words, err=True)
        sys.exit(2)
    except StateError as error:
        click.echo(click.style("weighbridge: ", fg="red", bold=True) + str(error), err=True)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
