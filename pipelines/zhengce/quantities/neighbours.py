"""Two neighbouring numerals with a mark between them: 三、四十个 is thirty to forty, 十七、八岁 is 17 to 18."""

from __future__ import annotations

import re

from .. import numerals
from .measures import Amount, scaled, worth_of

_BEFORE = re.compile(rf"[{numerals.CHARACTERS}]+、\Z")
_REACH = 8
_NEITHER = frozenset("第之点分至到—-~～、初")  # behind these the first numeral belongs to something else


def with_neighbour(text: str, amount: Amount, floor: int) -> Amount:
    """The range that ``amount`` makes with a numeral right before its ``、``, or ``amount`` itself.

    Nothing before ``floor`` is read. Single digits make a range before units of measure and 个 alone:
    一、二类 and 二、三级 are lists.
    """
    start, number = amount.start, amount.number
    if not number.chinese or amount.shape != "simple" or number.low != number.high or start != number.start:
        return amount
    match = _BEFORE.search(text, max(floor, start - _REACH), start)
    first = match.group()[:-1] if match is not None else ""
    if not first or text[match.start() - 1 : match.start()] in _NEITHER and match.start() > 0:  # type: ignore[union-attr]
        return amount
    raw = number.raw
    if len(first) == 1:
        if len(raw) == 1 and amount.unit.dimension == "count" and amount.surface not in "个個":
            return amount
        pair, whole = (first, raw[0]), first + raw[1:]
    elif len(raw) == 1:
        pair, whole = (first[-1], raw), first
    else:
        return amount
    low, high = numerals.DIGITS.get(pair[0]), numerals.DIGITS.get(pair[1])
    if low is None or high is None or not low or high != low + 1 or number.low != numerals.read(raw).low:  # type: ignore[union-attr]
        return amount
    lower, upper = numerals.read(whole), numerals.read(raw if len(first) == 1 else first[:-1] + raw)
    if lower is None or upper is None or not lower.low < upper.low:
        return amount
    ends = [scaled(number._replace(low=end.low, high=end.high, raw=""), amount.unit)[0] for end in (lower, upper)]
    begin = start - 1 - len(first)
    worth = worth_of(ends[0], ends[1], amount.unit, amount.worth.unit_text)
    return amount._replace(start=begin, number=number._replace(start=begin), worth=worth, shape="range")
