"""Runs every example of the documents and docstrings, and asks full runs for full coverage."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

_HOME = "__home"
_FOLDER = "__folder"


def enter_folder(namespace: dict[str, Any]) -> None:
    """Give a document an empty working folder of its own: what an example writes, later ones read."""
    namespace[_HOME] = Path.cwd()
    namespace[_FOLDER] = tempfile.TemporaryDirectory(prefix="weighbridge-docs-")
    os.chdir(namespace[_FOLDER].name)


def leave_folder(namespace: dict[str, Any]) -> None:
    """Go back and leave nothing behind."""
    os.chdir(namespace[_HOME])
    namespace[_FOLDER].cleanup()


def titled_files(document: Document) -> Iterator[Region]:
    """Find fenced blocks that show a file, ```` ```csv title=molecules.csv ````, and write that file."""
    for match in re.finditer(r"^```\w+ title=(\S+)\n(.*?)^```$", document.text, re.MULTILINE | re.DOTALL):
        yield Region(match.start(), match.end(), (match[1], match[2]), write_file)


def write_file(example: Example) -> None:
    """Write one shown file into the document's folder."""
    name, text = example.parsed
    Path(name).write_text(text, encoding="utf-8")


def commands(document: Document) -> Iterator[Region]:
    """Find the ``weighbridge`` command lines of the shell blocks."""
    for block in re.finditer(r"^```(?:bash|sh|console)\n(.*?)^```$", document.text, re.MULTILINE | re.DOTALL):
        for line in re.finditer(r"^(?:\$ )?weighbridge (.*)$", block[1], re.MULTILINE):
            start = block.start(1) + line.start()
            yield Region(start, start + len(line[0]), line[1], run_command)


def run_command(example: Example) -> str | None:
    """Run one command line as a user would; any exit code but 0 is a failure."""
    arguments = shlex.split(example.parsed, comments=True)
    run = subprocess.run([sys.executable, "-m", "weighbridge", *arguments], capture_output=True, text=True, check=False)
    return None if run.returncode == 0 else f"weighbridge {example.parsed}\n{run.stdout}{run.stderr}"


documents = Sybil(
    parsers=[PythonCodeBlockParser(), titled_files, commands],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=enter_folder,
    teardown=leave_folder,
)
docstrings = Sybil(
    parsers=[DocTestParser()],
    patterns=["*.py"],
    path="src",
    document_types={".py": PythonDocStringDocument},
)

pytest_collect_file = (documents + docstrings).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """Lift the coverage floor of pyproject.toml from runs of a part of the tests."""
    coverage = config.pluginmanager.getplugin("_cov")
    full = config.args_source == pytest.Config.ArgsSource.TESTPATHS and not config.getoption("keyword")
    if coverage is not None and not full and config.getoption("cov_fail_under") is None:
        coverage.options.cov_fail_under = 0
