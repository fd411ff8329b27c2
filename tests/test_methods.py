"""The package of the methods, which answers the call of the function that shares its name."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import weighbridge as wb
from weighbridge.methods import registry


def test_the_package_answers_like_the_function() -> None:
    """`weighbridge.methods()` is the table, whether the name is bound to the package or to the function."""
    package = importlib.import_module("weighbridge.methods")
    assert package() is registry.methods()
    assert wb.methods() is registry.methods()


def test_the_package_is_still_a_package() -> None:
    """Its modules can be imported and it says what it is for."""
    package = importlib.import_module("weighbridge.methods")
    assert importlib.import_module("weighbridge.methods.topsis").__package__ == "weighbridge.methods"
    assert package.__doc__.startswith("Matrix and weights to a ranking")
    with pytest.raises(TypeError):
        package("topsis")


@pytest.mark.parametrize(
    "first", ["import weighbridge.methods.vikor", "from weighbridge.methods import select", "import weighbridge"]
)
def test_the_call_works_in_a_fresh_interpreter(first: str) -> None:
    """Whatever was imported first, nothing needs to be imported for the call."""
    code = f"{first}; import weighbridge; print(len(weighbridge.methods()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{len(wb.methods())}\n"
