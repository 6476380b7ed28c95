"""Examples in pattern files: a text with the wanted match in ⟦⟧."""

from __future__ import annotations

OPEN, CLOSE = "⟦", "⟧"


def parse_example(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """``(text, extents)`` of a marked text; offsets are into the text without the marks.

    Raises ``ValueError`` where marks are nested, unbalanced or hold nothing.
    """
    text, extents, start = [], [], None
    length = 0
    for character in marked:
        if character == OPEN:
            if start is not None:
                raise ValueError(f"{OPEN} inside {OPEN}{CLOSE}: {marked}")
            start = length
        elif character == CLOSE:
            if start is None or start == length:
                raise ValueError(f"{CLOSE} without a match before it: {marked}")
            extents.append((start, length))
            start = None
        else:
            text.append(character)
            length += 1
    if start is not None:
        raise ValueError(f"{OPEN} is never closed: {marked}")
    return "".join(text), extents
