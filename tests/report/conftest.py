"""A small real study, decided once, and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import html5lib
import pytest
from tests.builders import JUDGEMENTS, write_small_study

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
