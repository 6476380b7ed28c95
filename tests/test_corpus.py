"""The sample corpus: gold and articles agree, every type occurs, no passage is used twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from zhengce.records import Document, from_dict

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
LABELS = tomllib.loads((ROOT / "patterns" / "labels.toml").read_text(encoding="utf-8"))
TYPES = {(label, kind) for label, entry in LABELS.items() for kind in entry["types"]}
PASSAGE = 25  # characters: the length of a short sentence, longer than any name in the corpus


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    lines = (CORPUS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_dict(json.loads(line), LABELS) for line in lines]


def count_types(gold: list[Document]) -> Counter[tuple[str, str | None]]:
    return Counter((span.label, span.type) for document in gold for span in document.spans)


def test_gold_texts_are_the_articles(gold: list[Document]) -> None:
    articles = {path.name: path.read_bytes() for path in (CORPUS / "articles").iterdir()}
    assert {document.id: document.text.encode() for document in gold} == articles
    assert not any(b"\r" in content for content in articles.values())


def test_every_article_says_what_it_is(gold: list[Document]) -> None:
    for document in gold:
        assert document.meta.keys() == {"genre", "region", "sector", "title"}, document.id
        assert 700 <= len(document.text) <= 1300, document.id


def test_spans_are_sorted_and_flat(gold: list[Document]) -> None:
    for document in gold:
        for left, right in zip(document.spans, document.spans[1:]):
            assert left.end <= right.start, (document.id, left.text, right.text)


def test_every_type_of_the_scheme_occurs_twice_and_no_other(gold: list[Document]) -> None:
    counts = count_types(gold)
    assert counts.keys() == TYPES
    assert min(counts.values()) >= 2


def test_quantities_and_only_they_have_a_value(gold: list[Document]) -> None:
    for span in (span for document in gold for span in document.spans):
        assert (span.quantity is not None) == (span.label == "QUANTITY"), span
        if span.quantity is not None:
            value, low, high = span.quantity.value, span.quantity.low, span.quantity.high
            assert (value is None) != (low is None) and (low is None) == (high is None), span
            assert low is None or high is None or low < high, span


def test_one_surface_has_one_type(gold: list[Document]) -> None:
    types: dict[str, set[tuple[str, str | None]]] = {}
    for span in (span for document in gold for span in document.spans):
        types.setdefault(span.text, set()).add((span.label, span.type))
    assert {text: kinds for text, kinds in types.items() if len(kinds) > 1} == {}


def test_no_passage_is_used_twice(gold: list[Document]) -> None:
    passages = Counter(
        document.text[start : start + PASSAGE]
        for document in gold
        for start in range(len(document.text) - PASSAGE + 1)
    )
    assert [passage for passage, times in passages.items() if times > 1] == []


def test_readme_states_the_counts(gold: list[Document]) -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    counts = count_types(gold)
    stated, label = {}, ""
    for name, kind, number in re.findall(r"^\| (?:`([A-Z]+)`)? ?\| (?:`(\w+)`)? ?\| (\d+) \|$", readme, re.MULTILINE):
        label = name or label
        stated[label, kind] = int(number)
    totals = Counter(span.label for document in gold for span in document.spans)
    assert stated == counts | {(name, ""): number for name, number in totals.items()}
