"""What the grammar makes of one candidate; the same record serves the matcher and the explanation."""

from __future__ import annotations

from typing import NamedTuple



class Verdict(NamedTuple):
    """A candidate ``[start:end)``: ``kind`` names the rule that took it, or ``None``; ``reason`` says why."""

    start: int
    end: int
    type: str
    kind: str | None
    reason: str
