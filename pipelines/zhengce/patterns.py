"""The pattern library: phrase and token patterns (EntityRuler JSON Lines), tables (TOML, TSV), compiled once.

A library is read from one or more folders, the built-in one first; later folders add to it. What is
compiled is kept in the user's cache under the hash of all contents, so a start costs one read.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from . import automaton, cache, views
from .phrase_ids import Ids
from .resources import data_path

FORMAT = "8"  # raise it when what is cached changes shape or compiling changes its result

SUFFIXES = (".jsonl", ".toml", ".tsv")  # phrases and token patterns, tables, rows of places and characters
Source = Path | str | Mapping[str, bytes]  # a folder, a file, or contents by relative path

_KNOWN_KEYS = {"label", "pattern", "id", "type", "priority", "aliases", "examples", "counterexamples"}
_QUOTE_FORMS = (("“", "”"), ('"', '"'), ("“", '"'), ('"', "”"))
_BRACKET_FORMS = (("（", "）"), ("(", ")"))


class PatternError(ValueError):
    """A pattern file that cannot be read; the message names file, line and cause."""

    def __init__(self, cause: str, file: str, line: int | None = None) -> None:
        self.cause, self.file, self.line = cause, file, line
        super().__init__(f"{file}{'' if line is None else f':{line}'}: {cause}")


@dataclass(slots=True)
class Pattern:
    """A line of a pattern file. ``pattern`` is a phrase, or a list for spaCy's matcher."""

    label: str
    pattern: str | list[dict[str, Any]]
    id: str | None = None
    type: str | None = None
    priority: int = 0
    aliases: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    counterexamples: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    line: int = 0
    rule: str = ""  # filled in where a token pattern leaves the library for spaCy's matcher


class Group(NamedTuple):
    """What the phrases of one file, type and priority have in common."""

    label: str
    type: str | None
    rule: str
    priority: int


@dataclass(slots=True)
class Library:
    """A compiled library. ``groups[group_of[i]]`` and ``ids.get(i)`` describe phrase ``i`` of ``find``."""

    sha256: str
    find: automaton.Find
    groups: list[Group]
    group_of: array[int]
    ids: Ids
    token_patterns: list[Pattern]
    tables: dict[str, Any]

    @property
    def labels(self) -> frozenset[str]:
        """Labels that records may carry: those of ``labels.toml`` and those of the patterns."""
        patterns = {group.label for group in self.groups} | {pattern.label for pattern in self.token_patterns}
        return frozenset(patterns | set(self.tables.get("labels", ()))) - {""}


def builtin_folder() -> Path:
    """The folder of the shipped library."""
    return data_path("patterns")


def parse_pattern(line: bytes | str, file: str = "", number: int = 0) -> Pattern:
    """A pattern from its JSON line. Raises ``PatternError`` naming file, line and cause."""
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise PatternError(f"broken JSON: {error}", file, number) from None
    return pattern_from_dict(data, file, number)


def pattern_from_dict(data: Any, file: str = "", number: int = 0) -> Pattern:
    """A checked pattern from an ``EntityRuler`` dict; keys it does not know are kept in ``extra``."""

    def expect(holds: bool, cause: str) -> None:
        if not holds:
            raise PatternError(cause, file, number)

    expect(isinstance(data, Mapping), "a pattern must be a JSON object")
    label, pattern = data.get("label"), data.get("pattern")
    expect(isinstance(label, str) and label != "", f'"label" must be a non-empty string, got {label!r}')
    expect(
        isinstance(pattern, (str, list)) and len(pattern) > 0, f'"pattern" must be a phrase or a list, got {pattern!r}'
    )
    for key in ("id", "type"):
        expect(data.get(key) is None or isinstance(data[key], str), f'"{key}" must be a string, got {data.get(key)!r}')
    priority = data.get("priority", 0)
    expect(
        isinstance(priority, int) and not isinstance(priority, bool), f'"priority" must be an integer, got {priority!r}'
    )
    for key in ("aliases", "examples", "counterexamples"):
        texts = data.get(key, [])
        expect(
            isinstance(texts, list) and all(isinstance(text, str) and text for text in texts),
            f'"{key}" must be a list of non-empty strings, got {texts!r}',
        )
    return Pattern(
        label=label,
        pattern=pattern,
        id=data.get("id"),
        type=data.get("type"),
        priority=priority,
        aliases=data.get("aliases", []),
        examples=data.get("examples", []),
        counterexamples=data.get("counterexamples", []),
        extra={key: value for key, value in data.items() if key not in _KNOWN_KEYS},
        file=file,
        line=number,
    )


def pattern_to_dict(pattern: Pattern) -> dict[str, Any]:
    """The inverse of ``pattern_from_dict``: no key is lost."""
    out: dict[str, Any] = {"label": pattern.label, "pattern": pattern.pattern}
    for key in ("id", "type", "priority", "aliases", "examples", "counterexamples"):
        if (value := getattr(pattern, key)) not in (None, 0, []):
            out[key] = value
    return {**out, **pattern.extra}


def read_patterns(path: Path) -> Iterator[Pattern]:
    """The patterns of a JSON Lines file, in order. Raises ``PatternError``."""
    return _patterns(path.read_bytes(), str(path))


def _patterns(content: bytes, file: str) -> Iterator[Pattern]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield parse_pattern(line, file, number)


def surfaces(pattern: Pattern) -> Iterator[str]:
    """The strings that a phrase pattern stands for: itself and its aliases, each with the usual
    forms of brackets (full or half width) and quotation marks (curly, straight or mixed)."""
    for phrase in (pattern.pattern, *pattern.aliases):
        forms = _rewrite(phrase, _QUOTE_FORMS)
        yield from dict.fromkeys(form for quoted in forms for form in _rewrite(quoted, _BRACKET_FORMS))


def _rewrite(phrase: str, forms: tuple[tuple[str, str], ...]) -> list[str]:
    (left, right), *others = forms
    if left not in phrase or right not in phrase:
        return [phrase]
    return [phrase, *(phrase.replace(left, a).replace(right, b) for a, b in others)]


def read_folder(root: Path | str) -> dict[str, bytes]:
    """The pattern files of a folder (or a single file): relative path → content, in the order of ``load``.

    Raises ``FileNotFoundError``.
    """
    return {relative.as_posix(): content for _, relative, content in _read(root)}


def load(
    folders: Iterable[Source] = (),
    *,
    builtin: bool = True,
    reading_views: bool = True,
    added: Sequence[Pattern] = (),
) -> Library:
    """The library of the built-in folder (unless ``builtin`` is false), ``folders`` (folders, single
    files or their contents) and patterns ``added`` one by one, which get the rule ``terms.added``.

    ``reading_views``: phrases are compiled with their bracket and quotation forms, half width and
    simplified, for matching on views; false takes them as written, as spaCy's ``EntityRuler`` does.
    Raises ``PatternError`` for a file that cannot be read or a table that holds what it may not,
    ``FileNotFoundError`` for a missing folder.
    """
    roots: list[Source] = [*([builtin_folder()] if builtin else []), *folders]
    contents: list[tuple[Path, Path, bytes]] = []
    digest = hashlib.sha256(f"{FORMAT} {reading_views}".encode())
    for number, root in enumerate(roots):
        for path, relative, content in _read(root):
            contents.append((path, relative, content))
            digest.update(f"\0{number}\0{relative.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    digest.update(orjson.dumps([pattern_to_dict(pattern) for pattern in added]))
    key = digest.hexdigest()
    return _kept(key) or _compile(key, contents, added, reading_views)


def _read(root: Source) -> Iterator[tuple[Path, Path, bytes]]:
    """Path (for messages), path below the root and content of every pattern file."""
    if isinstance(root, Mapping):
        yield from ((Path(name), Path(name), content) for name, content in root.items())
        return
    root = Path(root)
    if not root.exists():
        raise FileNotFoundError(f"no such pattern folder or file: {root}")
    for path in files(root):
        yield path, path.relative_to(root if root.is_dir() else root.parent), path.read_bytes()


def files(root: Path) -> list[Path]:
    """The files that a pattern folder is read from, in order; a single file is its own.

    Raises ``PatternError`` for a single file that is no pattern file and a folder that has none.
    """
    if root.is_file():
        found = [root] if root.suffix in SUFFIXES else []
    else:
        found = sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    if not found:
        raise PatternError(f"no pattern file here; they end in {', '.join(SUFFIXES)}", str(root))
    return found


def _compile(
    key: str,
    contents: list[tuple[Path, Path, bytes]],
    added: Sequence[Pattern],
    reading_views: bool,
) -> Library:
    from .tables import faults  # what is cached has been checked

    tables: dict[str, Any] = {}
    own: list[tuple[Path, dict[str, Any]]] = []
    for path, relative, content in contents:
        if path.suffix == ".toml":
            own.append((path, _parse_toml(content, path)))
            tables = merge(tables, {path.stem: own[-1][1]})
        elif path.suffix == ".tsv":
            name = relative.parts[0] if len(relative.parts) > 1 else path.stem
            tables = merge(tables, {name: _parse_tsv(content, path)})
    for path, table in reversed(own):  # the file that breaks another's entry is the one to name
        for fault in faults(path.stem, table, tables):
            raise PatternError(fault, str(path))

    view = _views(tables) if reading_views else str
    groups: dict[Group, Group] = {}
    entries: dict[tuple[str, str], tuple[Group, str | None]] = {}
    token_patterns: list[Pattern] = []
    for rule, pattern in _with_rules(contents, added):
        if isinstance(pattern.pattern, list):
            token_patterns.append(replace(pattern, rule=rule))
            continue
        group = Group(pattern.label, pattern.type, rule, pattern.priority)
        group = groups.setdefault(group, group)  # one for all its phrases
        for surface in map(view, surfaces(pattern) if reading_views else (pattern.pattern, *pattern.aliases)):
            known = entries.get((surface, pattern.label))
            # On equal priority the later one wins, so that a user's file overrides the built-in library.
            if known is None or known[0].priority <= group.priority:
                entries[surface, pattern.label] = group, pattern.id
    for phrase in tables.get("blockers", {}).get("phrases", ()):
        entries[view(phrase), ""] = Group("", None, "blocker", 0), None
    places: dict[Group, int] = {}
    group_of = array("I", (places.setdefault(group, len(places)) for group, _ in entries.values()))
    strings = [surface for surface, _ in entries]
    stored = automaton.to_bytes(strings)
    library = Library(
        sha256=key,
        find=automaton.from_bytes(stored) if stored else automaton.build(strings),
        groups=list(places),
        group_of=group_of,
        ids=Ids.of(identifier for _, identifier in entries.values()),
        token_patterns=token_patterns,
        tables=tables,
    )
    if stored:
        _keep(library, stored)
    return library


def _with_rules(
    contents: Iterable[tuple[Path, Path, bytes]], added: Iterable[Pattern]
) -> Iterator[tuple[str, Pattern]]:
    """Every pattern with the rule that its spans carry, one at a time: a million of them together take a gigabyte."""
    for path, relative, content in contents:
        if path.suffix == ".jsonl":
            rule = "terms." + ".".join(relative.with_suffix("").parts)
            for pattern in _patterns(content, str(path)):
                yield rule, pattern
    for pattern in added:
        yield "terms.added", pattern


def _keep(library: Library, automaton_bytes: bytes) -> None:
    description = {
        "groups": [list(group) for group in library.groups],
        "token_patterns": [[p.file, p.line, p.rule, pattern_to_dict(p)] for p in library.token_patterns],
        "tables": library.tables,
    }
    parts = {"automaton": automaton_bytes, "groups": library.group_of.tobytes(), "ids": library.ids.to_bytes()}
    cache.store("patterns", library.sha256, description, parts)


def _kept(key: str) -> Library | None:
    found = cache.fetch("patterns", key)
    if found is None:
        return None
    description, parts = found
    group_of = array("I")
    group_of.frombytes(parts["groups"])
    return Library(
        sha256=key,
        find=automaton.from_bytes(parts["automaton"]),
        groups=[Group(*group) for group in description["groups"]],
        group_of=group_of,
        ids=Ids.from_bytes(parts["ids"], len(group_of)),
        token_patterns=[
            replace(pattern_from_dict(data, file, line), rule=rule)
            for file, line, rule, data in description["token_patterns"]
        ],
        tables=description["tables"],
    )


def _views(tables: Mapping[str, Any]):
    simplified = views.simplifier(character_pairs(tables))
    return lambda phrase: simplified(views.half_width(phrase))


def character_pairs(tables: Mapping[str, Any]) -> dict[str, str]:
    """Traditional character → simplified character, from ``characters.tsv``."""
    return {row["traditional"]: row["simplified"] for row in tables.get("characters", ())}


def merge(one: Any, other: Any) -> Any:
    """Two tables as one: dicts merge key by key, lists are joined, a string goes to the end of a list;
    of two plain values the later counts.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: merge(one[key], value) if key in one else value for key, value in other.items()}}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if isinstance(one, list) and isinstance(other, str):
        return [*one, other]
    return other


def load_table(path: Path) -> dict[str, Any]:
    """One TOML table by itself. Raises ``PatternError``."""
    return _parse_toml(path.read_bytes(), path)


def _parse_toml(content: bytes, path: Path) -> dict[str, Any]:
    try:
        import tomllib
    except ModuleNotFoundError:  # Python 3.10
        import tomli as tomllib
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PatternError(f"not valid TOML: {error}", str(path)) from None


def _parse_tsv(content: bytes, path: Path) -> list[dict[str, str]]:
    header, *lines = content.decode("utf-8-sig").splitlines()
    names = header.split("\t")
    rows: Sequence[list[str]] = [line.split("\t") for line in lines if line]
    for number, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise PatternError(f"{len(row)} columns where the header has {len(names)}", str(path), number)
    return [dict(zip(names, row)) for row in rows]
