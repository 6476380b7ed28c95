"""The labelling page and its instructions, generated from ``patterns/labels.toml``. Pure functions."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..records import BOUNDS
from .layout import LABEL, NUMBERS, REVIEW, TEXT, type_control

QUANTITY = "QUANTITY"
REVIEWS = {"checked": "已核对", "in doubt": "有疑问"}
RETIRED = "停用"  # shown behind the name of what labels.toml no longer has but stored work uses

_TEMPLATE = Path(__file__).with_name("instructions.html")
_REVIEW_KEYS = ("9", "0")
_BOUND_NAMES = {"=": "等于", "~": "约", ">=": "不低于", "<=": "不超过", ">": "超过", "<": "不足"}
_FIELD_NAMES = {"value": "数值", "low": "下限", "high": "上限", "unit": "单位"}
_STYLE = """
.zc-bar{position:sticky;top:0;z-index:10;background:var(--color-neutral-background,#fff);padding:6px 4px;border-bottom:1px solid #d9d9d9}
.zc-text{max-height:45vh;overflow-y:auto;padding:12px 18px;border:1px solid #d9d9d9;border-radius:8px;font-size:18px;line-height:2.3;
font-family:"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
.zc-text p,.zc-text span{line-height:2.3}
.zc-side{border:1px solid #d9d9d9;border-radius:8px;padding:6px 14px}
.zc-fields{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:flex-start}
.zc-fields h4{font-size:13px;margin:4px 0 0 !important}
"""

Labels = Mapping[str, Mapping[str, Any]]


def label_config(labels: Labels, retired: Mapping[str, frozenset[str]] | None = None) -> str:
    """The page's XML for the tables of ``labels.toml``.

    ``retired`` (control → values) stay on the page although ``labels`` no longer has them. What is
    stored are the tables' keys: Chinese names are display alone.
    """
    retired = retired or {}
    names = {name: table for name, table in labels.items()}
    names.update({name: {"zh": RETIRED, "colour": "#8c8c8c"} for name in sorted(retired.get(LABEL, ()))})
    view = ElementTree.Element("View", style="display:flex;flex-direction:column;gap:8px")
    ElementTree.SubElement(view, "Style").text = _STYLE
    bar = ElementTree.SubElement(view, "View", className="zc-bar")
    ElementTree.SubElement(bar, "Header", value="$title", size="5")
    control = ElementTree.SubElement(bar, "Labels", name=LABEL, toName=TEXT, showInline="true", opacity="0.3")
    for name, table in names.items():
        optional = {"hotkey": table["hotkey"]} if table.get("hotkey") else {}
        background = {"background": table["colour"]} if table.get("colour") else {}
        ElementTree.SubElement(control, "Label", value=name, html=_shown(name, table), **background, **optional)
    box = ElementTree.SubElement(view, "View", className="zc-text")
    ElementTree.SubElement(box, "Text", name=TEXT, value="$text", granularity="symbol", saveTextResult="yes")
    side = ElementTree.SubElement(view, "View", className="zc-side", visibleWhen="region-selected")
    for name, table in names.items():
        types = dict(table.get("types") or {})
        types.update({type_: {"zh": RETIRED} for type_ in sorted(retired.get(type_control(name), ()))})
        if types:
            _choices(_when(side, name), type_control(name), {key: _shown(key, value) for key, value in types.items()})
    if QUANTITY in names:
        _quantity_fields(_when(side, QUANTITY))
    foot = ElementTree.SubElement(view, "View", className="zc-side")
    review = ElementTree.SubElement(foot, "Choices", name=REVIEW, toName=TEXT, choice="single-radio", showInline="true")
    for (value, shown), key in zip(REVIEWS.items(), _REVIEW_KEYS):
        ElementTree.SubElement(review, "Choice", value=value, html=f"{shown} {value}", hotkey=key)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def instructions(labels: Labels) -> str:
    """The annotation scheme for people, as HTML: what the page says, with the tables of ``labels.toml``."""
    rows = []
    for name, table in labels.items():
        types = "、".join(
            f"{value['zh']} <code>{escape(key)}</code>" for key, value in (table.get("types") or {}).items()
        )
        key = f"<kbd>{escape(str(table['hotkey']))}</kbd>" if table.get("hotkey") else ""
        rows.append(
            f"<tr><td>{key}</td><td><b>{escape(table.get('zh', name))}</b> <code>{escape(name)}</code></td><td>{types}</td></tr>"
        )
    return _TEMPLATE.read_text(encoding="utf-8").replace("{{labels}}", "\n".join(rows))


def _shown(name: str, table: Mapping[str, Any]) -> str:
    """``政策 POLICY``: the attribute is HTML, so it is escaped once here and once more as XML."""
    return escape(f"{table['zh']} {name}" if table.get("zh") else name)


def _when(parent: ElementTree.Element, label: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        parent, "View", visibleWhen="region-selected", whenTagName=LABEL, whenLabelValue=label, className="zc-fields"
    )


def _choices(parent: ElementTree.Element, name: str, values: Mapping[str, str]) -> None:
    control = ElementTree.SubElement(
        parent, "Choices", name=name, toName=TEXT, perRegion="true", choice="single-radio", showInline="true"
    )
    for value, shown in values.items():
        ElementTree.SubElement(control, "Choice", value=value, html=shown)


def _quantity_fields(parent: ElementTree.Element) -> None:
    """Texts, not numbers: the number control would make floats of them."""
    for name in (*NUMBERS, "unit"):
        cell = ElementTree.SubElement(parent, "View")
        ElementTree.SubElement(cell, "Header", value=f"{_FIELD_NAMES[name]} {name}", size="6")
        ElementTree.SubElement(
            cell, "TextArea", name=name, toName=TEXT, perRegion="true", editable="true", rows="1", maxSubmissions="1"
        )
    _choices(parent, "bound", {bound: escape(f"{bound} {_BOUND_NAMES[bound]}") for bound in BOUNDS})
