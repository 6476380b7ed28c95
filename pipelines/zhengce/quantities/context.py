"""What stands around an amount: whether it is one at all, and what change, basis and role it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..wordlists import characters_of, words_of
from .amounts import is_calendar_year
from .measures import Amount
from .modifiers import Around
from .numbers import CACHE_SIZE

_TITLE = re.compile("《[^《》\n]{1,80}》")
_CLOSE = {"“": "”", '"': '"', "「": "」", "『": "』", "‘": "’"}
QUOTES = frozenset(_CLOSE)
_QUOTED = 12  # characters of a quoted coinage
NAME_REACH = 9  # characters behind a duration that may make it a name
_DATE_TAIL = re.compile("[0-9一二三四五六七八九十]{1,3}月(?!龄)")
_STOPS = "，。；：！？、,;“”（）()《》\n"
_STRONG = frozenset({"percent", "percentage_point", "money"})  # types that may follow letters: GDP5%
WINDOW = 14
_ATTRIBUTES = ("change", "basis", "role")
Attributes = tuple["str | None", "str | None", "str | None"]


class Context:
    """Judges amounts by their surroundings; compiled from ``modifiers.toml``."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        table = words.get("not_quantity", {})
        self.before = tuple(table.get("before", ()))
        self.before_last = {word[-1] for word in self.before}
        self.rank = table.get("rank", "")
        self.rank_not_after = frozenset(characters_of(table.get("rank_not_after")))
        self.after_yuan = frozenset(characters_of(table.get("after_yuan")))
        self.two = frozenset(characters_of(table.get("two")))
        self.names = tuple(table.get("names", ()))
        self.name = re.compile(
            f"[\u4e00-\u9fff]{{0,{NAME_REACH - 1}}}?(?:{'|'.join(map(re.escape, self.names)) or '(?!)'})"
        )
        self.levels = table.get("levels", "")
        self.point = tuple(words.get("article", {}).get("point", ()))
        self.span = tuple(words.get("article", {}).get("span", ()))
        self.phrases: dict[str, list[tuple[int, str]]] = {}
        for phrase in words_of(table.get("phrases")):
            for offset, character in enumerate(phrase):
                if character in _NUMERALS and phrase[offset - 1 : offset] not in _NUMERALS:
                    self.phrases.setdefault(phrase[offset : offset + 2], []).append((offset, phrase))
        self.kinds: dict[str, tuple[int, str]] = {}
        for attribute, values in words.get("attribute", {}).items():
            for value, forms in values.items():
                self.kinds.update((form, (_ATTRIBUTES.index(attribute), value)) for form in forms)
        longest_first = sorted((word for word in self.kinds if len(word) > 1), key=len, reverse=True)
        self.words = re.compile("|".join([*map(re.escape, longest_first), f"[{re.escape(_STOPS)}]"]))
        self.seen: dict[str, Attributes] = {}

    def titles(self, text: str) -> list[tuple[int, int]]:
        """The stretches inside title marks: numbers there belong to the title."""
        return [match.span() for match in _TITLE.finditer(text)] if "《" in text else []

    def beyond_coinage(self, text: str, start: int, end: int) -> int:
        """Where the quotation that opens right before ``start`` ends if it is a short coinage (“四个自信”), else 0."""
        close = _CLOSE.get(text[start - 1 : start])
        at = text.find(close, start, start + _QUOTED) if close else -1
        return at if at >= end and not any(character in _STOPS for character in text[start:at]) else 0

    def excluded(self, text: str, amount: Amount) -> int:
        """0 where the amount may stand, else the offset up to which there is no quantity."""
        start, end, number, unit = amount.start, amount.end, amount.number, amount.unit
        kind = amount.worth.type
        previous = text[start - 1 : start]
        if number.chinese:
            listed = self.phrases.get(text[number.start : number.start + 2])
            if listed:
                for offset, phrase in listed:
                    if (
                        number.start >= offset
                        and text.startswith(phrase, number.start - offset)
                        and not _follows_real(text, amount, phrase, offset)
                    ):
                        return max(end, number.start - offset + len(phrase))
        if previous:
            if previous in self.before_last and text.endswith(self.before, 0, start):
                return end
            if previous.isascii():
                if previous.isalnum() and kind not in _STRONG:
                    return end
                if previous in "/_=&?@#\\*" or (previous == "." and text[start - 2 : start - 1].isdigit()):
                    return end
                if text.rfind("://", max(0, start - 100), start) >= 0 and not _has_break(text, start):
                    return end
            if (
                previous == self.rank
                and kind == "count"
                and unit.id is None
                and text[start - 2 : start - 1] not in self.rank_not_after
            ):
                return end
            if previous in QUOTES and (close := self.beyond_coinage(text, start, end)):
                return close
        if previous and previous in "、×" and text[start - 2 : start - 1] in _NUMERALS_OR_DIGITS:
            if previous == "×" or (kind == "count" and number.chinese and len(number.raw) == 1):
                return end  # 7×24小时, 一、二类
        if number.raw == "二" and kind == "count" and amount.surface not in self.two:
            return end
        after = text[end : end + 1]
        if unit.id == "a":
            raw = number.raw
            if amount.surface == "年" and not number.vague:
                if is_calendar_year(raw) or "." in raw and len(raw.partition(".")[2]) == 4:
                    return end
                if after and _DATE_TAIL.match(text, end):
                    return end
        if after == self.levels and number.bare:
            return end
        if kind == "duration" and any(name in text[end : end + NAME_REACH] for name in self.names):
            if self.name.match(text, end):
                return end  # 15分钟便民生活圈
        if number.raw in _SINGLE and amount.shape == "simple" and not number.vague:
            if amount.surface == "元" and _HAN <= after <= _HAN_END and after not in self.after_yuan:
                return end  # 三元里, 二元结构
            if kind == "count" and after in _SINGLE and after and _HAN <= text[end + 1 : end + 2] <= _HAN_END:
                if len(amount.surface) == 1:
                    return end  # 三区三线, 四梁八柱
        return 0

    def article(self, text: str, amount: Amount, around: Around) -> bool:
        """Whether the number is 一 as an article: 一批, 一年来."""
        number = amount.number
        if number.raw != "一" or amount.shape not in ("simple", "empty") or around.touched:
            return False
        if amount.unit.bare_one:
            return False
        if text.endswith(self.point, 0, around.start):
            return False
        return not (amount.worth.type == "duration" and text.endswith(self.span, 0, around.start))

    def attributes(self, text: str, start: int, floor: int) -> Attributes:
        """``change``, ``basis`` and ``role`` by the words before ``start`` in the same clause.

        Words of one character count only where they touch the span (增10%).
        """
        window = text[max(floor, start - WINDOW) : start]
        found = self.seen.get(window)
        if found is None:
            if len(self.seen) > CACHE_SIZE:
                self.seen.clear()
            attributes: list[str | None] = [None, None, None]
            for word in self.words.findall(window):
                kind = self.kinds.get(word)
                if kind is None:
                    attributes = [None, None, None]
                else:
                    attributes[kind[0]] = kind[1]
            if (kind := self.kinds.get(window[-1:])) is not None and attributes[kind[0]] is None:
                attributes[kind[0]] = kind[1]
            found = self.seen[window] = (attributes[0], attributes[1], attributes[2])
        return found


_SINGLE = frozenset("一二两三四五六七八九")
_HAN, _HAN_END = "\u4e00", "\u9fff"
_NUMERALS_OR_DIGITS = frozenset("一二三四五六七八九十0123456789")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两廿卅")


def _has_break(text: str, start: int) -> bool:
    """Whether a blank or a Chinese character stands between the last ``://`` and ``start``."""
    at = text.rfind("://", max(0, start - 100), start)
    return any(character.isspace() or character > "\u2e80" for character in text[at:start])


def _follows_real(text: str, amount: Amount, phrase: str, offset: int) -> bool:
    """Bare multipliers with a vague word before them are counts for all that: 上百家, 近千户."""
    return (
        amount.number.bare
        and offset == 0
        and text[amount.number.start - 1 : amount.number.start] in "数几上近超过约破逾"
    )
