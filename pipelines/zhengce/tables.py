"""What the tables of a pattern library may hold, by table file, and what is wrong with one.

A description is a dict of keys (``*``: any further key) to descriptions or kinds of value; a list of one
description stands for a list of such tables. Keys with a ``!`` behind them are required.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """A kind of value: what it is in words, and whether a value is of it."""

    what: str
    holds: Callable[[Any], bool]


class OneOf(NamedTuple):
    """A string out of ``values`` or, where it is a string, of the keys of the table at that path."""

    values: tuple[str, ...] | str


class SomeOf(NamedTuple):
    """A list of strings, each as in ``OneOf``."""

    values: tuple[str, ...] | str


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_words(value: Any) -> bool:
    return isinstance(value, str) or isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_exact(value: Any) -> bool:
    try:
        return isinstance(value, str) and Fraction(value) is not None
    except (ValueError, ZeroDivisionError):
        return False


def _is_decimal(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_integer, value)) and 0 <= value[0] <= value[1]


def _is_shapes(value: Any) -> bool:
    def fine(row: Any) -> bool:
        try:
            return isinstance(row, list) and len(row) == 2 and _is_integer(row[1]) and not re.compile(row[0]).groups
        except (re.error, TypeError):
            return False

    return isinstance(value, list) and all(map(fine, value))


TEXT = Kind("a string", lambda value: isinstance(value, str))
TEXTS = Kind('a list of strings (["…", "…"]), none of them empty', _is_texts)
NAMES = Kind('a list of strings (["…", "…"]), at least one and none of them empty', lambda v: _is_texts(v) and bool(v))
WORDS = Kind("a list of strings, each of words parted by blanks", _is_words)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
INTEGER = Kind("an integer", _is_integer)
PAIR = Kind("two integers, the shortest and the longest", _is_pair)
EXACT = Kind('an exact number in quotation marks ("2.5", "1/3")', _is_exact)
FACTOR = Kind('an exact positive number in quotation marks ("2.5", "1/3")', lambda v: _is_exact(v) and Fraction(v) > 0)
DECIMAL = Kind('a decimal number in quotation marks ("10")', _is_decimal)
SHAPES = Kind("a list of pairs: a regular expression without groups, and points", _is_shapes)
BOUND = OneOf(("=", "~", ">", "<", ">=", "<="))


def _all(kind: Any, names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), kind)


DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "units": {
        "dimension": {"*": {"type!": OneOf("labels.QUANTITY.types"), "base": TEXT, "bare_one": FLAG}},
        "prefix": {"*": {"factor!": FACTOR, "word!": TEXT, "symbol": TEXT}},
        "unit": {
            "*": {
                **{"dimension!": OneOf("units.dimension"), "surfaces!": NAMES, "factor": FACTOR, "offset": EXACT},
                **{"base": TEXT, "type": OneOf("labels.QUANTITY.types"), "name": TEXT, "scale": DECIMAL},
                **{"prefixes": SomeOf("units.prefix"), "bare_one": FLAG},
                **_all(TEXTS, "before behind clipped examples"),
            }
        },
        "currencies": {"*": WORDS},
        "codes": {"words": WORDS},
        "classifiers": {"plain": WORDS, "arabic": WORDS},
        "ambiguous": {
            "*": [
                {
                    **{"unit!": TEXT, "last": FLAG, "sum": FLAG},
                    **{"numeral": OneOf(("digits", "arabic", "chinese", "two"))},
                    **_all(TEXTS, "near touch after then"),
                }
            ]
        },
        "below": {"*": TEXT},
        "not_before": {"*": WORDS},
    },
    "modifiers": {
        **_all({"*": BOUND}, "before between behind"),
        "indefinite": {"words": TEXTS, "numerals": {"*": EXACT}},
        **_all({"*": WORDS}, "before_not_after before_not_with behind_not_before"),
        "behind_types": {"*": SomeOf("labels.QUANTITY.types")},
        "behind_unit": {"words": TEXTS, "types": SomeOf("labels.QUANTITY.types"), "follow": TEXTS},
        "recent": {"word": TEXT, "units": TEXTS, "measured": TEXTS},
        "not_quantity": {
            **_all(TEXTS, "before names"),
            **_all(TEXT, "rank levels"),
            **_all(WORDS, "rank_not_after two after_yuan half_not_after half_not_before phrases"),
        },
        "multiple": {"word": TEXT, "verbs": TEXTS},
        "shorthand": {"powers": {"*": INTEGER}, "near": TEXTS},
        "proportion": {"colon": TEXT, "words": TEXTS},
        "negative": {"not_after": WORDS},
        "article": {"point": TEXTS, "span": TEXTS},
        "attribute": _all({"*": TEXTS}, "change basis role"),
    },
    "organisations": {
        "heads": {
            "*": {
                **{"heads!": WORDS, "type!": OneOf("labels.ORG.types"), "followed": WORDS},
                **{"anchor!": OneOf(("word", "bare", "place", "world")), "stem": OneOf(("alone", "body"))},
                **_all(INTEGER, "level longest"),
                **_all(FLAG, "weak particular province strict foreign coined join fields national clause"),
            }
        },
        "units": {
            "*": {
                **{"heads!": WORDS, "longest!": INTEGER, "type": OneOf("labels.ORG.types"), "behind": WORDS},
                **{"body": INTEGER, "fields": FLAG},
            }
        },
        "firm_list": {**_all(WORDS, "nouns posts titles"), **_all(TEXT, "sign separator"), "longest": INTEGER},
        "organs": _all(
            WORDS,
            "whole whole_government whole_media whole_other whole_company whole_research whole_education international "
            "core bodies pairs levels place_levels clear_levels departments department_heads ministries bureaus "
            "no_level connectors list_starts list_members list_heads",
        ),
        "words": {
            **_all(TEXT, "ordinal session"),
            **_all(
                WORDS,
                "generic keep leading names stop common_verbs common_nouns founding coordinators actors acts count "
                "classifiers counting national home pairs regions weak joiners numerals prefix",
            ),
        },
        "right": {"*": WORDS},
        "blockers": {"words": WORDS},
        "alias": {"introducers": WORDS, "legal": WORDS, "sign": TEXT},
    },
    "policies": {
        "heads": {
            "*": {
                **{"type!": OneOf("labels.POLICY.types"), "words!": TEXTS, "body!": PAIR},
                "needs!": SomeOf(
                    (
                        *("any", "launched", "action", "quoted", "listed", "level", "coined", "founded", "granted"),
                        *("sibling", "adjacent", "place", "drafted", "period", "about"),
                    )
                ),
            }
        },
        "not_before": {"*": TEXTS},
        "body": {"action": TEXTS},
        "coined": {"*": TEXTS},
        "left": {
            "measures": WORDS,
            **_all(
                TEXTS,
                "launch words keep lead verbs generic level vague vague_heads boasts plan_talk common draft found "
                "grant first martial sites",
            ),
        },
        "quoted": {
            "shapes": SHAPES,
            **_all(TEXTS, "said talk inside"),
            **_all({"*": TEXTS}, "types behind before"),
        },
        "titles": _all(TEXTS, "words works works_behind drafted"),
        "aliases": {"words": TEXTS},
        "numbered": _all(TEXTS, "openings heads not_before with_word"),
        "families": _all(
            TEXTS,
            "strength strong strong_not_before virtues virtue_of virtues_of_cities virtue_out divisions laws "
            "law_not_before law_openings doctrines doctrine_openings alone",
        ),
    },
}


def faults(name: str, own: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong in the table file ``name`` (``units``), each with its entry and key.

    ``own``: the parsed file; ``tables``: all tables merged, where keys that are required may stand
    as well. Of table files that are not described nothing is said.
    """
    if (described := DESCRIPTIONS.get(name)) is not None:
        yield from _of_table(described, own, tables.get(name, own), "", tables)


def _of_table(
    described: Mapping[str, Any], own: Any, merged: Any, where: str, tables: Mapping[str, Any]
) -> Iterator[str]:
    entry = f"[{where}] " if where else ""
    if not isinstance(own, Mapping):
        yield f"{entry}must be a table, got {own!r}"
        return
    known = {key.rstrip("!"): (kind, key.endswith("!")) for key, kind in described.items()}
    anything = known.pop("*", None)
    for key, value in own.items():
        kind, _ = known.get(key) or anything or (None, False)
        if kind is None:
            yield f"{entry}has no key {key!r}; known are {', '.join(known)}"
        elif isinstance(kind, dict):
            beneath = merged.get(key, value) if isinstance(merged, Mapping) else value
            yield from _of_table(kind, value, beneath, f"{where}.{key}" if where else key, tables)
        elif isinstance(kind, list):
            if not isinstance(value, list):
                yield f"{entry}{key} must be a list of tables, got {value!r}"
                continue
            for row in value:
                yield from _of_table(kind[0], row, row, f"{where}.{key}", tables)
        elif cause := _wrong(kind, value, tables):
            yield f"{entry}{key} must be {cause}, got {value!r}"
    for key, (_, required) in known.items():
        if required and not (isinstance(merged, Mapping) and key in merged):
            yield f"{entry}{key} is missing"


def _wrong(kind: Kind | OneOf | SomeOf, value: Any, tables: Mapping[str, Any]) -> str:
    """What ``value`` must be but is not, or nothing."""
    if isinstance(kind, Kind):
        return "" if kind.holds(value) else kind.what
    allowed: Any = kind.values
    if isinstance(allowed, str):
        allowed = _at(tables, allowed)
    listed = ", ".join(allowed or ())
    if isinstance(kind, OneOf):
        fine = isinstance(value, str) and (allowed is None or value in allowed)
        return "" if fine else f"one of {listed}" if listed else TEXT.what
    fine = _is_texts(value) and (allowed is None or all(item in allowed for item in value))
    return "" if fine else f"a list of some of {listed}" if listed else TEXTS.what


def _at(tables: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """The table at a path, or ``None`` where there is none, so that nothing can be said."""
    found: Any = tables
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None
