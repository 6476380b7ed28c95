"""How each rule does on a corpus: hits, conflicts won and lost, precision and recall against gold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..annotator import Annotator
from ..patterns import Pattern, surfaces
from ..records import Document, Span


@dataclass(slots=True)
class RuleStatistics:
    """Counts of one rule. ``matches``: before resolution; ``hits``: in the flat reading; ``lost``:
    matches that another one overrode; ``won``: hits that overrode one of another rule; ``right``:
    hits that gold has with the same extent and label."""

    rule: str
    label: str
    matches: int = 0
    hits: int = 0
    won: int = 0
    lost: int = 0
    documents: int = 0
    right: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the hits that gold has; ``None`` without hits."""
        return self.right / self.hits if self.hits else None


@dataclass(slots=True)
class Statistics:
    """The rules, most hits first; hits and gold spans per label; the surfaces that were found."""

    rules: list[RuleStatistics]
    hits: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    found: set[str] = field(default_factory=set)
    characters: int = 0


def measure(
    documents: Iterable[Document], annotator: Annotator, gold: Mapping[str, Document] | None = None
) -> Statistics:
    """Run ``annotator`` over ``documents`` and count what each rule did.

    ``gold``: documents by id whose spans are right; only documents in it count for precision.
    Raises ``ValueError`` where the texts of an id differ.
    """
    rules: dict[tuple[str, str], RuleStatistics] = {}
    result = Statistics([])

    def of(span: Span) -> RuleStatistics:
        return rules.setdefault((span.rule, span.label), RuleStatistics(span.rule, span.label))

    for document in documents:
        result.characters += len(document.text)
        right = _right(document, gold, result)
        candidates = annotator.candidates(document.text)
        flat = annotator.spans(document.text, candidates, "longest")
        every = annotator.spans(document.text, candidates, "all")
        standing = {(span.start, span.end, span.label): span for span in flat}
        beaten: defaultdict[tuple[int, int, str], bool] = defaultdict(bool)
        holder = _holders(flat)
        for span in every:
            of(span).matches += 1
            place = (span.start, span.end, span.label)
            if place not in standing:
                of(span).lost += 1
                for position in (span.start, span.end - 1):
                    if (winner := holder.get(position)) is not None and winner.rule != span.rule:
                        beaten[winner.start, winner.end, winner.label] = True
        for place, span in standing.items():
            rule = of(span)
            rule.hits += 1
            rule.won += beaten[place]
            rule.right += place in right
            result.hits[span.label] += 1
            result.found.add(span.text)
        for rule in {(span.rule, span.label) for span in flat}:
            rules[rule].documents += 1
        result.found.update(span.text for span in every)
    result.rules = sorted(rules.values(), key=lambda rule: (rule.label, -rule.hits, rule.rule))
    return result


def never_found(read: Iterable[Pattern], found: set[str]) -> list[Pattern]:
    """The phrase patterns none of whose surfaces was found."""
    return [p for p in read if isinstance(p.pattern, str) and not any(surface in found for surface in surfaces(p))]


def _right(document: Document, gold: Mapping[str, Document] | None, result: Statistics) -> set[tuple[int, int, str]]:
    wanted = None if gold is None else gold.get(document.id)
    if wanted is None:
        return set()
    if wanted.text != document.text:
        raise ValueError(f"document {document.id!r}: gold has a different text")
    result.gold.update(span.label for span in wanted.spans)
    return {(span.start, span.end, span.label) for span in wanted.spans}


def _holders(flat: Iterable[Span]) -> dict[int, Span]:
    """Which span of a flat reading stands on a character."""
    return {position: span for span in flat for position in range(span.start, span.end)}
