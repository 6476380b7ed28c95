"""Where a name begins: a walk to the left from its head, then a trim of what leads it in.

The walk is bounded (``REACH`` characters) and looks at each character once, so a text full of
heads costs time in proportion to its length.
"""

from __future__ import annotations

from typing import NamedTuple

from .lexicon import KEEP, LAUNCH, OPENING, Lexicon

REACH = 36  # characters that a walk covers at most, quotations and brackets included
_HARD = frozenset("。，、；：！？,;:!?\n\r\t 　…—~～|<>=［］[]【】*#“‘《〈（(•·")
_NUMERALS = frozenset("0123456789一二两三四五六七八九十百千几数多余各这整首")
_CONJUNCTIONS = ("和", "与", "及")
_DIGITS = frozenset("0123456789.万亿余多")


class Edge(NamedTuple):
    """``start`` of the body; ``by`` the word or mark that ended the walk; ``launched``: a launching verb did.

    ``quoted``: a quotation stands in the body.
    """

    start: int
    by: str
    launched: bool
    quoted: bool


def walk(text: str, head: int, lexicon: Lexicon) -> Edge:
    """The left edge of the name whose head begins at ``head``."""
    floor = max(0, head - REACH)
    stops, measures = lexicon.stops, lexicon.measures
    i = past_actions(text, head, floor, lexicon)
    quoted = False
    while i > floor:
        char = text[i - 1]
        words = stops.get(char)
        if words is not None:
            for word, kind in words:
                if text.startswith(word, i - len(word)) and i - len(word) >= floor:
                    if kind is KEEP:
                        i -= len(word)
                        break
                    return Edge(i, word, kind is LAUNCH, quoted)
            else:
                words = None
            if words is not None:
                continue
        if char in OPENING:
            opening = text.rfind(OPENING[char], max(floor, i - 30), i - 1)
            if opening < 0:
                return Edge(i, char, False, quoted)
            if char in "”\"":
                quoted = True
            elif char in "》":
                return Edge(i, char, False, quoted)
            i = opening
            continue
        if char in _HARD:
            return Edge(i, char, False, quoted)
        if char in measures and i - 2 >= floor and text[i - 2] in _NUMERALS:
            return Edge(i, text[i - 2 : i], False, quoted)
        i -= 1
    return Edge(i, "" if i == 0 else "reach", False, quoted)


def find_edge(text: str, head: int, joins: bool, lexicon: Lexicon) -> Edge:
    """The left edge of the name whose head begins at ``head``, epithets and places trimmed.

    ``joins``: a conjunction before the body joins what stands before it when a launching verb
    opens the whole (实施A和B行动) and the first part is no name of its own.
    """
    edge = walk(text, head, lexicon)
    if joins and edge.by in _CONJUNCTIONS and not edge.quoted:
        before = edge.start - len(edge.by)
        further = walk(text, before, lexicon)
        if further.launched and 2 <= before - further.start <= 14 and not ends_in_name(text, before, lexicon):
            edge = further
    start, launched = edge.start, edge.launched
    while (word := _launching(text, start, head, lexicon)) is not None:
        start, launched = start + len(word), True
    start = trim(text, start, head, launched, lexicon)
    return Edge(start, edge.by, launched, edge.quoted)


def ends_in_name(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether a head or a closing mark stands right before ``end``."""
    return text[end - 1] in "”\"》" or any(text[max(0, end - n) : end] in lexicon.heads for n in (2, 3, 4))


def _launching(text: str, start: int, head: int, lexicon: Lexicon) -> str | None:
    """A launching verb that the run of nouns of action before the head swallowed."""
    for length in (2, 3):
        word = text[start : start + length]
        if word in lexicon.launch and start + length < head:
            return word
    return None


def past_actions(text: str, head: int, floor: int, lexicon: Lexicon) -> int:
    """Where the run of nouns of action right before ``head`` begins; ``head`` where there is none."""
    action, i = lexicon.action, head
    while i > floor:
        for word in action.get(text[i - 1], ()):
            if text.startswith(word, i - len(word)) and i - len(word) >= floor:
                i -= len(word)
                break
        else:
            break
    return i


def trim(text: str, start: int, head: int, launched: bool, lexicon: Lexicon) -> int:
    """``start`` moved past epithets, counts and places, and past verbs where no launching verb vouches for them."""
    moved = True
    while moved and start < head:
        moved = False
        for words in (lexicon.lead, () if launched else lexicon.verbs):
            for word in words:
                if text.startswith(word, start) and start + len(word) < head:
                    start += len(word)
                    moved = True
                    break
        after = past_place(text, start, head, lexicon)
        if after > start:
            start, moved = after, True
        while start < head and text[start] in _DIGITS:
            start += 1
            moved = True
    return start


def past_place(text: str, start: int, limit: int, lexicon: Lexicon) -> int:
    """The end of the longest place name at ``start``, else ``start``."""
    places = lexicon.places
    for length in range(min(lexicon.longest_place, limit - start), 1, -1):
        if text[start : start + length] in places:
            return start + length
    return start
