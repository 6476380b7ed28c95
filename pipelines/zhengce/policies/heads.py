"""Names found by their last word: programmes, pilots, mechanisms, layouts, regions, plans, designations.

The head is found first, its left edge by ``left_edge``; then the body has to show the evidence that
the head's row in ``patterns/policies.toml`` asks for.
"""

from __future__ import annotations

import re

from . import left_edge
from .lexicon import HARD, Head, Lexicon
from .verdict import Known, Verdict

_PERIOD = re.compile(r"[“\"]?(?:十[一二三四五六七]五|[“\"])")
_JOINING = frozenset(["campaign", "programme", "project", "pilot", "strategy", "duty"])
_DASHED = frozenset(["region", "corridor"])
_PLACED = frozenset(["region", "corridor", "union", "strategy", "law", "week"])  # a place is part of these names
_FROM_QUOTE = frozenset(["arrangement", "layout", "reform"])  # what stands before the quotation is not
_LISTED_FIRST = _DASHED | {"arrangement"}
CHEAP = frozenset(["coined", "quoted", "level"])
_PILOTS = frozenset(["pilot", "project"])
_GLANCED = CHEAP | {"founded", "adjacent"}  # what a glance can rule out
_GRANTED = frozenset(["designation", "title", "status"])
_SHARED = frozenset(["campaign", "programme", "project", "pilot"])
_ADJACENT = {  # types of listed names that a head right behind them makes a longer name of
    "arrangement": frozenset(["mechanism", "document"]),
    "strategy": frozenset(["concept", "mechanism"]),
}
_NAMED = frozenset(["concept", "mechanism", "designation", "programme", "framework"])  # the same for all other heads
_IDEAS = frozenset(["concept"])  # quoted before a mechanism they stay names of their own: “一带一路”合作机制
_LEAST_PLACES = 3  # short forms of places that run together before a pilot: 杭甬温, 福厦泉
_LEAST_LEFT = 4  # characters that have to follow them
_SIBLING = range(4, 15)  # characters of a name in a list that leaves its head to the last one
_SHARING = frozenset(["campaign", "programme"])
_SHORTEST = 6  # characters of the shortest document without marks
_CLAUSE = 44  # characters that the name of a document without marks may reach back
_FOUNDED = 8  # characters from which a founded mechanism is taken for one of its own


def judge(text: str, start: int, end: int, head: Head, known: Known, lexicon: Lexicon) -> Verdict:
    """Whether the head at ``[start:end)`` ends a name, and where that begins."""
    if head.not_before and text.startswith(head.not_before, end):
        return Verdict(start, end, head.type, None, f"{head.word} goes on as another word")
    if head.kind == "plan":
        return _plan(text, start, end, head, known, lexicon)
    listed = known.start_of(end)
    if 1 < listed < start and _fenced(text, listed, head, lexicon):
        if head.kind in _GRANTED:
            known.granted_end = end
        return Verdict(start, end, head.type, None, "a list holds the name")
    if head.needs <= _GLANCED and _hopeless(text, start, head, known, lexicon):
        return Verdict(start, end, head.type, None, head.wants)
    edge = left_edge.find_edge(
        text,
        start,
        lexicon,
        joins=head.kind in _JOINING,
        places=head.kind not in _PLACED,
        verbs=head.kind in _JOINING,
        dashes=head.kind in _DASHED,
        trail=known.trail,
    )
    if edge.by == "reach" and edge.quote < 0 and "coined" not in head.needs and "adjacent" not in head.needs:
        return Verdict(start, end, head.type, None, "nothing begins a name within reach")
    if edge.by == "等" and head.kind in _SHARED:
        return Verdict(start, end, head.type, None, "one head for a list that 等 closes")
    begin, shows = _evidence(text, start, edge, head, known, lexicon)
    size = start - begin
    if size < head.shortest:
        return Verdict(start, end, head.type, None, f"body of {size} is too short, stopped by {edge.by!r}")
    if size > head.longest:
        return Verdict(start, end, head.type, None, f"body of {size} is too long, stopped by {edge.by!r}")
    if text[begin:start] in lexicon.generic and not (head.kind in _GRANTED and len(head.word) > 3):
        return Verdict(start, end, head.type, None, "a common word for a body")
    if not shows and "any" not in head.needs:
        return Verdict(start, end, head.type, None, f"{head.wants}, stopped by {edge.by!r}")
    if head.kind in _GRANTED and (lexicon.boasts.search(text, begin, start) or text.endswith("人工", 0, begin)):
        return Verdict(start, end, head.type, None, "a boast, or part of another word")
    if head.kind in _LISTED_FIRST and known.ends_at(end, begin):
        return Verdict(start, end, head.type, None, "a list holds the name")
    if head.kind in _FROM_QUOTE and edge.quote >= 0 and known.starts_with(edge.quote + 1, _IDEAS):
        return Verdict(start, end, head.type, None, "the quotation is a listed idea")
    if head.kind in _SHARED and edge.quote < 0 and lexicon.martial.search(text, begin, start):
        return Verdict(start, end, head.type, None, "war, or plain talk")
    if head.word == "工程" and edge.quote < 0 and lexicon.sites.search(text, begin, start):
        return Verdict(start, end, head.type, None, "a building site")
    if head.kind in _GRANTED:
        if head.word in lexicon.vague_heads and lexicon.vague.fullmatch(text, begin, start):
            return Verdict(start, end, head.type, None, "a level and nothing of its own")
        known.granted_end = end
    if head.kind in _SHARING and text[begin - 1 : begin] == "、":
        known.siblings += _siblings(text, begin - 1, head, lexicon)
    type_ = "mechanism" if head.kind == "reform" and edge.quote >= 0 and text[start - 1] in '”"' else head.type
    return Verdict(begin, end, type_, head.kind, f"{', '.join(shows) or 'any'}; stopped by {edge.by!r}")


def _fenced(text: str, start: int, head: Head, lexicon: Lexicon) -> bool:
    """Whether nothing before ``start`` can belong to a name that begins there: a mark or a launching verb."""
    before = text[start - 1]
    if lexicon.stops.get(before) is HARD:
        return before != "、" or head.kind not in _SHARING
    return text[start - 2 : start] in lexicon.launch and not text.endswith(lexicon.first, 0, start - 2)


def _siblings(text: str, end: int, head: Head, lexicon: Lexicon) -> list[Verdict]:
    """The names before the 、 at ``end`` that share the head behind: 实施|粮食产能提升、农机补短板提升、奶业振兴行动."""
    out: list[Verdict] = []
    while True:
        edge = left_edge.walk(text, end, lexicon)
        fits = end - edge.start in _SIBLING and edge.quote < 0
        if not fits or left_edge.past_actions(text, end, edge.start, lexicon) == end:
            return []
        out.append(Verdict(edge.start, end, head.type, head.kind, f"shares {head.word} with the last of the list"))
        if edge.launched:
            return out
        if edge.by != "、":
            return []
        end = edge.start - 1


def _hopeless(text: str, start: int, head: Head, known: Known, lexicon: Lexicon) -> bool:
    """Whether a glance rules out all evidence that the head asks for; saves the walk before common words."""
    needs, floor = head.needs, max(0, start - left_edge.REACH)
    if "coined" in needs and text[start - 1 : start] in head.coined_last and text.endswith(head.coined, floor, start):
        return False
    if "quoted" in needs and (text.rfind("”", floor, start) >= 0 or text.rfind('"', floor, start) >= 0):
        return False
    if "adjacent" in needs and known.ending_at(start, _ADJACENT.get(head.kind, _NAMED)) >= 0:
        return False
    if "founded" in needs:
        return lexicon.founding.search(text, floor, start) is None
    if "level" not in needs:
        return True
    if head.word in lexicon.common:
        return text.rfind("级", floor, start) < 0
    return lexicon.level.search(text, floor, start) is None


def _evidence(
    text: str, start: int, edge: left_edge.Edge, head: Head, known: Known, lexicon: Lexicon
) -> tuple[int, list[str]]:
    """Where the body begins in the light of the evidence, and which of the head's needs it meets."""
    needs, begin, shows = head.needs, known.past_organisation(edge.start, start), []
    if "coined" in needs:
        if text.endswith(head.coined, begin, start):
            shows.append("coined")
            if head.kind not in _FROM_QUOTE:
                begin = start - next(len(word) for word in head.coined if text.endswith(word, begin, start))
    if "level" in needs:
        level = lexicon.level.search(text, begin if not shows else edge.start, start if edge.quote < 0 else edge.quote)
        common = head.word in lexicon.common
        if level is not None and (not shows or level.end() == begin) and (not common or shows or level[0][-1] == "级"):
            begin = level.start() if head.kind in _GRANTED else begin
            shows.append("level")
    if edge.launched and "launched" in needs:
        shows.append("launched")
    if head.kind == "pilot" and edge.bound < begin and lexicon.lead_or_verbs.fullmatch(text, edge.bound, begin):
        shows.append("launched")
    if "adjacent" in needs and (listed := known.ending_at(start, _ADJACENT.get(head.kind, _NAMED))) >= 0:
        begin = listed
        shows.append("adjacent")
    if head.kind in _PILOTS:
        begin = _past_letters(text, begin, start, lexicon)
    if edge.quote >= 0 and "quoted" in needs:
        shows.append("quoted")
        if head.kind in _FROM_QUOTE:
            begin = edge.quote
    if "action" in needs and left_edge.past_actions(text, start, begin, lexicon) < start:
        if head.kind != "status" or not edge.placed and edge.launched:
            shows.append("action")
    if "listed" in needs and known.holds(begin, start):
        shows.append("listed")
    if "granted" in needs and edge.by in lexicon.grant and not edge.placed:
        shows.append("granted")
    if "sibling" in needs and not edge.placed and known.granted_end == edge.bound - len(edge.by):
        shows.append("sibling")
    if "founded" in needs and edge.by in lexicon.found and start - begin >= _FOUNDED:
        shows.append("founded")
    if "place" in needs and start > begin and all(char in lexicon.place_letters for char in text[begin:start]):
        shows.append("place")
    return begin, shows


def _past_letters(text: str, start: int, head: int, lexicon: Lexicon) -> int:
    """``start`` moved past short forms of places that run together."""
    end = start
    while end < head and text[end] in lexicon.place_letters:
        end += 1
    return end if end - start >= _LEAST_PLACES and head - end >= _LEAST_LEFT else start


def _plan(text: str, start: int, end: int, head: Head, known: Known, lexicon: Lexicon) -> Verdict:
    """A document without title marks: all that stands behind a verb of drafting, 关于 or a period of planning."""
    signs = lexicon.plan_signs.search(text, max(0, start - _CLAUSE), start)
    if signs is None and known.plan_end < start - _CLAUSE:
        return Verdict(start, end, head.type, None, "needs a verb of drafting, 关于 or a period")
    clause = begin = _clause(text, start, lexicon)
    about = text.find("关于", begin, start)
    period = _PERIOD.search(text, begin, start)
    if about >= 0:
        begin, shows = about, "about"
    else:
        drafted = max((at + len(w) for w in lexicon.draft if (at := text.rfind(w, begin, start)) >= 0), default=-1)
        if drafted >= 0:
            begin, shows = drafted, "drafted"
        elif period is not None and period.end() - period.start() > 1:
            begin, shows = period.start(), "period"
        elif text[clause - 1 : clause] == "、" and known.plan_end == clause - 1:
            shows = "sibling"
        else:
            return Verdict(start, end, head.type, None, "needs a verb of drafting, 关于 or a period")
    if text[begin] in "了好":
        begin += 1
    found = lexicon.lead.match(text, begin, start)
    begin = begin if found is None else found.end()
    if period is not None and text[period.start() - 1] in "和与":
        begin = period.start()
    joint = text.rfind("和", begin, start)
    if joint > begin and (text[joint - 1] == "法" or left_edge.ends_in_name(text, joint, lexicon)):
        begin = joint + 1
    body = text[begin:start]
    fits = head.shortest <= len(body) <= head.longest and len(body) + len(head.word) >= _SHORTEST
    if not fits or "的" in body and shows != "about":
        return Verdict(start, end, head.type, None, f"body of {len(body)} does not fit")
    if body[0] in "0123456789" or body in lexicon.generic or body.endswith(lexicon.plan_talk):
        return Verdict(start, end, head.type, None, "a common word for a body")
    known.plan_end = end
    return Verdict(begin, end, head.type, head.kind, shows)


def _clause(text: str, start: int, lexicon: Lexicon) -> int:
    """Where the clause begins that holds ``start``: behind the last mark outside quotations."""
    stops, floor, i = lexicon.stops, max(0, start - _CLAUSE), start
    while i > floor:
        char = text[i - 1]
        if char in '”"':
            opening = text.rfind("“" if char == "”" else '"', floor, i - 1)
            if opening < 0:
                return i
            i = opening
        elif stops.get(char) is HARD:
            return i
        else:
            i -= 1
    return i
