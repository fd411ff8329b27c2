"""``weighbridge robustness``: what would change the choice, and how sure it is."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weighbridge.cli.console import Progress, load_study, print_json, show, study_argument, working
from weighbridge.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weighbridge.study.decision import Decision
    from weighbridge.study.robust.value import Robustness

__all__ = ["robustness"]

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


def _workbook(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file that is no workbook by its name, before anything is computed."""
    del context, parameter
    if path is not None and path.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"'{path}' does not end in .xlsx.")
    return path


def _asked(given: tuple[str, ...], *, figures: bool) -> list[str] | None:
    """Return the parts asked for, of all the options together; None where none was given.

    Raises
    ------
    InputError
        For an empty part, unknown ones, and figures of parts that have none.
    """
    from weighbridge.report.robustness_view import FIGURED
    from weighbridge.study.robust.value import PARTS

    if not given:
        return None
    parts = list(dict.fromkeys(part.strip() for option in given for part in option.split(",")))
    faults = [_unknown(part, PARTS) for part in parts if part not in PARTS]
    if faults:
        raise InputError(faults)
    if figures and not set(parts) & set(FIGURED):
        mend = f"Add --parts {' or --parts '.join(FIGURED)}, or leave out --figures"
        raise InputError(Fault("no figure belongs to these parts", "--figures", found=", ".join(parts), mend=mend))
    return parts


def _unknown(part: str, known: Sequence[str]) -> Fault:
    """Say that there is no such part, and which one may be meant."""
    expected = f"one or more of {', '.join(repr(name) for name in known)}"
    if not part:
        return Fault("a part of robustness is empty", "--parts", found=repr(part), expected=expected)
    close = get_close_matches(part.lower(), known, 1)
    mend = f"Did you mean {close[0]!r}?" if close else ""
    return Fault("no such part of robustness", "--parts", found=repr(part), expected=expected, mend=mend)


@click.command()
@study_argument
@click.option("--samples", type=click.IntRange(min=1), default=10_000, show_default=True, help="The most draws.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draws.")
@click.option(
    "--top", type=click.IntRange(min=1), default=None, help="The first so many; default: how many are chosen."
)
@click.option(
    "--parts", multiple=True, metavar="PART,…", help="Only these of the parts above; may be given several times."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--xlsx", type=_FILE, callback=_workbook, metavar="FILE", help="Write a workbook with a sheet a table.")
@click.option("--figures", type=_FOLDER, default=None, metavar="DIR", help="Write the figures as SVG files.")
def robustness(
    study: Path,
    samples: int,
    seed: int,
    top: int | None,
    parts: tuple[str, ...],
    xlsx: Path | None,
    figures: Path | None,
    as_json: bool,
) -> None:
    """Say what would change the choice of STUDY, and how sure it is.

    Weights are drawn as the panel's answers scatter, scores as their predictions say, conditions that
    nobody recorded over all they may have been; each expert, source, criterion and molecule is left
    out, and other scales and methods are tried. STUDY is a folder with a study.yaml; default: this
    folder.

    Parts: acceptability, intervals, changes, unknowns, experts, sources, criteria, molecules, scales,
    methods, reversal, sensitivity. Figures belong to acceptability and to intervals.

    \b
    Examples:
      weighbridge robustness my-study
      weighbridge robustness my-study --samples 2000 --parts acceptability,unknowns
      weighbridge robustness my-study --json > robustness.json
      weighbridge robustness my-study --xlsx robustness.xlsx --figures figures
    """
    asked = _asked(parts, figures=figures is not None)
    with working() as progress:
        found = _compute(study, samples, seed, top, asked, progress)
    for path in _write(found, xlsx, figures):
        click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(found.to_dict())
    elif xlsx is None and figures is None:
        from weighbridge.report import robustness_terminal
        from weighbridge.report.robustness_view import robustness_view

        tables = robustness_terminal.robustness(robustness_view(found))
        show(*(tables or ["There is nothing to say of these parts."]))


def _compute(
    study: Path, samples: int, seed: int, top: int | None, parts: list[str] | None, progress: Progress
) -> Robustness:
    decision = load_study(study, progress).decide(progress=lambda words: progress(words, 0, 0))
    return decision.robustness(samples, seed, progress, parts, top=top)


def _write(found: Robustness, xlsx: Path | None, figures: Path | None) -> list[Path]:
    """Write what is asked for; nothing is written before all of it is ready."""
    from weighbridge.files import write_bytes

    contents: dict[Path, bytes] = {}
    if xlsx is not None:
        from weighbridge.report.exports import workbook

        contents[_beside(found.decision, xlsx)] = workbook(found.to_frames())
    if figures is not None:
        contents |= _drawings(found, figures)
    return [write_bytes(path, content) for path, content in contents.items()]


def _drawings(found: Robustness, folder: Path) -> dict[Path, bytes]:
    """Return the figures by their path; where there is none, say why."""
    from weighbridge.report.robustness_view import robustness_view

    view = robustness_view(found)
    if not view.figures:
        why = "".join(f"; {title}: {reason}" for title, reason in view.refused)
        click.echo(f"no figure was drawn{why}", err=True)
    return {
        _beside(found.decision, folder / f"robustness-{number}.svg"): drawing.svg.encode("utf-8")
        for number, drawing in enumerate(view.figures, 1)
    }


def _beside(decision: Decision, path: Path) -> Path:
    """Refuse to write over what the study is made of."""
    for name in decision.study.inputs:
        if path.resolve() == (decision.study.folder / name).resolve():
            mend = "Choose another name"
            raise InputError(Fault("this is a file of the study, which is never written over", str(path), mend=mend))
    return path
