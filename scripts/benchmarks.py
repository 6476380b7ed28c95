"""What the benchmarks share: texts, the stock spaCy pipeline they are held against, interleaved rounds.

Ratios of rounds that take turns in one process mean something on a shared machine; single times do not.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).resolve().parent.parent
CHARACTERS = 400_000
DOCUMENT = 3_600
TERMS = 10_000


def vary(text: str, random_: random.Random) -> str:
    """The text with other digits in it, so that no cache has seen its numbers."""
    return "".join(random_.choice("123456789") if "0" <= c <= "9" else c for c in text)


def documents(files: Sequence[Path]) -> list[str]:
    """Texts of about ``DOCUMENT`` characters, ``CHARACTERS`` in all, numbers varied where texts repeat.

    ``files``: JSON Lines with a ``text`` in each record; the sample corpus where there are none.
    """
    files = files or sorted((ROOT / "corpus").rglob("*.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.open(encoding="utf8") if line.strip()]
    random_ = random.Random(7)
    random_.shuffle(texts)
    whole, length, first = [], 0, True
    while length < CHARACTERS:
        for text in texts:
            whole.append(text if first else vary(text, random_))
            length += len(text) + 1
        first = False
    joined = "\n".join(whole)
    return [joined[i : i + DOCUMENT] for i in range(0, CHARACTERS, DOCUMENT)]


def terms(texts: Sequence[str]) -> list[str]:
    """10,000 different Chinese terms of 3 to 8 characters cut from the texts."""
    random_, whole, chosen = random.Random(7), "".join(texts), set()
    while len(chosen) < TERMS:
        start, length = random_.randrange(len(whole) - 8), random_.randint(3, 8)
        term = whole[start : start + length]
        if all("\u4e00" <= c <= "\u9fff" for c in term):
            chosen.add(term)
    return sorted(chosen)


def stock_pipeline(phrases: Sequence[str]) -> Language:
    """spaCy as it comes: a token for each character, and an EntityRuler of ``phrases``."""
    import spacy

    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "POLICY", "pattern": phrase} for phrase in phrases])
    return nlp


def rounds(number: int, *runs: Callable[[], object]) -> list[list[float]]:
    """Seconds of processor time that each run took in each round, after one round to warm up."""
    seconds: list[list[float]] = [[] for _ in runs]
    for round_ in range(number + 1):
        for run, times in zip(runs, seconds):
            begin = time.process_time()
            run()
            if round_:
                times.append(time.process_time() - begin)
    return seconds


def ratio(slower: Sequence[float], faster: Sequence[float]) -> str:
    """How many times faster, as median over the rounds with lowest and highest."""
    ratios = [one / other for one, other in zip(slower, faster)]
    return f"{statistics.median(ratios):.1f} (median of {len(ratios)} rounds, {min(ratios):.1f} to {max(ratios):.1f})"


def speed(characters: int, seconds: Sequence[float]) -> str:
    """Million characters a second, median over the rounds."""
    return f"{characters / statistics.median(seconds) / 1e6:.2f}M characters/s"
