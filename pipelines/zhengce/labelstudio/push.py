"""Documents to a project, as tasks with predictions; run again, it sends what is missing and no more.

What was sent is known from the server alone, by document id and hash of the text, so a push may be
killed at any moment. An import is one transaction there, but a lost answer does not tell whether it
happened: then the server is looked at before anything is sent again, and what came twice is taken
away while nobody has worked on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from .. import readers
from ..records import Document, RecordError
from . import MODEL_VERSION
from .client import Client, LabelStudioError, Refused, Unsure
from .listing import Entry, address, details_hash, drafted, entries, whole
from .project import Project, find
from .tasks import task_of, validate

_TASKS, _BYTES = 500, 4_000_000  # of an import: a second or two of the server's time
_CHANGES = 50  # tasks looked at together before their predictions are replaced
_TRIES = 8  # of an import whose answers get lost

Progress = Callable[[int], Any]


@dataclass(slots=True)
class PushSummary:
    """What became of the documents.

    ``sent``: new ones; ``revised``: new texts of known ones; ``replaced``: open tasks with new
    predictions; ``updated``: tasks with new title, meta or revision; ``unchanged``; ``kept``: begun or finished,
    so left alone although the rules now say other things; ``edited``: addresses of tasks whose text
    somebody changed on the server. ``doubles`` were removed; ``seconds`` is wall time.
    """

    documents: int = 0
    sent: int = 0
    revised: int = 0
    replaced: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    doubles: int = 0
    edited: list[str] = field(default_factory=list)
    seconds: float = 0.0


class RecordFile:
    """The documents of an annotated file, read anew each time they are gone through: never all in memory."""

    def __init__(self, path: Path | str) -> None:
        self.path = path

    def __iter__(self) -> Iterator[Document]:
        return readers.read_records(self.path)


def push(
    client: Client, name: str, documents: Iterable[Document], *, progress: Progress = lambda count: None
) -> PushSummary:
    """Bring ``documents`` to the project ``name``. ``progress`` is told how many are done.

    They are gone through twice: all are validated before the first is sent. Raises ``RecordError``
    for one that cannot be a task (nothing was sent then) and ``LabelStudioError``.
    """
    started = time.perf_counter()
    project = find(client, name)
    if iter(documents) is documents:
        documents = list(documents)
    try:
        validate(documents, project.layout)
    except RecordError as error:
        hint = (
            f"; add it to labels.toml, then: zhengce labelstudio init --project {name}"
            if "unknown label" in error.cause
            else ""
        )
        error.cause += f"{hint}; nothing was sent"
        raise
    run = _Push(client, project, progress)
    for document in documents:
        run.add(document)
    run.finish()
    run.summary.seconds = time.perf_counter() - started
    return run.summary


class _Push:
    """One push: what the server has, and what waits to be sent."""

    def __init__(self, client: Client, project: Project, progress: Progress) -> None:
        self.client, self.project, self.progress = client, project, progress
        self.summary = PushSummary()
        self.known: dict[str, list[Entry]] = {}
        self.begun = drafted(client, project.id)
        self.highest = 0
        found = list(entries(client, project.id))
        for entry in self._without_doubles(found):
            self.highest = max(self.highest, entry.id)
            if entry.doc_id is not None:
                self.known.setdefault(entry.doc_id, []).append(entry)
        self.before = self.highest
        self.new: list[dict[str, Any]] = []
        self.size = 0
        self.changes: list[tuple[Entry, dict[str, Any]]] = []

    def add(self, document: Document) -> None:
        """Decide what is to be done for a document, and do what has gathered."""
        self.summary.documents += 1
        known = self.known.get(document.id, [])
        newest = max((entry.revision for entry in known), default=0)
        task = task_of(document, self.project.layout, newest + 1)
        data = task["data"]
        same = [entry for entry in known if entry.text_sha256 == data["text_sha256"]]
        if not same:
            self.new.append(task)
            self.size += len(orjson.dumps(task))
            if known:
                self.summary.revised += 1
            else:
                self.summary.sent += 1
            if len(self.new) >= _TASKS or self.size >= _BYTES:
                self._send()
            return
        entry = max(same, key=lambda entry: (not entry.edited, self._has_work(entry), -entry.id))
        if entry.edited:
            self.summary.edited.append(address(self.client, self.project.id, entry.id))
            self.progress(1)
            return
        if entry.revision == newest:
            data["revision"] = newest
            same_rules = entry.rules_sha256 == data["rules_sha256"]
            begun = self._has_work(entry)
            if begun or (same_rules and entry.predictions == 1 and entry.details == details_hash(data)):
                self.summary.unchanged += same_rules
                self.summary.kept += not same_rules
                self.progress(1)
                return
        self.changes.append((entry, task))
        if len(self.changes) >= _CHANGES:
            self._change()

    def finish(self) -> None:
        """Send the rest, make sure that nothing came twice and that tasks open prefilled."""
        self._change()
        self._send()
        if self.highest > self.before:
            self._without_doubles(list(entries(self.client, self.project.id, self.before)))
        path = f"/api/projects/{self.project.id}/"
        state = self.client.request("GET", path)
        wanted = {"model_version": MODEL_VERSION, "show_collab_predictions": True}
        wrong = {key: value for key, value in wanted.items() if state.get(key) != value}
        if wrong and state.get("total_predictions_number"):
            self.client.request("PATCH", path, body=wrong)

    def _has_work(self, entry: Entry) -> bool:
        return entry.work > 0 or entry.id in self.begun

    def _send(self) -> None:
        waiting, self.new, self.size = self.new, [], 0
        if waiting:
            self._import(waiting)
            self.progress(len(waiting))

    def _import(self, waiting: list[dict[str, Any]]) -> None:
        """Import tasks, each once, whatever happens to the answers."""
        path, floor = f"/api/projects/{self.project.id}/import", self.highest
        for attempt in range(1, _TRIES + 1):
            try:
                answer = self.client.request("POST", path, params={"return_task_ids": "true"}, body=waiting)
            except Unsure as error:
                if attempt == _TRIES:
                    raise LabelStudioError(
                        f"{error}; run the same command again, it goes on where it stopped"
                    ) from None
                time.sleep(min(self.client.pause * 2**attempt, 30))
            except Refused as error:
                if error.status != 413 or len(waiting) == 1:
                    raise
                half = len(waiting) // 2
                self._import(waiting[:half])
                self._import(waiting[half:])
                return
            else:
                self.highest = max([self.highest, *answer["task_ids"]])
                return
            there = list(entries(self.client, self.project.id, floor))
            keys = {entry.key for entry in there}
            waiting = [task for task in waiting if (task["data"]["doc_id"], task["data"]["text_sha256"]) not in keys]
            self.highest = max([self.highest, *(entry.id for entry in there)])
            if not waiting:
                return

    def _change(self) -> None:
        """Bring open tasks up to date, those that somebody has begun excepted."""
        changes, self.changes = self.changes, []
        now = whole(self.client, self.project.id, [entry.id for entry, _ in changes])
        for entry, task in changes:
            current = now.get(entry.id)
            if current is None:  # deleted on the server since we looked
                self.new.append(task)
                self.size += len(orjson.dumps(task))
                self.summary.sent += 1
                continue
            self._bring_up_to_date(entry, current, task)
            self.progress(1)
        if self.size >= _BYTES:
            self._send()

    def _bring_up_to_date(self, entry: Entry, current: dict[str, Any], task: dict[str, Any]) -> None:
        data, old = task["data"], current["data"]
        same_rules = entry.rules_sha256 == data["rules_sha256"]
        replaced = False
        if current["annotations"] or current["drafts"]:
            data = {
                **old,
                "revision": data["revision"],
            }  # an earlier text may be the newest again: nothing else is touched
        else:
            replaced = self._put_prediction(entry.id, current["predictions"], task["predictions"][0], same_rules)
        if data != old:  # last: until then the task counts as not up to date
            self._patch_data(entry.id, data)
        if replaced:
            self.summary.replaced += 1
        elif data != old:
            self.summary.updated += 1
        elif same_rules:
            self.summary.unchanged += 1
        else:
            self.summary.kept += 1

    def _put_prediction(self, task: int, there: list[int], prediction: dict[str, Any], same_rules: bool) -> bool:
        """Give the task this one prediction of ours; whether anything had to be done.

        One that is there is changed, not exchanged: a page that somebody has open names it when it
        is submitted, and would be refused.
        """
        if len(there) != 1:
            found = self.client.request("GET", "/api/predictions/", params={"task": task})
            there = sorted(one["id"] for one in found if one["model_version"] == MODEL_VERSION)
        if same_rules and len(there) == 1:
            return False
        body = {"score": None, **prediction}
        if there:
            self.client.request("PATCH", f"/api/predictions/{there[0]}/", body=body)
        else:
            # Should it be made twice, the next push finds two.
            body = {**body, "task": task, "project": self.project.id}
            self.client.request("POST", "/api/predictions/", body=body, repeatable=True)
        for surplus in there[1:]:
            self._delete(f"/api/predictions/{surplus}/")
        return True

    def _patch_data(self, task: int, data: dict[str, Any]) -> None:
        self.client.request("PATCH", f"/api/tasks/{task}/", body={"data": data})

    def _delete(self, path: str) -> None:
        try:
            self.client.request("DELETE", path)
        except Refused as error:
            if error.status != 404:  # gone already is as good
                raise

    def _without_doubles(self, found: list[Entry]) -> list[Entry]:
        """``found`` without tasks that carry the same text of the same document as another.

        A task that somebody has begun stays, else the first; the others are deleted.
        """
        groups: dict[tuple[str | None, str], list[Entry]] = {}
        for entry in found:
            if entry.doc_id is not None and not entry.edited:
                groups.setdefault(entry.key, []).append(entry)
        surplus: set[int] = set()
        for group in groups.values():
            if len(group) > 1:
                now = whole(self.client, self.project.id, [entry.id for entry in group])
                begun = {
                    entry.id
                    for entry in group
                    if (task := now.get(entry.id)) and (task["annotations"] or task["drafts"])
                }
                stays = begun or {min(entry.id for entry in group)}
                surplus |= {entry.id for entry in group} - stays
        for identifier in sorted(surplus):
            self._delete(f"/api/tasks/{identifier}/")
        self.summary.doubles += len(surplus)
        return [entry for entry in found if entry.id not in surplus]
