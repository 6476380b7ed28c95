"""Quantities: spans, exact values, bounds, attributes, and what is not a quantity."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengce import quantities, views
from zhengce.patterns import builtin_folder
from zhengce.quantities import compile_quantities
from zhengce.records import Span

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

CASES = Path(__file__).parent / "cases" / "quantity"
TABLES = {
    name: tomllib.loads((builtin_folder() / f"{name}.toml").read_text(encoding="utf8"))
    for name in ("units", "modifiers")
}
matcher = compile_quantities(TABLES)


def find(text: str) -> list[Span]:
    return matcher(views.half_width(text))


def cases(name: str) -> Iterator[dict[str, Any]]:
    with (CASES / name).open(encoding="utf8") as file:
        yield from (json.loads(line) for line in file)


def texts(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find(text)]


def only(text: str) -> Span:
    spans = find(text)
    assert len(spans) == 1, (text, texts(text))
    return spans[0]


FORMS = [(form, case) for case in cases("forms.jsonl") for form in case["forms"]]


@pytest.mark.parametrize("frame", ["规模为{}。", "{}", "（{}，", "累计{}；"])
@pytest.mark.parametrize(("form", "case"), FORMS, ids=[form for form, _ in FORMS])
def test_forms(form: str, case: dict[str, Any], frame: str) -> None:
    text = frame.format(form) if "after" not in case else frame.format(form + case["after"])
    span = only(text)
    assert text[span.start : span.end] == form
    quantity = span.quantity
    assert quantity is not None
    expected = {key: Decimal(case[key]) if key in case else None for key in ("value", "low", "high")}
    assert {key: getattr(quantity, key) for key in expected} == expected
    assert (quantity.unit, quantity.bound, span.type) == (case["unit"], case.get("bound", "="), case["type"])
    assert span.rule == f"quantity.{case['type']}"


NOTHING = [text for case in cases("nothing.jsonl") for text in case["texts"]]


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize("frame", ["{}", "要{}", "，{}。"])
def test_not_quantities(text: str, frame: str) -> None:
    assert texts(frame.format(text)) == []


@pytest.mark.parametrize("case", list(cases("context.jsonl")), ids=lambda case: case["text"])
def test_in_context(case: dict[str, Any]) -> None:
    assert texts(case["text"]) == case["expect"]


# ---- every combination of a number, a unit and the words around it -------------------------------

NUMBERS = {
    "5": "5", "1.25": "1.25", "120": "120", "3,456": "3456", "7万": "70000", "2.5亿": "250000000", "1.2万亿": "1200000000000",
    "三十五": "35", "一百零八": "108", "两万": "20000", "四千六百": "4600", "六点五亿": "650000000", "九百万": "9000000",
}  # fmt: skip
UNITS = [
    "元",
    "美元",
    "家",
    "个",
    "项",
    "%",
    "公里",
    "平方米",
    "亩",
    "吨",
    "千瓦时",
    "兆瓦",
    "人次",
    "个百分点",
    "GB",
    "倍",
    "岁",
    "天",
]
WORDS = {
    ("", ""): "=", ("约", ""): "~", ("近", ""): "~", ("超", ""): ">", ("超过", ""): ">", ("不足", ""): "<", ("不低于", ""): ">=",
    ("不超过", ""): "<=", ("最高不超过", ""): "<=", ("至少", ""): ">=", ("", "以上"): ">=", ("", "以下"): "<=", ("", "左右"): "~",
    ("", "及以上"): ">=", ("约", "以上"): ">=", ("超过", "左右"): ">", ("最低", ""): ">=", ("突破", ""): ">", ("", "以内"): "<=",
}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_number_unit_and_words_combine(unit: str) -> None:
    for (number, value), ((before, behind), bound) in itertools.product(NUMBERS.items(), WORDS.items()):
        if before == "近" and unit == "天":
            continue  # the recent days
        text = f"规模为{before}{number}{unit}{behind}。"
        span = only(text)
        assert text[span.start : span.end] == before + number + unit + behind
        quantity = span.quantity
        assert quantity is not None
        assert (quantity.value, quantity.unit, quantity.bound) == (Decimal(value), unit, bound), text


@pytest.mark.parametrize("connector", ["-", "—", "——", "~", "～", "至", "到", "–"])
def test_ranges_share_unit_and_magnitude(connector: str) -> None:
    for (low, high), power, unit in itertools.product(
        [(3, 5), (10, 20), (1, 100)], ["", "万", "亿"], ["元", "家", "亩", "吨"]
    ):
        factor = {"": 1, "万": 10**4, "亿": 10**8}[power]
        forms = [f"{low}{connector}{high}{power}{unit}", f"{low}{power}{unit}{connector}{high}{power}{unit}"]
        forms += [f"{low}{power}{connector}{high}{power}{unit}"]
        for form in forms:
            quantity = only(f"安排{form}。").quantity
            assert quantity is not None
            assert (quantity.value, quantity.low, quantity.high) == (None, low * factor, high * factor), form


# ---- what it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "change", "basis", "role"),
    [
        ("同比增长5%", "up", "yoy", None),
        ("环比下降0.3%", "down", "mom", None),
        ("较上年减少20家", "down", "yoy", None),
        ("比一季度加快0.2个百分点", "up", "mom", None),
        ("占全市40%以上", None, None, "share"),
        ("累计完成50亿元", None, None, "achieved"),
        ("力争突破9500家", None, None, "target"),
        ("增长目标为5%左右", "up", None, "target"),
        ("经费增长8.1%，专利3万件", None, None, None),
        ("负债率40%", None, None, None),
    ],
)
def test_attributes(text: str, change: str | None, basis: str | None, role: str | None) -> None:
    quantity = find(text)[-1].quantity
    assert quantity is not None
    assert (quantity.change, quantity.basis, quantity.role) == (change, basis, role)


def test_attributes_move_neither_span_nor_value() -> None:
    span = only("同比下降3%")
    assert (span.start, span.end) == (4, 6)
    assert span.quantity is not None and span.quantity.value == 3


def test_base_values_are_exact() -> None:
    quantity = only("面积1.2亿亩").quantity
    assert quantity is not None
    assert (quantity.unit_id, quantity.dimension, quantity.base_unit) == ("[mu_cn]", "area", "m2")
    assert quantity.base_value == Decimal("80000000000")
    assert str(quantity.value) == "120000000"
    assert only("4.35亿元").quantity.value == Decimal("435000000")  # type: ignore[union-attr]


# ---- any text --------------------------------------------------------------------------------------

PIECES = (
    "0 1 25 2025 3.5 1,234 一 二 两 三五 十 百 千 万 亿 半 点 几 多 余 数 上 约 近 超 超过 不低于 最高 以上 以下 内 起 左右 % 个百分点 成 折 倍 番 翻 "
    "元 美元 人民币 $ ¥ 角 分 家 个 月 年 日 小时 分钟 岁 公里 千米 亩 吨 兆瓦 千瓦时 / : - — 至 到 ~ 负 （ ） ( ) 《 》 “ ” 、 ， 。 \n 第 分之 每 级 增长 占 项目 群众 两 度 G kg m ² "
    "萬 億 兩 個 ℃ k w × 10^4 圈 http:// a @"
).split(" ")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_any_text_gives_flat_spans_on_one_line(text: str) -> None:
    spans = find(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert "\n" not in text[span.start : span.end]
        quantity = span.quantity
        assert quantity is not None
        assert (quantity.value is None) == (quantity.low is not None) == (quantity.high is not None)
        if quantity.low is not None:
            assert quantity.high is not None and quantity.low < quantity.high
        end = span.end


@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_the_short_way_gives_what_the_long_way_gives(text: str) -> None:
    assert find(text) == LONG(views.half_width(text))


def _long_way() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantities, "compile_plain", lambda *tables: lambda text, start, end: None)
        return compile_quantities(TABLES)


LONG = _long_way()


def test_the_short_way_on_the_cases() -> None:
    random_ = random.Random(3)
    forms = [form for form, _ in FORMS] + NOTHING
    for _ in range(3000):
        text = "，".join(random_.sample(forms, 3))
        assert find(text) == LONG(views.half_width(text))


@pytest.mark.parametrize(
    "piece", ["1", "万", "约", "一", "半", "1,", "1.", "三点", "约万", "百分之", "1-", "1/", "数百", "《1个", "1 000 "]
)
def test_hostile_text_is_read(piece: str) -> None:
    spans = find(piece * (10**6 // len(piece)))
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


def test_nothing_without_units() -> None:
    assert compile_quantities({})("5亿元") == []


def test_a_user_adds_a_unit_without_python() -> None:
    mine = {"unit": {"x.bolt": {"dimension": "count", "base": "x.bolt", "surfaces": ["匹布"]}}}
    tables = {**TABLES, "units": {**TABLES["units"], "unit": {**TABLES["units"]["unit"], **mine["unit"]}}}
    (span,) = compile_quantities(tables)("运来300匹布")
    assert span.quantity is not None
    assert (span.type, span.quantity.value, span.quantity.unit) == ("count", 300, "匹布")


# ---- the documentation ---------------------------------------------------------------------------------

DOCUMENT = Path(__file__).parent.parent / "docs" / "quantities.md"
ROW = re.compile(
    r"^\| [^|]+ \| ⟦(?P<form>[^⟧]+)⟧ \| (?P<value>[^|]+) \| (?P<unit>[^|]*) \| `(?P<bound>[^`]+)` \| (?P<type>\w+) \|$",
    re.M,
)


def test_the_documented_examples_hold() -> None:
    document = DOCUMENT.read_text(encoding="utf8")
    rows = list(ROW.finditer(document))
    assert len(rows) > 30
    listed = {form for form, _ in FORMS}
    for row in rows:
        span = only(
            f"为{row['form']}。"
            if row["unit"].strip()
            else f"为{row['form']}群众。"
            if row["type"] == "count"
            else f"为{row['form']}。"
        )
        quantity = span.quantity
        assert quantity is not None
        value = format(quantity.value, "f") if quantity.value is not None else f"{quantity.low:f} … {quantity.high:f}"
        assert row["form"] in listed
        assert (value, quantity.unit, quantity.bound, span.type) == (
            row["value"].strip(), row["unit"].strip(), row["bound"], row["type"]
        ), row["form"]  # fmt: skip
    nothing = re.findall(r"^\| [^|]+ \| ~~([^~]+)~~ \|$", document, re.M)
    assert len(nothing) > 10 and all(form in NOTHING and not texts(form) for form in nothing)
