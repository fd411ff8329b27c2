"""The canvas: figures that are the same bytes each time, hold nothing but pictures, and say what they show."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from typing import Any

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.report.drawing import WIDTH_INCHES, Drawing, draw, shortened


def line(axes: Any) -> None:
    """Paint a line with a label."""
    axes.plot([0, 1], [0, 1], label="a line")


def labelled(text: str) -> Drawing:
    """Return a figure with a title."""
    return draw(1.0, "alt", "caption", lambda axes: axes.set_title(text))


def test_a_figure_is_one_svg_document() -> None:
    """It begins with its element, parses, and is as wide and high as asked, in points."""
    drawing = draw(2.0, "alt", "caption", line)
    assert drawing.svg.startswith("<svg")
    root = ET.fromstring(drawing.svg)
    assert root.get("width") == f"{WIDTH_INCHES * 72:g}pt"
    assert root.get("height") == "144pt"


def test_the_same_painting_is_the_same_bytes() -> None:
    """No clock, no random name, no version stands in the file."""
    one, two = draw(1.5, "alt", "caption", line), draw(1.5, "alt", "caption", line)
    assert one == two
    for word in ("metadata", "rdf", "dc:"):
        assert f"<{word}" not in one.svg
    assert "Matplotlib" not in one.svg


def test_a_figure_holds_no_script_and_no_link() -> None:
    """Nothing in it loads or runs; references stay inside."""
    root = ET.fromstring(draw(1.5, "alt", "caption", line, legend={"ncols": 1}).svg)
    for node in root.iter():
        assert node.tag.rsplit("}", 1)[-1] not in {"script", "foreignObject", "image", "a"}
        for name, value in node.attrib.items():
            if name.endswith("href"):
                assert value.startswith("#")


def test_letters_are_letters() -> None:
    """Text stays text, in the reader's own fonts."""
    svg = labelled("potency").svg
    assert "potency" in svg
    assert "system-ui" in svg
    assert "DejaVu" not in svg


@pytest.mark.parametrize("text", ["$x^2$", "$\\frac{1}{0}$", "a_b^c", "\\alpha", "50 % & <b>", "50$ and 60$"])
def test_labels_are_not_read_as_formulas(text: str) -> None:
    """A dollar sign in a user's name is a dollar sign, and markup is text."""
    root = ET.fromstring(labelled(text).svg)
    assert text in ["".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")]


@pytest.mark.parametrize("text", ["分子", "µM − ≥", "𝛼𝛽", "🧪"])
def test_signs_our_fonts_lack_are_no_warning(text: str) -> None:
    """The reader's fonts draw them; measuring them is silent."""
    assert text in labelled(text).svg


def test_words_are_made_readable() -> None:
    """Control characters and overrides of the direction do not reach the page's alt texts."""
    drawing = draw(1.0, "a\x00b\u202ec", "d\x07e", line)
    assert (drawing.alt, drawing.caption) == ("a�bc", "d�e")


def test_the_uri_is_the_svg() -> None:
    """Decoding the data URI gives the document back."""
    drawing = labelled("µM")
    head, _, body = drawing.uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body).decode("utf-8") == drawing.svg


def test_a_legend_is_drawn_only_when_asked() -> None:
    """Its words stand below the axes."""
    assert "a line" not in draw(1.5, "", "", line).svg
    assert "a line" in draw(1.5, "", "", line, legend={"ncols": 1}).svg


def test_a_user_s_settings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures do not depend on rcParams, and leave them as they were."""
    plain = draw(1.0, "", "", line)
    with mpl.rc_context({"font.size": 30.0, "svg.hashsalt": "other", "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        assert draw(1.0, "", "", line) == plain
        assert dict(mpl.rcParams) == before


def test_a_failing_painter_leaves_the_settings_as_they_were() -> None:
    """An error passes through and the style does not stay behind."""
    before = dict(mpl.rcParams)

    def fail(axes: Any) -> None:
        raise KeyError("no such column")

    with pytest.raises(KeyError, match="no such column"):
        draw(1.0, "", "", fail)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("short", 26, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("exactly ten", 10, "exactly t…"),
        ("word and more", 6, "word…"),
        ("two\n lines\tand  gaps", 26, "two lines and gaps"),
        (17, 26, "17"),
        ("", 5, ""),
        ("a\x00b", 5, "a�b"),
    ],
)
def test_labels_are_shortened_with_an_ellipsis(text: object, length: int, short: str) -> None:
    """A label is cut at a letter, never at a blank, and white space is one blank."""
    assert shortened(text, length) == short


@given(st.text(max_size=60), st.integers(2, 40))
@settings(max_examples=80)
def test_no_label_is_longer_than_asked(text: str, length: int) -> None:
    """Whatever it holds, and what fits is kept whole."""
    short = shortened(text, length)
    assert len(short) <= length
    assert short.endswith("…") or len(short) <= len(" ".join(text.split()))
    assert shortened(short, length) == short
