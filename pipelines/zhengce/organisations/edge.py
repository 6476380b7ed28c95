"""The left edge: from the head of a name back to where the name begins, word by word and bounded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    WEAK,
    Lexicon,
    is_han,
)

OPENING = {"）": "（", ")": "(", "”": "“", "’": "‘", "」": "「"}
DASHES = "-—–－·•"


class Edge(NamedTuple):
    """Where a name begins. ``anchor``: place, province (one, and nothing else), national, weak, name (it goes
    on from another name, which ends at ``joint``), word, or "" where none will do; ``reason`` says what ended
    the walk; ``particular``: something in the body is no generic word; ``coined``: how many
    characters of such words; ``stem``: how many unknown characters the name begins with."""

    start: int
    anchor: str
    reason: str
    particular: bool
    joint: int = -1
    coined: int = 0
    stem: int = 0


Names = Mapping[int, tuple[int, str]]  # the end of a name, to its start and type
PARTICULAR = (0, NAME, PREFIX)
HOSTS = ("research", "education", "hospital", "company")
BROKEN, COUNTED = -1, -2
FIELDS = 14  # the most characters of a name before the second of its fields of work
STEM = (2, 4)  # the least and most characters of a place name that no list holds, its level left out


class Walker:
    """Reads leftwards. ``levels``: the words for a level of government (省, 市); ``clear_levels``: those that
    are never part of another word, so that any word may stand before them."""

    def __init__(self, lexicon: Lexicon, levels: frozenset[str], clear_levels: frozenset[str] = frozenset()) -> None:
        self.lexicon, self.levels, self.clear_levels = lexicon, levels, clear_levels
        self.longest_level = max(map(len, levels), default=0)
        self._level_ends = frozenset(level[-1] for level in levels)
        self._tie_ends = frozenset(joiner[-1] for joiner in lexicon.joiners).union(DASHES)

    def left_edge(
        self, text: str, end: int, longest: int, names: Names, seams: Collection[int] = (), fields: bool = False
    ) -> Edge:
        """The beginning of the name whose head begins at ``end``.

        ``names`` maps the end of a name before to its start and type: a walk that arrives there joins it.
        ``seams``: offsets where a line break was taken out; ``fields``: the body may be fields of work
        with an "and" between them (住房和城市更新局).
        """
        lexicon, before = self.lexicon, self.lexicon.before
        floor = max(0, end - longest)
        at, kept = end, -1
        parts: list[tuple[int, int]] = []  # start and code of each word passed, right to left
        while True:
            if at in names and at < end:
                return Edge(self._join(text, names[at][0], names)[0], "name", "another name", True, at)
            if at <= floor:
                ended = "beginning" if at == 0 else "too long"
                break
            if at in seams and kept < 0 and parts and (parts[-1][1] == NAME or _stem(parts) >= STEM[0]):
                kept = len(parts)
            start, code = before(text, at, floor)
            if code == SHORT and at - start == 2 and self._straddled(text, start, floor):
                code = 0
            if code in PLACES or code == NATIONAL:
                return self._place(text, start, at, end, code, _coined(parts, end), names)
            if code == STOP or code == VAGUE:
                if fields and parts and not any(code in PARTICULAR or code == WEAK for _, code in parts):
                    if edge := self.coordinated(text, at, names, floor):
                        return edge
                ended = ("vague " if code == VAGUE else "stop word ") + text[start:at]
                break
            if not code:
                start = self._unknown(text, at, floor, end)
                if start < 0:
                    ended = "vague " + text[at - 2 : at] if start == COUNTED else "number or punctuation"
                    break
                code = KEEP if text[at - 1] == lexicon.session else 0
            parts.append((start, code))
            at = start
        if kept > 0:  # a line begins with a name of its own, and the line before it with no place: a heading
            del parts[kept:]
            ended = "line break"
        elif ended.startswith("vague") or ended == "too long":
            return Edge(at, "", ended, any(code in PARTICULAR for _, code in parts))
        while len(parts) > 1 and parts[-1][1] == LEADING:
            parts.pop()
        if not parts:
            return Edge(end, "", ended, False)
        start, code = parts[-1]
        particular = any(code in PARTICULAR for _, code in parts)
        stem = _stem(parts)
        anchor = "place" if code == PREFIX else "weak" if code == WEAK and len(parts) > 1 else "word"
        if self._is_place(text, parts, stem, end):
            anchor = "place"
        return Edge(start, anchor, ended, particular, -1, _coined(parts, end), stem)

    def _straddled(self, text: str, start: int, floor: int) -> bool:
        """Whether a short place at ``start`` begins inside a longer place: 古塔 in 内蒙古塔拉."""
        if start <= floor:
            return False
        left, code = self.lexicon.before(text, start + 1, floor)
        return code in PLACES and left < start - 1

    def _is_place(self, text: str, parts: list[tuple[int, int]], stem: int, end: int) -> bool:
        """Whether the first words are a place that no list holds: ``stem`` unknown characters, then a level (云栖县)."""
        if STEM[0] < stem <= STEM[1] + 1 and text[parts[-stem][0]] in self.levels:
            return True
        if not STEM[0] <= stem <= STEM[1] or len(parts) == stem:
            return False
        stop = parts[-stem - 2][0] if len(parts) > stem + 1 else end
        return text[parts[-stem - 1][0] : stop] in self.levels

    def coordinated(self, text: str, at: int, names: Names, floor: int = -1) -> Edge | None:
        """The edge of a name with an "and" before ``at``: a field of work before that, a place or name at the start."""
        lexicon, start = self.lexicon, at - 1
        if at < 3 or text[start] not in lexicon.coordinators or start in names:
            return None
        floor = max(floor, at - FIELDS)
        left, code = lexicon.before(text, start, max(0, floor))
        if code not in (GENERIC, KEEP, LEADING) or start - left < 2 or text[left:start] in lexicon.actors:
            return None
        edge = self.left_edge(text, start, start - floor, names, (), True)
        return edge if edge.anchor in ("place", "national", "name") else None

    def _place(self, text: str, start: int, at: int, end: int, code: int, coined: int, names: Names) -> Edge:
        """The edge where the place or national word ``start:at`` is the first of a name with its head at ``end``."""
        national = code == NATIONAL
        begin, joint = self.national(text, start, names) if national else self.chain(text, start, code, names)
        if joint >= 0:
            return Edge(begin, "name", "another name", True, joint)
        particular = coined > 0 or begin < start
        if national:
            return Edge(begin, "national", "national word", particular)
        alone = at == end and begin == start and text[start:at] in self.lexicon.provinces
        return Edge(begin, "province" if alone else "place", "place", particular, -1, coined and coined + at - begin)

    def _unknown(self, text: str, at: int, floor: int, end: int) -> int:
        """The start of the unknown character or stretch that ends at ``at``; negative where the walk ends."""
        character, lexicon = text[at - 1], self.lexicon
        if not is_han(character):
            inner = self._inner(text, at, floor, end)
            return inner if inner < at else BROKEN
        before = text[at - 2] if at > 1 else ""
        if character == lexicon.session and before in lexicon.numerals:
            start = at - 1
            while start > floor and text[start - 1] in lexicon.numerals:
                start -= 1
            return start - 1 if start > floor and text[start - 1] == lexicon.ordinal else BROKEN
        if character in lexicon.classifiers and before in lexicon.numerals:
            return COUNTED if character in lexicon.counting else BROKEN
        if at == end and character in lexicon.numerals and before != lexicon.ordinal:
            return COUNTED
        return at - 1

    def chain(self, text: str, start: int, code: int, names: Names) -> tuple[int, int]:
        """The start of the chain of places that ends with the place at ``start``, and the end of the name before it.

        Places with their level word belong together (湖南省长沙市岳麓区); a short form before another
        place only says where that is. The end is -1 where no name goes before.
        """
        before = self.lexicon.before
        while start:
            if start in names:
                return names[start][0], start
            left, found = before(text, start)
            pair = text[left:start] in self.lexicon.pairs
            if found not in (NATIONAL, PREFIX, PLACE) and not found == code == COUNTRY and not pair:
                left, joint = self._join(text, start, names)
                if joint >= 0 or left == start:
                    return left, joint
            start, code = left, found
        return start, -1

    def national(self, text: str, start: int, names: Names) -> tuple[int, int]:
        """The same for a name that begins with a national word at ``start``."""
        before = self.lexicon.before
        while start:
            if start in names and names[start][1] in HOSTS:
                return names[start][0], start
            left, found = before(text, start)
            if found != NATIONAL and found not in PLACES:
                left, joint = self._join(text, start, names)
                if joint >= 0 or left == start:
                    return left, joint
            start = left
        return start, -1

    def _join(self, text: str, start: int, names: Names) -> tuple[int, int]:
        """Start and end of the name or place that is tied to the place at ``start`` (中国驻沙特大使馆, 中国—东盟中心)."""
        if not start or text[start - 1] not in self._tie_ends:
            return start, -1
        for length in (1, 2):
            at = start - length
            joiner = text[at:start] if at > 0 else ""
            if joiner in self.lexicon.joiners:
                if at in names:
                    return names[at][0], at
                left, found = self.lexicon.before(text, at)
                if found in PLACES or found == NATIONAL:
                    return left, -1
            elif length == 1 and joiner and joiner in DASHES:
                left, found = self.lexicon.before(text, at)
                if found in (COUNTRY, NATIONAL):
                    return left, -1
        return start, -1

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
            if start and text[start - 1] == self.lexicon.ordinal:
                return start - 1
        return at

    def level_before(self, text: str, end: int) -> int:
        """The length of the longest level word that ends at ``end``; 0 for none."""
        if not end or text[end - 1] not in self._level_ends:
            return 0
        for length in range(min(self.longest_level, end), 0, -1):
            if text[end - length : end] in self.levels:
                return length
        return 0

    def owner(self, text: str, end: int, names: Names, foreign: bool, joins: bool = True) -> tuple[int, str, str]:
        """Start, kind and reason of what owns the organ that begins at ``end``.

        Kinds: name, country, place, national, level, ``vague`` (several bodies at once) and "" (nothing).
        ``joins``: it may be part of a name that stands before its place (国家税务总局重庆市税务局).
        """
        if end in names:
            return names[end][0], "name", "another name"
        lexicon = self.lexicon
        start, code = lexicon.before(text, end)
        if start in names and lexicon.codes.get(text[start : start + 1]) == STOP:
            start, code = end, 0  # 甲局和县乙局: 和 ties two names, 和县 is no place here
        if code in PLACES or code == NATIONAL:
            kind = "national" if code == NATIONAL else "place"
            if text[start:end] in lexicon.countries:
                kind, code = "country", COUNTRY
            walk = self.national(text, start, names) if kind == "national" else self.chain(text, start, code, names)
            if walk[1] >= 0 and (not joins or text[walk[1] : end] in text[walk[0] : walk[1]]):
                return walk[1], kind, kind  # 浙江省委浙江省政府
            return walk[0], kind, kind
        if length := self.level_before(text, end):
            return self._level(text, end - length, end, names)
        if foreign and end and text[end - 1] in lexicon.abbreviations and self.is_edge(text, end - 1, names):
            return end - 1, "country", "country"
        if code == VAGUE:
            return end, "vague", "vague " + text[start:end]
        return end, "", "nothing owns it"

    def _level(self, text: str, start: int, end: int, names: Names) -> tuple[int, str, str]:
        if self.is_edge(text, start, names):
            return start, "level", "level"
        left, code = self.lexicon.before(text, start)
        if code == VAGUE:
            return start, "vague", "vague " + text[left:start]
        if code in PLACES:
            return self.chain(text, left, code, names)[0], "place", "place"
        if self.level_before(text, start):
            return start, "vague", "several levels"
        if text[start:end] in self.clear_levels:
            return start, "level", "level"
        return self._unlisted(text, start, names)

    def _unlisted(self, text: str, level: int, names: Names) -> tuple[int, str, str]:
        """The owner whose level word begins at ``level`` and whose name no list of places holds (石川县, 白渡镇)."""
        at = level
        while at > level - 4 and at > 0 and is_han(text[at - 1]):
            left, code = self.lexicon.before(text, at)
            if code in PLACES:
                return self.chain(text, left, code, names)[0], "place", "place"
            if code == NATIONAL and level - at in (2, 3):
                return left, "national", "unlisted place"
            if code:
                break
            at -= 1
        if level - at in (2, 3) and self.is_edge(text, at, names):
            return at, "place", "unlisted place"
        return level, "", "no edge before the level"

    def is_edge(self, text: str, at: int, names: Names) -> bool:
        """Whether a name may begin at ``at``: a break, a stop word or another name stands before it."""
        if at == 0 or at in names or not is_han(text[at - 1]):
            return True
        if text[at - 1] == self.lexicon.session and text[at - 2 : at - 1] in self.lexicon.numerals:
            return at > 1  # 十六届市人大
        return self.lexicon.before(text, at)[1] == STOP


def _stem(parts: list[tuple[int, int]]) -> int:
    """How many unknown characters the leftmost ones of ``parts`` are."""
    count = 0
    for _, code in reversed(parts):
        if code:
            break
        count += 1
    return count


def _coined(parts: list[tuple[int, int]], end: int) -> int:
    """How many characters the particular ones among ``parts`` (start and code, right to left) have."""
    count = 0
    for start, code in parts:
        count += end - start if code in PARTICULAR else 0
        end = start
    return count
