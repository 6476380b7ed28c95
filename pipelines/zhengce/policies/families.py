"""Families of coined concepts that share a word: 制造强国, 平安中国, 数字浙江, 雷锋精神."""

from __future__ import annotations

from . import left_edge
from .lexicon import HARD, Lexicon
from .verdict import Verdict

_LONGEST_SPIRIT = 24
_LONGEST_DOCTRINE = 60
_LAW = range(2, 17)  # characters of the short name of a law, 法 left out


def judge_strong(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """X强国, X强省, X强市 with a field of strength before the word."""
    if text.startswith(lexicon.strong_not_before, end):
        return Verdict(start, end, "concept", None, "another word")
    for field in lexicon.strengths:
        if text.endswith(field, max(0, start - len(field)), start):
            return Verdict(start - len(field), end, "concept", "strong", "field of strength")
    return Verdict(start, end, "concept", None, "no field of strength before it")


def judge_virtue(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """平安中国, 数字浙江: a virtue with the land, the country or a place, found as one phrase."""
    if text.startswith(lexicon.virtue_out, start) or text[max(0, start - 1) : start] == "高":
        return Verdict(start, end, "concept", None, "another word")
    if text.startswith(lexicon.divisions, end):
        return Verdict(start, end, "concept", None, "the place goes on as the name of something else")
    return Verdict(start, end, "concept", "virtue", "virtue of a place")


def judge_spirit(text: str, start: int, end: int) -> Verdict:
    """“…”精神: a spirit that a quotation names."""
    if text[start - 1 : start] == "”":
        opening = text.rfind("“", max(0, start - _LONGEST_SPIRIT), start)
        if 0 <= opening < start - 4:
            return Verdict(opening, end, "concept", "spirit", "quoted")
    return Verdict(start, end, "concept", None, "no quotation before it")


def judge_law(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """The short name of a law that a list of the families holds."""
    if text.startswith(lexicon.law_not_before, end):
        return Verdict(start, end, "document", None, "another word")
    return Verdict(start, end, "document", "law", "short name of a law")


def judge_bill(text: str, start: int, lexicon: Lexicon) -> Verdict:
    """The law that 草案, 修正案 … show: its name ends with the 法 at ``start``."""
    edge = left_edge.find_edge(text, start, lexicon, joins=False, places=False, verbs=False, dashes=False)
    if start - edge.start not in _LAW or edge.by in ("", "reach"):
        return Verdict(start, start + 1, "document", None, "no law")
    return Verdict(edge.start, start + 1, "document", "law", "a draft or a decision about it")


def judge_doctrine(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """习近平总书记关于…的重要论述."""
    floor = max(0, start - _LONGEST_DOCTRINE)
    for opening in lexicon.doctrine_openings:
        at = text.rfind(opening, floor, start)
        if at >= 0 and not any(lexicon.stops.get(char) is HARD and char not in "、“" for char in text[at:start]):
            return Verdict(at, end, "concept", "doctrine", opening)
    return Verdict(start, end, "concept", None, "nobody's doctrine")


def judge_alone(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """A word that is a name where it stands alone and part of another behind a place: 国家公园."""
    edge = left_edge.find_edge(text, start, lexicon, joins=False, places=False, verbs=False, dashes=False)
    if edge.start < start and text[edge.start : start] not in lexicon.launch:
        return Verdict(start, end, "designation", None, "one of its kind")
    return Verdict(start, end, "designation", "alone", "stands alone")
