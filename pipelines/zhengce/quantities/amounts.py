"""A number with its unit: plain, with a half, a range, a sum; without the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .. import numerals
from ..numerals import fraction_to_decimal, plain
from ..units import Surface, Unit, UnitTable
from ..wordlists import characters_of
from .measures import EMPTY, Amount, compile_measures, scaled
from .numbers import CHINESE, MINUS, RUN, Number, compile_numbers, is_empty_unit, is_minus, times_ten
from .unitless import compile_unitless

CONNECTOR = re.compile(r" ?(?:[-－~～〜至到–]|—{1,2}) ?(?P<minus>[-−负]?)(?=[0-9" + CHINESE + "])")
HALF = Decimal("0.5")
_ARABIC = frozenset("0123456789")
_MORE = frozenset(CHINESE + "0123456789又")  # what a sum may go on with

_CONNECTORS = frozenset(" -－~～〜至到–—")
BEFORE_UNIT = _CONNECTORS | frozenset("分/:：∶×xX*比又±")  # what may stand between a number and the rest of its amount
AFTER_UNIT = _CONNECTORS | _MORE | frozenset("/（(每半多余±")  # what may make an amount go on behind its unit

_OPEN = _MORE | frozenset(".,%/:：分比")  # behind one of these a digit begins a number of its own

AmountAt = Callable[[str, int, int], "Amount | None"]


def compile_amounts(table: UnitTable, words: Mapping[str, Any]) -> AmountAt:
    """``amount_at(text, start, end)`` for a run of numeral characters."""
    surface_at = table.match
    number_at = compile_numbers(table, words)
    unit_after, compound, worth = measures = compile_measures(table, number_at)
    between: dict[str, str] = dict(words.get("between", {}))
    burdens = frozenset(characters_of(words.get("negative", {}).get("not_after")))
    half_stops = frozenset(characters_of(words.get("not_quantity", {}).get("half_not_before")))

    def amount_at(text: str, start: int, end: int) -> Amount | None:
        at = text.find("半", start, end)
        if at >= 0:
            if at + 1 < end:
                return None
            if at > start + 1:
                return amount_at(text, start, at)
            half = half_at(text, start, at)
            if half is None or half.surface == "":
                return half
            return joined_at(text, half.number, (half.surface, half.unit), half.end) or half
        number = number_at(text, start, end)
        if number is None:
            return None
        if text.startswith("分之", number.end):
            return fraction_at(text, number)
        found = unit_after(text, number)
        if found is None:
            if number.spelled:
                return None
            if text.startswith("±", number.end):
                return tolerance_at(text, number, number.end)
            return joined_at(text, number, None, number.end) or unitless_at(text, number)
        number, surface, unit, end = found
        if number.spelled and unit.id != "%.zhe":
            return None  # a year or a telephone number, digit by digit
        low, high = scaled(number, unit)
        written = unit.written(surface.text)
        mark = text[end : end + 1]
        if mark:
            if mark in "/（(每":
                unit, written, end = compound(text, surface, unit, end)
                joined = joined_at(text, number, (surface.text, unit), end)
                if joined is not None:
                    return joined
            elif mark == "±":
                around = tolerance_at(text, number, end)
                if around is not None:
                    return around
            elif mark in "半多余":
                vague = vague_unit(text, number, surface, unit, low, high, end)
                if vague is not None:
                    return vague
            elif mark in _CONNECTORS:
                joined = joined_at(text, number, (surface.text, unit), end)
                if joined is not None:
                    return joined
            elif mark in _MORE and unit.dimension != "count" and low == high:
                total = tenths(text, number, surface, unit, low, end) or summed(text, number, surface, unit, low, end)
                if total is not None:
                    return total
        if low == high and text[number.start - 1 : number.start] == "±":
            return Amount(number.start - 1, end, number, unit, surface.text, worth(-low, low, unit, written), "range")
        return Amount(number.start, end, number, unit, surface.text, worth(low, high, unit, written), "simple")

    def tolerance_at(text: str, middle: Number, end: int) -> Amount | None:
        """5±1℃ is the range from 4 to 6; the sign stands at ``end``."""
        run = RUN.match(text, end + 1)
        second = number_at(text, run.start(), run.end()) if run is not None else None
        found = unit_after(text, second) if second is not None else None
        if found is None or middle.low != middle.high or found[0].low <= 0 or found[0].vague:
            return None
        second, surface, unit, stop = found
        unit, written, stop = compound(text, surface, unit, stop)
        value = worth(middle.low - second.low, middle.low + second.low, unit, written)
        return Amount(middle.start, stop, middle, unit, surface.text, value, "range")

    def vague_unit(
        text: str, number: Number, surface: Surface, unit: Unit, low: Decimal, high: Decimal, end: int
    ) -> Amount | None:
        """A word inside the unit (两个半小时, 一个多月) or a half behind it (三斤半)."""
        mark = text[end]
        if surface.text in "个個":
            for length in range(4, 1, -1):
                real = table.surfaces.get(surface.text + text[end + 1 : end + length])
                if real is not None and real.unit is not None and real.unit.dimension == "duration":
                    if mark == "半":
                        low, high = low + HALF, high + HALF
                    else:
                        number = number._replace(vague=between[mark])
                    value = worth(low, high, real.unit, real.text)
                    return Amount(number.start, end + len(real.text), number, real.unit, real.text, value, "sum")
        if mark != "半" or unit.dimension == "count" or text[end + 1 : end + 2] in half_stops:
            return None
        more = plain(HALF * unit.scale)
        value = worth(low + more, high + more, unit, unit.written(surface.text))
        return Amount(number.start, end + 1, number, unit, surface.text, value, "sum")

    def joined_at(text: str, first: Number, left: tuple[str, Unit] | None, end: int) -> Amount | None:
        """A range whose first number (with its own unit, ``left``, or none) ends at ``end``."""
        if text[end : end + 1] not in _CONNECTORS:
            return None
        connector = CONNECTOR.match(text, end)
        run = RUN.match(text, connector.end()) if connector is not None else None
        if connector is None or run is None or (first.bare and not first.vague):
            return None
        second = number_at(text, run.start(), run.end())
        if second is None or second.start != run.start() or second.low != second.high or second.spelled:
            return None
        found = unit_after(text, second)
        if found is not None:
            second, surface, unit, stop = found
            unit, written, stop = compound(text, surface, unit, stop)
            name = surface.text
        elif left is None and is_empty_unit(text, second):
            unit, stop, written, name = EMPTY, second.end, "", ""
        elif left is None and (currency := paid_in(text, first, second.end)) is not None:
            unit, stop, written, name = currency, second.end, "", ""
        else:
            return None
        if unit.id == "a" and (is_calendar_year(first.raw) or is_calendar_year(second.raw)):
            return None
        low, high = scaled(first, unit)[0], scaled(second, unit)[1]
        if left is None:
            if first.power < second.power and first.power < 4 and (shared := times_ten(low, second.power)) <= high:
                low = shared  # 10—20万元
        elif left[1] is not unit and (left[1].id, left[1].dimension) != (unit.id, unit.dimension):
            if left[1].base != unit.base or left[1].dimension != unit.dimension or unit.base is None or unit.offset:
                return None
            low = fraction_to_decimal(Fraction(low) * left[1].factor / unit.factor)
        start = first.start
        if start and text[start - 1] in MINUS and is_minus(text, start - 1, burdens):
            low, start = -low, start - 1
        if connector.group("minus"):
            high = -high
        if low >= high:
            return None
        first = first._replace(vague=first.vague or second.vague, bare=False)
        return Amount(start, stop, first, unit, name, worth(low, high, unit, written), "range")

    def tenths(text: str, number: Number, surface: Surface, unit: Unit, value: Decimal, end: int) -> Amount | None:
        """A digit behind the unit counts its tenths: 三成五, 三块五, 一米七五."""
        if not (surface.clipped or number.chinese and unit.id == "%.cheng") or "." in number.raw:
            return None
        digits = clipped_digits(text, end, number.chinese)
        if not digits:
            return None
        stop = end + len(digits)
        value = plain(value + Decimal(f"0.{digits}") * unit.scale)
        written = unit.written(surface.text)
        return Amount(number.start, stop, number, unit, surface.text, worth(value, value, unit, written), "sum")

    def clipped_digits(text: str, start: int, chinese: bool) -> str:
        """One or two digits that no numeral, unit or point goes on behind, in Arabic writing; or nothing."""
        stop = start
        while stop < start + 3 and (digit := text[stop : stop + 1]) and (digit in numerals.DIGITS or digit in _ARABIC):
            stop += 1
        digits = text[start:stop]
        if not 0 < len(digits) < 3 or digits.isdecimal() == chinese or text[stop : stop + 1] in _OPEN:
            return ""
        if text[stop : stop + 1] in _CONNECTORS and text[stop : stop + 1] != " " or surface_at(text, stop) is not None:
            return ""
        return "".join(str(numerals.DIGITS.get(character, character)) for character in digits)

    def summed(text: str, number: Number, surface: Surface, unit: Unit, value: Decimal, end: int) -> Amount | None:
        """五元三毛, 3斤5两, 1小时20分钟: in the first unit if that is finite, else in the last."""
        total, last, last_end, last_text = Fraction(value) * unit.factor, unit, end, surface.text
        for _ in range(3):
            begin = last_end + (text[last_end : last_end + 1] in ("零", "又"))
            run = RUN.match(text, begin)
            following = number_at(text, run.start(), run.end()) if run is not None else None
            if run is None or following is None or following.start != run.start() or following.low != following.high:
                break
            part = smaller_unit(text, following, last)
            if part is None or following.vague:
                break
            last, last_text, last_end = part
            total += Fraction(following.low) * last.factor
        if last is unit:
            return None
        if last_text in table.clipped and len(digit := clipped_digits(text, last_end, number.chinese)) == 1:
            total, last_end = total + last.factor * Fraction(int(digit), 10), last_end + 1  # 三块五毛五
        if not _is_finite(total / unit.factor):
            unit, surface_text = last, last_text
        else:
            surface_text = surface.text
        exact = fraction_to_decimal(total / unit.factor)
        written = unit.written(surface_text)
        return Amount(number.start, last_end, number, unit, surface_text, worth(exact, exact, unit, written), "sum")

    def smaller_unit(text: str, number: Number, above: Unit) -> tuple[Unit, str, int] | None:
        surface = surface_at(text, number.end)
        if surface is None:
            return None
        for unit in [reading.unit for reading in surface.readings if reading.sum] or [surface.unit]:
            if unit is None or unit.dimension != above.dimension or unit.base != above.base or unit.offset:
                continue
            if unit.factor < above.factor and unit.scale == 1:
                return unit, surface.text, number.end + len(surface.text)
        return None

    unitless_at, fraction_at, half_at, paid_in = compile_unitless(table, words, number_at, measures, CONNECTOR)
    return amount_at


def is_calendar_year(raw: str) -> bool:
    """Whether a number before 年 is a year of the calendar."""
    return len(raw) == 4 and raw.isdigit() and "1000" <= raw <= "2999"


def _is_finite(number: Fraction) -> bool:
    """Whether the decimal of a fraction ends: its denominator holds no prime but 2 and 5."""
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
