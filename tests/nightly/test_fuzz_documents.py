"""Mutations of valid documents and tables through the doors: a value or an error in words, nothing else."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.builders import FILES, STUDY

from weighbridge.documents import parse_json, parse_yaml
from weighbridge.errors import WeighbridgeError
from weighbridge.study.tables import read_table

pytestmark = pytest.mark.nightly

MUTATIONS = 50_000

SEEDS_YAML = (
    yaml.safe_dump(STUDY, sort_keys=False, allow_unicode=True),
    "a: 1\nb: [1, 2, {c: 'd'}]\ne: |\n  text\n  more\nf: \"q\\u00e9\"\n",
    "- x\n- {y: ~, z: 1e3}\n- 12:30\n",
)
SEEDS_JSON = (json.dumps(STUDY), '{"a": [1, 2.5e3, null, true, {"b": "\\u00e9"}]}', '["x", -0.0, 1e-7]')
TOKENS = (
    *"[]{}:,-?!&*#|>'\"%@`~\\\t\n\r \x00\x1b\ufeff\u2028\u0301\U0001f9ea",
    *("&a", "*a", "<<:", "!!python/object:os.system", "!!binary", "---", "...", ".nan", ".inf", "NaN", "Infinity"),
    *(
        "1e999",
        "0x1F",
        "0o7",
        "1_000",
        "9" * 400,
        "\\ud800",
        "\ud800",
        "null",
        "true",
        '"a":',
        "? ",
        "- - - -",
        "%YAML 9",
    ),
    *("2026-11-23", "=", "- " * 60, "[" * 60, "{a: " * 60, "a: a: a", "'" * 3, ";", "\r\n", '""', ",,,", "<5", "> 8"),
)


def mutated(generator: random.Random, text: str) -> str:
    """Change a text by one to five deletions, insertions, swaps, repeats or cuts."""
    for _ in range(generator.randint(1, 5)):
        start = generator.randint(0, len(text))
        stop = min(len(text), start + generator.choice((0, 1, 1, 2, 8, 40)))
        act = generator.randint(0, 4)
        middle = {
            0: "",
            1: generator.choice(TOKENS),
            2: text[start:stop] * 2,
            3: text[start:stop][::-1],
            4: chr(generator.choice((generator.randint(0, 255), generator.randint(0, 0x2FFF)))),
        }[act]
        text = text[:start] + middle + text[stop:]
        if generator.random() < 0.02:
            text = text[: generator.randint(0, len(text))]
    return text


def survives(read: Callable[[str], object], seeds: tuple[str, ...], count: int, seed: int) -> tuple[int, int]:
    """Return how many mutations were read and how many refused; anything else is raised with its text."""
    generator = random.Random(seed)
    read_well = refused = 0
    for _ in range(count):
        text = mutated(generator, generator.choice(seeds))
        try:
            read(text)
            read_well += 1
        except WeighbridgeError as error:
            refused += 1
            assert str(error).strip(), text  # noqa: PT017
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} from {text!r}") from error
    return read_well, refused


@pytest.mark.parametrize("seed", range(5))
def test_mutated_yaml_is_read_or_refused(seed: int) -> None:
    """No exception of the parser, of recursion or of numbers gets through the YAML door."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_well, refused = survives(parse_yaml, SEEDS_YAML, MUTATIONS // 15, seed)
    assert read_well > 100
    assert refused > 100


@pytest.mark.parametrize("seed", range(5))
def test_mutated_json_is_read_or_refused(seed: int) -> None:
    """No exception of the parser, of recursion or of numbers gets through the JSON door."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_well, refused = survives(parse_json, SEEDS_JSON, MUTATIONS // 15, seed)
    assert read_well > 100
    assert refused > 100


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_mutated_tables_are_read_or_refused(suffix: str, seed: int, tmp_path: Path) -> None:
    """Quotes left open, rows of any length, control characters and broken encodings end in words."""
    tables = tuple(text for name, text in FILES.items() if name.endswith(".csv"))
    seeds = tables if suffix == ".csv" else tuple(text.replace(",", "\t") for text in tables)
    path = tmp_path / f"table{suffix}"
    encodings = random.Random(seed)

    def read(text: str) -> object:
        encoding = encodings.choice(("utf-8", "utf-8", "utf-8", "utf-16", "latin-1"))
        path.write_bytes(text.encode(encoding, errors="surrogatepass" if encoding != "latin-1" else "replace"))
        return read_table(path)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_well, refused = survives(read, seeds, MUTATIONS // 30, seed)
    assert read_well > 100
    assert refused > 100
