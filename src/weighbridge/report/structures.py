"""Structure drawings by RDKit, for the molecules a page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from weighbridge.report.environment import data_uri, readable

__all__ = ["DRAWN_AT_MOST", "StructurePicture", "draw_structure", "draw_structures"]

DRAWN_AT_MOST: Final = 50
"""A page with more drawings than this is slow to open and nobody looks at them."""

WIDTH: Final = 200
HEIGHT: Final = 130


@dataclass(frozen=True, slots=True)
class StructurePicture:
    """A drawing, or the reason why there is none.

    Attributes
    ----------
    uri
        Data URI of the SVG; empty without a drawing.
    alt
        What the picture shows, in words.
    reason
        Why there is no drawing; empty with one.
    """

    uri: str
    alt: str
    reason: str = ""


def draw_structures(molecules: pd.DataFrame, labels: Iterable[Any]) -> dict[Any, StructurePicture]:
    """Draw the first `DRAWN_AT_MOST` of the given molecules.

    Parameters
    ----------
    molecules
        Index: molecule ids; column ``smiles`` (missing where unknown).
    labels
        The ids to draw, in the order of the page.
    """
    pictures: dict[Any, StructurePicture] = {}
    for number, label in enumerate(labels):
        smiles = molecules.loc[label, "smiles"] if "smiles" in molecules.columns else None
        if number >= DRAWN_AT_MOST:
            pictures[label] = StructurePicture("", "", f"only the first {DRAWN_AT_MOST} are drawn")
        else:
            pictures[label] = draw_structure(smiles if isinstance(smiles, str) else "", str(label))
    return pictures


def draw_structure(smiles: str, label: str) -> StructurePicture:
    """Draw one structure as SVG on a transparent ground."""
    if not smiles:
        return StructurePicture("", "", "no structure given")
    try:
        from rdkit import Chem, rdBase
        from rdkit.Chem.Draw import rdMolDraw2D
    except ImportError:
        return StructurePicture("", "", "RDKit is not installed")
    with rdBase.BlockLogs():
        molecule: Any = Chem.MolFromSmiles(smiles)
        if molecule is None:
            return StructurePicture("", "", "the structure cannot be read")
        canvas = rdMolDraw2D.MolDraw2DSVG(WIDTH, HEIGHT)
        options: Any = canvas.drawOptions()
        options.clearBackground = False
        options.bondLineWidth = 1.4
        options.padding = 0.04
        options.maxFontSize = 14
        options.fixedBondLength = 22
        rdMolDraw2D.PrepareAndDrawMolecule(canvas, molecule)
        canvas.FinishDrawing()
        drawing = str(canvas.GetDrawingText())
    return StructurePicture(data_uri(drawing[drawing.index("<svg") :]), readable(f"Structure of {label}"))
