"""Organisations that no list holds: suffix first, then a bounded walk to the left edge of the name.

``compile_organisations(tables)`` gives ``find(text, known)``; ``explain`` runs the same pass and also
tells what became of every head that made no name. All words are in ``patterns/organisations.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ..records import Span
from .aliases import Aliases
from .grammar import Grammar, Verdict

__all__ = ["Grammar", "Verdict", "compile_organisations", "explain"]

Find = Callable[[str, Sequence[Span]], list[Span]]


def compile_organisations(tables: Mapping[str, Any]) -> Callable[..., list[Span]]:
    """``find(text, known=(), seams=())``: the ORG spans of a text, flat and sorted, offsets in code points.

    ``tables["organisations"]`` is the parsed ``organisations.toml``, ``tables["places"]`` rows with
    ``name``, ``level``, ``short`` and ``abbr``. ``known``: the ORG spans that listed names matched,
    sorted; a unit behind one of them makes a longer span, and a walk ends at one.
    ``seams``: the offsets before which a line break was taken out; a heading above a name is no part of it.
    """
    table = tables["organisations"]
    grammar = Grammar(table, tables["places"])
    aliases = Aliases(table["alias"], grammar.walker)

    def find(text: str, known: Sequence[Span] = (), seams: Collection[int] = ()) -> list[Span]:
        broken = frozenset(seams)
        found = [
            Span(verdict.start, verdict.end, "ORG", verdict.type, rule=verdict.rule)
            for verdict in grammar.verdicts(text, known, seams=broken)
        ]
        if others := aliases.spans(text, found, known):
            found = sorted(found + others, key=lambda span: span.start)
        return found

    find.grammar = grammar  # type: ignore[attr-defined]
    return find


def explain(grammar: Grammar, text: str, known: Sequence[Span] = ()) -> list[Verdict]:
    """What became of every head in a text, by offset: accepted ones have a start, others -1 and a reason."""
    return grammar.verdicts(text, known, rejected=True)
