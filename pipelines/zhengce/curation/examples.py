"""The tests that patterns carry: every example must match as marked, no counterexample may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..annotator import Annotator
from ..patterns import Pattern, load_table, surfaces
from ..records import Quantity, Span
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


def run_table_examples(files: Iterable[Path], annotator: Annotator) -> Iterator[Failure | None]:
    """The outcome of every example of the units in tables of units (``units.toml``), as ``run_examples``."""
    for file in files:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        for example in examples_of(load_table(file)):
            message = unit_example_fails(example, annotator)
            yield Failure(str(file), line_of(lines, example), example, message) if message else None


def examples_of(table: Mapping[str, Any]) -> list[str]:
    """The examples of the units of a parsed table."""
    entries = table.get("unit")
    units = entries.values() if isinstance(entries, Mapping) else ()
    examples = (unit.get("examples") for unit in units if isinstance(unit, Mapping))
    return [
        example for listed in examples if isinstance(listed, list) for example in listed if isinstance(example, str)
    ]


def line_of(lines: Sequence[str], text: str) -> int:
    """The number of the first line that holds ``text``, 1 where none does."""
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)


def unit_example_fails(example: str, find: Callable[[str], Sequence[Span]]) -> str:
    """Why an example of a unit does not hold, or nothing: ``重⟦3司马斤⟧ = 3 司马斤``.

    The marked stretches are all the quantities that ``find`` may give; the first of them has the value and
    unit behind `` = `` where those are given (``low..high`` for a range). Without marks there is none.
    """
    marked, _, expected = example.partition(" = ")
    try:
        text, extents = parse_example(marked)
    except ValueError as error:
        return str(error)
    spans = [span for span in find(text) if span.label == "QUANTITY"]
    if [(span.start, span.end) for span in spans] != extents:
        got = "、".join(text[span.start : span.end] for span in spans) or "nothing"
        wanted = "、".join(text[start:end] for start, end in extents) or "nothing"
        return f"{wanted} not found; found: {got}" if extents else f"must not match: {got}"
    if not expected or not spans or spans[0].quantity is None:
        return "" if not expected else f"no match marked in ⟦⟧ is worth {expected}"
    worth = _worth(spans[0].quantity)
    return "" if worth == expected else f"is worth {worth}"


def _worth(quantity: Quantity) -> str:
    if quantity.value is not None:
        return f"{quantity.value:f} {quantity.unit}"
    return "..".join(f"{end:f}" for end in (quantity.low, quantity.high) if end is not None) + f" {quantity.unit}"


def _failure(pattern: Pattern, example: str, message: str) -> Failure:
    return Failure(pattern.file, pattern.line, example, message)
