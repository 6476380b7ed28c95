"""Annotated texts as one self-contained page: coloured spans, filters, search, counts; works offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from . import patterns
from .records import Document, Quantity, Span, number_to_text
from .resources import replacing

_TEMPLATE = Path(__file__).with_name("page.html")
_SPARE_COLOURS = ("#722ed1", "#c41d7f", "#08979c", "#ad6800", "#5b8c00", "#434343")


def write_page(documents: Iterable[Document], out: Path, *, title: str, limit: int = 500) -> tuple[int, int]:
    """Write the page of the first ``limit`` documents; gives how many are shown and how many were left out.

    Labels, colours and names of types come from ``patterns/labels.toml``; a label that is not there
    gets a spare colour.
    """
    shown, left, labels = [], 0, set()
    for document in documents:
        if len(shown) < limit:
            shown.append(page_document(document))
            labels.update(span.label for span in document.spans)
        else:
            left += 1
    known = patterns.load_table(patterns.builtin_folder() / "labels.toml")
    data = {"labels": _label_styles(known, labels), "documents": shown, "left": left}
    # No "<" stands in the data, so no text can end the script element that holds it.
    embedded = orjson.dumps(data).replace(b"<", b"\\u003c").decode()
    head, tail = _TEMPLATE.read_text(encoding="utf-8").replace("{{title}}", _escape(title)).rsplit("{{data}}", 1)
    page = head + embedded + tail
    with replacing(out) as stream:
        stream.write(page.encode())
    return len(shown), left


def page_document(document: Document) -> dict[str, Any]:
    """A document as the page draws it: ``pieces`` of text, each with the numbers of the spans over it,
    the longest first. Cutting here keeps code point offsets away from the browser's UTF-16."""
    spans = sorted(document.spans, key=lambda span: (span.start, -span.end))
    edges = sorted({0, len(document.text), *(edge for span in spans for edge in (span.start, span.end))})
    pieces: list[list[Any]] = []
    open_spans: list[int] = []
    upcoming = 0
    for start, end in zip(edges, edges[1:]):
        open_spans = [number for number in open_spans if spans[number].end > start]
        while upcoming < len(spans) and spans[upcoming].start == start:
            open_spans.append(upcoming)
            upcoming += 1
        over = sorted(open_spans, key=lambda number: spans[number].start - spans[number].end)
        pieces.append([document.text[start:end], *over])
    meta = {key: value for key, value in document.meta.items() if isinstance(value, (str, int, float))}
    return {"id": document.id, "meta": meta, "pieces": pieces, "spans": [_page_span(span) for span in spans]}


def _page_span(span: Span) -> dict[str, Any]:
    out = {"label": span.label, "type": span.type or "", "text": span.text, "rule": span.rule}
    for key in ("entity_id", "source"):
        if value := getattr(span, key):
            out[key] = value
    if span.quantity is not None:
        out["value"] = describe(span.quantity)
    return out


def describe(quantity: Quantity) -> str:
    """A quantity in one line: bound, value or range with thousands separators, unit."""
    if quantity.value is not None:
        value = _grouped(number_to_text(quantity.value))
    else:
        ends = (quantity.low, quantity.high)
        value = " – ".join("?" if end is None else _grouped(number_to_text(end)) for end in ends)
    bound = {"=": "", "~": "≈ ", ">=": "≥ ", "<=": "≤ "}.get(quantity.bound, f"{quantity.bound} ")
    return f"{bound}{value} {quantity.unit}".rstrip()


def _grouped(number: str) -> str:
    whole, point, fraction = number.partition(".")
    sign, digits = whole[: whole.startswith("-")], whole.lstrip("-")
    return f"{sign}{int(digits):,}{point}{fraction}" if digits.isdigit() else number


def _label_styles(known: Mapping[str, Any], used: Iterable[str]) -> dict[str, Any]:
    styles = {
        label: {
            "name": entry["zh"],
            "colour": entry["colour"],
            "types": {type_: names["zh"] for type_, names in entry.get("types", {}).items()},
        }
        for label, entry in known.items()
    }
    for number, label in enumerate(sorted(set(used) - set(styles))):
        styles[label] = {"name": label, "colour": _SPARE_COLOURS[number % len(_SPARE_COLOURS)], "types": {}}
    return styles


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
