"""Small tables of what is kin to what: species, cell lines and assay formats.

They are deliberately short: the lines and species preclinical teams meet most. A name outside them
is not guessed at; `weighbridge.evidence.context` then gives an interval. Sources: NCBI Taxonomy
(species), Cellosaurus (cell lines and their parents), BioAssay Ontology (formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["CellLine", "Species", "cell_line", "format_path", "normal", "species"]


@dataclass(frozen=True, slots=True)
class Species:
    """A species with its order and class."""

    name: str
    order: str
    class_: str


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell line with its parents (nearest first), species and tissue."""

    name: str
    ancestors: tuple[str, ...]
    species: str
    tissue: str


_SPECIES: Final[dict[str, tuple[str, str, str]]] = {
    "homo sapiens": ("Primates", "Mammalia", "human|man"),
    "macaca fascicularis": ("Primates", "Mammalia", "cynomolgus|cynomolgus monkey|cyno"),
    "macaca mulatta": ("Primates", "Mammalia", "rhesus|rhesus monkey|rhesus macaque"),
    "callithrix jacchus": ("Primates", "Mammalia", "marmoset|common marmoset"),
    "chlorocebus sabaeus": ("Primates", "Mammalia", "green monkey|african green monkey"),
    "mus musculus": ("Rodentia", "Mammalia", "mouse"),
    "rattus norvegicus": ("Rodentia", "Mammalia", "rat"),
    "cavia porcellus": ("Rodentia", "Mammalia", "guinea pig"),
    "cricetulus griseus": ("Rodentia", "Mammalia", "chinese hamster"),
    "mesocricetus auratus": ("Rodentia", "Mammalia", "golden hamster|syrian hamster"),
    "oryctolagus cuniculus": ("Lagomorpha", "Mammalia", "rabbit"),
    "canis lupus familiaris": ("Carnivora", "Mammalia", "dog|canis familiaris|beagle|beagle dog"),
    "felis catus": ("Carnivora", "Mammalia", "cat"),
    "mustela putorius furo": ("Carnivora", "Mammalia", "ferret"),
    "sus scrofa": ("Artiodactyla", "Mammalia", "pig|minipig|porcine|sus scrofa domesticus"),
    "bos taurus": ("Artiodactyla", "Mammalia", "cow|cattle|bovine"),
    "ovis aries": ("Artiodactyla", "Mammalia", "sheep"),
    "gallus gallus": ("Galliformes", "Aves", "chicken|hen"),
    "danio rerio": ("Cypriniformes", "Actinopterygii", "zebrafish"),
    "xenopus laevis": ("Anura", "Amphibia", "african clawed frog|frog"),
}

# name: parent, species, tissue
_CELL_LINES: Final[dict[str, tuple[str, str, str]]] = {
    "HEK293": ("", "human", "kidney"),
    "HEK293T": ("HEK293", "human", "kidney"),
    "HEK293E": ("HEK293", "human", "kidney"),
    "HEK293F": ("HEK293", "human", "kidney"),
    "HepG2": ("", "human", "liver"),
    "HepG2/C3A": ("HepG2", "human", "liver"),
    "Hep3B": ("", "human", "liver"),
    "Huh-7": ("", "human", "liver"),
    "Huh-7.5": ("Huh-7", "human", "liver"),
    "HepaRG": ("", "human", "liver"),
    "HeLa": ("", "human", "cervix"),
    "HeLa S3": ("HeLa", "human", "cervix"),
    "Caco-2": ("", "human", "colon"),
    "HT-29": ("", "human", "colon"),
    "HCT 116": ("", "human", "colon"),
    "MCF-7": ("", "human", "breast"),
    "A549": ("", "human", "lung"),
    "U-2 OS": ("", "human", "bone"),
    "SK-N-SH": ("", "human", "nervous system"),
    "SH-SY5Y": ("SK-N-SH", "human", "nervous system"),
    "THP-1": ("", "human", "blood"),
    "Jurkat": ("", "human", "blood"),
    "K-562": ("", "human", "blood"),
    "hCMEC/D3": ("", "human", "brain endothelium"),
    "CHO": ("", "chinese hamster", "ovary"),
    "CHO-K1": ("CHO", "chinese hamster", "ovary"),
    "MDCK": ("", "dog", "kidney"),
    "MDCK II": ("MDCK", "dog", "kidney"),
    "MDR1-MDCK": ("MDCK", "dog", "kidney"),
    "LLC-PK1": ("", "pig", "kidney"),
    "CV-1": ("", "green monkey", "kidney"),
    "COS-1": ("CV-1", "green monkey", "kidney"),
    "COS-7": ("CV-1", "green monkey", "kidney"),
    "Vero": ("", "green monkey", "kidney"),
    "NIH 3T3": ("", "mouse", "embryo"),
}

_LINE_ALIASES: Final = {"293": "HEK293", "293t": "HEK293T", "hek": "HEK293", "u2os": "U-2 OS", "mdckmdr1": "MDR1-MDCK"}

# words in an assay format: its path below "assay format" in the BioAssay Ontology
_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "bao0000219": ("cell-based",),
    "cell based": ("cell-based",),
    "cellular": ("cell-based",),
    "cell line": ("cell-based",),
    "biochemical": ("biochemical",),
    "protein": ("biochemical", "protein"),
    "bao0000357": ("biochemical", "protein", "single protein"),
    "single protein": ("biochemical", "protein", "single protein"),
    "protein complex": ("biochemical", "protein", "protein complex"),
    "nucleic acid": ("biochemical", "nucleic acid"),
    "subcellular": ("subcellular",),
    "microsome": ("subcellular", "microsome"),
    "microsomal": ("subcellular", "microsome"),
    "bao0000251": ("subcellular", "microsome"),
    "cell membrane": ("subcellular", "cell membrane"),
    "bao0000249": ("subcellular", "cell membrane"),
    "mitochondrion": ("subcellular", "mitochondrion"),
    "mitochondrial": ("subcellular", "mitochondrion"),
    "tissue based": ("tissue-based",),
    "organism based": ("organism-based",),
    "in vivo": ("organism-based",),
    "physicochemical": ("physicochemical",),
}

_SEPARATORS: Final = re.compile(r"[\s_\-/.,;:()]+")


def normal(text: str) -> str:
    """Return a text without case, spacing and punctuation, for comparison.

    Between two digits punctuation stays: 1.5 is not 15.
    """
    return _SEPARATORS.sub(_between_digits, text.casefold().strip())


def _between_digits(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return match[0].strip()[:1] or " " if before[-1:].isdigit() and after[:1].isdigit() else ""


def species(text: str) -> Species | None:
    """Return the species of a Latin or common name; None where the table does not know it."""
    name = _SPECIES_NAMES.get(normal(text))
    return None if name is None else Species(name, *_SPECIES[name][:2])


def cell_line(text: str) -> CellLine | None:
    """Return a cell line of the table, or one made from it; None where neither is known.

    A name that begins with a known line and goes on after a separator (``HEK293-hERG``,
    ``HepG2 (stable PXR)``) is read as it is written in the field: a line made from that one.
    """
    exact = _LINE_NAMES.get(normal(text))
    if exact is not None:
        return CellLine(exact, _ancestors(exact), *_CELL_LINES[exact][1:])
    for end in [match.start() for match in _SEPARATORS.finditer(text)][::-1]:
        parent = _LINE_NAMES.get(normal(text[:end]))
        if parent is not None:
            return CellLine(normal(text), (parent, *_ancestors(parent)), *_CELL_LINES[parent][1:])
    return None


def format_path(text: str) -> tuple[str, ...] | None:
    """Return an assay format's path in the BioAssay Ontology; None where no word tells it."""
    words = f" {' '.join(_SEPARATORS.split(text.casefold().replace('bao_', 'bao')))} "
    found = [term for term in _FORMATS if f" {term} " in words]
    return _FORMATS[max(found, key=lambda term: (len(_FORMATS[term]), term))] if found else None


def _ancestors(name: str) -> tuple[str, ...]:
    found: list[str] = []
    while parent := _CELL_LINES[name][0]:
        found.append(parent)
        name = parent
    return tuple(found)


_SPECIES_NAMES: Final = {normal(alias): name for name, row in _SPECIES.items() for alias in (name, *row[2].split("|"))}
_LINE_NAMES: Final = {normal(name): name for name in _CELL_LINES} | _LINE_ALIASES
