"""Spans of records in a spaCy ``Doc`` and back: groups, entities, and what ``span._`` tells of them."""

from __future__ import annotations

from typing import Any

import numpy
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from . import doc_tokens
from .records import HUMAN, Quantity, Span, quantity_from_dict, quantity_to_dict

KEY = "zhengce"  # in ``doc.spans``, and of the details in ``doc.user_data``


def write(doc: Doc, tokens: doc_tokens.Tokens, spans: list[Span], entities: list[Span]) -> Doc:
    """``doc`` with ``spans`` as a span group and ``entities``, which do not overlap, as entities.

    ``tokens`` are those of ``doc``; where some must be cut the result is a new ``Doc``. Entities that
    are there already stay unless a new one overlaps them. ``entities`` may be ``spans`` itself.
    """
    together = spans if entities is spans else [*spans, *entities]
    if not together:
        doc.spans[KEY] = []
        doc.ents = doc.ents  # tokens outside entities are marked as such, as by any other ruler
        return doc
    offsets = numpy.array([(span.start, span.end) for span in together])
    first, after, fits = doc_tokens.token_spans(tokens, offsets)
    if not fits:
        doc, tokens = doc_tokens.cut(doc, tokens, offsets)
        first, after, _ = doc_tokens.token_spans(tokens, offsets)

    add = doc.vocab.strings.add
    hashes = {label: add(label, allow_transient=False) for label in {span.label for span in together}}
    labels = [hashes[span.label] for span in together]
    ids = [add(span.entity_id) if span.entity_id else 0 for span in together]
    written = [
        DocSpan(doc, start, end, label=label, span_id=identifier)
        for start, end, label, identifier in zip(first.tolist(), after.tolist(), labels, ids)
    ]
    doc.spans[KEY] = written[: len(spans)]
    chosen = slice(len(together) - len(entities), None)
    if tokens.has_entities:
        doc_tokens.add_entities(doc, written[chosen])
    else:
        doc_tokens.set_entities(doc, first[chosen], after[chosen], labels[chosen], ids[chosen])
    for span in together:
        details = doc.user_data.setdefault(("._.", KEY, span.start, span.end), {})
        details[span.label] = _details(span)
    return doc


def _details(span: Span) -> dict[str, Any]:
    """What a record has and a spaCy span has no room for: plain strings, numbers and dicts."""
    details: dict[str, Any] = {"rule": span.rule}
    if span.type is not None:
        details["type"] = span.type
    if span.quantity is not None:
        details["quantity"] = quantity_to_dict(span.quantity)
    if span.score is not None:
        details["score"] = span.score
    return details


# ``Span._`` knows a span by its offsets alone. The details are kept by offsets and label, under a key
# of the form that ``Doc.from_docs`` and ``Span.as_doc`` move along with the text.
def _of(span: DocSpan) -> dict[str, Any]:
    return span.doc.user_data.get(("._.", KEY, span.start_char, span.end_char), {}).get(span.label_, {})


def _type(span: DocSpan) -> str | None:
    return _of(span).get("type")


def _rule(span: DocSpan) -> str | None:
    return _of(span).get("rule")


def _quantity(span: DocSpan) -> Quantity | None:
    quantity = _of(span).get("quantity")
    return None if quantity is None else quantity_from_dict(quantity)


DocSpan.set_extension("type", getter=_type, force=True)
DocSpan.set_extension("rule", getter=_rule, force=True)
DocSpan.set_extension("quantity", getter=_quantity, force=True)


def read(doc: Doc) -> list[Span]:
    """The spans of ``doc.spans[KEY]`` as records, with ids ``s1``, ``s2``, …"""
    spans = []
    for number, span in enumerate(doc.spans.get(KEY, ()), 1):
        details = _of(span)
        spans.append(
            Span(
                span.start_char,
                span.end_char,
                span.label_,
                details.get("type"),
                span.text,
                details.get("rule", HUMAN),
                _quantity(span),
                span.id_ or None,
                details.get("score"),
                id=f"s{number}",
            )
        )
    return spans
