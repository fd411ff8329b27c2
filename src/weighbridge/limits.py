"""Every bound on what is accepted from outside, in one place.

The figures are generous for real studies and small enough that a hostile file is refused
before it costs memory or time.
"""

from __future__ import annotations

from typing import Final

DOCUMENT_BYTES: Final = 4 * 1024 * 1024
"""Size of one YAML or JSON document."""

DOCUMENT_DEPTH: Final = 32
"""Nesting of one YAML or JSON document."""

DOCUMENT_NODES: Final = 200_000
"""Number of values in one YAML or JSON document."""

TABLE_BYTES: Final = 2 * 1024**3
"""Size of one table file."""

WORKBOOK_UNPACKED_BYTES: Final = 512 * 1024 * 1024
"""Unpacked size of one xlsx workbook: a small file can unpack to gigabytes."""

FAULTS_SHOWN: Final = 20
"""How many faults of one kind are listed before the rest is only counted."""

EXACT_SHAPLEY_CRITERIA: Final = 14
"""Up to this many criteria Shapley contributions are exact; above, they are sampled and say so."""
