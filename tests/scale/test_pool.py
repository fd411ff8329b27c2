"""Results come in order, and nothing goes on working when it is no longer wanted."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest

from weighbridge.scale.pool import Cancelled, pool_of


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    """A slow item holds its place."""

    def work(item: int) -> int:
        time.sleep(0.002 * (item % 3))
        return item * item

    with pool_of(threads) as pool:
        assert list(pool.in_order(work, range(40))) == [item * item for item in range(40)]


def test_no_more_is_begun_than_is_waited_for() -> None:
    """At most one more than the threads is under way or waiting to be fetched: memory stays bounded."""
    begun: list[int] = []
    with pool_of(2) as pool:
        results = pool.in_order(begun.append, range(100))
        for taken in range(1, 20):
            next(results)
            time.sleep(0.001)
            assert len(begun) <= taken + 3


def test_a_failure_stops_the_others() -> None:
    """The first failure in order travels on, and workers leave at their next check."""
    left = threading.Event()

    def work(item: int) -> None:
        if item == 0:
            raise ValueError("item 0")
        try:
            while True:
                pool.check()
                time.sleep(0.001)
        except Cancelled:
            left.set()
            raise

    with pytest.raises(ValueError, match="item 0"), pool_of(2) as pool:
        list(pool.in_order(work, range(10)))
    assert left.is_set()


def test_an_interrupt_of_the_consumer_stops_the_workers() -> None:
    """Ctrl-C while a result is used leaves no thread behind."""

    def work(item: int) -> int:
        while item > 1:
            pool.check()
            time.sleep(0.001)
        return item

    with suppress(KeyboardInterrupt), pool_of(2) as pool:
        assert next(pool.in_order(work, range(10))) == 0
        raise KeyboardInterrupt
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("weighbridge")]


def test_no_items_are_no_results() -> None:
    """Nothing to do is done."""
    with pool_of(3) as pool:
        assert list(pool.in_order(str, [])) == []
