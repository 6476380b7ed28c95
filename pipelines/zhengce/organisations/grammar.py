"""One pass over the heads of a text: what each of them makes, and why it makes nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ..records import Span
from ..wordlists import characters_of, words_of
from .edge import STEM, Edge, Names, Walker
from .firms import FirmLists
from .heads import BLOCK, FIRMS, ORGAN, TITLE, UNIT, Head, compile_heads
from .lexicon import NATIONAL, PLACES, Lexicon

NOT_HAN = re.compile(r"[^\u4e00-\u9fff]")


class Verdict(NamedTuple):
    """What became of a head: the span ``start:end`` or, where ``start`` is -1, none. ``reason`` says why."""

    head: int
    start: int
    end: int
    rule: str
    type: str
    reason: str


class Stems:
    """The place names of a text, told by the level behind them (云栖 where 云栖县 stands); read when first asked for."""

    def __init__(self, text: str, levels: Collection[str]) -> None:
        self.text, self.levels = text, levels
        self._found: set[str] | None = None

    def __contains__(self, stem: str) -> bool:
        if self._found is None:
            ends = [match.start() for match in re.finditer("|".join(map(re.escape, self.levels)), self.text)]
            self._found = {self.text[end - n : end] for end in ends for n in range(STEM[0], STEM[1] + 1) if end >= n}
        return stem in self._found


class Grammar:
    """The compiled grammar. ``table``: the parsed TOML; ``places``: rows with name, level, short, abbr."""

    def __init__(self, table: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> None:
        self.search, self.heads = compile_heads(table)
        organs = table["organs"]
        levels, clear = (frozenset(words_of(organs[key])) for key in ("levels", "clear_levels"))
        self.walker = Walker(Lexicon(table["words"], places), levels, clear)
        self.firms = FirmLists(table["firm_list"], self.walker)
        self.connectors = frozenset(words_of(organs["connectors"]))
        self.kinds = [head.kind for head in self.heads]
        self.no_level = frozenset(characters_of(organs["no_level"]))
        self.place_levels = tuple(words_of(organs["place_levels"]))
        self.list_starts = tuple(words_of(organs["list_starts"]))
        self.longest_connector = max(map(len, (*self.connectors, *self.list_starts)))

    def verdicts(
        self, text: str, known: Sequence[Span], rejected: bool = False, seams: Collection[int] = ()
    ) -> list[Verdict]:
        """The names of a text, flat and sorted; with ``rejected`` also what the other heads failed at.

        ``seams``: the offsets before which a line break was taken out.
        """
        names = {span.end: (span.start, span.type or "other") for span in known}  # every name so far, by its end
        out: list[Verdict] = []
        failed: list[Verdict] = []
        listed_end = reach = -1  # the end of the last organ that a list may go on from, of the last name at all
        at_known = 0
        heads, kinds = self.heads, self.kinds
        stems = Stems(text, self.place_levels)
        for start, end, index in self.search(text):
            head_kind = kinds[index]
            if head_kind == BLOCK:
                continue
            head = heads[index]
            while at_known < len(known) and known[at_known].end <= start:
                reach = max(reach, known[at_known].end)
                at_known += 1
            if head_kind == UNIT and reach < start - head.longest:
                begin, kind, reason = -1, "", "not behind a name"
            elif head_kind == TITLE:
                if (begin := self.firms.before_title(text, start, names)) >= 0:
                    names[start] = begin, head.type
                    _add(out, Verdict(start, begin, start, head.rule, head.type, "a title"))
                continue
            elif head_kind == FIRMS:
                firms = self.firms.find(text, start, names)
                if firms:
                    names.update((stop, (begin, head.type)) for begin, stop in firms)
                    why = head.rule, head.type, "a list of firms"
                    among = [Verdict(start, begin, stop, *why) for begin, stop in firms]
                    while out and out[-1].start >= firms[-1][0]:
                        among.append(out.pop())
                    for verdict in sorted(among, key=lambda each: each.start):
                        _add(out, verdict)
                continue
            elif head.right and text.startswith(head.right, end):
                begin, kind, reason = -1, "", "part of another word"
            elif head.followed and not text.startswith(head.followed, end):
                begin, kind, reason = -1, "", "does not stand in a list"
            elif head_kind == ORGAN and not head.owners and start not in names:
                begin, kind, reason = start, head.type, "a whole name"
            elif head_kind == ORGAN:
                begin, kind, reason = self._organ(text, start, end, head, names, listed_end)
            elif text[end : end + 1] == text[start] and text.startswith(text[start:end] * 2, end):
                begin, kind, reason = -1, "", "the same over and over"
            else:
                begin, kind, reason = self._beginning(text, start, head, names, stems, seams)
            if begin < 0:
                if rejected:
                    failed.append(Verdict(start, begin, end, head.rule, kind, reason))
                continue
            if kind == "education":
                end = self._campus(text, end)
            reach = end
            if head_kind == ORGAN and kind in ("government", "other"):
                listed_end = end
            names.setdefault(end, (begin, kind))
            if at_known < len(known) and known[at_known].start <= begin and known[at_known].end >= end:
                if rejected:
                    failed.append(Verdict(start, -1, end, head.rule, kind, "a listed name covers it"))
                continue
            names[end] = begin, kind
            _add(out, Verdict(start, begin, end, head.rule, kind, reason))
        return sorted(out + failed) if rejected else out

    def _beginning(
        self, text: str, start: int, head: Head, names: Names, stems: Stems, seams: Collection[int]
    ) -> tuple[int, str, str]:
        """Start of the name whose head begins at ``start`` (-1 for none), its type, and the reason."""
        if start in names:
            edge = Edge(names[start][0], "name", "part of the name before it", True, start)
        else:
            edge = self.walker.left_edge(text, start, head.longest, names, seams, head.fields)
        if edge.anchor == "name":
            of = names[edge.joint][1]
            if head.kind == UNIT and (head.behind and of not in head.behind or start - edge.joint < head.body):
                return -1, "", "no part of a name of that type"
            if head.anchor == "world" or head.coined:
                return -1, "", "no part of another name"
            if text.startswith(self.walker.lexicon.acts, edge.joint, start):
                return -1, "", "something that the name before it does"
            return edge.start, head.type or of, edge.reason
        if head.kind == UNIT:
            return -1, "", "not behind a name"
        lexicon = self.walker.lexicon
        if head.foreign and text[start - 1 : start] in lexicon.abbreviations:
            if self.walker.is_edge(text, start - 1, names):
                return start - 1, head.type, "country"
        opened = self._open(text, start, head, edge, stems)
        if opened[0] < 0 and head.clause and (begin := self._clause(text, start, head, names, stems)) >= 0:
            return begin, head.type, "the clause before it"
        return opened

    def _clause(self, text: str, end: int, head: Head, names: Names, stems: Stems) -> int:
        """Where a name begins that is the whole clause before ``end``: a place or level, then a task; -1 for none."""
        begin = floor = max(0, end - head.longest)
        for match in NOT_HAN.finditer(text, floor, end):
            begin = match.end()
        for match in self.walker.lexicon.founding.finditer(text, begin, end):
            begin = match.end()
        if end - begin < 4 or any(at in names for at in range(begin + 1, end)) or begin == floor > 0:
            return -1
        code = self.walker.lexicon.after(text, begin, end)[1]
        if code in PLACES or code == NATIONAL or self._has_level(text, begin, end):
            return begin
        level = next((n for n in range(STEM[0], STEM[1] + 1) if text[begin + n] in self.walker.levels), 0)
        return begin if level and text[begin : begin + level] in stems else -1

    def _campus(self, text: str, end: int) -> int:
        """The end of a school's name with the place in brackets behind it: 中国地质大学（北京）."""
        if text[end : end + 1] in ("（", "("):
            close = text.find("）" if text[end] == "（" else ")", end, end + 8)
            inside = text[end + 1 : close]
            codes = self.walker.lexicon.codes
            if close > 0 and any(codes.get(part) in PLACES for part in (inside, inside + "市", inside[:2])):
                return close + 1
        return end

    def _organ(
        self, text: str, start: int, end: int, head: Head, names: Names, listed_end: int
    ) -> tuple[int, str, str]:
        if not head.owners:
            joins = head.type == "media" and names.get(start, ("", ""))[1] == "media"
            return (names[start][0] if joins else start), head.type, "a whole name"
        begin, kind, reason = self.walker.owner(text, start, names, head.foreign, head.joins)
        if kind in head.owners:
            return begin, head.type, reason
        if kind == "vague":
            return -1, "", reason
        if head.fields and (edge := self.walker.coordinated(text, start, names)):
            return edge.start, head.type, edge.reason
        if head.bare:
            return start, head.type, "a whole name"
        if head.listed and self._is_listed(text, start, end, head, listed_end):
            return start, head.type, "in a list of organs"
        return -1, "", reason

    def _is_listed(self, text: str, start: int, end: int, head: Head, listed_end: int) -> bool:
        near = max(0, start - self.longest_connector)
        if near <= listed_end and text[listed_end:start] in self.connectors:
            return True
        return text.endswith(self.list_starts, near, start) or text.startswith(head.paired, end)

    def _open(self, text: str, start: int, head: Head, edge: Edge, stems: Stems) -> tuple[int, str, str]:
        begin, anchor, reason, particular, _, coined, stem = edge
        if not anchor:
            return -1, "", reason or "nothing before it"
        if anchor == "province":
            if not head.province:
                return -1, "", "only a province before it"
            anchor = "place"
        if anchor == "word" and head.anchor == "place" and STEM[0] <= stem <= STEM[1]:
            shaped = head.stem == "alone" or head.stem == "body" and begin + stem < start
            anchor = "place" if shaped or text[begin : begin + stem] in stems else anchor
        if anchor == "national" and not head.national:
            return -1, "", "only a national word before it"
        if not particular and (head.strict or head.particular and anchor != "place"):
            return -1, "", "only generic words before it"
        if head.coined and not coined == start - begin >= 2:
            return -1, "", "only coined words may stand before it"
        if head.join and anchor == "place":
            left, code = self.walker.lexicon.before(text, begin)
            begin = left if code in PLACES else begin
        if anchor == "weak":
            anchor = "national" if head.weak else "word"
        if head.anchor == "world":
            fits = anchor == "national" and start - begin > 2
            return (begin, head.type, reason) if fits else (-1, "", "no body of the world")
        if anchor in ("place", "national") or head.anchor == "bare":
            return begin, head.type, reason
        if head.anchor == "word" and particular and start - begin >= 2:
            return begin, head.type, reason
        if head.level and start - begin >= head.level and self._has_level(text, begin, start):
            return begin, head.type, "level"
        return -1, "", "no place before it" if head.anchor == "place" else "only generic words before it"

    def _has_level(self, text: str, begin: int, end: int) -> bool:
        for length in range(self.walker.longest_level, 0, -1):
            if begin + length <= end and text[begin : begin + length] in self.walker.levels:
                return text[begin + length] not in self.no_level
        return False


def _add(out: list[Verdict], verdict: Verdict) -> None:
    """Add a name to those so far: it takes the place of what it holds, and gives way to what it cuts."""
    while out and out[-1].start >= verdict.start:
        if out[-1].end > verdict.end:
            return
        out.pop()
    if not out or out[-1].end <= verdict.start:
        out.append(verdict)
