"""Units of measure and classifiers, compiled from ``patterns/units.toml``, and exact conversion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from .numerals import fraction_to_decimal
from .records import Quantity
from .resources import data_path
from .wordlists import words_of

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]


class UnitError(ValueError):
    """A unit that is not known, or two units of different dimensions. The message names both."""


@dataclass(frozen=True)
class Unit:
    """``value * factor + offset`` is the same in ``base``; ``id`` is ``None`` for plain classifiers.

    ``scale`` and ``name``: how a number with it is read (七成 is 70 of the unit %).
    """

    id: str | None
    dimension: str
    type: str
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    base: str | None = None
    scale: Decimal = Decimal(1)
    name: str | None = None
    bare_one: bool = False

    def written(self, surface: str) -> str:
        """The unit as an amount names it: as written, but % for 成 and 折."""
        return surface if self.scale == 1 or self.name is None else self.name

    def to_base(self, value: Decimal) -> Decimal:
        """``value`` of this unit in its base unit, exact where finite, else to 28 digits."""
        if self.factor == 1 and not self.offset:
            return value
        return fraction_to_decimal(Fraction(value) * self.factor + self.offset)


@dataclass(frozen=True)
class Reading:
    """One meaning of an ambiguous surface and the context that decides for it."""

    unit: Unit | None
    near: tuple[str, ...] = ()
    touch: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    then: tuple[str, ...] = ()  # units of the number behind it (5分30秒)
    last: bool = False  # whether a mark or the end of the text must follow
    numeral: str = ""
    sum: bool = False  # whether it is meant wherever a larger unit stands before it (五角三分)


_NEVER: tuple[frozenset[str], tuple[str, ...]] = (frozenset(), ())


@dataclass(frozen=True)
class Surface:
    """A unit as written. ``not_before``: what may not follow; ``long_only``: takes no single Chinese digit."""

    text: str
    unit: Unit | None
    not_before: tuple[frozenset[str], tuple[str, ...]] = _NEVER  # single characters, longer words
    long_only: bool = False
    latin: bool = False
    readings: tuple[Reading, ...] = ()
    clipped: bool = False

    @cached_property
    def free(self) -> bool:
        """Whether single characters behind it are all that can make it another word."""
        return not (self.latin or self.not_before[1])

    def may_stand(self, text: str, end: int) -> bool:
        """Whether what follows at ``end`` leaves this a word of its own."""
        after = text[end : end + 1]
        if after in self.not_before[0] or self.latin and after.isascii() and after.isalnum():
            return False
        return not (self.not_before[1] and text.startswith(self.not_before[1], end))


@dataclass(frozen=True)
class UnitTable:
    """Everything known of units: by id, by surface, and the words for money around a number."""

    units: Mapping[str, Unit]
    surfaces: Mapping[str, Surface]
    heads: Mapping[str, tuple[int, ...]]  # first two characters -> lengths of the surfaces, longest first
    before: Mapping[str, Unit]
    behind: Mapping[str, Unit]
    below: Mapping[str, Surface]
    clipped: frozenset[str]  # surfaces behind which a digit counts tenths (三块五)

    def match(self, text: str, position: int) -> Surface | None:
        """The longest unit written at ``position``, or ``None``."""
        head = text[position : position + 2]
        if head in self.heads:
            for length in self.heads[head]:
                surface = self.surfaces.get(text[position : position + length])
                if surface is not None and surface.may_stand(text, position + length):
                    return surface
        surface = self.surfaces.get(head[:1])
        if surface is None or head[1:] in surface.not_before[0]:
            return None
        return surface if surface.free or surface.may_stand(text, position + 1) else None

    def per(self, text: str, position: int) -> Surface | None:
        """A word that is a unit only below a slash (元/月), or ``None``."""
        return self.below.get(text[position : position + 1])

    def is_count(self, word: str) -> bool:
        """Whether ``word`` is a classifier or a noun of administration."""
        surface = self.surfaces.get(word)
        if surface is None:
            return False
        return surface.unit is COUNT or any(reading.unit is COUNT for reading in surface.readings)

    def find(self, name: str) -> Unit:
        """A unit by id (``km2``), surface (``平方公里``) or as a quotient (``kg/har``). Raises ``UnitError``."""
        unit = self.units.get(name)
        if unit is None and (surface := self.surfaces.get(name)) is not None:
            unit = surface.unit or next((reading.unit for reading in surface.readings if reading.unit), None)
        if unit is None and "/" in name:
            above, _, below = name.partition("/")
            unit = quotient(self.find(above), self.find(below))
        if unit is None:
            raise UnitError(f"unknown unit {name!r}; units are listed in patterns/units.toml")
        return unit


COUNT = Unit(None, "count", "count")


def compile_units(data: Mapping[str, Any]) -> UnitTable:
    """The table from the parsed ``units.toml``. Raises ``UnitError`` for an unknown dimension or unit id."""
    units: dict[str, Unit] = {}
    surfaces: dict[str, Surface] = {}
    before: dict[str, Unit] = {}
    behind: dict[str, Unit] = {}
    clipped: set[str] = set()
    not_before = {key: _by_length(words_of(words)) for key, words in data.get("not_before", {}).items()}
    classifiers = data.get("classifiers", {})
    long_only = frozenset(words_of(classifiers.get("arabic")))
    for identifier, entry in _entries(data):
        units[identifier] = unit = _unit(identifier, entry, data["dimension"])
        for word in entry.get("before", ()):
            before[word] = unit
        for word in entry.get("behind", ()):
            behind[word] = unit
        clipped.update(entry.get("clipped", ()))
        for text in entry["surfaces"]:
            surfaces[text] = Surface(
                text, unit, not_before.get(text, _NEVER), text in long_only, _is_latin(text[-1]), (), text in clipped
            )
    for text in words_of(classifiers.get("plain")):
        surfaces.setdefault(text, Surface(text, COUNT, not_before.get(text, _NEVER), text in long_only))
    for text, readings in data.get("ambiguous", {}).items():
        surfaces[text] = Surface(
            text,
            None,
            not_before.get(text, _NEVER),
            text in long_only,
            _is_latin(text[-1]),
            tuple(_reading(reading, text, units) for reading in readings),
            text in clipped,
        )
    below: dict[str, Surface] = {}
    for text, name in data.get("below", {}).items():
        if name != "count" and name not in units:
            raise UnitError(f"below {text!r}: unknown unit {name!r}")
        below[text] = Surface(text, units.get(name, COUNT))
    return UnitTable(units, surfaces, _heads(surfaces), before, behind, below, frozenset(clipped))


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The units by id: currencies known by name alone, those that prefixes make, and the listed ones, which win."""
    listed, words = data.get("unit", {}), words_of(data.get("codes", {}).get("words"))
    for code, names in data.get("currencies", {}).items():
        surfaces = words_of(names)
        latin = [] if code in words else [code]
        yield (
            code,
            {"dimension": "money", "base": code, "surfaces": surfaces + latin, "before": latin, "name": surfaces[0]},
        )
    for identifier, entry in listed.items():
        for symbol in entry.get("prefixes", ()):
            prefix = data["prefix"][symbol]
            if symbol + identifier not in listed:
                yield (
                    symbol + identifier,
                    {
                        **entry,
                        "factor": Fraction(prefix["factor"]) * Fraction(entry.get("factor", "1")),
                        "surfaces": [_prefixed(surface, symbol, prefix) for surface in entry["surfaces"]],
                    },
                )
    yield from listed.items()


def _prefixed(surface: str, symbol: str, prefix: Mapping[str, Any]) -> str:
    return (prefix["word"] if surface[0] >= "\u4e00" else prefix.get("symbol", symbol)) + surface


def _unit(identifier: str, entry: Mapping[str, Any], dimensions: Mapping[str, Any]) -> Unit:
    dimension = dimensions.get(entry["dimension"])
    if dimension is None:
        raise UnitError(f"unit {identifier!r}: unknown dimension {entry['dimension']!r}")
    return Unit(
        identifier,
        entry["dimension"],
        entry.get("type", dimension["type"]),
        Fraction(entry.get("factor", "1")),
        Fraction(entry.get("offset", "0")),
        entry.get("base", dimension.get("base")),
        Decimal(entry.get("scale", "1")),
        entry.get("name"),
        entry.get("bare_one", dimension.get("bare_one", False)),
    )


def _reading(entry: Mapping[str, Any], text: str, units: Mapping[str, Unit]) -> Reading:
    name = entry["unit"]
    if name not in ("", "count") and name not in units:
        raise UnitError(f"ambiguous {text!r}: unknown unit {name!r}")
    unit = None if name == "" else COUNT if name == "count" else units[name]
    near, touch, after, then = (tuple(entry.get(key, ())) for key in ("near", "touch", "after", "then"))
    last, total = entry.get("last", False), entry.get("sum", False)
    return Reading(unit, near, touch, after, then, last, entry.get("numeral", ""), total)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _heads(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for word in words:
        if len(word) > 1:
            lengths.setdefault(word[:2], set()).add(len(word))
    return {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}


def _by_length(words: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    listed = list(words)
    return frozenset(word for word in listed if len(word) == 1), tuple(word for word in listed if len(word) > 1)


def quotient(above: Unit, below: Unit) -> Unit:
    """The unit ``above/below``: a speed for length by time, a count for two classifiers, else a rate."""
    if above.dimension == below.dimension == "count":
        return COUNT
    kind = "speed" if (above.dimension, below.dimension) == ("length", "duration") else "rate"
    identifier = f"{above.id}/{below.id}" if above.id and below.id else None
    if above.base is None or below.base is None or above.offset or below.offset:
        return Unit(identifier, kind, kind)
    return Unit(identifier, kind, kind, above.factor / below.factor, Fraction(0), f"{above.base}/{below.base}")


@lru_cache(maxsize=1)
def builtin_table() -> UnitTable:
    """The table that the package ships, read once."""
    return compile_units(tomllib.loads((data_path("patterns") / "units.toml").read_text(encoding="utf8")))


def convert(quantity: Quantity, unit: str, table: UnitTable | None = None) -> Quantity:
    """The same quantity in another unit, by id or surface: ``convert(q, "km2")``.

    Exact where the decimal is finite, else rounded to 28 significant digits. Raises ``UnitError``
    where a unit is not known or the two measure different things.
    """
    table = table or builtin_table()
    if not quantity.unit_id:
        raise UnitError(f"{quantity.unit!r} is no unit that can be converted")
    source, target = table.find(quantity.unit_id), table.find(unit)
    if source.base != target.base or source.dimension != target.dimension or source.base is None:
        raise UnitError(f"cannot convert {quantity.unit!r} ({source.dimension}) to {unit!r} ({target.dimension})")

    def change(value: Decimal | None) -> Decimal | None:
        if value is None:
            return None
        exact = Fraction(value) * source.factor + source.offset
        return fraction_to_decimal((exact - target.offset) / target.factor)

    return replace(
        quantity,
        value=change(quantity.value),
        low=change(quantity.low),
        high=change(quantity.high),
        unit=unit,
        unit_id=target.id,
    )
