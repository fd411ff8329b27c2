"""The house style is kept by tools, and the tools find nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [name for name in ("src", "tests", "benchmarks") if any((ROOT / name).rglob("*.py"))]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

TOOLS = {
    "ruff check": ["-m", "ruff", "check", "--no-cache", *FOLDERS, "conftest.py"],
    "ruff format": ["-m", "ruff", "format", "--no-cache", "--check", *FOLDERS, "conftest.py"],
    "mypy strict": ["-m", "mypy", "src"],
    "import-linter": ["-c", LINT_IMPORTS, "--no-cache"],
    "interrogate": ["-m", "interrogate", "--quiet", "src"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_finds_nothing(tool: str) -> None:
    """Lint, format, types, import layers and docstrings are clean over everything that is ours."""
    run = subprocess.run([sys.executable, *TOOLS[tool]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{tool}:\n{run.stdout}\n{run.stderr}"
