"""Documents to tasks and annotations to documents, without a server."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelstudio_editor import LABELS, LAYOUT, documents, drawn, submitted, without

from zhengce import Annotator
from zhengce.labelstudio.corrections import ReadError, Reading, read_annotation, read_task
from zhengce.labelstudio.layout import LayoutError, read_layout
from zhengce.labelstudio.tasks import task_of, validate
from zhengce.records import Document, Quantity, RecordError, Relation, Span, check, from_dict, to_dict

RULES = Annotator()
TEXT = "省委提出乡村振兴战略，技术合同成交额475.6亿元，增长3%。"
SPANS = [
    Span(0, 2, "ORG", "government", "省委", "terms.org.central", entity_id="party-committee", score=0.9, id="s1"),
    Span(4, 10, "POLICY", "concept", "乡村振兴战略", "terms.policy.concepts", id="s2", extra={"seen": [1]}),
    Span(
        18, 25, "QUANTITY", "money", "475.6亿元", "quantity.money",
        Quantity(Decimal("47560000000"), unit="元", unit_id="CNY", dimension="money", base_value=Decimal("47560000000"),
                 base_unit="元", role="achieved", extra={"sure": True}), id="s3",
    ),
]  # fmt: skip


def document() -> Document:
    return Document("d1", TEXT, {"source": "x"}, copy.deepcopy(SPANS), [Relation("s1", "s2", "提出", {"w": 1})])


def sent(document: Document) -> tuple[dict, list[dict]]:
    """What the server has of the document: its data and the rows of its prediction."""
    task = json.loads(orjson.dumps(task_of(document, LAYOUT)))
    return task["data"], task["predictions"][0]["result"]


def read(data: dict, result: list[dict], prediction: list[dict]) -> Reading:
    return read_annotation(data, json.loads(json.dumps(result)), prediction, LAYOUT, RULES)


def corrected(change) -> Document:
    """``document()`` after ``change`` was made to the rows that the editor gives back."""
    data, rows = sent(document())
    return read(data, change(submitted(rows)), rows).document


def by_source(document: Document) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for span in document.spans:
        out.setdefault(span.source, []).append(span.text)
    return out


@given(documents())
def test_accepted_document_comes_back(document: Document) -> None:
    data, rows = sent(document)
    back = read(data, submitted(rows), rows)
    assert {span.source for span in back.document.spans} <= {"accepted"} and not back.removed
    assert not back.document.relations or {span.id for span in back.document.spans} >= {
        r.head for r in back.document.relations
    }
    assert to_dict(unsourced(back.document)) == to_dict(unsourced(document))


@given(documents())
def test_region_meta_is_enough(document: Document) -> None:
    """A prediction that was deleted or replaced since takes nothing away."""
    data, rows = sent(document)
    back = read(data, submitted(rows), []).document
    assert sorted(map(str, unsourced(back).spans)) == sorted(map(str, unsourced(document).spans))


@given(documents())
def test_second_round_is_the_same(document: Document) -> None:
    """Corrections can be sent out again."""
    data, rows = sent(document)
    once = read(data, submitted(rows), rows).document
    data, rows = sent(once)
    assert to_dict(read(data, submitted(rows), rows).document) == to_dict(once)


@given(documents())
def test_rows_are_what_the_editor_can_hold(document: Document) -> None:
    data, rows = sent(document)
    regions: dict[str, list[dict]] = {}
    for row in rows:
        if row["type"] == "relation":
            assert row["from_id"] in regions and row["to_id"] in regions
            continue
        if row["type"] == "labels":
            assert row["id"] not in regions and "#" not in row["id"]
            assert row["value"]["labels"][0] in LABELS
        else:
            assert row["id"] in regions, "labels row first"
        regions.setdefault(row["id"], []).append(row)
        assert 0 <= row["value"]["start"] < row["value"]["end"] <= len(data["text"])
        if row["type"] == "choices":
            assert set(row["value"]["choices"]) <= LAYOUT.choices[row["from_name"]]
        if row["type"] == "textarea":
            assert row["value"]["text"][0].strip()
    assert len(regions) == len(document.spans)
    assert data["title"].strip() == data["title"] != "" or not document.id.strip()


@given(documents(), st.data())
def test_any_editing_gives_a_document(document: Document, draw: st.DataObject) -> None:
    """Delete and draw anything: the result holds together, ids stay unique, deleted spans are known."""
    data, rows = sent(document)
    result = submitted(rows)
    regions = [row["id"] for row in result if row["type"] == "labels"]
    gone = draw.draw(st.lists(st.sampled_from(regions), unique=True)) if regions else []
    for region in gone:
        result = without(result, region)
    new = 0
    if document.text:
        for new in range(1, draw.draw(st.integers(0, 3)) + 1):
            start = draw.draw(st.integers(0, len(document.text) - 1))
            end = draw.draw(st.integers(start + 1, len(document.text)))
            result += drawn(
                draw.draw(st.sampled_from([f"s{new}", f"new{new}", f"r{new}x"])) + f"_{new}",
                start,
                end,
                draw.draw(st.sampled_from(sorted(LABELS))),
            )
    back = read(data, result, rows)
    check(back.document, LABELS)
    assert sum(span.source == "human" for span in back.document.spans) == new
    assert len(back.removed) == len(gone)
    assert len(back.document.spans) == len(document.spans) - len(gone) + new


def unsourced(document: Document) -> Document:
    return replace(document, spans=[replace(span, source=None) for span in document.spans])


def test_label_changed() -> None:
    def change(rows: list[dict]) -> list[dict]:
        for row in rows:
            if row.get("id") == "s1" and row["type"] == "labels":
                row["value"]["labels"] = ["POLICY"]
        return rows

    span = corrected(change).spans[0]
    assert (span.label, span.source, span.rule, span.id) == ("POLICY", "changed", "terms.org.central", "s1")


def test_type_changed() -> None:
    def change(rows: list[dict]) -> list[dict]:
        for row in rows:
            if row.get("from_name") == "policy_type":
                row["value"]["choices"] = ["programme"]
        return rows

    assert [(span.type, span.source) for span in corrected(change).spans] == [
        ("government", "accepted"), ("programme", "changed"), ("money", "accepted"),
    ]  # fmt: skip


def field(name: str, text: str):
    def change(rows: list[dict]) -> list[dict]:
        rows = [row for row in rows if row.get("from_name") != name]
        return rows + [
            row | {"origin": "prediction-changed"} for row in drawn("s3", 18, 25, "QUANTITY", **{name: text})[1:]
        ]

    return change


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("value", "47,560,000,000", "accepted"),
        ("value", " ４７５６００００００0.0 ", "accepted"),
        ("value", "4756", ("4756", "元", "=")),
        ("value", "−3", ("-3", "元", "=")),
        ("bound", ">=", ("47560000000", "元", ">=")),
        ("unit", "万元", ("47560000000", "万元", "=")),
    ],
)
def test_value_edited(name: str, text: str, expected) -> None:
    span = corrected(field(name, text)).spans[2]
    if expected == "accepted":
        assert (span.source, span.quantity) == ("accepted", SPANS[2].quantity)
        return
    quantity = span.quantity
    assert (format(quantity.value, "f"), quantity.unit, quantity.bound) == expected and span.source == "changed"
    assert (quantity.role, quantity.extra, quantity.base_value) == ("achieved", {"sure": True}, None)
    assert quantity.unit_id == ("CNY" if quantity.unit == "元" else None)


@pytest.mark.parametrize("text", ["47亿", "四百", "1e9", "1.2.3", "1,23", "NaN", "∞"])
def test_value_that_is_no_number(text: str) -> None:
    with pytest.raises(ReadError, match="no plain number"):
        corrected(field("value", text))


def test_value_cleared_is_parsed_from_the_text() -> None:
    span = corrected(lambda rows: [row for row in rows if row.get("from_name") != "value"]).spans[2]
    assert (span.source, span.quantity.value, span.quantity.unit, span.quantity.extra) == (
        "changed", Decimal("47560000000"), "元", {"derived": True},
    )  # fmt: skip


def test_redrawn_region_gets_the_type_of_the_deleted_one() -> None:
    result = corrected(lambda rows: without(rows, "s2") + drawn("Nx1_-", 4, 8, "POLICY"))
    span = result.spans[1]
    assert (span.text, span.type, span.source, span.rule, span.id) == ("乡村振兴", "concept", "human", "human", "Nx1_-")
    assert not result.relations


@pytest.mark.parametrize(
    "start, end, text, derived",
    [
        (15, 25, "成交额475.6亿元", ("47560000000", "元")),
        (21, 25, ".6亿元", ("600000000", "元")),
        (22, 25, "6亿元", ("600000000", "元")),
        (18, 23, "475.6", None),
    ],
)
def test_redrawn_quantity_is_parsed_from_the_text(start: int, end: int, text: str, derived: tuple | None) -> None:
    span = corrected(lambda rows: without(rows, "s3") + drawn("n", start, end, "QUANTITY")).spans[2]
    assert (span.text, span.type, span.source) == (text, "money", "human")
    if derived is None:
        assert span.quantity is None
    else:
        assert (format(span.quantity.value, "f"), span.quantity.unit) == derived
        assert span.quantity.extra == {"derived": True}


def test_new_region_gets_the_rules_type() -> None:
    spans = corrected(lambda rows: rows + drawn("n", 28, 30, "QUANTITY")).spans
    assert [(span.text, span.type) for span in spans][-1] == ("3%", "percent")
    assert spans[-1].quantity.value == 3 and spans[-1].source == "human"
    spans = corrected(lambda rows: rows + drawn("n", 12, 15, "ORG", org_type="media")).spans
    assert (spans[2].text, spans[2].type) == ("术合同", "media")


def test_copy_of_a_region_is_a_region_of_its_own() -> None:
    def change(rows: list[dict]) -> list[dict]:
        return rows + [{**row, "id": "copy"} for row in copy.deepcopy(rows) if row.get("id") == "s1"]

    assert by_source(corrected(change)) == {"accepted": ["省委", "乡村振兴战略", "475.6亿元"], "human": ["省委"]}


def test_relations_of_people() -> None:
    left = {"from_id": "s1", "to_id": "s3", "type": "relation", "direction": "left"}
    relations = corrected(lambda rows: rows + [left]).relations
    assert relations == [Relation("s1", "s2", "提出", {"w": 1}), Relation("s3", "s1")]


def test_what_is_said_of_the_document_and_by_further_controls() -> None:
    review = {"id": "x", "from_name": "review", "to_name": "text", "type": "choices", "value": {"choices": ["checked"]}}
    result = corrected(lambda rows: rows + [review] + drawn("s1", 0, 2, "ORG", remark="看看")[1:])
    assert result.meta == {"source": "x", "review": "checked"}
    assert result.spans[0].extra == {"fields": {"remark": ["看看"]}}


@pytest.mark.parametrize(
    "rows, reason",
    [
        (drawn("n", 3, 3, "ORG"), "is empty or lies outside"),
        (drawn("n", 5, 3, "ORG"), "is empty or lies outside"),
        (drawn("n", 3, 300, "ORG"), "is empty or lies outside"),
        (drawn("n", -1, 3, "ORG"), "is empty or lies outside"),
        (drawn("n", 1.5, 3, "ORG"), "no offsets"),
        (drawn("n", None, 3, "ORG"), "no offsets"),
        (drawn("n", 1, 3, ""), "empty label"),
        (drawn("n", 1, 3, "ORG") * 2, "two regions have the id"),
        (drawn("n", 1, 3, "ORG", org_type="media")[1:], "has no label"),
        ([{"type": "relation", "from_id": "s1", "to_id": "gone"}], "names the region 'gone'"),
        ([{"type": "labels", "from_name": "label", "id": "n", "value": {"start": 1, "end": 2, "labels": ["ORG", "POLICY"]}}], "several labels"),
        ([{"type": "labels", "from_name": "label", "id": "n"}], "has no value"),
        ([{"type": "rectangle", "from_name": "box", "value": {}}], "cannot be read"),
        (["x"], "no list of rows"),
        (drawn("n", 1, 3, "QUANTITY", value="1", bound="!"), "bound '!'"),
    ],
)  # fmt: skip
def test_unreadable(rows: list, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        corrected(lambda result: result + rows)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "type",
                        "from_name",
                        "value",
                        "start",
                        "end",
                        "labels",
                        "labels",
                        "relation",
                        "meta",
                        "text",
                        "doc_id",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_nonsense_is_refused_with_a_reason(nonsense) -> None:
    data, rows = sent(document())
    for given_data, result, prediction in (
        (nonsense, rows, rows),
        (data, nonsense, rows),
        (data, [nonsense], rows),
        (data, rows, nonsense),
    ):
        try:
            read_annotation(given_data, result, prediction, LAYOUT, RULES)
        except ReadError as error:
            assert str(error)


def test_tasks_that_are_not_ours() -> None:
    data, _ = sent(document())
    assert read_task(data) == Document("d1", TEXT, {"source": "x"})
    with pytest.raises(ReadError, match="did not make this task"):
        read_task({"text": "a"})
    with pytest.raises(ReadError, match="edited on the server"):
        read_task({**data, "text": TEXT + "。"})


def test_hash_follows_what_the_rules_say() -> None:
    one, other = document(), document()
    assert sent(one)[0] == sent(other)[0]
    other.spans.pop()
    assert sent(one)[0]["rules_sha256"] != sent(other)[0]["rules_sha256"]
    assert sent(one)[0]["text_sha256"] == sent(other)[0]["text_sha256"]


def test_validation_before_sending() -> None:
    assert validate([document()], LAYOUT) == 1
    with pytest.raises(RecordError, match="two documents have this id"):
        validate([document(), document()], LAYOUT)
    strange = from_dict({"id": "x", "text": "甲", "spans": [{"start": 0, "end": 1, "label": "PERSON"}]})
    with pytest.raises(RecordError, match="unknown label 'PERSON'"):
        validate([strange], LAYOUT)
    with pytest.raises(RecordError, match="cannot be written as JSON"):
        validate([Document("x", "甲", {"n": 2**70})], LAYOUT)


CONFIG = """<View><Labels name="label" toName="text"><Label value="组织" alias="ORG"/><Label value="POLICY"/></Labels>
<Text name="text" value="$text"/><Choices name="org_type" toName="text"><Choice value="媒体" alias="media"/></Choices>
<TextArea name="value" toName="text"/><TextArea name="low" toName="text"/><TextArea name="high" toName="text"/>
<TextArea name="unit" toName="text"/><Choices name="bound" toName="text"><Choice value="&gt;="/></Choices></View>"""


def test_layout_of_a_page() -> None:
    layout = read_layout(CONFIG)
    assert layout.labels == {"ORG", "POLICY"} and layout.types("ORG") == {"media"} and layout.types("POLICY") == set()
    assert layout.areas == {"value", "low", "high", "unit"}


@pytest.mark.parametrize(
    "config, reason",
    [
        ("<View", "cannot be read"),
        (CONFIG.replace('name="low"', 'name="number"'), "lacks the controls low"),
        (CONFIG.replace("<Text ", "<Image "), "lacks the controls text"),
        (CONFIG.replace("$text", "$body"), "shows \\$body"),
    ],
)
def test_layout_of_another_page(config: str, reason: str) -> None:
    with pytest.raises(LayoutError, match=reason):
        read_layout(config)
