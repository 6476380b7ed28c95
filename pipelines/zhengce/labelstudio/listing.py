"""What lies on the server: a light entry for every task, and whole tasks by number.

Pages go by task number, not by page number, so that tasks that come or go meanwhile shift nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from . import MODEL_VERSION
from .client import Client
from .tasks import text_hash

PAGE = 200  # tasks: half a second of the server's time
_FIELDS = "id,data,total_annotations,cancelled_annotations,total_predictions"


@dataclass(slots=True)
class Entry:
    """A task as the listing shows it. ``doc_id`` is ``None`` where zhengce did not make it.

    ``edited``: its text is no longer the one that was sent. ``details`` is the hash of what is told
    of the document beside its text and spans. ``work`` counts annotations, finished and skipped.
    """

    id: int
    doc_id: str | None
    text_sha256: str
    rules_sha256: str
    revision: int
    edited: bool
    details: str
    work: int
    predictions: int

    @property
    def key(self) -> tuple[str | None, str]:
        """Which text of which document it is."""
        return self.doc_id, self.text_sha256


def entries(client: Client, project: int, after: int = 0) -> Iterator[Entry]:
    """The project's tasks with numbers above ``after``, in order."""
    for task in _tasks(client, project, [], _FIELDS, after):
        yield _entry(task)


def drafted(client: Client, project: int) -> set[int]:
    """The numbers of the tasks that anybody has a draft on."""
    condition = _filter("draft_exists", "equal", "Boolean", True)
    return {task["id"] for task in _tasks(client, project, [condition], "id", 0)}


def whole(client: Client, project: int, ids: Collection[int], *, untouched: bool = True) -> dict[int, dict[str, Any]]:
    """Those of the tasks that still exist, with everybody's annotations and drafts, by number.

    ``predictions`` holds numbers only; each annotation has a copy of the prediction it started from.
    ``untouched=False`` leaves out tasks without annotations.
    """
    if not ids:
        return {}
    params = {"exportType": "JSON", "download_all_tasks": "true" if untouched else "false", "ids[]": sorted(ids)}
    return {task["id"]: task for task in client.request("GET", f"/api/projects/{project}/export", params=params)}


def predictions(client: Client, project: int, ids: Sequence[int]) -> dict[int, list[Any]]:
    """The rows of our prediction of each task, as it is now, by the task's number."""
    found = {}
    for start in range(0, len(ids), PAGE):
        query = {"selectedItems": {"all": False, "included": list(ids[start : start + PAGE])}}
        params = {
            "project": project,
            "page_size": PAGE,
            "fields": "all",
            "include": "id,predictions",
            "resolve_uri": "false",
        }
        answer = client.request("GET", "/api/tasks/", params={**params, "query": orjson.dumps(query).decode()})
        for task in answer["tasks"]:
            ours = [one for one in task["predictions"] if one["model_version"] == MODEL_VERSION]
            if ours:
                found[task["id"]] = ours[0]["result"]
    return found


def details_hash(data: dict[str, Any]) -> str:
    """The hash of title, meta and further keys in a task's data."""
    told = [data.get("title"), data.get("meta") or {}, data.get("extra") or {}]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def address(client: Client, project: int, task: int) -> str:
    """Where a person finds the task."""
    return f"{client.url}/projects/{project}/data?task={task}"


def _tasks(
    client: Client, project: int, others: Sequence[dict[str, Any]], include: str, after: int
) -> Iterator[dict[str, Any]]:
    while True:
        conditions = [*others, _filter("id", "greater", "Number", after)]
        query = {"filters": {"conjunction": "and", "items": conditions}, "ordering": ["tasks:id"]}
        params = {
            "project": project,
            "page_size": PAGE,
            "include": include,
            "resolve_uri": "false",  # a text that looks like an address stays a text
            "query": orjson.dumps(query).decode(),
        }
        page = client.request("GET", "/api/tasks/", params=params)["tasks"]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]["id"]


def _filter(column: str, operator: str, kind: str, value: Any) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


def _entry(task: dict[str, Any]) -> Entry:
    data = task["data"]
    words = {
        key: value if isinstance(value := data.get(key), str) else ""
        for key in ("doc_id", "text_sha256", "rules_sha256")
    }
    text, revision = data.get("text"), data.get("revision")
    ours = bool(words["doc_id"] and words["text_sha256"])
    return Entry(
        id=task["id"],
        doc_id=words["doc_id"] if ours else None,
        text_sha256=words["text_sha256"],
        rules_sha256=words["rules_sha256"],
        revision=revision if isinstance(revision, int) else 1,
        edited=ours and not (isinstance(text, str) and _hash(text) == words["text_sha256"]),
        details=details_hash(data),
        work=task["total_annotations"] + task["cancelled_annotations"],
        predictions=task["total_predictions"],
    )


def _hash(text: str) -> str | None:
    try:
        return text_hash(text)
    except UnicodeEncodeError:
        return None
