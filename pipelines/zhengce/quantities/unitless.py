"""Amounts whose first number has no unit of its own: fractions, a:b, 番, halves, 万 before a noun, $20."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .. import numerals
from ..numerals import DIGITS, fraction_to_decimal, plain
from ..units import COUNT, Unit, UnitTable
from ..wordlists import characters_of
from .measures import EMPTY, MONEY, RATIO, Amount, Measures
from .numbers import HAN, LARGE, MULTIPLIERS, RUN, Number, is_empty_unit, is_noun, power_of, times_ten

_DIVISOR = re.compile(r"/([0-9]{1,9})([万亿]?)(?![0-9./])")
_AGAINST = re.compile(
    f"比([0-9]{{1,9}}(?:\\.[0-9]{{1,9}})?|[{''.join(DIGITS)}十百]+(?:点[{''.join(DIGITS)}]+)?)(?![0-9.:：])"
)
_OPPOSITE = re.compile(r"[:∶：]([0-9]{1,9}(?:\.[0-9]{1,9})?)(?![0-9:：.])")
_POWER = re.compile(r" ?[×xX*] ?10(?:\^([0-9]{1,2})|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))([万亿]{0,2})")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?: [0-9]{3}){1,5}(?:\.[0-9]+)?(?![0-9.])")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_HALF = Decimal("0.5")

NumberAt = Callable[[str, int, int], "Number | None"]
At = Callable[[str, Number], "Amount | None"]


def compile_unitless(
    table: UnitTable, words: Mapping[str, Any], number_at: NumberAt, measures: Measures, connector: re.Pattern[str]
) -> tuple[At, At, Callable[[str, int, int], Amount | None], Callable[[str, Number, int], Unit | None]]:
    """``unitless_at(text, number)``, ``fraction_at(text, number)``, ``half_at(text, start, at)`` and
    ``paid_in(text, number, end)``."""
    surface_at = table.match
    unit_after, compound, worth = measures
    listed = words.get("not_quantity", {})
    half_before, half_stops = (frozenset(characters_of(listed.get(f"half_not_{side}"))) for side in ("after", "before"))
    multiple = words.get("multiple", {})
    verbs, times = tuple(multiple.get("verbs", ())), multiple.get("word")
    shorthand = words.get("shorthand", {})
    powers: dict[str, int] = shorthand.get("powers", {})
    currencies_behind, currencies_before = tuple(table.behind), sorted(table.before, key=len, reverse=True)
    money_last = {word[-1] for word in table.before}
    between: dict[str, str] = words.get("between", {})
    proportion = tuple(words.get("proportion", {}).get("words", ()))

    def made(
        number: Number, start: int, end: int, unit: Unit, low: Decimal, high: Decimal, written: str, shape: str
    ) -> Amount:
        return Amount(start, end, number, unit, "", worth(low, high, unit, written), shape)

    def unitless_at(text: str, number: Number) -> Amount | None:
        end = number.end
        mark = text[end : end + 1]
        if mark:
            if mark == times:
                return multiple_at(text, number)
            if mark == "又":
                return mixed_at(text, number)
            if mark == "比":
                return against(text, number)
            if not number.chinese:
                if mark == "/":
                    return divided(text, number)
                if mark in ":：∶":
                    return opposite(text, number)
                if mark in " ×xX*":
                    return grown_at(text, number, power(text, number) or spaced(text, number))
                if mark in powers:
                    return grown_at(text, number, short(text, number))
        currency = paid_in(text, number, end)
        if currency is None and text.startswith(currencies_behind, end):
            currency = next(unit for word, unit in table.behind.items() if text.startswith(word, end))
        if currency is not None:
            return made(number, number.start, end, currency, number.low, number.high, "", "empty")
        if is_empty_unit(text, number) or text[number.start + len(number.raw) - 1 : end].startswith(("个", "個")):
            unit = (
                MONEY if text[end - 1] in "亿億" and "个" in text[number.start : end] and paid(text, number) else EMPTY
            )
            return made(number, number.start, end, unit, number.low, number.high, "", "empty")
        return None

    def paid_in(text: str, number: Number, end: int) -> Unit | None:
        """The currency before a number without a unit; one written in Chinese takes no noun behind the number."""
        start = number.start
        if start and text[start - 1] == " " and text[start - 2 : start - 1] < HAN:
            start -= 1
        if not start or text[start - 1] not in money_last:
            return None
        word = next((word for word in currencies_before if text.endswith(word, 0, start)), None)
        if word is None or word[-1] >= HAN and text[end - 1] not in LARGE and is_noun(text, end):
            return None
        return table.before[word]

    def multiple_at(text: str, number: Number) -> Amount | None:
        """翻一番 is 2 times, 翻两番 is 4 times."""
        verb = next((verb for verb in verbs if text.endswith(verb, 0, number.start)), None)
        if verb is None or number.low != number.high or number.low > 20:
            return None
        unit, value = table.units.get("times", COUNT), Decimal(2) ** number.low
        return made(number, number.start - len(verb), number.end + 1, unit, value, value, "倍", "multiple")

    def grown_at(text: str, number: Number, grown: Number | None) -> Amount | None:
        """The amount of a number that goes on behind its digits."""
        found = unit_after(text, grown) if grown is not None else None
        if grown is None or found is None:
            if grown is not None and grown.vague == "" and text[grown.end - 1] in powers:
                currency = paid_in(text, grown, grown.end)
                if currency is None and not paid(text, grown):
                    return None
                shape = "simple" if currency is None else "empty"
                return made(grown, grown.start, grown.end, currency or MONEY, grown.low, grown.high, "", shape)
            return (
                made(number, number.start, number.end, EMPTY, number.low, number.high, "", "empty")
                if is_empty_unit(text, number)
                else None
            )
        grown, surface, unit, end = found
        unit, written, end = compound(text, surface, unit, end)
        return Amount(
            grown.start, end, grown, unit, surface.text, worth(grown.low, grown.high, unit, written), "simple"
        )

    def power(text: str, number: Number) -> Number | None:
        """1.5×10⁴, 1.5×10^4."""
        match = _POWER.match(text, number.end)
        if match is None:
            return None
        exponent = int(match.group(1) or match.group(2).translate(_SUPERSCRIPTS)) + power_of(match.group(3))
        return number._replace(
            end=match.end(), low=times_ten(number.low, exponent), high=times_ten(number.high, exponent)
        )

    def spaced(text: str, number: Number) -> Number | None:
        """Digits in groups of three (1 234.5), or a blank before the multiplier (50 万)."""
        if text[number.end] != " ":
            return None
        match = _THOUSANDS.match(text, number.start)
        end = match.end() if match else number.end + 1
        value = Decimal(match.group().replace(" ", "")) if match else number.low
        more = MULTIPLIERS.match(text, end)
        if more is None and match is None:
            return None
        value = times_ten(value, power_of(more.group())) if more else value
        return number._replace(end=more.end() if more else end, low=value, high=value)

    def short(text: str, number: Number) -> Number | None:
        """3k, 5w where money or people are meant."""
        exponent = powers[text[number.end]]
        after = text[number.end + 1 : number.end + 2]
        if after.isascii() and after.isalnum():
            return None
        grown = number._replace(
            end=number.end + 1, low=times_ten(number.low, exponent), high=times_ten(number.high, exponent)
        )
        if text[number.end] in "MB":
            return grown if paid_in(text, number, grown.end) else None
        found = unit_after(text, grown)
        if found is not None and found[2].type in ("money", "count") or paid(text, grown):
            return grown
        return None

    def paid(text: str, number: Number) -> bool:
        before = text[max(0, number.start - 6) : number.start]
        return any(word in before for word in shorthand.get("near", ()))

    def divided(text: str, number: Number) -> Amount | None:
        """1/10, 9.08/10万."""
        match = _DIVISOR.match(text, number.end)
        if match is None or number.vague or text[number.start - 1 : number.start] in ("/", "-", ".", ":"):
            return None
        below = Fraction(int(match.group(1))) * 10 ** power_of(match.group(2))
        if (
            not 0 < number.low < below
            or surface_at(text, match.end()) is not None
            or text[match.end() : match.end() + 1] in ("月", "日", "-")
        ):
            return None
        value = fraction_to_decimal(Fraction(number.low) / below)
        return made(number, number.start, match.end(), RATIO, value, value, "", "fraction")

    def opposite(text: str, number: Number) -> Amount | None:
        """2.5:1; a clock time is none."""
        match = _OPPOSITE.match(text, number.end)
        if match is None or number.vague or number.low <= 0:
            return None
        below = match.group(1)
        stated = text.endswith(proportion, 0, number.start)
        if not stated and (
            text[number.end] == "：" or (len(below) == 2 and "." not in number.raw + below and number.low < 25)
        ):
            return None
        if (
            text[number.start - 1 : number.start] in (":", "：", "∶")
            or not Decimal(below)
            or surface_at(text, match.end()) is not None
        ):
            return None
        value = fraction_to_decimal(Fraction(number.low) / Fraction(below))
        return made(number, number.start, match.end(), RATIO, value, value, "", "ratio")

    def against(text: str, number: Number) -> Amount | None:
        """3比1, 三比一."""
        match = _AGAINST.match(text, number.end)
        below = numerals.read(match.group(1)) if match is not None else None
        if match is None or below is None or below.low <= 0 or number.low <= 0 or number.vague or number.spelled:
            return None
        if number.low != number.high or below.low != below.high or surface_at(text, match.end()) is not None:
            return None
        value = fraction_to_decimal(Fraction(number.low) / Fraction(below.low))
        return made(number, number.start, match.end(), RATIO, value, value, "", "ratio")

    def mixed_at(text: str, number: Number) -> Amount | None:
        """五又二分之一."""
        below = number_after(text, number.end + 1)
        if below is None or not text.startswith("分之", below.end):
            return None
        part = fraction_at(text, below)
        if part is None or part.unit is not RATIO or part.worth.value is None or part.worth.value >= 1:
            return None
        above = number_after(text, below.end + 2)
        if above is None or number.low != number.high:
            return None
        value = fraction_to_decimal(Fraction(number.low) + Fraction(above.low) / Fraction(below.low))
        return made(number, number.start, part.end, RATIO, value, value, "", "fraction")

    def fraction_at(text: str, number: Number) -> Amount | None:
        """四分之一, 百分之五, 万分之三, 百分之五至百分之十."""
        if number.low <= 0 or number.vague or number.low != number.high:
            return None
        above = number_after(text, number.end + 2)
        if above is None:
            return None
        end, percent = above.end, number.raw in ("百", "一百", "100")
        unit, written = (table.units.get("%", RATIO), "%") if percent else (RATIO, "")
        below = Fraction(1 if percent else number.low)
        low, high = (fraction_to_decimal(Fraction(part) / below) for part in (above.low, above.high))
        first = number._replace(vague=above.vague, bare=False)
        if not first.vague and above.raw[-1] in "十百" and (rest := text[end : end + 1]) in between:
            if rest in "几幾":
                first, end = first._replace(vague=between[rest]), end + 1  # 百分之十几
        joint = connector.match(text, end)
        other = number_after(text, joint.end()) if joint is not None else None
        if other is not None and above.low == above.high:
            if text.startswith("分之", other.end):
                tail = fraction_at(text, other)
                if (
                    tail is not None
                    and tail.worth.unit_text == written
                    and tail.worth.value is not None
                    and tail.worth.value > low
                ):
                    return made(first, number.start, tail.end, unit, low, tail.worth.value, written, "range")
            elif percent and other.low > low and surface_at(text, other.end) is None:
                return made(first, number.start, other.end, unit, low, other.high, written, "range")
        return made(first, number.start, end, unit, low, high, written, "fraction")

    def number_after(text: str, position: int) -> Number | None:
        run = RUN.match(text, position)
        number = number_at(text, run.start(), run.end()) if run is not None else None
        return number if number is not None and number.start == position else None

    def half_at(text: str, start: int, at: int) -> Amount | None:
        """半年, 半个月, 一半, 过半, 半数以上."""
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        number = Number(start, at + 1, _HALF, _HALF, 0, False, True, "", text[start : at + 1])
        stopped = bool(after) and after in half_stops
        if start < at:
            if text[start:at] != "一" or stopped or surface_at(text, at + 1) is not None:
                return None
            return made(number, start, at + 1, RATIO, _HALF, _HALF, "", "half")
        found = unit_after(text, number) if after != " " else None
        if found is not None and found[2].dimension not in ("count", "money" if found[1].readings else "count"):
            if before and before in half_before:
                return None
            _, surface, unit, end = found
            value = plain(_HALF * unit.scale)
            return Amount(
                start, end, number, unit, surface.text, worth(value, value, unit, unit.written(surface.text)), "half"
            )
        end = at + 1 + (after == "数")
        if before == "过" and (not stopped or after == "数"):
            return made(number._replace(start=at - 1, vague=">"), at - 1, end, RATIO, _HALF, _HALF, "", "half")
        if (
            before in ("近", "超")
            and (not stopped or after == "数")
            or after == "数"
            and text.startswith(("以上", "左右"), end)
        ):
            return made(number, start, end, RATIO, _HALF, _HALF, "", "half")
        return None

    return unitless_at, fraction_at, half_at, paid_in
