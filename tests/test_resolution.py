"""The flat reading: longest, then leftmost, then priority."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhengce.resolution import resolve

candidates = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8), st.integers(-2, 2), st.integers()).map(lambda c: (c[0], c[0] + c[1], *c[2:])),
    max_size=25,
)


def by_definition(given: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    kept: list[tuple[int, int, int, int]] = []
    for candidate in sorted(given, key=lambda c: (c[0] - c[1], c[0], -c[2])):
        if all(candidate[1] <= other[0] or other[1] <= candidate[0] for other in kept):
            kept.append(candidate)
    return sorted(kept)


@given(candidates)
def test_the_flat_reading_is_the_greedy_one(given: list[tuple[int, int, int, int]]) -> None:
    assert [c[:3] for c in resolve(given)] == [c[:3] for c in by_definition(given)]


def test_of_equal_extent_and_priority_the_first_given_stands() -> None:
    assert resolve([(0, 3, 0, "one"), (0, 3, 0, "two")]) == [(0, 3, 0, "one")]
    assert resolve([(0, 3, -1, "grammar"), (0, 3, 0, "listed")]) == [(0, 3, 0, "listed")]


def test_a_million_overlapping_candidates_are_resolved() -> None:
    number = 1_000_000
    assert len(resolve((i, i + 2, 0) for i in range(number))) == (number + 1) // 2
