"""The one Jinja2 environment: autoescape always on, undefined names are errors.

Jinja's `select_autoescape` leaves ``*.html.j2`` unescaped, so escaping is switched on for every
template whatever its name. Pictures enter as data URIs of ``<img>``, in which no script can run, so
no markup made outside the templates is ever marked safe.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from weighbridge import resources
from weighbridge.report import numbers

__all__ = ["data_uri", "make_environment", "readable"]

_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def readable(text: str) -> str:
    """Return text that may stand in HTML, SVG and XML.

    Control characters, lone surrogates and non-characters become U+FFFD; overrides of the writing
    direction, which make text read other than it is, are taken out.
    """
    return _DIRECTION.sub("", _UNPRINTABLE.sub("�", text))


def data_uri(svg: str) -> str:
    """Return an SVG document as a data URI for ``<img src>``."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _finalize(value: Any) -> Any:
    """Make whatever is printed readable, whether it comes from us or from a user."""
    if isinstance(value, Markup):
        return Markup(readable(str(value)))  # noqa: S704 - it was escaped already; only characters are taken out
    return readable(value) if isinstance(value, str) else value


def make_environment() -> Environment:
    """Return the environment every template of the package is rendered by."""
    environment = Environment(
        loader=FileSystemLoader(resources.templates_folder(), encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    known = (numbers.significant, numbers.percent, numbers.spread_share, numbers.signed, numbers.plain, numbers.exact)
    for filter_ in known:
        environment.filters[filter_.__name__] = filter_
    return environment
