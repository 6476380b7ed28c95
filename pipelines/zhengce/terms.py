"""Listed names: every phrase of the library that stands in a text, matched on characters."""

from __future__ import annotations

from collections.abc import Callable

from .patterns import Library
from .records import Span

Term = tuple[int, int, int, int]  # start, end, priority, index of the phrase in the library


def compile_terms(library: Library, *, word_edges: bool = True) -> Callable[[str], list[Term]]:
    """A function that gives all occurrences of the library's phrases, overlapping ones too.

    ``word_edges``: a phrase that begins or ends with a Latin letter or a digit is not found inside
    a longer word or number (RCEP in ARCEPT); false takes characters as they come, like a tokenizer
    that makes each a token.
    """
    find, group_of = library.find, library.group_of
    priorities = [group.priority for group in library.groups]

    def find_terms(text: str) -> list[Term]:
        return [
            (start, end, priorities[group_of[index]], index)
            for start, end, index in find(text)
            if not word_edges
            or (text[start] > "z" or not _inside_word(text, start))
            and (text[end - 1] > "z" or not _inside_word(text, end))
        ]

    return find_terms


def compile_spans(library: Library) -> Callable[[Term], Span]:
    """A function that gives the span of a term, with the label, type, rule and entity of its phrase."""
    group_of, entity_of = library.group_of, library.ids.get
    kinds = [(group.label, group.type, group.rule) for group in library.groups]

    def term_to_span(term: Term) -> Span:
        start, end, _, index = term
        label, type_, rule = kinds[group_of[index]]
        return Span(start, end, label, type_, "", rule, None, entity_of(index))

    return term_to_span


def _inside_word(text: str, position: int) -> bool:
    """Whether ``position`` lies between two Latin letters or digits."""
    if position == 0 or position == len(text) or text[position] > "z" or text[position - 1] > "z":
        return False
    return text[position].isalnum() and text[position - 1].isalnum()
