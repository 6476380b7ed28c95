"""Quotations that are names by themselves: “两新”, “千万工程”, “人工智能+”, “416”科技创新布局.

Policy texts quote names, but also slogans, brands and metaphors. A quotation earns points by its shape
and by the words that touch it; tables and points are in ``patterns/policies.toml`` under ``[quoted]``.
"""

from __future__ import annotations

import re

from .left_edge import ends_in_name
from .lexicon import EDGE, LAUNCH, Lexicon
from .verdict import Verdict

LONGEST = 40
NEEDED = 4
_CLOSING = re.compile(r"[”\"]")
_CODE = re.compile(r"[A-Z一-鿿]{0,2}[0-9]+[NXn]?(?:[+＋×xX*·-][0-9NXn]+)*[A-Z]?")
_WORDS = re.compile(r"[一-鿿（）()]{1,14}")
_PROGRAMME = re.compile(r".*(?:工程|行动|计划|项目|活动|战役|攻坚)")
_EACH = re.compile(r"一[一-鿿（）]{1,5}一[一-鿿]|.*一次|.*通办|.*一网.*")
_PLUS = re.compile(r".*[+＋×].*")
_NUMBERED = re.compile(r"[一两二三四五六七八九十百双0-9]")


def judge(text: str, start: int, lexicon: Lexicon) -> Verdict:
    """The verdict on the quotation that opens at ``start``."""
    closing = _CLOSING.search(text, start + 1, start + 2 + LONGEST)
    if closing is None or closing.start() == start + 1:
        return Verdict(start, start + 1, "concept", None, f"no closing mark within {LONGEST} characters")
    end = closing.end()
    inner = text[start + 1 : end - 1]
    if inner in lexicon.quoted.talk or any(mark in inner for mark in lexicon.quoted.inside):
        return Verdict(start, end, "concept", None, "talk")
    if _CODE.fullmatch(inner) and len(inner) > 1:
        return _numbered(text, start, end, lexicon)
    points, why = _points(text, start, end, inner, lexicon)
    if points < NEEDED:
        return Verdict(start, end, "concept", None, f"{points} of {NEEDED} points: {why}")
    return Verdict(start + 1, end - 1, _type(text, inner, end), "quoted", f"{points} points: {why}")


def _points(text: str, start: int, end: int, inner: str, lexicon: Lexicon) -> tuple[int, str]:
    tables, why, points = lexicon.quoted, [], 0
    for shape, worth in tables.shapes:
        if shape.fullmatch(inner):
            points += worth
            why.append(f"shape {worth:+d}")
            break
    for length in (4, 3, 2, 1):
        if (worth := tables.behind.get(text[end : end + length])) is not None:
            points += worth
            why.append(f"{text[end:end + length]} behind {worth:+d}")
            break
    for length in (4, 3, 2, 1):
        if (worth := tables.before.get(text[max(0, start - length) : start])) is not None:
            points += worth
            why.append(f"{text[max(0, start - length):start]} before {worth:+d}")
            break
    return points, ", ".join(why) or "nothing known"


def _numbered(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """A number code takes in the noun phrase behind it: up to its last head, or whole where a mark ends it."""
    inner = text[start + 1 : end - 1]
    worth = max((lexicon.quoted.behind.get(text[end : end + n], 0) for n in (1, 2, 3)), key=abs)
    if worth <= -2 or inner.isdigit() and len(inner) < 3:
        return Verdict(start, end, "framework", None, "a number, no code")
    phrase = _phrase(text, end, lexicon)
    for stop in range(len(phrase), 1, -1):
        if ends_in_name(phrase, stop, lexicon):
            return Verdict(start, end + stop, _head_type(phrase[:stop], lexicon), "code", "number code with its head")
    if 3 <= len(phrase) <= 8 and text[end + len(phrase) : end + len(phrase) + 1] in ("，", "。", "、", "；", "的", "\n"):
        return Verdict(start, end + len(phrase), "framework", "code", "number code with its noun")
    if inner.isdigit():
        return Verdict(start, end, "framework", None, "a number without a head")
    return Verdict(start + 1, end - 1, "framework", "code", "number code alone")


def _phrase(text: str, start: int, lexicon: Lexicon) -> str:
    found = _WORDS.match(text, start)
    if found is None:
        return ""
    phrase = found[0]
    for i in range(1, len(phrase) + 1):
        for word, kind in lexicon.stops.get(phrase[i - 1], ()):
            if kind in (LAUNCH, EDGE) and phrase.endswith(word, 0, i):
                return phrase[: i - len(word)]
    return phrase


def _head_type(phrase: str, lexicon: Lexicon) -> str:
    for length in (4, 3, 2):
        if (head := lexicon.heads.get(phrase[-length:])) is not None:
            return "framework" if head.type == "designation" else head.type
    return "framework"


def _type(text: str, inner: str, end: int) -> str:
    if _PROGRAMME.fullmatch(inner) or text.startswith(("行动", "项目", "活动", "计划", "工程"), end):
        return "programme"
    if _PLUS.fullmatch(inner):
        return "concept"
    if _EACH.match(inner) and not inner.endswith(("小", "品", "县", "台")) or text.startswith(("机制", "制度", "模式", "改革"), end):
        return "mechanism"
    return "framework" if _NUMBERED.match(inner) else "concept"
