"""The organisation grammar on tables of texts with the names in ⟦⟧."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from zhengce.organisations import compile_organisations
from zhengce.resources import data_path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

CASES = sorted((Path(__file__).parent / "cases" / "organisations").glob("*.jsonl"))


def load_tables() -> dict:
    folder = data_path("patterns")
    rows = []
    for path in sorted((folder / "places").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="\t")
    table = tomllib.loads((folder / "organisations.toml").read_text(encoding="utf-8"))
    return {"organisations": table, "places": rows}


FIND = compile_organisations(load_tables())


def marked(text: str) -> str:
    out, at = [], 0
    for span in FIND(text):
        out += [text[at : span.start], "⟦", text[span.start : span.end], "⟧"]
        at = span.end
    return "".join(out) + text[at:]


def rows() -> list:
    return [
        pytest.param(json.loads(line)["text"], id=f"{path.stem}:{number}")
        for path in CASES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
    ]


@pytest.mark.parametrize("text", rows())
def test_names_as_marked(text: str) -> None:
    assert marked(text.replace("⟦", "").replace("⟧", "")) == text
