"""The page: valid, self-contained, the same bytes each time, and true to the decision."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from weighbridge.report.page import render, write_report
from weighbridge.report.rows import ranking_table
from weighbridge.report.words import source_titles
from weighbridge.study.decision import Decision


def text_of(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def section(document: Any, name: str) -> Any:
    return next(node for node in document.iter("section") if node.get("id") == name)


def values(node: Any) -> Iterator[float]:
    return (float(one.get("value")) for one in node.iter("data"))


def test_the_page_is_valid_html(document: Any) -> None:
    """A strict parser takes the page without a single complaint."""
    assert document.tag == "html"
    assert document.get("lang") == "en"


def test_the_policy_forbids_everything_but_styles_and_pictures(document: Any) -> None:
    """The first thing the page says is that nothing may be fetched and nothing may run."""
    policies = [node.get("content") for node in document.iter("meta") if node.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert not list(document.iter("script"))


def test_nothing_points_outside(document: Any, page: str) -> None:
    """No address in the page leads out of it."""
    for node in document.iter():
        if not isinstance(node.tag, str):
            continue
        assert node.get("src", "data:").startswith("data:image/svg+xml;base64,") or node.get("src") is None
        assert node.get("href", "#").startswith("#")
        assert not {"srcset", "action", "formaction", "background", "poster", "ping"} & set(node.attrib)
    assert not re.search(r"https?://", page)
    assert "url(" not in page
    assert "@import" not in page


def test_the_same_decision_gives_the_same_bytes(decision: Decision, page: str) -> None:
    """Rendering twice gives the same text."""
    assert render(decision) == page


def test_neither_place_nor_time_nor_hashing_change_the_bytes(study_folder: Path, page: str, tmp_path: Path) -> None:
    """Another process, folder, time zone and hash seed write the same bytes."""
    code = (
        "import sys; from weighbridge.study.study import Study; from weighbridge.report.page import write_report; "
        "write_report(Study.load(sys.argv[1]).decide(), sys.argv[2])"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    target = tmp_path / "deep" / "report.html"
    subprocess.run([sys.executable, "-c", code, study_folder, target], check=True, cwd=tmp_path, env=environment)
    assert target.read_text(encoding="utf-8") == page


def test_headings_are_in_order(document: Any) -> None:
    """There is one h1, and no level is skipped on the way down."""
    levels = [int(node.tag[1]) for node in document.iter() if str(node.tag) in ("h1", "h2", "h3", "h4", "h5")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_every_picture_has_words(document: Any) -> None:
    """Each image has an alternative text, each drawn bar a label."""
    images = list(document.iter("img"))
    assert len(images) > 10
    assert all(len(image.get("alt", "")) > 8 for image in images)
    assert all(bar.get("role") == "img" and bar.get("aria-label") for bar in document.iter("svg"))


def test_every_table_has_a_caption_and_scoped_heads(document: Any) -> None:
    """A screen reader hears what each table is and which head a cell belongs to."""
    tables = list(document.iter("table"))
    assert len(tables) > 10
    for table in tables:
        assert text_of(next(table.iter("caption")))
        heads = list(table.iter("th"))
        assert heads
        assert all(head.get("scope") in ("col", "row") for head in heads)


def test_ids_are_unique_and_links_find_them(document: Any) -> None:
    """Every link of the contents leads to one place."""
    ids = [node.get("id") for node in document.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    targets = [node.get("href")[1:] for node in document.iter("a")]
    assert len(targets) == 11
    assert set(targets) <= set(ids)


def test_the_answer_comes_first(document: Any, decision: Decision) -> None:
    """The question, how many were chosen and who stand in the first section."""
    first = next(document.iter("section"))
    words = text_of(first)
    assert first.get("id") == "answer"
    assert decision.study.file.question in words
    assert "3 of 7 molecules were chosen, by TOPSIS on 4 criteria." in words
    for label in decision.chosen.chosen:
        assert str(label) in words
    assert "the budget is fixed" in words


def test_scores_on_the_page_are_those_of_the_api(document: Any, decision: Decision) -> None:
    """Each row holds the molecule's score and contributions to the last digit, and they add up."""
    table = next(node for node in document.iter("table") if node.get("class") == "ranking")
    rows = [row for row in table.iter("tr") if row.get("class") in ("chosen", "not-chosen")]
    assert len(rows) == len(decision.ranking.labels)
    contributions = decision.ranking.contributions
    for row in rows:
        label = next(text_of(node) for node in row.iter("span") if node.get("class") == "label")
        score, *parts = values(row)
        assert score == decision.ranking.scores[label]
        assert parts[: contributions.shape[1]] == pytest.approx(contributions.loc[label].tolist(), rel=1e-12)
        assert sum(parts) == pytest.approx(score, abs=1e-12)
        assert text_of(row).startswith(str(decision.ranking.ranks[label]))


def test_weights_on_the_page_are_those_of_the_api(document: Any, decision: Decision) -> None:
    """The table of criteria holds each nominal and effective weight to the last digit."""
    table = next(
        node for node in section(document, "weights").iter("table") if "nominal and effective" in text_of(node)
    )
    body = next(table.iter("tbody"))
    effective = decision.ranking.effective_weights
    for row, name in zip(body.iter("tr"), decision.matrix.names, strict=True):
        assert list(values(row)) == [decision.weights[name], effective[name]]


def test_trust_on_the_page_is_that_of_the_api(document: Any, decision: Decision) -> None:
    """Judged, rated with its interval and used share stand side by side, and the bridged one's place is kept."""
    table = next(section(document, "trust").iter("table"))
    shares = decision.trust.shares()
    for row, name in zip(next(table.iter("tbody")).iter("tr"), decision.trust.used, strict=True):
        expected = shares.loc[name, ["judged", "rated", "rated low", "rated high", "used"]].tolist()
        assert list(values(row)) == expected
        assert "not measured yet" in text_of(row)
        assert source_titles(decision)[name] in text_of(row)


def test_what_lambda_changes_is_always_shown(document: Any, decision: Decision) -> None:
    """Ranks for λ = 0, ½ and 1 are those of the API."""
    table = list(section(document, "trust").iter("table"))[-1]
    head, *rows = [[text_of(cell) for cell in row] for row in table.iter("tr")]
    assert head == ["Molecule", "λ = 0", "λ = 0.5", "λ = 1"]
    assert len(rows) == len(decision.ranking.labels)
    for label, *ranks in rows:
        assert ranks == [str(decision.blends[lam].ranks[label]) for lam in (0.0, 0.5, 1.0)]


def test_every_source_card_holds_its_indicators(document: Any, decision: Decision) -> None:
    """About, licence, formula, citation and the parts' own readings stand on the card."""
    words = text_of(section(document, "sources"))
    assert "Labels pooled from two assays." in words
    assert "CC0" in words
    assert "Its 2 parts" in words
    from weighbridge.evidence.library import load_library

    library = load_library()
    assert decision.trust.rated is not None
    for key in decision.trust.rated.weights:
        assert " ".join(library[key].formula.split()) in words
        assert " ".join(library[key].citation.split()) in words


def test_contexts_are_told_without_colour(document: Any) -> None:
    """Match and not recorded are written as words with a mark, condition by condition."""
    table = next(section(document, "contexts").iter("table"))
    rows = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in table.iter("tr")}
    assert rows["Condition"] == [
        "The decision",
        "Public labels",
        "Public labelsA1",
        "Public labelsA2",
        "Own measurements",
    ]
    assert rows["temperature"][0] == "37"
    assert rows["temperature"][1].startswith("? not recorded")
    assert rows["temperature"][4].startswith("✓ match")
    assert rows["ph"][1].startswith("≈ mixed")


def test_methods_and_their_agreement_are_shown(document: Any, decision: Decision) -> None:
    """Every other method's coefficients are those of the API."""
    assert decision.agreement is not None
    table = next(section(document, "methods").iter("table"))
    own = decision.ranking.method
    for row, name in zip(next(table.iter("tbody")).iter("tr"), decision.others, strict=True):
        frames = (
            decision.agreement.kendall_tau_b,
            decision.agreement.weighted_spearman,
            decision.agreement.ws,
            decision.agreement.top_overlap,
        )
        assert list(values(row)) == [frame.loc[own, name] for frame in frames]


def test_the_page_says_how_to_reproduce_it(document: Any, decision: Decision) -> None:
    """The study's key, every file's hash and the commands stand at the end."""
    words = text_of(section(document, "reproduce"))
    assert decision.study.key in words
    assert "weighbridge report ." in words
    for name, digest in decision.study.inputs.items():
        assert name in words
        assert digest in words


def test_no_machine_path_is_printed(page: str, study_folder: Path) -> None:
    """The page does not tell where on a disk the study lay."""
    assert str(study_folder) not in page
    assert str(study_folder.parent) not in page


def test_robustness_and_record_have_a_place_and_no_words(page: str) -> None:
    """Nothing is promised to readers that is not there."""
    assert "later" not in page.lower().partition("</style>")[2]
    assert "robustness" not in page.lower().partition("</style>")[2]


def test_the_file_is_written_whole(decision: Decision, page: str, tmp_path: Path) -> None:
    """The file holds the page, its path comes back, and progress is told."""
    said: list[str] = []
    path = write_report(decision, tmp_path / "new" / "report.html", progress=said.append)
    assert path.read_text(encoding="utf-8") == page
    assert said == ["drawing the figures and writing the page"]
    assert [one.name for one in path.parent.iterdir()] == ["report.html"]


def test_bars_are_as_long_as_the_contributions(decision: Decision) -> None:
    """A bar's pieces are in proportion to the contributions and end inside the bar."""
    rows = ranking_table(decision).rows
    scale = rows[0].segments[0].width / abs(rows[0].segments[0].contribution)
    for row in rows:
        for piece in row.segments:
            assert piece.width == pytest.approx(abs(piece.contribution) * scale)
            assert -1e-9 <= piece.left <= piece.left + piece.width <= 100 + 1e-9
