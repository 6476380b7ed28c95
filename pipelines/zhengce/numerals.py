"""Numerals as they are written in Chinese texts, read exactly: no float anywhere.

Reads Arabic digits with separators (``1,234.5``), Chinese numerals in small, big and traditional
writing (``三百五十``, ``叁佰伍拾``, ``三萬``), mixtures (``3.5亿``, ``1万5千``), decimals in words
(``三点一四``), clipped forms (``一百二`` is 120) and approximations (``八九亿``, ``三五百``: ranges).
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import NamedTuple

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10))),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10))),
    **dict(zip("○壹貳參肆伍陸柒捌玖", range(10))),
    **{"两": 2, "兩": 2, "俩": 2, "倆": 2, "弍": 2},
}
TENS = {"廿": 20, "卅": 30, "卌": 40}
SMALL = {"十": 1, "百": 2, "千": 3, "拾": 1, "佰": 2, "仟": 3}  # powers of ten
BIG = {"万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12}
POWERS = {**SMALL, **BIG}
BANKERS = frozenset("伍陆陸參拾肆柒捌玖佰仟壹贰貳叁")  # common in names and words when they stand alone
CHARACTERS = "".join([*DIGITS, *TENS, *POWERS])
# Nothing that people write is longer; the limit keeps hostile input cheap.
MAX_LENGTH = 40

_ARABIC = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_TOKEN = re.compile(rf"({_ARABIC})|(.)")
_PLAIN = re.compile(rf"({_ARABIC})([十百千]?[万亿]{{0,2}})\Z")
_ROUNDED = Context(prec=28)
_EXACT = Context(prec=400, traps=[Inexact])


class Numeral(NamedTuple):
    """A numeral's worth: ``low`` and ``high`` are equal unless it is an approximation (``八九``).

    ``power``: the trailing power of ten that a range's first number may share (``20万``: 4).
    ``bare``: only multipliers (``百万``), ``chinese``: no Arabic digit, ``spelled``: digit by digit (``二〇二五``).
    """

    low: Decimal
    high: Decimal
    power: int = 0
    bare: bool = False
    chinese: bool = False
    spelled: bool = False


def fraction_to_decimal(number: Fraction) -> Decimal:
    """Exact where the decimal is finite, else rounded to 28 significant digits."""
    numerator, denominator = Decimal(number.numerator), Decimal(number.denominator)
    try:
        return plain(_EXACT.divide(numerator, denominator))
    except Inexact:
        return _ROUNDED.divide(numerator, denominator)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros behind its decimal point and without an exponent."""
    exponent = number.as_tuple().exponent
    return whole(number.normalize(_EXACT)) if isinstance(exponent, int) and exponent < 0 else whole(number)


def whole(number: Decimal) -> Decimal:
    """The same number, its exponent written out: ``5E+9`` becomes ``5000000000``."""
    exponent = number.as_tuple().exponent
    return Decimal(format(number, "f")) if isinstance(exponent, int) and exponent > 0 else number


def read(text: str) -> Numeral | None:
    """What the whole of ``text`` is worth, or ``None`` where it is not one numeral."""
    if len(text) > MAX_LENGTH or not text:
        return None
    if match := _PLAIN.match(text):
        digits, multipliers = match.groups()
        if "," in digits or "，" in digits:
            digits = digits.replace(",", "").replace("，", "")
        power = 0
        for character in multipliers:
            power += POWERS[character]
        number = Decimal(f"{digits}E{power}" if power else digits)
        return Numeral(number, number, power)
    return _read_mixed(text)


def _read_mixed(text: str) -> Numeral | None:
    """Numerals with at least one Chinese digit, or multipliers in the midst."""
    whole, point, decimals = text.partition("点")
    if not point:
        whole, point, decimals = text.partition("點")
    if point:
        return _read_decimal(whole, decimals)
    tokens = [match.group() for match in _TOKEN.finditer(text)]
    chinese = text[0] not in "0123456789" and not any("0" <= c <= "9" for c in text)
    digits = [DIGITS.get(token) for token in tokens]
    if len(tokens) > 1 and None not in digits:
        return _read_digits(digits)
    for index in range(len(tokens) - 1):
        first, second = digits[index], digits[index + 1]
        if first is None or second is None or tokens[index] in "零〇○":
            continue
        if not _neighbours(first, second) or (index + 2 < len(tokens) and digits[index + 2] is not None):
            return None
        low = _evaluate(tokens[: index + 1] + tokens[index + 2 :])
        high = _evaluate(tokens[:index] + tokens[index + 1 :])
        if low is None or high is None:
            return None
        return Numeral(fraction_to_decimal(low), fraction_to_decimal(high), _trailing_power(tokens), False, chinese)
    number = _evaluate(tokens)
    if number is None:
        return None
    bare = all(token in POWERS for token in tokens) and tokens[0] not in "十拾"
    value = fraction_to_decimal(number)
    return Numeral(value, value, _trailing_power(tokens), bare, chinese)


def _read_digits(digits: list[int]) -> Numeral | None:
    """``八九`` is eight or nine; longer runs and other pairs are spelled out (``二〇二五``)."""
    if len(digits) == 2 and _neighbours(*digits):
        return Numeral(Decimal(digits[0]), Decimal(digits[1]), 0, False, True)
    number = Decimal("".join(map(str, digits)))
    return Numeral(number, number, 0, False, True, True)


def _neighbours(first: int, second: int) -> bool:
    return 0 < first and (second == first + 1 or (first, second) == (3, 5))


def _read_decimal(whole: str, decimals: str) -> Numeral | None:
    """``三点一四``, ``六点五亿``."""
    body = decimals.rstrip("十百千万亿兆萬億")
    power = sum(POWERS[character] for character in decimals[len(body) :])
    left = read(whole) if whole else None
    if left is None or left.low != left.high or left.spelled or not body:
        return None
    if any(character not in DIGITS for character in body) or (power and decimals[len(body)] in "十拾"):
        return None
    digits = "".join(str(DIGITS[character]) for character in body)
    if left.low != left.low.to_integral_value():
        return None
    number = Decimal(f"{int(left.low)}.{digits}E{power}")
    return Numeral(number, number, power, False, True)


def _trailing_power(tokens: list[str]) -> int:
    """The power of ten of the multipliers at the end: ``[二, 十, 万]`` gives 4, ``[三, 百]`` gives 2."""
    power = 0
    for token in reversed(tokens):
        if token in BIG:
            power += BIG[token]
        elif token in SMALL and not power and token not in "十拾":
            return SMALL[token]
        else:
            break
    return power


def _evaluate(tokens: list[str]) -> Fraction | None:
    """Sum of the groups; a multiplier takes all smaller groups before it (``三万五千亿``)."""
    groups: list[tuple[Fraction, int]] = []  # value so far and its power, descending
    section: Fraction | None = None  # what stands before the next of 万 亿 兆
    current: Fraction | None = None  # the digit before the next multiplier
    lowest = 99  # the last small multiplier of the section; they must descend
    previous = ""
    for token in tokens:
        if token in SMALL:
            power = SMALL[token]
            if power >= lowest or (current is None and section is not None and previous not in "零〇○"):
                return None
            section = (section or Fraction(0)) + (Fraction(1) if current is None else current) * 10**power
            current, lowest = None, power
        elif token in BIG:
            power = BIG[token]
            if section is None and current is None and previous in BIG and groups:
                number, old = groups.pop()
                groups.append((number * 10**power, old + power))
            else:
                number = (section or Fraction(0)) + (current or Fraction(0))
                if section is None and current is None:
                    if previous:
                        return None
                    number = Fraction(1)
                while groups and groups[-1][1] < power:
                    number += groups.pop()[0]
                groups.append((number * 10**power, power))
            section, current, lowest = None, None, 99
        elif token in TENS:
            if current is not None or lowest <= 1:
                return None
            section, lowest = (section or Fraction(0)) + TENS[token], 1
        elif token in "零〇○" and previous:
            if current is not None:
                return None
        elif token in DIGITS or token[0] in "0123456789":
            if current is not None:
                return None
            current = Fraction(DIGITS[token]) if token in DIGITS else Fraction(re.sub("[,，]", "", token))
            if previous in POWERS and POWERS[previous] > 1 and token is tokens[-1] and token in DIGITS:
                current *= 10 ** (POWERS[previous] - 1)  # clipped: 一百二, 三万五
        else:
            return None
        previous = token
    return sum((value for value, _ in groups), Fraction(0)) + (section or 0) + (current or 0)
