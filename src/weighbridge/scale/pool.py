"""Work on pieces in threads, results in order, and a quick end when something goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import TypeVar

__all__ = ["Cancelled", "Pool", "pool_of"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Cancelled(Exception):  # noqa: N818 - nothing is wrong: the work is no longer wanted
    """Raised inside a worker whose work nobody waits for any more."""


class Pool:
    """Threads that work on pieces; results come in the order of the pieces."""

    def __init__(self, executor: ThreadPoolExecutor, threads: int) -> None:
        self._executor = executor
        self._stop = Event()
        self.threads = threads

    def check(self) -> None:
        """Leave the work, inside a worker, where it is no longer wanted.

        Raises
        ------
        Cancelled
            After `stop`.
        """
        if self._stop.is_set():
            raise Cancelled

    def stop(self) -> None:
        """Ask every worker to leave its work at the next `check`."""
        self._stop.set()

    def in_order(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``work(item)`` in the items' order; at most one more than the threads is under way."""
        waiting = iter(items)
        pending: deque[Future[Result]] = deque(
            self._executor.submit(work, item) for item in islice(waiting, self.threads + 1)
        )
        while pending:
            result = pending.popleft().result()
            pending.extend(self._executor.submit(work, item) for item in islice(waiting, 1))
            yield result


@contextmanager
def pool_of(threads: int) -> Iterator[Pool]:
    """Open a pool; an exception (Ctrl-C too) stops the workers before it travels on."""
    executor = ThreadPoolExecutor(threads, thread_name_prefix="weighbridge")
    pool = Pool(executor, threads)
    try:
        yield pool
    finally:
        pool.stop()
        executor.shutdown(wait=True, cancel_futures=True)
