"""The shipped organisations and places: well formed, typed, sourced, and no source too heavy."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATTERNS = Path(__file__).resolve().parent.parent / "patterns"
ORG_FILES = sorted((PATTERNS / "org").glob("*.jsonl"))
PLACE_FILES = sorted((PATTERNS / "places").glob("*.tsv"))
TYPES = {"government", "company", "research", "education", "hospital", "media", "zone", "other"}
LEVELS = {"country", "province", "prefecture", "county", "township", "region"}


def entries(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def surfaces(entry: dict) -> list[str]:
    return [entry["pattern"], *entry.get("aliases", [])]


def sources() -> dict[str, dict]:
    return tomllib.loads((PATTERNS / "SOURCES.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ORG_FILES, ids=lambda path: path.name)
def test_lines_are_organisations(path: Path) -> None:
    for entry in entries(path):
        assert entry["label"] == "ORG" and entry["type"] in TYPES, entry
        for surface in surfaces(entry):
            assert len(surface) > 1 and surface == surface.strip() and "(" not in surface and '"' not in surface, entry
        assert len(set(surfaces(entry))) == len(surfaces(entry)), entry


@pytest.mark.parametrize("path", ORG_FILES, ids=lambda path: path.name)
def test_names_with_short_forms_have_an_id(path: Path) -> None:
    ids = Counter(entry["id"] for entry in entries(path) if "id" in entry)
    assert not [key for key, count in ids.items() if count > 1]
    if path.name != "colleges.jsonl":  # the second list of schools carries no codes
        assert all("id" in entry for entry in entries(path) if entry.get("aliases"))


def test_no_surface_has_two_types() -> None:
    types: dict[str, str] = {}
    for path in ORG_FILES:
        for entry in entries(path):
            for surface in surfaces(entry):
                assert types.setdefault(surface, entry["type"]) == entry["type"], (path.name, surface)


@pytest.mark.parametrize("path", ORG_FILES, ids=lambda path: path.name)
def test_examples_hold_the_name(path: Path) -> None:
    for entry in entries(path):
        for example in entry.get("examples", []):
            marked = example.split("⟦", 1)[1].split("⟧", 1)[0]
            assert marked in surfaces(entry), entry


@pytest.mark.parametrize("path", PLACE_FILES, ids=lambda path: path.name)
def test_places(path: Path) -> None:
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert rows and set(rows[0]) == {"name", "level", "short", "abbr"}
    for row in rows:
        assert row["level"] in LEVELS and len(row["name"]) > 1, row
        assert all(len(short) > 1 for short in row["short"].split("|") if short), row


@pytest.mark.parametrize(
    ("name", "shorts"),
    [
        ("重庆市", {"重庆"}),
        ("九龙坡区", {"九龙坡"}),
        ("内蒙古自治区", {"内蒙古"}),
        ("恩施土家族苗族自治州", {"恩施", "恩施州"}),
        ("广西壮族自治区", {"广西"}),
        ("锡林郭勒盟", {"锡林郭勒"}),
    ],
)
def test_short_forms_of_places(name: str, shorts: set[str]) -> None:
    with open(PATTERNS / "places" / "divisions.tsv", encoding="utf-8", newline="") as stream:
        row = next(row for row in csv.DictReader(stream, delimiter="\t") if row["name"] == name)
    assert shorts <= set(row["short"].split("|"))


def test_every_file_states_source_and_licence() -> None:
    stated = sources()
    for path in [*ORG_FILES, *PLACE_FILES]:
        entry = stated[path.relative_to(PATTERNS).as_posix()]
        assert entry["source"] and entry["license"], path
        if "builder" in entry:
            assert (PATTERNS.parent / entry["builder"]).is_file(), path


def test_no_source_makes_more_than_a_quarter() -> None:
    """What is written from knowledge has no source; it counts in the whole alone."""
    weight: Counter[str] = Counter()
    for name, entry in sources().items():
        path = PATTERNS / name
        if path.suffix in (".jsonl", ".tsv"):
            lines = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
            weight[entry["source"].split(":")[0] if entry["source"] != "unverified" else ""] += lines
    total = sum(weight.values())
    assert {source: count for source, count in weight.items() if source and count > total / 4} == {}
