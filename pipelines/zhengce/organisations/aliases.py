"""Other names of an organisation in the same text: 某某有限公司（以下简称“某某”）, and a legal name cut short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..records import Span
from ..wordlists import words_of
from .edge import Walker
from .heads import leftmost_longest
from .lexicon import PLACES

RULE = "org.alias"
LATIN = r"[A-Z][A-Za-z&-]{1,9}"


class Aliases:
    """Finds aliases of the organisations of a text. ``table``: ``alias`` of the TOML."""

    def __init__(self, table: Mapping[str, Any], walker: Walker) -> None:
        self.walker = walker
        self.sign = table["sign"]
        self.legal = tuple(sorted(words_of(table["legal"]), key=len, reverse=True))
        words = "|".join(map(re.escape, sorted(words_of(table["introducers"]), key=len, reverse=True)))
        self._introduced = re.compile(
            rf"[（(]\s*(?:(?:{words})(?:为|[:：])?\s*[“\"‘']?(?P<named>[^“”\"‘’'（）()《》，。；、\s]{{2,15}})[”\"’']?"
            rf"|(?P<latin>{LATIN}))\s*[）)]"
        )

    def spans(self, text: str, found: Sequence[Span], known: Sequence[Span]) -> list[Span]:
        """Spans of the aliases in ``text``, none of them over a span of ``found`` or ``known``.

        A span that has an alias gets its own text as ``entity_id``, unless it has one; the alias shares
        it, also where another rule found the alias.
        """
        entities: dict[str, Span] = {}  # alias, to the span that it stands for
        aliased: list[Span] = []
        for span in (*found, *known):
            if text[span.end : span.end + 1] in ("（", "(") and (match := self._introduced.match(text, span.end)):
                name = "named" if match["named"] else "latin"
                aliased.append(self._alias(*match.span(name), self._entity(text, span), span))
                if name == "named":
                    entities.setdefault(match[name], span)
            if span.type == "company":
                for short in self._short_forms(text[span.start : span.end]):
                    entities.setdefault(short, span)
        self._beheaded(text, entities, aliased)
        if entities:
            words = list(entities)
            for start, end, index in leftmost_longest(words)(text):
                span = entities[words[index]]
                aliased.append(self._alias(start, end, self._entity(text, span), span))
        if not aliased:
            return []
        entity_at = {(span.start, span.end): span.entity_id for span in aliased}
        for span in (*found, *known):
            if span.entity_id is None:
                span.entity_id = entity_at.get((span.start, span.end))
        return _apart(aliased, (*found, *known))

    def _beheaded(self, text: str, entities: dict[str, Span], aliased: list[Span]) -> None:
        """The aliases behind a firm's name of which only the end is there, as where a line break cuts it."""
        at = text.find(self.sign)
        while at >= 0:
            opening = max(text.rfind("（", max(0, at - 4), at), text.rfind("(", max(0, at - 4), at))
            cut = opening > 0 and text.endswith(self.legal, 0, opening)
            if cut and (match := self._introduced.match(text, opening)):
                if match["named"] and match["named"] not in entities:
                    span = self._alias(*match.span("named"), match["named"], Span(0, 0, "ORG", "company"))
                    entities[match["named"]] = span
                    aliased.append(span)
            at = text.find(self.sign, at + 1)

    def _entity(self, text: str, span: Span) -> str:
        if span.entity_id is None:
            span.entity_id = text[span.start : span.end]
        return span.entity_id

    @staticmethod
    def _alias(start: int, end: int, entity: str, span: Span) -> Span:
        return Span(start, end, "ORG", span.type, rule=RULE, entity_id=entity)

    def _short_forms(self, name: str) -> list[str]:
        """重庆青山工业有限责任公司: 重庆青山工业, 青山工业; none where nothing coined is left."""
        legal = next((ending for ending in self.legal if name.endswith(ending)), "")
        body = name[: len(name) - len(legal)]
        if not legal or "（" in body or "(" in body:
            return []
        codes = self.walker.lexicon.codes
        place = next((n for n in range(min(8, len(body) - 1), 1, -1) if codes.get(body[:n]) in PLACES), 0)
        core = body[place:]
        edge = self.walker.left_edge(core, len(core), len(core) + 1, {})
        if len(core) < 3 or edge.start > 0 or edge.coined < (2 if len(core) < 4 else 1):
            return []
        return [body, core] if place else [core]


def _apart(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The spans that overlap none in ``taken`` and none before them, sorted; longer ones first where they meet."""
    out: list[Span] = []
    marked = [(span.start, span.end, None) for span in taken]
    both = marked + [(span.start, span.end, span) for span in spans]
    end = -1
    for start, stop, span in sorted(both, key=lambda each: (each[0], each[2] is not None, -each[1])):
        if span is None:
            if out and out[-1].end > start:
                out.pop()
        elif start >= end:
            out.append(span)
        end = max(end, stop)
    return out
