"""How long work tells a screen how far it is, without knowing which screen."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "prefixed", "silent"]


class Progress(Protocol):
    """Called as ``progress(step, done, total)``; the last call of a step has done = total."""

    def __call__(self, step: str, done: int, total: int, /) -> None:
        """Hear that `done` of `total` pieces of a step are finished."""


def silent(step: str, done: int, total: int, /) -> None:
    """Say nothing."""


def prefixed(prefix: str, progress: Progress) -> Progress:
    """Return a progress that puts ``prefix: `` before every step."""

    def say(step: str, done: int, total: int, /) -> None:
        progress(f"{prefix}: {step}", done, total)

    return say
