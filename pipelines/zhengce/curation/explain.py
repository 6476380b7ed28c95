"""Why a span came out or not: every rule's candidates at their place, what won, what stopped a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..annotator import Annotator
from ..patterns import Source
from ..records import Span


@dataclass(slots=True)
class Explanation:
    """What one rule made of one place. ``outcome`` says that it stands, what it lost to, or why it is no name."""

    start: int
    end: int
    text: str
    label: str
    rule: str
    outcome: str
    stands: bool


def explain(text: str, patterns: Iterable[Source] = ()) -> list[Explanation]:
    """Every candidate of every rule in ``text``, sorted by place, the standing ones with the rejected."""
    annotator = Annotator(patterns, token_patterns="ignore")
    candidates = annotator.candidates(text)
    flat = annotator.spans(text, candidates, "longest")
    standing = {(span.start, span.end, span.label): span for span in flat}
    lines = []
    for span in annotator.spans(text, candidates, "all"):
        winner = standing.get((span.start, span.end, span.label))
        if winner is not None:
            outcome = "stands"
        else:
            outcome = f"lost to {_strongest(span, flat)}"
        lines.append(Explanation(span.start, span.end, span.text, span.label, span.rule, outcome, winner is not None))
    for refusal in annotator.refusals(text):
        piece = text[refusal.start : refusal.end]
        lines.append(Explanation(refusal.start, refusal.end, piece, refusal.label, "", refusal.reason, False))
    return sorted(lines, key=lambda line: (line.start, line.end, not line.stands))


def _strongest(span: Span, flat: list[Span]) -> str:
    over = [other for other in flat if other.start < span.end and span.start < other.end]
    if not over:
        return "a blocker"
    winner = max(over, key=lambda other: other.end - other.start)
    return f"{winner.text} ({winner.rule})"
