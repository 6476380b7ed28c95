"""The left edge: from the head of a name back to where the name begins, word by word and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .lexicon import (
    COUNTRY,
    GENERIC,
    KEEP,
    LEADING,
    NAME,
    NATIONAL,
    PLACE,
    PLACES,
    PREFIX,
    SHORT,
    STOP,
    VAGUE,
    Lexicon,
    is_han,
)

OPENING = {"）": "（", ")": "(", "”": "“", "’": "‘", "」": "「"}
DASHES = "-—–－·•"
DIGITS = "0123456789一二两三四五六七八九十百千万亿几多数余"


class Edge(NamedTuple):
    """Where a name begins. ``anchor``: place, national, name (another name's end), word, or "" where none
    will do; ``reason`` says what ended the walk; ``particular``: something in the body is no generic word."""

    start: int
    anchor: str
    reason: str
    particular: bool


class Walker:
    """Reads leftwards. ``levels``: the words for a level of government (省, 市)."""

    def __init__(self, lexicon: Lexicon, levels: frozenset[str]) -> None:
        self.lexicon, self.levels = lexicon, levels
        self.longest_level = max(map(len, levels), default=0)

    def left_edge(self, text: str, end: int, longest: int, names: Mapping[int, int]) -> Edge:
        """The beginning of the name whose head begins at ``end``.

        ``names`` maps the end of a name before to its start: a walk that arrives there joins it.
        """
        before = self.lexicon.before
        floor = max(0, end - longest)
        at, particular, ended = end, False, ""
        parts: list[tuple[int, int]] = []  # start and code of each word passed, right to left
        while at > floor:
            if at in names and at < end:
                return Edge(names[at], "name", "another name", True)
            start, code = before(text, at, floor)
            if code in PLACES:
                return Edge(self.chain(text, start, code, names), "place", "place", at < end or particular)
            if code == NATIONAL:
                return Edge(self.national(text, start, names), "national", "national word", particular or at < end)
            if code == STOP or code == VAGUE:
                ended = "vague " if code == VAGUE else "stop word "
                ended += text[start:at]
                break
            if code:
                particular = particular or code in (NAME, PREFIX)
                parts.append((start, code))
                at = start
                continue
            character = text[at - 1]
            if is_han(character):
                if character in self.lexicon.classifiers and at - 2 >= 0 and text[at - 2] in DIGITS:
                    counting = character in self.lexicon.counting
                    ended = ("vague " if counting else "number ") + text[at - 2 : at]
                    break
                particular = True
                at -= 1
                parts.append((at, 0))
                continue
            inner = self._inner(text, at, floor, end)
            if inner == at:
                ended = "punctuation" if at else "beginning"
                break
            particular, at = True, inner
            parts.append((at, 0))
        else:
            if at in names and at < end:
                return Edge(names[at], "name", "another name", True)
            ended = "beginning" if at == 0 else "too long"
        if ended.startswith("vague") or ended == "too long":
            return Edge(at, "", ended, particular)
        while parts and parts[-1][1] == LEADING and len(parts) > 1:
            parts.pop()
            at = parts[-1][0] if not parts else at
        return self._bare(text, end, at, ended, parts)

    def _bare(self, text: str, end: int, at: int, ended: str, parts: list[tuple[int, int]]) -> Edge:
        start = end
        if parts:
            start = parts[-1][0]
        particular = any(code in (0, NAME, PREFIX) for _, code in parts)
        return Edge(start, "word" if start < end else "", ended, particular)

    def chain(self, text: str, start: int, code: int, names: Mapping[int, int]) -> int:
        """The start of the chain of places that ends with the place at ``start``.

        Places with their level word belong together (湖南省长沙市岳麓区); a short form before another
        place only says where that is.
        """
        before = self.lexicon.before
        while start:
            if start in names:
                return names[start]
            left, found = before(text, start)
            if found in (NATIONAL, PREFIX) or found == PLACE:
                start, code = left, found
                continue
            if found == COUNTRY and code == COUNTRY:
                start = left
                continue
            return start
        return start

    def national(self, text: str, start: int, names: Mapping[int, int]) -> int:
        """The start of a name that begins with a national word at ``start``, a place or a name before it included."""
        before = self.lexicon.before
        while start:
            left, found = before(text, start)
            if found == NATIONAL or found in PLACES:
                start = left
                continue
            return start
        return start

    def _inner(self, text: str, at: int, floor: int, end: int) -> int:
        """Where a stretch that is no Han text but may stand inside a name begins; ``at`` where there is none."""
        last = text[at - 1]
        if last in OPENING:
            opening = text.rfind(OPENING[last], floor, at - 1)
            inside = text[opening + 1 : at - 1]
            if opening < 1 or not 1 < len(inside) <= 8 or not all(map(is_han, inside)):
                return at
            if last in "）)":
                place = self.lexicon.codes.get(inside) in PLACES or self.lexicon.codes.get(inside + "市") in PLACES
                return opening if (place or at < end) and is_han(text[opening - 1]) else at
            return opening if at < end else at
        if last in DASHES and at - 1 > floor and at < end and is_han(text[at - 2]):
            return at - 1
        if last.isascii() and last.isalpha():
            while at > floor and text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] in "-&"):
                at -= 1
            return at
        if last.isdigit() and last.isascii():
            start = at
            while start > floor and text[start - 1].isdigit():
                start -= 1
            if start and text[start - 1] == "第":
                return start - 1
        return at

    def level_before(self, text: str, end: int) -> int:
        """The length of the longest level word that ends at ``end``; 0 for none."""
        for length in range(min(self.longest_level, end), 0, -1):
            if text[end - length : end] in self.levels:
                return length
        return 0

    def owner(self, text: str, end: int, names: Mapping[int, int], foreign: bool) -> tuple[int, str, str]:
        """Start, kind and reason of what owns the organ that begins at ``end``; kind "" where nothing does."""
        before = self.lexicon.before
        if end in names:
            return names[end], "name", "another name"
        start, code = before(text, end)
        if code in PLACES:
            return self.chain(text, start, code, names), "place", "place"
        if code == NATIONAL:
            return self.national(text, start, names), "national", "national word"
        if length := self.level_before(text, end):
            return self._level(text, end - length, names)
        if foreign and end and text[end - 1] in self.lexicon.abbreviations and self.is_edge(text, end - 1, names):
            return end - 1, "place", "country"
        if code == VAGUE:
            return end, "vague", "vague " + text[start:end]
        return end, "", "nothing owns it"

    def _level(self, text: str, start: int, names: Mapping[int, int]) -> tuple[int, str, str]:
        if self.is_edge(text, start, names):
            return start, "level", "level"
        left, code = self.lexicon.before(text, start)
        if code == VAGUE:
            return start, "vague", "vague " + text[left:start]
        if self.level_before(text, start):
            return start, "vague", "several levels"
        return start, "", "no edge before the level"

    def is_edge(self, text: str, at: int, names: Mapping[int, int]) -> bool:
        """Whether a name may begin at ``at``: a break, a stop word or another name stands before it."""
        if at == 0 or at in names or not is_han(text[at - 1]):
            return True
        return self.lexicon.before(text, at)[1] == STOP
