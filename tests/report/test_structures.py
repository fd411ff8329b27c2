"""Structures are drawn where they can be, and a quiet reason stands where not."""

from __future__ import annotations

import base64
import sys

import pandas as pd
import pytest

from weighbridge.report.structures import DRAWN_AT_MOST, draw_structure, draw_structures


def test_a_structure_is_an_svg_without_scripts() -> None:
    """Aspirin is a picture whose alternative text names it."""
    picture = draw_structure("CC(=O)Oc1ccccc1C(=O)O", "aspirin")
    svg = base64.b64decode(picture.uri.partition(",")[2]).decode("utf-8")
    assert picture.alt == "Structure of aspirin"
    assert svg.startswith("<svg")
    assert "<script" not in svg
    assert picture == draw_structure("CC(=O)Oc1ccccc1C(=O)O", "aspirin")


@pytest.mark.parametrize(("smiles", "reason"), [("", "no structure given"), ("C(C", "the structure cannot be read")])
def test_without_a_structure_the_reason_is_said(smiles: str, reason: str) -> None:
    """An absent or unreadable structure is a reason, not an error."""
    picture = draw_structure(smiles, "M1")
    assert (picture.uri, picture.reason) == ("", reason)


def test_without_rdkit_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report works without RDKit."""
    monkeypatch.setitem(sys.modules, "rdkit", None)
    assert draw_structure("CCO", "M1").reason == "RDKit is not installed"


def test_only_the_first_are_drawn() -> None:
    """A long list costs no more than fifty drawings, and says so."""
    molecules = pd.DataFrame({"smiles": ["C"] * (DRAWN_AT_MOST + 2)})
    pictures = list(draw_structures(molecules, molecules.index).values())
    assert all(picture.uri for picture in pictures[:DRAWN_AT_MOST])
    assert {picture.reason for picture in pictures[DRAWN_AT_MOST:]} == {"only the first 50 are drawn"}


def test_missing_values_and_columns_are_no_structures() -> None:
    """A missing SMILES, or no column of them, is said once a molecule."""
    assert draw_structures(pd.DataFrame({"smiles": [None]}), [0])[0].reason == "no structure given"
    assert draw_structures(pd.DataFrame({"name": ["x"]}), [0])[0].reason == "no structure given"
