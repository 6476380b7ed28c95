"""The tables of ``patterns/policies.toml`` in the form that the matchers read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LAUNCH, EDGE, KEEP = "launch", "edge", "keep"
OPENING = {"”": "“", '"': '"', "）": "（", ")": "(", "》": "《", "〉": "〈", "’": "‘"}


@dataclass(frozen=True, slots=True)
class Head:
    """A word that ends a name: what kind of name, and which evidence the body before it has to show."""

    word: str
    kind: str
    type: str
    needs: frozenset[str]
    shortest: int
    longest: int
    not_before: tuple[str, ...]
    coined: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by the character they end in (``stops``) or as tuples for ``startswith``/``endswith``."""

    heads: Mapping[str, Head]
    stops: Mapping[str, tuple[tuple[str, str], ...]]  # last character -> (word, LAUNCH | EDGE | KEEP), longest first
    launch: frozenset[str]
    action: Mapping[str, tuple[str, ...]]  # last character -> nouns of action
    measures: frozenset[str]
    lead: tuple[str, ...]
    verbs: tuple[str, ...]
    level: tuple[str, ...]
    draft: tuple[str, ...]
    places: frozenset[str]
    longest_place: int
    quoted: Quoted
    titles: Titles
    strong: frozenset[str]
    strengths: tuple[str, ...]
    virtues: frozenset[str]
    virtue_of: frozenset[str]
    spirit_verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Points for and against a quotation."""

    behind: Mapping[str, int]
    before: Mapping[str, int]
    shapes: tuple[tuple[re.Pattern[str], int], ...]
    talk: frozenset[str]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """What decides about 《…》 and short names."""

    words: re.Pattern[str]
    works: tuple[str, ...]
    works_behind: tuple[str, ...]
    drafted: tuple[str, ...]
    aliases: tuple[str, ...]


def build(policies: Mapping[str, Any], places: Iterable[Mapping[str, Any]]) -> Lexicon:
    """The lexicon of the parsed TOML and of rows with place names (``name``, ``short``)."""
    left, body = policies["left"], policies["body"]
    names = _place_names(places)
    families = policies["families"]
    return Lexicon(
        heads=_heads(policies),
        stops=_stops(left),
        launch=frozenset(left["launch"]),
        action=_by_last(body["action"]),
        measures=frozenset(left["measures"]),
        lead=_longest_first(left["lead"]),
        verbs=_longest_first(left["verbs"]),
        level=_longest_first(left["level"]),
        draft=tuple(left["draft"]),
        places=names,
        longest_place=max(map(len, names), default=0),
        quoted=_quoted(policies["quoted"]),
        titles=_titles(policies["titles"], policies["aliases"]),
        strong=frozenset(families["strong"]),
        strengths=_longest_first(families["strength"]),
        virtues=frozenset(families["virtues"]),
        virtue_of=frozenset(families["virtue_of"]),
        spirit_verbs=tuple(families["spirit_verbs"]),
    )


def _heads(policies: Mapping[str, Any]) -> dict[str, Head]:
    not_before, coined = policies["not_before"], policies["coined"]
    heads: dict[str, Head] = {}
    for kind, row in policies["heads"].items():
        shortest, longest = row["body"]
        for word in row["words"]:
            heads[word] = Head(
                word,
                kind,
                row["type"],
                frozenset(row["needs"]),
                shortest,
                longest,
                tuple(dict.fromkeys(sum((list(v) for k, v in not_before.items() if word.endswith(k)), []))),
                tuple(coined.get(kind, ())),
            )
    return heads


def _stops(left: Mapping[str, Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    kinds = {word: EDGE for word in left["words"]}
    kinds.update((word, LAUNCH) for word in left["launch"])
    kinds.update((word, KEEP) for word in left["keep"])
    table: dict[str, list[tuple[str, str]]] = {}
    for word, kind in kinds.items():
        table.setdefault(word[-1], []).append((word, kind))
    return {last: tuple(sorted(words, key=lambda word: -len(word[0]))) for last, words in table.items()}


def _place_names(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    names: set[str] = set()
    for row in rows:
        names.update(word for word in (row.get("name"), row.get("short")) if word and len(word) > 1)
    return frozenset(names)


def _quoted(table: Mapping[str, Any]) -> Quoted:
    return Quoted(
        behind={word: int(points) for points, words in table["behind"].items() for word in words},
        before={word: int(points) for points, words in table["before"].items() for word in words},
        shapes=tuple((re.compile(shape), int(points)) for shape, points in table["shapes"]),
        talk=frozenset(table["talk"]),
        inside=tuple(table["inside"]),
    )


def _titles(table: Mapping[str, Any], aliases: Mapping[str, Any]) -> Titles:
    return Titles(
        words=re.compile("|".join(map(re.escape, table["words"]))),
        works=tuple(table["works"]),
        works_behind=tuple(table["works_behind"]),
        drafted=tuple(table["drafted"]),
        aliases=tuple(aliases["words"]),
    )


def _by_last(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for word in words:
        table.setdefault(word[-1], []).append(word)
    return {last: _longest_first(group) for last, group in table.items()}


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True))
