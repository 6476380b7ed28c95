"""How far the work on a project has come, and how much of the rules' work people let stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .client import Client
from .corrections import ACCEPTED, CHANGED, ReadError, Rules, read_task
from .listing import entries
from .project import Project, find
from .pull import DRAFT, SKIPPED, SUBMITTED, Work, built_in_rules, newest_by_annotator, reading_of, work_by_document


@dataclass(slots=True)
class Agreement:
    """Spans by what people did with them; ``removed`` ones were predicted, ``added`` ones were not."""

    accepted: int = 0
    changed: int = 0
    removed: int = 0
    added: int = 0

    @property
    def precision(self) -> float | None:
        """The share of predicted spans that were left as they were."""
        predicted = self.accepted + self.changed + self.removed
        return self.accepted / predicted if predicted else None

    @property
    def recall(self) -> float | None:
        """The share of people's spans that had been predicted just so."""
        wanted = self.accepted + self.changed + self.added
        return self.accepted / wanted if wanted else None


@dataclass(slots=True)
class Person:
    """What one person did: documents done and skipped, drafts, seconds of work."""

    done: int = 0
    skipped: int = 0
    drafts: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Status:
    """Documents by their newest text: ``pushed`` = ``open`` + ``done`` + ``skipped``.

    ``begun`` of the open ones have a draft; ``changed`` of the done ones differ from the prediction;
    ``unreadable`` ones would be rejected by a pull. ``revisions`` are tasks with older texts,
    ``foreign`` tasks that zhengce did not make, ``edited`` tasks whose text was changed on the server.
    ``agreement`` counts the newest finished work on each document, by label.
    """

    project: str = ""
    address: str = ""
    pushed: int = 0
    open: int = 0
    begun: int = 0
    done: int = 0
    skipped: int = 0
    changed: int = 0
    unreadable: int = 0
    revisions: int = 0
    foreign: int = 0
    edited: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    agreement: dict[str, Agreement] = field(default_factory=dict)


def status(
    client: Client, name: str, *, rules: Rules | None = None, progress: Callable[[int], Any] = lambda count: None
) -> Status:
    """The figures of the project ``name``. Raises ``LabelStudioError``."""
    project = find(client, name)
    rules = built_in_rules() if rules is None else rules
    result = Status(project.title, project.url)
    texts: set[tuple[str | None, str]] = set()
    found = list(entries(client, project.id))
    for entry in found:
        if entry.doc_id is None:
            result.foreign += 1
        elif entry.edited:
            result.edited += 1
        else:
            texts.add(entry.key)
    result.pushed = len({document for document, _ in texts})
    result.revisions = len(texts) - result.pushed
    for works in work_by_document(client, project, found, {SUBMITTED, SKIPPED, DRAFT}, progress=progress):
        _count(works, project, rules, result)
    result.open = result.pushed - result.done - result.skipped
    return result


def _count(works: list[Work], project: Project, rules: Rules, result: Status) -> None:
    """Add the work on one document."""
    by_status = {kind: [work for work in works if work.status == kind] for kind in (SUBMITTED, SKIPPED, DRAFT)}
    for kind, name in ((SUBMITTED, "done"), (SKIPPED, "skipped"), (DRAFT, "drafts")):
        for work in newest_by_annotator(by_status[kind]):
            person = result.people.setdefault(work.annotator, Person())
            setattr(person, name, getattr(person, name) + 1)
            person.seconds += work.lead_time or 0.0
    try:
        read_task(works[0].task["data"])
    except ReadError:  # counted as foreign or edited
        return
    if not by_status[SUBMITTED]:
        result.skipped += bool(by_status[SKIPPED])
        result.begun += not by_status[SKIPPED]
        return
    result.done += 1
    try:
        reading = reading_of(max(by_status[SUBMITTED], key=lambda work: work.when), project, rules)
    except ReadError:
        result.unreadable += 1
        return
    for span in reading.document.spans:
        counts = result.agreement.setdefault(span.label, Agreement())
        kind = {ACCEPTED: "accepted", CHANGED: "changed"}.get(span.source or "", "added")
        setattr(counts, kind, getattr(counts, kind) + 1)
    for span in reading.removed:
        result.agreement.setdefault(span.label, Agreement()).removed += 1
    touched = {span.source for span in reading.document.spans} - {ACCEPTED}
    result.changed += bool(touched or reading.removed)
