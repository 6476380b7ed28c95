"""Text in, labelled spans out: all matchers over one text and the resolution between them. No spaCy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from . import patterns as pattern_files
from . import views
from .organisations import compile_organisations
from .policies import compile_policies
from .quantities import compile_quantities
from .records import Document, Span
from .resolution import resolve
from .terms import compile_spans, compile_terms
from .units import UnitError

Overlap = Literal["longest", "all"]
GRAMMAR = -1  # the priority of what a grammar finds: of equal extent, a listed name (0) stands
Find = Callable[..., list[Span]]  # text (and, for names, the listed spans in it) -> spans
Candidate = tuple[int, int, int, "Span | int"]  # start, end, priority, span or index of a listed phrase


class TokenPatternError(ValueError):
    """A token pattern where no tokens are; the message names file, line and the way out."""


class Annotator:
    """Labels policy terms, organisations and quantities in a text.

    ``patterns``: folders or files (or their contents, ``patterns.read_folder``) added to the built-in
    library, which ``builtin=False`` leaves out.
    ``overlap``: ``"longest"`` gives the flat reading (longest, then leftmost, then priority);
    ``"all"`` every match of every rule, unique by (start, end, label).
    ``reading_views=False`` matches phrases on the characters as written, like spaCy's ``EntityRuler``.
    ``added``: further patterns, one by one; ``grammars=False`` leaves listed phrases alone to match.

    Raises ``PatternError`` for a pattern file that cannot be read and ``TokenPatternError`` for a
    token pattern, unless ``token_patterns="ignore"`` leaves those to a spaCy pipeline.
    """

    def __init__(
        self,
        patterns: Iterable[pattern_files.Source] = (),
        *,
        overlap: Overlap = "longest",
        builtin: bool = True,
        reading_views: bool = True,
        grammars: bool = True,
        added: Sequence[pattern_files.Pattern] = (),
        token_patterns: Literal["refuse", "ignore"] = "refuse",
    ) -> None:
        if overlap not in ("longest", "all"):
            raise ValueError(f'overlap must be "longest" or "all", got {overlap!r}')
        self.overlap, self.reading_views = overlap, reading_views
        self.library = pattern_files.load(patterns, builtin=builtin, reading_views=reading_views, added=added)
        if self.library.token_patterns and token_patterns == "refuse":
            first = self.library.token_patterns[0]
            raise TokenPatternError(
                f"{first.file}:{first.line}: a token pattern needs tokens; run with --pipeline char, "
                'or use zhengce.load("char")'
            )
        tables = self.library.tables
        self._simplified = views.simplifier(pattern_files.character_pairs(tables))
        self._terms = compile_terms(self.library, word_edges=reading_views)
        self._term_to_span = compile_spans(self.library)
        self._organisations = _grammar(compile_organisations, tables, "organisations", "places")
        self._policies = _grammar(compile_policies, tables, "policies", "places")
        self._quantities = _grammar(compile_quantities, tables, "units", "modifiers")
        self.grammars = grammars and not tables.keys().isdisjoint(("organisations", "policies", "units"))
        self._scores: dict[str, float] = tables.get("scores", {})

    @property
    def labels(self) -> frozenset[str]:
        """The labels that spans may carry."""
        return self.library.labels

    @property
    def sha256(self) -> str:
        """The hash of all pattern files: names the rules that made a result."""
        return self.library.sha256

    def __call__(self, text: str) -> list[Span]:
        """The spans of ``text``, sorted by start, end and label; offsets in code points, ids ``s1``, ``s2``, …"""
        return self.spans(text, self.candidates(text), self.overlap)

    def spans(self, text: str, candidates: Sequence[Candidate], overlap: Overlap) -> list[Span]:
        """The reading of ``text`` that stands when these are all the matches there are."""
        chosen = resolve(candidates) if overlap == "longest" else candidates
        spans = [self._term_to_span(c) if isinstance(c[3], int) else c[3] for c in chosen]
        if overlap == "all":
            best: dict[tuple[int, int, str], Span] = {}
            for _, span in sorted(zip((c[2] for c in candidates), spans), key=lambda pair: -pair[0]):
                best.setdefault((span.start, span.end, span.label), span)
            spans = sorted(best.values(), key=lambda span: (span.start, span.end, span.label))
        spans = [span for span in spans if span.label]  # a blocker has no label: it stood in others' way
        score_of = self._scores.get
        for number, span in enumerate(spans, 1):
            span.id, span.text, span.score = f"s{number}", text[span.start : span.end], score_of(span.rule)
        return spans

    def annotate(self, document: Document) -> Document:
        """The document with the rules' spans in place of whatever spans and relations it had."""
        return replace(document, spans=self(document.text), relations=[])

    def candidates(self, text: str) -> list[Candidate]:
        """Every match of every rule in ``text``, before any resolution."""
        half = views.half_width(text) if self.reading_views else text
        plain = self._simplified(half) if self.reading_views else text
        candidates = self._names(plain)
        if self.grammars:
            candidates += [(span.start, span.end, GRAMMAR, span) for span in self._quantities(plain, half)]
        if self.reading_views:
            candidates += self._across_breaks(plain)
        return candidates

    def _names(self, text: str, seams: Sequence[int] = ()) -> list[Candidate]:
        """Listed names and what the grammars of organisations and policy terms make of them.

        ``seams``: the offsets in ``text`` before which a line break was left out.
        """
        terms = self._terms(text)
        if not self.grammars:
            return terms
        standing = resolve(terms)
        spans = [self._term_to_span(term) for term in standing]
        listed = [span for span in spans if span.label]
        organisations = [span for span in listed if span.label == "ORG"]
        found = self._organisations(text, organisations, seams) + self._policies(text, listed)
        # What stands goes on as the very spans that the grammars saw: they link aliases to their names.
        kept = set(standing)
        candidates: list[Candidate] = [(*term[:3], span) for term, span in zip(standing, spans)]
        candidates += [term for term in terms if term not in kept]
        candidates += [(span.start, span.end, GRAMMAR, span) for span in found]
        return candidates

    def _across_breaks(self, text: str) -> Iterator[Candidate]:
        """The names that a layout break cuts in two."""
        joined, index, seams = views.across_breaks(text)
        if not seams:
            return
        for candidate in self._names(joined, seams):
            start, end = candidate[:2]
            after = bisect_right(seams, start)
            if after < len(seams) and seams[after] < end and joined.find("\n", start, end) < 0:
                yield _moved(candidate, index)


def _grammar(compile_grammar: Callable[[Mapping[str, Any]], Find], tables: Mapping[str, Any], *names: str) -> Find:
    """The grammar that the tables ``names`` describe; without the built-in library there may be none.

    Raises ``PatternError`` where only some of what it needs is there, or a unit is named that is not.
    """
    if not any(name in tables for name in names):
        return lambda text, known=(), seams=(): []
    try:
        return compile_grammar(tables)
    except KeyError as error:
        files = " and ".join(names)
        raise pattern_files.PatternError(
            f"no table {error}; without the built-in library it must be given", files
        ) from None
    except UnitError as error:
        raise pattern_files.PatternError(str(error), "units.toml") from None


def _moved(candidate: Candidate, index: list[int]) -> Candidate:
    """A candidate of a stretch without breaks, moved to where it stands in the text."""
    start, end = index[candidate[0]], index[candidate[1] - 1] + 1
    found = candidate[3]
    if not isinstance(found, int):
        found = replace(found, start=start, end=end)
    return start, end, candidate[2], found
