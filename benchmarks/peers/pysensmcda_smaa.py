"""SMAA-TOPSIS by PySensMCDA, run in an environment of its own by `benchmarks/acceptability.py`.

Reads ``values``, ``types`` and ``weights`` from an npz file, prints the CPU seconds of one simulation
and writes the rank acceptabilities beside it. Importing and reading are not counted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from pymcdm.methods import TOPSIS
from pymcdm.normalizations import minmax_normalization
from pysensmcda.smaa import simulate


def main() -> None:
    """Simulate once."""
    given = Path(sys.argv[1])
    data = np.load(given)
    start = time.process_time()
    result = simulate(
        TOPSIS(minmax_normalization), data["values"], data["types"], weights=data["weights"], store="accumulate"
    )
    seconds = time.process_time() - start
    np.save(given.with_suffix(".out.npy"), result.rank_counts / result.n_samples)
    print(seconds)


if __name__ == "__main__":
    main()
