"""One run of ``check`` on a study broken in every file tells every planted fault, each in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import (
    INTERNAL,
    INTERNAL_RECORDS,
    JUDGEMENTS,
    LEFT_OUT,
    MOLECULES,
    PUBLIC,
    PUBLIC_RECORDS,
    PUBLIC_VALIDATION,
)

from weighbridge.errors import InputError
from weighbridge.study.check import check
from weighbridge.study.study import Study

Write = Callable[..., Path]

CHANGES: dict[str, Any] = {
    "nott": "a key nobody knows",
    "choose": {"k": 9, "tie_rule": "order"},
    "sources.public.card": {"n_molecules": {"value": 12, "from": "a slide"}},
    "criteria.cost.worst": 0.0,
    "criteria.internal_score.source": "interal",
    "trust.indicators": {"nothing": {"worst": 0.0, "best": 1.0}},
    "gates": [
        {"name": "cheap", "column": "price", "at_most": 9, "reason": "the budget"},
        {"name": "either", "column": "cost", "reason": "asks for nothing"},
    ],
    "ranking": {"method": "topsys", "compare": ["promethee-2"]},
    "judgements": ["judgements.csv", "lost.csv"],
}
FILES = {
    "molecules.csv": MOLECULES.replace("M2,CC(=O)Nc1ccc(O)cc1", "M2,CC(=O)Nc1ccc(O)cc").replace(",40,12", ",forty,12"),
    "public.csv": PUBLIC.replace("0.82", "1.82").replace("M5,0.55", "M5,"),
    "internal.csv": INTERNAL.replace("6.1,0.3", "6.1,-0.3"),
    "public_records.csv": PUBLIC_RECORDS.replace("CCN,inactive", "CCN,weak"),
    "internal_records.csv": INTERNAL_RECORDS.replace("5.5,0.2", "n/a,0.2"),
    "public_validation.csv": PUBLIC_VALIDATION.replace("CCCl,0,0.4", "CCCl,0,1.4"),
    "judgements.csv": JUDGEMENTS.replace("Ada,goal,evidence,practical,5", "Ada,gaol,evidence,practical,5")
    .replace("Ben,goal,evidence,practical,3", "Ben,goal,evidence,practical,13")
    .replace("Cem,goal", "Dan,goal")
    .replace("Ada,practical,solubility,cost,3", "Ada,practical,solubility,cost,three"),
}
PLANTED = {
    "an unknown key": "study.yaml, line 141, $.nott: unknown key; found 'nott'",
    "too many to choose": "study.yaml, line 5, $.choose: more molecules are to be chosen than there are; found 9; "
    "expected at most 8",
    "a card against the data": "$.sources.public.card.n_molecules: the card states what the data can tell",
    "a range that tells nothing apart": "$.criteria.cost: worst equals best, so the criterion cannot tell molecules "
    "apart",
    "an unknown source": "$.criteria.internal_score: criterion 'internal_score': unknown source; found 'interal'",
    "an unknown indicator": "$.trust.indicators.nothing: unknown indicator",
    "a gate on no column": "$.gates[0].column: 'molecules.csv' has no such column; found 'price'",
    "a gate that asks for nothing": "$.gates[1]: gate 'either' asks for nothing; expected at_least, at_most or one_of",
    "an unknown method": "$.ranking.method: unknown ranking method; found 'topsys'. Did you mean 'topsis'?",
    "an unknown method to compare": "$.ranking.compare[0]: unknown ranking method; found 'promethee-2'",
    "a lost file": "lost.csv: there is no such file",
    "a structure": "molecules.csv, row 3, column 'smiles': the structure cannot be read",
    "text in a criterion": "molecules.csv, row 4, column 'solubility': not a number; found 'forty'",
    "a probability": "public.csv, row 2, column 'probability': a probability is outside [0, 1]; found '1.82'",
    "a lacking prediction": "public.csv, column 'probability': 1 of 8 molecules have no prediction from 'public'; "
    "found M5",
    "a negative deviation": "internal.csv, row 2, column 'sd': the number is negative; found '-0.3'",
    "a label": "public_records.csv, row 3, column 'outcome': unknown label; found 'weak'",
    "a value": "internal_records.csv, row 5, column 'pIC50': not a number; found 'n/a'",
    "a validation": "public_validation.csv, row 5, column 'prediction': a probability is outside [0, 1]; found '1.4'",
    "an unknown node": "judgements.csv, row 2: a judgement at an unknown node; found 'gaol'",
    "an answer off the scale": "judgements.csv, row 3: a value is off the scale; found 13; expected between 1/9 and 9",
    "a stranger": "judgements.csv, row 4: a judgement is by nobody of the panel; found 'Dan'",
    "an answer in words": "judgements.csv, row 5, column 'value': not a number; found 'three'",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the faults one run of check tells of the study with all of them."""
    from tests.builders import write_small_study

    folder = write_small_study(tmp_path_factory.mktemp("planted"), CHANGES, FILES)
    with pytest.raises(InputError) as caught:
        check(Study.load(folder))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("planted", PLANTED)
def test_every_planted_fault_is_told_in_one_run(planted: str, told: list[str]) -> None:
    """Whatever else is wrong, and in whatever file, each fault is told once with its exact place."""
    assert len([fault for fault in told if PLANTED[planted] in fault]) == 1, "\n".join(told)


def test_nothing_is_told_but_what_was_planted(told: list[str]) -> None:
    """No fault follows from another, and none is told twice."""
    assert len(told) == len(PLANTED) >= 15, "\n".join(told)


def test_every_fault_says_where_it_stands(told: list[str]) -> None:
    """Each begins with one of the study's files."""
    files = ("study.yaml, line", "lost.csv", *FILES)
    assert all(fault.startswith(files) for fault in told)


def test_faults_of_the_numbers_are_told_together_too(small_study: Write) -> None:
    """What only the weights, the gates and the matrix can show is still told in one run."""
    files = {
        "molecules.csv": MOLECULES.replace(",95,8", ",950,8").replace(",30,14", ",,14"),
        "judgements.csv": "".join(
            line + "\n" for line in JUDGEMENTS.splitlines() if ",practical,solubility" not in line and "Cem" not in line
        ),
    }
    gates = [{"name": "soluble", "criterion": "solubility", "at_least": 1, "missing": "pass", "reason": "needed"}]
    folder = small_study({"gates": gates, "trust.use": "judged", "criteria.public_score.unit": "%"}, files)
    with pytest.raises(InputError) as caught:
        check(Study.load(folder))
    told = [str(fault) for fault in caught.value.faults]
    expected = [
        "criterion 'public_score' and the predictions of 'public' have different units; found 'probability'",
        "$.panel: an expert of the panel has given no judgement; found 'Cem'",
        "judgements.csv, node 'practical': nobody with a weight has judged a node that is to be judged",
        "molecules.csv, row 3, column 'solubility', molecule 'M2': a value is outside the declared range 0 to 200; "
        "found 950",
        "molecules.csv, row 6, column 'solubility', molecule 'M5': a value is missing",
    ]
    for words in expected:
        assert len([fault for fault in told if words in fault]) == 1, "\n".join(told)
    assert len(told) == len(expected)


def test_a_lost_molecule_table_hides_no_other_fault(small_study: Write) -> None:
    """The other tables are read even where there are no molecules to match them with."""
    folder = small_study(None, {"molecules.csv": None, "public.csv": PUBLIC.replace("0.82", "many")})
    with pytest.raises(InputError) as caught:
        Study.load(folder)
    assert [str(fault) for fault in caught.value.faults] == [
        "molecules.csv: there is no such file. Check the name and the folder",
    ]


def test_a_misspelt_key_is_read_as_the_one_that_was_meant(small_study: Write) -> None:
    """The slip is told, and nothing that would follow from the key's absence."""
    folder = small_study({"molecules.smiles": LEFT_OUT, "molecules.smile": "smiles", "match": "structure"})
    files = {
        name: text.replace("id,", "smiles,") for name, text in (("public.csv", PUBLIC), ("internal.csv", INTERNAL))
    }
    smiles = dict(line.split(",")[:2] for line in MOLECULES.splitlines()[1:])
    for name, text in files.items():
        rows = [line.split(",") for line in text.splitlines()]
        (folder / name).write_text("".join(",".join([smiles.get(row[0], row[0]), *row[1:]]) + "\n" for row in rows))
    with pytest.raises(InputError) as caught:
        Study.load(folder)
    (fault,) = caught.value.faults
    assert (fault.what, fault.found, fault.mend) == ("unknown key", "'smile'", "Did you mean 'smiles'?")


ODD: dict[str, Any] = {
    "molecules": {"file": "molecules.csv", "id": "id"},
    "choose": {"k": 8, "tie_rule": "order"},
    "threshold": {"value": 0.3, "unit": "logBB"},
    "ranking": {"method": "promethee-ii"},
    "criteria.internal_score.preference": {"function": "linear", "q": 90.0, "p": 99.0},
    **{f"criteria.c{n}": {"column": f"c{n}", "direction": "gain", "worst": 0.0, "best": 9.0} for n in range(1, 7)},
    "criteria.c6.worst": LEFT_OUT,
    "criteria.c6.best": LEFT_OUT,
    "tree.practical.children": ["solubility", "cost", "c1", "c2", "c3", "c4", "c5", "c6"],
    "trust.tree": ["z_prime", "n_molecules"],
    "gates": [{"name": "cheap", "column": "cost", "at_most": 20, "reason": "the budget"}],
}
ODD_MOLECULES = """\
id,solubility,cost,c1,c2,c3,c4,c5,c6
M1,120,10,1,2,5,3,1,4
M2,95,28,2,4,5,1,7,1
M3,40,12,3,6,5,4,2,5
M4,150,5,4,7,5,1,6,9
M5,30,14,5,7.5,5,5,3,2
M6,140,9,6,8,5,9,5,6
M7,180,20,7,8.5,5,2,4,5
M8,110,6,8,9,5,6,8,3
"""


def test_every_kind_of_finding_is_told_in_one_run(small_study: Write) -> None:
    """A study that is allowed and odd in every way gets every lint at once, each about its own subject."""
    said = JUDGEMENTS.replace("context_match", "z_prime")
    said += "".join(f"Ada,practical,solubility,c{number},1,\n" for number in range(1, 7))
    folder = small_study(ODD, {"molecules.csv": ODD_MOLECULES, "judgements.csv": said})
    told = {(finding.rule, finding.subject) for finding in check(Study.load(folder)).findings}
    planted = {
        ("constant criterion", "c3"),
        ("near-duplicate criteria", "c1"),
        ("no declared range", "c6"),
        ("no preference function", "c1"),
        ("many siblings", "practical"),
        ("effective against nominal weight", "internal_score"),
        ("units that disagree", "internal"),
        ("unknown indicator", "public"),
        ("fewer molecules than chosen", "choose"),
    }
    assert planted <= told, planted - told


def test_two_sources_with_the_same_predictions_are_told(small_study: Write) -> None:
    """One model under two names would count twice, and the trust shares could not tell the two apart."""
    same = {
        "sources.internal.kind": "binary",
        "sources.internal.predictions": {"file": "public.csv", "score": {"column": "probability"}},
        "sources.internal.records": LEFT_OUT,
        "sources.internal.value_unit": "",
        "criteria.internal_score": {"use": "model_probability", "source": "internal"},
        "trust.tree": ["context_match"],
    }
    said = "".join(line + "\n" for line in JUDGEMENTS.splitlines() if ",trust," not in line)
    findings = check(Study.load(small_study(same, {"judgements.csv": said}))).findings
    (finding,) = [finding for finding in findings if finding.rule == "same predictions"]
    assert (finding.severity, finding.subject) == ("warning", "public_score")
    assert finding.text == "every molecule has the same value as in 'internal_score': one model counts twice"
