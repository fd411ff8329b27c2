"""The one template environment escapes everything, whatever the template is called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from weighbridge.report.environment import data_uri, make_environment, readable
from weighbridge.resources import templates_folder

TEMPLATES = sorted(
    path.relative_to(templates_folder()).as_posix() for path in templates_folder().glob("report/**/*.j2")
)


def test_autoescape_is_on_without_conditions() -> None:
    """Autoescape is a plain True: no list of suffixes that forgets one."""
    assert make_environment().autoescape is True


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    """Each template of the report is valid."""
    assert make_environment().get_template(name).name == name


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_marks_anything_safe(name: str) -> None:
    """No template switches escaping off or holds a script or a link out."""
    text = (templates_folder() / name).read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe|autoescape|<script|javascript:|https?://", text)


def test_an_undefined_name_is_an_error() -> None:
    """A slip of the pen in a template fails instead of printing nothing."""
    with pytest.raises(UndefinedError):
        make_environment().from_string("{{ nothing }}").render()


def test_text_is_escaped_in_words_and_attributes() -> None:
    """What a user writes is text, in an element and in an attribute."""
    rendered = make_environment().from_string('<a title="{{ x }}">{{ x }}</a>').render(x="\"'><b>&")
    assert rendered == '<a title="&#34;&#39;&gt;&lt;b&gt;&amp;">&#34;&#39;&gt;&lt;b&gt;&amp;</a>'


def test_markup_stays_markup_and_loses_only_control_characters() -> None:
    """A macro's output is not escaped twice."""
    assert make_environment().from_string("{{ x }}").render(x=Markup("<b>\x07</b>")) == "<b>\ufffd</b>"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\x1bb", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\u202eb", "ab"),
    ],
)
def test_unreadable_characters_are_replaced(text: str, clean: str) -> None:
    """Control characters, lone surrogates and direction overrides never reach a page."""
    assert readable(text) == clean


@given(st.text(alphabet=st.characters()))
def test_readable_text_can_be_written_and_is_stable(text: str) -> None:
    """Whatever comes in, UTF-8 goes out, and cleaning twice changes nothing."""
    clean = readable(text)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert readable(clean) == clean


def test_a_data_uri_holds_the_svg() -> None:
    """A picture is a base64 data URI, the only source the page's policy allows."""
    assert data_uri("<svg/>") == "data:image/svg+xml;base64,PHN2Zy8+"


def test_templates_are_found_by_folder() -> None:
    """There are templates at all: the two tests above looked at something."""
    assert "report/page.html.j2" in TEMPLATES
    assert Path(templates_folder() / "report" / "style.css").is_file()
