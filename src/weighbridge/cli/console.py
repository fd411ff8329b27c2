"""What all commands share: arguments, progress on standard error, output on standard output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import ProgressColumn

    from weighbridge.study.study import Study

__all__ = ["Progress", "load_study", "print_data", "print_json", "show", "study_argument", "working"]

Command = TypeVar("Command", bound=Callable[..., Any])

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""


def study_argument(command: Command) -> Command:
    """Add the STUDY argument: a folder, or the study.yaml in it."""
    kind = click.Path(path_type=Path)
    return click.argument("study", type=kind, default=Path(), metavar="[STUDY]")(command)


@contextmanager
def working(*, rates: bool = False) -> Iterator[Progress]:
    """Show progress bars on standard error while people watch, and nothing where nobody does.

    With `rates` they say how much is done a second, too.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = [
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *([_rate_column()] if rates else []),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def update(words: str, done: int, total: int) -> None:
            if words not in tasks:
                tasks[words] = bars.add_task(words, total=total or None)
            bars.update(tasks[words], completed=done, total=total or None)
            if total and done >= total:
                bars.update(tasks[words], visible=False)

        yield update


def _rate_column() -> ProgressColumn:
    """Return a column that says how many rows are done a second."""
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:,.0f}/s", style="progress.data.speed")

    return Rate()


def _silent(words: str, done: int, total: int) -> None:
    """Show nothing."""


def load_study(path: Path, progress: Progress) -> Study:
    """Load a study, with progress."""
    from weighbridge.study.study import Study

    return Study.load(path, progress=progress)


def show(*renderables: RenderableType) -> None:
    """Print rich tables and text on standard output."""
    from rich.console import Console

    console = Console()
    for renderable in renderables:
        console.print(renderable)


def print_json(value: Any) -> None:
    """Print a value as indented JSON on standard output."""
    print_data(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_data(text: str) -> None:
    """Print text for machines as UTF-8, whatever the terminal's own encoding."""
    click.echo(text.encode("utf-8"), nl=False)
