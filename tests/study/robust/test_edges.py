"""Studies at the edge: one molecule, all tied, caps, a panel of one, a method without a form."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import JUDGEMENTS, LEFT_OUT, MOLECULES
from tests.study.robust.conftest import decide
from tests.study.robust.test_sentences import drawn, first_of, intervals, robustness

from weighbridge.study.decision import Decision
from weighbridge.study.robust.sentences import sentences
from weighbridge.study.robust.telling import Influence
from weighbridge.study.robust.value import PARTS, VARIED, Robustness, Standing

QUICK = [part for part in PARTS if part not in ("sensitivity", "methods", "changes")]

_BARE = re.compile(r"\bnan\b|\binf\b|\bNone\b(?! of)|\{|\}|  |\.\.|\( | \)| ,| \.")


def reads_well(texts: tuple[str, ...]) -> None:
    """Assert that sentences are sentences: nothing unfilled, no stray blanks, an end."""
    for text in texts:
        assert text.endswith(".")
        assert text[0].isupper() or text[0].isdigit()
        assert _BARE.search(text.replace("\u00a0", "_")) is None, text


def gated(least: float, k: int = 1, **changes: Any) -> dict[str, Any]:
    """Return changes under which only molecules of at least some solubility are ranked."""
    gate = {"name": "soluble", "column": "solubility", "at_least": least, "reason": "it must dissolve"}
    return {"choose.k": k, "gates": [gate], **changes}


SAME = {
    "molecules.csv": "\n".join(
        [MOLECULES.splitlines()[0], *(",".join([*row.split(",")[:4], "100,10"]) for row in MOLECULES.splitlines()[1:])]
    )
    + "\n",
    "public.csv": "id,probability\n" + "".join(f"M{i},0.5\n" for i in range(1, 9)),
    "internal.csv": "id,pIC50,sd\n" + "".join(f"M{i},6,0.3\n" for i in range(1, 9)),
}
ALONE = {"judgements.csv": "\n".join(x for x in JUDGEMENTS.splitlines() if not x.startswith(("Ben,", "Cem,"))) + "\n"}

CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "one molecule": (gated(179), {}),
    "one molecule, promethee": (gated(179, **{"ranking.method": "promethee-ii"}), {}),
    "two molecules": (gated(149), {}),
    "two molecules, borda": (gated(149, **{"ranking.method": "borda"}), {}),
    "more places than molecules": (gated(149, k=5), {}),
    "all tied": ({}, SAME),
    "a tie left to people": ({"choose.tie_rule": LEFT_OUT}, SAME),
    "a cap": ({"choose.cap": 1}, {}),
    "a panel of one": ({"panel": [{"name": "Ada"}]}, ALONE),
    "another normalization": ({"ranking.parameters": {"normalization": "minmax"}}, {}),
    "a missing value": (
        {"criteria.solubility.missing": "interval"},
        {"molecules.csv": MOLECULES.replace("aspirin,acids,120", "aspirin,acids,")},
    ),
    "a neutral value": (
        {"criteria.solubility.missing": "neutral", "ranking.method": "promethee-ii"},
        {"molecules.csv": MOLECULES.replace("aspirin,acids,120", "aspirin,acids,")},
    ),
    "a censored value": ({}, {"molecules.csv": MOLECULES.replace("aspirin,acids,120", "aspirin,acids,<120")}),
}


@pytest.mark.parametrize("case", CASES)
def test_every_edge_has_an_answer(case: str, tmp_path: Path) -> None:
    """No part fails: each is there or says why, all of it is JSON, and the sentences read well."""
    changes, files = CASES[case]
    found = decide(tmp_path / "study", changes, files).robustness(samples=40, parts=QUICK)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["top"] == found.standing.top
    assert all(len(table) for table in found.to_frames().values())
    reads_well(found.sentences)
    for part in ("experts", "sources", "criteria", "molecules", "scales"):
        assert part in found.varied
    assert all(reason for reason in found.refused.values())


def test_one_molecule_is_simply_in(tmp_path: Path) -> None:
    """Where one molecule is left there is no cut, whatever is uncertain."""
    found = decide(tmp_path / "study", gated(179)).robustness(
        samples=20, parts=["acceptability", "intervals", "changes"]
    )
    assert found.sentences[0] == "The one molecule is in: there is 1 place, and nobody is left out."
    assert found.refused["changes"] == "no molecule is below the cut"


def test_a_panel_of_one_still_scatters(tmp_path: Path) -> None:
    """One expert's weights are drawn by the stated default, and leaving the expert out is refused in words."""
    changes, files = CASES["a panel of one"]
    found = decide(tmp_path / "study", changes, files).robustness(samples=40, parts=["acceptability", "experts"])
    assert found.draws is not None
    assert found.draws.varies
    assert any("default" in words for words in found.draws.basis.values())
    assert len(found.varied["experts"]) == 0
    assert "one person" in found.varied["experts"].refused["Ada"]


def test_a_missing_value_is_drawn_and_tried(tmp_path: Path) -> None:
    """A value missing under the rule interval is uncertain in the draws and a cell with two ends."""
    changes, files = CASES["a missing value"]
    found = decide(tmp_path / "study", changes, files).robustness(samples=40, parts=["acceptability", "unknowns"])
    assert "solubility" in found.uncertainty.basis
    assert [(one.molecule, one.criterion) for one in found.cells] == [("M1", "solubility")]


@pytest.mark.parametrize("part", [part for part in QUICK if part != "acceptability"])
def test_a_part_alone_is_the_same_as_among_the_others(part: str, decided: Decision, whole: Robustness) -> None:
    """What is computed of a part does not depend on what else is asked for."""
    alone = decided.robustness(samples=60, seed=1, parts=[part]).to_dict()
    both = whole.to_dict()
    if part in VARIED:
        assert alone["varied"][part] == both["varied"][part]
    elif part == "intervals":
        keys = ("criterion", "weight", "low", "high", "overtaker_low", "overtaker_high")
        rows = [[{key: row[key] for key in keys} for row in value["weights"]] for value in (alone, both)]
        assert rows[0] == rows[1]
    else:
        assert alone[part] == both[part]
    assert set(alone["refused"]) == set(PARTS) - {part}


@pytest.fixture(scope="module")
def whole(decided: Decision) -> Robustness:
    """Return the small study's robustness with every quick part."""
    return decided.robustness(samples=60, seed=1, parts=QUICK)


@settings(max_examples=80, deadline=None)
@given(
    shares=st.lists(st.floats(0, 1), min_size=8, max_size=8),
    causes=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    top=st.integers(1, 7),
    end=st.floats(0.001, 0.999),
    influence=st.sampled_from([(), (Influence(None, 0.1),), (Influence("internal_score", 0.2), Influence(None, 0.1))]),
)
def test_any_numbers_make_sentences(
    decided: Decision,
    shares: list[float],
    causes: tuple[float, float],
    top: int,
    end: float,
    influence: tuple[Influence, ...],
) -> None:
    """Whatever the shares, causes and ends are, the sentences read well and never show more digits than they have."""
    order = first_of(decided, 8)
    found = {
        "all": drawn(dict(zip(order, shares, strict=True))),
        "weights": drawn(dict.fromkeys(order[:top], causes[0])),
        "scores": drawn(dict.fromkeys(order[:top], causes[1])),
    }
    standing = Standing(top, tuple(order[:top]), are_chosen=top == 3)
    texts = sentences(
        robustness(
            decided,
            standing=standing,
            acceptability=found,
            intervals=intervals(internal_score=(0.5 * end, 0.5 + 0.5 * end, "M7", "M8")),
            influences=influence,
        )
    )
    reads_well(texts)
    for text in texts:
        for number in re.findall(r"\d+\.\d+", text):
            assert len(number.replace(".", "").lstrip("0")) <= 6


@settings(max_examples=60, deadline=None)
@given(shares=st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_the_counts_in_the_first_sentence_are_counts(decided: Decision, shares: list[float]) -> None:
    """Firm and open places add up to the places there are, and the rivals are those that reach the cut."""
    order = first_of(decided, 8)
    text = sentences(robustness(decided, acceptability={"all": drawn(dict(zip(order, shares, strict=True)))}))[0]
    firm = sum(share >= 0.9 for share in shares[:3])
    rivals = sum(0.1 <= share < 0.9 for share in shares[3:])
    head = {0: "None of the 3", 3: "All of the 3"}.get(firm, f"{firm} of the 3")
    assert text.startswith(head)
    assert ("no place is open" in text) == (firm == 3)
    assert (f" {3 - firm} place" in text) == (firm < 3)
    assert ("further down" in text) == (firm < 3 and rivals > 0)
    if firm < 3 and rivals:
        assert f"and {rivals} molecule" in text
