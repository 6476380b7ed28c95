"""What people do in the browser comes back exactly: a real server, a real Chromium, push and pull between."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import pytest
from conftest import LabelStudio
from labelstudio_page import Annotator, launch
from playwright.sync_api import Browser, sync_playwright

from zhengce.labelstudio import project
from zhengce.labelstudio.pull import pull
from zhengce.labelstudio.push import push
from zhengce.records import HUMAN, Document, Quantity, Relation, Span, from_dict, to_dict

TEXT = "国务院部署推进乡村振兴，投资超过5亿元。\n𠮷林市🚀科技局印发《数字乡村行动计划》，支持3—5个县。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


def span(text: str, words: str, label: str, type_: str, rule: str, quantity: Quantity | None = None) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), label, type_, words, rule, quantity, id=f"s{start}", score=0.9)


def sample(identifier: str = "a") -> Document:
    spans = [
        span(TEXT, "国务院", "ORG", "government", "terms.org.central"),
        span(TEXT, "乡村振兴", "POLICY", "concept", "terms.policy.concepts"),
        span(TEXT, "5亿元", "QUANTITY", "money", "quantity.money", Quantity(Decimal(500000000), unit="元")),
        span(TEXT, "《数字乡村行动计划》", "POLICY", "document", "policy.grammar.document"),
        span(TEXT, "3—5个", "QUANTITY", "count", "quantity.count", Quantity(low=Decimal(3), high=Decimal(5), unit="个")),
    ]
    relations = [Relation("s30", "s0", "issued_by")]
    return Document(identifier, TEXT, {"region": "吉林"}, spans, relations)


def short(identifier: str, text: str = "推进乡村振兴。") -> Document:
    return Document(identifier, text, spans=[span(text, "乡村振兴", "POLICY", "concept", "terms.policy.concepts")])


def marks(document: Document) -> list[tuple[str, int, int]]:
    return [(one.label, one.start, one.end) for one in sorted(document.spans, key=lambda one: one.start)]


def test_what_people_do_comes_back(label_studio: LabelStudio, browser: Browser) -> None:
    admin = label_studio.client
    made, _ = project.init(admin, "browser: one person")
    first, second, third = sample("first"), short("second"), sample("third")
    push(admin, "browser: one person", [first, second, third])
    person = Annotator(browser, label_studio.data, label_studio.server.user)
    person.open_stream(made.id)
    person.sees(TEXT, marks(first))

    person.relabel(TEXT.index("国务院"), "政策 POLICY")
    person.choose("mechanism")
    person.delete(TEXT.index("乡村振兴"))
    person.delete(TEXT.index("5亿元"))
    person.draw("3", TEXT.index("超过5亿元"), TEXT.index("。"))
    rare = TEXT.index("𠮷")
    person.draw("2", rare, TEXT.index("印发"))
    person.select(rare)
    person.choose("government")
    person.select(TEXT.index("3—5个"))
    assert person.cell("low").inner_text().split() == ["下限", "low", "3"]
    person.rewrite("high", "6")
    person.choose("~")
    person.relate(rare, TEXT.index("《"))
    person.choose("checked")
    person.submit()
    person.sees(second.text, marks(second))
    person.skip()
    person.sees(third.text, marks(third))
    person.submit()
    assert person.hosts == {label_studio.server.url.removeprefix("http://")}, "the page called somebody else"

    corrected = {document.id: document for document in pull(admin, "browser: one person")}
    assert set(corrected) == {"first", "third"}
    document = corrected["first"]
    assert from_dict(to_dict(document)) == document
    assert (document.text, document.meta["region"]) == (TEXT, "吉林")
    assert document.meta["annotator"] == label_studio.server.user and document.meta["lead_time"] > 0
    assert document.meta["revision"] == 1 and document.meta["review"] == "checked"
    assert [(one.label, one.type, one.text, one.source, one.rule) for one in sorted(document.spans, key=lambda one: one.start)] == [
        ("POLICY", "mechanism", "国务院", "changed", "terms.org.central"),
        ("QUANTITY", "money", "超过5亿元", "human", HUMAN),
        ("ORG", "government", "𠮷林市🚀科技局", "human", HUMAN),
        ("POLICY", "document", "《数字乡村行动计划》", "accepted", "policy.grammar.document"),
        ("QUANTITY", "count", "3—5个", "changed", "quantity.count"),
    ]
    found = {one.text: one for one in document.spans}
    assert found["《数字乡村行动计划》"] == dataclasses.replace(first.spans[3], source="accepted")
    derived = found["超过5亿元"].quantity
    assert (derived.value, derived.unit, derived.bound, derived.extra["derived"]) == (Decimal(500000000), "元", ">", True)
    edited = found["3—5个"].quantity
    assert (edited.low, edited.high, edited.unit, edited.bound) == (Decimal(3), Decimal(6), "个", "~")
    old, drawn = document.relations
    assert old == first.relations[0]
    assert (drawn.head, drawn.child, drawn.label) == (found["𠮷林市🚀科技局"].id, "s30", "")

    accepted = corrected["third"]
    assert [dataclasses.replace(one, source=None) for one in accepted.spans] == third.spans
    assert {one.source for one in accepted.spans} == {"accepted"} and accepted.relations == third.relations
    skipped = [document for document in pull(admin, "browser: one person", include=["skipped"]) if document.id == "second"]
    assert [document.meta["status"] for document in skipped] == ["skipped"]


def test_two_people_on_one_task(label_studio: LabelStudio, browser: Browser) -> None:
    admin = label_studio.client
    made, _ = project.init(admin, "browser: two people", annotators=2)
    push(admin, "browser: two people", [short("a")])
    label_studio.user("wang@example.com")
    for email in (label_studio.server.user, "wang@example.com"):
        person = Annotator(browser, label_studio.data, email)
        person.open_stream(made.id)
        person.sees("推进乡村振兴。", [("POLICY", 2, 6)])  # the prediction, not the other's work
        if email == "wang@example.com":
            person.delete(2)
        person.submit()
    (newest,) = pull(admin, "browser: two people")
    assert newest.meta["annotator"] == "wang@example.com" and not newest.spans
    every = list(pull(admin, "browser: two people", all_annotators=True))
    assert [(one.id, one.meta["annotator"], len(one.spans)) for one in every] == [
        ("a", label_studio.server.user, 1),
        ("a", "wang@example.com", 0),
    ]


def test_open_tasks_open_prefilled_after_new_rules_for_half_of_them(label_studio: LabelStudio, browser: Browser) -> None:
    admin = label_studio.client
    made, _ = project.init(admin, "browser: second push")
    documents = [short(f"d{number}", f"第{number}章，推进乡村振兴。") for number in range(5)]
    push(admin, "browser: second push", documents)
    person = Annotator(browser, label_studio.data, label_studio.server.user)
    person.open_stream(made.id)
    person.sees(documents[0].text, marks(documents[0]))
    for document in documents[::2]:  # that of the page just open among them
        document.spans = [span(document.text, "推进乡村振兴", "POLICY", "programme", "policy.grammar.action")]
    summary = push(admin, "browser: second push", documents)
    assert (summary.replaced, summary.unchanged) == (3, 2)
    person.submit()
    for document in documents[1:]:
        person.sees(document.text, marks(document))
        person.submit()
    corrected = list(pull(admin, "browser: second push"))
    assert [document.id for document in corrected] == [document.id for document in documents]
    for before, after in zip(documents[1:], corrected[1:]):
        assert [dataclasses.replace(one, source=None) for one in after.spans] == before.spans
        assert {one.source for one in after.spans} == {"accepted"}
    assert marks(corrected[0]) == [("POLICY", 6, 10)]  # what the person saw and submitted
    assert push(admin, "browser: second push", documents).kept == 0
