"""Slips that used to be silent, to hang, or to be told in words that did not help."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT

from weighbridge.errors import InputError
from weighbridge.study.study import Study

FaultsOf = Callable[..., list[str]]
Load = Callable[..., Study]

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "structures looked for under the molecule table's name": (
        {"match": "structure"},
        {},
        "study.yaml, line 28, $.sources.public.predictions: rows are matched by structure, and 'public.csv' has no "
        "column 'smiles' of the molecule table's name; expected smiles: or inchikey: with one of 'id', 'probability'. "
        "Name the column with structures, or match by id",
    ),
    "half a molecule to choose": (
        {"choose": 2.5},
        {},
        "study.yaml, line 4, $.choose: wrong kind of value; found 2.5; expected a whole number",
    ),
    "a number as long as a novel": (
        {},
        {"study.yaml": "schema: 1\nyear: " + "9" * 5000 + "\n"},
        "study.yaml, line 2: not a finite number; found " + "9" * 79 + "…; expected a finite number",
    ),
    "a group called as the comparison of the sources": (
        {"tree.sources": ["cost"], "tree.practical": ["solubility"]},
        {
            "judgements.csv": JUDGEMENTS.replace(",practical,solubility", ",goal,sources").replace(
                ",cost,", ",practical,"
            )
        },
        "$.tree.sources: a judgement could not say which node of this name it is about; found 'sources'; expected a "
        "name that no node of trust.tree has, and neither 'trust' nor 'sources'",
    ),
    "a group called as a group of indicators": (
        {"trust.tree": {"practical": ["context_match", "n_molecules"]}},
        {},
        "$.tree.practical: a judgement could not say which node of this name it is about; found 'practical'",
    ),
    "judgements and no panel": (
        {"panel": LEFT_OUT},
        {},
        "$.panel: there are judgements and the panel is empty; found 'Ada', 'Ben', 'Cem'. Name the experts under panel",
    ),
    "a cap without series": (
        {"choose": {"k": 2, "cap": 1, "series": "column"}, "molecules.series": LEFT_OUT},
        {},
        "$.choose: the cap is by series and no column names it. Name the column under molecules.series, or use "
        "series: scaffold",
    ),
    "a parameter the method does not take": (
        {"ranking": {"method": "vikor", "parameters": {"w": 0.5}}},
        {},
        "$.ranking.parameters.w: the method 'vikor' takes no such parameter; found 'w'; expected one of 'v'",
    ),
    "a parameter out of its range": (
        {"ranking": {"method": "vikor", "parameters": {"v": 3}}},
        {},
        "$.ranking: v is out of range; found 3; expected a number 0 to 1",
    ),
    "answers that leave a node unlinked": (
        {},
        {"judgements.csv": "".join(line + "\n" for line in JUDGEMENTS.splitlines() if ",trust," not in line)},
        "judgements.csv, node 'trust': nobody with a weight has judged a node that is to be judged",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_slip_is_told_with_its_place(case: str, small_study: Callable[..., Path]) -> None:
    """Every one is refused, and the words say where it stands and what would be right."""
    changes, files, words = CASES[case]
    with pytest.raises(InputError) as caught:
        Study.load(small_study(changes, files)).decide()
    told = [str(fault) for fault in caught.value.faults]
    assert [fault for fault in told if words in fault], "\n".join(told)


def test_a_pipe_in_the_place_of_a_table_is_refused_and_not_waited_for(small_study: Callable[..., Path]) -> None:
    """A named pipe that nobody writes to would stop the program for ever."""
    folder = small_study(files={"public.csv": None})
    os.mkfifo(folder / "public.csv")
    with pytest.raises(InputError) as caught:
        Study.load(folder)
    assert str(caught.value) == "public.csv: the file cannot be read; found a pipe or a device; expected a plain file"


def test_a_table_is_no_study(small_study: Callable[..., Path]) -> None:
    """Naming a table instead of the folder says what to name."""
    path = small_study() / "molecules.csv"
    with pytest.raises(InputError) as caught:
        Study.load(path)
    assert str(caught.value) == f"{path}: this is no study; expected a folder, or the study.yaml in it"


def test_a_misspelt_molecule_is_found_by_its_name(load: Load) -> None:
    """Names are offered as well as ids, whatever their case."""
    with pytest.raises(InputError, match="Did you mean 'ibuprofen'"):
        load().decide().explain("Ibuprofene")


def test_results_say_shortly_what_they_are(load: Load) -> None:
    """In a console a decision is one line, not all its arrays."""
    decision = load({"gates": [{"name": "cheap", "column": "cost", "at_most": 15, "reason": "budget"}]}).decide()
    assert repr(decision) == "Decision('Small study': 3 of 7 chosen by topsis, 1 excluded by gates)"
    assert repr(decision.explain("M7")).startswith("Explanation('M7', excluded: M7 was not ranked")


def test_words_of_a_gate_may_stand_in_any_column(load: Load) -> None:
    """The id, the name and the series of a molecule are columns like others."""
    for column, words in (("id", ["M1", "M2", "M4"]), ("name", ["aspirin", "nicotine", "caffeine"])):
        gate = {"name": "known", "column": column, "one_of": words, "reason": "in stock"}
        decision = load({"gates": [gate]}).decide()
        assert len(decision.ranking.labels) == 3
