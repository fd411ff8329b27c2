"""The door to the indicators: what other layers may import, and no more."""

from __future__ import annotations

import inspect

import pytest

from weighbridge.evidence import indicators
from weighbridge.evidence.indicators import INDICATORS, Indicator
from weighbridge.evidence.library import load_library


def test_every_exported_name_is_there_and_described() -> None:
    """All names of the door exist, sorted, each with words of its own."""
    assert list(indicators.__all__) == sorted(indicators.__all__, key=lambda name: (not name.isupper(), name))
    for name in indicators.__all__:
        found = getattr(indicators, name)
        assert name == "INDICATORS" or inspect.getdoc(found)


def test_the_table_is_read_only_and_keyed_by_id() -> None:
    """Nobody adds an indicator in passing; each stands under its own id."""
    with pytest.raises(TypeError):
        INDICATORS["mine"] = Indicator("mine")  # type: ignore[index]
    assert all(name == indicator.id for name, indicator in INDICATORS.items())


def test_every_indicator_can_be_computed_in_one_way_at_each_door() -> None:
    """It has a reading of sources, values of molecules, or both, and never two ways to a molecule's value."""
    for indicator in INDICATORS.values():
        assert indicator.of_sources or indicator.of_molecules
        assert not (indicator.molecules and indicator.compared)
        assert not ((indicator.molecules or indicator.compared) and indicator.records)


def test_indicators_and_library_name_the_same_things() -> None:
    """What is computed is described, and what is described, but for models' scores, is computed."""
    described = {name for name, criterion in load_library().items() if criterion.group != "model-score"}
    assert set(INDICATORS) == described
