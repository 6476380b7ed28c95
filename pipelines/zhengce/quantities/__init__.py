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
from .context import Attributes, Context
from .measures import Worth, negated
from .modifiers import compile_modifiers
from .numbers import RUN
from .plain import NOTHING, compile_plain

__all__ = ["compile_quantities"]


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
    around_at = compile_modifiers(units, words)
    context = Context(words)
    plain_at = compile_plain(units, words, context)

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
            short = plain_at(text, start, end)
            if short is NOTHING:
                continue
            if titles and (beyond := context.beyond_title(titles, start)):
                barrier = beyond
                continue
            amount, touched = short if short is not None else (amount_at(text, start, end), True)
            if amount is None:
                barrier = max(end, context.beyond_coinage(text, start, end))
                continue
            if not touched:
                barrier, worth = amount.end, amount.worth
                attributes = context.attributes(text, start, floor)
                spans.append(_span(start, barrier, worth.type, _quantity(worth, worth.unit_text, "=", attributes)))
                floor = barrier
                continue
            barrier = amount.end
            if (beyond := context.excluded(text, amount)) > 0:
                barrier = max(barrier, beyond)
                continue
            around = around_at(text, amount, floor)
            if around is None or context.article(text, amount, around):
                continue
            worth = negated(amount) if around.negative else amount.worth
            attributes = context.attributes(text, around.start, floor)
            quantity = _quantity(worth, around.unit_text or worth.unit_text, around.bound, attributes)
            spans.append(_span(around.start, around.end, around.type or worth.type, quantity))
            barrier = floor = around.end
        return spans

    return find


def _span(start: int, end: int, kind: str, quantity: Quantity) -> Span:
    return Span(start, end, "QUANTITY", kind, "", f"quantity.{kind}", quantity)


def _quantity(worth: Worth, unit: str, bound: str, attributes: Attributes) -> Quantity:
    value, low, high, base_value, base_low, base_high, _, unit_id, dimension, base_unit, _ = worth
    return Quantity(
        value, low, high, unit, bound, unit_id, dimension, base_value, base_low, base_high, base_unit, *attributes
    )
