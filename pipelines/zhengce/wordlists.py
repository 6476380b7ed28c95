"""Lists of words as the tables write them: strings of words parted by blanks, in an array so that users' words add."""

from __future__ import annotations

from collections.abc import Sequence


def words_of(value: str | Sequence[str] | None) -> list[str]:
    """The words of a list in a pattern table: strings of words parted by blanks."""
    return (value if isinstance(value, str) else " ".join(value or ())).split()


def characters_of(value: str | Sequence[str] | None) -> str:
    """The characters of a set in a pattern table, in one string."""
    return "".join(words_of(value))
