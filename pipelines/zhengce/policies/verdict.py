"""What the grammar makes of one candidate; the same record serves the matcher and the explanation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from ..records import Span
from .left_edge import Trail


class Verdict(NamedTuple):
    """A candidate ``[start:end)``: ``kind`` names the rule that took it, or ``None``; ``reason`` says why."""

    start: int
    end: int
    type: str
    kind: str | None
    reason: str


class Known:
    """What one text has shown so far: the names that lists found, where the last status and plan ended, quotations."""

    __slots__ = (
        "_ends",
        "_organisations",
        "_spans",
        "_starts",
        "granted_end",
        "open_quotations",
        "plan_end",
        "quotations",
        "siblings",
        "trail",
    )

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = [(span.start, span.end) for span in spans if span.label == "POLICY"]
        self._starts = [start for start, _ in self._spans]
        self._organisations = {span.start: span.end for span in spans if span.label == "ORG"}
        self._ends = {span.end: (span.start, span.type) for span in spans if span.label == "POLICY"}
        self.granted_end = self.plan_end = -1
        self.trail = Trail()
        self.quotations: dict[str, str] = {}  # quotations taken for names, with their type
        self.open_quotations: list[tuple[int, int, str]] = []  # others that nothing speaks against
        self.siblings: list[Verdict] = []  # names of a list that leave their head to the last one

    def past_organisation(self, start: int, limit: int) -> int:
        """The end, where before ``limit``, of the listed organisation that begins at ``start``, else ``start``."""
        end = self._organisations.get(start, start)
        return end if end < limit else start

    def is_listed(self, start: int, end: int) -> bool:
        """Whether a listed name is exactly ``[start:end)``."""
        return self._ends.get(end, (-1, ""))[0] == start

    def start_of(self, end: int) -> int:
        """Where the listed name begins that ends at ``end``, or -1."""
        return self._ends.get(end, (-1, ""))[0]

    def ends_at(self, end: int, start: int) -> bool:
        """Whether a listed name ends at ``end`` that begins behind ``start``."""
        return self._ends.get(end, (-1, ""))[0] > start

    def ending_at(self, end: int, types: frozenset[str]) -> int:
        """Where the listed name of one of ``types`` begins that ends at ``end``, or -1."""
        start, type_ = self._ends.get(end, (-1, ""))
        return start if type_ in types else -1

    def starts_with(self, start: int, types: frozenset[str]) -> bool:
        """Whether a listed name of one of ``types`` begins at ``start``."""
        at = bisect_left(self._starts, start)
        return at < len(self._spans) and self._starts[at] == start and self._ends[self._spans[at][1]][1] in types

    def holds(self, start: int, end: int) -> bool:
        """Whether a listed name lies within ``[start:end)``."""
        at = bisect_left(self._starts, start)
        return at < len(self._spans) and self._spans[at][1] <= end
