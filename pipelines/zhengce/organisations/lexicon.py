"""What a stretch of text is to a name that is read leftwards: place, stop word, generic word or unknown.

One dictionary of words with a code each, indexed by last character, so that the longest word that
ends at an offset is found in a few look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..wordlists import characters_of, words_of

STOP, VAGUE, GENERIC, KEEP, LEADING, NAME, PLACE, SHORT, COUNTRY, NATIONAL, WEAK, PREFIX = range(1, 13)
PLACES = frozenset((PLACE, SHORT, COUNTRY))
NOTHING = (0, 0)
LONGEST_FIRST = 10  # the most characters of a word that is looked up from its beginning

# Where a word is in several lists the last one wins; these give way to places,
_BELOW_PLACES = (
    ("common_nouns", GENERIC),
    ("common_verbs", STOP),
    ("generic", GENERIC),
    ("keep", KEEP),
    ("leading", LEADING),
    ("stop", STOP),
)
# and these do not.
_ABOVE_PLACES = (
    ("regions", SHORT),
    ("count", VAGUE),
    ("names", NAME),
    ("prefix", PREFIX),
    ("weak", WEAK),
    ("national", NATIONAL),
)


class Lexicon:
    """Words by code. ``words``: the table of the word lists; ``places``: rows with name, level, short, abbr.

    ``abbreviations`` holds the one-character short forms of countries (俄, 美); ``countries`` and
    ``provinces`` the longer forms.
    """

    def __init__(self, words: Mapping[str, Any], places: Iterable[Mapping[str, Any]]) -> None:
        codes: dict[str, int] = {}
        for name, code in _BELOW_PLACES:
            codes.update(dict.fromkeys(words_of(words.get(name)), code))
        abbreviations: set[str] = set()
        countries: set[str] = set()
        provinces: set[str] = set()
        for row in places:
            foreign = row["level"] in ("country", "region")
            codes[row["name"]] = COUNTRY if foreign else PLACE
            shorts = _several(row["short"]) if row.get("short") else ()
            for short in shorts:
                codes[short] = COUNTRY if foreign else SHORT
            if row["level"] in ("country", "province"):
                (countries if foreign else provinces).update(shorts, (row["name"],))
            if row["level"] == "country":
                abbreviations.update(letter for letter in _several(row.get("abbr") or "") if len(letter) == 1)
        # 中哈合作委员会
        codes.update((home + letter, SHORT) for home in words_of(words.get("home")) for letter in abbreviations)
        self.pairs = frozenset(words_of(words.get("pairs")))
        codes.update(dict.fromkeys(self.pairs, SHORT))
        for name, code in _ABOVE_PLACES:
            codes.update(dict.fromkeys(words_of(words.get(name)), code))
        self.codes, self.abbreviations = codes, frozenset(abbreviations)
        self.countries, self.provinces = frozenset(countries), frozenset(provinces)
        self._lengths = lengths_by_last(codes)
        self.classifiers = frozenset(words_of(words.get("classifiers")))
        self.counting = frozenset(words_of(words.get("counting")))
        self.ordinal, self.session = words["ordinal"], words["session"]
        self.joiners = frozenset(words_of(words.get("joiners")))
        self.coordinators = frozenset(words_of(words.get("coordinators")))
        self.actors = frozenset(words_of(words.get("actors")))
        self.founding = re.compile("|".join(map(re.escape, words_of(words.get("founding")))) or r"(?!)")
        self.acts = tuple(words_of(words.get("acts")))
        self.numerals = frozenset(characters_of(words.get("numerals")))

    def after(self, text: str, start: int, end: int) -> tuple[int, int]:
        """End and code of the longest word that begins at ``start`` and ends at ``end`` or before; (0, 0) for none."""
        for stop in range(min(end, start + LONGEST_FIRST), start, -1):
            if code := self.codes.get(text[start:stop]):
                return stop, code
        return NOTHING

    def before(self, text: str, end: int, floor: int = 0) -> tuple[int, int]:
        """Start and code of the longest word that ends at ``end``, not before ``floor``; (0, 0) for none."""
        lengths = self._lengths.get(text[end - 1]) if end > floor else None
        if lengths:
            codes = self.codes
            for length in lengths:
                start = end - length
                if start >= floor and (code := codes.get(text[start:end])):
                    return start, code
        return NOTHING


def lengths_by_last(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the words that end in a character, longest first."""
    lengths: dict[str, list[int]] = {}
    for last, length in sorted({(word[-1], len(word)) for word in words}, reverse=True):
        lengths.setdefault(last, []).append(length)
    return {last: tuple(found) for last, found in lengths.items()}


def is_han(character: str) -> bool:
    """Whether a character is a CJK ideograph of the blocks that names are written in."""
    return "\u4e00" <= character <= "\u9fff" or character == "\u3007"


def _several(cell: str) -> list[str]:
    return cell.replace("/", "|").split("|")
