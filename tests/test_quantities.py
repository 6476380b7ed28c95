"""Quantities: spans, exact values, bounds, and what is not a quantity."""

from __future__ import annotations

import pytest

from zhengce.patterns import builtin_folder
from zhengce.quantities import compile_quantities

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

TABLES = {
    name: tomllib.loads((builtin_folder() / f"{name}.toml").read_text(encoding="utf8")) for name in ("units", "modifiers")
}
find = compile_quantities(TABLES)


@pytest.mark.parametrize("size", [10**6])
@pytest.mark.parametrize("piece", ["1", "万", "约", "一", "半", "1,", "1.", "三点", "约万", "百分之", "1-"])
def test_hostile_text_is_read(piece: str, size: int) -> None:
    spans = find(piece * (size // len(piece)))
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:]))


def test_nothing_without_units() -> None:
    assert compile_quantities({})("5亿元") == []
