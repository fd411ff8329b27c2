"""The work folder keeps finished steps for exactly the same work, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from weighbridge.errors import InputError
from weighbridge.scale.resume import WorkFolder, work_folder


class PowerCutError(Exception):
    """What ends a run in these tests."""


def interrupted(output: Path, content: dict[str, object]) -> Path:
    """Leave a work folder behind that has one finished step."""
    with suppress(PowerCutError), work_folder(output, content) as work:
        work.keep("stage-0", np.arange(3))
        raise PowerCutError
    return work.path


def test_a_finished_run_leaves_no_folder(tmp_path: Path) -> None:
    """What was kept for resuming goes when the work is done."""
    with work_folder(tmp_path / "out.parquet", {"a": 1}) as work:
        work.keep("stage-0", np.arange(3))
        assert work.path == tmp_path / "out.parquet.part"
        assert work.notes == ()
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_is_gone_on_with(tmp_path: Path) -> None:
    """The same content finds what was saved, and says that it did."""
    interrupted(tmp_path / "out", {"a": 1})
    with work_folder(tmp_path / "out", {"a": 1}) as work:
        stored = work.kept("stage-0")
        assert stored is not None
        assert stored.tolist() == [0, 1, 2]
        assert "interrupted run" in work.notes[0]


@pytest.mark.parametrize(("content", "resume", "reason"), [({"a": 2}, True, "changed"), ({"a": 1}, False, "as asked")])
def test_other_work_starts_anew_and_says_so(
    tmp_path: Path, content: dict[str, object], resume: bool, reason: str
) -> None:
    """Steps of another library or plan are discarded, whole folders too; so are all when asked."""
    path = interrupted(tmp_path / "out", {"a": 1})
    (path / "spill").mkdir()
    (path / "spill" / "x").write_text("1")
    with work_folder(tmp_path / "out", content, resume=resume) as work:
        assert work.kept("stage-0") is None
        assert reason in work.notes[0]
        assert sorted(entry.name for entry in path.iterdir()) == ["key.json", "lock"]


def test_the_remains_of_a_killed_writer_are_swept_out(tmp_path: Path) -> None:
    """A temporary file of a process that was killed does not stay."""
    path = interrupted(tmp_path / "out", {"a": 1})
    (path / ".stage-1.npz.abc").write_text("half")
    with work_folder(tmp_path / "out", {"a": 1}):
        assert not (path / ".stage-1.npz.abc").exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a zip", b"nonsense"])
def test_a_damaged_step_is_done_again(tmp_path: Path, damage: bytes) -> None:
    """A file that a power cut left empty or half counts as not there."""
    work = WorkFolder(tmp_path)
    assert work.kept("stage-0") is None
    work.keep("stage-0", np.arange(3))
    work.file("stage-0.npz").write_bytes(damage)
    assert work.kept("stage-0") is None


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    """A work folder cannot run code: arrays of objects count as damaged."""
    work = WorkFolder(tmp_path)
    with work.file("stage-0.npz").open("wb") as stream:
        np.savez(stream, a=np.array([object()], dtype=object))
    assert work.kept("stage-0") is None


def test_a_folder_that_is_not_ours_stays_untouched(tmp_path: Path) -> None:
    """A folder of that name with other things in it is refused, not emptied."""
    (tmp_path / "out.part").mkdir()
    (tmp_path / "out.part" / "thesis.docx").write_text("ten years")
    with pytest.raises(InputError, match="a folder is in the way"), work_folder(tmp_path / "out", {}):
        pass
    assert (tmp_path / "out.part" / "thesis.docx").read_text() == "ten years"


def test_a_failure_before_any_step_leaves_nothing(tmp_path: Path) -> None:
    """There is nothing to go on from, so no folder is left beside the output."""
    with pytest.raises(PowerCutError), work_folder(tmp_path / "out", {}):
        raise PowerCutError
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    """The second process hears that the first is at work, and disturbs nothing."""
    code = (
        "import sys; from pathlib import Path; from weighbridge.scale.resume import work_folder\n"
        "try:\n with work_folder(Path(sys.argv[1]), {}): pass\nexcept Exception as error: print(error)"
    )
    with work_folder(tmp_path / "out", {"a": 1}) as work:
        work.keep("stage-0", np.arange(3))
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "out")], capture_output=True, text=True, check=True
        )
        assert "another run is at work" in run.stdout
        assert work.kept("stage-0") is not None


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where a folder is needed is the user's to mend."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write here"), work_folder(tmp_path / "file" / "out", {}):
        pass


def test_what_is_discarded_is_gone_and_the_folder_stays_ours(tmp_path: Path) -> None:
    """Steps that turned out useless go, whole folders too; then nothing is left to go on from."""
    with suppress(PowerCutError), work_folder(tmp_path / "out", {"a": 1}) as work:
        work.keep("stage-0", 1)
        work.file("spill").mkdir()
        work.discard()
        assert sorted(entry.name for entry in work.path.iterdir()) == ["key.json", "lock"]
        assert work.kept("stage-0") is None
        raise PowerCutError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_any_finished_step_promises_nothing(tmp_path: Path) -> None:
    """A run killed before its first step was finished leaves a key; going on from it is no going on."""
    path = tmp_path / "out.part"
    with work_folder(tmp_path / "out", {"a": 1}):
        key = (path / "key.json").read_bytes()
    path.mkdir()
    (path / "key.json").write_bytes(key)
    with work_folder(tmp_path / "out", {"a": 1}) as work:
        assert work.notes == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1}', b"\xff"])
def test_a_damaged_key_belongs_to_nobody(tmp_path: Path, content: bytes) -> None:
    """What a power cut made of the key cannot be taken for another run's; the work is begun anew."""
    path = interrupted(tmp_path / "out", {"a": 1})
    (path / "key.json").write_bytes(content)
    with work_folder(tmp_path / "out", {"a": 1}) as work:
        assert work.kept("stage-0") is None


def test_the_lock_goes_with_the_run(tmp_path: Path) -> None:
    """One run after the other may use an output."""
    for _ in range(3):
        with work_folder(tmp_path / "out", {"a": 1}):
            pass
    assert list(tmp_path.iterdir()) == []
