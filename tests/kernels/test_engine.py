"""Which engine and how many threads: sizes, the environment, numba's absence, order and failure of threads."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from tests.kernels.brute import plain

from weighbridge.errors import InputError
from weighbridge.kernels import engine
from weighbridge.kernels.engine import (
    LARGE_ROWS,
    THREADS_VARIABLE,
    compiled,
    have_numba,
    ordered_map,
    thread_count,
    use_numba,
)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget what was found out about numba, before and after."""
    have_numba.cache_clear()
    engine._mention_absence.cache_clear()
    yield
    have_numba.cache_clear()
    engine._mention_absence.cache_clear()


@pytest.fixture
def no_numba(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    """Make numba impossible to import."""
    monkeypatch.setitem(sys.modules, "numba", None)


def test_numba_works_on_large_tables_and_on_many_small_ones() -> None:
    """The choice depends on the rows and on how often they are gone through, and on nothing else."""
    assert [use_numba(LARGE_ROWS - 1), use_numba(LARGE_ROWS)] == [False, True]
    assert [use_numba(100, repeats=LARGE_ROWS // 100 - 1), use_numba(100, repeats=LARGE_ROWS // 100)] == [False, True]


def test_small_tables_do_not_import_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing it costs half a second, which a small table should not pay."""
    monkeypatch.setattr(engine, "have_numba", lambda: pytest.fail("asked for numba"))
    assert not use_numba(10)


@pytest.mark.usefixtures("no_numba")
def test_the_absence_of_numba_is_mentioned_once_and_only_for_large_tables(caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log says what it costs and what to install."""
    with caplog.at_level(logging.WARNING, logger="weighbridge"):
        assert not use_numba(10)
        assert caplog.messages == []
        assert not use_numba(LARGE_ROWS)
        assert not use_numba(LARGE_ROWS)
    assert len(caplog.messages) == 1
    assert "pip install 'weighbridge[fast]'" in caplog.messages[0]


@pytest.mark.usefixtures("no_numba")
def test_a_kernel_stays_a_python_function_without_numba() -> None:
    """The module can be imported, and does the same work."""

    def double(x: int) -> int:
        return 2 * x

    assert compiled(double) is double
    assert not have_numba()


@pytest.mark.usefixtures("fresh")
def test_a_numba_that_does_not_fit_numpy_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its import fails by an ImportError, or leaves a module without its compiler."""
    monkeypatch.setitem(sys.modules, "numba", type(sys)("numba"))
    assert not have_numba()


def test_a_kernel_is_compiled_and_keeps_its_python_function() -> None:
    """With numba the function runs without the interpreter, and the source can still be run by it."""
    from weighbridge.kernels.compiled_windows import units

    assert plain(units) is not units
    assert plain(units)(3.5, 2.0, 1.0) == units(3.5, 2.0, 1.0) == (7, 0)


@pytest.mark.usefixtures("fresh")
def test_a_kernel_is_compiled_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be written costs the time to compile, not the result."""
    import numba

    real, asked = numba.njit, []

    def njit(**options: object) -> object:
        asked.append(options.get("cache", False))
        if options.get("cache"):
            raise RuntimeError("no locator available")
        return real(**options)

    monkeypatch.setattr(numba, "njit", njit)
    assert compiled(abs_of)(-2.0) == 2.0
    assert asked == [True, False]


def abs_of(x: float) -> float:
    """Return |x|."""
    return x if x > 0 else -x


def test_threads_are_the_cores_granted_to_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of the machine, where the system can tell; otherwise those, and one at least."""
    monkeypatch.delenv(THREADS_VARIABLE, raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {1, 4, 6}, raising=False)
    assert thread_count() == 3
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert thread_count() == 8
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert thread_count() == 1


def test_the_environment_sets_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number, with blanks around it or not; empty means unset."""
    monkeypatch.setenv(THREADS_VARIABLE, " 7 ")
    assert thread_count() == 7
    monkeypatch.setenv(THREADS_VARIABLE, "")
    assert thread_count() >= 1


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_threads_is_refused_by_name(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable, what it holds and what it may hold."""
    monkeypatch.setenv(THREADS_VARIABLE, wrong)
    with pytest.raises(InputError, match=f"{THREADS_VARIABLE}.*'{wrong}'.*whole number from 1"):
        thread_count()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    """However long each one takes."""
    turns = [threading.Event() for _ in range(6)]

    def work(item: int) -> int:
        if threads > 1 and item % 2 == 0 and item < 5:
            assert turns[item + 1].wait(20)
        turns[item].set()
        return item * item

    assert list(ordered_map(work, range(6), threads)) == [0, 1, 4, 9, 16, 25]


def test_results_do_not_pile_up() -> None:
    """No more than threads + 1 are worked on before one is taken."""
    started = []
    results = ordered_map(started.append, range(100), 2)
    next(results)
    assert len(started) <= 4
    results.close()  # type: ignore[attr-defined]
    assert len(started) <= 4


@pytest.mark.parametrize("threads", [1, 3])
def test_a_failure_reaches_the_caller(threads: int) -> None:
    """An error in a thread is the caller's error."""

    def fail(item: int) -> int:
        raise InputError(f"item {item}")

    with pytest.raises(InputError, match="item 0"):
        list(ordered_map(fail, range(4), threads))
