"""The shipped policy terms: well-formed lines, stated sources, no surface with two readings, examples that hold."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhengce.resources import data_path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATTERNS = Path(data_path("patterns"))
FILES = sorted((PATTERNS / "policy").glob("*.jsonl"))
LABELS = tomllib.loads((PATTERNS / "labels.toml").read_text(encoding="utf-8"))
KEYS = {"label", "pattern", "id", "type", "priority", "aliases", "examples", "counterexamples"}
QUOTED_WHOLE = re.compile(r"“[^“”]*”")


def entries(path: Path) -> Iterator[tuple[str, dict]]:
    """Yield (file:line, entry) for each line of a pattern file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            yield f"{path.name}:{number}", json.loads(line)


def surfaces(entry: dict) -> list[str]:
    """The phrases that an entry lists."""
    return [entry["pattern"], *entry.get("aliases", [])]


def test_there_are_policy_files() -> None:
    assert {path.stem for path in FILES} >= {
        "concepts", "programmes", "frameworks", "documents", "designations", "mechanisms", "laws"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_are_well_formed(path: Path) -> None:
    for where, entry in entries(path):
        assert not entry.keys() - KEYS, where
        assert entry["label"] == "POLICY", where
        assert entry["type"] in LABELS["POLICY"]["types"], where
        assert isinstance(entry.get("priority", 0), int), where
        for surface in surfaces(entry):
            assert len(surface) > 1 and surface == surface.strip() and "\n" not in surface, f"{where} {surface!r}"
            assert surface.count("“") == surface.count("”") and '"' not in surface, f"{where} {surface!r}"
            assert not QUOTED_WHOLE.fullmatch(surface), f"{where}: marks around a whole name stay out: {surface}"


def test_a_surface_is_listed_once() -> None:
    seen: dict[str, str] = {}
    for path in FILES:
        for where, entry in entries(path):
            for surface in surfaces(entry):
                assert surface not in seen, f"{surface} in {seen[surface]} and {where}"
                seen[surface] = where


def test_every_file_states_its_source() -> None:
    sources = tomllib.loads((PATTERNS / "SOURCES.toml").read_text(encoding="utf-8"))
    for path in FILES:
        source = sources[f"policy/{path.name}"]
        assert source["source"] and source["license"], path.name
        if "builder" in source and (PATTERNS.parent / "scripts").is_dir():
            assert (PATTERNS.parent / source["builder"]).is_file(), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_are_marked(path: Path) -> None:
    for where, entry in entries(path):
        for example in entry.get("examples", []):
            marked = re.findall("⟦(.*?)⟧", example)
            assert marked and set(marked) <= set(surfaces(entry)), f"{where}: {example}"
            assert "⟦" not in re.sub("⟦[^⟦⟧]*⟧", "", example), f"{where}: {example}"
        for text in entry.get("counterexamples", []):
            assert "⟦" not in text and "⟧" not in text, f"{where}: {text}"
