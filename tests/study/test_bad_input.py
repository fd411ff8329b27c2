"""What a user reads when the input is wrong: the exact words, with file, place, found, expected and mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import INTERNAL, JUDGEMENTS, LEFT_OUT, MOLECULES, PUBLIC, PUBLIC_RECORDS

from weighbridge.errors import InputError
from weighbridge.study.study import Study

FaultsOf = Callable[..., list[str]]

EXPECTED_NUMBER = "expected a number, or an empty cell where it is missing"
INSIDE = "expected a file beside or below study.yaml, such as 'data/public.csv'"

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "missing file": (
        {},
        {"public.csv": None},
        ["public.csv: there is no such file. Check the name and the folder"],
    ),
    "missing judgements": (
        {"judgements": ["panel.csv"]},
        {},
        ["panel.csv: there is no such file. Check the name and the folder"],
    ),
    "wrong encoding": (
        {},
        {"public.csv": "id,probability\nM1,0.5\nM\u00e9,0.5\n".encode("latin-1")},
        [
            "public.csv, line 3: the file is not UTF-8 text; found byte 0xe9; expected UTF-8. "
            "Save it again with the encoding UTF-8"
        ],
    ),
    "unknown column": (
        {"sources.public.predictions.score.column": "probabilty"},
        {},
        [
            "study.yaml, line 30, $.sources.public.predictions.score.column: 'public.csv' has no such column; "
            "found 'probabilty'; expected one of 'id', 'probability'. Did you mean 'probability'?"
        ],
    ),
    "duplicate ids": (
        {},
        {"molecules.csv": MOLECULES.replace("M3,", "M1,")},
        [
            "molecules.csv, row 4, column 'id': the id stands twice; found 'M1'; expected unique ids. "
            "It stands in row 2 too"
        ],
    ),
    "no id": (
        {},
        {"molecules.csv": MOLECULES.replace("M3,", ",")},
        ["molecules.csv, row 4, column 'id': the molecule has no id; found an empty cell; expected a unique id"],
    ),
    "unparsable SMILES": (
        {},
        {"molecules.csv": MOLECULES.replace("CC(=O)Nc1ccc(O)cc1", "CC(=O)Nc1ccc(O)cc")},
        [
            "molecules.csv, row 3, column 'smiles': the structure cannot be read; found 'CC(=O)Nc1ccc(O)cc'; "
            "expected a SMILES. RDKit cannot read the SMILES 'CC(=O)Nc1ccc(O)cc': its syntax is wrong"
        ],
    ),
    "impossible valence": (
        {},
        {"molecules.csv": MOLECULES.replace("CC(=O)Nc1ccc(O)cc1", "C(C)(C)(C)(C)C")},
        [
            "molecules.csv, row 3, column 'smiles': the structure cannot be read; found 'C(C)(C)(C)(C)C'; expected a "
            "SMILES. RDKit cannot read the SMILES 'C(C)(C)(C)(C)C': Explicit valence for atom # 0 C, 5, is greater "
            "than permitted"
        ],
    ),
    "NaN and infinities": (
        {},
        {"public.csv": PUBLIC.replace("0.82", "nan").replace("0.35", "inf").replace("0.64", "1e999")},
        [
            f"public.csv, row 2, column 'probability': not a finite number; found 'nan'; {EXPECTED_NUMBER}. "
            "Leave the cell empty if the value is missing",
            f"public.csv, row 3, column 'probability': not a finite number; found 'inf'; {EXPECTED_NUMBER}. "
            "Leave the cell empty if the value is missing",
            f"public.csv, row 4, column 'probability': not a finite number; found '1e999'; {EXPECTED_NUMBER}",
        ],
    ),
    "text in numbers": (
        {},
        {
            "internal.csv": INTERNAL.replace("6.1", "six")
            .replace("5.2", '"5,2"')
            .replace("7.0", '"1,234.5"')
            .replace("6.6", "66 %")
            .replace("6.9", "-")
        },
        [
            f"internal.csv, row 2, column 'pIC50': not a number; found 'six'; {EXPECTED_NUMBER}",
            f"internal.csv, row 3, column 'pIC50': not a number; found '5,2'; {EXPECTED_NUMBER}. "
            "Write a point before the decimals and nothing between thousands",
            f"internal.csv, row 4, column 'pIC50': not a number; found '1,234.5'; {EXPECTED_NUMBER}. "
            "Write a point before the decimals and nothing between thousands",
            f"internal.csv, row 5, column 'pIC50': not a number; found '66 %'; {EXPECTED_NUMBER}. "
            "Write the number alone and state the unit % in study.yaml",
            f"internal.csv, row 6, column 'pIC50': not a number; found '-'; {EXPECTED_NUMBER}",
        ],
    ),
    "probabilities outside [0, 1]": (
        {},
        {"public.csv": PUBLIC.replace("0.82", "1.2").replace("0.35", "-0.1")},
        [
            "public.csv, row 2, column 'probability': a probability is outside [0, 1]; found '1.2'; expected between "
            "0 and 1. State the unit of the column in study.yaml if it holds no probabilities",
            "public.csv, row 3, column 'probability': a probability is outside [0, 1]; found '-0.1'; expected between "
            "0 and 1. State the unit of the column in study.yaml if it holds no probabilities",
        ],
    ),
    "unit mismatch": (
        {"sources.internal.predictions.score.unit": "ug/mL", "sources.internal.predictions.score.to": "pIC50"},
        {},
        [
            "study.yaml, line 60, $.sources.internal.predictions.score: unit mismatch: 'ug/mL' cannot be converted to "
            "'pIC50'; found 'ug/mL'; expected 'pIC50', or a unit that converts to it. State both units; "
            "concentrations convert to p-values, % to fraction"
        ],
    ),
    "unit not stated": (
        {"sources.internal.predictions.score": {"column": "pIC50", "to": "pIC50"}},
        {},
        [
            "study.yaml, line 60, $.sources.internal.predictions.score: unit mismatch: the unit the column is written "
            "in is not stated; found no unit; expected 'pIC50', or a unit that converts to it. State both units; "
            "concentrations convert to p-values, % to fraction"
        ],
    ),
    "two units of one thing": (
        {"sources.internal.value_unit": "pEC50"},
        {},
        [
            "study.yaml, line 56, $.sources.internal.value_unit: unit mismatch; found 'pEC50'; expected 'pIC50', as in "
            "records.value. State the unit the records' values are converted to"
        ],
    ),
    "molecules without a prediction": (
        {},
        {"public.csv": PUBLIC.replace("M3,0.64\n", "").replace("M5,0.55", "M5,")},
        [
            "public.csv, column 'probability': 2 of 8 molecules have no prediction from 'public'; found M3, M5; "
            "expected a prediction for every molecule. Predict them, or give the criterion 'public_score' a rule: "
            "missing: worst, neutral or interval"
        ],
    ),
    "zero molecules": (
        {},
        {"molecules.csv": "id,smiles,name,series,solubility,cost\n"},
        ["molecules.csv: the table has a header and no rows; expected at least one row"],
    ),
    "empty file": (
        {},
        {"molecules.csv": ""},
        ["molecules.csv: the table is empty; expected a header and at least one row"],
    ),
    "alias bomb": (
        {},
        {"study.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"},
        ["study.yaml, line 2: aliases are not accepted; found *a; expected the value itself"],
    ),
    "tag": (
        {},
        {"study.yaml": "schema: !!python/object/apply:os.system [ls]\n"},
        [
            "study.yaml, line 1: tags are not accepted; found tag:yaml.org,2002:python/object/apply:os.system; "
            "expected a plain value"
        ],
    ),
    "climbing path": (
        {"molecules.file": "../molecules.csv"},
        {},
        [
            "study.yaml, line 18, $.molecules.file: paths must stay inside the study's folder; "
            f"found '../molecules.csv'; {INSIDE}"
        ],
    ),
    "absolute path": (
        {"judgements": ["/etc/passwd"]},
        {},
        [
            "study.yaml, line 132, $.judgements[0]: paths must stay inside the study's folder; "
            f"found '/etc/passwd'; {INSIDE}"
        ],
    ),
    "unknown keys": (
        {"sources.public.predictions.scor": "x", "moleculs": 1},
        {},
        [
            "study.yaml, line 32, $.sources.public.predictions.scor: unknown key; found 'scor'; expected one of file, "
            "sheet, id, smiles, inchikey, score, sd, low, high, set_size. Did you mean 'score'?",
            "study.yaml, line 134, $.moleculs: unknown key; found 'moleculs'; expected one of schema, title, question, "
            "note, choose, threshold, year, context, molecules, match, sources, bridging, criteria, tree, trust, "
            "panel, judgements, gates, ranking. Did you mean 'molecules'?",
        ],
    ),
    "missing key": (
        {"question": LEFT_OUT},
        {},
        ["study.yaml, line 1, $.question: a required key is missing; expected 'question'"],
    ),
    "wrong kinds": (
        {"year": "2026", "context.ph": True, "panel.0.weight": -1, "title": 7, "ranking": []},
        {},
        [
            "study.yaml, line 2, $.title: wrong kind of value; found 7; expected text. Put the value in quotes",
            "study.yaml, line 11, $.year: wrong kind of value; found '2026'; expected a whole number. "
            "Write the number without quotes, with a point before the decimals",
            "study.yaml, line 15, $.context.ph: a condition is a word, a number or `not recorded`; "
            "put true and false in quotes",
            "study.yaml, line 127, $.panel[0].weight: out of range; found -1; expected at least 0",
            "study.yaml, line 134, $.ranking: wrong kind of value; found a list; expected a mapping (key: value)",
        ],
    ),
    "unknown word": (
        {"match": "name"},
        {},
        ["study.yaml, line 133, $.match: unknown word; found 'name'; expected one of 'id' or 'structure'"],
    ),
    "newer form": (
        {"schema": 2},
        {},
        [
            "study.yaml, line 1, $.schema: this form of study.yaml is newer than the program; found 2; "
            "expected schema: 1. Install a newer weighbridge to read it"
        ],
    ),
    "nothing in it": (
        {},
        {"study.yaml": ""},
        ["study.yaml: a study is a mapping; found nothing; expected keys such as title: and molecules:"],
    ),
    "two rows of one molecule": (
        {},
        {"public.csv": PUBLIC + "M1,0.3\n"},
        [
            "public.csv, row 10: two rows belong to one molecule; found 'M1'; expected one row a molecule. "
            "It stands in row 2 too; keep one of them"
        ],
    ),
    "ragged rows": (
        {},
        {"public.csv": PUBLIC + "X1,0.3,5\nX2\n"},
        [
            "public.csv, row 10: the row does not fit the header; found 3 cells; expected 2 cells. "
            "Put a cell that holds the separator into double quotes",
            "public.csv, row 11: the row does not fit the header; found 1 cell; expected 2 cells",
        ],
    ),
    "repeated header": (
        {},
        {"public.csv": PUBLIC.replace("id,probability", "id,id")},
        ["public.csv, row 1: a column name occurs twice; found 'id'; expected unique names"],
    ),
    "semicolons": (
        {},
        {"public.csv": PUBLIC.replace(",", ";")},
        [
            "public.csv, row 1: the columns are not separated by commas; found 'id;probability'. "
            "Save the table with commas between the columns"
        ],
    ),
    "wrong suffix": (
        {"molecules.file": "molecules.xls"},
        {},
        [
            "molecules.xls: this is not a kind of table; found the suffix '.xls'; expected .csv, .tsv, .parquet, .xlsx "
            "or .sdf. Save the workbook as .xlsx"
        ],
    ),
    "open quotes": (
        {},
        {"public.csv": PUBLIC + '"X1,0.3\n'},
        ["public.csv, row 10: the quotes of a cell do not close, or something follows them"],
    ),
    "unknown label": (
        {},
        {"public_records.csv": PUBLIC_RECORDS.replace("CCN,inactive", "CCN,weak")},
        [
            "public_records.csv, row 3, column 'outcome': unknown label; found 'weak'; expected one of '1', 'active', "
            "'positive', 'true', 'yes', '0', 'inactive', 'negative', 'false', 'no', 'inconclusive'. "
            "List the words under positive and negative in study.yaml"
        ],
    ),
    "a concentration that is none": (
        {
            "sources.internal.predictions.score": {"column": "pIC50", "unit": "nM", "to": "pIC50"},
            "sources.internal.predictions.sd": LEFT_OUT,
        },
        {"internal.csv": INTERNAL.replace("6.1", "0").replace("5.2", "-5")},
        [
            "internal.csv, row 2, column 'pIC50': a concentration is not positive; found '0'; "
            "expected a number above 0",
            "internal.csv, row 3, column 'pIC50': a concentration is not positive; found '-5'; "
            "expected a number above 0",
        ],
    ),
    "a deviation that cannot be converted": (
        {"sources.internal.predictions.score": {"column": "pIC50", "unit": "nM", "to": "pIC50"}},
        {},
        [
            "study.yaml, line 63, $.sources.internal.predictions.sd: a standard deviation of a concentration has no "
            "p-value. Give predictions on the log scale with their standard deviation"
        ],
    ),
    "unknown part": (
        {"sources.public.parts": {"A11": {"context": {}}}},
        {},
        [
            "study.yaml, line 55, $.sources.public.parts.A11: no record belongs to this part; found 'A11'; "
            "expected one of 'A1', 'A2'. Did you mean 'A1'?"
        ],
    ),
    "a gate on nothing": (
        {"gates": [{"name": "soluble", "column": "solubilty", "at_least": 1, "reason": "needed"}]},
        {},
        [
            "study.yaml, line 135, $.gates[0].column: 'molecules.csv' has no such column; found 'solubilty'; expected "
            "one of 'id', 'smiles', 'name', 'series', 'solubility', 'cost'. Did you mean 'solubility'?"
        ],
    ),
    "a weight without a reason": (
        {"panel.0.weight": 2},
        {},
        [
            "study.yaml, line 125, $.panel[0]: the weight of 'Ada' is stated without a reason; found 2; "
            "expected reason: why"
        ],
    ),
    "an expert twice": (
        {"panel.1.name": "Ada"},
        {},
        ["study.yaml, line 125, $.panel: an expert occurs twice in the panel; found 'Ada'; expected unique names"],
    ),
    "several files at once": (
        {"judgements": ["lost.csv"], "tree.practical.children": ["solubilty", "cost"]},
        {"internal.csv": INTERNAL.replace("6.1", "x"), "public.csv": None},
        [
            "study.yaml, line 117, $.tree.practical.children[0]: no such criterion in the study; found 'solubilty'; "
            "expected one of 'public_score', 'internal_score', 'solubility', 'cost'. Did you mean 'solubility'?",
            "study.yaml, line 87, $.criteria.solubility: the criterion is not in the tree; found 'solubility'. "
            "Put it into the tree, or take it out of criteria",
            "lost.csv: there is no such file. Check the name and the folder",
            "public.csv: there is no such file. Check the name and the folder",
            f"internal.csv, row 2, column 'pIC50': not a number; found 'x'; {EXPECTED_NUMBER}",
        ],
    ),
    "misspelt column of judgements": (
        {},
        {"judgements.csv": JUDGEMENTS.replace("reason", "reson")},
        ["judgements.csv: unknown column; found 'reson'. Did you mean 'reason'?"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_fault_is_told_in_exactly_these_words(case: str, faults_of: FaultsOf) -> None:
    """A wrong study is refused with all its faults, and with nothing but them."""
    changes, files, expected = CASES[case]
    assert faults_of(changes, files) == expected


def test_an_unreadable_file_is_told_by_the_system_s_reason(small_study: Callable[..., Path]) -> None:
    """A folder in the place of a table is a fault, not a traceback."""
    folder = small_study(files={"public.csv": None})
    (folder / "public.csv").mkdir()
    with pytest.raises(InputError) as caught:
        Study.load(folder)
    assert str(caught.value) == "public.csv: the file cannot be read; found Is a directory"


def test_a_folder_without_a_study_says_what_is_missing(tmp_path: Path) -> None:
    """An empty folder is not a study."""
    with pytest.raises(InputError) as caught:
        Study.load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: the folder holds no study; expected study.yaml. "
        "Name the study's folder, or make one with `weighbridge init`"
    )


def test_a_path_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A misspelt folder is a missing file."""
    with pytest.raises(InputError, match="there is no such folder"):
        Study.load(tmp_path / "nowhere")


def test_a_symbolic_link_may_not_lead_outside(small_study: Callable[..., Path], tmp_path: Path) -> None:
    """A link out of the folder is refused like a climbing path."""
    folder = small_study(files={"public.csv": None})
    (tmp_path / "outside.csv").write_text(PUBLIC)
    (folder / "public.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(InputError) as caught:
        Study.load(folder)
    assert str(caught.value).startswith(
        "study.yaml, line 28, $.sources.public.predictions.file: paths must stay inside the study's folder; "
        "found 'public.csv'"
    )


def test_many_wrong_cells_are_listed_up_to_a_limit_and_then_counted(faults_of: FaultsOf) -> None:
    """A whole column of text gives twenty faults and one count, not a thousand lines."""
    rows = "".join(f"X{number},text\n" for number in range(50))
    records = "smiles,pIC50,se,run,year\n" + "".join(f"CCO,text{number},,R1,2024\n" for number in range(50))
    faults = faults_of({}, {"internal_records.csv": records, "public.csv": PUBLIC + rows})
    assert len(faults) == 21
    assert faults[-1] == "internal_records.csv, column 'pIC50': 30 more cells of this column are wrong"


def test_no_message_speaks_of_pydantic(faults_of: FaultsOf) -> None:
    """Faults of form never show the library's own words or addresses."""
    faults = faults_of({"sources": {}, "choose": "three", "tree": [["a"]], "trust.lambda": 3, "criteria": None})
    assert len(faults) == 5
    assert not [fault for fault in faults if "pydantic" in fault.lower() or "http" in fault or "Input should" in fault]
