"""Quantities: every number with its unit, its exact value and what it says.

``compile_quantities`` turns ``patterns/units.toml`` and ``patterns/modifiers.toml`` into a matcher.
One pass finds the runs of numeral characters; all other work happens at those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..records import Quantity, Span
from ..units import compile_units
from .amounts import compile_amounts
from .context import Context
from .measures import Amount
from .modifiers import Around, compile_modifiers
from .numbers import RUN

__all__ = ["compile_quantities"]

RULES: dict[str, str] = {}  # type -> rule name


def compile_quantities(tables: Mapping[str, Any]) -> Callable[[str], list[Span]]:
    """The matcher for ``tables["units"]`` and ``tables["modifiers"]`` (parsed TOML).

    The matcher reads a half-width view of a text, simplified or not, and gives flat spans in order.
    Without a table of units it finds nothing. It never raises, and takes time linear in the text.
    """
    if not tables.get("units"):
        return lambda text: []
    units = compile_units(tables["units"])
    words = tables.get("modifiers", {})
    amount_at = compile_amounts(units, words)
    outside = compile_modifiers(units, words)
    context = Context(words)

    def find(text: str) -> list[Span]:
        spans: list[Span] = []
        barrier = floor = 0  # nothing starts before the barrier; the floor is the end of the last span
        titles = context.titles(text)
        for match in RUN.finditer(text):
            start, end = match.span()
            if start < barrier:
                if end <= barrier or (rest := RUN.match(text, barrier)) is None:
                    continue
                start, end = rest.span()
            if titles and (beyond := context.beyond_title(titles, start)):
                barrier = beyond
                continue
            amount = amount_at(text, start, end)
            if amount is None:
                barrier = end
                continue
            barrier = amount.end
            if (beyond := context.excluded(text, amount)) > 0:
                barrier = max(barrier, beyond)
                continue
            around = outside(text, amount, floor)
            if around is None or context.article(text, amount, around):
                continue
            spans.append(_span(text, amount, around, context, floor))
            barrier = floor = around.end
        return spans

    return find


def _span(text: str, amount: Amount, around: Around, context: Context, floor: int) -> Span:
    worth = amount.worth
    value = worth.value
    low, high = worth.low, worth.high
    base_value, base_low, base_high = worth.base_value, worth.base_low, worth.base_high
    if around.negative:
        # -5—-2 keeps its own order: only the first number's sign is read here
        if value is not None:
            value, base_value = -value, amount.unit.to_base(-value) if base_value is not None else None
        else:
            low = -low
            base_low = amount.unit.to_base(low) if base_low is not None else None
            if low > high:
                low, high, base_low, base_high = high, low, base_high, base_low
    change, basis, role = context.attributes(text, around.start, floor)
    quantity = Quantity(
        value, low, high, around.unit_text or worth.unit_text, around.bound, worth.unit_id, worth.dimension,
        base_value, base_low, base_high, worth.base_unit, change, basis, role,
    )  # fmt: skip
    kind = around.type or worth.type
    rule = RULES.get(kind)
    if rule is None:
        rule = RULES[kind] = f"quantity.{kind}"
    return Span(around.start, around.end, "QUANTITY", kind, "", rule, quantity)
