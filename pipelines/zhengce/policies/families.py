"""Families of coined concepts that share a word: 制造强国, 平安中国, 数字浙江, 雷锋精神."""

from __future__ import annotations

from .lexicon import Lexicon
from .verdict import Verdict

_LONGEST_SPIRIT = 24


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
