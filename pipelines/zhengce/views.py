"""Reading views: what the matchers see in place of the text, with offsets that lead back to it.

Two views have the text's own length, so offsets need no map: ``half_width`` and ``simplified``.
``across_breaks`` gives the stretches around layout breaks with the breaks left out and an index map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

# Full-width letters, digits and the signs that numbers and units use. Punctuation, brackets and
# quotation marks keep their width: there they tell Chinese from Latin text.
_WIDE = "＋－．／０１２３４５６７８９＄％＇＾～￠￡￥" + "".join(map(chr, [*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]))
_HALF = {ord("￠"): "¢", ord("￡"): "£", ord("￥"): "¥", 0x3000: " "}
_HALF_WIDTH = {code: _HALF.get(code) or chr(code - 0xFEE0) for code in (*map(ord, _WIDE), 0x3000)}
_wide = re.compile(f"[{re.escape(_WIDE)}\u3000]").search

_CJK = "\u3400-\u9fff\U00020000-\U0003134f"
# One or two line ends, with blanks around them, between two Chinese characters (or a quotation mark
# that opens or closes a name); a third line end is a gap between paragraphs.
_break = re.compile(rf"(?<=[{_CJK}”])[ \t\u3000]*\r?\n(?:[ \t\u3000]*\r?\n)?[ \t\u3000]*(?=[{_CJK}“])")
_REACH = 60  # characters read on either side of a break: longer than any name


def half_width(text: str) -> str:
    """``text`` with full-width letters, digits and number signs made half width; same length."""
    return text.translate(_HALF_WIDTH) if _wide(text) else text


def simplifier(pairs: Mapping[str, str]) -> Callable[[str], str]:
    """A function that rewrites traditional characters by ``pairs`` (one character to one); same length."""
    if not pairs:
        return lambda text: text
    table = str.maketrans(dict(pairs))
    search = re.compile("[" + re.escape("".join(pairs)) + "]").search
    return lambda text: text.translate(table) if search(text) else text


def across_breaks(text: str) -> Iterator[tuple[str, list[int], list[int]]]:
    """Stretches of ``text`` around layout breaks, read as if the breaks were not there.

    Yields ``(joined, index, seams)``: the characters, the offset in ``text`` of each (with one more
    for the end), and the positions in ``joined`` before which a break was removed.
    """
    stretch: list[tuple[int, int]] = []
    for match in _break.finditer(text):
        start, end = match.span()
        if stretch and start - stretch[-1][1] > 2 * _REACH:
            yield _join(text, stretch)
            stretch = []
        stretch.append((start, end))
    if stretch:
        yield _join(text, stretch)


def _join(text: str, breaks: list[tuple[int, int]]) -> tuple[str, list[int], list[int]]:
    parts, index, seams, length = [], [], [], 0
    start = max(0, breaks[0][0] - _REACH)
    for left, right in [*breaks, (min(len(text), breaks[-1][1] + _REACH), 0)]:
        parts.append(text[start:left])
        index.extend(range(start, left))
        length += left - start
        seams.append(length)
        start = right
    index.append(index[-1] + 1 if index else 0)
    return "".join(parts), index, seams[:-1]
