"""Why a span came out or not: every rule's candidates at their place, what won, what stopped a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .. import patterns as pattern_files
from .. import views
from ..annotator import Annotator
from ..organisations import Grammar
from ..organisations import explain as explain_organisations
from ..policies import explain_policies
from ..records import Span
from ..resolution import resolve
from ..terms import compile_spans, compile_terms


@dataclass(slots=True)
class Explanation:
    """What one rule made of one place. ``outcome`` says that it stands, what it lost to, or why it is
    no name; ``stands`` whether it is in the flat reading."""

    start: int
    end: int
    text: str
    label: str
    rule: str
    outcome: str
    stands: bool


def explain(text: str, patterns: Iterable[pattern_files.Source] = ()) -> list[Explanation]:
    """Every candidate of every rule in ``text`` and every head that made no name, sorted by place."""
    annotator = Annotator(patterns, token_patterns="ignore")
    candidates = annotator.candidates(text)
    flat = annotator.spans(text, candidates, "longest")
    standing = {(span.start, span.end, span.label) for span in flat}
    lines = []
    for span in annotator.spans(text, candidates, "all"):
        stands = (span.start, span.end, span.label) in standing
        outcome = "stands" if stands else f"lost to {_winner(span, flat)}"
        lines.append(Explanation(span.start, span.end, span.text, span.label, span.rule, outcome, stands))
    places = {(line.start, line.end) for line in lines}
    for refusal in _refusals(text, annotator):
        if (refusal.start, refusal.end) not in places:
            lines.append(refusal)
    return sorted(lines, key=lambda line: (line.start, line.end, not line.stands))


def _winner(span: Span, flat: list[Span]) -> str:
    over = [other for other in flat if other.start < span.end and span.start < other.end]
    if not over:
        return "a blocker"
    winner = max(over, key=lambda other: other.end - other.start)
    return f"{winner.text} ({winner.rule})"


def _refusals(text: str, annotator: Annotator) -> Iterator[Explanation]:
    """Heads and quotations of the grammars that made no name, with the reason."""
    tables = annotator.library.tables
    plain = views.simplifier(pattern_files.character_pairs(tables))(views.half_width(text))
    terms = resolve(compile_terms(annotator.library)(plain))
    listed = [span for span in map(compile_spans(annotator.library), terms) if span.label]
    grammar = Grammar(tables["organisations"], tables["places"])
    for verdict in explain_organisations(grammar, plain, [span for span in listed if span.label == "ORG"]):
        if verdict.start < 0:
            head = text[verdict.head : verdict.end]
            yield Explanation(verdict.head, verdict.end, head, "ORG", verdict.rule, f"no name: {verdict.reason}", False)
    for verdict in explain_policies(tables)(plain, listed):
        if verdict.kind is None:
            piece = text[verdict.start : verdict.end]
            reason = f"no name: {verdict.reason}"
            yield Explanation(verdict.start, verdict.end, piece, "POLICY", "policy.grammar", reason, False)
