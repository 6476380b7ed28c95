"""The controls of a labelling page: which names, labels and values a project knows."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

TEXT, LABEL, REVIEW = "text", "label", "review"
NUMBERS = ("value", "low", "high")
FIELDS = (*NUMBERS, "unit", "bound")  # of a quantity, in the order shown


class LayoutError(ValueError):
    """A labelling page that is not ours; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Layout:
    """``labels`` that regions may carry; ``choices`` (control → values) and ``areas`` (text controls)."""

    labels: frozenset[str]
    choices: dict[str, frozenset[str]]
    areas: frozenset[str]

    def types(self, label: str) -> frozenset[str]:
        """The types that can be chosen for a label."""
        return self.choices.get(type_control(label), frozenset())


def type_control(label: str) -> str:
    """The name of the control that holds the type of a label's regions: ``ORG`` → ``org_type``."""
    return f"{label.lower()}_type"


def read_layout(label_config: str) -> Layout:
    """The layout of a project's labelling page.

    Raises ``LayoutError`` where a control that carries our data is missing.
    """
    try:
        root = ElementTree.fromstring(label_config)
    except ElementTree.ParseError as error:
        raise LayoutError(f"its labelling page cannot be read: {error}") from None
    controls = {element.get("name"): element for element in root.iter() if element.get("name")}
    wanted = {TEXT: ("Text",), LABEL: ("Labels",), **{name: ("TextArea", "Choices") for name in FIELDS}}
    missing = [name for name, tags in wanted.items() if name not in controls or controls[name].tag not in tags]
    if missing:
        raise LayoutError(f"its labelling page lacks the controls {', '.join(missing)}")
    if (source := controls[TEXT].get("value")) != "$text":
        raise LayoutError(f"its labelling page shows {source}, not $text")
    choices = {name: _values(element, "Choice") for name, element in controls.items() if element.tag == "Choices"}
    areas = frozenset(name for name, element in controls.items() if element.tag == "TextArea")
    return Layout(_values(controls[LABEL], "Label"), choices, areas)


def _values(control: ElementTree.Element, tag: str) -> frozenset[str]:
    """What Label Studio stores: the alias of a value, where it has one."""
    return frozenset(element.get("alias") or element.get("value") or "" for element in control.iter(tag))
