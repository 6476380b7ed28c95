"""Which of several overlapping matches stand: the longest, then the leftmost, then the higher priority."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

# A candidate begins with start, end, priority; whatever follows is its owner's business.
Candidate = TypeVar("Candidate", bound=tuple)


def resolve(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The flat reading of ``candidates``, sorted by start: spaCy ``EntityRuler``'s rule.

    Of equal extent and priority the first given stands. Takes O(n log n) and memory for the
    characters of one cluster of overlapping candidates.
    """
    kept: list[Candidate] = []
    cluster: list[Candidate] = []
    reach = -1
    for candidate in sorted(candidates, key=lambda c: c[0]):
        if candidate[0] >= reach:
            kept.extend(_longest_first(cluster) if len(cluster) > 1 else cluster)
            cluster = []
        cluster.append(candidate)
        reach = max(reach, candidate[1])
    kept.extend(_longest_first(cluster) if len(cluster) > 1 else cluster)
    return kept


def _longest_first(cluster: list[Candidate]) -> list[Candidate]:
    offset = cluster[0][0]
    taken = bytearray(max(c[1] for c in cluster) - offset)
    kept = []
    for candidate in sorted(cluster, key=lambda c: (c[0] - c[1], c[0], -c[2])):
        start, end = candidate[0] - offset, candidate[1] - offset
        # What stands already is at least as long, so an overlap always reaches an edge.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\1" * (end - start)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c[0])
