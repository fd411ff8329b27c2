"""Stages and models whose worker is killed once, while it works."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weighbridge.core.arrays import Floats
from weighbridge.scale.protocols import Stage


def die_once(flag: Path) -> None:
    """Kill this process as the system would, unless that has happened."""
    try:
        flag.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DeadlyModel:
    """A model whose first batch kills its worker."""

    model: Any
    flag: Path

    @property
    def bound(self) -> float:
        """The model's."""
        return float(self.model.bound)

    def score(self, values: Floats) -> Floats:
        """Die once, then score."""
        die_once(self.flag)
        scores: Floats = self.model.score(values)
        return scores


@dataclass(frozen=True)
class DeadlyStage:
    """A stage whose first batch kills its worker, as does the model it ends in."""

    stage: Any
    folder: Path

    @property
    def title(self) -> str:
        """The stage's."""
        return str(self.stage.title)

    def summarise(self, values: Floats) -> Any:
        """Die once, then summarise."""
        die_once(self.folder / type(self.stage).__name__)
        return self.stage.summarise(values)

    def merge(self, one: Any, other: Any) -> Any:
        """Merge."""
        return self.stage.merge(one, other)

    def finish(self, summary: Any) -> Any:
        """Return what comes next, deadly too."""
        following = self.stage.finish(summary)
        if isinstance(following, Stage):
            return DeadlyStage(following, self.folder)
        return DeadlyModel(following, self.folder / "model")
