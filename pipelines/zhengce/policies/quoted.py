"""Quotations that are names by themselves: “两新”, “千万工程”, “人工智能+”, “416”科技创新布局.

Policy texts quote names, but also slogans, brands and metaphors. A quotation earns points by its shape
and by the words that touch it; tables and points are in ``patterns/policies.toml`` under ``[quoted]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .left_edge import ends_in_name
from .lexicon import CODE, EDGE, LAUNCH, Lexicon
from .verdict import Known, Verdict

LONGEST = 40
NEEDED = 3
_LIST = 6  # quotations of a list that are looked at to each side
_LISTING = frozenset("、和与及")
_NOTHING = frozenset(["、", "。", "；", "\n", ""])  # marks that say nothing about the quotation they touch
_QUOTED = re.compile(rf"([^”\"]{{1,{LONGEST}}})[”\"]")
_WORDS = re.compile(r"[一-鿿（）()]{1,14}")
_PLUS = re.compile(r".*[+＋×].*")
_NUMBERED = re.compile(r".{0,3}[一两二三四五六七八九十百双0-9]")


def judge(text: str, start: int, known: Known, lexicon: Lexicon) -> Verdict:
    """The verdict on the quotation that opens at ``start``."""
    found = _QUOTED.match(text, start + 1)
    if found is None:
        return Verdict(start, start + 1, "concept", None, f"no closing mark within {LONGEST} characters")
    end, inner = found.end(), found[1]
    shape = lexicon.quoted.worth(inner)
    if isinstance(shape, str):
        return Verdict(start, end, "concept", None, shape)
    if shape == CODE:
        return _numbered(text, start, end, lexicon)
    if known.is_listed(start + 1, end - 1):
        return Verdict(start, end, "concept", None, "a list holds the name")
    points, why = _points(text, start, end, shape, lexicon)
    if points < NEEDED:
        if points >= 0:
            known.open_quotations.append((start + 1, end - 1, inner))
        return Verdict(start, end, "concept", None, f"{points} of {NEEDED} points: {why}")
    type_ = known.quotations.setdefault(inner, _type(text, inner, start, end, lexicon))
    return Verdict(start + 1, end - 1, type_, "quoted", f"{points} points: {why}")


def repeated(known: Known) -> list[Verdict]:
    """Quotations with too few points of their own that the same text shows to be names elsewhere."""
    return [
        Verdict(start, end, known.quotations[inner], "quoted", "taken elsewhere in the text")
        for start, end, inner in known.open_quotations
        if inner in known.quotations
    ]


def _points(text: str, start: int, end: int, points: int, lexicon: Lexicon) -> tuple[int, str]:
    tables, why = lexicon.quoted, []
    if points:
        why.append(f"shape {points:+d}")
    for word, worth in (
        _touching(text, _last_of_list(text, end), tables.behind, 1),
        _touching(text, _first_of_list(text, start), tables.before, -1),
    ):
        if worth:
            points += worth
            why.append(f"{word} {worth:+d}")
    return points, ", ".join(why) or "nothing known"


def _touching(text: str, at: int, table: Mapping[str, int], step: int) -> tuple[str, int]:
    """The longest word of ``table`` that begins (``step`` 1) or ends (-1) at ``at``, and its points."""
    if (text[at : at + 1] if step > 0 else text[at - 1 : at]) in _NOTHING:
        return "", 0
    for length in (4, 3, 2, 1):
        word = text[at : at + length] if step > 0 else text[max(0, at - length) : at]
        if (worth := table.get(word)) is not None:
            return word, worth
    return "", 0


def _first_of_list(text: str, start: int) -> int:
    """Where the list of quotations opens that holds the one opening at ``start``: “A”、“B”和“C”."""
    for _ in range(_LIST):
        before = start - 1 if text[start - 1 : start] in _LISTING else start
        if before < 1 or text[before - 1] != "”":
            break
        opening = text.rfind("“", max(0, before - LONGEST), before)
        if opening < 0:
            break
        start = opening
    return start


def _last_of_list(text: str, end: int) -> int:
    """The same to the right."""
    for _ in range(_LIST):
        after = end + 1 if text[end : end + 1] in _LISTING else end
        if text[after : after + 1] != "“":
            break
        closing = text.find("”", after, after + LONGEST)
        if closing < 0:
            break
        end = closing + 1
    return end


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
    ends = text[end + len(phrase) : end + len(phrase) + 1] in ("，", "。", "、", "；", "的", "\n")
    if 3 <= len(phrase) <= 6 and ends and "-" not in inner and not lexicon.quoted.said.search(phrase):
        return Verdict(start, end + len(phrase), "framework", "code", "number code with its noun")
    short = len(inner) < 5 and inner[-1] not in "NXn"  # may be a score or a date
    if inner.isdigit() or "-" in inner or short and not _vouched(text, start, end, lexicon):
        return Verdict(start, end, "framework", None, "a number without a head")
    return Verdict(start + 1, end - 1, "framework", "code", "number code alone")


def _vouched(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether the words that touch the quotation speak for a name."""
    behind, before = _touching(text, end, lexicon.quoted.behind, 1), _touching(text, start, lexicon.quoted.before, -1)
    return behind[1] + before[1] > 0


def _phrase(text: str, start: int, lexicon: Lexicon) -> str:
    found = _WORDS.match(text, start)
    if found is None:
        return ""
    phrase = found[0]
    for i in range(1, len(phrase) + 1):
        stop = lexicon.stops.get(phrase[i - 1])
        for word, kind in () if stop is None or isinstance(stop, int) else stop.kinds:
            if kind in (LAUNCH, EDGE) and phrase.endswith(word, 0, i):
                return phrase[: i - len(word)]
    return phrase


def _head_type(phrase: str, lexicon: Lexicon) -> str:
    for length in (4, 3, 2):
        if (head := lexicon.heads.get(phrase[-length:])) is not None:
            return "framework" if head.type == "designation" else head.type
    return "framework"


def _type(text: str, inner: str, start: int, end: int, lexicon: Lexicon) -> str:
    types = lexicon.quoted.types
    behind, before = _last_of_list(text, end), _first_of_list(text, start)
    if inner.endswith(types["programme_endings"]) or text.startswith(types["programme_behind"], behind):
        return "programme"
    if _PLUS.fullmatch(inner):
        return "concept"
    if inner.endswith(types["mechanism_endings"]) or text.startswith(types["mechanism_behind"], behind):
        return "mechanism"
    if _NUMBERED.match(inner) or "、" in inner:
        return "framework"
    return "programme" if text.endswith(types["programme_before"], 0, before) else "concept"
