"""What is wrong, or looks wrong, with a pattern library, named by file and line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import automaton, patterns
from ..patterns import Pattern, PatternError
from ..tables import faults
from ..units import UnitError, compile_units
from .examples import examples_of, line_of
from .markup import parse_example

try:
    from re import _parser as regex_parser
except ImportError:  # Python 3.10
    import sre_parse as regex_parser

SHORT = 3  # characters: a phrase no longer than this may be part of ordinary words
PER_MILLION = 2000.0  # hits of a short phrase in a million characters from which on it is called dangerous
MIN_BACKGROUND = 10_000  # characters: on less text a rate says nothing


@dataclass(slots=True, order=True)
class Finding:
    """One thing found: where, how bad (``error`` or ``warning``), what kind, and what to do."""

    file: str
    line: int
    severity: str
    kind: str
    message: str


def lint(roots: Sequence[Path], background: Iterable[str] = ()) -> list[Finding]:
    """Findings for pattern folders or files, sorted by place.

    ``background``: ordinary texts in which short phrases are counted. Errors: broken JSON or keys,
    tables with missing, unknown or wrong keys, unknown labels and types, duplicates,
    contradicting types, examples that cannot be read, regular expressions that can run away, files
    without a stated source (in a folder that has ``SOURCES.toml``). Warnings: one surface under two
    labels, phrases that a blocker or a
    higher priority shadows, dangerous short phrases.
    """
    findings: list[Finding] = []
    read: list[Pattern] = []
    builtin = (file for file in patterns.files(patterns.builtin_folder()) if file.suffix == ".toml")
    tables: dict[str, Any] = {file.stem: patterns.load_table(file) for file in builtin}
    own: list[tuple[Path, dict[str, Any]]] = []
    for root in roots:
        for file in patterns.files(root):
            if file.suffix == ".toml":
                try:
                    own.append((file, patterns.load_table(file)))
                    tables = patterns.merge(tables, {file.stem: own[-1][1]})
                except PatternError as error:
                    findings.append(Finding(error.file, error.line or 1, "error", "broken", error.cause))
            elif file.suffix == ".jsonl":
                read.extend(_readable(file, findings))
        findings.extend(_without_source(root))
    for file, table in own:
        findings.extend(_of_table(file, table, tables))
    for pattern in read:
        findings.extend(_of_one(pattern, tables["labels"]))
    phrases = [pattern for pattern in read if isinstance(pattern.pattern, str)]
    findings.extend(_between(phrases, set(tables.get("blockers", {}).get("phrases", ()))))
    findings.extend(_dangerous(phrases, background))
    return sorted(findings)


def _readable(file: Path, findings: list[Finding]) -> Iterator[Pattern]:
    for number, line in enumerate(file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            try:
                yield patterns.parse_pattern(line, str(file), number)
            except PatternError as error:
                findings.append(Finding(str(file), number, "error", "broken", error.cause))


def _without_source(root: Path) -> Iterator[Finding]:
    stated = root / "SOURCES.toml"
    if not (root.is_dir() and stated.exists()):
        return
    sources = patterns.load_table(stated)
    for file in patterns.files(root):
        name = file.relative_to(root).as_posix()
        if file.suffix == ".jsonl" and not sources.get(name, {}).get("source"):
            yield Finding(str(file), 1, "error", "source", f'no source stated: add ["{name}"] to {stated}')


def _of_table(file: Path, own: dict[str, Any], tables: dict[str, Any]) -> Iterator[Finding]:
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    found = list(faults(file.stem, own, tables))
    if file.stem == "units" and not found:
        try:
            compile_units(tables["units"])
        except UnitError as error:
            found.append(str(error))
    for fault in found:
        header = fault.partition(" ")[0]  # [unit.tun]
        line = next((number for number, text in enumerate(lines, 1) if text.replace('"', "").startswith(header)), 1)
        yield Finding(str(file), line, "error", "table", fault)
    for marked in examples_of(own):
        try:
            parse_example(marked)
        except ValueError as error:
            yield Finding(str(file), line_of(lines, marked), "error", "example", str(error))


def _of_one(pattern: Pattern, labels: dict[str, Any]) -> Iterator[Finding]:
    def finding(kind: str, message: str) -> Finding:
        return Finding(pattern.file, pattern.line, "error", kind, message)

    if pattern.label not in labels:
        yield finding(
            "label", f"unknown label {pattern.label!r}; known are {', '.join(labels)} (add it to labels.toml)"
        )
    elif pattern.type is not None and pattern.type not in labels[pattern.label].get("types", {}):
        yield finding("type", f"unknown type {pattern.type!r} of {pattern.label}")
    surfaces = set() if isinstance(pattern.pattern, list) else set(patterns.surfaces(pattern))
    for marked in pattern.examples:
        try:
            text, extents = parse_example(marked)
        except ValueError as error:
            yield finding("example", str(error))
            continue
        if not extents:
            yield finding("example", f"no match marked in ⟦⟧: {marked}")
        elif surfaces and not any(text[start:end] in surfaces for start, end in extents):
            yield finding("example", f"marks none of the pattern's surfaces: {marked}")
    for marked in pattern.counterexamples:
        if "⟦" in marked or "⟧" in marked:
            yield finding("example", f"a counterexample has no marks: {marked}")
    for expression in _expressions(pattern.pattern):
        try:
            if _can_run_away(expression):
                yield finding("regex", f"a repeat inside a repeat can take for ever: {expression}")
        except re.error as error:
            yield finding("regex", f"{expression}: {error}")


def _expressions(pattern: Any) -> Iterator[str]:
    if isinstance(pattern, dict):
        for key, value in pattern.items():
            if key in ("REGEX", "FUZZY_REGEX") and isinstance(value, str):
                yield value
            else:
                yield from _expressions(value)
    elif isinstance(pattern, list):
        for item in pattern:
            yield from _expressions(item)


def _can_run_away(expression: str) -> bool:
    def visit(nodes: Any, repeated: bool) -> bool:
        for operation, argument in nodes:
            name = str(operation)
            if name in ("MAX_REPEAT", "MIN_REPEAT"):
                unbounded = argument[1] == regex_parser.MAXREPEAT
                if (repeated and unbounded) or visit(argument[2], repeated or unbounded):
                    return True
            elif name == "SUBPATTERN" and visit(argument[-1], repeated):
                return True
            elif name == "BRANCH" and any(visit(branch, repeated) for branch in argument[1]):
                return True
        return False

    return visit(regex_parser.parse(expression), False)


def _between(phrases: Sequence[Pattern], blockers: set[str]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Pattern] = {}
    labels: dict[str, Pattern] = {}
    for pattern in phrases:
        for surface in dict.fromkeys((pattern.pattern, *pattern.aliases)):
            place = (pattern.file, pattern.line)
            other = first.setdefault((surface, pattern.label), pattern)
            if other is not pattern:
                where = f"{other.file}:{other.line}"
                if other.type != pattern.type:
                    yield Finding(*place, "error", "contradiction", f"{surface!r} has type {other.type!r} at {where}")
                elif other.priority != pattern.priority:
                    yield Finding(*place, "warning", "shadowed", f"{surface!r} has another priority at {where}")
                else:
                    yield Finding(*place, "error", "duplicate", f"{surface!r} stands at {where} already")
            other = labels.setdefault(surface, pattern)
            if other.label != pattern.label:
                message = f"{surface!r} is {other.label} at {other.file}:{other.line}; the higher priority stands"
                yield Finding(*place, "warning", "two-labels", message)
            if surface in blockers:
                yield Finding(*place, "warning", "shadowed", f"{surface!r} is among the blockers of blockers.toml")


def _dangerous(phrases: Sequence[Pattern], background: Iterable[str]) -> Iterator[Finding]:
    short = {
        surface: pattern
        for pattern in phrases
        for surface in (pattern.pattern, *pattern.aliases)
        if len(surface) <= SHORT
    }
    surfaces = list(short)
    find = automaton.build(surfaces)
    hits: Counter[int] = Counter()
    characters = 0
    for text in background:
        characters += len(text)
        hits.update(index for _, _, index in find(text))
    if characters < MIN_BACKGROUND:
        return
    for index, number in hits.items():
        rate = number / characters * 1e6
        if rate >= PER_MILLION:
            pattern, surface = short[surfaces[index]], surfaces[index]
            message = f"{surface!r} would fire {rate:,.0f} times in a million characters; is it always a name?"
            yield Finding(pattern.file, pattern.line, "warning", "dangerous", message)
