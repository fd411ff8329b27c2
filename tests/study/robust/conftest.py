"""Studies whose firmness is asked for: blended trust, several kinds of unknowns, criteria of single molecules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.builders import JUDGEMENTS, write_small_study

from weighbridge.study.decision import Decision
from weighbridge.study.study import Study

DIRECT = """\
Ada,sources,public,internal,1/3,own data
Ben,sources,public,internal,1/2,
Cem,sources,public,internal,1,
"""

BLEND: dict[str, Any] = {"trust.use": "blend", "trust.lambda": 0.5, "trust.reason": "no grounds to prefer either"}


def decide(folder: Path, changes: dict[str, Any] | None = None, files: dict[str, Any] | None = None) -> Decision:
    """Write the small study, changed as asked, and decide on it."""
    return Study.load(write_small_study(folder, changes, files)).decide()


@pytest.fixture(scope="session")
def blended(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    """Return a decision whose sources are judged and rated, blended half and half."""
    files = {"judgements.csv": JUDGEMENTS + DIRECT}
    return decide(tmp_path_factory.mktemp("blended") / "study", BLEND, files)


@pytest.fixture(scope="session")
def nearby(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    """Return a decision with criteria of single molecules that rest on the public records' conditions."""
    changes = {
        "criteria.context_nearby": {"use": "context_match", "source": "public"},
        "criteria.temperature_nearby": {"use": "temperature", "source": "public"},
        "tree.practical.children": ["solubility", "cost", "context_nearby", "temperature_nearby"],
        "tree.practical.weights": "equal",
    }
    lines = [line for line in JUDGEMENTS.splitlines() if ",practical,solubility," not in line]
    return decide(tmp_path_factory.mktemp("nearby") / "study", changes, {"judgements.csv": "\n".join(lines) + "\n"})
