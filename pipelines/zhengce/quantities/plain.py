"""The short way for most numbers: a number and a unit of one meaning, or surely no amount at all.

It gives what the long way gives (a test holds the two together) at a fraction of the time: a number
with its unit that was seen before costs one look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from .. import numerals
from ..units import COUNT, Surface, Unit, UnitTable
from .amounts import AFTER_UNIT, BEFORE_UNIT, is_calendar_year
from .context import NAME_REACH, QUOTES, Context
from .measures import Amount, meaning, scaled, worth_of
from .numbers import CACHE_SIZE, CHINESE, LARGE, MINUS, Number

_GIVING = frozenset("百千兆两兩半")  # a run that ends so may give this character to the unit (5千米)
_STEPPING = _GIVING | frozenset(LARGE)  # an amount may lie in such a run alone
_BARE = frozenset({"万", "亿", "百万", "千万"})  # no amount without a word that touches it
_TWO = frozenset("两兩")  # by itself it gives nothing
_LENT = frozenset("百千兆")
_FUZZY = "多余"  # vague words that no noun is likely to begin with
_CONTEXT = "×±" + "".join(QUOTES)  # what stands before a number and needs a closer look

ZERO = Decimal(0)
Found = tuple["Amount | None", bool]
NOTHING: Final[Found] = (None, False)  # surely no amount
_UNSEEN: Any = object()
NEVER: Any = object()
PlainAt = Callable[[str, int, int], "Found | None"]


def compile_plain(table: UnitTable, words: Mapping[str, Any], context: Context) -> PlainAt:
    """``plain_at(text, start, end)`` of a run of numeral characters: a ``Found``, or ``None`` where the
    long way has to look. ``touched`` tells that a word beside the amount may belong to it."""
    before_words, listed, article = words.get("before", {}), words.get("not_quantity", {}), words.get("article", {})
    match, phrases, names = table.match, context.phrases, context.names
    money = frozenset({word[-1] for word in table.before} | {" "})
    multiple, shorthand = words.get("multiple", {}).get("word", ""), words.get("shorthand", {}).get("powers", {})
    behind_words = frozenset(word[0] for word in words.get("behind", {}))
    tail_words = words.get("behind_unit", {}).get("words", ())
    between = words.get("between", {})
    fuzzy = {word: between[word] for word in _FUZZY if word in between}
    joints = BEFORE_UNIT | {*multiple, *shorthand, *between, *(word[0] for word in table.behind)}
    openers = joints | {surface[0] for surface in table.surfaces}
    currencies = tuple(table.before)
    odd = frozenset(map(chr, range(32, 128))) | frozenset(MINUS + _CONTEXT + listed.get("rank", ""))
    odd |= {word[-1] for word in (*listed.get("before", ()), *words.get("indefinite", {}).get("words", ()))}
    odd -= {word for word in before_words if len(word) == 1}
    touching = frozenset(word[-1] for word in before_words)
    ordinal = frozenset(word for word in listed.get("before", ()) if len(word) == 1)
    pointing = frozenset(word[-1] for key in ("point", "span") for word in article.get(key, ()))
    following = AFTER_UNIT | frozenset(CHINESE + "0123456789") | {word[0] for word in (*table.behind, *tail_words)}
    seen: dict[str, Any] = {}

    def plain_at(text: str, start: int, end: int) -> Found | None:
        after, before = text[end : end + 1], text[start - 1 : start]
        stepping = text[end - 1] in _STEPPING and (end - start > 1 or text[start] not in _TWO)
        if after not in openers:
            return None if stepping or before in money else NOTHING
        surface, unit_at, vague = match(text, end), end, ""
        if text[end - 1] in _LENT and end - start > 1 and (longer := match(text, end - 1)) is not None:
            if surface is None or len(longer.text) > 1:
                surface, unit_at = longer, end - 1  # 5千米
        if surface is None and after in fuzzy:
            surface, unit_at, vague = match(text, end + 1), end + 1, fuzzy[after]
        if surface is None:
            return None if after in joints or stepping or before in money else NOTHING
        stop = unit_at + len(surface.text)
        after = text[stop : stop + 1]
        if after in following:
            dated = surface.text == "年" and is_calendar_year(text[start:end]) and "月" in text[stop + 1 : stop + 3]
            return NOTHING if dated and before not in odd and before not in touching else None
        if before in odd:
            return NOTHING if before in ordinal and not vague else None
        if before in money and text.endswith(currencies, 0, start):
            return None
        unit = surface.unit
        if unit is None:
            if stepping or vague or text[end] in joints:
                return None
            raw = text[start:end]
            unit = meaning(text, surface, Number(start, end, ZERO, ZERO, 0, False, raw[0] > "9", "", raw), stop)
            if unit is None:
                return None if before in money else NOTHING
            key: Any = (text[start:stop], unit.id)
        else:
            key = text[start:stop]
        known = seen.get(key, _UNSEEN)
        if known is _UNSEEN:
            if len(seen) > CACHE_SIZE:
                seen.clear()
            known = seen[key] = _known(text[start : min(end, unit_at)], surface, unit, vague)
        touched = before in touching or after in behind_words or vague != ""
        if known is NEVER:
            return None if touched or before in pointing else NOTHING
        if known is None:
            return None
        if text[start] > "9":
            if before == "、":
                return None
            for offset, phrase in phrases.get(text[start : start + 2], ()):
                if start >= offset and text.startswith(phrase, start - offset):
                    return None
        if unit.dimension == "duration" and any(name in text[stop : stop + NAME_REACH] for name in names):
            return None
        number, written, worth = known
        if touched:
            number = Number(start, start + number[1], *number[2:])
        return Amount(start, stop, number, unit, written, worth, "simple"), touched

    return plain_at


def _known(raw: str, surface: Surface, unit: Unit, vague: str) -> Any:
    """What a number with a unit is wherever it stands; ``NEVER`` for an article (一批) or a year of the
    calendar that no word touches; ``None`` where it takes more than the two to tell."""
    if raw == "一" and not surface.clipped:
        if unit is COUNT or unit.id == "a":
            return None if vague else NEVER
    if surface.text == "年" and is_calendar_year(raw):
        return None if vague else NEVER
    if raw in _BARE:
        return None if vague else NEVER
    giving = raw[-1] in _GIVING and raw not in _TWO and not (vague and raw[-1] in "百千")
    numeral = None if giving else numerals.read(raw)
    if numeral is None or numeral.bare or numeral.spelled or "," in raw and raw[0] > "9":
        return None
    if numeral.chinese and (len(raw) == 1 and (surface.long_only or raw in "一二" or raw in numerals.BANKERS)):
        return None
    if surface.text == "年" and "." in raw or surface.text == "元" and numeral.chinese and len(raw) == 1:
        return None
    low, high, power, bare, chinese, _ = numeral
    number = Number(0, len(raw) + len(vague), low, high, power, bare, chinese, vague, raw)  # placed where it matters
    return number, surface.text, worth_of(*scaled(number, unit), unit, unit.written(surface.text))
