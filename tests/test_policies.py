"""The grammar of policy names: a table of texts with the names in ⟦⟧, and properties that hold for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengce.patterns import load_table
from zhengce.policies import compile_policies, explain_policies
from zhengce.records import Span
from zhengce.resources import data_path

CASES = Path(__file__).parent / "cases" / "policies"
PLACES = [
    {"name": "江苏省", "short": "江苏", "level": "province", "abbr": "苏"},
    {"name": "浙江省", "short": "浙江", "level": "province", "abbr": "浙"},
    {"name": "四川省", "short": "四川", "level": "province", "abbr": "川"},
    {"name": "成都市", "short": "成都", "level": "prefecture"},
    {"name": "苏州市", "short": "苏州", "level": "prefecture"},
]
TABLES = {"policies": load_table(data_path("patterns") / "policies.toml"), "places": PLACES}
find = compile_policies(TABLES)
explain = explain_policies(TABLES)


def _cases() -> list:
    out = []
    for path in sorted(CASES.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            case = json.loads(line)
            out.append(pytest.param(case["text"], case.get("type"), id=f"{path.stem}:{number}"))
    return out


@pytest.mark.parametrize(("marked", "type_"), _cases())
def test_case(marked: str, type_: str | None) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    spans = find(text)
    got, at = "", 0
    for span in spans:
        got += text[at : span.start] + "⟦" + text[span.start : span.end] + "⟧"
        at = span.end
    assert got + text[at:] == marked
    if type_ is not None:
        assert {span.type for span in spans} == {type_}


def test_a_listed_organisation_before_the_name_is_its_left_edge() -> None:
    text = "中国银行惠企助农提升行动启动。"
    known = [Span(0, 4, "ORG", "company")]
    assert [span.text for span in find(text, known)] == ["惠企助农提升行动"]


def test_a_listed_name_vouches_for_a_longer_one() -> None:
    text = "高标准农田项目计划全面完成。"
    assert find(text) == []
    known = [Span(0, 5, "POLICY", "designation")]
    assert [span.text for span in find(text, known)] == ["高标准农田项目计划"]


def test_a_listed_idea_and_a_head_make_a_longer_name() -> None:
    text = "全面落实就业为先战略，加快绿色林场示范区建设。"
    known = [Span(4, 8, "POLICY", "concept"), Span(13, 17, "POLICY", "designation")]
    assert [span.text for span in find(text, known)] == ["就业为先战略", "绿色林场示范区"]


def test_a_quoted_idea_stays_a_name_before_a_mechanism() -> None:
    text = "建立“丝路同心”合作机制，推广“园区直供”用电模式。"
    assert [span.text for span in find(text)] == ["“丝路同心”合作机制", "“园区直供”用电模式"]
    known = [Span(3, 7, "POLICY", "concept")]
    assert "“丝路同心”合作机制" not in [span.text for span in find(text, known)]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="“”\"《》〈〉（）实施开展推进国家级示范区行动工程计划机制的和、。\n一三两416+N", max_size=120))
def test_spans_are_flat_sorted_and_inside(text: str) -> None:
    end = 0
    for span in find(text):
        assert end <= span.start < span.end <= len(text)
        assert span.text == text[span.start : span.end]
        assert span.label == "POLICY" and span.rule.startswith("policy.grammar.")
        end = span.end


def test_explanation_names_what_stopped_the_walk() -> None:
    verdicts = explain("深入实施农村电商提升行动，行动派很多。")
    taken = [v for v in verdicts if v.kind]
    assert [v.kind for v in taken] == ["programme"] and "实施" in taken[0].reason
    assert any(v.kind is None and "goes on as another word" in v.reason for v in verdicts)


@pytest.mark.parametrize("unit", ["“", "行动", "《", "国家", "示范区", "提升", "（）", '"'])
def test_hostile_repetition_is_survived(unit: str) -> None:
    assert isinstance(find(unit * 20_000), list)
