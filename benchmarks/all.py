"""Every benchmark, one after another, with what the machine is. Takes about half an hour at full size.

``python benchmarks/all.py`` runs everything at full size, ``--quick`` smaller tables in a few minutes.
``--peer-python PATH`` names the Python of an environment that holds pysensmcda, whose pins clash.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent

FULL = {
    "promethee": ["--full"],
    "topsis": [],
    "acceptability": [],
    "stability": ["--repeats", "5"],
    "scale": ["--rows", "10000000", "--repeats", "5"],
}
QUICK = {
    "promethee": ["--rows", "100000", "--most", "100000"],
    "topsis": ["--rows", "1000000"],
    "acceptability": ["--rows", "2000", "--samples", "2000"],
    "stability": ["--rows", "100000"],
    "scale": ["--rows", "1000000", "--repeats", "3"],
}


def machine() -> str:
    """Say on what the figures were measured."""
    names = [line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pyarrow", "duckdb"))
    cpu = names[0] if names else platform.processor()
    return f"{len(names) or os.cpu_count()} × {cpu}, {memory:.0f} GB; Python {platform.python_version()}, {packages}"


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def main() -> None:
    """Run every benchmark in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller tables")
    parser.add_argument("--peer-python", help="the Python of an environment with pysensmcda")
    options = parser.parse_args()
    print(machine(), flush=True)
    failed = []
    for name, arguments in (QUICK if options.quick else FULL).items():
        peers = ["--peer-python", options.peer_python] if options.peer_python and name == "acceptability" else []
        print(f"\n== {name} {' '.join(arguments)}", flush=True)
        if subprocess.run([sys.executable, str(HERE / f"{name}.py"), *arguments, *peers], check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
