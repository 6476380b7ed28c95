"""Where a name begins: a walk to the left from its head, then a trim of what leads it in.

The walk covers at most ``REACH`` characters and looks at each once, so a text full of heads costs
time in proportion to its length.
"""

from __future__ import annotations

from typing import NamedTuple

from .lexicon import CLOSE, EDGE, HARD, LAUNCH, MEASURE, OPENING, Lexicon

REACH = 36  # characters, quotations and brackets included
_LONGEST_PLACE = 12
_NUMERALS = frozenset("0123456789万亿一两二三四五六七八九十百千几数多余各这整首")
_DIGITS = frozenset("0123456789.")
_DASHES = frozenset("—-–")
_CONJUNCTIONS = ("和", "与", "及", "以及")
_BETWEEN = ("到", "+", "×")  # what joins two quotations in one name


class Edge(NamedTuple):
    """``start`` of the body; ``by`` the word or mark that ended the walk; ``launched``: a launching verb did.

    ``quote``: where the first quotation of the body opens, or -1; ``placed``: a place was cut off;
    ``bound``: where the walk itself ended, before anything was trimmed.
    """

    start: int
    by: str
    launched: bool
    quote: int
    placed: bool = False
    bound: int = -1


class Trail:
    """Where the last walk began and ended: a walk that comes upon its beginning need not go it again."""

    __slots__ = ("begin", "edge")

    def __init__(self) -> None:
        self.begin, self.edge = -1, Edge(0, "", False, -1)


def walk(text: str, head: int, lexicon: Lexicon, trail: Trail | None = None) -> Edge:
    """The left edge of the name whose head begins at ``head``, nothing trimmed."""
    floor = head - REACH
    if floor < 0:
        floor = 0
    begin = past_actions(text, head, floor, lexicon)
    if trail is None:
        return _walk(text, begin, floor, lexicon, -1, trail)
    trail.edge = _walk(text, begin, floor, lexicon, trail.begin, trail)
    trail.begin = begin
    return trail.edge


def _walk(text: str, i: int, floor: int, lexicon: Lexicon, known: int, trail: Trail | None) -> Edge:
    stops, quote = lexicon.stops, -1
    while i > floor:
        if i == known and quote < 0 and trail is not None:
            edge = trail.edge
            return edge if edge.start >= floor and edge.by != "reach" else Edge(floor, "reach", False, edge.quote)
        char = text[i - 1]
        stop = stops.get(char)
        if stop is None:
            i -= 1
        elif stop is HARD:
            return Edge(i, char, False, quote)
        elif stop is CLOSE:
            opening = max(text.rfind(mark, max(floor, i - 30), i - 1) for mark in OPENING[char])
            if opening < 0:
                return Edge(i, char, False, quote)
            if char in '”"':
                if quote >= 0 and text[i:quote] not in _BETWEEN:
                    return Edge(i, char, False, quote)
                quote = opening
            i = opening
        else:
            if stop is not MEASURE and text.endswith(stop.words, floor, i):
                word, kind = next(row for row in stop.kinds if text.endswith(row[0], floor, i))
                if kind is EDGE or kind is LAUNCH and not text.endswith(lexicon.first, floor, i - len(word)):
                    return Edge(i, word, kind is LAUNCH, quote)
                i -= len(word)
                continue
            if char in lexicon.measures and i - 2 >= floor and text[i - 2] in _NUMERALS:
                return Edge(i, text[i - 2 : i], False, quote)
            i -= 1
    return Edge(i, "" if i == 0 else "reach", False, quote)


def find_edge(
    text: str,
    head: int,
    lexicon: Lexicon,
    *,
    joins: bool,
    places: bool,
    verbs: bool,
    dashes: bool,
    trail: Trail | None = None,
) -> Edge:
    """The left edge of the name whose head begins at ``head``, epithets trimmed, and ``places`` where asked.

    ``verbs``: behind a launching verb the name may begin with another verb. ``dashes``: a dash joins
    places (南宁—桂林经济走廊).

    ``joins``: a conjunction before the body joins what stands before it when a launching verb
    opens the whole (实施A和B行动) and the first part is no name of its own.
    """
    edge = walk(text, head, lexicon, trail)
    if joins and edge.by in _CONJUNCTIONS and edge.quote < 0:
        before = edge.start - len(edge.by)
        further = walk(text, before, lexicon)
        if further.launched and 2 <= before - further.start <= 14 and not ends_in_name(text, before, lexicon):
            edge = further
    while dashes and edge.by in _DASHES and edge.start > 1 and text[edge.start - 2] > "一":
        further = walk(text, edge.start - 1, lexicon)
        if further.start >= edge.start - 1:
            break
        edge = further
    start, by, launched, quote = edge[:4]
    if by == "reach":
        return edge._replace(bound=start)
    while (word := _launching(text, start, head, lexicon)) is not None:
        start, by, launched = start + len(word), word, True
    start, placed = _trim(text, start, head, launched and verbs, places, lexicon)
    return Edge(start, by, launched, quote, placed, edge.start)


def ends_in_name(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether a head or a closing mark stands right before ``end``."""
    return text[end - 1] in '”"》' or any(text[max(0, end - n) : end] in lexicon.heads for n in (2, 3, 4, 5))


def past_actions(text: str, head: int, floor: int, lexicon: Lexicon) -> int:
    """Where the run of nouns of action right before ``head`` begins; ``head`` where there is none."""
    action, i = lexicon.action, head
    while i > floor:
        words = action.get(text[i - 1])
        if words is None:
            break
        for word in words:
            if i - len(word) >= floor and text.startswith(word, i - len(word)):
                i -= len(word)
                break
        else:
            break
    return i


def past_place(text: str, start: int, limit: int, places: frozenset[str]) -> int:
    """The end of the longest of ``places`` at ``start``, else ``start``."""
    for end in range(min(limit, start + _LONGEST_PLACE), start + 1, -1):
        if text[start:end] in places:
            return end
    return start


def _launching(text: str, start: int, head: int, lexicon: Lexicon) -> str | None:
    """A launching verb at ``start`` that the run of nouns of action before the head swallowed."""
    for length in (2, 3):
        word = text[start : start + length]
        if start + length < head and word in lexicon.launch and not text.endswith(lexicon.first, 0, start):
            return word
    return None


def _trim(text: str, start: int, head: int, launched: bool, places: bool, lexicon: Lexicon) -> tuple[int, bool]:
    """``start`` moved past epithets, digits and places, and past verbs where no launching verb vouches for them."""
    words = lexicon.lead if launched else lexicon.lead_or_verbs
    placed, moved = False, True
    while moved and start < head:
        moved = False
        found = words.match(text, start, head)
        if found is None and launched:  # a verb right before a quotation is none of the name
            found = lexicon.lead_or_verbs.match(text, start, head)
            found = found if found is not None and text[found.end()] in '“"' else None
        if found is not None and found.end() < head:
            start, moved = found.end(), True
        if places and text[start] in lexicon.place_openings:
            after = past_place(text, start, head, lexicon.places)
            if after > start:
                start, moved, placed = after, True, True
        while start < head and text[start] in _DIGITS:
            start, moved = start + 1, True
        if text[start] == "年" and start and text[start - 1] in _DIGITS:
            start, moved = start + 1, True
    return start, placed
