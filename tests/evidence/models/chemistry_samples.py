"""A hundred small molecules in twelve series, with a label and a value that chemistry explains."""

from __future__ import annotations

from functools import cache

CORES = (
    "c1ccc({})cc1", "c1ccc({})nc1", "C1CCC({})CC1", "C1CCN({})CC1", "c1ccc2cc({})ccc2c1", "c1ccc2nc({})ccc2c1",
    "c1csc({})c1", "c1coc({})c1", "C1COCCN1{}", "c1cnc({})nc1", "C1CC1{}", "c1ccc2[nH]c({})cc2c1",
)  # fmt: skip
GROUPS = ("C", "CC", "CCO", "CCN", "C(=O)O", "C(=O)N", "CCC", "CF", "CCCl", "CC#N")


@cache
def molecules() -> tuple[str, ...]:
    """Return canonical SMILES, every core with every group."""
    from rdkit import Chem

    return tuple(Chem.MolToSmiles(Chem.MolFromSmiles(core.format(group))) for core in CORES for group in GROUPS)


@cache
def values() -> tuple[float, ...]:
    """Return a value that falls with polar surface and rises with lipophilicity, plus fixed noise."""
    from rdkit import Chem
    from rdkit.Chem import Crippen, rdMolDescriptors

    found = []
    for row, smiles in enumerate(molecules()):
        molecule = Chem.MolFromSmiles(smiles)
        noise = ((row * 7919) % 101) / 101 - 0.5
        found.append(Crippen.MolLogP(molecule) - 0.03 * rdMolDescriptors.CalcTPSA(molecule) + 0.4 * noise)
    return tuple(found)


@cache
def labels() -> tuple[int, ...]:
    """Return 1 where the value is above the median."""
    middle = sorted(values())[len(values()) // 2]
    return tuple(int(value > middle) for value in values())
