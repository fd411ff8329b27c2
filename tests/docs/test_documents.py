"""Documents: every example is run, nothing is exempt, and what they point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<indent>[ >]*)```(?P<info>[^\n`]*)$", re.MULTILINE)
RUN = {"python", "bash", "sh", "console"}
SHOWN = {"text", "csv", "yaml", "json", "bibtex", "toml", "mermaid", "math"}


def read(name: str) -> str:
    """Return the text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


def openings(text: str) -> list[str]:
    """Return the info strings of the fenced blocks; fences open and close in turn."""
    fences = [match["info"].strip() for match in FENCE.finditer(text)]
    assert len(fences) % 2 == 0, "a fence is not closed"
    assert all(info == "" for info in fences[1::2]), "a fence opens inside another"
    return fences[::2]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_block_says_what_it_is(name: str) -> None:
    """A block names its language, so that none escapes being run by having none."""
    unknown = [info for info in openings(read(name)) if info.split(" ")[0] not in RUN | SHOWN]
    assert unknown == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_example_is_exempt(name: str) -> None:
    """No comment tells the runner to skip, and no Python block hides in a quotation or a list."""
    text = read(name)
    assert not re.search(r"<!---?\s*skip", text)
    assert not re.search(r"doctest:\s*\+SKIP", text)
    indented = [match["info"] for match in FENCE.finditer(text) if match["indent"]]
    assert [info for info in indented if info.startswith("python")] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_that_exist(name: str) -> None:
    """Every relative link points to a file or folder of the repository."""
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", read(name))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not ((ROOT / name).parent / target).exists()] == []


def anchors(text: str) -> set[str]:
    """Return the anchors that the headings of a text get."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_inside_documents_lead_to_headings(name: str) -> None:
    """Every `file.md#heading` names a heading of that file."""
    links = re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", read(name))
    here = (ROOT / name).parent
    texts = {target: (here / target).read_text(encoding="utf-8") if target else read(name) for target, _ in links}
    assert [f"{target}#{anchor}" for target, anchor in links if anchor not in anchors(texts[target])] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda path: path.stem)
def test_every_decision_names_the_tests_that_guard_it(path: Path) -> None:
    """A decision's Confirmation names tests, and those are there."""
    confirmation = path.read_text(encoding="utf-8").partition("## Confirmation")[2]
    named = re.findall(r"`(tests/[\w/.]*)(?:::(\w+))?`", confirmation)
    assert named
    for file, function in named:
        assert (ROOT / file).exists(), file
        assert not function or f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")


def test_every_decision_is_in_the_list() -> None:
    """The list of decisions links each file with its title."""
    listed = read("docs/decisions/README.md")
    for path in (ROOT / "docs" / "decisions").glob("0*.md"):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"({path.name}) | {title} |" in listed


def test_every_command_is_documented() -> None:
    """README, tutorial or concepts show every command of the command line."""
    from weighbridge.cli.main import cli

    text = "\n".join(read(name) for name in DOCUMENTS)
    assert [name for name in cli.commands if f"weighbridge {name}" not in text] == []
