"""Figures: the same bytes each time, harmless whatever the text, and told in words as well."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from weighbridge.report import figures
from weighbridge.report.drawing import Drawing, shortened

NAMES = ["potency", "solubility", "cost"]
TITLES = {"potency": "Potency", "solubility": "Solubility", "cost": "Cost"}
HOSTILE = ["$\\foo$ price", "</text><script>alert(1)</script>", "a\x00b]]>", "$x_1$ & <b>", "名前 \u202e right"]


def drawings(names: list[str] = NAMES, titles: dict[str, str] = TITLES) -> dict[str, Drawing]:
    numbers = np.arange(3 * len(names), dtype=float).reshape(3, len(names)) / 10
    frame = pd.DataFrame(numbers, index=[f"M{row} {names[0]}" for row in range(3)], columns=names)
    shares = pd.Series(1 / len(names), index=names)
    trust = pd.DataFrame(
        {"judged": shares, "rated": shares, "rated low": shares - 0.1, "rated high": shares + 0.1, "used": shares}
    )
    square = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    priorities = pd.DataFrame([shares, shares], index=[names[0], names[-1]])
    return {
        "contributions": figures.contributions_figure(frame, pd.Series(0.1, index=frame.index), titles),
        "weights": figures.weights_figure(shares, -shares, titles),
        "trust": figures.trust_figure(trust, titles),
        "scores": figures.scores_figure(np.linspace(0.0, 1.0, 40), 0.75, 10),
        "agreement": figures.agreement_figure(square),
        "spread": figures.spread_figure(priorities, shares.to_dict(), titles),
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, Drawing]:
    return drawings()


def texts(drawing: Drawing) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(drawing.svg).iter() if "text" in node.tag)


def test_figures_are_the_same_bytes_each_time(drawn: dict[str, Drawing]) -> None:
    """Drawing twice gives the same SVG: no dates, no random ids."""
    again = drawings()
    assert {name: one.svg for name, one in again.items()} == {name: one.svg for name, one in drawn.items()}


def test_figures_hold_no_metadata_and_no_links(drawn: dict[str, Drawing]) -> None:
    """No document type, no metadata block, no address that a reader could fetch."""
    for one in drawn.values():
        assert one.svg.startswith("<svg")
        assert "metadata" not in one.svg
        assert "DOCTYPE" not in one.svg
        assert "href" not in one.svg.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace(
            'xlink:href="#', ""
        )


@pytest.mark.parametrize("name", ["contributions", "weights", "trust", "scores", "agreement", "spread"])
def test_every_figure_is_told_in_words(drawn: dict[str, Drawing], name: str) -> None:
    """A figure has an alternative text with numbers and a caption."""
    assert len(drawn[name].alt) > 40
    assert any(letter.isdigit() for letter in drawn[name].alt)
    assert drawn[name].caption.endswith((".", "order."))


def test_figures_keep_text_as_text(drawn: dict[str, Drawing]) -> None:
    """Letters stay letters in the system's fonts, so they can be read at any size."""
    assert "Potency" in texts(drawn["weights"])
    assert "system-ui" in drawn["weights"].svg
    assert "DejaVu" not in drawn["weights"].svg


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    """Formulas are not set, tags are not tags, control characters do not break the XML."""
    names = [text, "b", "c"]
    for one in drawings(names, {text: text, "b": "b", "c": "c"}).values():
        tree = ET.fromstring(one.svg)
        tags = {node.tag.rpartition("}")[2] for node in tree.iter()}
        assert tags <= {"svg", "defs", "style", "g", "path", "use", "clipPath", "rect", "text", "pattern", "tspan"}
        assert not [key for node in tree.iter() for key in node.attrib if key.startswith("on")]


def test_weights_show_both_numbers_of_every_criterion() -> None:
    """Nominal and effective weight stand at their bars, also a negative one."""
    nominal = pd.Series({"a": 0.75, "b": 0.25})
    effective = pd.Series({"a": 1.1, "b": -0.1})
    found = texts(figures.weights_figure(nominal, effective, {}))
    for number in ("75\u00a0%", "25\u00a0%", "110\u00a0%", "−10\u00a0%"):
        assert number in found


def test_agreement_shows_an_undefined_coefficient_as_a_dash() -> None:
    """A coefficient that does not exist is a dash, never nan."""
    frame = pd.DataFrame([[None, 0.5], [0.5, None]], index=["x", "y"], columns=["x", "y"], dtype=object)
    drawing = figures.agreement_figure(frame)
    assert "–" in texts(drawing)
    assert "nan" not in drawing.svg.lower()
    assert "x and y 0.50" in drawing.alt


def test_scores_can_all_be_equal() -> None:
    """A distribution without spread is one bar, not an error."""
    drawing = figures.scores_figure(np.full(5, 0.5), None, 0)
    assert "Histogram of 5 scores from 0.500 to 0.500" in drawing.alt


def test_labels_are_shortened_with_an_ellipsis() -> None:
    """A long label ends in an ellipsis and its blanks are single."""
    assert shortened("a  b\nc") == "a b c"
    assert shortened("x" * 40, 10) == "x" * 9 + "…"
    assert len(shortened("word " * 20, 12)) <= 12


def test_drawing_leaves_the_settings_of_others_alone() -> None:
    """A user's own matplotlib settings are the same before and after."""
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    drawings()
    assert dict(mpl.rcParams) == before
