"""Listed phrases resolve exactly as spaCy's own ``EntityRuler`` resolves them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import spacy

from zhengce import Annotator

ARTICLES = sorted((Path(__file__).parent.parent / "corpus" / "articles").glob("*.txt"))
LABELS = ("POLICY", "ORG", "PLACE")


def random_terms(texts: list[str], count: int, seed: int) -> list[str]:
    """Distinct terms of up to 8 characters without white space: half stand in the texts, half are made
    of their characters.

    A term that spans a space of the text is left out: spaCy's tokens do not show a single space, so
    its matcher finds ``甲乙`` in ``甲 乙`` too.
    """
    draw = random.Random(seed)
    stretches = [stretch for text in texts for stretch in text.split()]
    lengths = list(map(len, stretches))
    characters = "".join(stretches)
    terms: dict[str, None] = {}
    while len(terms) < count:
        length = draw.randint(2, 8)
        if draw.random() < 0.5:
            (stretch,) = draw.choices(stretches, lengths)
            start = draw.randrange(max(1, len(stretch) - length + 1))
            terms[stretch[start : start + length]] = None
        else:
            terms["".join(draw.choices(characters, k=length))] = None
    return list(terms)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_10_000_random_terms(tmp_path: Path, seed: int) -> None:
    texts = [path.read_bytes().decode() for path in ARTICLES]
    assert len(texts) >= 12
    terms = random_terms(texts, 10_000, seed)
    patterns = [{"label": LABELS[index % 3], "pattern": term} for index, term in enumerate(terms)]
    file = tmp_path / "terms.jsonl"
    file.write_text("\n".join(json.dumps(pattern) for pattern in patterns), encoding="utf-8")

    annotator = Annotator(reading_views=False, builtin=False, grammars=False, patterns=[file])
    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").from_disk(file)
    found = 0
    for text in texts:
        theirs = [(ent.start_char, ent.end_char, ent.label_) for ent in nlp(text).ents]
        assert [(span.start, span.end, span.label) for span in annotator(text)] == theirs
        found += len(theirs)
    assert found > 1000
