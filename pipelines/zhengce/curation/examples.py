"""The tests that patterns carry: every example must match as marked, no counterexample may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..annotator import Annotator
from ..patterns import Pattern, surfaces
from .markup import parse_example


@dataclass(slots=True)
class Failure:
    """An example that did not come out: the pattern's place, the example, and what came out instead."""

    file: str
    line: int
    example: str
    message: str


def run_examples(read: Iterable[Pattern], annotator: Annotator) -> Iterator[Failure | None]:
    """The outcome of every example and counterexample of phrase patterns: a failure, or ``None`` for a pass.

    An example passes when the flat reading has a span of the pattern's label at each marked extent;
    a counterexample when no span of that label has one of the pattern's surfaces.
    """
    for pattern in read:
        if isinstance(pattern.pattern, list):
            continue
        for marked in pattern.examples:
            text, extents = parse_example(marked)
            spans = annotator(text)
            found = {(span.start, span.end) for span in spans if span.label == pattern.label}
            missing = [text[start:end] for start, end in extents if (start, end) not in found]
            got = ", ".join(f"{span.label} {span.text}" for span in spans) or "nothing"
            yield _failure(pattern, marked, f"{'、'.join(missing)} not found; found: {got}") if missing else None
        own = set(surfaces(pattern))
        for text in pattern.counterexamples:
            wrong = [span.text for span in annotator(text) if span.label == pattern.label and span.text in own]
            yield _failure(pattern, text, f"must not match: {'、'.join(wrong)}") if wrong else None


def _failure(pattern: Pattern, example: str, message: str) -> Failure:
    return Failure(pattern.file, pattern.line, example, message)
