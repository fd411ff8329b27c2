"""Which engine does the work: numpy or numba, on how many threads.

The choice depends on the size of the table and on what is installed, never on what ran before, and
results do not depend on the number of threads: the work is cut the same way for any number of them,
and parts are put together in their own order.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, ParamSpec, TypeVar

from weighbridge.errors import Fault, InputError

__all__ = ["LARGE_ROWS", "THREADS_VARIABLE", "compiled", "have_numba", "ordered_map", "thread_count", "use_numba"]

LARGE_ROWS: Final = 100_000
"""From this many rows on numba is worth its start: importing it and its cached code takes about a second."""

THREADS_VARIABLE: Final = "WEIGHBRIDGE_THREADS"
"""Environment variable with the number of threads to use; unset means every core this process may run on."""

_logger: Final = logging.getLogger("weighbridge")

Arguments = ParamSpec("Arguments")
Item = TypeVar("Item")
Result = TypeVar("Result")


@cache
def have_numba() -> bool:
    """Return whether numba can be imported here; it may be there and not fit numpy's version."""
    try:
        import numba
    except ImportError:
        return False
    return hasattr(numba, "njit")


def use_numba(rows: int, *, repeats: int = 1) -> bool:
    """Return whether a table of so many rows is worked on by numba.

    Parameters
    ----------
    rows
        Rows of the table.
    repeats
        How often the caller will do the same work, so that many draws of a small table count as a
        large one. It is a number the caller knows beforehand, so that the choice is reproducible.

    Notes
    -----
    The first large table that has to do without numba is mentioned once in the log ``weighbridge``.
    """
    if rows * repeats < LARGE_ROWS:
        return False
    if not have_numba():
        _mention_absence()
        return False
    return True


@cache
def _mention_absence() -> None:
    _logger.warning(
        "numba is not installed, so large tables take about three times as long with the same results; "
        "pip install 'weighbridge[fast]' brings it"
    )


def thread_count() -> int:
    """Return how many threads to use: `THREADS_VARIABLE`, or the cores this process may run on.

    Raises
    ------
    InputError
        If the variable is set to anything but a whole number from 1.
    """
    wanted = os.environ.get(THREADS_VARIABLE, "").strip()
    if not wanted:
        # The cores of the machine are not ours to use where a container or a scheduler grants fewer.
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not wanted.isdecimal() or int(wanted) < 1:
        raise InputError(
            Fault(
                "the number of threads is not a number",
                place=f"environment variable {THREADS_VARIABLE}",
                found=repr(wanted),
                expected="a whole number from 1, or unset for every core",
            )
        )
    return int(wanted)


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function by numba, without the interpreter's lock; without numba it stays as it is.

    The machine code is kept beside the source, or in numba's own folder; where neither can be
    written it is compiled once a process.
    """
    if not have_numba():
        return function
    import numba

    options = {"nogil": True, "error_model": "numpy"}
    try:
        fast: Callable[Arguments, Result] = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        fast = numba.njit(**options)(function)
    return fast


def ordered_map(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of the items, computed on several threads.

    At most ``threads + 1`` results wait to be taken, so memory does not grow with the items. With
    one thread nothing is started.
    """
    if threads == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="weighbridge")
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
