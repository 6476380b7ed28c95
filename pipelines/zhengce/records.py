"""The records that flow through everything: documents, spans, quantities, relations.

``to_dict``/``from_dict`` are the JSON form; ``check`` is the one structural test that every
reader and writer calls. Offsets are Unicode code points, half open, into ``text`` as given.
Numbers are ``Decimal`` here and plain strings in JSON: no float, no exponent.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MAX_DIGITS = 400  # of a number in a record, sign and point counted: more than any text means
BOUNDS = ("=", "~", ">=", "<=", ">", "<")
_plain_number = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII).fullmatch
HUMAN = "human"  # the rule of a span that no rule made


class RecordError(ValueError):
    """A record that breaks the data model.

    Attributes say where: ``file`` (path or ``None``), ``line`` (1-based or ``None``),
    ``document`` (id or ``None``), ``start`` and ``end`` (offsets or ``None``), ``cause`` (text).
    """

    def __init__(
        self,
        cause: str,
        *,
        file: str | None = None,
        line: int | None = None,
        document: str | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        self.cause, self.file, self.line = cause, file, line
        self.document, self.start, self.end = document, start, end
        super().__init__(cause)

    def at(self, file: str | None = None, line: int | None = None) -> RecordError:
        """The same error with the place in a file filled in, for a reader that knows it."""
        self.file, self.line = file or self.file, line or self.line
        return self

    def __str__(self) -> str:
        place = []
        if self.file is not None:
            place.append(self.file if self.line is None else f"{self.file}:{self.line}")
        elif self.line is not None:
            place.append(f"line {self.line}")
        if self.document is not None:
            place.append(f"document {self.document!r}")
        if self.start is not None:
            place.append(f"span [{self.start}:{self.end}]")
        return ": ".join([", ".join(place), self.cause]) if place else self.cause


@dataclass(slots=True)
class Quantity:
    """What a number with its unit is worth.

    ``value``, or ``low`` and ``high`` for a range: exact, in ``unit`` (as written, multiplier
    worked in). ``bound`` is one of ``BOUNDS``. ``unit_id`` names the unit in
    ``patterns/units.toml``; ``base_*`` give the same in ``base_unit``. ``change`` (``up``,
    ``down``), ``basis`` (``yoy``, ``mom``, ``since``) and ``role`` (``target``, ``achieved``,
    ``share``) say what the words beside it make of it.
    """

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    bound: str = "="
    unit_id: str | None = None
    dimension: str | None = None
    base_value: Decimal | None = None
    base_low: Decimal | None = None
    base_high: Decimal | None = None
    base_unit: str | None = None
    change: str | None = None
    basis: str | None = None
    role: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def to(self, unit: str) -> Quantity:
        """The same in another unit, by id or surface: ``quantity.to("km2")``. See ``units.convert``."""
        from .units import convert  # only here: records know no data, a conversion needs the table of units

        return convert(self, unit)


@dataclass(slots=True)
class Span:
    """A labelled stretch of text. ``text`` is ``document.text[start:end]``; ``rule`` is never empty.

    ``source`` tells how a person left it: ``accepted``, ``changed`` or ``human``. ``extra``
    holds keys that the model does not know, so that they survive a round trip.
    """

    start: int
    end: int
    label: str
    type: str | None = None
    text: str = ""
    rule: str = HUMAN
    quantity: Quantity | None = None
    entity_id: str | None = None
    score: float | None = None
    source: str | None = None
    id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Relation:
    """A directed, possibly unlabelled arc between two spans, named by their ids."""

    head: str
    child: str
    label: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A text with its spans and relations."""

    id: str
    text: str
    meta: dict[str, Any] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


_NUMBERS = ("value", "low", "high", "base_value", "base_low", "base_high")
_QUANTITY_WORDS = ("unit_id", "dimension", "base_unit", "change", "basis", "role")
_SPAN_WORDS = ("type", "rule", "entity_id", "source", "id")


def number_to_text(number: Decimal) -> str:
    """``Decimal`` as a plain string without exponent: ``Decimal("1E+3")`` gives ``"1000"``."""
    return format(number, "f")


def text_to_number(text: Any) -> Decimal:
    """A plain number from JSON (digits with a sign and a decimal point, or an integer) as ``Decimal``.

    Floats are refused as inexact, exponents and more than ``MAX_DIGITS`` digits as no number that
    anybody writes. Raises ``RecordError``.
    """
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text) if abs(text) < 10**MAX_DIGITS else "too many digits"
    if not isinstance(text, str):
        raise RecordError(f"number must be a string, got {text!r}")
    if len(text) > MAX_DIGITS or not _plain_number(text):
        raise RecordError(f"not a plain number: {text[:40]!r}")
    return Decimal(text)


def quantity_to_dict(quantity: Quantity) -> dict[str, Any]:
    """JSON form of a quantity; absent attributes are left out."""
    # One test an attribute: a loop over their names takes twice the time, and every record passes here.
    out: dict[str, Any] = {}
    if quantity.value is not None:
        out["value"] = number_to_text(quantity.value)
    if quantity.low is not None:
        out["low"] = number_to_text(quantity.low)
    if quantity.high is not None:
        out["high"] = number_to_text(quantity.high)
    out["unit"], out["bound"] = quantity.unit, quantity.bound
    if quantity.unit_id is not None:
        out["unit_id"] = quantity.unit_id
    if quantity.dimension is not None:
        out["dimension"] = quantity.dimension
    if quantity.base_value is not None:
        out["base_value"] = number_to_text(quantity.base_value)
    if quantity.base_low is not None:
        out["base_low"] = number_to_text(quantity.base_low)
    if quantity.base_high is not None:
        out["base_high"] = number_to_text(quantity.base_high)
    if quantity.base_unit is not None:
        out["base_unit"] = quantity.base_unit
    if quantity.change is not None:
        out["change"] = quantity.change
    if quantity.basis is not None:
        out["basis"] = quantity.basis
    if quantity.role is not None:
        out["role"] = quantity.role
    if quantity.extra:
        out.update(quantity.extra)
    return out


def quantity_from_dict(data: Any) -> Quantity:
    """The inverse of ``quantity_to_dict``. Raises ``RecordError`` on a wrong shape."""
    _expect(isinstance(data, dict), f"quantity must be an object, got {data!r}")
    rest = dict(data)
    quantity = Quantity()
    for key in _NUMBERS:
        if (number := rest.pop(key, None)) is not None:
            setattr(quantity, key, text_to_number(number))
    for key in _QUANTITY_WORDS:
        setattr(quantity, key, _word(rest.pop(key, None), f"quantity.{key}"))
    quantity.unit = _word(rest.pop("unit", None), "quantity.unit") or ""
    quantity.bound = _word(rest.pop("bound", None), "quantity.bound") or "="
    _expect(quantity.bound in BOUNDS, f"quantity.bound must be one of {' '.join(BOUNDS)}, got {quantity.bound!r}")
    quantity.extra = rest
    return quantity


def span_to_dict(span: Span) -> dict[str, Any]:
    """JSON form of a span; absent attributes are left out."""
    out: dict[str, Any] = {} if span.id is None else {"id": span.id}
    out["start"], out["end"], out["label"] = span.start, span.end, span.label
    if span.type is not None:
        out["type"] = span.type
    out["text"], out["rule"] = span.text, span.rule
    if span.quantity is not None:
        out["quantity"] = quantity_to_dict(span.quantity)
    if span.entity_id is not None:
        out["entity_id"] = span.entity_id
    if span.score is not None:
        out["score"] = span.score
    if span.source is not None:
        out["source"] = span.source
    if span.extra:
        out.update(span.extra)
    return out


def span_from_dict(data: Any, text: str) -> Span:
    """A span of ``text`` from its JSON form; a missing ``text`` is filled from the offsets.

    Raises ``RecordError`` on a wrong shape; bounds are left to ``check``.
    """
    _expect(isinstance(data, dict), f"span must be an object, got {data!r}")
    rest = dict(data)
    for key in ("start", "end", "label"):
        _expect(key in rest, f"span has no {key!r}: {data!r}")
    start, end = rest.pop("start"), rest.pop("end")
    span = Span(start, end, rest.pop("label"))
    if isinstance(rest.get("id"), int) and not isinstance(rest["id"], bool):
        rest["id"] = str(rest["id"])
    for key in _SPAN_WORDS:
        setattr(span, key, _word(rest.pop(key, None), f"span.{key}"))
    span.rule = span.rule or HUMAN
    given = _word(rest.pop("text", None), "span.text")
    span.text = text[start:end] if given is None and _is_offset(start) and _is_offset(end) else given or ""
    if (quantity := rest.pop("quantity", None)) is not None:
        span.quantity = quantity_from_dict(quantity)
    if (score := rest.pop("score", None)) is not None:
        _expect(
            isinstance(score, (int, float)) and not isinstance(score, bool),
            f"span.score must be a number, got {score!r}",
        )
        span.score = score
    span.extra = rest
    return span


def to_dict(document: Document) -> dict[str, Any]:
    """JSON form of a document; empty ``meta`` and ``relations`` are left out."""
    out: dict[str, Any] = {"id": document.id, "text": document.text}
    if document.meta:
        out["meta"] = document.meta
    out["spans"] = [span_to_dict(span) for span in document.spans]
    if document.relations:
        out["relations"] = [{"head": r.head, "child": r.child, "label": r.label, **r.extra} for r in document.relations]
    if document.extra:
        out.update(document.extra)
    return out


def from_dict(data: Any, labels: Collection[str] | None = None) -> Document:
    """A checked document from its JSON form.

    Only ``id``, ``text`` and each span's ``start``, ``end``, ``label`` are required; integer ids
    become strings; unknown keys are kept in ``extra``. ``labels``, where given, are the known ones.
    Raises ``RecordError``.
    """
    _expect(isinstance(data, dict), f"record must be an object, got {type(data).__name__}")
    rest = dict(data)
    identifier, text = rest.pop("id", None), rest.pop("text", None)
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    _expect(isinstance(identifier, str) and identifier != "", f"id must be a non-empty string, got {identifier!r}")
    try:
        _expect(isinstance(text, str), "text is missing" if text is None else f"text must be a string, got {text!r}")
        document = Document(identifier, text)
        document.meta = rest.pop("meta", None) or {}
        _expect(isinstance(document.meta, dict), f"meta must be an object, got {document.meta!r}")
        spans, relations = rest.pop("spans", None) or [], rest.pop("relations", None) or []
        _expect(isinstance(spans, list), f"spans must be a list, got {spans!r}")
        _expect(isinstance(relations, list), f"relations must be a list, got {relations!r}")
        document.spans = [span_from_dict(span, text) for span in spans]
        document.relations = [_relation_from_dict(relation) for relation in relations]
    except RecordError as error:
        error.document = identifier
        raise
    document.extra = rest
    check(document, labels)
    return document


def check(document: Document, labels: Collection[str] | None = None) -> None:
    """Raise ``RecordError`` unless the document holds together.

    Bounds lie in the text, ``span.text`` is the text there, ids are unique, relations name spans,
    labels are words (and among ``labels``, where given), rules are not empty, the text can be
    written as UTF-8. Whether value, unit and type fit each other is not looked at.
    """

    def fail(cause: str, span: Span | None = None) -> None:
        place = {} if span is None else {"start": span.start, "end": span.end}
        raise RecordError(cause, document=document.id, **place)

    text = document.text
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            fail(f"lone surrogate U+{ord(text[error.start]):04X} at offset {error.start}")
    ids: set[str] = set()
    length = len(text)
    for span in document.spans:
        start, end = span.start, span.end
        if not (type(start) is type(end) is int or _is_offset(start) and _is_offset(end)):
            fail("offsets must be integers", span)
        if not 0 <= start < end <= length:
            fail(f"offsets lie outside the text of {length} characters or are empty", span)
        if span.text != text[start:end]:
            fail(f"span text {span.text!r} is not the text there, {text[start:end]!r}", span)
        label = span.label
        if not isinstance(label, str) or not label:
            fail(f"label must be a non-empty string, got {label!r}", span)
        if labels is not None and label not in labels:
            fail(f"unknown label {label!r}; known are {', '.join(sorted(labels))}", span)
        if not span.rule:
            fail("rule must not be empty", span)
        if span.id is not None:
            if span.id in ids:
                fail(f"span id {span.id!r} stands twice", span)
            ids.add(span.id)
    for relation in document.relations:
        for end in (relation.head, relation.child):
            if end not in ids:
                fail(f"relation names span {end!r}, which does not exist")


def _relation_from_dict(data: Any) -> Relation:
    _expect(isinstance(data, dict), f"relation must be an object, got {data!r}")
    rest = dict(data)
    ends = [rest.pop(key, None) for key in ("head", "child")]
    ends = [str(end) if isinstance(end, int) and not isinstance(end, bool) else end for end in ends]
    _expect(all(isinstance(end, str) for end in ends), f"relation needs head and child: {data!r}")
    return Relation(ends[0], ends[1], _word(rest.pop("label", None), "relation.label") or "", rest)


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _word(value: Any, name: str) -> str | None:
    _expect(value is None or isinstance(value, str), f"{name} must be a string, got {value!r}")
    return value


def _expect(holds: bool, cause: str) -> None:
    if not holds:
        raise RecordError(cause)
