"""Indicators: what a source's records, context, model and bridging compounds say of it."""

from weighbridge.evidence.indicators.pooling import MoleculeReadings
from weighbridge.evidence.indicators.registry import (
    INDICATORS,
    Indicator,
    card_conflicts,
    read_molecules,
    read_part,
    read_source,
)

__all__ = [
    "INDICATORS",
    "Indicator",
    "MoleculeReadings",
    "card_conflicts",
    "read_molecules",
    "read_part",
    "read_source",
]
