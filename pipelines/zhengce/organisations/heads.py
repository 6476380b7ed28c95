"""The strings that end a name, compiled to one automaton, with what each of them asks of the text before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

BLOCK, ORGAN, OPEN, UNIT = range(4)


class Head(NamedTuple):
    """A string that ends a name.

    ``kind``: ``BLOCK`` (none, though it holds a head), ``ORGAN`` (an owner must touch it),
    ``OPEN`` (the name is read leftwards), ``UNIT`` (part of the name that it follows).
    ``bare``: an organ that needs no owner. ``listed``: one that a list can make particular.
    """

    kind: int
    rule: str = ""
    type: str = ""
    anchor: str = ""
    level: bool = False
    longest: int = 16
    bare: bool = False
    listed: bool = False
    behind: frozenset[str] = frozenset()
    foreign: bool = False


Found = Sequence[tuple[int, int, int]]


def compile_heads(table: Mapping[str, Any]) -> tuple[Callable[[str], Found], list[Head]]:
    """The search for heads, leftmost and longest, and what each index means. ``table``: the parsed TOML."""
    heads: dict[str, Head] = {}
    for word in table["blockers"]["words"].split():
        heads[word] = Head(BLOCK)
    _add_organs(heads, table["organs"])
    for name, row in table["heads"].items():
        head = Head(
            OPEN, f"org.grammar.{name}", row["type"], row["anchor"], row.get("level", False), row.get("longest", 16)
        )
        for word in row["heads"].split():
            heads.setdefault(word, head)
        if name == "foreign":
            for word in row["heads"].split():
                heads[word] = heads[word]._replace(foreign=True)
    for name, row in table["units"].items():
        behind = frozenset(row.get("behind", "").split())
        head = Head(UNIT, f"org.grammar.{name}", longest=row["longest"], behind=behind)
        for word in row["heads"].split():
            heads.setdefault(word, head)
    return _leftmost_longest(list(heads)), list(heads.values())


def _add_organs(heads: dict[str, Head], organs: Mapping[str, str]) -> None:
    organ = Head(ORGAN, "org.grammar.organ", "government")
    body = Head(ORGAN, "org.grammar.body", "other")
    listed = frozenset(organs["list_heads"].split())
    types = {word: kind for kind in ("other", "media", "company", "research", "education")
             for word in organs.get(f"whole_{kind}", "").split()}
    for word in organs["whole"].split():
        heads[word] = organ._replace(bare=True, listed=True)
    for word, kind in types.items():
        heads[word] = Head(ORGAN, f"org.grammar.{kind}", kind, bare=True)
    for word in organs["international"].split():
        heads[word] = Head(ORGAN, "org.grammar.international", types.get(word, "other"), bare=True)
    for word in organs["bureaus"].split():
        heads.setdefault(word, organ._replace(bare=True, listed=True))
    for field in organs["ministries"].split():
        heads.setdefault(field + "部", organ._replace(bare=True, listed=True))
    for word in organs["core"].split():
        heads.setdefault(word, organ)
    for word in organs["bodies"].split():
        heads.setdefault(word, body._replace(listed=True))
    for end in organs["department_heads"].split():
        head = organ._replace(listed=end in listed)
        for field in organs["departments"].split():
            heads.setdefault(field + end, head)


def _leftmost_longest(words: Sequence[str]) -> Callable[[str], Found]:
    try:
        import daachorse
    except ImportError:
        import ahocorasick_rs

        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        search = ahocorasick_rs.AhoCorasick(words, matchkind=kind).find_matches_as_indexes
        return lambda text: [(start, end, index) for index, start, end in search(text)]
    return daachorse.CharwiseDoubleArrayAhoCorasick(words, daachorse.MATCH_KIND_LEFTMOST_LONGEST).find
