"""Units as data: every example in the table, conversion, and errors."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengce import units, views
from zhengce.curation.examples import unit_example_fails
from zhengce.patterns import builtin_folder, merge
from zhengce.quantities import compile_quantities
from zhengce.records import Quantity
from zhengce.wordlists import words_of

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

TABLES = {
    name: tomllib.loads((builtin_folder() / f"{name}.toml").read_text(encoding="utf8"))
    for name in ("units", "modifiers")
}
TABLE = units.builtin_table()
find = compile_quantities(TABLES)
EXAMPLES = [(name, text) for name, unit in TABLES["units"]["unit"].items() for text in unit.get("examples", ())]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}: {text}" for name, text in EXAMPLES])
def test_examples_of_the_table(name: str, example: str) -> None:
    assert unit_example_fails(example, lambda text: find(views.half_width(text))) == ""


def test_every_surface_is_found_behind_a_number() -> None:
    missing = []
    for name, unit in TABLES["units"]["unit"].items():
        for surface in unit["surfaces"]:
            if surface in TABLES["units"]["ambiguous"]:
                continue
            spans = find(f"共25{surface}。")
            if len(spans) != 1 or spans[0].end != 3 + len(surface) or spans[0].quantity.unit_id != name:  # type: ignore[union-attr]
                missing.append((name, surface))
    assert missing == []


def test_every_classifier_is_found_behind_a_number() -> None:
    words = set(words_of(TABLES["units"]["classifiers"]["plain"])) - set(TABLES["units"]["ambiguous"])
    assert [word for word in sorted(words) if [span.end for span in find(f"共25{word}。")] != [3 + len(word)]] == []


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1.2E+8", "[mu_cn]", "km2", "80000"),
        ("5", "km2", "亩", "7500"),
        ("1", "km", "m", "1000"),
        ("90", "min", "小时", "1.5"),
        ("25", "Cel", "[degF]", "77"),
        ("-40", "[degF]", "℃", "-40"),
        ("500", "kg.jin", "kg", "250"),
        ("36", "km/h", "m/s", "10"),
        ("3", "pp", "个基点", "300"),
        ("50", "%", "‰", "500"),
        ("2", "kW.h", "MJ", "7.2"),
        ("1", "m", "[chi_cn]", "3"),
        ("1", "[chi_cn]", "m", "0.3333333333333333333333333333"),
        ("1", "t/har", "kg/m2", "0.1"),
        ("35", "CNY.jiao", "元", "3.5"),
    ],
)
def test_conversion(value: str, source: str, target: str, expected: str) -> None:
    quantity = Quantity(value=Decimal(value), unit="?", unit_id=source)
    assert format(quantity.to(target).value, "f") == expected  # type: ignore[arg-type]
    assert units.convert(quantity, target, TABLE) == quantity.to(target)


def test_a_range_is_converted_whole() -> None:
    quantity = Quantity(low=Decimal(3), high=Decimal(5), unit="公里", unit_id="km").to("米")
    assert (quantity.low, quantity.high, quantity.unit, quantity.unit_id) == (3000, 5000, "米", "m")


@pytest.mark.parametrize(("source", "target"), [("km", "kg"), ("CNY", "USD"), ("km", "parsec of mine"), (None, "m")])
def test_what_cannot_be_converted(source: str | None, target: str) -> None:
    with pytest.raises(units.UnitError):
        Quantity(value=Decimal(1), unit="x", unit_id=source).to(target)


NAMES = [name for name, unit in TABLE.units.items() if unit.base is not None]


@given(st.sampled_from(NAMES), st.integers(-(10**9), 10**9))
def test_conversion_to_the_base_and_back(name: str, number: int) -> None:
    unit = TABLE.units[name]
    exact = Fraction(number) * unit.factor + unit.offset
    assert abs(Fraction(unit.to_base(Decimal(number))) - exact) <= abs(exact) / 10**27


def test_a_broken_table_names_what_is_wrong() -> None:
    with pytest.raises(units.UnitError, match="lenght"):
        units.compile_units({"dimension": {}, "unit": {"x": {"dimension": "lenght", "surfaces": ["x"]}}})
    with pytest.raises(units.UnitError, match="nosuch"):
        units.compile_units({"ambiguous": {"度": [{"unit": "nosuch"}]}})
    with pytest.raises(units.UnitError, match="nosuch"):
        units.compile_units({"below": {"月": "nosuch"}})


def test_the_words_of_a_user_add_to_the_classifiers() -> None:
    for words in ("囤 瓮", ["囤", "瓮"], ["囤 瓮"]):
        table = units.compile_units(merge(TABLES["units"], {"classifiers": {"plain": words}, "not_before": {"囤": "积"}}))
        assert all(table.is_count(word) for word in ("囤", "瓮", "所", "人"))
        assert table.match("囤积", 0) is None


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ("共⟦3亩⟧地 = 3 亩", ""),
        ("共⟦3亩⟧地", ""),
        ("共三亩田乡", "must not match: 三亩"),
        ("共⟦3亩⟧地 = 4 亩", "is worth 3 亩"),
        ("⟦3至5亩⟧ = 3..5 亩", ""),
        ("共⟦3亩地⟧ = 3 亩", "3亩地 not found; found: 3亩"),
        ("⟦没有⟧ = 3 亩", "没有 not found; found: nothing"),
        ("没有 = 3 亩", "no match marked in ⟦⟧ is worth 3 亩"),
        ("⟦3亩 = 3 亩", "⟦ is never closed: ⟦3亩"),
    ],
)
def test_what_examples_of_units_say(example: str, message: str) -> None:
    assert unit_example_fails(example, find) == message
