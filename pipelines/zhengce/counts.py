"""Counts over annotated documents: the first table an analyst wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .records import Document, Span

SPAN_FIELDS = ("label", "type", "text", "rule", "entity_id", "source")
QUANTITY_FIELDS = ("unit", "unit_id", "dimension", "bound")


class Count(NamedTuple):
    """How often a combination of field values occurs: ``spans`` in ``documents``."""

    values: tuple[str, ...]
    spans: int
    documents: int


def count(documents: Iterable[Document], by: Sequence[str]) -> list[Count]:
    """Spans per combination of the fields ``by``, most frequent first.

    A field is a span's (``label``, ``type``, ``text``, ``rule``, ``entity_id``, ``source``), its
    quantity's (``unit``, ``unit_id``, ``dimension``, ``bound``), ``id`` of the document or
    ``meta.FIELD``. Absent values count as "". Raises ``ValueError`` for a field of no such name.
    """
    getters = [_getter(name) for name in by]
    spans: Counter[tuple[str, ...]] = Counter()
    holders: Counter[tuple[str, ...]] = Counter()
    for document in documents:
        values = [tuple(get(document, span) for get in getters) for span in document.spans]
        spans.update(values)
        holders.update(set(values))
    return [
        Count(values, number, holders[values]) for values, number in sorted(spans.items(), key=lambda e: (-e[1], e[0]))
    ]


def _getter(name: str) -> Callable[[Document, Span], str]:
    if name == "id":
        return lambda document, span: document.id
    if name in SPAN_FIELDS:
        return lambda document, span: getattr(span, name) or ""
    if name in QUANTITY_FIELDS:
        return lambda document, span: (getattr(span.quantity, name) or "") if span.quantity else ""
    if name.startswith("meta.") and len(name) > len("meta."):
        return lambda document, span: _text(document.meta.get(name.removeprefix("meta.")))
    known = ", ".join(("id", *SPAN_FIELDS, *QUANTITY_FIELDS, "meta.FIELD"))
    raise ValueError(f"no field {name!r} to count by; there are {known}")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
