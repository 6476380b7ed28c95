"""Records: the JSON form is the identity, and the check refuses what does not hold together."""

from __future__ import annotations

import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from strategies import documents, numbers, texts

from zhengce.records import (
    Document,
    Quantity,
    RecordError,
    Span,
    check,
    from_dict,
    number_to_text,
    quantity_from_dict,
    text_to_number,
    to_dict,
)


@given(documents())
def test_record_to_json_to_record_is_the_identity(document: Document) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(document)))) == document
    assert from_dict(orjson.loads(orjson.dumps(to_dict(document)))) == document


@given(documents())
def test_json_to_record_to_json_is_the_identity(document: Document) -> None:
    data = to_dict(document)
    assert to_dict(from_dict(data)) == data


@given(texts)
def test_any_text_is_kept_as_given(text: str) -> None:
    assert from_dict({"id": "d", "text": text}).text == text


@given(numbers)
def test_numbers_are_plain_and_exact(number: Decimal) -> None:
    written = number_to_text(number)
    assert "E" not in written.upper()
    assert text_to_number(written) == number


def test_only_id_text_and_the_place_of_spans_are_required() -> None:
    document = from_dict({"id": 7, "text": "金凤实验室投用", "spans": [{"id": 3, "start": 0, "end": 5, "label": "ORG"}]})
    assert document == Document("7", "金凤实验室投用", spans=[Span(0, 5, "ORG", text="金凤实验室", rule="human", id="3")])


SPAN = {"start": 0, "end": 1, "label": "ORG"}
BROKEN = [
    ([], "object"),
    ({"text": "a"}, "id must be"),
    ({"id": "", "text": "a"}, "id must be"),
    ({"id": True, "text": "a"}, "id must be"),
    ({"id": "d"}, "text is missing"),
    ({"id": "d", "text": None}, "text is missing"),
    ({"id": "d", "text": 5}, "text must be a string"),
    ({"id": "d", "text": "a", "meta": "x"}, "meta must be"),
    ({"id": "d", "text": "a", "spans": {"a": 1}}, "spans must be"),
    ({"id": "d", "text": "a", "spans": [5]}, "span must be"),
    ({"id": "d", "text": "a", "spans": [{"start": 0, "end": 1}]}, "no 'label'"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "end": 2}]}, "outside the text"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "start": -1}]}, "outside the text"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "end": 0}]}, "empty"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "end": 1.0}]}, "integers"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "start": False}]}, "integers"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "text": "b"}]}, "not the text there"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "label": ""}]}, "label must be"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "label": "PERSON"}]}, "unknown label"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "id": "x"}, {**SPAN, "id": "x"}]}, "stands twice"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "score": "high"}]}, "score must be"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": 0.1}}]}, "must be a string"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "NaN"}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "1e20"}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "１２"}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "9" * 401}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": 10**500}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "三"}}]}, "not a plain number"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "quantity": {"value": "1", "bound": "≥"}}]}, "bound must be"),
    ({"id": "d", "text": "a", "spans": [{**SPAN, "id": "x"}], "relations": [{"head": "x", "child": "y"}]}, "does not exist"),
    ({"id": "d", "text": "a", "relations": [{"head": "x"}]}, "head and child"),
    ({"id": "d", "text": "a\ud800"}, "lone surrogate U\\+D800 at offset 1"),
]


@pytest.mark.parametrize(("record", "cause"), BROKEN, ids=[f"{number}-{cause}" for number, (_, cause) in enumerate(BROKEN)])
def test_what_does_not_hold_together_is_refused(record: object, cause: str) -> None:
    with pytest.raises(RecordError, match=cause):
        from_dict(record, labels={"ORG", "POLICY", "QUANTITY"})


def test_errors_name_file_line_document_offsets_and_cause() -> None:
    document = Document("cq-1", "金凤实验室", spans=[Span(3, 9, "ORG", text="验室")])
    with pytest.raises(RecordError) as caught:
        check(document)
    assert str(caught.value.at("a.jsonl", 4)) == (
        "a.jsonl:4, document 'cq-1', span [3:9]: offsets lie outside the text of 5 characters or are empty"
    )


def test_unknown_keys_of_a_quantity_survive() -> None:
    assert quantity_from_dict({"value": "1.50", "derived": True}) == Quantity(value=Decimal("1.50"), extra={"derived": True})
