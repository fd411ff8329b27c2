"""Where the criteria library and the templates are found, installed or not.

A wheel carries them inside the package (``weighbridge/criteria``, ``weighbridge/templates``); an
editable install and a plain checkout keep them beside ``pyproject.toml``.
"""

from __future__ import annotations

from pathlib import Path

from weighbridge.errors import StateError

__all__ = ["criteria_folder", "templates_folder"]

_PACKAGE = Path(__file__).resolve().parent


def _data_root() -> Path:
    if (_PACKAGE / "criteria").is_dir():
        return _PACKAGE
    checkout = _PACKAGE.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "criteria").is_dir():
        return checkout
    raise StateError("the criteria library is missing from this installation; install weighbridge again")


def criteria_folder() -> Path:
    """Return the folder of the criteria library."""
    return _data_root() / "criteria"


def templates_folder() -> Path:
    """Return the folder of the Jinja2 templates, scaffolds and static files."""
    return _data_root() / "templates"
