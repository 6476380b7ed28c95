"""Numbers in place: a run of numeral characters with the vague words inside it (200多万, 十几)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import Any, NamedTuple

from .. import numerals
from ..numerals import Numeral
from ..units import UnitTable

CHINESE = numerals.CHARACTERS + "半"
_POINT = rf"(?:[点點][{''.join(numerals.DIGITS)}]+[十百千万亿萬億]*)?"
RUN = re.compile(rf"[0-9{CHINESE}][0-9.{CHINESE}]*(?:(?<=[0-9])[,，][0-9]{{3}}(?![0-9])[0-9.{CHINESE}]*)*{_POINT}")
MULTIPLIERS = re.compile("[百千万亿萬億]+")
HAN = "\u4e00"  # the first Chinese character
LARGE = "万亿萬億"
MINUS = "-−负"
CLOSING = frozenset("%）)”月日年号楼—-")  # behind these a dash is no sign
CACHE_SIZE = 50_000
BANKED = frozenset("元圆圓角分")  # one digit of big writing is money in front of these alone
SPOKEN = frozenset("个個")  # 三个亿, 两个多亿
_SPOKEN = re.compile("[个個]([多来]?)(万?[亿億])(?![级級])")
_BARE = frozenset("百千万")
_EXACT = Context(prec=400)


class Number(NamedTuple):
    """A numeral at ``[start, end)``; ``raw`` is its run of numeral characters.

    ``low`` and ``high`` are equal unless it is an approximation (``八九``). ``power``: the power of
    ten that the first number of a range may share; ``bare``: only multipliers (``百万``); ``vague``:
    the bound that a word inside it gives (``200多万``), or empty; ``spelled``: digit by digit.
    """

    start: int
    end: int
    low: Decimal
    high: Decimal
    power: int
    bare: bool
    chinese: bool
    vague: str
    raw: str
    spelled: bool = False


def times_ten(number: Decimal, power: int) -> Decimal:
    """``number * 10**power``, exact."""
    return _EXACT.scaleb(number, power)


def power_of(multipliers: str) -> int:
    """The power of ten that a row of multipliers stands for: ``千万`` is 7."""
    return sum(numerals.POWERS[character] for character in multipliers)


def compile_numbers(table: UnitTable, words: Mapping[str, Any]) -> Callable[[str, int, int], Number | None]:
    """``number_at(text, start, end)`` for a run of numeral characters."""
    between: dict[str, str] = dict(words.get("between", {}))
    rough: dict[str, str] = words.get("indefinite", {}).get("numerals", {})
    readings: dict[str, Numeral | None] = {}

    def read(raw: str) -> Numeral | None:
        if raw in readings:
            return readings[raw]
        if len(readings) > CACHE_SIZE:
            readings.clear()
        reading = readings[raw] = numerals.read(raw)
        return reading

    def number_at(text: str, start: int, end: int) -> Number | None:
        raw = text[start:end]
        if len(raw) > numerals.MAX_LENGTH:
            return None
        if len(raw) == 1 and raw in numerals.BANKERS and text[end : end + 1] not in BANKED:
            return None
        numeral = read(raw)
        if numeral is not None and numeral.spelled and raw[-1] in "两兩":
            numeral = None  # 三斤五两
        if numeral is None:
            cut = max(raw.rfind(","), raw.rfind("，")) + 1
            if cut and (numeral := read(raw[cut:])) is not None:
                start, raw = start + cut, raw[cut:]  # a comma between two numbers
            elif raw in rough:
                numeral = Numeral(Decimal(rough[raw]), Decimal(rough[raw]), 0, False, True)
            elif raw[-1] in "两兩百千兆" and (numeral := read(raw[:-1])) is not None:
                end, raw = end - 1, raw[:-1]  # 五两, 一百零八千瓦
            else:
                return None
        low, high, power, bare, chinese, spelled = numeral
        if raw in rough:
            low = high = Decimal(rough[raw])
            stop = stretch(text, end, raw) if text[end : end + 1] in between else None
            return Number(start, stop or end, low, high, 0, False, True, "~", raw)
        if text[end : end + 1] in SPOKEN and (spoken := _SPOKEN.match(text, end)) is not None and not spelled:
            power = power_of(spoken.group(2))
            vague = between.get(spoken.group(1) or "", "")
            low, high, raw = times_ten(low, power), times_ten(high, power), raw + spoken.group(2)
            return Number(start, spoken.end(), low, high, power, False, chinese, vague, raw)
        if text[end : end + 1] in between and not spelled:
            extended = stretch(text, end, raw)
            if extended is not None:
                extra = power_of(text[end + 1 : extended])
                if extra:
                    low, high, power = times_ten(low, extra), times_ten(high, extra), extra
                return Number(start, extended, low, high, power, False, chinese, between[text[end]], raw)
        return Number(start, end, low, high, power, bare, chinese, "", raw, spelled)

    def stretch(text: str, end: int, raw: str) -> int | None:
        """The end of the vague word at ``end`` and the multipliers behind it, where a unit or noun follows."""
        if text[end] in "来來" and raw[-1] not in "十百千万0" or text[end] == "把" and raw not in _BARE:
            return None
        more = MULTIPLIERS.match(text, end + 1)
        stop = more.end() if more else end + 1
        while stop > end + 1 and text[stop - 1] in "百千" and table.match(text, stop - 1) is not None:
            stop -= 1  # 千瓦 and the like are units, no multiplier with a unit
        if stop > end + 1 or table.match(text, stop) is not None:
            return stop
        return stop if raw[-1] in LARGE and is_noun(text, stop) else None

    return number_at


def is_noun(text: str, position: int) -> bool:
    """Whether something that can be a noun begins at ``position``: a Chinese character or an opening quote."""
    character = text[position : position + 1]
    return "\u4e00" <= character <= "\u9fff" or character in ("“", "《") if character else False


def is_minus(text: str, position: int, burdens: frozenset[str]) -> bool:
    """Whether the character at ``position`` is the sign of the number behind it; ``burdens``: 减 of 减负."""
    sign, left = text[position], text[position - 1] if position > 0 else ""
    if sign == "负":
        return left not in burdens
    return sign in MINUS and not (left.isascii() and left.isalnum() or left in CLOSING)


def is_empty_unit(text: str, number: Number) -> bool:
    """1.2亿农民, 200多万群众: a number of 万 or 亿 right before its noun."""
    if number.bare or number.spelled or text[number.end - 1] not in LARGE + "多余":
        return False
    if text[number.end - 1] in "多余" and number.raw[-1] not in LARGE:
        return False
    return is_noun(text, number.end) and text[number.end] not in "级級一"
