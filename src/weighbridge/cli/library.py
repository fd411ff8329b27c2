"""Commands that list what weighbridge offers: criteria, methods."""

from __future__ import annotations

from collections.abc import Iterable

import click

from weighbridge.cli.console import print_json, show
from weighbridge.errors import Fault, InputError

__all__ = ["criteria", "methods"]


@click.command()
@click.argument("name", required=False)
@click.option("--group", help="Only this group: data-quality, model-quality, context-match …")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def criteria(name: str | None, group: str | None, as_json: bool) -> None:
    """List the criteria library, or show one criterion whole.

    \b
    Examples:
      weighbridge criteria
      weighbridge criteria threshold_documented
      weighbridge criteria --group context-match --json
    """
    from dataclasses import asdict

    from weighbridge.evidence.library import find_criterion, load_library
    from weighbridge.report import terminal

    library = load_library()
    _check_group(group, [criterion.group for criterion in library.values()])
    found = [find_criterion(library, name)] if name else list(library.values())
    if name and group not in (None, found[0].group):
        raise InputError(Fault(f"{name!r} is in another group", found=repr(group), expected=repr(found[0].group)))
    found = [criterion for criterion in found if group in (None, criterion.group)]
    if as_json:
        print_json([asdict(criterion) for criterion in found])
    elif name:
        show(terminal.criterion(found[0]))
    else:
        show(terminal.criteria(found))


def _check_group(group: str | None, groups: Iterable[str]) -> None:
    known = sorted(set(groups))
    if group is not None and group not in known:
        raise InputError(Fault("the criteria library has no such group", found=repr(group), expected=f"one of {known}"))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def methods(as_json: bool) -> None:
    """List the ranking methods: what each one needs, returns and cites.

    \b
    Example:
      weighbridge methods
    """
    from dataclasses import fields

    from weighbridge.methods.registry import methods as known
    from weighbridge.report import terminal

    found = known()
    if as_json:
        names = [field.name for field in fields(next(iter(found.values()))) if field.name != "run"]
        print_json({name: {key: getattr(spec, key) for key in names} for name, spec in found.items()})
    else:
        show(terminal.methods(found))
