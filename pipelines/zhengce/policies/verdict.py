"""What the grammar makes of one candidate; the same record serves the matcher and the explanation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from ..records import Span


class Verdict(NamedTuple):
    """A candidate ``[start:end)``: ``kind`` names the rule that took it, or ``None``; ``reason`` says why."""

    start: int
    end: int
    type: str
    kind: str | None
    reason: str


class Known:
    """What one text has shown so far: the names that lists found, and where the last status ended."""

    __slots__ = ("_spans", "_starts", "granted_end")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = [(span.start, span.end) for span in spans if span.label == "POLICY"]
        self._starts = [start for start, _ in self._spans]
        self.granted_end = -1

    def holds(self, start: int, end: int) -> bool:
        """Whether a listed name lies within ``[start:end)``."""
        at = bisect_left(self._starts, start)
        return at < len(self._spans) and self._spans[at][1] <= end
