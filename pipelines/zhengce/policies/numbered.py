"""Numbered frameworks without quotation marks: 四大科创高地, 三大攻坚战."""

from __future__ import annotations

from .lexicon import EDGE, HARD, LAUNCH, Lexicon
from .verdict import Verdict

_LONGEST = 8  # characters between 四大 and the head


def judge(text: str, start: int, end: int, lexicon: Lexicon) -> Verdict:
    """The verdict on the numeral at ``[start:end)``: the nearest head behind it ends the name."""
    for i in range(end, min(len(text), end + _LONGEST) + 1):
        if i > end and _stopped(text, end, i, lexicon):
            break
        for head in lexicon.numbered_heads:
            if text.startswith(head, i) and (i > end + 1 or head not in lexicon.numbered_with_word):
                after = i + len(head)
                if text.startswith(lexicon.numbered_not_before, after):
                    break
                return Verdict(start, after, "framework", "numbered", f"ends in {head}")
    return Verdict(start, end, "framework", None, "no head behind the numeral")


def _stopped(text: str, floor: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a mark or a stop word ends at ``end``."""
    stop = lexicon.stops.get(text[end - 1])
    if stop is None or isinstance(stop, int):
        return stop is HARD
    return any(kind in (LAUNCH, EDGE) and text.endswith(word, floor, end) for word, kind in stop.kinds)
