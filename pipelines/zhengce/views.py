"""Reading views: what the matchers see in place of the text, with offsets that lead back to it.

Two views have the text's own length, so offsets need no map: ``half_width`` and ``simplified``.
``across_breaks`` gives what stands around layout breaks with the breaks left out and an index map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

# Full-width letters, digits and the signs that numbers and units use. Punctuation, brackets and
# quotation marks keep their width: there they tell Chinese from Latin text.
_WIDE = "＋－．／０１２３４５６７８９＄％＇＾～￠￡￥" + "".join(
    map(chr, [*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)])
)
_HALF = {ord("￠"): "¢", ord("￡"): "£", ord("￥"): "¥", 0x3000: " "}
_HALF_WIDTH = {code: _HALF.get(code) or chr(code - 0xFEE0) for code in (*map(ord, _WIDE), 0x3000)}
_wide = re.compile(f"[{re.escape(_WIDE)}\u3000]").search

_CJK = "\u3400-\u9fff\U00020000-\U0003134f"
# One or two line ends, with blanks around them, between two Chinese characters (or a quotation mark
# that opens or closes a name); a third line end is a gap between paragraphs. The pattern begins with
# the line end, which is found fast; what stands before it is looked at by hand.
_BLANK = " \t\u3000"
_BLANKS = frozenset(_BLANK)
_line_end = re.compile(rf"\n(?:[{_BLANK}]*\r?\n)?[{_BLANK}]*(?=[{_CJK}“])")
_before_break = re.compile(rf"[{_CJK}”]").match
_REACH = 60  # characters read on either side of a break: longer than any name
_mark = re.compile("[，。！？；：\n]").search  # no name goes on behind one


def half_width(text: str) -> str:
    """``text`` with full-width letters, digits and number signs made half width; same length."""
    found = _wide(text)
    while found:  # a text has few different ones, and replacing each is far faster than translating
        text = text.replace(found[0], _HALF_WIDTH[ord(found[0])])
        found = _wide(text, found.end())
    return text


def simplifier(pairs: Mapping[str, str]) -> Callable[[str], str]:
    """A function that rewrites traditional characters by ``pairs`` (one character to one); same length."""
    if not pairs:
        return lambda text: text
    table = str.maketrans(dict(pairs))
    search = re.compile("[" + re.escape("".join(pairs)) + "]").search
    return lambda text: text.translate(table) if search(text) else text


def across_breaks(text: str) -> tuple[str, list[int], list[int]]:
    """What stands around the layout breaks of ``text``, up to the next mark, read as if they were not there.

    Gives ``(joined, index, seams)``: the characters, the offset in ``text`` of each, and the positions in
    ``joined`` before which a break was removed. A line end in ``joined`` parts one stretch from the next.
    """
    parts, index, seams = [], [], []
    for breaks in _stretches(text):
        first, last = breaks[0][0], breaks[-1][1]
        floor, ceiling = max(0, first - _REACH), last + _REACH
        mark = _mark(text[floor:first][::-1])
        start = first - mark.end() if mark else floor
        mark = _mark(text, last, ceiling)
        end = mark.end() if mark else min(len(text), ceiling)
        for left, right in breaks:
            parts.append(text[start:left])
            index.extend(range(start, left))
            seams.append(len(index))
            start = right
        parts.append(text[start:end] + "\n")
        index.extend(range(start, end + 1))
    return "".join(parts), index, seams


def _stretches(text: str) -> Iterator[list[tuple[int, int]]]:
    """The breaks of ``text`` as (start, end), those together that one name could reach across."""
    breaks: list[tuple[int, int]] = []
    for match in _line_end.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "\r":
            start -= 1
        while text[start - 1 : start] in _BLANKS:
            start -= 1
        if start and _before_break(text, start - 1):
            if breaks and (start - breaks[-1][1] > 2 * _REACH or _mark(text, breaks[-1][1], start)):
                yield breaks
                breaks = []
            breaks.append((start, end))
    if breaks:
        yield breaks
