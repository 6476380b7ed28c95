"""Quantities: every number with its unit, its exact value and what it says.

``compile_quantities`` turns ``patterns/units.toml`` and ``patterns/modifiers.toml`` into a matcher.
One pass finds the runs of numeral characters; all other work happens at those.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol

from ..records import Quantity, Span
from ..units import compile_units
from .amounts import compile_amounts
from .context import QUOTES, Context
from .measures import negated
from .modifiers import compile_modifiers
from .neighbours import with_neighbour
from .numbers import RUN
from .plain import NOTHING, compile_plain

__all__ = ["compile_quantities"]


class Find(Protocol):
    """A matcher of quantities."""

    def __call__(self, text: str, written: str | None = None) -> list[Span]: ...


def compile_quantities(tables: Mapping[str, Any]) -> Find:
    """The matcher for ``tables["units"]`` and ``tables["modifiers"]`` (parsed TOML).

    The matcher reads a half-width, simplified view of a text and gives flat spans in order; units are
    named as they stand in its second argument, the view that is not simplified, where there is one.
    Without a table of units it finds nothing. It never raises, and takes time linear in the text.
    """
    if not tables.get("units"):
        return lambda text, written=None: []
    units = compile_units(tables["units"])
    words = tables.get("modifiers", {})
    amount_at = compile_amounts(units, words)
    around_at = compile_modifiers(units, words)
    context = Context(words)
    plain_at = compile_plain(units, words, context)

    attributes_at, excluded, coinage = context.attributes, context.excluded, context.beyond_coinage

    def find(text: str, written: str | None = None) -> list[Span]:
        spans: list[Span] = []
        barrier = floor = 0  # nothing starts before the barrier; the floor is the end of the last span
        titles = iter(context.titles(text))
        title_start, title_end = next(titles, NOWHERE)
        for match in RUN.finditer(text):
            start, end = match.span()
            if start < barrier:
                if end <= barrier or (rest := RUN.match(text, barrier)) is None:
                    continue
                start, end = rest.span()
            short = plain_at(text, start, end)
            if short is NOTHING:
                if text[start - 1 : start] in QUOTES:
                    barrier = max(barrier, coinage(text, start, end))
                continue
            while title_end <= start:
                title_start, title_end = next(titles, NOWHERE)
            if title_start < start:
                barrier = title_end
                continue
            amount, touched = short or (amount_at(text, start, end), True)
            if amount is None:
                barrier = max(end, coinage(text, start, end)) if text[start - 1 : start] in QUOTES else end
                continue
            if touched and text[start - 1 : start] == "、":
                amount = with_neighbour(text, amount, floor)
            start, barrier, worth = amount.start, amount.end, amount.worth
            unit_text, bound, kind = worth.unit_text, "=", worth.type
            if touched:
                if short is None and (beyond := excluded(text, amount)) > 0:
                    barrier = max(barrier, beyond)
                    continue
                around = around_at(text, amount, floor)
                if around is None or context.article(text, amount, around):
                    continue
                worth = negated(amount) if around.negative else worth
                start, barrier, bound = around.start, around.end, around.bound
                unit_text, kind = around.unit_text or unit_text, around.type or kind
            value, low, high, base_value, base_low, base_high, _, unit_id, dimension, base_unit, _ = worth
            change, basis, role = attributes_at(text, start, floor)
            quantity = Quantity(
                value, low, high, unit_text, bound, unit_id, dimension,
                base_value, base_low, base_high, base_unit, change, basis, role,
            )  # fmt: skip
            spans.append(Span(start, barrier, "QUANTITY", kind, "", RULES[kind], quantity))
            floor = barrier
        return spans if written is None or written == text else [as_written(span, text, written) for span in spans]

    return find


def as_written(span: Span, text: str, written: str) -> Span:
    """The span of ``text`` with its unit as it stands in ``written``, of the same length."""
    quantity = span.quantity
    if quantity is not None and quantity.unit:
        at = text.rfind(quantity.unit, span.start, span.end)
        if at >= 0:
            quantity.unit = written[at : at + len(quantity.unit)]
    return span


class _Rules(dict[str, str]):
    """The rule names by type: ``quantity.money``."""

    def __missing__(self, kind: str) -> str:
        rule = self[kind] = f"quantity.{kind}"
        return rule


RULES = _Rules()
NOWHERE = (sys.maxsize, sys.maxsize)  # the place of a title that is not there
