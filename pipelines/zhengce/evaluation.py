"""How well predicted spans agree with gold: precision, recall, F1, types, quantity values, and the errors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .records import Document, Quantity, Span

CONTEXT = 8  # characters shown on either side of an error


@dataclass(slots=True)
class Score:
    """Counts of one label. ``hits``: same start, end and label; ``overlaps``: same label and any
    overlap, one to one from left to right; ``types``: hits of the same type."""

    gold: int = 0
    predicted: int = 0
    hits: int = 0
    overlaps: int = 0
    types: int = 0

    @property
    def precision(self) -> float:
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.gold + self.predicted) if self.hits else 0.0

    @property
    def overlap_f1(self) -> float:
        return 2 * self.overlaps / (self.gold + self.predicted) if self.overlaps else 0.0

    @property
    def type_accuracy(self) -> float:
        return self.types / self.hits if self.hits else 0.0


@dataclass(slots=True)
class Error:
    """One difference: ``kind`` (``missed``, ``extra``, ``type``, ``value``, ``unit``, ``bound``), the
    document, the span as the gold (or, if extra, the prediction) has it, the text around it, and a note."""

    kind: str
    document: str
    span: Span
    context: str
    note: str = ""


@dataclass(slots=True)
class Evaluation:
    """Scores per label with ``"ALL"`` over all, agreement of quantities that were hit, and the errors."""

    scores: dict[str, Score]
    quantities: Counter[str] = field(default_factory=Counter)  # hits, value, unit, bound
    errors: list[Error] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # gold documents that were not predicted


def evaluate(gold: Iterable[Document], predicted: Iterable[Document]) -> Evaluation:
    """Compare predictions with gold document by document, paired by id.

    A gold document without prediction counts as predicted empty. Raises ``ValueError`` where the
    two texts of an id differ, for offsets would then mean nothing.
    """
    found = {document.id: document for document in predicted}
    scores: defaultdict[str, Score] = defaultdict(Score)
    result = Evaluation(scores)
    for document in gold:
        prediction = found.get(document.id)
        if prediction is None:
            result.missing.append(document.id)
            prediction = Document(document.id, document.text)
        if prediction.text != document.text:
            raise ValueError(f"document {document.id!r}: gold and prediction have different texts")
        _compare(document, prediction, result)
    total = Score()
    for score in list(scores.values()):
        for name in Score.__slots__:
            setattr(total, name, getattr(total, name) + getattr(score, name))
    result.scores = {**dict(sorted(scores.items())), "ALL": total}
    return result


def _compare(gold: Document, predicted: Document, result: Evaluation) -> None:
    wanted, given = _by_place(gold.spans), _by_place(predicted.spans)
    for span in wanted.values():
        result.scores[span.label].gold += 1
    for span in given.values():
        result.scores[span.label].predicted += 1
    for label in {span.label for span in wanted.values()}:
        result.scores[label].overlaps += _overlaps(
            [span for span in wanted.values() if span.label == label],
            [span for span in given.values() if span.label == label],
        )

    def note(kind: str, span: Span, text: str = "") -> None:
        result.errors.append(Error(kind, gold.id, span, context(gold.text, span), text))

    for place, span in wanted.items():
        if place not in given:
            note("missed", span)
            continue
        score, other = result.scores[span.label], given[place]
        score.hits += 1
        score.types += span.type == other.type
        if span.type != other.type:
            note("type", span, f"{other.type} for {span.type}")
        if span.quantity is not None:
            result.quantities["hits"] += 1
            for kind in ("value", "unit", "bound"):
                right, got = _aspect(span.quantity, kind), _aspect(other.quantity, kind)
                result.quantities[kind] += right == got
                if right != got:
                    note(kind, span, f"{got} for {right}")
    for place, span in given.items():
        if place not in wanted:
            note("extra", span)


def _by_place(spans: Iterable[Span]) -> dict[tuple[int, int, str], Span]:
    return {(span.start, span.end, span.label): span for span in sorted(spans, key=lambda s: (s.start, s.end, s.label))}


def _overlaps(wanted: list[Span], given: list[Span]) -> int:
    """Pairs that overlap, each span in one pair, left to right."""
    pairs, upcoming = 0, 0
    waiting: list[Span] = []  # predictions that began before the end of a gold span and are in no pair
    for span in wanted:
        while upcoming < len(given) and given[upcoming].start < span.end:
            waiting.append(given[upcoming])
            upcoming += 1
        waiting = [other for other in waiting if other.end > span.start]
        partner = next((other for other in waiting if other.start < span.end), None)
        if partner is not None:
            waiting.remove(partner)
            pairs += 1
    return pairs


def _aspect(quantity: Quantity | None, kind: str) -> object:
    if quantity is None:
        return None
    if kind == "value":
        return tuple(None if n is None else n.normalize() for n in (quantity.value, quantity.low, quantity.high))
    return getattr(quantity, kind)


def context(text: str, span: Span) -> str:
    """The span in ⟦⟧ with what stands around it on one line."""
    before, after = text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]
    return f"{before}⟦{text[span.start : span.end]}⟧{after}".replace("\n", "⏎")


def rows(evaluation: Evaluation) -> Iterator[tuple[str, Score]]:
    """The scores in the order of a table: labels, then all."""
    yield from evaluation.scores.items()
