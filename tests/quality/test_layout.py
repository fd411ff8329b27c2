"""The shape of the repository: small modules, mirrored tests, layers, and nothing left lying about."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "weighbridge"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST = 500
OUTWEIGH = 1.3

TESTED_ELSEWHERE = {
    "__init__.py": "tests/quality/test_public_api.py",
}
"""Modules without a test module of their own, and where their promises are kept or why there are none."""


def tracked() -> list[Path]:
    """Return the files under version control that are there."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Return name and text of every tracked file that is text."""
    found = []
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8")))
    return found


def lines(paths: list[Path]) -> int:
    """Count the lines of some files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def test_every_module_has_its_test_module() -> None:
    """src/weighbridge/a/b.py is tested by tests/a/test_b.py, or the table says where."""
    missing = []
    for module in MODULES:
        name = module.relative_to(SOURCE)
        if name.as_posix() in TESTED_ELSEWHERE or (name.name == "__init__.py" and lines([module]) == 1):
            continue
        stem = name.parent.name if name.name == "__init__.py" else name.stem
        folder = name.parent.parent if name.name == "__init__.py" else name.parent
        if not (ROOT / "tests" / folder / f"test_{stem}.py").is_file():
            missing.append(name.as_posix())
    assert missing == []


def test_the_table_of_exceptions_is_true() -> None:
    """Every exception is a module without a mirror, and the test module it names exists."""
    for name, where in TESTED_ELSEWHERE.items():
        module = SOURCE / name
        assert module.is_file()
        assert not (ROOT / "tests" / Path(name).parent / f"test_{module.stem}.py").exists()
        assert (ROOT / where).is_file() == where.startswith("tests/")


def test_no_module_is_too_long() -> None:
    """One idea a module fits into 500 lines, in the source and in the tests."""
    assert [path.relative_to(ROOT).as_posix() for path in (*MODULES, *TESTS) if lines([path]) > LONGEST] == []


def test_no_module_is_called_utils() -> None:
    """A module is named for its one idea."""
    vague = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert [path.name for path in (*MODULES, *TESTS) if vague & {path.stem, path.parent.name}] == []


@pytest.mark.parametrize("folder", ["criteria", "templates"])
def test_data_folders_hold_no_code(folder: str) -> None:
    """The library and the templates are data: editing them needs no programmer."""
    assert (ROOT / folder).is_dir()
    assert list((ROOT / folder).rglob("*.py")) == []


def test_tests_outweigh_the_source() -> None:
    """There are at least 1.3 lines of tests for a line of source."""
    assert lines(TESTS) >= OUTWEIGH * lines(MODULES)


def test_every_test_says_what_it_promises() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    """No tracked file carries a mark that something is unfinished, and the source has no stubs."""
    unfinished = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [name for name, text in texts() if unfinished.search(text)] == []
    assert [path.name for path in MODULES if "NotImplementedError" in path.read_text(encoding="utf-8")] == []


def test_no_machine_path_is_written_down() -> None:
    """Tracked files work on any machine: no home, no workplace, no environment of ours."""
    paths = re.compile(r"(?<![\w.})>-])/(?:work|root|home|Users)/|/tmp/" + r"venv|[A-Z]:\\Users")
    found = [
        f"{name}: {match[0]}" for name, text in texts() for line in text.splitlines() if (match := paths.search(line))
    ]
    assert found == []


def test_only_the_shared_data_may_be_skipped() -> None:
    """One skip is permitted, in the fixture of the shared data; every other test runs everywhere."""
    escapes = {"skip", "skipif", "xfail", "importorskip", "skipTest", "SkipTest"}
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(node)}"
        for path in (*TESTS, ROOT / "conftest.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in escapes
        and ast.unparse(node.value).split(".")[0] in ("pytest", "unittest", "self", "mark")
    ]
    assert found == ["tests/conftest.py: pytest.skip"]


def test_every_part_of_the_package_has_its_layer() -> None:
    """Each folder and module of the package stands in exactly one layer of the import contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contract = next(contract for contract in settings["contracts"] if contract["type"] == "layers")
    layered = [name.strip() for layer in contract["layers"] for name in layer.split(":")]
    parts = {path.stem for path in SOURCE.glob("*.py")} | {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert sorted(layered) == sorted(parts - {"__init__", "weighbridge", *contract["exhaustive_ignores"]})


def test_every_folder_of_the_package_is_a_package() -> None:
    """A folder without __init__ would escape the layers and the wheel's type information."""
    folders = {path.parent for path in MODULES}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
