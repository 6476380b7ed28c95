"""The controls of a labelling page: which names, labels and values a project knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from label_studio_sdk.label_interface import LabelInterface

TEXT, LABEL, REVIEW = "text", "label", "review"
NUMBERS = ("value", "low", "high")
FIELDS = (*NUMBERS, "unit", "bound")  # of a quantity, in the order shown


class LayoutError(ValueError):
    """A labelling page that is not ours; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Layout:
    """``labels`` that regions may carry; ``choices`` (control → values) and ``areas`` (text controls).

    ``interface`` is the SDK's reading of the page.
    """

    labels: frozenset[str]
    choices: dict[str, frozenset[str]]
    areas: frozenset[str]
    interface: LabelInterface = field(repr=False, compare=False)

    def objections(self, prediction: dict[str, Any]) -> list[str]:
        """What Label Studio's own check of predictions has against one; it does not look at offsets."""
        return self.interface.validate_prediction(prediction, return_errors=True)

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
    from label_studio_sdk.label_interface import LabelInterface

    try:
        interface = LabelInterface(label_config)
    except Exception as error:  # the SDK's errors have no class in common
        raise LayoutError(f"its labelling page cannot be read: {error}") from None
    controls = {**{control.name: control for control in interface.controls}, **{o.name: o for o in interface.objects}}
    wanted = {TEXT: ("Text",), LABEL: ("Labels",), **{name: ("TextArea", "Choices") for name in FIELDS}}
    missing = [name for name, tags in wanted.items() if name not in controls or controls[name].tag not in tags]
    if missing:
        raise LayoutError(f"its labelling page lacks the controls {', '.join(missing)}")
    if (source := controls[TEXT].value) != "$text":
        raise LayoutError(f"its labelling page shows {source}, not $text")
    choices = {control.name: frozenset(control.labels) for control in interface.controls if control.tag == "Choices"}
    areas = frozenset(control.name for control in interface.controls if control.tag == "TextArea")
    return Layout(frozenset(controls[LABEL].labels), choices, areas, interface)
