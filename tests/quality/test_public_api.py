"""The public face: these names, found lazily, and a command line that starts at once."""

from __future__ import annotations

import ast
import importlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import weighbridge

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "pandas", "scipy", "pymcdm", "matplotlib", "pydantic", "rich", "rdkit", "sklearn", "openpyxl")
HELP_SECONDS = 0.15

DOCUMENTED = [
    "Comparisons",
    "Criterion",
    "DecisionMatrix",
    "InputError",
    "Preference",
    "Study",
    "WeighbridgeError",
    "Weights",
    "__version__",
    "acceptability",
    "aggregate_ranks",
    "combine",
    "consensus",
    "methods",
    "objective_weights",
    "rank",
    "rank_correlation",
    "smallest_change",
    "stability_intervals",
    "write_report",
]


def environment() -> dict[str, str]:
    """Return an environment in which a child process measures only itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "PYTHON"))}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a fresh process."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment(), cwd=ROOT
    )


def imported(*arguments: str) -> set[str]:
    """Return the top-level packages that a fresh process imports."""
    report = python("-X", "importtime", *arguments).stderr
    rows = [line.rsplit("|", 1)[1].strip() for line in report.splitlines() if line.startswith("import time:")]
    return {row.split(".")[0] for row in rows}


def test_the_public_names_are_the_documented_ones() -> None:
    """Nothing is added to the public API, or taken from it, by accident."""
    assert weighbridge.__all__ == DOCUMENTED


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_public_name_resolves(name: str) -> None:
    """Each name is there, listed by dir(), and the object its home module calls by that name."""
    value = getattr(weighbridge, name)
    assert name in dir(weighbridge)
    if name == "methods":
        assert value() is importlib.import_module(weighbridge._HOMES[name]).methods()
    elif name in weighbridge._HOMES:
        assert value is getattr(importlib.import_module(weighbridge._HOMES[name]), name)
    else:
        assert name == "__version__"


def test_public_names_are_found_when_first_used() -> None:
    """A fresh import binds none of them; asking for one binds it."""
    code = (
        "import weighbridge as w; lazy = [n for n in w._HOMES if n in vars(w)]; "
        "w.InputError; print(lazy, 'InputError' in vars(w))"
    )
    assert python("-c", code).stdout.strip() == "[] True"


@pytest.mark.parametrize("first", ["methods", "rank", "Comparisons"])
def test_the_table_of_methods_answers_whatever_was_used_first(first: str) -> None:
    """The package `weighbridge.methods` and the function of that name do not hide each other."""
    code = f"import weighbridge as w; w.{first}; import weighbridge.methods.topsis; print('topsis' in w.methods())"
    assert python("-c", code).stdout.strip() == "True"


def test_type_checkers_see_the_same_homes() -> None:
    """The imports for type checkers name the module that is used at run time, for every name."""
    tree = ast.parse(Path(weighbridge.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == weighbridge._HOMES


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A typing mistake fails as in any other module."""
    with pytest.raises(AttributeError, match="module 'weighbridge' has no attribute 'rnak'"):
        _ = weighbridge.rnak


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import weighbridge` costs no numerical library."""
    assert imported("-c", "import weighbridge") & set(HEAVY) == set()


def test_asking_for_help_loads_nothing_heavy() -> None:
    """`weighbridge --help` is answered without a numerical, plotting or table library."""
    packages = imported("-m", "weighbridge", "--help")
    assert "click" in packages
    assert packages & set(HEAVY) == set()


def seconds(*arguments: str) -> float:
    """Return the processor time of one child process, user and system."""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment(), cwd=ROOT
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert isinstance(usage, resource.struct_rusage)
    return usage.ru_utime + usage.ru_stime


def test_asking_for_help_is_quick() -> None:
    """The best of five runs of `weighbridge --help` takes less than 0.15 s of processor time."""
    assert min(seconds("-m", "weighbridge", "--help") for _ in range(5)) < HELP_SECONDS


def test_the_version_is_that_of_the_distribution() -> None:
    """The package, pyproject.toml and the command line tell the same version."""
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{weighbridge.__version__}"' in declared
    assert weighbridge.__version__ in python("-m", "weighbridge", "--version").stdout


def test_the_changelog_begins_with_what_is_in_the_tree() -> None:
    """The first section is the version in the tree, or what is not released yet."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("## "))
    assert first.split()[1].strip("[]") in (weighbridge.__version__, "Unreleased")
