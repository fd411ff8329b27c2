"""Colours can be read by everybody: contrast by WCAG 2.2, differences for colour-blind eyes."""

from __future__ import annotations

import itertools
import re

import pytest

from weighbridge.report.palette import ACCENT, CATEGORIES, INK, MUTED, PAPER, category, contrast, shade
from weighbridge.resources import templates_folder

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6), table 1: severity 1.0, linear RGB.
DEFICIENCIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * max(b, 0.0) for a, b in zip(row, rgb, strict=True)) for row in rows]
    f = [
        (value / white) ** (1 / 3) if value / white > 0.008856 else 7.787 * value / white + 16 / 116
        for value, white in zip(xyz, (0.9505, 1.0, 1.089), strict=True)
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def seen(colour: str, deficiency: str) -> tuple[float, float, float]:
    matrix, rgb = DEFICIENCIES[deficiency], linear(colour)
    return lab([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in matrix])


def distance(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21 : 1, a colour on itself 1 : 1, and #767676 on white is WCAG's 4.54 : 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("colour", CATEGORIES)
def test_fills_stand_out_from_the_paper(colour: str) -> None:
    """Every fill has the 3 : 1 that graphics need."""
    assert contrast(colour, PAPER) >= 3


@pytest.mark.parametrize("colour", [INK, MUTED, ACCENT])
def test_words_stand_out_from_the_paper(colour: str) -> None:
    """Every colour of text has 7 : 1 on white."""
    assert contrast(colour, PAPER) >= 7


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_neighbours_differ_for_colour_blind_eyes(deficiency: str) -> None:
    """Neighbouring fills, and any two of the first five, differ by ΔE*ab 15 for red-green colour-blind eyes."""
    pairs = {*itertools.pairwise(CATEGORIES), *itertools.combinations(CATEGORIES[:5], 2)}
    close = [pair for pair in pairs if distance(seen(pair[0], deficiency), seen(pair[1], deficiency)) < 15]
    assert close == []


def test_categories_repeat_and_do_not_end() -> None:
    """The thirteenth criterion has the first colour."""
    assert category(12) == category(0)
    assert len(set(CATEGORIES)) == len(CATEGORIES) == 12


@pytest.mark.parametrize(("value", "colour"), [(0.0, PAPER), (-1.0, PAPER), (1.0, ACCENT), (2.0, ACCENT)])
def test_shades_run_from_paper_to_accent(value: float, colour: str) -> None:
    """A heat map's ends are white and the accent, and nothing lies outside."""
    assert shade(value) == colour


def test_the_style_sheet_keeps_its_words_readable() -> None:
    """Text colours of the page have 4.5 : 1 on every ground they stand on."""
    css = (templates_folder() / "report" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))
    grounds = ("paper", "soft")
    pairs = [(text, ground) for text in ("ink", "muted", "accent", "good", "warn") for ground in grounds]
    pairs += [("good", "good-soft"), ("warn", "warn-soft"), ("ink", "warn-soft"), ("muted", "warn-soft")]
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
