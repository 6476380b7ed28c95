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
    """What one text has shown so far: the names that lists found, where the last status and plan ended, quotations."""

    __slots__ = ("_ends", "_organisations", "_spans", "_starts", "granted_end", "open_quotations", "plan_end", "quotations")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = [(span.start, span.end) for span in spans if span.label == "POLICY"]
        self._starts = [start for start, _ in self._spans]
        self._organisations = {span.start: span.end for span in spans if span.label == "ORG"}
        self._ends = {end: start for start, end in self._spans}
        self.granted_end = self.plan_end = -1
        self.quotations: dict[str, str] = {}  # quotations taken for names, with their type
        self.open_quotations: list[tuple[int, int, str]] = []  # others that nothing speaks against

    def past_organisation(self, start: int, limit: int) -> int:
        """The end of the listed organisation that begins at ``start``, where it lies before ``limit``, else ``start``."""
        end = self._organisations.get(start, start)
        return end if end < limit else start

    def ends_at(self, end: int, start: int) -> bool:
        """Whether a listed name ends at ``end`` that begins behind ``start``."""
        return self._ends.get(end, -1) > start

    def holds(self, start: int, end: int) -> bool:
        """Whether a listed name lies within ``[start:end)``."""
        at = bisect_left(self._starts, start)
        return at < len(self._spans) and self._spans[at][1] <= end
