"""The ids that phrases give to the spans they make, kept so that a million of them load at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class Ids:
    """The ids of phrases, all in one string: a million strings and a dict would take 150 MB and half a second."""

    __slots__ = ("_ends", "_joined")

    def __init__(self, joined: bytes, ends: array[int]) -> None:
        self._joined, self._ends = joined, ends

    @classmethod
    def of(cls, ids: Iterable[str | None]) -> Ids:
        """The ids of all phrases in order; ``None`` or ``""`` for a phrase that has none."""
        joined, ends = bytearray(), array("I")
        for identifier in ids:
            joined += (identifier or "").encode()
            ends.append(len(joined))
        return cls(bytes(joined), ends)

    def get(self, index: int) -> str | None:
        """The id of phrase ``index``, if it has one."""
        start, end = self._ends[index - 1] if index else 0, self._ends[index]
        return self._joined[start:end].decode() if end > start else None

    def to_bytes(self) -> bytes:
        """The form that ``from_bytes`` reads."""
        return self._ends.tobytes() + self._joined

    @classmethod
    def from_bytes(cls, stored: bytes, number: int) -> Ids:
        """The ids of ``number`` phrases."""
        ends = array("I")
        size = number * ends.itemsize
        ends.frombytes(memoryview(stored)[:size])
        return cls(stored[size:], ends)
