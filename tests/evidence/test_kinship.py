"""The tables of kin: what is found, and that what is not found is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.evidence import kinship
from weighbridge.evidence.kinship import cell_line, format_path, normal, species


@pytest.mark.parametrize(
    ("first", "second"),
    [("HEK 293", "hek-293"), ("U-2 OS", "u2os"), ("Homo sapiens", "homo  SAPIENS"), ("cell-based", "Cell Based")],
)
def test_spelling_does_not_matter(first, second):
    """Case, spaces, hyphens and the like do not make a difference."""
    assert normal(first) == normal(second)


@pytest.mark.parametrize(
    ("first", "second"), [("1.5 mM", "15 mM"), ("5-10 nM", "510 nM"), ("1/5", "15"), ("2 - 3", "23")]
)
def test_numbers_stay_apart(first, second):
    """Punctuation between digits is part of the number."""
    assert normal(first) != normal(second)


@given(st.text(max_size=20))
def test_the_normal_form_is_stable(text):
    """Bringing a normal form to normal form changes nothing."""
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("name", "latin", "order"),
    [
        ("human", "homo sapiens", "Primates"),
        ("Mus musculus", "mus musculus", "Rodentia"),
        ("Beagle dog", "canis lupus familiaris", "Carnivora"),
        ("guinea-pig", "cavia porcellus", "Rodentia"),
    ],
)
def test_species_by_common_and_latin_name(name, latin, order):
    """A species is found by either name."""
    found = species(name)
    assert (found.name, found.order) == (latin, order)


def test_an_unlisted_species_is_not_guessed():
    """A name outside the table is not found."""
    assert species("axolotl") is None


@pytest.mark.parametrize(
    ("name", "ancestors"),
    [
        ("HEK293T", ("HEK293",)),
        ("hek 293", ()),
        ("HEK293-hERG", ("HEK293",)),
        ("HEK293T-ACE2", ("HEK293T", "HEK293")),
        ("HepG2-CYP3A4-hPXR (stable)", ("HepG2",)),
        ("CHO-K1/hM1", ("CHO-K1", "CHO")),
    ],
)
def test_lines_and_what_they_were_made_from(name, ancestors):
    """A known line has its parents; a name that goes on after one is a line made from it."""
    assert cell_line(name).ancestors == ancestors


@pytest.mark.parametrize("name", ["HEK2937", "Foo", "primary hepatocytes", ""])
def test_an_unlisted_line_is_not_guessed(name):
    """A name that neither is nor begins with a known line is not found."""
    assert cell_line(name) is None


def test_every_parent_is_in_the_table():
    """No line names a parent the table does not have, and the species are known ones."""
    for name, (parent, animal, tissue) in kinship._CELL_LINES.items():
        assert not parent or parent in kinship._CELL_LINES, name
        assert species(animal) is not None, name
        assert tissue


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("cell-based reporter (luciferase)", ("cell-based",)),
        ("BAO_0000219", ("cell-based",)),
        ("BAO_0000357", ("biochemical", "protein", "single protein")),
        ("biochemical binding", ("biochemical",)),
        ("single protein format", ("biochemical", "protein", "single protein")),
        ("human liver microsome", ("subcellular", "microsome")),
        ("in vivo", ("organism-based",)),
    ],
)
def test_formats_by_words_and_ids(text, path):
    """The most particular format named in a text is found."""
    assert format_path(text) == path


def test_an_unknown_format_is_not_guessed():
    """Words that name no format give none."""
    assert format_path("proteinaceous soup") is None
