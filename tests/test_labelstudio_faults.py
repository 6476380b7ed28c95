"""Storms, kills and strangers between here and Label Studio. Run again: nothing twice, nothing missing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from labelstudio_proxy import CUT, FAULTS, OK, proxy
from test_labelstudio_roundtrip import RULES, make, pulled, rows, submit, tasks, unsourced

from zhengce.labelstudio import MODEL_VERSION, listing, progress, project, pull, push, server
from zhengce.labelstudio.client import Client, Connection, LabelStudioError, Refused, Unauthorised, connect
from zhengce.records import Document, RecordError, Span, to_dict

if TYPE_CHECKING:
    from conftest import LabelStudio

SMALL = (
    "from zhengce.labelstudio import push, pull, listing; "
    "push._TASKS = 5; push._CHANGES = 3; pull.PAGE = listing.PAGE = 8"
)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few tasks a request, so that little work makes many requests."""
    monkeypatch.setattr(push, "_TASKS", 5)
    monkeypatch.setattr(push, "_CHANGES", 3)
    monkeypatch.setattr(listing, "PAGE", 8)
    monkeypatch.setattr(pull, "PAGE", 8)


def assert_complete(client: Client, name: str, documents: list[Document]) -> None:
    """Every document is there once, with one prediction that says what its spans say."""
    found = tasks(client, name)
    assert {identifier: len(group) for identifier, group in found.items()} == {document.id: 1 for document in documents}
    for document in documents:
        (task,) = found[document.id]
        assert [one["model_version"] for one in task["predictions"]] == [MODEL_VERSION]
        labels = [row["value"] for row in rows(task) if row["type"] == "labels"]
        assert [(value["start"], value["end"], value["labels"]) for value in labels] == [
            (span.start, span.end, [span.label]) for span in document.spans
        ]
    assert push.push(client, name, documents).unchanged == len(documents)


def fewer_spans(documents: list[Document]) -> list[Document]:
    """The documents as other rules would have it, every second one changed."""
    return [Document(d.id, d.text, d.meta, d.spans[1:] if n % 2 else d.spans) for n, d in enumerate(documents)]


@pytest.mark.parametrize("seed", range(3))
def test_storm(label_studio: LabelStudio, small_batches: None, seed: int) -> None:
    client, name = label_studio.client, f"storm {seed}"
    documents = make(client, name, 30)
    dice = random.Random(seed)
    with proxy(
        label_studio.server.url, lambda method, path: dice.choice(FAULTS) if dice.random() < 0.35 else OK
    ) as between:
        stormy = Client(Connection(between.url, client.connection.key), attempts=25, pause=0.01)
        push.push(stormy, name, documents)
        assert_complete(client, name, documents)
        changed = fewer_spans(documents)
        push.push(stormy, name, changed)
        assert_complete(client, name, changed)
        for number in range(0, 30, 3):
            submit(client, tasks(client, name)[f"d{number}"][0])
        assert pulled(stormy, name) == pulled(client, name)
        assert progress.status(stormy, name, rules=RULES).done == 10
        assert len({fault for _, _, fault in between.seen}) > 5


@pytest.mark.parametrize("fault", FAULTS)
def test_every_import_fails_once(label_studio: LabelStudio, small_batches: None, fault: str) -> None:
    client, name = label_studio.client, f"once {fault}"
    documents = make(client, name, 12)
    spoilt = 0

    def plan(method: str, path: str) -> str:
        nonlocal spoilt
        if method == "POST" and "/import" in path and spoilt < 3:
            spoilt += 1
            return fault
        return OK

    with proxy(label_studio.server.url, plan) as between:
        push.push(Client(Connection(between.url, client.connection.key), pause=0.01), name, documents)
    assert spoilt == 3
    assert_complete(client, name, documents)


def test_import_that_a_server_finds_too_large(label_studio: LabelStudio, small_batches: None) -> None:
    client, name = label_studio.client, "too large"
    documents = make(client, name, 7)
    with proxy(label_studio.server.url) as between:
        cautious = Client(Connection(between.url, client.connection.key))
        between.plan = at(1, is_import, lambda: None, "413")
        push.push(cautious, name, documents)
        assert_complete(client, name, documents)
        between.plan = lambda method, path: "413" if is_import(method, path) else OK
        with pytest.raises(Refused, match="413"):
            push.push(cautious, name, [RULES.annotate(Document("new", "乡村振兴。"))])


def test_two_pushes_at_once(label_studio: LabelStudio, small_batches: None) -> None:
    client, name = label_studio.client, "at once"
    documents = make(client, name, 24)
    with ThreadPoolExecutor(2) as pool:
        clients = [Client(client.connection, pause=0.05) for _ in range(2)]
        list(pool.map(lambda own: push.push(own, name, documents), clients))
    push.push(client, name, documents)
    assert_complete(client, name, documents)


def test_server_that_stays_away(label_studio: LabelStudio, small_batches: None, tmp_path: Path) -> None:
    """Patience ends with a message that says how to go on; the old file of a pull stands."""
    client, name = label_studio.client, "away"
    documents = make(client, name, 12)
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    count = 0

    def plan(method: str, path: str) -> str:
        nonlocal count
        count += 1
        return OK if count < 6 else CUT

    with proxy(label_studio.server.url, plan) as between:
        impatient = Client(Connection(between.url, client.connection.key), attempts=2, pause=0.01)
        with pytest.raises(LabelStudioError, match="check the address|run the same command again"):
            push.push(impatient, name, documents)
        count = 3
        with pytest.raises(LabelStudioError, match="check the address"):
            pull.write(pull.pull(impatient, name, rules=RULES), out)
    assert out.read_text() == "old" and [file.name for file in tmp_path.iterdir()] == ["out.jsonl"]
    push.push(client, name, documents)
    assert_complete(client, name, documents)


class Command:
    """``zhengce labelstudio`` in a process of its own, through a proxy, with small batches."""

    def __init__(self, url: str, key: str, name: str) -> None:
        self.environment = {**os.environ, "LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": key}
        self.name = name
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        code = f"{SMALL}; import sys; sys.argv[0] = 'zhengce'; from zhengce.cli import main; main()"
        command = [sys.executable, "-c", code, "labelstudio", *arguments, "--project", self.name]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        return self.process

    def run(self, *arguments: str) -> tuple[int, str]:
        output = self.start(*arguments).communicate(timeout=120)[0]
        assert self.environment["LABEL_STUDIO_API_KEY"] not in output
        return self.process.returncode, output

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def at(
    number: int, wanted: Callable[[str, str], bool], act: Callable[[], Any], result: str
) -> Callable[[str, str], str]:
    """A plan that acts at the ``number``-th wanted request (from 1) and does ``result`` to it."""
    count = 0

    def plan(method: str, path: str) -> str:
        nonlocal count
        count += wanted(method, path)
        if wanted(method, path) and count == number:
            act()
            return result
        return OK

    return plan


def is_import(method: str, path: str) -> bool:
    return method == "POST" and "/import" in path


def is_write(method: str, path: str) -> bool:
    return method in ("POST", "PATCH", "DELETE")


def is_export(method: str, path: str) -> bool:
    return "/export" in path


def write(path: Path, documents: list[Document]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(to_dict(document)) + b"\n" for document in documents))
    return path


def test_client_killed(label_studio: LabelStudio, tmp_path: Path) -> None:
    """Killed while an import, a replacement, a page of a pull is under way, whether the server got it or not."""
    client, name = label_studio.client, "killed client"
    documents = make(client, name, 24)
    file = write(tmp_path / "in.jsonl", documents)
    with proxy(label_studio.server.url) as between:
        command = Command(between.url, client.connection.key, name)
        for number, result in ((2, OK), (1, CUT), (1, OK)):
            between.plan = at(number, is_import, command.kill, result)
            assert command.run("push", str(file))[0] == -signal.SIGKILL
        between.plan = lambda method, path: OK
        code, output = command.run("push", str(file))
        assert (code, "24" in output) == (0, True), output
        assert_complete(client, name, documents)

        changed = fewer_spans(documents)
        write(file, changed)
        for number, result in ((1, OK), (1, CUT), (4, OK), (3, CUT)):
            between.plan = at(number, is_write, command.kill, result)
            assert command.run("push", str(file))[0] == -signal.SIGKILL
        between.plan = lambda method, path: OK
        assert command.run("push", str(file))[0] == 0
        assert_complete(client, name, changed)

        for group in tasks(client, name).values():
            submit(client, group[0])
        out = tmp_path / "out.jsonl"
        out.write_text("old")
        between.plan = at(2, is_export, command.kill, OK)
        assert command.run("pull", "-o", str(out))[0] == -signal.SIGKILL
        assert out.read_text() == "old"
        between.plan = lambda method, path: OK
        assert command.run("pull", "-o", str(out))[0] == 0
    assert [orjson.loads(line)["id"] for line in out.read_bytes().splitlines()] == [
        document.id for document in documents
    ]


def test_server_killed(tmp_path: Path, small_batches: None) -> None:
    data, name = tmp_path / "server", "killed server"
    started = server.start(data, port=0)

    def kill() -> None:
        os.killpg(started.pid, signal.SIGKILL)

    def soon(delay: float) -> Callable[[], None]:
        return lambda: threading.Timer(delay, kill).start()

    def again() -> Client:
        nonlocal started
        started = server.start(data, port=started.port)
        return connect(data)

    try:
        client = connect(data)
        documents = make(client, name, 24)
        with proxy(started.url) as between:
            impatient = Client(Connection(between.url, client.connection.key), attempts=2, pause=0.01)
            for act in (soon(0.03), soon(0.1)):
                between.plan = at(2, is_import, act, OK)
                with pytest.raises(LabelStudioError, match="run the same command again|no server answers"):
                    push.push(impatient, name, documents)
                client = again()
            between.plan = lambda method, path: OK
            push.push(impatient, name, documents)
            assert_complete(client, name, documents)

            changed = fewer_spans(documents)
            between.plan = at(3, is_write, soon(0.02), OK)
            with pytest.raises(LabelStudioError):
                push.push(impatient, name, changed)
            client = again()
            push.push(client, name, changed)
            assert_complete(client, name, changed)

            for group in tasks(client, name).values():
                submit(client, group[0])
            out = tmp_path / "out.jsonl"
            out.write_text("old")
            between.plan = at(2, is_export, kill, OK)
            with pytest.raises(LabelStudioError, match="no server answers"):
                pull.write(pull.pull(impatient, name, rules=RULES), out)
            assert out.read_text() == "old"
            client = again()
            assert pull.write(pull.pull(client, name, rules=RULES), out) == (24, 0)
    finally:
        server.stop(data)


def test_wrong_token_and_no_server(label_studio: LabelStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "f" * 40)
    with pytest.raises(Unauthorised, match="LABEL_STUDIO_API_KEY") as raised:
        connect(url=label_studio.server.url)
    assert "ffff" not in str(raised.value)
    file = write(tmp_path / "in.jsonl", [Document("a", "甲")])
    code, output = Command(label_studio.server.url, "f" * 40, "none").run("push", str(file))
    assert code == 2 and "LABEL_STUDIO_API_KEY" in output and "Traceback" not in output
    code, output = Command("http://127.0.0.1:9", "f" * 40, "none").run("pull", "-o", str(tmp_path / "out"))
    assert code == 2 and "no server answers" in output and not (tmp_path / "out").exists()
    code, output = Command(label_studio.server.url, label_studio.client.connection.key, "no such").run(
        "push", str(file)
    )
    assert code == 2 and "zhengce labelstudio init --project" in output


def test_project_of_another_layout(label_studio: LabelStudio) -> None:
    client = label_studio.client
    config = '<View><Text name="t" value="$body"/><Labels name="l" toName="t"><Label value="X"/></Labels></View>'
    made = client.request("POST", "/api/projects/", body={"title": "another layout", "label_config": config})
    client.request("POST", f"/api/projects/{made['id']}/import", body=[{"data": {"body": "甲"}}])
    for call in (
        lambda: push.push(client, "another layout", [Document("a", "甲")]),
        lambda: list(pull.pull(client, "another layout")),
        lambda: progress.status(client, "another layout"),
        lambda: project.init(client, "another layout"),
    ):
        with pytest.raises(LabelStudioError, match="--project NAME"):
            call()
    state = client.request("GET", f"/api/projects/{made['id']}/")
    assert (state["label_config"], state["task_number"]) == (config, 1)


def test_nothing_is_sent_where_one_document_cannot_be(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "bad documents"
    good = make(client, name, 3)
    person = Document("p", "张三", spans=[Span(0, 2, "PERSON", text="张三")])
    outside = Document("o", "张三", spans=[Span(0, 3, "ORG", text="张三")])
    for bad, reason in (
        (person, "unknown label 'PERSON'.*labels.toml.*init --project bad documents; nothing was sent"),
        (outside, "outside the text.*nothing was sent"),
        (good[0], "two documents have this id; nothing was sent"),
    ):
        with pytest.raises(RecordError, match=reason):
            push.push(client, name, [*good, bad])
    assert tasks(client, name) == {}


def test_tasks_of_others_edited_and_deleted_ones(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "strangers"
    documents = make(client, name, 8)
    push.push(client, name, documents)
    identifier = project.find(client, name).id
    theirs = [{"data": {"text": "别人的", "title": "x"}}, {"data": {"text": "别人的", "title": "x", "doc_id": "d0"}}]
    numbers = client.request(
        "POST", f"/api/projects/{identifier}/import", params={"return_task_ids": "true"}, body=theirs
    )["task_ids"]
    client.request("POST", f"/api/tasks/{numbers[0]}/annotations/", body={"result": []})
    found = {key: group[0] for key, group in tasks(client, name).items() if key}
    for key in ("d1", "d2"):  # one that somebody worked on, one that nobody did
        submit(client, found[key]) if key == "d1" else None
        data = {**found[key]["data"], "text": "改了"}
        client.request("PATCH", f"/api/tasks/{found[key]['id']}/", body={"data": data})
    client.request("DELETE", f"/api/tasks/{found['d3']['id']}/")
    client.request("DELETE", f"/api/predictions/{found['d4']['predictions'][0]['id']}/")
    ours = {"task": found["d5"]["id"], "project": identifier, "result": [], "model_version": MODEL_VERSION}
    client.request("POST", "/api/predictions/", body=ours)
    client.request("POST", "/api/predictions/", body={**ours, "task": found["d6"]["id"], "model_version": "other"})
    client.request("PATCH", f"/api/projects/{identifier}/", body={"model_version": "other"})
    broken = {
        "id": "x",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 0, "end": 999, "labels": ["ORG"]},
    }
    submit(client, found["d7"], [broken])

    before = tasks(client, name)
    summary = push.push(client, name, documents)
    assert (summary.sent, summary.replaced, summary.doubles, summary.kept) == (1, 2, 0, 0)
    assert len(summary.edited) == 2 and all(
        address.startswith(f"{client.url}/projects/{identifier}/") for address in summary.edited
    )
    after = tasks(client, name)
    for key in ("", "d1", "d2", "d6", "d7"):
        assert [(task["data"], task["predictions"], task["annotations"]) for task in after[key]] == [
            (task["data"], task["predictions"], task["annotations"]) for task in before[key]
        ]
    assert len(after["d3"]) == 1 and rows(after["d4"][0]) and rows(after["d5"][0])
    assert project.find(client, name).data["model_version"] == MODEL_VERSION
    again = push.push(client, name, documents)
    assert (again.unchanged, len(again.edited), again.sent, again.replaced) == (6, 2, 0, 0)

    rejects = [one for one in pull.pull(client, name, rules=RULES) if isinstance(one, pull.Reject)]
    reasons = {one.address.rpartition("=")[2]: one.reason for one in rejects}
    assert set(reasons) == {str(numbers[0]), str(found["d1"]["id"]), str(found["d7"]["id"])}
    assert "did not make this task" in reasons[str(numbers[0])]
    assert "edited on the server" in reasons[str(found["d1"]["id"])]
    assert "outside the text" in reasons[str(found["d7"]["id"])]
    assert rejects[-1].to_dict()["annotator"] == label_studio.server.user
    counts = progress.status(client, name, rules=RULES)
    assert (counts.foreign, counts.edited, counts.unreadable, counts.pushed) == (2, 2, 1, 6)


def test_doubles_are_removed_unless_somebody_works_on_them(label_studio: LabelStudio) -> None:
    client, name = label_studio.client, "doubles"
    documents = make(client, name, 4)
    push.push(client, name, documents)
    first = tasks(client, name)
    copies = [
        {"data": group[0]["data"], "predictions": [{"model_version": MODEL_VERSION, "result": rows(group[0])}]}
        for group in first.values()
    ]
    client.request("POST", f"/api/projects/{project.find(client, name).id}/import", body=copies)
    second = tasks(client, name)
    submit(client, second["d1"][1])
    submit(client, second["d2"][0])
    submit(client, second["d2"][1], [])
    assert push.push(client, name, documents).doubles == 3
    left = {key: [task["id"] for task in group] for key, group in tasks(client, name).items()}
    numbers = {key: [task["id"] for task in group] for key, group in second.items()}
    assert left == {**{key: numbers[key][:1] for key in ("d0", "d3")}, "d1": numbers["d1"][1:], "d2": numbers["d2"]}
    back = {document.id: document for document in pulled(client, name)}
    assert unsourced(back["d1"]) == unsourced(documents[1]) and back["d2"].spans == []
