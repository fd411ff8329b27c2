"""A process that ranks a library, to be killed: python interrupted.py FOLDER METHOD PAUSE [LARGEST FILE]."""

from __future__ import annotations

import resource
import signal
import sys
import time
from pathlib import Path

from tests.scale.libraries import library, plan

from weighbridge.errors import InputError
from weighbridge.scale import layout, local

# A parent that works in the background has its children ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder, method, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
layout.PIECE_ROWS = 250
if len(sys.argv) > 4:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))


def progress(what: str, done: int, total: int) -> None:
    """Print each step, so that the parent knows when to strike."""
    sys.stdout.write(f"{what}: {done}\n")
    sys.stdout.flush()
    time.sleep(pause)


try:
    result = local.rank_library(
        library(folder / "library.parquet"), plan(method, "minmax"), folder / "out" / "o.parquet", progress=progress
    )
except InputError as error:
    sys.stdout.write(f"InputError {error}\n")
    sys.exit(2)
sys.stdout.write("; ".join(result.notes) + "\n")
