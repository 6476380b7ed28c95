"""The short way for most numbers: a unit of one meaning and no word that touches, or no amount at all.

It gives what the long way gives (a test holds the two together) at a fraction of the time: a number
with its unit that was seen before costs one look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .. import numerals
from ..units import COUNT, UnitTable
from .amounts import AFTER_UNIT, BEFORE_UNIT, is_calendar_year
from .context import Context
from .measures import Worth, worth_of
from .modifiers import MINUS
from .numbers import CACHE_SIZE, CHINESE, LARGE

_STEPPING = frozenset("百千兆两兩半") | frozenset(LARGE)  # an amount may lie in a run that ends so
_CONTEXT = frozenset("“「『‘×、")  # what stands before a number and needs a closer look
_NAME_REACH = 9  # characters behind a duration that may make it a name (15分钟便民生活圈)

NOTHING: Final = (None, 0)  # surely no amount


class Plain:
    """``plain(text, start, end)`` of a run of numeral characters; compiled from the two tables."""

    def __init__(self, table: UnitTable, words: Mapping[str, Any], context: Context) -> None:
        before, listed, article = words.get("before", {}), words.get("not_quantity", {}), words.get("article", {})
        self.match, self.phrases, self.names = table.match, context.phrases, tuple(listed.get("names", ()))
        self.money = {word[-1] for word in table.before}
        multiple, shorthand = words.get("multiple", {}).get("word", ""), words.get("shorthand", {}).get("multipliers", "")
        joints = BEFORE_UNIT | {multiple, *shorthand, *words.get("between", {}), *(word[0] for word in table.behind)}
        self.joints = frozenset(joints) - {""}
        self.openers = self.joints | frozenset(table.lengths)
        touching = {word[-1] for word in listed.get("before", ())} | self.money | set(MINUS) | _CONTEXT
        touching |= set(listed.get("rank", "")) | {word for word in before if len(word) == 1}
        touching |= {word[-1] for word in words.get("indefinite", {}).get("words", ())}
        self.touching = frozenset(touching) | frozenset(map(chr, range(128)))
        self.tails = frozenset(word[-2:] for word in before if len(word) > 1)
        self.pointing = frozenset(word[-1] for key in ("point", "span") for word in article.get(key, ()))
        behind = {word[0] for word in (*words.get("behind", {}), *table.behind, *words.get("behind_unit", {}).get("words", ()))}
        self.following = frozenset(behind) | AFTER_UNIT | frozenset(CHINESE + "0123456789")
        self.seen: dict[str, Worth | None] = {}

    def __call__(self, text: str, start: int, end: int) -> tuple[Worth | None, int] | None:
        """Worth and end of a plain amount, ``NOTHING``, or ``None`` where the long way has to look."""
        after, before = text[end : end + 1], text[start - 1 : start]
        if after not in self.openers:
            return None if text[end - 1] in _STEPPING or before in self.money else NOTHING
        surface = self.match(text, end)
        if surface is None:
            return None if after in self.joints or text[end - 1] in _STEPPING or before in self.money else NOTHING
        if before in self.touching or text[start - 2 : start] in self.tails:
            return None
        stop = end + len(surface.text)
        if text[stop : stop + 1] in self.following or text[start : start + 2] in self.phrases:
            return None
        key = text[start:stop]
        worth = self.seen.get(key, False)
        if worth is False:
            if len(self.seen) > CACHE_SIZE:
                self.seen.clear()
            worth = self.seen[key] = self._worth(text[start:end], surface)
        if worth is None:
            if text[start:end] == "一" and surface.unit is COUNT and before not in self.pointing:
                return NOTHING  # an article: 一批
            return NOTHING if surface.text == "年" and is_calendar_year(text[start:end]) else None
        if worth.dimension == "duration" and any(name in text[stop : stop + _NAME_REACH] for name in self.names):
            return None
        return worth, stop

    def _worth(self, raw: str, surface: Any) -> Worth | None:
        """What a number with a unit is worth, ``None`` where that takes more than the two."""
        unit, numeral = surface.unit, numerals.read(raw) if raw[-1] not in _STEPPING - set(LARGE) else None
        if unit is None or unit.scale != 1 or numeral is None or numeral.bare or numeral.spelled:
            return None
        if numeral.chinese and (len(raw) == 1 and (surface.long_only or raw in "一二" or raw in numerals.BANKERS)):
            return None
        if numeral.chinese and unit.dimension == "money" or surface.text == "年" and (len(raw) == 4 or "." in raw):
            return None
        return worth_of(numeral.low, numeral.high, unit, unit.name or surface.text)
