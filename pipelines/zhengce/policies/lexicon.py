"""The tables of ``patterns/policies.toml`` in the form that the matchers read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ..wordlists import characters_of

# What a word or mark does to the walk to the left.
LAUNCH, EDGE, KEEP = "launch", "edge", "keep"
HARD, CLOSE, MEASURE = 0, 1, 2
OPENING = {"”": '“"', '"': '"“', "）": "（(", ")": "(（", "’": "‘"}  # marks get mixed up in print
_HARD = "。，、；：！？,;:!?\n\r\t 　…—~～|<>=［］[]【】*#“‘《》〈〉（(•·"
CODE = 99  # points of a quotation that is a number code
_PLAIN = 14  # characters of the longest quotation without 、 or + that can be a name
_CODE = re.compile(r"[A-Z一-鿿]{0,2}[0-9]+[NXn]?(?: ?[+＋×xX*-] ?[0-9NXn]+)*[A-Z]?")
_TRIMMED = frozenset(["province", "prefecture", "county"])  # countries and regions stand in official names


Worth = Callable[[str], "int | str"]


class Stop(NamedTuple):
    """The words that end in one character, longest first: all of them for ``endswith``, then each with its kind."""

    words: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]  # (word, LAUNCH | EDGE | KEEP)


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
    wants: str  # the needs in words
    coined: tuple[str, ...]
    coined_last: frozenset[str]  # their last characters


@dataclass(frozen=True, slots=True)
class Quoted:
    """Points for and against a quotation."""

    behind: Mapping[str, int]
    before: Mapping[str, int]
    worth: Worth
    said: re.Pattern[str]
    types: Mapping[str, tuple[str, ...]]


def _worth(talk: frozenset[str], inside: re.Pattern[str], shapes: re.Pattern[str], points: tuple[int, ...]) -> Worth:
    """What a quotation is worth by its own characters: points, ``CODE``, or why it is none (remembered)."""

    @lru_cache(maxsize=8192)
    def worth(inner: str) -> int | str:
        if len(inner) > _PLAIN and "、" not in inner and "+" not in inner:
            return "too long for a name"
        if inner in talk or inside.search(inner):
            return "talk"
        if len(inner) > 1 and _CODE.fullmatch(inner):
            return CODE
        shape = shapes.fullmatch(inner)
        return 0 if shape is None or shape.lastindex is None else points[shape.lastindex]

    return worth


@dataclass(frozen=True, slots=True)
class Titles:
    """What decides about 《…》 and short names."""

    words: re.Pattern[str]
    works: tuple[str, ...]
    works_behind: tuple[str, ...]
    drafted: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``stops`` holds, by a character: ``HARD``, ``CLOSE``, ``MEASURE`` or the words that end in it."""

    heads: Mapping[str, Head]
    stops: Mapping[str, int | Stop]
    measures: frozenset[str]
    action: Mapping[str, tuple[str, ...]]  # last character -> nouns of action, longest first
    launch: frozenset[str]
    first: tuple[str, ...]
    found: frozenset[str]
    founding: re.Pattern[str]  # any of them
    grant: frozenset[str]
    draft: tuple[str, ...]
    plan_signs: re.Pattern[str]  # one of which stands before every document without marks
    martial: re.Pattern[str]
    sites: re.Pattern[str]
    lead: re.Pattern[str]
    lead_or_verbs: re.Pattern[str]
    level: re.Pattern[str]
    levels: tuple[str, ...]
    common: frozenset[str]
    generic: frozenset[str]
    boasts: re.Pattern[str]
    vague: re.Pattern[str]
    vague_heads: frozenset[str]
    plan_talk: tuple[str, ...]
    places: frozenset[str]
    place_openings: frozenset[str]  # their first characters
    place_letters: frozenset[str]
    quoted: Quoted
    titles: Titles
    numbered: tuple[str, ...]
    numbered_heads: tuple[str, ...]
    numbered_not_before: tuple[str, ...]
    numbered_with_word: frozenset[str]
    strong: tuple[str, ...]
    strong_not_before: tuple[str, ...]
    strengths: tuple[str, ...]
    virtuous: tuple[str, ...]  # 平安中国, 数字乡村, 法治浙江 …
    virtue_out: tuple[str, ...]
    divisions: tuple[str, ...]
    laws: frozenset[str]  # short names of laws
    law_not_before: tuple[str, ...]
    law_openings: tuple[str, ...]  # 法草案, 法的决定: the name ends with their first character
    doctrines: tuple[str, ...]  # 的重要论述
    doctrine_openings: tuple[str, ...]  # 习近平总书记关于
    alone: frozenset[str]  # names only where no place or other word stands before them


def build(policies: Mapping[str, Any], places: Iterable[Mapping[str, Any]]) -> Lexicon:
    """The lexicon of the parsed TOML and of rows with place names (``name``, ``level``, ``short``, ``abbr``)."""
    left, families, numbered = policies["left"], policies["families"], policies["numbered"]
    names, provinces, cities, letters = _place_names(places)
    return Lexicon(
        heads=_heads(policies),
        stops=_stops(left),
        measures=frozenset(characters_of(left["measures"])),
        action=_by_last(policies["body"]["action"]),
        launch=frozenset(left["launch"]),
        first=tuple(left["first"]),
        found=frozenset(left["found"]),
        founding=_any_of(left["found"]),
        grant=frozenset(left["grant"]),
        draft=_longest_first(left["draft"]),
        plan_signs=re.compile(f'关于|[“"五]|{_any_of(left["draft"]).pattern}'),
        martial=_any_of(left["martial"]),
        sites=_any_of(left["sites"]),
        lead=_leading(left["lead"]),
        lead_or_verbs=_leading([*left["lead"], *left["verbs"]]),
        level=_any_of(left["level"]),
        levels=tuple(left["level"]),
        common=frozenset(left["common"]),
        generic=frozenset(left["generic"]),
        boasts=_any_of(left["boasts"]),
        vague=re.compile(f"(?:{_any_of(left['level']).pattern})(?:{_any_of(left['vague']).pattern})*"),
        vague_heads=frozenset(left["vague_heads"]),
        plan_talk=tuple(left["plan_talk"]),
        places=names,
        place_openings=frozenset(name[0] for name in names),
        place_letters=letters,
        quoted=_quoted(policies["quoted"]),
        titles=_titles(policies["titles"], policies["aliases"]),
        numbered=tuple(numbered["openings"]),
        numbered_heads=_longest_first(numbered["heads"]),
        numbered_not_before=tuple(numbered["not_before"]),
        numbered_with_word=frozenset(numbered["with_word"]),
        strong=tuple(families["strong"]),
        strong_not_before=tuple(families["strong_not_before"]),
        strengths=_longest_first(families["strength"]),
        virtuous=_virtuous(families, provinces, cities),
        virtue_out=tuple(families["virtue_out"]),
        divisions=tuple(families["divisions"]),
        laws=frozenset(families["laws"]),
        law_not_before=tuple(families["law_not_before"]),
        law_openings=tuple(families["law_openings"]),
        doctrines=tuple(families["doctrines"]),
        doctrine_openings=tuple(families["doctrine_openings"]),
        alone=frozenset(families["alone"]),
    )


def _heads(policies: Mapping[str, Any]) -> dict[str, Head]:
    not_before, coined = policies["not_before"], policies["coined"]
    heads: dict[str, Head] = {}
    for kind, row in policies["heads"].items():
        shortest, longest = row["body"][-2:]  # of two tables the later counts
        needs = frozenset(row["needs"])
        modifiers = _both_quotes(coined.get(kind, ()))
        for word in row["words"]:
            # 行动 bars 专项行动 as well, but a longer status (试点城市) is no common word like its end (城市)
            granted = row["type"] == "designation"
            barred = [
                bar
                for ending, bars in not_before.items()
                if word == ending or not granted and word.endswith(ending)
                for bar in bars
            ]
            heads[word] = Head(
                word,
                kind,
                row["type"],
                needs,
                shortest,
                longest,
                tuple(dict.fromkeys(barred)),
                "needs " + " or ".join(sorted(needs)),
                modifiers,
                frozenset(word[-1] for word in modifiers),
            )
    return heads


def _stops(left: Mapping[str, Any]) -> dict[str, int | Stop]:
    kinds = {word: EDGE for word in left["words"]}
    kinds.update((word, LAUNCH) for word in left["launch"])
    kinds.update((word, KEEP) for word in left["keep"])
    words: dict[str, list[tuple[str, str]]] = {}
    for word, kind in kinds.items():
        words.setdefault(word[-1], []).append((word, kind))
    table: dict[str, int | Stop] = dict.fromkeys(characters_of(left["measures"]), MEASURE)
    for last, group in words.items():
        group.sort(key=lambda row: -len(row[0]))
        table[last] = Stop(tuple(word for word, _ in group), tuple(group))
    table.update(dict.fromkeys(OPENING, CLOSE))
    table.update(dict.fromkeys(_HARD, HARD))
    return table


def _place_names(rows: Iterable[Mapping[str, Any]]) -> tuple[frozenset[str], set[str], set[str], frozenset[str]]:
    names: set[str] = set()
    shorts_of: dict[str, set[str]] = {"province": set(), "prefecture": set()}
    letters: set[str] = set()
    for row in rows:
        level = row.get("level", "county")
        shorts = [word for word in (row.get("short") or "").split("|") if word]
        if level in _TRIMMED:
            names.update(word for word in (row["name"], *shorts) if len(word) > 1)
        if level in shorts_of:
            shorts_of[level].update(word for word in shorts if len(word) > 1)
            letters.update((row.get("abbr") or row.get("letter") or "").replace("|", ""))
            letters.update(word[0] for word in shorts)
    return frozenset(names), shorts_of["province"], shorts_of["prefecture"], frozenset(letters)


def _virtuous(families: Mapping[str, Any], provinces: set[str], cities: set[str]) -> tuple[str, ...]:
    lands = [*families["virtue_of"], *provinces]
    phrases = [virtue + land for virtue in families["virtues"] for land in lands]
    return tuple(dict.fromkeys(phrases + [v + city for v in families["virtues_of_cities"] for city in cities]))


def _quoted(table: Mapping[str, Any]) -> Quoted:
    return Quoted(
        behind={word: int(points) for points, words in table["behind"].items() for word in words},
        before={word: int(points) for points, words in table["before"].items() for word in words},
        worth=_worth(
            frozenset(table["talk"]),
            _any_of(table["inside"]),
            re.compile("|".join(f"({shape})" for shape, _ in table["shapes"])),  # one group a shape
            (0, *(int(points) for _, points in table["shapes"])),
        ),
        said=_any_of(table["said"]),
        types={name: tuple(words) for name, words in table["types"].items()},
    )


def _titles(table: Mapping[str, Any], aliases: Mapping[str, Any]) -> Titles:
    return Titles(
        words=_any_of(table["words"]),
        works=tuple(table["works"]),
        works_behind=tuple(table["works_behind"]),
        drafted=tuple(table["drafted"]),
        aliases=tuple(aliases["words"]),
    )


def _both_quotes(words: Iterable[str]) -> tuple[str, ...]:
    return _longest_first([form for word in words for form in (word, word.replace("“", '"').replace("”", '"'))])


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _longest_first(words))))


def _leading(words: Iterable[str]) -> re.Pattern[str]:
    """Any of ``words``, or the number of a round: 第三批, 第5轮."""
    return re.compile(f"第[一二三四五六七八九十0-9]{{1,3}}[轮批期届次]|{_any_of(words).pattern}")


def _by_last(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for word in words:
        table.setdefault(word[-1], []).append(word)
    return {last: _longest_first(group) for last, group in table.items()}


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True))
