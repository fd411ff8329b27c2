"""Figures of robustness: the same bytes each time, harmless text, and told in words as well."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from weighbridge.report.drawing import Drawing
from weighbridge.report.robustness_figures import intervals_figure, standing_figure

HOSTILE = ["$\\foo$ price", "</text><script>alert(1)</script>", "a\x00b]]>"]


def shares(causes: list[str], names: list[str]) -> pd.DataFrame:
    """Return made-up shares."""
    columns = {
        cause: [0.9 - 0.1 * row - 0.02 * place for row in range(len(names))] for place, cause in enumerate(causes)
    }
    return pd.DataFrame(columns, index=names)


def intervals(names: list[str]) -> pd.DataFrame:
    """Return made-up intervals."""
    return pd.DataFrame({"weight": 0.3, "low": 0.1, "high": 0.6}, index=names)


def texts(drawing: Drawing) -> str:
    """Return the letters of a drawing."""
    return " ".join("".join(node.itertext()) for node in ET.fromstring(drawing.svg).iter() if "text" in node.tag)


@pytest.mark.parametrize("causes", [["all"], ["all", "weights", "scores"]])
def test_every_molecule_stands_in_the_figure(causes: list[str]) -> None:
    """Bars are labelled with the molecules, and the legend with what was drawn."""
    drawing = standing_figure(shares(causes, ["M1", "M2", "M3"]), 2)
    assert all(name in texts(drawing) for name in ("M1", "M2", "M3"))
    assert ("weights alone" in texts(drawing)) == ("weights" in causes)
    assert "share of draws among the first 2" in texts(drawing)


def test_shares_are_told_in_words() -> None:
    """Who cannot see the bars reads the first shares and how many more there are."""
    drawing = standing_figure(shares(["all"], [f"M{row}" for row in range(10)]), 4)
    assert "M0 90" in drawing.alt
    assert "and 2 more" in drawing.alt


def test_a_marker_at_every_draw_is_whole() -> None:
    """Markers are not clipped, and the axis goes on a little behind the last of them."""
    frame = pd.DataFrame({"all": [1.0], "weights": [1.0], "scores": [1.0]}, index=["M1"])
    root = ET.fromstring(standing_figure(frame, 1).svg)
    parents = {child: parent for parent in root.iter() for child in parent}
    markers = [node for node in root.iter() if node.tag.endswith("use") and "#d9700b" in (node.get("style") or "")]
    width = float(root.get("viewBox", "").split()[2])
    assert markers
    assert all("clip-path" not in parents[node].attrib for node in markers)
    assert all(float(node.get("x", "nan")) + 4 < width for node in markers)


def test_ids_stay_where_names_are_long() -> None:
    """A long name is shortened behind the id that tells who it is."""
    drawing = standing_figure(shares(["all"], ["CHEMBL1234567 " + "very long name " * 4]), 1)
    assert "CHEMBL1234567 very" in texts(drawing)
    assert "…" in texts(drawing)


def test_every_weight_stands_in_the_figure() -> None:
    """Ranges are labelled with the criteria's titles and told in words."""
    drawing = intervals_figure(intervals(["potency", "cost"]), {"potency": "Potency", "cost": "Cost"})
    assert "Potency" in texts(drawing)
    assert "Cost 10" in drawing.alt
    assert "today 30" in drawing.alt


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    """Names with markup or control characters are letters and nothing else."""
    for drawing in (
        standing_figure(shares(["all"], [name, "M2"]), 1),
        intervals_figure(intervals(["a"]), {"a": name}),
    ):
        root = ET.fromstring(drawing.svg)
        assert not [node for node in root.iter() if "script" in node.tag]


def test_figures_are_the_same_bytes_each_time() -> None:
    """Drawing twice gives the same SVG."""
    one, two = (standing_figure(shares(["all", "scores"], ["M1", "M2"]), 1) for _ in range(2))
    assert one == two
    assert intervals_figure(intervals(["a"]), {}) == intervals_figure(intervals(["a"]), {})
