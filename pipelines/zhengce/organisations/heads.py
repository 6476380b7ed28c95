"""The strings that end a name, compiled to one automaton, with what each of them asks of the text before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..wordlists import words_of

BLOCK, ORGAN, OPEN, UNIT, FIRMS, TITLE = range(6)
ANY = ("name", "country", "place", "national", "level")
_KEYS = (
    *("type", "anchor", "level", "longest", "weak", "particular", "province", "strict", "foreign", "coined", "join"),
    *("fields", "stem", "national", "clause"),
)


class Head(NamedTuple):
    """A string that ends a name.

    ``kind``: ``BLOCK`` (none, though it holds a head), ``ORGAN`` (an owner must touch it),
    ``OPEN`` (the name is read leftwards), ``UNIT`` (part of the name that it follows), ``FIRMS`` (a noun
    that a list of firms stands before), ``TITLE`` (a title that a firm stands before).
    ``owners``: the kinds of owner that an organ may have; ``bare``: it needs none; ``listed``: a list
    of organs can make it particular; ``joins``: it may be part of a name before its place; ``paired``:
    what behind it does; ``right``: what must not follow. The rest is as in the table of heads.
    """

    kind: int
    rule: str = ""
    type: str = ""
    anchor: str = ""
    level: int = 0
    longest: int = 16
    weak: bool = False
    particular: bool = False
    province: bool = True
    strict: bool = False
    coined: bool = False
    join: bool = False
    fields: bool = False
    stem: str = ""
    clause: bool = False
    national: bool = True
    joins: bool = True
    followed: tuple[str, ...] = ()
    body: int = 0
    foreign: bool = False
    bare: bool = False
    listed: bool = False
    owners: tuple[str, ...] = ()
    behind: frozenset[str] = frozenset()
    right: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()


Found = Sequence[tuple[int, int, int]]


def compile_heads(table: Mapping[str, Any]) -> tuple[Callable[[str], Found], list[Head]]:
    """The search for heads, leftmost and longest, and what each index means. ``table``: the parsed TOML."""
    heads: dict[str, Head] = {}
    for word in words_of(table["blockers"]["words"]):
        heads[word] = Head(BLOCK)
    _add_organs(heads, table["organs"])
    for name, row in table["heads"].items():
        head = Head(OPEN, f"org.grammar.{name}", **{key: row[key] for key in _KEYS if key in row})
        head = head._replace(followed=tuple(words_of(row.get("followed"))))
        for word in words_of(row["heads"]):
            heads[word] = heads[word]._replace(foreign=head.foreign) if word in heads else head
    for name, row in table["units"].items():
        behind = frozenset(words_of(row.get("behind")))
        head = Head(UNIT, f"org.grammar.{name}", row.get("type", ""), longest=row["longest"], behind=behind)
        head = head._replace(body=row.get("body", 0), fields=row.get("fields", False))
        for word in words_of(row["heads"]):
            heads.setdefault(word, head)
    firms = Head(FIRMS, "org.grammar.firm_list", "company")
    for word in words_of(table["firm_list"]["nouns"]):
        heads.setdefault(word, firms)
    for word in words_of(table["firm_list"]["titles"]):
        heads.setdefault(word, Head(TITLE, "org.grammar.firm_title", "company"))
    right = {last: tuple(words_of(words)) for last, words in table["right"].items()}
    followed: dict[tuple[int, tuple[str, ...]], Head] = {}  # heads are many and their kinds few: each made once
    for word, head in heads.items():
        if head.kind != BLOCK and (follow := right.get(word[-1], ()) + right.get(word[-2:], ())):
            key = id(head), follow
            heads[word] = followed[key] = followed.get(key) or head._replace(right=follow)
    return leftmost_longest(list(heads)), list(heads.values())


def _add_organs(heads: dict[str, Head], organs: Mapping[str, Any]) -> None:
    organ = Head(ORGAN, "org.grammar.organ", "government")
    listed = frozenset(words_of(organs["list_heads"]))
    whole = organ._replace(bare=True, listed=True, owners=("country",))
    for word in words_of(organs["whole"]) + words_of(organs["bureaus"]):
        heads[word] = whole
    for field in words_of(organs["ministries"]):
        heads[field + "部"] = whole
    types = {}
    for kind in ("government", "other", "media", "company", "research", "education"):
        for word in words_of(organs[f"whole_{kind}"]):
            heads[word] = Head(ORGAN, f"org.grammar.{kind}", kind, bare=True)
            types[word] = kind
    for word in words_of(organs["international"]):
        heads[word] = Head(ORGAN, "org.grammar.international", types.get(word, "other"), bare=True)
    for word in words_of(organs["core"]):
        bare = word in heads
        heads[word] = organ._replace(bare=bare, listed=bare, owners=ANY, joins=False)
    for word in words_of(organs["list_members"]):
        heads[word] = heads.get(word, organ)._replace(listed=True, owners=ANY)
    members = words_of(organs["pairs"])
    pairs = tuple("、" + word for word in members)
    for word in words_of(organs["bodies"]):
        body = Head(ORGAN, "org.grammar.body", "other", listed=True, owners=ANY[1:])
        heads.setdefault(word, body._replace(paired=pairs) if word in members else body)
    for end in words_of(organs["department_heads"]):
        head = organ._replace(listed=end in listed, owners=ANY, fields=True)
        for field in words_of(organs["departments"]):
            word = field + end
            heads[word] = heads[word]._replace(owners=ANY) if word in heads else head


def leftmost_longest(words: Sequence[str]) -> Callable[[str], Found]:
    """The search for unique, non-empty ``words``: start, end and index of each match, leftmost and longest."""
    try:
        import daachorse
    except ImportError:
        import ahocorasick_rs

        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        search = ahocorasick_rs.AhoCorasick(words, matchkind=kind).find_matches_as_indexes
        return lambda text: [(start, end, index) for index, start, end in search(text)]
    return daachorse.CharwiseDoubleArrayAhoCorasick(words, daachorse.MATCH_KIND_LEFTMOST_LONGEST).find
