"""What people made of a task: the rows of an annotation as spans and relations. Pure functions.

Offsets are all that is trusted of a region's extent (the editor's own copy of the text loses line
breaks). A region that still equals what was predicted is ``accepted`` and gets its whole record
back; one with the id of a predicted region but other content is ``changed``; the rest is ``human``.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ..records import BOUNDS, HUMAN, Document, Quantity, RecordError, Relation, Span, check
from .layout import FIELDS, LABEL, NUMBERS, REVIEW, Layout, type_control
from .tasks import predicted, shown_fields, text_hash

ACCEPTED, CHANGED = "accepted", "changed"
Rules = Callable[[str], list[Span]]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_ARC_KEYS = {"from_id", "to_id", "type", "direction", "labels", "id"}


class ReadError(ValueError):
    """An annotation that cannot be read; the message says why."""


@dataclass(slots=True)
class Reading:
    """A corrected document, and the predicted spans that are gone from it."""

    document: Document
    removed: list[Span]


@dataclass(slots=True)
class _Region:
    """The rows of one region: its extent, label, field values by control, meta."""

    id: str
    start: int
    end: int
    label: str
    meta: dict[str, Any]
    fields: dict[str, list[str]] = field(default_factory=dict)


def read_task(data: Any) -> Document:
    """The document that a task's data hold, without spans. Raises ``ReadError`` where the task is not ours."""
    names = ("doc_id", "text", "text_sha256")
    if not isinstance(data, dict) or not all(isinstance(data.get(name), str) for name in names):
        raise ReadError("zhengce did not make this task: its data lack doc_id, text or text_sha256")
    meta, extra = data.get("meta") or {}, data.get("extra") or {}
    if not isinstance(meta, dict) or not isinstance(extra, dict):
        raise ReadError("the task's data were edited: meta is no object")
    document = Document(data["doc_id"], data["text"], dict(meta), extra=dict(extra))
    try:
        check(document)
    except RecordError as error:
        raise ReadError(error.cause) from None
    if data["text_sha256"] != text_hash(document.text):
        raise ReadError("the task's text was edited on the server, its spans may stand at wrong places")
    return document


def read_annotation(data: Any, result: Any, prediction: Any, layout: Layout, rules: Rules) -> Reading:
    """The document of a task as one annotation leaves it.

    ``data`` are the task's, ``result`` the annotation's rows, ``prediction`` the rows it started
    from. ``rules`` gives the rules' spans of a text: they suggest a missing type and a missing value.
    Raises ``ReadError``.
    """
    document = read_task(data)
    text = document.text
    regions, arcs, notes = _regions(result, text, layout)
    started, started_arcs = predicted(prediction, text)
    order = {region: number for number, region in enumerate(started)}
    removed = [span for region, span in started.items() if region not in regions]
    own, own_arcs = predicted(result, text)  # what the person saw, even where the prediction was replaced since
    started, started_arcs = {**started, **own}, {**started_arcs, **own_arcs}

    suggestions: list[Span] | None = None

    def suggest() -> list[Span]:
        nonlocal suggestions
        if suggestions is None:
            suggestions = rules(text)
        return suggestions

    made: dict[str, Span] = {}
    for region in regions.values():
        made[region.id] = _span(region, text, started.get(region.id), removed, layout, suggest, rules)
    relations = _relations(arcs, made, started_arcs)
    _name(made, {end for relation in relations for end in (relation.head, relation.child)})
    document.spans = _in_order(made, order)
    for relation in relations:
        relation.head, relation.child = made[relation.head].id, made[relation.child].id
    document.relations = relations
    document.meta.update(notes)
    try:
        check(document)
    except RecordError as error:
        raise ReadError(str(error)) from None
    return Reading(document, removed)


def _regions(result: Any, text: str, layout: Layout) -> tuple[dict[str, _Region], list[dict[str, Any]], dict[str, Any]]:
    """The regions by id, the relation rows, and what was said of the whole document."""
    if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
        raise ReadError("the annotation's result is no list of rows")
    regions: dict[str, _Region] = {}
    arcs, others = [], []
    for number, row in enumerate(result):
        if row.get("type") == "relation":
            arcs.append(row)
        elif row.get("type") == "labels" and row.get("from_name") == LABEL:
            region = _region(row, number, text, layout)
            if region.id in regions:
                raise ReadError(f"two regions have the id {region.id!r}")
            regions[region.id] = region
        else:
            others.append(row)
    notes: dict[str, Any] = {}
    for row in others:
        name, value = row.get("from_name"), row.get("value")
        values = _values(row.get("type"), value)
        if not isinstance(name, str) or values is None:
            raise ReadError(f"a row of the control {name!r} cannot be read")
        if row.get("id") in regions:
            regions[row["id"]].fields.setdefault(name, []).extend(values)
        elif isinstance(value, dict) and "start" in value:
            raise ReadError(f"the region at {value.get('start')}:{value.get('end')} has no label; give it one")
        elif values:
            notes[name] = values[0] if name == REVIEW or len(values) == 1 else values
    return regions, arcs, notes


def _region(row: dict[str, Any], number: int, text: str, layout: Layout) -> _Region:
    value = row.get("value")
    if not isinstance(value, dict):
        raise ReadError(f"row {number + 1} has no value")
    start, end, labels = value.get("start"), value.get("end"), value.get("labels")
    place = f"the region at {start}:{end}"
    if not all(isinstance(offset, int) and not isinstance(offset, bool) for offset in (start, end)):
        raise ReadError(f"{place} has no offsets")
    if not 0 <= start < end <= len(text):
        raise ReadError(f"{place} is empty or lies outside the text of {len(text)} characters; delete it")
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise ReadError(f"{place} has no label; give it one")
    if len(labels) > 1:
        raise ReadError(f"{place} has several labels ({', '.join(labels)}); leave it one")
    if not labels[0]:
        raise ReadError(f"{place} has an empty label")
    identifier = row.get("id") if isinstance(row.get("id"), str) and row["id"] else f"row{number + 1}"
    return _Region(identifier, start, end, labels[0], row["meta"] if isinstance(row.get("meta"), dict) else {})


def _values(kind: Any, value: Any) -> list[str] | None:
    """The strings of a choices or text row, ``None`` for a row that is neither."""
    if kind not in ("choices", "textarea", "number", "rating") or not isinstance(value, dict):
        return None
    values = value.get("text" if kind == "textarea" else kind)
    values = values if isinstance(values, list) else [] if values is None else [values]
    return [str(item) for item in values if str(item).strip()]


def _span(
    region: _Region,
    text: str,
    before: Span | None,
    removed: list[Span],
    layout: Layout,
    suggest: Callable[[], list[Span]],
    rules: Rules,
) -> Span:
    kept = before is not None and before.label == region.label
    if chosen := region.fields.get(type_control(region.label)):
        type_ = chosen[-1]
    elif kept:
        type_ = before.type
    else:
        type_ = _type_of(region, removed) or _type_of(region, suggest() if layout.types(region.label) else [])
    span = Span(region.start, region.end, region.label, type_, text[region.start : region.end])
    if region.label != "QUANTITY":
        span.quantity = before.quantity if kept else None
    else:
        _fill_quantity(span, region, before if kept else None, suggest, rules)
    if before is None:
        span.source = HUMAN
    else:
        fields = (span.start, span.end, span.label, span.type) == (before.start, before.end, before.label, before.type)
        span.source = ACCEPTED if fields and span.quantity is before.quantity else CHANGED
        span.rule, span.entity_id, span.score, span.id = before.rule, before.entity_id, before.score, before.id
        span.extra = dict(before.extra)
    known = {type_control(region.label), *FIELDS, *(name for name in layout.choices if name.endswith("_type"))}
    if further := {name: values for name, values in region.fields.items() if name not in known}:
        span.extra["fields"] = further  # of controls that somebody added to the page
    return span


def _type_of(region: _Region, spans: Iterable[Span]) -> str | None:
    """The type of the span of the region's label that shares most of its extent."""
    best, most = None, 0.0
    for span in spans:
        shared = min(span.end, region.end) - max(span.start, region.start)
        if span.label == region.label and span.type and shared > 0:
            share = shared / (max(span.end, region.end) - min(span.start, region.start))
            if share > most:
                best, most = span.type, share
    return best


def _fill_quantity(
    span: Span, region: _Region, before: Span | None, suggest: Callable[[], list[Span]], rules: Rules
) -> None:
    """Set the value of ``span``; ``before`` is the prediction, where it was a quantity too."""
    given = {name: region.fields[name][-1].strip() for name in FIELDS if region.fields.get(name)}
    shown = {} if before is None else shown_fields(before)
    old = before.quantity if before is not None else None
    numbers = {name: _number(given[name], name, region) for name in NUMBERS if name in given}
    unit, bound = given.get("unit", ""), given.get("bound", shown.get("bound", "="))
    if bound not in BOUNDS:
        raise ReadError(
            f"the region at {region.start}:{region.end} has the bound {bound!r}; choose one of {' '.join(BOUNDS)}"
        )
    if before is not None and (numbers, unit, bound) == (
        {name: Decimal(shown[name]) for name in NUMBERS if name in shown},
        shown.get("unit", ""),
        shown.get("bound", "="),
    ):
        span.quantity = old
        return
    if numbers:
        quantity = Quantity() if old is None else replace(old, extra=_without_derived(old.extra))
        for name in NUMBERS:
            setattr(quantity, name, numbers.get(name))
        quantity.base_value = quantity.base_low = quantity.base_high = quantity.base_unit = None  # of the old number
    elif (parsed := _parse(span, suggest(), rules)) is not None:
        quantity = replace(parsed.quantity, extra={**parsed.quantity.extra, "derived": True})
        span.type = span.type or parsed.type
        unit, bound = given.get("unit", quantity.unit), given.get("bound", quantity.bound)
    else:
        return
    if unit != quantity.unit.strip():
        quantity.unit, quantity.unit_id, quantity.dimension = unit, None, None
    quantity.bound = bound
    span.quantity = quantity


def _without_derived(extra: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extra.items() if key != "derived"}


def _number(text: str, name: str, region: _Region) -> Decimal:
    plain = _THOUSANDS.sub("", "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-"))
    if not _NUMBER.fullmatch(plain):
        raise ReadError(
            f"the region at {region.start}:{region.end} has the {name} {text!r}, which is no plain number; "
            "write digits, without unit and multiplier"
        )
    return Decimal(plain)


def _parse(span: Span, suggestions: list[Span], rules: Rules) -> Span | None:
    """The rules' own reading of a quantity: where it stands, else of its text alone."""
    for suggestion in suggestions:
        if (suggestion.start, suggestion.end) == (span.start, span.end) and suggestion.quantity is not None:
            return suggestion
    alone = [found for found in rules(span.text) if found.quantity is not None]
    return max(alone, key=lambda found: found.end - found.start, default=None)


def _relations(
    rows: list[dict[str, Any]], made: dict[str, Span], arcs: dict[str, list[dict[str, Any]]]
) -> list[Relation]:
    """Relations between region ids; each takes back the keys of the predicted arc that it is."""
    left = {region: list(found) for region, found in arcs.items()}
    relations = []
    for row in rows:
        head, child = row.get("from_id"), row.get("to_id")
        if head not in made or child not in made:
            raise ReadError(
                f"a relation names the region {head if head not in made else child!r}, which does not exist"
            )
        labels = [label for label in row.get("labels") or [] if isinstance(label, str)]
        extra: dict[str, Any] = {}
        if row.get("direction") == "left":
            head, child = child, head
        elif row.get("direction") == "bi":
            extra = {"direction": "bi"}
        for label in labels or [""]:
            known = [arc for arc in left.get(head, []) if arc.get("child") == child]
            arc = next((arc for arc in known if arc.get("label") == label), None if labels else next(iter(known), None))
            if arc is None:
                relations.append(Relation(head, child, label, extra))
            else:
                left[head].remove(arc)
                relations.append(Relation(head, child, arc.get("label") or "", {**(arc.get("extra") or {}), **extra}))
    return relations


def _name(made: dict[str, Span], related: set[str]) -> None:
    """Give ids where they are needed: to people's own regions, and to whatever a relation names."""
    taken = {span.id for span in made.values() if span.id is not None}
    for region, span in made.items():
        if span.id is None and (span.source == HUMAN or region in related):
            name, number = region, 2
            while name in taken:
                name, number = f"{region}-{number}", number + 1
            span.id = name
            taken.add(name)


def _in_order(made: dict[str, Span], order: dict[str, int]) -> list[Span]:
    """The predicted spans in their old order, people's own where they belong by offset."""
    spans = [made[region] for region in sorted((region for region in made if region in order), key=order.__getitem__)]
    for region, span in made.items():
        if region not in order:
            spans.insert(bisect_right([other.start for other in spans], span.start), span)
    return spans
