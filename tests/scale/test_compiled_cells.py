"""The compiled loops find and count exactly what the numpy ones do."""

from __future__ import annotations

import numpy as np
import pytest
from tests.scale.samples import COLUMNS, column

from weighbridge.scale import cells as module
from weighbridge.scale.cells import Knots, count_cells
from weighbridge.scale.compiled_cells import count, find


@pytest.mark.parametrize("kind", COLUMNS)
def test_numba_and_numpy_agree(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Knots found, counts and sums of places are the same to the last bit on every kind of column."""
    values = column(kind, 3_000) + 0.0
    inner = np.append(np.linspace(-3, 3, 50), values[::97])
    inner = inner[(inner > values.min()) & (inner < values.max())]
    knots = Knots.of(np.unique(np.concatenate([[values.min(), values.max()], inner])) + 0.0)
    lookup = knots.low, knots.scale, knots.first
    monkeypatch.setattr(module, "use_numba", lambda rows: False)
    plain = count_cells(values, knots)
    np.testing.assert_array_equal(find(values, knots.values, *lookup), knots.find(values))
    fast = count(values, knots.values, knots.widths, *lookup)
    for one, other in zip(fast, (plain.at, plain.within, plain.places), strict=True):
        assert one.tobytes() == other.tobytes()
    monkeypatch.setattr(module, "use_numba", lambda rows: True)
    chosen = count_cells(values, knots)
    assert chosen.places.tobytes() == plain.places.tobytes()
    assert knots.find(values).tobytes() == find(values, knots.values, *lookup).tobytes()
