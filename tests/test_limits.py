"""Limits: every bound is a positive whole number, explained, and really kept somewhere."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest

from weighbridge import limits

NAMES = sorted(name for name in vars(limits) if name.isupper())


def explained() -> set[str]:
    """Return the names that a docstring follows."""
    body = ast.parse(Path(limits.__file__).read_text(encoding="utf-8")).body
    return {
        first.target.id
        for first, second in itertools.pairwise(body)
        if isinstance(first, ast.AnnAssign)
        and isinstance(first.target, ast.Name)
        and isinstance(second, ast.Expr)
        and isinstance(second.value, ast.Constant)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_a_positive_whole_number(name: str) -> None:
    """A limit of zero would refuse everything, a fraction would compare by luck."""
    value = getattr(limits, name)
    assert type(value) is int
    assert value > 0


def test_every_limit_is_explained() -> None:
    """Each one has a sentence below it that says what it bounds."""
    assert explained() == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_is_kept_by_some_module(name: str) -> None:
    """A bound that no module asks for protects nothing."""
    package = Path(limits.__file__).parent
    users = [path for path in package.rglob("*.py") if f"limits.{name}" in path.read_text(encoding="utf-8")]
    assert users
