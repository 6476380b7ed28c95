"""A number's unit: which one a surface means in its context, compound units, and what the amount is worth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from .. import numerals
from ..units import COUNT, Surface, Unit, UnitTable, quotient
from .numbers import CACHE_SIZE, RUN, Number, power_of

RATIO = Unit(None, "multiple", "ratio", base="1")
MONEY = Unit(None, "money", "money")
SHARE = Unit(None, "rate", "rate")  # 人/10万人
EMPTY = Unit(None, "empty", "count")
_BRACKET = re.compile(r"[（(]([^（）()\n]{1,8})[）)]")
_BLANKS = " \u00a0\u2009\u202f\u3000"
_MANY = re.compile("(10*)?([十百千万亿]+)")  # 元/百公里, 人/10万人
_HAN = re.compile("[\u4e00-\u9fff]")
_CLOCK = frozenset({"h", "min", "s"})
_NEAR = 10  # characters before a number that decide an ambiguous unit
_CUTS = frozenset("，。；：,;\n0123456789")  # what lies beyond these decides nothing


class Worth(NamedTuple):
    """What an amount is worth: ``value``, or ``low`` and ``high``; the same in the base unit; the unit."""

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    base_value: Decimal | None
    base_low: Decimal | None
    base_high: Decimal | None
    unit_text: str
    unit_id: str | None
    dimension: str | None
    base_unit: str | None
    type: str


class Amount(NamedTuple):
    """A number with its unit at ``[start, end)``: its first number, its last unit, what it is worth."""

    start: int
    end: int
    number: Number
    unit: Unit
    surface: str
    worth: Worth
    shape: str  # simple, range, sum, fraction, multiple, ratio, half, empty


class Measures(NamedTuple):
    """The compiled functions; see ``compile_measures``."""

    unit_after: Callable[[str, Number], "tuple[Number, Surface, Unit, int] | None"]
    compound: Callable[[str, Surface, Unit, int], tuple[Unit, str, int]]
    worth: Callable[[Decimal, Decimal, Unit, str], Worth]


def meaning(text: str, surface: Surface, number: Number, end: int) -> Unit | None:
    """The unit that a surface means at its place, or ``None``."""
    if surface.long_only and number.raw in _SINGLE and not number.vague:
        return None
    if not surface.readings:
        return surface.unit
    before = None
    for reading in surface.readings:
        if reading.numeral and not fits(reading.numeral, number):
            continue
        if reading.touch and not text.endswith(reading.touch, 0, number.start):
            continue
        if reading.after and not text.startswith(reading.after, end):
            continue
        if reading.last and _HAN.match(text, end) or reading.then and not goes_on(text, end, reading.then):
            continue
        if reading.near:
            before = context_before(text, number.start) if before is None else before
            if not any(word in before for word in reading.near):
                continue
        return reading.unit
    return None


def compile_measures(table: UnitTable, number_at: Callable[[str, int, int], Number | None]) -> Measures:
    """``unit_after(text, number)``, ``compound(text, surface, unit, end)``, ``worth(low, high, unit, written)``."""
    surface_at = table.match
    worths: dict[tuple[Any, ...], Worth] = {}

    def unit_after(text: str, number: Number) -> tuple[Number, Surface, Unit, int] | None:
        """The unit behind a number; the number gives back a multiplier that belongs to the unit (5千米)."""
        position = number.end
        if text[position - 1] in "百千兆两兩" and position - number.start > 1:
            surface = surface_at(text, position - 1)
            if surface is not None and (len(surface.text) > 1 or surface_at(text, position) is None):
                shorter = number_at(text, number.start, position - 1)
                if shorter is not None and shorter.end == position - 1:
                    end = position - 1 + len(surface.text)
                    if (unit := meaning(text, surface, shorter, end)) is not None:
                        return shorter, surface, unit, end
        surface = surface_at(text, position)
        if surface is None and text[position : position + 1] and text[position] in _BLANKS:
            position += 1
            surface = surface_at(text, position)
        if surface is None:
            return None
        end = position + len(surface.text)
        unit = meaning(text, surface, number, end)
        return None if unit is None else (number, surface, unit, end)

    def compound(text: str, surface: Surface, unit: Unit, end: int) -> tuple[Unit, str, int]:
        """A unit with what slashes, brackets and 每 add: 台/套, 元/平方米, 套（间）."""
        written = unit.written(surface.text)
        for _ in range(2):
            mark = text[end : end + 1]
            if mark == "/" or mark in "·•" and "/" in written:
                step, below = end + 1, surface_at(text, end + 1) or table.per(text, end + 1)
                power = 0
                if below is None and (many := _MANY.match(text, step)) is not None:
                    power, step = power_of(many.group(2)) + len(many.group(1) or "1") - 1, many.end()
                    below = surface_at(text, step)
                if below is None:
                    break
                divisor = below.unit or next((r.unit for r in below.readings if r.unit), COUNT)
                unit = quotient(unit, times(divisor, power) if power else divisor)
                if power and unit is COUNT:
                    unit = SHARE
                step += len(below.text)
                written += text[end:step]
                end = step
                known = table.surfaces.get(written)
                if known is not None and known.unit is not None:
                    unit = known.unit
            elif mark and mark in "（(" and unit.dimension == "count":
                match = _BRACKET.match(text, end)
                if match is None or not all(table.is_count(word) for word in re.split("[、/]", match.group(1))):
                    break
                written += match.group()
                end = match.end()
            elif mark == "每" and unit.dimension != "count":
                below = surface_at(text, end + 1)
                if below is None or below.unit is None or below.unit.dimension == "age":
                    break
                if below.unit.dimension in ("count", "duration") and below.unit.id not in _CLOCK:
                    if _HAN.match(text, end + 1 + len(below.text)):
                        break  # 补助300元每年发放
                unit = quotient(unit, below.unit)
                written += "每" + below.text
                end += 1 + len(below.text)
                known = table.surfaces.get(written)
                unit = known.unit if known is not None and known.unit is not None else unit
            else:
                break
        return unit, written, end

    def worth(low: Decimal, high: Decimal, unit: Unit, written: str) -> Worth:
        # The tuples tell 5.0 from 5, which are equal but not written alike.
        key = (low, high, low.as_tuple().exponent, high.as_tuple().exponent, unit.id, unit.dimension, written)
        found = worths.get(key)
        if found is None:
            if len(worths) > CACHE_SIZE:
                worths.clear()
            found = worths[key] = worth_of(low, high, unit, written)
        return found

    return Measures(unit_after, compound, worth)


_SINGLE = frozenset("一二三四五六七八九")


def goes_on(text: str, end: int, units: tuple[str, ...]) -> bool:
    """Whether a number with one of ``units`` stands at ``end``."""
    run = RUN.match(text, end)
    return run is not None and text.startswith(units, run.end())


def times(unit: Unit, power: int) -> Unit:
    """Ten to the ``power`` of a unit: 百公里."""
    return replace(unit, id=f"10*{power}.{unit.id}" if unit.id else None, factor=unit.factor * 10**power)


def fits(kind: str, number: Number) -> bool:
    """Whether a number is of the kind that a reading asks for: Arabic (or long), digits alone, Chinese, or 两."""
    if kind == "digits":
        return not number.chinese
    if kind == "arabic":
        return not number.chinese or len(number.raw) > 1
    if kind == "two":
        return number.raw in ("两", "兩")
    return number.chinese


def context_before(text: str, start: int) -> str:
    """The characters before a number up to a cut."""
    left = start
    stop = max(0, start - _NEAR)
    while left > stop and text[left - 1] not in _CUTS:
        left -= 1
    return text[left:start]


def scaled(number: Number, unit: Unit) -> tuple[Decimal, Decimal]:
    """The number as its unit reads it: 七成 is 70, 九折 is 90, 八五折 is 85."""
    low, high = number.low, number.high
    if unit.scale != 1:
        digits = [numerals.DIGITS.get(character) for character in number.raw]
        if unit.id == "%.zhe" and len(digits) == 2 and None not in digits:
            low = high = Decimal(digits[0] * 10 + digits[1])
        elif low <= 10:
            low, high = numerals.plain(low * unit.scale), numerals.plain(high * unit.scale)
    return low, high


def worth_of(low: Decimal, high: Decimal, unit: Unit, written: str) -> Worth:
    """What ``low`` to ``high`` of a unit are worth; one value where both are equal."""
    dimension = None if unit.dimension == "empty" else unit.dimension
    low, high = numerals.whole(low), numerals.whole(high)
    base = (None, None) if unit.base is None else (unit.to_base(low), unit.to_base(high))
    if low == high:
        return Worth(low, None, None, base[0], None, None, written, unit.id, dimension, unit.base, unit.type)
    return Worth(None, low, high, None, *base, written, unit.id, dimension, unit.base, unit.type)


def negated(amount: Amount) -> Worth:
    """The worth of an amount with a minus sign before it."""
    worth = amount.worth
    if worth.value is None:
        return worth
    return worth_of(-worth.value, -worth.value, amount.unit, worth.unit_text)
