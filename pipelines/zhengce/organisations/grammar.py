"""One pass over the heads of a text: what each of them makes, and why it makes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..records import Span
from .edge import Edge, Names, Walker
from .firms import FirmLists
from .heads import BLOCK, FIRMS, ORGAN, UNIT, Head, compile_heads
from .lexicon import PLACES, Lexicon, words_of


class Verdict(NamedTuple):
    """What became of a head: the span ``start:end`` or, where ``start`` is -1, none. ``reason`` says why."""

    head: int
    start: int
    end: int
    rule: str
    type: str
    reason: str


class Grammar:
    """The compiled grammar. ``table``: the parsed TOML; ``places``: rows with name, level, short, abbr."""

    def __init__(self, table: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> None:
        self.search, self.heads = compile_heads(table)
        organs = table["organs"]
        levels, clear = (frozenset(words_of(organs[key])) for key in ("levels", "clear_levels"))
        self.walker = Walker(Lexicon(table["words"], places), levels, clear)
        self.firms = FirmLists(table["firm_list"], self.walker)
        self.connectors = frozenset(words_of(organs["connectors"]))
        self.no_level = frozenset(organs["no_level"])

    def verdicts(self, text: str, known: Sequence[Span], rejected: bool = False) -> list[Verdict]:
        """The names of a text, flat and sorted; with ``rejected`` also what the other heads failed at."""
        names = {span.end: (span.start, span.type or "other") for span in known}  # every name so far, by its end
        out: list[Verdict] = []
        failed: list[Verdict] = []
        listed_end = reach = -1  # the end of the last organ that a list may go on from, of the last name at all
        at_known = 0
        heads = self.heads
        for start, end, index in self.search(text):
            head = heads[index]
            head_kind = head.kind
            if head_kind == BLOCK:
                continue
            while at_known < len(known) and known[at_known].end <= start:
                reach = max(reach, known[at_known].end)
                at_known += 1
            if head_kind == UNIT and reach < start - head.longest:
                begin, kind, reason = -1, "", "not behind a name"
            elif head_kind == FIRMS:
                for begin, stop in reversed(self.firms.find(text, start, names)):
                    names[stop] = begin, head.type
                    _add(out, Verdict(start, begin, stop, head.rule, head.type, "a list of firms"))
                continue
            elif head.right and text.startswith(head.right, end):
                begin, kind, reason = -1, "", "part of another word"
            elif head.followed and not text.startswith(head.followed, end):
                begin, kind, reason = -1, "", "does not stand in a list"
            elif head_kind == ORGAN and not head.owners and start not in names:
                begin, kind, reason = start, head.type, "a whole name"
            else:
                listed = head.listed and listed_end >= 0 and text[listed_end:start] in self.connectors
                begin, kind, reason = self._beginning(text, start, head, names, listed)
            if begin < 0:
                if rejected:
                    failed.append(Verdict(start, begin, end, head.rule, kind, reason))
                continue
            if kind == "education":
                end = self._campus(text, end)
            reach = end
            if head_kind == ORGAN and kind == "government":
                listed_end = end
            names.setdefault(end, (begin, kind))
            if at_known < len(known) and known[at_known].start <= begin and known[at_known].end >= end:
                if rejected:
                    failed.append(Verdict(start, -1, end, head.rule, kind, "a listed name covers it"))
                continue
            names[end] = begin, kind
            _add(out, Verdict(start, begin, end, head.rule, kind, reason))
        return sorted(out + failed) if rejected else out

    def _beginning(self, text: str, start: int, head: Head, names: Names, listed: bool) -> tuple[int, str, str]:
        """Start of the name whose head begins at ``start`` (-1 for none), its type, and the reason."""
        if head.kind == ORGAN:
            return self._organ(text, start, head, names, listed)
        if start in names:
            edge = Edge(names[start][0], "name", "part of the name before it", True, start)
        else:
            edge = self.walker.left_edge(text, start, head.longest, names)
        if edge.anchor == "name":
            of = names[edge.joint][1]
            if head.kind == UNIT and (head.behind and of not in head.behind or start - edge.joint < head.body):
                return -1, "", "no part of a name of that type"
            if head.anchor == "world" or head.coined:
                return -1, "", "no part of another name"
            return edge.start, head.type or of, edge.reason
        if head.kind == UNIT:
            return -1, "", "not behind a name"
        lexicon = self.walker.lexicon
        if head.foreign and text[start - 1 : start] in lexicon.abbreviations:
            if self.walker.is_edge(text, start - 1, names):
                return start - 1, head.type, "country"
        return self._open(text, start, head, edge)

    def _campus(self, text: str, end: int) -> int:
        """The end of a school's name with the place in brackets behind it: 中国地质大学（北京）."""
        if text[end : end + 1] in ("（", "("):
            close = text.find("）" if text[end] == "（" else ")", end, end + 8)
            if close > 0 and self.walker.lexicon.before(text, close, end + 1)[1] in PLACES:
                return close + 1
        return end

    def _organ(self, text: str, start: int, head: Head, names: Names, listed: bool) -> tuple[int, str, str]:
        if not head.owners:
            joins = head.type == "media" and names.get(start, ("", ""))[1] == "media"
            return (names[start][0] if joins else start), head.type, "a whole name"
        begin, kind, reason = self.walker.owner(text, start, names, head.foreign)
        if kind in head.owners:
            return begin, head.type, reason
        if kind == "vague":
            return -1, "", reason
        if head.bare or listed:
            return start, head.type, "a whole name" if head.bare else "in a list of organs"
        return -1, "", reason

    def _open(self, text: str, start: int, head: Head, edge: Edge) -> tuple[int, str, str]:
        begin, anchor, reason, particular, _, coined = edge
        if not anchor:
            return -1, "", reason or "nothing before it"
        if anchor == "province":
            if not head.province:
                return -1, "", "only a province before it"
            anchor = "place"
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
