"""One pass over the heads of a text: what each of them makes, and why it makes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..records import Span
from .edge import Walker
from .heads import BLOCK, OPEN, ORGAN, UNIT, Head, compile_heads
from .lexicon import Lexicon


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
        self.walker = Walker(Lexicon(table["words"], places), frozenset(organs["levels"].split()))
        self.right = {key: tuple(words.split()) for key, words in table["right"].items()}
        self.connectors = frozenset(organs["connectors"].split())

    def verdicts(self, text: str, known: Sequence[Span], rejected: bool = False) -> list[Verdict]:
        """The names of a text, flat and sorted; with ``rejected`` also what the other heads failed at."""
        names = {span.end: span.start for span in known}  # the end of each name so far, to its start
        types = {span.end: span.type or "other" for span in known}
        out: list[Verdict] = []
        failed: list[Verdict] = []
        last_listed = -1  # the end of the last organ that a list goes on from
        for start, end, index in self.search(text):
            head = self.heads[index]
            if head.kind == BLOCK:
                continue
            follow = self.right.get(text[end - 1])
            if follow and text.startswith(follow, end):
                begin, reason, kind = -1, "part of another word", head.type
            else:
                listed = head.listed and last_listed >= 0 and text[last_listed:start] in self.connectors
                begin, reason, kind = self._beginning(text, start, head, names, types, listed)
            verdict = Verdict(start, begin, end, head.rule, kind, reason)
            if begin < 0:
                if rejected:
                    failed.append(verdict)
                continue
            while out and out[-1].start >= begin:
                out.pop()
            out.append(verdict)
            names[end], types[end] = begin, kind
            if head.listed or head.kind == ORGAN:
                last_listed = end
        if rejected:
            out = sorted(out + failed)
        return out

    def _beginning(
        self, text: str, start: int, head: Head, names: Mapping[int, int], types: Mapping[int, str], listed: bool
    ) -> tuple[int, str, str]:
        """Start of the name (-1 for none), the reason, and the type."""
        if head.kind == ORGAN:
            begin, kind, reason = self.walker.owner(text, start, names, head.foreign)
            if kind and kind != "vague":
                return begin, reason, head.type
            if (head.bare or listed) and kind != "vague":
                return start, "whole name" if head.bare else "in a list", head.type
            return -1, reason, head.type
        if head.foreign and text[start - 1 : start] in self.walker.lexicon.abbreviations:
            if self.walker.is_edge(text, start - 1, names):
                return start - 1, "country", head.type
        if start in names:
            if head.kind == OPEN or not head.behind or types[start] in head.behind:
                return names[start], "part of the name before it", head.type or types[start]
            return -1, "no part of a name of that type", head.type
        edge = self.walker.left_edge(text, start, head.longest, names)
        if edge.anchor == "name":
            of = types.get(_end_of(names, edge.start, start), "")
            if head.kind == OPEN or not head.behind or of in head.behind:
                return edge.start, edge.reason, head.type or of
            return -1, "no part of a name of that type", head.type
        if head.kind == UNIT:
            return -1, "not behind a name", head.type
        if not edge.anchor:
            return -1, edge.reason or "nothing before it", head.type
        if edge.anchor in ("place", "national"):
            return edge.start, edge.reason, head.type
        return self._by_words(text, start, head, edge.start, edge.particular, edge.reason)

    def _by_words(
        self, text: str, start: int, head: Head, begin: int, particular: bool, reason: str
    ) -> tuple[int, str, str]:
        if head.anchor == "bare":
            return begin, reason, head.type
        if head.anchor == "word" and particular and start - begin >= 2:
            return begin, reason, head.type
        if head.level:
            for length in range(self.walker.longest_level, 0, -1):
                if text[begin : begin + length] in self.walker.levels and begin + length <= start:
                    return begin, "level", head.type
        return -1, "no place before it" if head.anchor == "place" else "only generic words before it", head.type


def _end_of(names: Mapping[int, int], begin: int, before: int) -> int:
    return max((end for end, start in names.items() if start == begin and end <= before), default=-1)
