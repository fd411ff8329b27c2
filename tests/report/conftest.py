"""A small real study, decided once, and its page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
from tests.builders import FILES, INTERNAL, JUDGEMENTS, LEFT_OUT, MOLECULES, PUBLIC, STUDY, write_small_study

from weighbridge.report.environment import make_environment
from weighbridge.report.page import render
from weighbridge.study.decision import Decision
from weighbridge.study.study import Study

DIRECT = """\
Ada,sources,public,internal,1/4,our own assay is the one we trust
Ben,sources,public,internal,1/2,
Cem,sources,public,internal,1/3,it is the same cell line
"""

CHANGES: dict[str, Any] = {
    "note": "An example, not a decision.",
    "trust.use": "blend",
    "trust.reason": "both tell something",
    "gates": [{"name": "not too dear", "column": "cost", "at_most": 18, "reason": "the budget is fixed"}],
    "sources.public.about": "Labels pooled from two assays.",
    "sources.public.licence": "CC0",
}


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a study with judged and rated sources, a gate and several methods."""
    return write_small_study(tmp_path_factory.mktemp("study"), CHANGES, {"judgements.csv": JUDGEMENTS + DIRECT})


@pytest.fixture(scope="session")
def decision(study_folder: Path) -> Decision:
    """Return its decision."""
    return Study.load(study_folder).decide()


@pytest.fixture(scope="session")
def page(decision: Decision) -> str:
    """Return its report."""
    return render(decision)


@pytest.fixture(scope="session")
def document(page: str) -> Any:
    """Return its report as a tree, parsed as strictly as HTML can be."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


EQUAL_TREE: dict[str, Any] = {
    "all": {
        "weights": {"evidence": 1, "practical": 1},
        "reason": "half each",
        "children": {
            "evidence": {"weights": "trust", "children": ["public_score", "internal_score"]},
            "practical": {"weights": "equal", "reason": "nobody asked", "children": ["solubility", "cost"]},
        },
    }
}
ONE_SOURCE: dict[str, Any] = {
    "sources.internal": LEFT_OUT,
    "criteria.internal_score": LEFT_OUT,
    "tree.evidence.children": ["public_score"],
    "trust": {"use": "rated"},
}
VALUE_ANSWERS = "".join(line + "\n" for line in JUDGEMENTS.splitlines() if ",trust," not in line)
UNKNOWN_ANSWERS = JUDGEMENTS.replace("n_molecules", "z_prime")


def _copied(text: str) -> str:
    """Give M5 the numbers of M1."""
    rows = {line.split(",")[0]: line for line in text.splitlines()}
    return text.replace(rows["M5"], rows["M1"].replace("M1", "M5"))


STUDIES: dict[str, tuple[dict[str, Any], dict[str, str | bytes | None]]] = {
    "one source": (ONE_SOURCE, {"judgements.csv": VALUE_ANSWERS}),
    "one criterion": (
        {**ONE_SOURCE, "criteria": {"public_score": STUDY["criteria"]["public_score"]}, "tree": ["public_score"]}
        | {"judgements": [], "panel": []},
        {},
    ),
    "one molecule": (
        {"choose.k": 1},
        {
            name: "\n".join(str(FILES[name]).splitlines()[:2]) + "\n"
            for name in ("molecules.csv", "public.csv", "internal.csv")
        },
    ),
    "promethee": ({"ranking": {"method": "promethee-ii", "compare": ["topsis", "vikor"]}}, {}),
    "vikor": ({"ranking": {"method": "vikor", "compare": ["topsis"]}}, {}),
    "alone": ({"ranking": {"compare": []}}, {}),
    "refused": ({"ranking": {"compare": ["promethee-i", "topsis", "borda"]}}, {}),
    "no structures": ({"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 3}}, {}),
    "no panel": (
        {
            "panel": [],
            "judgements": [],
            "tree": EQUAL_TREE,
            "trust": {"tree": {"reliability": {"weights": "equal", "children": ["context_match", "n_molecules"]}}},
        },
        {},
    ),
    "tied": (
        {"choose": {"k": 3}},
        {
            "molecules.csv": MOLECULES.replace("acids,30,14", "acids,120,10"),
            "public.csv": _copied(PUBLIC),
            "internal.csv": _copied(INTERNAL),
        },
    ),
    "censored": (
        {"criteria.cost.missing": "interval", "criteria.solubility.missing": "worst"},
        {"molecules.csv": MOLECULES.replace("150,5", "150,<5").replace("180,20", ",")},
    ),
    "two gates": (
        {
            "gates": [
                {"name": "not too dear", "column": "cost", "at_most": 13, "reason": "the budget"},
                {"name": "soluble", "criterion": "solubility", "at_least": 50, "reason": "the assay"},
            ]
        },
        {},
    ),
    "capped": ({"choose": {"k": 3, "cap": 1, "series": "column"}}, {}),
    "unknown": ({"trust.tree": ["context_match", "z_prime"]}, {"judgements.csv": UNKNOWN_ANSWERS}),
}
"""Studies that differ from the small one in what a page must be able to say."""


@pytest.fixture(scope="session")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Decision]:
    """Return a function that decides one of `STUDIES`, each once."""

    @cache
    def decide(name: str) -> Decision:
        return Study.load(write_small_study(tmp_path_factory.mktemp("variant"), *STUDIES[name])).decide()

    return decide


@pytest.fixture(scope="session")
def section() -> Callable[..., Any]:
    """Return a function that renders one section of the page, as a strictly parsed tree."""
    environment = make_environment()

    def draw(name: str, **context: Any) -> Any:
        html = environment.get_template(f"report/sections/{name}.html.j2").render(context)
        whole = f"<!DOCTYPE html><html><head><title>x</title></head><body>{html}</body></html>"
        return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(whole)

    return draw
