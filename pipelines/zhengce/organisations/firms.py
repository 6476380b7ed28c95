"""Firms whose names have no head, told by the list they stand in (支持赛力斯、长城等车企) or a title behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wordlists import words_of
from .edge import Names, Walker
from .lexicon import GENERIC, LEADING, VAGUE

FILL = (GENERIC, LEADING, VAGUE)


class FirmLists:
    """Reads a list of firms backwards from the noun behind it. ``table``: ``firm_list`` of the TOML."""

    def __init__(self, table: Mapping[str, Any], walker: Walker) -> None:
        self.walker = walker
        self.posts = frozenset(words_of(table["posts"])) | {""}
        self.sign, self.separator, self.longest = table["sign"], table["separator"], table["longest"]

    def find(self, text: str, noun: int, names: Names) -> list[tuple[int, int]]:
        """Start and end of each firm in the list before the noun at ``noun``, right to left; names are left out.

        All items must be names or coined words: one generic item (航空发动机、维修等企业) spoils the list.
        """
        sign = text.rfind(self.sign, max(0, noun - 12), noun)
        if sign < 1 or not self._is_fill(text, sign + len(self.sign), noun):
            return []
        found: list[tuple[int, int]] = []
        end = sign
        while end > 0:
            if end in names:
                start = names[end][0]
            else:
                edge = self.walker.left_edge(text, end, self.longest, names)
                if edge.anchor == "word" and not edge.particular:
                    return []
                if edge.anchor not in ("word", "place") or edge.coined < 2 or end - edge.start > self.longest:
                    return found
                start = edge.start
                found.append((start, end))
            if text[start - 1 : start] != self.separator:
                break
            end = start - 1
        return found

    def before_title(self, text: str, title: int, names: Names) -> int:
        """The start of the firm before the title at ``title`` (青山工业董事长); -1 where no coined name is."""
        if title in names or text[title - 1 : title] in self.posts:
            return -1
        edge = self.walker.left_edge(text, title, self.longest, names)
        fits = edge.anchor in ("word", "place") and edge.coined >= 2 and title - edge.start >= 3
        return edge.start if fits else -1

    def _is_fill(self, text: str, start: int, end: int) -> bool:
        lexicon = self.walker.lexicon
        while end > start:
            left, code = lexicon.before(text, end, start)
            if code in FILL:
                end = left
            elif text[end - 1] in lexicon.classifiers or text[end - 1] in lexicon.numerals:
                end -= 1
            else:
                return False
        return True
