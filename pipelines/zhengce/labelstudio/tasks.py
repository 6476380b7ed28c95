"""Documents as Label Studio tasks: pure functions, no network.

A task's data hold the document, its one prediction the spans. Every span is a region of rows that
share an id: the labels row first, then a row for each field that people can edit. What the editor
would drop (provenance, exact records, keys that no control shows) travels in the region's ``meta``,
which it keeps.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from ..records import Document, RecordError, Span, check, number_to_text, span_from_dict, span_to_dict
from . import MODEL_VERSION
from .layout import FIELDS, LABEL, NUMBERS, TEXT, Layout, type_control

KEY = "zhengce"  # of our part of a region's meta
_REGION_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")  # the editor cuts an id at "#"
_TITLE = 60  # characters

Row = dict[str, Any]


def text_hash(text: str) -> str:
    """The SHA-256 of a text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def task_of(document: Document, layout: Layout, revision: int = 1) -> dict[str, Any]:
    """The task that carries ``document``: ``data`` and one prediction, ready to import.

    ``data.rules_sha256`` is the hash of the prediction: it changes when other rules say other things.
    Raises ``RecordError`` for a document that does not hold together or whose labels the project
    does not know.
    """
    check(document, layout.labels)
    rows = prediction_rows(document, layout)
    try:
        orjson.dumps(document.meta), orjson.dumps(document.extra)
        rules = orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise RecordError(f"cannot be written as JSON: {error}", document=document.id) from None
    scores = [span.score for span in document.spans if span.score is not None]
    data: dict[str, Any] = {
        "text": document.text,
        "doc_id": document.id,
        "text_sha256": text_hash(document.text),
        "rules_sha256": hashlib.sha256(rules).hexdigest(),
        "title": title_of(document),
        "meta": document.meta,
        "revision": revision,
    }
    if document.extra:
        data["extra"] = document.extra
    prediction: dict[str, Any] = {"model_version": MODEL_VERSION, "result": rows}
    if scores:
        prediction["score"] = sum(scores) / len(scores)
    return {"data": data, "predictions": [prediction]}


def title_of(document: Document) -> str:
    """What the page shows above the text: the title in ``meta``, else the first line, else the id."""
    title = document.meta.get("title")
    if not (isinstance(title, str) and title.strip()):
        title = next((line for line in document.text[:2000].splitlines() if line.strip()), document.id)
    return title.strip()[:_TITLE] or document.id


def prediction_rows(document: Document, layout: Layout) -> list[Row]:
    """The rows of a document's prediction: its regions in the order of the spans, then its relations."""
    regions = _region_ids(document.spans)
    by_span = {span.id: region for span, region in zip(document.spans, regions) if span.id is not None}
    arcs: dict[str, list[dict[str, Any]]] = {}
    for relation in document.relations:
        arc = {"child": by_span[relation.child], "label": relation.label, "extra": relation.extra}
        arcs.setdefault(by_span[relation.head], []).append(arc)
    rows: list[Row] = []
    for span, region in zip(document.spans, regions):
        rows += _region_rows(span, region, layout, arcs.get(region, []))
    for relation in document.relations:
        row = {
            "from_id": by_span[relation.head],
            "to_id": by_span[relation.child],
            "type": "relation",
            "direction": "right",
        }
        rows.append({**row, "labels": [relation.label]} if relation.label else row)
    return rows


def _region_ids(spans: Sequence[Span]) -> list[str]:
    """A region id for every span: the span's own where Label Studio takes it, else a new one."""
    taken = {span.id for span in spans if span.id is not None and _REGION_ID.fullmatch(span.id)}
    ids = []
    for number, span in enumerate(spans, 1):
        if span.id in taken:
            ids.append(span.id)
        else:
            region = f"r{number}"
            while region in taken:
                region += "x"
            taken.add(region)
            ids.append(region)
    return ids


def _region_rows(span: Span, region: str, layout: Layout, arcs: list[dict[str, Any]]) -> list[Row]:
    record = span_to_dict(span)
    del record["text"]
    record.pop("source", None)  # a new round of work begins
    # The region's own id tells it from a copy that somebody makes of it in the editor, meta and all.
    ours = {"region": region, "span": record, **({"relations": arcs} if arcs else {})}
    note = span.rule if span.entity_id is None else f"{span.rule} · {span.entity_id}"

    def row(control: str, kind: str, **value: Any) -> Row:
        place = {"start": span.start, "end": span.end}
        return {"id": region, "from_name": control, "to_name": TEXT, "type": kind, "value": {**place, **value}}

    first = row(LABEL, "labels", text=span.text, labels=[span.label])
    first["meta"] = {"text": [note], KEY: ours}
    if span.score is not None:
        first["score"] = span.score
    rows = [first]
    if span.type in layout.types(span.label):
        rows.append(row(type_control(span.label), "choices", choices=[span.type]))
    for name, field in shown_fields(span).items():
        if name in layout.areas:
            rows.append(row(name, "textarea", text=[field]))
        elif field in layout.choices[name]:
            rows.append(row(name, "choices", choices=[field]))
    return rows


def shown_fields(span: Span) -> dict[str, str]:
    """The fields of a quantity as people see them, empty ones left out; none for other spans."""
    quantity = span.quantity
    if span.label != "QUANTITY" or quantity is None:
        return {}
    fields = {name: number_to_text(number) for name in NUMBERS if (number := getattr(quantity, name)) is not None}
    fields["unit"], fields["bound"] = quantity.unit.strip(), quantity.bound
    return {name: fields[name] for name in FIELDS if fields.get(name)}


def predicted(result: Any, text: str) -> tuple[dict[str, Span], dict[str, list[dict[str, Any]]]]:
    """What the rows of one of our predictions say: the spans by region id, and the arcs from each.

    Rows that are not ours, or that no longer fit the text, are left out.
    """
    spans: dict[str, Span] = {}
    arcs: dict[str, list[dict[str, Any]]] = {}
    for row in result if isinstance(result, list) else []:
        if not isinstance(row, dict) or row.get("type") != "labels" or not isinstance(row.get("id"), str):
            continue
        ours = row["meta"].get(KEY) if isinstance(row.get("meta"), dict) else None
        if not isinstance(ours, dict) or ours.get("region") != row["id"]:
            continue
        try:
            span = span_from_dict(ours.get("span"), text)
            check(Document(KEY, text, spans=[span]))
        except RecordError:
            continue
        spans[row["id"]] = span
        arcs[row["id"]] = [arc for arc in ours.get("relations") or [] if isinstance(arc, dict)]
    return spans, arcs


def validate(documents: Iterable[Document], layout: Layout) -> int:
    """Look at everything before anything is sent; the number of documents.

    Raises ``RecordError`` for the first document that cannot be a task or whose id another has.
    """
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise RecordError("two documents have this id", document=document.id)
        seen.add(document.id)
        prediction = task_of(document, layout)["predictions"][0]
        if objections := layout.objections(prediction):
            raise RecordError(f"Label Studio would not take it: {objections[0]}", document=document.id)
    return len(seen)
