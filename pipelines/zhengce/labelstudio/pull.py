"""Corrections from a project, one document at a time; what cannot be read comes with its reason and address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import orjson

from ..records import Document, Span, to_dict
from ..resources import replacing
from .client import Client, Refused
from .corrections import ReadError, Reading, Rules, read_annotation
from .listing import PAGE, Entry, address, entries, predictions, whole
from .project import Project, find

SUBMITTED, SKIPPED, DRAFT = "submitted", "skipped", "draft"
INCLUDABLE = {"skipped": SKIPPED, "drafts": DRAFT}

Progress = Callable[[int], Any]


@dataclass(slots=True)
class Reject:
    """Work that cannot be read: the task's address, the document's id (where the task has one), the
    person and why."""

    address: str
    reason: str
    id: str | None = None
    annotator: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line of a rejects file."""
        keys = ("id", "address", "annotator", "reason")
        return {key: value for key in keys if (value := getattr(self, key)) is not None}


@dataclass(slots=True)
class Work:
    """What one person made of one task: ``status`` is ``submitted``, ``skipped`` or ``draft``.

    ``lead_time`` is in seconds; ``prediction`` the rows that it started from.
    """

    task: dict[str, Any]
    revision: int
    status: str
    annotator: str
    created: str
    updated: str
    lead_time: float | None
    number: int
    result: Any
    prediction: Any

    @property
    def when(self) -> tuple[datetime, int]:
        """What the newest work has the most of."""
        return read_time(self.updated), self.number


def pull(
    client: Client,
    name: str,
    *,
    all_annotators: bool = False,
    all_revisions: bool = False,
    since: datetime | None = None,
    include: Collection[str] = (),
    rules: Rules | None = None,
    progress: Progress = lambda count: None,
) -> Iterator[Document | Reject]:
    """The corrected documents of the project ``name``, in the order in which they were pushed.

    By default the newest finished work on each document's newest text. ``all_annotators``: the newest
    of each person (ids then repeat, each with another ``meta.annotator``); ``all_revisions``: older
    texts too (with another ``meta.revision``); ``since``: only work of that time or later;
    ``include``: ``skipped``, ``drafts``. ``rules`` suggest missing types and values, by default the
    built-in ones. ``progress`` is told how many tasks were looked at.
    Raises ``LabelStudioError``, and ``ValueError`` for an unknown word in ``include``.
    """
    if unknown := set(include) - set(INCLUDABLE):
        raise ValueError(f"cannot include {', '.join(sorted(unknown))}; known are {', '.join(INCLUDABLE)}")
    statuses = {SUBMITTED, *(INCLUDABLE[word] for word in include)}
    if since is not None and since.tzinfo is None:
        since = since.astimezone()
    project = find(client, name)
    rules = built_in_rules() if rules is None else rules
    found = entries(client, project.id)
    for works in work_by_document(client, project, found, statuses, all_revisions=all_revisions, progress=progress):
        chosen = newest_by_annotator(works) if all_annotators else [max(works, key=lambda work: work.when)]
        for work in sorted(chosen, key=lambda work: work.when):
            if since is None or work.when[0] >= since:
                try:
                    yield document_of(work, project, rules)
                except ReadError as error:
                    yield reject(client, project, work, str(error))


def write(found: Iterable[Document | Reject], out: Path) -> tuple[int, int]:
    """Write documents to ``out`` and rejects to ``out.rejects.jsonl``; how many of each.

    Both are replaced whole at the end: a pull that breaks off leaves the old files as they were.
    """
    counts = [0, 0]
    rejects = out.with_name(out.name + ".rejects.jsonl")
    with replacing(out) as stream, replacing(rejects) as rejected:
        for record in found:
            if isinstance(record, Document):
                counts[0] += 1
                stream.write(orjson.dumps(to_dict(record)) + b"\n")
            else:
                counts[1] += 1
                rejected.write(orjson.dumps(record.to_dict()) + b"\n")
    if not counts[1]:
        rejects.unlink()
    return counts[0], counts[1]


def work_by_document(
    client: Client,
    project: Project,
    found: Iterable[Entry],
    statuses: Collection[str],
    *,
    all_revisions: bool = False,
    progress: Progress = lambda count: None,
) -> Iterator[list[Work]]:
    """All the work with one of ``statuses`` on each text of each document of the tasks ``found``; texts
    without any are left out."""
    emails = _emails(client)
    groups = _groups(found, all_revisions)
    page: list[list[Entry]] = []
    for number, group in enumerate(groups, 1):
        page.append(group)
        if sum(map(len, page)) >= PAGE or number == len(groups):
            ids = [entry.id for entries_ in page for entry in entries_]
            tasks = whole(client, project.id, ids, untouched=DRAFT in statuses)
            now = predictions(client, project.id, [number for number, task in tasks.items() if _lacks_prediction(task)])
            for entries_ in page:
                works = [
                    work
                    for entry in entries_
                    if entry.id in tasks
                    for work in _works(tasks[entry.id], entry, emails, now.get(entry.id, []))
                ]
                if works := [work for work in works if work.status in statuses]:
                    yield works
            progress(len(ids))
            page = []


def document_of(work: Work, project: Project, rules: Rules) -> Document:
    """The corrected document, with who, when and how long in ``meta``. Raises ``ReadError``."""
    document = reading_of(work, project, rules).document
    told: dict[str, Any] = {
        "annotator": work.annotator,
        "status": work.status,
        "created_at": work.created,
        "updated_at": work.updated,
        "lead_time": work.lead_time,
        "revision": work.revision,
        "task": work.task["id"],
    }
    document.meta.update({key: value for key, value in told.items() if value is not None})
    return document


def reading_of(work: Work, project: Project, rules: Rules) -> Reading:
    """What was made of the document and what was taken away. Raises ``ReadError``."""
    return read_annotation(work.task["data"], work.result, work.prediction, project.layout, rules)


def reject(client: Client, project: Project, work: Work, reason: str) -> Reject:
    """The work that ``reason`` kept from being read."""
    identifier = work.task["data"].get("doc_id")
    place = address(client, project.id, work.task["id"])
    return Reject(place, reason, identifier if isinstance(identifier, str) else None, work.annotator)


def newest_by_annotator(works: list[Work]) -> list[Work]:
    """The newest work of each person on a text; on several texts, of each."""
    newest: dict[tuple[str, int], Work] = {}
    for work in works:
        key = work.annotator, work.revision
        if key not in newest or work.when > newest[key].when:
            newest[key] = work
    return list(newest.values())


def built_in_rules() -> Rules:
    """The annotator of the built-in patterns, made when the first text needs it."""
    made: list[Callable[[str], list[Span]]] = []

    def rules(text: str) -> list[Span]:
        if not made:
            from ..annotator import Annotator

            made.append(Annotator())
        return made[0](text)

    return rules


def read_time(text: str) -> datetime:
    """A time as Label Studio writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def _groups(found: Iterable[Entry], all_revisions: bool) -> list[list[Entry]]:
    """The tasks of each text of each document, in the order of the first; without ``all_revisions`` of
    the newest text alone. A task that zhengce did not make, or whose text was edited, is alone."""
    groups: dict[Any, list[Entry]] = {}
    newest: dict[str | None, Entry] = {}
    for entry in found:
        strange = entry.doc_id is None or entry.edited
        groups.setdefault(entry.id if strange else entry.key, []).append(entry)
        if entry.doc_id is not None and (entry.doc_id not in newest or entry.revision >= newest[entry.doc_id].revision):
            newest[entry.doc_id] = entry  # an edited one too: work on an older text does not stand in for it
    if all_revisions:
        return list(groups.values())
    return [
        group for key, group in groups.items() if not isinstance(key, tuple) or newest[key[0]].text_sha256 == key[1]
    ]


def _lacks_prediction(task: dict[str, Any]) -> bool:
    """Whether some work on the task has no copy of the prediction it started from: drafts never have."""
    return bool(task["drafts"]) or any(_started_from(annotation) is None for annotation in task["annotations"])


def _started_from(annotation: dict[str, Any]) -> Any:
    prediction = annotation.get("prediction")
    return prediction.get("result") if isinstance(prediction, dict) else None


def _works(task: dict[str, Any], entry: Entry, emails: dict[int, str], now: Any) -> Iterator[Work]:
    """All the work on a task; ``now`` is its prediction as it is, for work that has no copy."""
    for annotation in task["annotations"]:
        started_from = _started_from(annotation)
        yield Work(
            task,
            entry.revision,
            SKIPPED if annotation["was_cancelled"] else SUBMITTED,
            emails.get(annotation["completed_by"], f"user {annotation['completed_by']}"),
            annotation["created_at"],
            annotation["updated_at"],
            annotation["lead_time"],
            annotation["id"],
            annotation["result"],
            now if started_from is None else started_from,
        )
    for draft in task["drafts"]:
        yield Work(
            task,
            entry.revision,
            DRAFT,
            draft["user"],
            draft["created_at"],
            draft["updated_at"],
            draft["lead_time"],
            draft["id"],
            draft["result"],
            now,
        )


def _emails(client: Client) -> dict[int, str]:
    """The users' addresses by number; where this user may not see them, none but their own."""
    try:
        found = client.request("GET", "/api/users/")
    except Refused:
        found = [client.user]
    found = found["results"] if isinstance(found, dict) else found
    return {user["id"]: user["email"] for user in found if "id" in user and "email" in user}
