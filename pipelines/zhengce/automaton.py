"""Every occurrence of many strings in one pass, on code points: an Aho-Corasick library behind one interface.

daachorse measured fastest; ahocorasick_rs stands in where daachorse has no wheel (Linux on ARM).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Match = tuple[int, int, int]  # start, end, index of the string
Find = Callable[[str], Sequence[Match]]

try:
    import daachorse
except ImportError:
    daachorse = None


def build(strings: Sequence[str]) -> Find:
    """A function that finds every occurrence of ``strings``, overlapping ones too, ordered by end.

    ``strings`` must be unique and not empty; empty input finds nothing.
    """
    if not strings:
        return lambda text: ()
    if daachorse is not None:
        return daachorse.CharwiseDoubleArrayAhoCorasick(list(strings)).find_overlapping
    return build_with_fallback(strings)


def build_with_fallback(strings: Sequence[str]) -> Find:
    """The same by ahocorasick_rs; its automaton cannot be stored."""
    import ahocorasick_rs

    search = ahocorasick_rs.AhoCorasick(list(strings)).find_matches_as_indexes

    def find(text: str) -> list[Match]:
        return [(start, end, index) for index, start, end in search(text, overlapping=True)]

    return find


def to_bytes(strings: Sequence[str]) -> bytes:
    """The compiled automaton in a form that ``from_bytes`` loads; empty where it cannot be stored."""
    if daachorse is None or not strings:
        return b""
    return daachorse.CharwiseDoubleArrayAhoCorasick(list(strings)).serialize()


def from_bytes(stored: bytes) -> Find:
    """The search function of a stored automaton."""
    return daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(stored).find_overlapping
