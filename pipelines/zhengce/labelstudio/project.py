"""The project on the server: found by its name, made or brought up to date, never broken."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import patterns
from . import labelling_page
from .client import Client, LabelStudioError
from .layout import LABEL, Layout, LayoutError, read_layout

_TITLE_LENGTHS = range(3, 51)  # what Label Studio takes
_EMPTY = "".join("<View></View>".split())


class NoProject(LabelStudioError):
    """There is no project of that name; the message says how to make it."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project with our labelling page. ``data`` is what the server says of it."""

    id: int
    title: str
    url: str
    layout: Layout
    data: dict[str, Any] = field(repr=False)


@dataclass(slots=True)
class Changes:
    """What ``init`` did: ``added`` and ``removed`` values as ``control.value``, and the values that it
    ``kept`` because removing them would break stored work, each with how often that uses it."""

    created: bool = False
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)


def find(client: Client, name: str) -> Project:
    """The project of that name. Raises ``NoProject``, or ``LabelStudioError`` where its page is another's."""
    found = _search(client, name)
    if found is None:
        raise NoProject(
            f"no project {name!r} on {client.url}; make it: zhengce labelstudio init --project {shlex.quote(name)} {client.connection.arguments}"
        )
    return _project(client, found)


def init(
    client: Client, name: str, annotators: int | None = None, labels: Mapping[str, Any] | None = None
) -> tuple[Project, Changes]:
    """Make the project, or bring its labelling page and instructions up to date with ``labels``.

    ``annotators`` is how many people label each task (1 where a project is made). Stored work stays
    whole: a label or type that annotations or drafts use is kept on the page as retired.
    Raises ``LabelStudioError``, also where a project of that name has a labelling page of its own.
    """
    if len(name) not in _TITLE_LENGTHS:
        raise LabelStudioError(f"a project's name has 3 to 50 characters, {name!r} has {len(name)}")
    if annotators is not None and annotators < 1:
        raise LabelStudioError(f"each task needs 1 annotator at least, not {annotators}")
    if labels is None:
        labels = patterns.load_table(patterns.builtin_folder() / "labels.toml")
    found = _search(client, name)
    changes = Changes(created=found is None)
    wanted: dict[str, Any] = {
        "expert_instruction": labelling_page.instructions(labels),
        "show_collab_predictions": True,
    }
    if annotators is not None:
        wanted["maximum_annotations"] = annotators
    if found is None:
        config = labelling_page.label_config(labels)
        made = client.request(
            "POST", "/api/projects/", body={"title": name, "label_config": config, "show_instruction": True, **wanted}
        )
        return _project(client, made), changes
    if "".join(found["label_config"].split()) == _EMPTY:
        config = labelling_page.label_config(labels)
    else:
        config = _brought_up_to_date(client, _project(client, found), labels, changes)
    client.request("PATCH", f"/api/projects/{found['id']}/", body={"label_config": config, **wanted})
    return find(client, name), changes


def _brought_up_to_date(client: Client, project: Project, labels: Mapping[str, Any], changes: Changes) -> str:
    before = _values(project.layout)
    after = _values(read_layout(labelling_page.label_config(labels)))
    used = _used(client, project.id)
    changes.added = sorted(f"{control}.{value}" for control, value in after - before)
    retired: dict[str, set[str]] = {}
    for control, value in sorted(before - after):
        if count := used.get(control, {}).get(value, 0):
            changes.kept[f"{control}.{value}"] = count
            retired.setdefault(control, set()).add(value)
        else:
            changes.removed.append(f"{control}.{value}")
    return labelling_page.label_config(labels, {control: frozenset(values) for control, values in retired.items()})


def _values(layout: Layout) -> set[tuple[str, str]]:
    choices = {(control, value) for control, values in layout.choices.items() for value in values}
    return choices | {(LABEL, label) for label in layout.labels}


def _used(client: Client, project: int) -> dict[str, dict[str, int]]:
    """How often annotations and drafts use each value of each control, as the server keeps count."""
    summary = client.request("GET", f"/api/projects/{project}/summary/")
    used: dict[str, dict[str, int]] = {}
    for counts in (summary["created_labels"], summary.get("created_labels_drafts") or {}):
        for control, values in counts.items():
            for value, count in values.items():
                used.setdefault(control, {})[value] = used.get(control, {}).get(value, 0) + count
    return used


def _search(client: Client, name: str) -> dict[str, Any] | None:
    """What the server says of the project of exactly that name."""
    found, page = [], 1
    while True:
        answer = client.request("GET", "/api/projects/", params={"page": page, "page_size": 100})
        found += [project for project in answer["results"] if project["title"] == name]
        if not answer.get("next"):
            break
        page += 1
    if len(found) > 1:
        ids = ", ".join(str(project["id"]) for project in found)
        raise LabelStudioError(
            f"{client.url} has {len(found)} projects named {name!r} (numbers {ids}); rename all but one there"
        )
    return client.request("GET", f"/api/projects/{found[0]['id']}/") if found else None


def _project(client: Client, data: dict[str, Any]) -> Project:
    url = f"{client.url}/projects/{data['id']}/data"
    try:
        layout = read_layout(data["label_config"])
    except LayoutError as error:
        raise LabelStudioError(
            f"the project {data['title']!r} ({url}) is not one of zhengce's: {error}; choose another name: --project NAME"
        ) from None
    return Project(data["id"], data["title"], url, layout, data)
