"""Documents through a real server and back: nothing lost, nothing twice, nobody's work moved."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from labelstudio_editor import documents, drawn, submitted, without

from zhengce import Annotator
from zhengce.labelstudio import MODEL_VERSION, listing, progress, project, pull, push
from zhengce.labelstudio.client import Client
from zhengce.readers import read_records
from zhengce.records import Document, Quantity, Relation, Span, to_dict

if TYPE_CHECKING:
    from conftest import LabelStudio

RULES = Annotator()
TEXT = "省委提出乡村振兴战略，技术合同成交额475.6亿元，增长3%。"


def make(client: Client, name: str, count: int = 6, annotators: int | None = None) -> list[Document]:
    """A new project and documents to push to it."""
    project.init(client, name, annotators)
    return [RULES.annotate(Document(f"d{n}", f"{n}号文：{TEXT}", {"title": f"第{n}号", "n": n})) for n in range(count)]


def tasks(client: Client, name: str) -> dict[str, list[dict[str, Any]]]:
    """The project's tasks as the server has them, by document id."""
    out: dict[str, list[dict[str, Any]]] = {}
    identifier = project.find(client, name).id
    page = 1
    while True:
        params = {
            "project": identifier,
            "fields": "all",
            "page": page,
            "page_size": 100,
            "query": '{"ordering":["tasks:id"]}',
        }
        answer = client.request("GET", "/api/tasks/", params=params)
        for task in answer["tasks"]:
            out.setdefault(task["data"].get("doc_id", ""), []).append(task)
        if page * 100 >= answer["total"]:
            return out
        page += 1


def rows(task: dict[str, Any]) -> list[dict[str, Any]]:
    (prediction,) = task["predictions"]
    return prediction["result"]


def submit(
    client: Client, task: dict[str, Any], result: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """Finish a task as the page does; without ``result`` nothing was touched."""
    prediction = task["predictions"][0]["id"]
    body = {
        "result": submitted(rows(task)) if result is None else result,
        "lead_time": 2.5,
        "parent_prediction": prediction,
    }
    return client.request("POST", f"/api/tasks/{task['id']}/annotations/", body={**body, **more})


def pulled(client: Client, name: str, **options: Any) -> list[Document]:
    found = list(pull.pull(client, name, rules=RULES, **options))
    assert all(isinstance(one, Document) for one in found), found
    return found


def unsourced(document: Document) -> dict[str, Any]:
    return to_dict(replace(document, meta={}, spans=[replace(span, source=None) for span in document.spans]))


def test_any_document_comes_back(label_studio: LabelStudio) -> None:
    """Some hundreds of documents that hypothesis makes up go in few pushes, so that it takes little time."""
    client, name = label_studio.client, "any document"
    drawn_documents: list[Document] = []

    @settings(max_examples=220, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(documents())
    def collect(document: Document) -> None:
        drawn_documents.append(replace(document, id=f"{document.id}{len(drawn_documents)}"))

    collect()
    whole = "🚀" * 3 + "e\u0301\r\n\t\u3000<b>&amp;</b>👨‍👩‍👧"
    drawn_documents.append(
        Document(
            "whole",
            whole,
            {"表": {"a": [None, 1, True]}},
            [
                Span(0, len(whole), "ORG", "other", whole, "r", id="一"),
                Span(0, len(whole), "POLICY", None, whole, "r", id="二#1"),
                Span(2, 4, "QUANTITY", "count", whole[2:4], "r", Quantity(Decimal("0.10"), unit="<b>", bound="<=")),
                Span(2, 4, "ORG", "other", whole[2:4], "r", id="三"),
            ],
            [Relation("一", "二#1", "a"), Relation("二#1", "三", "", {"k": 1}), Relation("三", "三", "自己")],
        )
    )
    project.init(client, name)
    half = len(drawn_documents) // 2
    push.push(client, name, drawn_documents[:half])
    summary = push.push(client, name, drawn_documents)
    assert (summary.unchanged, summary.sent) == (half, len(drawn_documents) - half)
    again = push.push(client, name, drawn_documents)
    assert again.unchanged == len(drawn_documents)

    on_server = tasks(client, name)
    assert Counter({identifier: len(found) for identifier, found in on_server.items()}) == Counter(
        d.id for d in drawn_documents
    )
    for found in on_server.values():
        submit(client, found[0])
    back = {document.id: document for document in pulled(client, name)}
    assert list(back) == [document.id for document in drawn_documents]
    for document in drawn_documents:
        returned = back[document.id]
        assert unsourced(returned) == unsourced(document)
        assert document.meta.items() <= returned.meta.items()
        assert all(span.source == "accepted" for span in returned.spans)
    counts = progress.status(client, name, rules=RULES)
    assert (counts.pushed, counts.done, counts.open, counts.changed) == (len(back), len(back), 0, 0)
    assert push.push(client, name, drawn_documents).unchanged == len(drawn_documents), "finished work is left alone"


def test_corrections_come_back_exactly(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "corrections"
    push.push(client, name, make(client, name, 1))
    task = tasks(client, name)["d0"][0]
    result = submitted(rows(task))
    by_text = {row["value"]["text"]: row["id"] for row in result if row.get("type") == "labels"}
    for row in result:
        if row["id"] == by_text["省委"] and row["type"] == "labels":
            row["value"]["labels"] = ["POLICY"]
        if row["id"] == by_text["3%"] and row["from_name"] == "value":
            row["value"]["text"] = ["0.5"]
    place = task["data"]["text"].index("额475.6亿元，")
    result = without(result, by_text["475.6亿元"]) + drawn("redrawn_-1", place, place + 9, "QUANTITY")
    result += drawn("new", 3, 4, "ORG", org_type="media")
    result.append(
        {"id": "q", "from_name": "review", "to_name": "text", "type": "choices", "value": {"choices": ["in doubt"]}}
    )
    submit(client, task, result)
    (document,) = pulled(client, name)
    got = [(span.text, span.label, span.type, span.source, span.rule.split(".")[0]) for span in document.spans]
    assert got == [
        ("：", "ORG", "media", "human", "human"),
        ("省委", "POLICY", None, "changed", "org"),
        ("乡村振兴战略", "POLICY", "concept", "accepted", "terms"),
        ("额475.6亿元，", "QUANTITY", "money", "human", "human"),
        ("3%", "QUANTITY", "percent", "changed", "quantity"),
    ]
    assert document.spans[3].quantity.value == Decimal("47560000000") and document.spans[3].quantity.extra == {
        "derived": True
    }
    assert document.spans[4].quantity.value == Decimal("0.5")
    meta = document.meta
    assert (meta["review"], meta["annotator"], meta["revision"], meta["lead_time"]) == (
        "in doubt",
        label_studio.server.user,
        1,
        2.5,
    )
    counts = progress.status(client, name, rules=RULES)
    assert (counts.done, counts.changed, counts.people[label_studio.server.user].done) == (1, 1, 1)
    assert counts.agreement["QUANTITY"] == progress.Agreement(accepted=0, changed=1, removed=1, added=1)


def test_two_people_on_one_task(label_studio: LabelStudio, tmp_path: Path) -> None:
    client, name = label_studio.client, "two people"
    push.push(client, name, make(client, name, 2, annotators=2))
    other = label_studio.user("li@example.com")
    found = tasks(client, name)
    submit(client, found["d0"][0])
    submit(other, found["d0"][0], [])
    submit(other, found["d1"][0])
    assert [(d.id, d.meta["annotator"], len(d.spans)) for d in pulled(client, name)] == [
        ("d0", "li@example.com", 0), ("d1", "li@example.com", 4),
    ]  # fmt: skip
    first = client.request("GET", f"/api/tasks/{found['d0'][0]['id']}/annotations/")[0]
    client.request("PATCH", f"/api/annotations/{first['id']}/", body={"result": first["result"], "lead_time": 9})
    assert pulled(client, name)[0].meta["annotator"] == label_studio.server.user, (
        "the newest work, not the newest number"
    )
    out = tmp_path / "all.jsonl"
    assert pull.write(pull.pull(client, name, all_annotators=True, rules=RULES), out) == (3, 0)
    keys = [(d.id, d.meta["annotator"]) for d in read_records(out)]
    assert len(set(keys)) == 3 and {identifier for identifier, _ in keys} == {"d0", "d1"}
    counts = progress.status(client, name, rules=RULES)
    assert {email: person.done for email, person in counts.people.items()} == {
        label_studio.server.user: 1,
        "li@example.com": 2,
    }
    assert counts.done == 2


def test_changed_rules_reach_open_tasks_alone(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "changed rules"
    sent = make(client, name, 8)
    push.push(client, name, sent)
    before = tasks(client, name)
    submit(client, before["d0"][0])
    client.request("POST", f"/api/tasks/{before['d2'][0]['id']}/drafts", body={"result": [], "lead_time": 1})
    label_studio.user("li@example.com").request(
        "POST", f"/api/tasks/{before['d4'][0]['id']}/drafts", body={"result": [], "lead_time": 1}
    )
    submit(client, before["d6"][0], was_cancelled=True)
    changed = copy.deepcopy(sent)
    for document in changed[:7]:
        document.spans.pop()
        document.meta["n"] = -1
    changed[7].meta["title"] = "新标题"
    summary = push.push(client, name, changed)
    assert (summary.replaced, summary.kept, summary.updated, summary.unchanged) == (3, 4, 1, 0)
    after = tasks(client, name)
    for number, document in enumerate(changed):
        (old,), (new,) = before[document.id], after[document.id]
        assert [one["id"] for one in old["predictions"]] == [one["id"] for one in new["predictions"]], (
            "changed in place"
        )
        assert {one["model_version"] for one in new["predictions"]} == {MODEL_VERSION}
        if number in (0, 2, 4, 6):
            assert (rows(new), new["data"]) == (rows(old), old["data"])
        else:
            assert len([row for row in rows(new) if row["type"] == "labels"]) == len(document.spans)
            assert new["data"]["meta"] == document.meta and new["data"]["title"] == document.meta["title"]
    state = project.find(client, name).data
    assert (state["model_version"], state["show_collab_predictions"]) == (MODEL_VERSION, True)
    assert push.push(client, name, changed).replaced == 0
    (finished,) = pulled(client, name)
    assert unsourced(finished) == unsourced(sent[0])


def test_changed_text_is_a_revision(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "revisions"
    sent = make(client, name, 2)
    push.push(client, name, sent)
    submit(client, tasks(client, name)["d0"][0])
    submit(client, tasks(client, name)["d1"][0])
    newer = [RULES.annotate(Document("d0", "新文：" + sent[0].text)), sent[1]]
    summary = push.push(client, name, newer)
    assert (summary.revised, summary.unchanged) == (1, 1)
    assert [document.id for document in pulled(client, name)] == ["d1"], "the newest text is not done"
    assert [(d.id, d.meta["revision"]) for d in pulled(client, name, all_revisions=True)] == [("d0", 1), ("d1", 1)]
    counts = progress.status(client, name, rules=RULES)
    assert (counts.pushed, counts.open, counts.done, counts.revisions) == (2, 1, 1, 1)
    submit(client, tasks(client, name)["d0"][1])
    back = pulled(client, name, all_revisions=True)
    assert [(d.id, d.meta["revision"]) for d in back] == [("d0", 1), ("d1", 1), ("d0", 2)]
    assert unsourced(back[0]) == unsourced(sent[0]) and unsourced(back[2]) == unsourced(newer[0])
    second = tasks(client, name)["d0"][1]
    client.request("PATCH", f"/api/tasks/{second['id']}/", body={"data": {**second["data"], "text": "改了"}})
    found = list(pull.pull(client, name, rules=RULES))
    assert [one.reason for one in found if isinstance(one, pull.Reject)] == [
        "the task's text was edited on the server, its spans may stand at wrong places"
    ]
    assert [one.id for one in found if isinstance(one, Document)] == ["d1"], "older work does not stand in for it"
    client.request("PATCH", f"/api/tasks/{second['id']}/", body={"data": second["data"]})
    summary = push.push(client, name, sent)
    assert (summary.updated, summary.sent, summary.revised) == (1, 0, 0), "the first text again: its work counts again"
    assert unsourced(pulled(client, name)[0]) == unsourced(sent[0])
    assert push.push(client, name, sent).unchanged == 2


def test_skipped_drafts_and_since(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "skipped and drafts"
    push.push(client, name, make(client, name, 4))
    found = {identifier: group[0] for identifier, group in tasks(client, name).items()}
    submit(client, found["d0"])
    submit(client, found["d1"], was_cancelled=True)
    redrawn = next(row for row in rows(found["d2"]) if row["type"] == "labels" and row["value"]["labels"] == ["POLICY"])
    start, end = redrawn["value"]["start"], redrawn["value"]["end"]
    rest = without(submitted(rows(found["d2"])), redrawn["id"])
    body = {"result": rest + drawn("shorter", start, end - 2, "POLICY"), "lead_time": 1}
    label_studio.user("li@example.com").request("POST", f"/api/tasks/{found['d2']['id']}/drafts", body=body)
    assert [d.id for d in pulled(client, name)] == ["d0"]
    assert [(d.id, d.meta["status"]) for d in pulled(client, name, include=["skipped", "drafts"])] == [
        ("d0", "submitted"), ("d1", "skipped"), ("d2", "draft"),
    ]  # fmt: skip
    draft = pulled(client, name, include=["drafts"])[1]
    assert draft.meta["annotator"] == "li@example.com"
    assert [(span.text, span.type) for span in draft.spans if span.label == "POLICY"] == [("乡村振兴", "concept")]
    now = datetime.now(timezone.utc)
    assert len(pulled(client, name, since=now - timedelta(hours=1))) == 1
    assert pulled(client, name, since=now + timedelta(hours=1)) == []
    counts = progress.status(client, name, rules=RULES)
    assert (counts.pushed, counts.open, counts.begun, counts.done, counts.skipped) == (4, 2, 1, 1, 1)
    with pytest.raises(ValueError, match="cannot include all"):
        pulled(client, name, include=["all"])


def test_pages_are_complete(label_studio: LabelStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    client, name = label_studio.client, "pages"
    sent = make(client, name, 25)
    monkeypatch.setattr(push, "_TASKS", 4)
    monkeypatch.setattr(push, "_CHANGES", 3)
    monkeypatch.setattr(listing, "PAGE", 5)
    monkeypatch.setattr(pull, "PAGE", 5)
    assert push.push(client, name, iter(sent)).sent == 25
    for found in tasks(client, name).values():
        submit(client, found[0])
    seen: list[int] = []
    assert [d.id for d in pulled(client, name, progress=seen.append)] == [d.id for d in sent]
    assert sum(seen) == 25 and max(seen) == 5
    assert push.push(client, name, sent).unchanged == 25


def test_large_document(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "large"
    make(client, name, 0)
    document = RULES.annotate(Document("big", (TEXT + "𠮷\n") * 200))
    push.push(client, name, [document])
    submit(client, tasks(client, name)["big"][0])
    (back,) = pulled(client, name)
    assert unsourced(back) == unsourced(document) and len(document.spans) == 800
