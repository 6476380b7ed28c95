"""What Label Studio's editor does to rows, as measured in a browser: for tests that need no browser."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st
from strategies import documents as whole_documents

from zhengce.labelstudio.labelling_page import label_config
from zhengce.labelstudio.layout import read_layout
from zhengce.patterns import builtin_folder, load_table
from zhengce.records import Document

LABELS = load_table(builtin_folder() / "labels.toml")
LAYOUT = read_layout(label_config(LABELS))


def submitted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a prediction after "Submit" with nothing touched.

    The editor drops keys that it does not know and copies a region's meta onto all of its rows.
    """
    metas = {row["id"]: row["meta"] for row in rows if "meta" in row}
    out = []
    for row in copy.deepcopy(rows):
        if row["type"] == "relation":
            row = {key: row[key] for key in ("from_id", "to_id", "type", "direction", "labels") if key in row}
        else:
            known = ("start", "end", "text", "labels", "choices")
            row["value"] = {key: value for key, value in row["value"].items() if key in known}
            row = {key: row[key] for key in ("id", "from_name", "to_name", "type", "value", "score") if key in row}
            row |= {"origin": "prediction", "meta": copy.deepcopy(metas[row["id"]])}
        out.append(row)
    return out


def without(rows: list[dict[str, Any]], region: str) -> list[dict[str, Any]]:
    """The rows after a region was deleted: its fields and relations go with it."""
    return [row for row in rows if region not in (row.get("id"), row.get("from_id"), row.get("to_id"))]


def drawn(region: str, start: int, end: int, label: str, **fields: str) -> list[dict[str, Any]]:
    """The rows of a region drawn by hand. Its text is wrong on purpose: the editor's often is."""
    place = {"start": start, "end": end}
    first = {"id": region, "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}
    rows = [{**first, "value": {**place, "text": "\\n", "labels": [label]}}]
    for name, value in fields.items():
        kind, key = ("choices", "choices") if name.endswith("_type") or name == "bound" else ("textarea", "text")
        rows.append({**first, "from_name": name, "type": kind, "value": {**place, key: [value]}})
    return rows


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document, with types that the page shows and ids that are missing, too."""
    document = draw(whole_documents())
    named = {end for relation in document.relations for end in (relation.head, relation.child)}
    for span in document.spans:
        if draw(st.booleans()):
            span.type = draw(st.sampled_from(sorted(LABELS[span.label]["types"])))
        if span.id not in named and draw(st.booleans()):
            span.id = draw(st.none() | st.sampled_from([f"{span.id}#1", f"{span.id}/第", f"x{span.id}"]))
    return document
