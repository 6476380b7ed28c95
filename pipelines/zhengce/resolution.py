"""Which of several overlapping matches stand: the longest, then the leftmost, then the higher priority."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TypeVar

# A candidate begins with start, end, priority; whatever follows is its owner's business.
Candidate = TypeVar("Candidate", bound=tuple)
_START, _PRIORITY = itemgetter(0), itemgetter(2)


def resolve(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The flat reading of ``candidates``, sorted by start: spaCy ``EntityRuler``'s rule.

    Of equal extent and priority the first given stands. Takes O(n log n) and memory for the
    characters of one cluster of overlapping candidates.
    """
    kept: list[Candidate] = []
    cluster: list[Candidate] = []
    reach = -1
    for candidate in sorted(candidates, key=_START):
        start, end = candidate[0], candidate[1]
        if start < reach:
            cluster.append(candidate)
            if end > reach:
                reach = end
        else:
            kept += cluster if len(cluster) < 2 else _longest_first(cluster, reach)
            cluster, reach = [candidate], end
    kept += cluster if len(cluster) < 2 else _longest_first(cluster, reach)
    return kept


def _longest_first(cluster: list[Candidate], reach: int) -> list[Candidate]:
    """The flat reading of candidates that hang together, sorted by start; the last of them ends at ``reach``."""
    offset = cluster[0][0]
    whole = [candidate for candidate in cluster if candidate[0] == offset and candidate[1] == reach]
    if whole:  # the usual case: what is as long as the cluster leaves room for nothing else
        return whole if len(whole) == 1 else [max(whole, key=_PRIORITY)]
    taken = bytearray(reach - offset)
    kept = []
    for candidate in sorted(cluster, key=lambda c: (c[0] - c[1], c[0], -c[2])):
        start, end = candidate[0] - offset, candidate[1] - offset
        # What stands already is at least as long, so an overlap always reaches an edge.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\1" * (end - start)
            kept.append(candidate)
    return sorted(kept, key=_START)
