"""Published and constructed cases kept as data: every figure of every file comes out of the adapter."""

from __future__ import annotations

import copy
import json
import math
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.published.adapter import solve

from weighbridge.errors import ConventionWarning

FOLDER = Path(__file__).parent / "cases"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def plain(value: Any) -> Any:
    """Return arrays and tuples as lists, keys as text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def differences(found: Any, expected: Any, absolute: float, relative: float, path: str) -> list[str]:
    """Return where two values differ by more than the tolerance; only the expected keys of a mapping count."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path}: {found!r} is no mapping"]
        missing = [f"{path}.{key}: missing" for key in expected if key not in found]
        return missing + [
            text
            for key, value in expected.items()
            if key in found
            for text in differences(found[key], value, absolute, relative, f"{path}.{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{path}: {found!r} is not {len(expected)} long"]
        return [
            text
            for k, (own, value) in enumerate(zip(found, expected, strict=True))
            for text in differences(own, value, absolute, relative, f"{path}[{k}]")
        ]
    if expected is None:
        undefined = found is None or (isinstance(found, float) and math.isnan(found))
        return [] if undefined else [f"{path}: {found!r} is not undefined"]
    if isinstance(expected, (bool, str)):
        return [] if found == expected else [f"{path}: {found!r} is not {expected!r}"]
    if found is None or abs(found - expected) > absolute + relative * abs(expected):
        return [f"{path}: {found!r} is not {expected!r}"]
    return []


def faults_of(case: dict[str, Any]) -> list[str]:
    """Return every figure of a case that does not come out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConventionWarning)
        found = plain(solve(case["method"], copy.deepcopy(case["inputs"])))
    faults = []
    for key, expected in case["expected"].items():
        allowed = case["tolerance"].get(key, case["tolerance"]["default"])
        absolute, relative = allowed.get("abs", 0.0), allowed.get("rel", 0.0)
        faults += differences(found.get(key), expected, absolute, relative, key)
    return faults


@pytest.mark.parametrize("name", CASES)
def test_every_figure_comes_out(name: str) -> None:
    """All expected keys are answered, within the tolerance of the case."""
    assert faults_of(CASES[name]) == []


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_it_is(name: str) -> None:
    """Every file has a source, at least one figure, and a unique id."""
    case = CASES[name]
    assert set(case) == {"id", "method", "source", "inputs", "expected", "tolerance"}
    assert case["source"]
    assert case["expected"]
    assert [one["id"] for one in CASES.values()].count(case["id"]) == 1


@pytest.mark.parametrize("name", CASES)
def test_the_comparison_notices_a_wrong_figure(name: str) -> None:
    """A figure moved by more than its tolerance is a fault, so no case passes unseen."""
    case = copy.deepcopy(CASES[name])
    for key, value in case["expected"].items():
        case["expected"][key] = _moved(value)
    assert faults_of(case)


def _moved(value: Any) -> Any:
    """Return a value in which every number, word and truth is another one."""
    if isinstance(value, dict):
        return {key: _moved(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_moved(part) for part in value]
    if isinstance(value, bool):
        return not value
    if value is None:
        return 0.0
    return value + "?" if isinstance(value, str) else value + 0.5 + abs(value)


@pytest.mark.parametrize(
    ("found", "expected", "fault"),
    [
        ({"a": 1.0}, {"a": 1.0, "b": 2.0}, "x.b: missing"),
        ([1.0], [1.0, 2.0], "x: [1.0] is not 2 long"),
        (1.0, None, "x: 1.0 is not undefined"),
        (None, 1.0, "x: None is not 1.0"),
        (True, False, "x: True is not False"),
        ("P+", "P-", "x: 'P+' is not 'P-'"),
        (1.0, {"a": 1.0}, "x: 1.0 is no mapping"),
        (1.1, 1.0, "x: 1.1 is not 1.0"),
    ],
)
def test_the_comparison_words_what_differs(found: Any, expected: Any, fault: str) -> None:
    """Missing keys, other lengths, undefined values and words are told apart."""
    assert differences(found, expected, 0.05, 0.0, "x") == [fault]


def test_undefined_is_none_or_nan() -> None:
    """A figure that is undefined may come as either."""
    assert differences(math.nan, None, 0, 0, "x") == []
    assert differences(None, None, 0, 0, "x") == []


def test_methods_of_later_issues_say_so() -> None:
    """The case format asks for NotImplementedError where a method is not delivered."""
    for method in ("smaa2.exact", "bland_altman", "bwm", "ahp.unheard_of"):
        with pytest.raises(NotImplementedError):
            solve(method, {})
