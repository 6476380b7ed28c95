"""A number with its unit: ranges, sums, fractions, multiples, rates; without the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .. import numerals
from ..numerals import Numeral, fraction_to_decimal
from ..units import COUNT, Surface, Unit, UnitTable, quotient

_EXACT = Context(prec=400)
_CHINESE = numerals.CHARACTERS + "半"
_POINT = rf"(?:[点點][{''.join(numerals.DIGITS)}]+[十百千万亿萬億]*)?"
_RUN = re.compile(rf"[0-9{_CHINESE}](?:[0-9.{_CHINESE}]|[,，](?=[0-9]))*{_POINT}")
_MULTIPLIERS = re.compile("[百千万亿萬億]+")
_CONNECTOR = re.compile(r" ?(?:[-－~～〜至到–]|—{1,2}) ?(?P<minus>[-−负]?)(?=[0-9" + _CHINESE + "])")
_DIVISOR = re.compile(r"[/／]([0-9]+)([万亿]?)(?![0-9./／])")
_OPPOSITE = re.compile(r"[:∶：]([0-9]+(?:\.[0-9]+)?)(?![0-9:：.])")
_POWER = re.compile(r" ?[×xX*] ?10(?:\^([0-9]{1,2})|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))([万亿]{0,2})")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?(?![0-9.])")
_BRACKET = re.compile(r"[（(]([^（）()\n]{1,8})[）)]")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_BLANKS = " \u00a0\u2009\u202f\u3000"
_HAN = re.compile("[\u4e00-\u9fff]")
_CACHE_SIZE = 50_000
NEAR = 10  # characters before a number that decide an ambiguous unit


class Number(NamedTuple):
    """A numeral in place. ``vague`` is the bound that a word inside it gives (``200多``), or empty."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    power: int
    bare: bool
    chinese: bool
    vague: str
    raw: str


class Worth(NamedTuple):
    """What an amount is worth; ``value`` or ``low`` and ``high``, the same in the base unit, and the unit."""

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
    """A number with its unit in place: ``[start, end)``, its first number, its last unit."""

    start: int
    end: int
    number: Number
    unit: Unit
    surface: str
    worth: Worth
    shape: str  # simple, range, sum, fraction, multiple, ratio, empty


def compile_amounts(
    table: UnitTable, words: Mapping[str, Any]
) -> tuple[Callable[[str, int, int, int], Amount | None], Callable[[str], Iterator[re.Match[str]]]]:
    """``amount_at(text, start, end, floor)`` for a run of numeral characters, and the finder of such runs."""
    between: dict[str, str] = dict(words.get("between", {}))
    surface_at = table.match
    readings: dict[str, Numeral | None] = {}
    worths: dict[tuple[Any, ...], Worth] = {}

    def read(raw: str) -> Numeral | None:
        if raw in readings:
            return readings[raw]
        if len(readings) > _CACHE_SIZE:
            readings.clear()
        reading = readings[raw] = numerals.read(raw)
        return reading

    def number_at(text: str, start: int, end: int) -> Number | None:
        raw = text[start:end]
        if len(raw) > numerals.MAX_LENGTH:
            return None
        numeral = read(raw)
        if numeral is None:
            cut = max(raw.rfind(","), raw.rfind("，")) + 1
            if cut and (numeral := read(raw[cut:])) is not None:
                start, raw = start + cut, raw[cut:]
            elif raw[-1] in "两兩" and (numeral := read(raw[:-1])) is not None:
                end, raw = end - 1, raw[:-1]
            else:
                return None
        if len(raw) == 1 and raw in numerals.BANKERS:
            return None
        low, high, power, bare, chinese, spelled = numeral
        if spelled:
            bare = True
        vague = ""
        after = text[end : end + 1]
        if after in between and not spelled:
            if after in "来來" and raw[-1] not in "十百千万0":
                return Number(start, end, low, high, power, bare, chinese, vague, raw)
            more = _MULTIPLIERS.match(text, end + 1)
            stop = more.end() if more else end + 1
            if more:
                # 千瓦 and the like are units, no multiplier with a unit
                while stop > end + 1 and text[stop - 1] in "百千" and surface_at(text, stop - 1) is not None:
                    stop -= 1
            if stop > end + 1 or surface_at(text, stop) is not None:
                vague = between[after]
                extra = sum(numerals.POWERS[character] for character in text[end + 1 : stop])
                if extra:
                    low, high = (_EXACT.scaleb(low, extra), _EXACT.scaleb(high, extra))
                    power = extra
                bare = False
                return Number(start, stop, low, high, power, bare, chinese, vague, raw)
        return Number(start, end, low, high, power, bare, chinese, vague, raw)

    def resolve(text: str, surface: Surface, number: Number, end: int) -> Unit | None:
        """The unit of a surface at its place; ``None`` where it is not one there."""
        if surface.long_only and number.chinese and len(number.raw) == 1 and not number.vague:
            return None
        if not surface.readings:
            return surface.unit
        before = text[max(0, number.start - NEAR) : number.start]
        for reading in surface.readings:
            if reading.numeral:
                if reading.numeral == "arabic" and number.chinese and len(number.raw) == 1:
                    continue
                if reading.numeral == "two" and number.raw not in ("两", "兩"):
                    continue
                if reading.numeral == "chinese" and not number.chinese:
                    continue
            if reading.near and not any(word in before for word in reading.near):
                continue
            if reading.after and not text.startswith(reading.after, end):
                continue
            return reading.unit
        return None

    def unit_after(text: str, number: Number) -> tuple[Number, Surface, Unit, int] | None:
        """The unit behind a number; the number gives back a multiplier that belongs to the unit (5千米)."""
        position = number.end
        last = text[position - 1]
        if last in "百千兆两兩" and position - number.start > 1:
            surface = surface_at(text, position - 1)
            if surface is not None and (len(surface.text) > 1 or surface_at(text, position) is None):
                shorter = number_at(text, number.start, position - 1)
                if shorter is not None and shorter.end == position - 1:
                    end = position - 1 + len(surface.text)
                    unit = resolve(text, surface, shorter, end)
                    if unit is not None:
                        return shorter, surface, unit, end
        surface = surface_at(text, position)
        if surface is None:
            if text[position : position + 1] not in _BLANKS or not text[position : position + 1]:
                return None
            position += 1
            surface = surface_at(text, position)
            if surface is None:
                return None
        end = position + len(surface.text)
        unit = resolve(text, surface, number, end)
        return None if unit is None else (number, surface, unit, end)

    def worth_of(low: Decimal, high: Decimal, unit: Unit, unit_text: str) -> Worth:
        key = (low, high, unit.id, unit.dimension, unit_text)
        worth = worths.get(key)
        if worth is None:
            if len(worths) > _CACHE_SIZE:
                worths.clear()
            worth = worths[key] = _worth(low, high, unit, unit_text)
        return worth

    def compound(text: str, surface: Surface, unit: Unit, end: int) -> tuple[Unit, str, int]:
        """Slashes, brackets and 每 behind a unit: 台/套, 元/平方米, 套（间）."""
        unit_text = unit.name or surface.text
        for _ in range(2):
            mark = text[end : end + 1]
            if mark in ("/", "／"):
                below = surface_at(text, end + 1) or table.per(text, end + 1)
                if below is None:
                    break
                below_unit = below.unit or next((r.unit for r in below.readings if r.unit), COUNT)
                unit = quotient(unit, below_unit)
                unit_text += "/" + below.text
                end += 1 + len(below.text)
                known = table.surfaces.get(unit_text)
                if known is not None and known.unit is not None:
                    unit = known.unit
            elif mark and mark in "（(" and unit.dimension == "count":
                match = _BRACKET.match(text, end)
                if match is None or not all(
                    table.is_count(word) for word in re.split("[、/]", match.group(1))
                ):
                    break
                unit_text += match.group()
                end = match.end()
            elif mark == "每" and unit.dimension != "count":
                below = surface_at(text, end + 1)
                if below is None or below.unit is None or below.unit.dimension in ("count", "duration", "age"):
                    break
                unit = quotient(unit, below.unit)
                unit_text += "每" + below.text
                end += 1 + len(below.text)
            else:
                break
        return unit, unit_text, end

    def scaled(number: Number, unit: Unit) -> tuple[Decimal, Decimal]:
        low, high = number.low, number.high
        if unit.scale != 1:
            if len(number.raw) == 2 and number.chinese and all(c in numerals.DIGITS for c in number.raw) and unit.id == "%.zhe":
                low = high = Decimal(numerals.DIGITS[number.raw[0]] * 10 + numerals.DIGITS[number.raw[1]])
            elif low < 10 or (number.chinese and low == 10):
                low, high = low * unit.scale, high * unit.scale
        return low, high

    def amount_at(text: str, start: int, end: int, floor: int) -> Amount | None:
        raw = text[start:end]
        if "半" in raw:
            at = raw.index("半")
            return half(text, start, start + at, floor) if at < 2 else amount_at(text, start, start + at, floor)
        number = number_at(text, start, end)
        if number is None:
            return None
        found = unit_after(text, number)
        if found is None:
            return unitless(text, number, floor)
        number, surface, unit, end = found
        if number.bare and number.raw and all(c in numerals.DIGITS for c in number.raw):
            if unit.id != "%.zhe":
                return None  # spelled out digit by digit: a year, a telephone number
        mark = text[end : end + 1]
        low, high = scaled(number, unit)
        unit_text = unit.name or surface.text
        vague = number.vague
        if not mark:
            return Amount(number.start, end, number, unit, surface.text, worth_of(low, high, unit, unit_text), "simple")
        if mark in "/／（(每":
            unit, unit_text, end = compound(text, surface, unit, end)
            return Amount(number.start, end, number, unit, surface.text, worth_of(low, high, unit, unit_text), "simple")
        if mark == "半" or (surface.text == "个" and mark == "半"):
            if surface.text in ("个", "個"):
                longer = surface_at(text, end + 1)
                whole = surface.text + (longer.text if longer else "")
                real = table.surfaces.get(whole)
                if longer is not None and real is not None and real.unit is not None and real.unit.dimension == "duration":
                    half_ = Decimal("0.5")
                    low, high = low + half_, high + half_
                    return Amount(
                        number.start, end + 1 + len(longer.text), number, real.unit, whole,
                        worth_of(low, high, real.unit, whole), "sum",
                    )  # fmt: skip
            elif unit.dimension != "count" and not (text[end + 1 : end + 2] and text[end + 1] in half_words):
                half_ = Decimal("0.5") * unit.scale
                return Amount(
                    number.start, end + 1, number, unit, surface.text,
                    worth_of(low + half_, high + half_, unit, unit_text), "sum",
                )  # fmt: skip
        if mark in "多余":
            # 个多月, 个多小时: the vague word stands inside the unit
            if surface.text in ("个", "個"):
                longer = surface_at(text, end + 1)
                real = table.surfaces.get(surface.text + longer.text) if longer else None
                if real is not None and real.unit is not None and real.unit.dimension == "duration":
                    number = number._replace(vague=between[mark])
                    end += 1 + len(longer.text)
                    return Amount(
                        number.start, end, number, real.unit, real.text, worth_of(low, high, real.unit, real.text), "simple"
                    )
        connector = _CONNECTOR.match(text, end)
        if connector is not None:
            joined = joined_range(text, number, (surface, unit), connector)
            if joined is not None:
                return joined
        if unit.dimension != "count" and (mark in "0123456789零又" or mark in _CHINESE) and low == high:
            total = summed(text, number, surface, unit, low, end)
            if total is not None:
                return total
        return Amount(number.start, end, number, unit, surface.text, worth_of(low, high, unit, unit_text), "simple")

    half_words = frozenset(words.get("not_quantity", {}).get("half_not_before", ""))

    def joined_range(
        text: str, first: Number, left: tuple[Surface, Unit] | None, connector: re.Match[str]
    ) -> Amount | None:
        run = _RUN.match(text, connector.end())
        if run is None:
            return None
        second = number_at(text, run.start(), run.end())
        if second is None or second.start != run.start() or second.low != second.high:
            return None
        found = unit_after(text, second)
        if found is None:
            if left is not None and left[1].dimension != "empty":
                return None
            if not is_empty_unit(text, second):
                return None
            surface, unit, end, unit_text = None, EMPTY, second.end, ""
        else:
            second, surface, unit, end = found
            unit, unit_text, end = compound(text, surface, unit, end)
        if first.bare and not first.vague:
            return None
        low, high = scaled(first, unit)[0], scaled(second, unit)[1]
        minus = bool(connector.group("minus"))
        if left is None:
            if first.power < second.power and first.power < 4:
                shared = _EXACT.scaleb(low, second.power)
                if shared <= high:
                    low = shared
        elif left[1] is not unit:
            if left[1].base != unit.base or left[1].dimension != unit.dimension or unit.base is None or left[1].offset:
                return None
            low = fraction_to_decimal(Fraction(low) * left[1].factor / unit.factor)
        if minus:
            high = -high
        elif low >= high:
            return None
        if unit.id == "a" and (is_year(first) or is_year(second)):
            return None
        vague = first.vague or second.vague
        first = first._replace(vague=vague)
        return Amount(
            first.start, end, first, unit, surface.text if surface else "", worth_of(low, high, unit, unit_text), "range"
        )

    def is_year(number: Number) -> bool:
        return len(number.raw) == 4 and number.raw.isdigit() and "1000" <= number.raw <= "2999"

    def summed(
        text: str, number: Number, surface: Surface, unit: Unit, value: Decimal, end: int
    ) -> Amount | None:
        """五元三毛, 3斤5两, 1小时20分钟; clipped 三块五, 一米七."""
        total, last, last_end, last_text = Fraction(value) * unit.factor, unit, end, surface.text
        for _ in range(3):
            begin = last_end + (text[last_end : last_end + 1] in ("零", "又") and not text[last_end + 1 : last_end + 2] in ("", "点"))
            run = _RUN.match(text, begin)
            if run is None:
                break
            following = number_at(text, run.start(), run.end())
            if following is None or following.start != run.start() or following.low != following.high or following.vague:
                break
            part = smaller_unit(text, following, last)
            if part is None:
                tail = text[run.end() : run.end() + 1]
                if (
                    surface.clipped and last is unit and following.chinese and len(following.raw) <= 2
                    and all(c in numerals.DIGITS for c in following.raw) and surface_at(text, following.end) is None
                    and not (tail and (tail in _CHINESE or tail.isdigit()))
                ):  # fmt: skip
                    digits = "".join(str(numerals.DIGITS[c]) for c in following.raw)
                    total += Fraction(Decimal(f"0.{digits}")) * unit.factor
                    last_end = following.end
                break
            small, small_text, small_end = part
            total += Fraction(following.low) * small.factor
            last, last_end, last_text = small, small_end, small_text
        if last_end == end:
            return None
        exact = total / unit.factor
        if fraction_is_finite(exact):
            worth = worth_of(*(fraction_to_decimal(exact),) * 2, unit, unit.name or surface.text)
            return Amount(number.start, last_end, number, unit, surface.text, worth, "sum")
        worth = worth_of(*(fraction_to_decimal(total / last.factor),) * 2, last, last.name or last_text)
        return Amount(number.start, last_end, number, last, last_text, worth, "sum")

    def smaller_unit(text: str, number: Number, above: Unit) -> tuple[Unit, str, int] | None:
        surface = surface_at(text, number.end)
        if surface is None:
            return None
        candidates = [reading.unit for reading in surface.readings] if surface.readings else [surface.unit]
        for unit in candidates:
            if (
                unit is not None and unit.dimension == above.dimension and unit.base == above.base
                and unit.factor < above.factor and not unit.offset and unit.scale == 1
            ):  # fmt: skip
                return unit, surface.text, number.end + len(surface.text)
        return None

    def unitless(text: str, number: Number, floor: int) -> Amount | None:
        """Shapes without a unit behind the first number: ranges, fractions, a:b, 番, 万 before a noun."""
        end = number.end
        mark = text[end : end + 1]
        if mark == "分" and text[end + 1 : end + 2] == "之":
            return fraction(text, number)
        if mark and mark in "-－~～〜至到–— " and (connector := _CONNECTOR.match(text, end)) is not None:
            if (joined := joined_range(text, number, None, connector)) is not None:
                return joined
        if mark == "番":
            for verb in ("翻了", "翻"):
                if text.endswith(verb, 0, number.start) and number.low == number.high and number.low <= 20:
                    value = Decimal(2) ** number.low
                    return Amount(
                        number.start - len(verb), end + 1, number, table.units.get("times", COUNT), "番",
                        worth_of(value, value, table.units.get("times", COUNT), "倍"), "multiple",
                    )  # fmt: skip
            return None
        if mark and mark in "/／" and not number.chinese and not number.vague:
            match = _DIVISOR.match(text, end)
            if match is not None and text[number.start - 1 : number.start] not in ("/", "／", "-", "."):
                below = Decimal(match.group(1)) * 10 ** numerals.POWERS.get(match.group(2), 0)
                if 0 < number.low < below and surface_at(text, match.end()) is None and text[match.end() : match.end() + 1] not in ("月", "日"):
                    value = fraction_to_decimal(Fraction(number.low) / Fraction(below))
                    return Amount(number.start, match.end(), number, RATIO, "", worth_of(value, value, RATIO, ""), "fraction")
            return None
        if mark and mark in ":：∶" and not number.chinese:
            return opposite(text, number)
        if mark in " ":
            match = _THOUSANDS.match(text, number.start)
            if match is not None:
                grouped = number_at(text, number.start, end)
                value = Decimal(match.group().replace(" ", ""))
                run = _MULTIPLIERS.match(text, match.end())
                stop = run.end() if run else match.end()
                if run:
                    value = _EXACT.scaleb(value, sum(numerals.POWERS[c] for c in run.group()))
                grouped = grouped._replace(end=stop, low=value, high=value)
                if (found := unit_after(text, grouped)) is not None:
                    _, surface, unit, end = found
                    return Amount(number.start, end, grouped, unit, surface.text, worth_of(value, value, unit, unit.name or surface.text), "simple")
            more = _MULTIPLIERS.match(text, end + 1)
            if more is not None and not number.chinese:
                extra = sum(numerals.POWERS[c] for c in more.group())
                spaced = number._replace(end=more.end(), low=_EXACT.scaleb(number.low, extra), high=_EXACT.scaleb(number.high, extra))
                if (found := unit_after(text, spaced)) is not None:
                    _, surface, unit, end = found
                    return Amount(number.start, end, spaced, unit, surface.text, worth_of(spaced.low, spaced.high, unit, unit.name or surface.text), "simple")
        if mark and mark in " ×xX*" and (power := _POWER.match(text, end)) is not None:
            exponent = int(power.group(1) or power.group(2).translate(_SUPERSCRIPTS))
            exponent += sum(numerals.POWERS[c] for c in power.group(3))
            grown = number._replace(end=power.end(), low=_EXACT.scaleb(number.low, exponent), high=_EXACT.scaleb(number.high, exponent))
            if (found := unit_after(text, grown)) is not None:
                _, surface, unit, end = found
                unit, unit_text, end = compound(text, surface, unit, end)
                return Amount(number.start, end, grown, unit, surface.text, worth_of(grown.low, grown.high, unit, unit_text), "simple")
            return None
        if text.startswith(currencies_behind, end) or money_before(text, number.start):
            return Amount(number.start, end, number, MONEY, "", worth_of(number.low, number.high, MONEY, ""), "empty")
        if is_empty_unit(text, number):
            return Amount(number.start, end, number, EMPTY, "", worth_of(number.low, number.high, EMPTY, ""), "empty")
        return None

    currencies_behind = tuple(table.behind)
    currencies_before = tuple(table.before)

    def money_before(text: str, start: int) -> bool:
        return start > 0 and text.endswith(currencies_before, max(0, start - 4), start)

    def is_empty_unit(text: str, number: Number) -> bool:
        """1.2亿农民, 200多万群众: a number of 万 or 亿 right before its noun."""
        if text[number.end - 1] not in "万亿萬億" or number.bare:
            return False
        after = text[number.end : number.end + 1]
        return not after or after not in "级級一·.0123456789"

    def fraction(text: str, number: Number) -> Amount | None:
        """四分之一, 百分之五, 万分之三, 百分之五至百分之十."""
        if number.low <= 0 or number.vague or number.low != number.high:
            return None
        run = _RUN.match(text, number.end + 2)
        if run is None:
            return None
        above = number_at(text, run.start(), run.end())
        if above is None or above.start != run.start():
            return None
        end = above.end
        percent = number.raw in ("百", "一百", "100")
        if percent:
            unit, unit_text, low, high = table.units.get("%", RATIO), "%", above.low, above.high
        else:
            unit, unit_text = RATIO, ""
            low = fraction_to_decimal(Fraction(above.low) / Fraction(number.low))
            high = fraction_to_decimal(Fraction(above.high) / Fraction(number.low))
        if text[end : end + 1] == "点" and percent:
            return None
        shape = "fraction"
        connector = _CONNECTOR.match(text, end)
        if connector is not None:
            run = _RUN.match(text, connector.end())
            other = number_at(text, run.start(), run.end()) if run else None
            if other is not None and text.startswith("分之", other.end):
                tail = fraction(text, other)
                if tail is not None and tail.worth.unit_text == unit_text and tail.worth.value is not None and tail.worth.value > low:
                    return Amount(number.start, tail.end, number, unit, "", worth_of(low, tail.worth.value, unit, unit_text), "range")
            elif other is not None and percent and other.low > low and surface_at(text, other.end) is None:
                return Amount(number.start, other.end, number, unit, "", worth_of(low, other.high, unit, unit_text), "range")
        first = number._replace(vague=above.vague, bare=False)
        return Amount(number.start, end, first, unit, "", worth_of(low, high, unit, unit_text), shape)

    def opposite(text: str, number: Number) -> Amount | None:
        """2.5:1; a clock time is none."""
        match = _OPPOSITE.match(text, number.end)
        if match is None or number.vague or number.low <= 0:
            return None
        below = match.group(1)
        if text[number.end] == "：" and not (number.raw == "1" or below == "1"):
            return None
        if len(below) == 2 and "." not in number.raw + below and number.low < 25 and not text.endswith(("比", "比例", "比为", "比达"), 0, number.start):
            return None
        if text[number.start - 1 : number.start] in (":", "：", "∶") or Decimal(below) == 0 or surface_at(text, match.end()) is not None:
            return None
        value = fraction_to_decimal(Fraction(number.low) / Fraction(Decimal(below)))
        return Amount(number.start, match.end(), number, RATIO, "", worth_of(value, value, RATIO, ""), "ratio")

    def half(text: str, start: int, at: int, floor: int) -> Amount | None:
        """半年, 半个月, 一半, 过半."""
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        value = Decimal("0.5")
        number = Number(start, at + 1, value, value, 0, False, True, "", text[start : at + 1])
        if start == at:
            surface = surface_at(text, at + 1)
            if surface is not None and surface.unit is not None and surface.unit.dimension != "count":
                if before and before in half_not_after:
                    return None
                unit = surface.unit
                value = value * unit.scale
                end = at + 1 + len(surface.text)
                return Amount(start, end, number, unit, surface.text, worth_of(value, value, unit, unit.name or surface.text), "half")
            if before == "过" and (not after or after not in half_words or after == "数"):
                end = at + 2 if after == "数" else at + 1
                number = number._replace(start=at - 1, vague=">", raw="过半")
                return Amount(at - 1, end, number, RATIO, "", worth_of(value, value, RATIO, ""), "half")
            if before in ("近", "超") and (not after or after not in half_words):
                return Amount(start, at + 1, number, RATIO, "", worth_of(value, value, RATIO, ""), "half")
            return None
        if text[start:at] == "一" and surface_at(text, at + 1) is None and not (after and after in half_words):
            return Amount(start, at + 1, number, RATIO, "", worth_of(value, value, RATIO, ""), "half")
        return None

    half_not_after = frozenset(words.get("not_quantity", {}).get("half_not_after", ""))

    return amount_at, _RUN.finditer


RATIO = Unit(None, "multiple", "ratio", base="1")
MONEY = Unit(None, "money", "money")
EMPTY = Unit(None, "empty", "count")


def fraction_is_finite(number: Fraction) -> bool:
    """Whether the decimal of a fraction ends: its denominator holds no prime but 2 and 5."""
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _worth(low: Decimal, high: Decimal, unit: Unit, unit_text: str) -> Worth:
    dimension = None if unit.dimension == "empty" else unit.dimension
    if unit.base is None:
        base = (None, None)
    else:
        base = (unit.to_base(low), unit.to_base(high))
    base_unit = unit.base
    if low == high:
        return Worth(low, None, None, base[0], None, None, unit_text, unit.id, dimension, base_unit, unit.type)
    return Worth(None, low, high, None, *base, unit_text, unit.id, dimension, base_unit, unit.type)
