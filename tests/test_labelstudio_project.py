"""The labelling page and the project: what is stored, and that stored work outlives changed labels."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from conftest import LabelStudio

from zhengce.labelstudio import client, labelling_page, project
from zhengce.labelstudio.layout import read_layout
from zhengce.patterns import load_table
from zhengce.resources import data_path

LABELS = load_table(data_path("patterns") / "labels.toml")


def test_every_label_and_type_is_on_the_page_and_stored_by_its_key() -> None:
    config = labelling_page.label_config(LABELS)
    layout = read_layout(config)
    assert layout.labels == set(LABELS)
    assert {name: layout.types(name) for name in LABELS} == {name: set(table["types"]) for name, table in LABELS.items()}
    assert layout.choices["bound"] == {"=", "~", ">=", "<=", ">", "<"}
    assert layout.choices["review"] == {"checked", "in doubt"}
    assert layout.areas == {"value", "low", "high", "unit"}
    root = ElementTree.fromstring(config)
    (text,) = root.iter("Text")
    assert text.attrib["granularity"] == "symbol"
    shown = [label.attrib for label in root.iter("Label")]
    assert [(label["html"], label["hotkey"], label["background"]) for label in shown] == [
        (f"{table['zh']} {name}", table["hotkey"], table["colour"]) for name, table in LABELS.items()
    ]
    for choices in root.iter("Choices"):
        assert all("alias" not in choice.attrib for choice in choices)  # an alias would be stored in place of the value
        if choices.attrib["name"] != "review":
            assert choices.attrib["perRegion"] == "true"


def test_names_of_labels_are_text_not_markup() -> None:
    config = labelling_page.label_config({**LABELS, "A&B": {"zh": "<甲>", "types": {"x<y": {"zh": '"乙"'}}}})
    root = ElementTree.fromstring(config)
    label = list(root.iter("Label"))[-1]
    assert label.attrib["value"] == "A&B" and label.attrib["html"] == "&lt;甲&gt; A&amp;B"
    assert read_layout(config).types("A&B") == {"x<y"}


def test_instructions_name_every_label_and_type() -> None:
    page = labelling_page.instructions(LABELS)
    assert "{{" not in page
    for name, table in LABELS.items():
        assert f"<code>{name}</code>" in page and f"<kbd>{table['hotkey']}</kbd>" in page
        for key, names in table["types"].items():
            assert f"{names['zh']} <code>{key}</code>" in page


def test_a_project_is_made_once_and_found_by_its_name(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    made, changes = project.init(admin, "project: made once", annotators=2)
    assert changes.created and made.data["maximum_annotations"] == 2 and made.data["show_instruction"]
    assert "标注" in made.data["expert_instruction"] or "改正" in made.data["expert_instruction"]
    again, changes = project.init(admin, "project: made once")
    assert again.id == made.id and again.data["maximum_annotations"] == 2
    assert changes == project.Changes()
    assert project.find(admin, "project: made once").layout == made.layout
    assert project.init(admin, "project: made once", annotators=3)[0].data["maximum_annotations"] == 3
    admin.request("POST", "/api/projects/validate/", body={"label_config": made.data["label_config"]})


def annotate(admin: client.Client, number: int, label: str, type_: str | None = None) -> int:
    """A task with one annotation over its first two characters; gives the task's number."""
    body = [{"data": {"text": "甲乙丙", "title": "甲"}}]
    imported = admin.request("POST", f"/api/projects/{number}/import", body=body, params={"return_task_ids": "true"})
    place = {"start": 0, "end": 2}
    row = {"id": "r1", "from_name": "label", "to_name": "text", "type": "labels", "value": {**place, "labels": [label]}}
    rows: list[dict[str, Any]] = [row]
    if type_:
        value = {**place, "choices": [type_]}
        rows.append({**row, "from_name": f"{label.lower()}_type", "type": "choices", "value": value})
    task = imported["task_ids"][0]
    admin.request("POST", f"/api/tasks/{task}/annotations/", body={"result": rows, "lead_time": 1.0})
    return task


def test_changed_labels_keep_what_stored_work_uses(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    more = copy.deepcopy(LABELS)
    more["PLACE"] = {"zh": "地名", "types": {"river": {"zh": "河流"}, "lake": {"zh": "湖泊"}}}
    more["EVENT"] = {"zh": "会议", "colour": "#123456", "hotkey": "5"}
    made, _ = project.init(admin, "project: changed labels", labels=more)
    tasks = [annotate(admin, made.id, "PLACE", "river"), annotate(admin, made.id, "ORG", "company")]
    before = [admin.request("GET", f"/api/tasks/{task}/annotations/") for task in tasks]
    fewer = copy.deepcopy(LABELS)
    del fewer["ORG"]["types"]["company"], fewer["ORG"]["types"]["media"]
    fewer["ORG"]["types"]["court"] = {"zh": "法院"}
    updated, changes = project.init(admin, "project: changed labels", labels=fewer)
    assert changes.added == ["org_type.court"]
    assert changes.removed == ["label.EVENT", "org_type.media", "place_type.lake"]
    assert changes.kept == {"label.PLACE": 1, "org_type.company": 1, "place_type.river": 1}
    assert updated.layout.labels == {*LABELS, "PLACE"}
    assert updated.layout.types("PLACE") == {"river"} and "company" in updated.layout.types("ORG")
    assert "停用 PLACE" in updated.data["label_config"]
    assert [admin.request("GET", f"/api/tasks/{task}/annotations/") for task in tasks] == before
    again, changes = project.init(admin, "project: changed labels", labels=fewer)
    assert again.layout == updated.layout and not changes.added and not changes.removed and len(changes.kept) == 3
    back, changes = project.init(admin, "project: changed labels", labels=more)
    assert "停用" not in back.data["label_config"] and not changes.kept


def test_a_draft_keeps_its_labels_too(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    made, _ = project.init(admin, "project: drafted labels", labels={**LABELS, "PLACE": {"zh": "地名"}})
    task = annotate(admin, made.id, "ORG")
    row = {"id": "d1", "from_name": "label", "to_name": "text", "type": "labels"}
    body = {"result": [{**row, "value": {"start": 0, "end": 1, "labels": ["PLACE"]}}], "lead_time": 1.0}
    admin.request("POST", f"/api/tasks/{task}/drafts", body=body)
    assert project.init(admin, "project: drafted labels")[1].kept == {"label.PLACE": 1}


FOREIGN = '<View><Text name="text" value="$text"/><Choices name="mood" toName="text"><Choice value="good"/></Choices></View>'


def test_a_project_of_another_layout_is_left_alone(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    other = admin.request("POST", "/api/projects/", body={"title": "somebody's", "label_config": FOREIGN})
    for act in (project.find, project.init):
        with pytest.raises(client.LabelStudioError, match="not one of zhengce's: .*; choose another name: --project NAME"):
            act(admin, "somebody's")
    assert admin.request("GET", f"/api/projects/{other['id']}/")["label_config"] == FOREIGN


def test_an_empty_project_made_by_hand_is_taken(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    by_hand = admin.request("POST", "/api/projects/", body={"title": "project: by hand"})
    taken, _ = project.init(admin, "project: by hand")
    assert taken.id == by_hand["id"] and taken.layout.labels == set(LABELS)


def test_names_that_lead_nowhere(label_studio: LabelStudio) -> None:
    admin = label_studio.client
    with pytest.raises(project.NoProject, match="make it: zhengce labelstudio init --project 'no such' --data "):
        project.find(admin, "no such")
    for name in ("ab", "x" * 51):
        with pytest.raises(client.LabelStudioError, match="3 to 50 characters"):
            project.init(admin, name)
    for _ in range(2):
        admin.request("POST", "/api/projects/", body={"title": "project: twice"})
    with pytest.raises(client.LabelStudioError, match="2 projects named 'project: twice'"):
        project.find(admin, "project: twice")
