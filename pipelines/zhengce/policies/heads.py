"""Names found by their last word: programmes, pilots, mechanisms, layouts, regions, plans, designations.

The head is found first, its left edge by ``left_edge``; then the body has to show the evidence that
the head's row in ``patterns/policies.toml`` asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import left_edge
from .lexicon import Head, Lexicon
from .verdict import Verdict

_CODE = re.compile(r"[“\"][0-9A-Z一-鿿]{0,4}[0-9][0-9NXn]*(?:[+＋×xX][0-9NXn]+)*[”\"]")
_PERIOD = re.compile(r"[“\"]?十[一二三四五六七]五[”\"]?")
_JOINING = frozenset(["campaign", "programme", "pilot", "strategy"])


def judge(text: str, start: int, end: int, head: Head, known: Sequence[tuple[int, int]], lexicon: Lexicon) -> Verdict:
    """Whether the head at ``[start:end)`` ends a name, and where that begins."""
    if head.not_before and text.startswith(head.not_before, end):
        return Verdict(start, end, head.type, None, f"{head.word} goes on as another word")
    edge = left_edge.find_edge(text, start, head.kind in _JOINING, lexicon)
    begin = edge.start
    shows = _evidence(text, begin, start, edge, head, known, lexicon)
    if "level" in head.needs:
        levelled = _from_level(text, begin, start, lexicon)
        if levelled is not None:
            begin = levelled
            shows.add("level")
    size = start - begin
    if size < head.shortest:
        return Verdict(start, end, head.type, None, f"body of {size} is too short, stopped by {edge.by!r}")
    if size > head.longest:
        return Verdict(start, end, head.type, None, f"body of {size} is too long, stopped by {edge.by!r}")
    met = head.needs & shows
    if not met and "any" not in head.needs:
        return Verdict(start, end, head.type, None, f"needs {' or '.join(sorted(head.needs))}, stopped by {edge.by!r}")
    return Verdict(begin, end, head.type, head.kind, f"{', '.join(sorted(met)) or 'any'}; stopped by {edge.by!r}")


def _evidence(
    text: str,
    begin: int,
    start: int,
    edge: left_edge.Edge,
    head: Head,
    known: Sequence[tuple[int, int]],
    lexicon: Lexicon,
) -> set[str]:
    needs, shows = head.needs, set()
    if edge.launched:
        shows.add("launched")
    if edge.quoted:
        shows.add("quoted")
    if "action" in needs and left_edge.past_actions(text, start, begin, lexicon) < start:
        shows.add("action")
    if "coined" in needs and text.endswith(head.coined, begin, start):
        shows.add("coined")
    if "listed" in needs and any(begin <= s and e <= start for s, e in known):
        shows.add("listed")
    if "drafted" in needs and edge.by in lexicon.draft:
        shows.add("drafted")
    if "period" in needs and _PERIOD.match(text, begin):
        shows.add("period")
    if "place" in needs and edge.start < start:
        shows.add("place")
    return shows


def _from_level(text: str, begin: int, start: int, lexicon: Lexicon) -> int | None:
    """Where the first level word of the body stands."""
    found = [at for word in lexicon.level if (at := text.find(word, begin, start)) >= 0]
    return min(found, default=None)
