"""The organisation grammar on tables of texts with the names in ⟦⟧."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengce.organisations import compile_organisations, explain
from zhengce.patterns import merge
from zhengce.records import Span
from zhengce.resources import data_path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

CASES = sorted((Path(__file__).parent / "cases" / "organisations").glob("*.jsonl"))


def load_tables() -> dict:
    folder = data_path("patterns")
    rows = []
    for path in sorted((folder / "places").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="\t")
    table = tomllib.loads((folder / "organisations.toml").read_text(encoding="utf-8"))
    return {"organisations": table, "places": rows}


FIND = compile_organisations(load_tables())


def marked(text: str) -> str:
    out, at = [], 0
    for span in FIND(text):
        out += [text[at : span.start], "⟦", text[span.start : span.end], "⟧"]
        at = span.end
    return "".join(out) + text[at:]


def rows() -> list:
    return [
        pytest.param(json.loads(line)["text"], id=f"{path.stem}:{number}")
        for path in CASES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
    ]


@pytest.mark.parametrize("text", rows())
def test_names_as_marked(text: str) -> None:
    assert marked(text.replace("⟦", "").replace("⟧", "")) == text


def found(text: str, known: tuple[Span, ...] = ()) -> list[tuple[str, str | None, str]]:
    return [(text[span.start : span.end], span.type, span.rule) for span in FIND(text, known)]


@pytest.mark.parametrize(
    ("text", "name", "kind", "rule"),
    [
        ("由重庆青山工业有限责任公司承担", "重庆青山工业有限责任公司", "company", "org.grammar.company"),
        ("在金凤实验室", "金凤实验室", "research", "org.grammar.laboratory"),
        ("西南大学药学院", "西南大学药学院", "education", "org.grammar.university"),
        ("市委科技委会议", "市委科技委", "government", "org.grammar.organ"),
        ("重庆高新区", "重庆高新区", "zone", "org.grammar.zone"),
        ("上海瑞金医院", "上海瑞金医院", "hospital", "org.grammar.hospital"),
        ("据云南日报报道", "云南日报", "media", "org.grammar.media"),
        ("中国曲艺家协会", "中国曲艺家协会", "other", "org.grammar.association"),
        ("联合国宣布", "联合国", "other", "org.grammar.international"),
        ("中国人民银行重庆市分行", "中国人民银行重庆市分行", "government", "org.grammar.part"),
    ],
)
def test_type_and_rule(text: str, name: str, kind: str, rule: str) -> None:
    assert found(text) == [(name, kind, rule)]


def test_a_unit_behind_a_listed_name_makes_a_longer_one() -> None:
    text = "走进哈工大航天学院，再到哈工大。"
    known = (Span(2, 5, "ORG", "education"), Span(12, 15, "ORG", "education"))
    assert found(text, known) == [("哈工大航天学院", "education", "org.grammar.university")]


def test_what_a_listed_name_covers_is_left_to_it() -> None:
    assert found("金凤实验室投入运行", (Span(0, 5, "ORG", "research"),)) == []


def test_an_alias_shares_the_entity() -> None:
    text = "重庆青山工业有限责任公司（以下简称“青山工业”）公告。青山工业表示，将扩产。"
    spans = FIND(text)
    assert [text[span.start : span.end] for span in spans] == ["重庆青山工业有限责任公司", "青山工业", "青山工业"]
    assert {span.entity_id for span in spans} == {"重庆青山工业有限责任公司"}
    assert {span.rule for span in spans[1:]} == {"org.alias"}


def test_a_legal_name_cut_short_is_found_elsewhere_but_not_a_generic_rest() -> None:
    assert ("七腾机器人", "company", "org.alias") in found("七腾机器人有限公司扩产，七腾机器人已有订单。")
    assert [name for name, _, _ in found("重庆机器人有限公司扩产，机器人产业壮大。")] == ["重庆机器人有限公司"]


def test_an_alias_of_a_document_is_none() -> None:
    assert found("《某办法》（以下简称《办法》）自公布之日起施行，《办法》第三条。") == []


def test_a_heading_above_a_name_is_no_part_of_it() -> None:
    text = "保障措施塔拉高新区管委会成立小组"
    assert [text[s.start : s.end] for s in FIND(text)] == ["保障措施塔拉高新区管委会"]
    assert [text[s.start : s.end] for s in FIND(text, (), [4])] == ["塔拉高新区管委会"]


def test_a_name_goes_on_over_a_line_break() -> None:
    text = "由重庆青山工业有限责任公司承担"
    assert [[text[s.start : s.end] for s in FIND(text, (), [at])] for at in (3, 4, 5, 8)] == [[text[1:13]]] * 4


def test_the_alias_of_a_firm_whose_name_is_cut_off() -> None:
    text = "能源有限责任公司（以下简称“祁源绿氢”）公告，祁源绿氢扩产。"
    assert [(text[s.start : s.end], s.entity_id) for s in FIND(text)] == [("祁源绿氢", "祁源绿氢")] * 2


def test_explain_gives_the_spans_of_find_and_the_reasons_of_the_rest() -> None:
    text = "省财政厅、教育厅和各区县政府，3家银行，行业协会，优化布局。"
    verdicts = explain(FIND.grammar, text)
    accepted = [(verdict.start, verdict.end) for verdict in verdicts if verdict.start >= 0]
    assert accepted == [(span.start, span.end) for span in FIND(text)]
    reasons = {text[verdict.head : verdict.end]: verdict.reason for verdict in verdicts}
    assert reasons["教育厅"] == "in a list of organs"
    assert reasons["政府"] == "vague 各区"
    assert reasons["银行"].startswith("vague")
    assert "布局" not in reasons


PIECES = ["省委", "省", "市", "科技局", "大学", "局", "和", "县", "（", "）", "“", "”", "、", "等企业", "重庆", "中国",
          "集团", "有限公司", "以下简称", "第", "十", "届", "委员会", "A", "9", "\n", "—", "驻", "大使馆", "𠀀", "的"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60))
def test_spans_are_flat_sorted_and_inside_the_text(text: str) -> None:
    spans = FIND(text)
    assert all(0 <= span.start < span.end <= len(text) and span.label == "ORG" and span.type for span in spans)
    assert all(span.rule.startswith("org.") for span in spans)
    assert all(left.end <= right.start for left, right in zip(spans, spans[1:]))
    assert [(s.start, s.end) for s in FIND(text)] == [(s.start, s.end) for s in spans]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join), st.data())
def test_any_listed_names_leave_the_result_flat(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    known = [Span(a, b, "ORG", "company") for a, b in zip(cuts[::2], cuts[1::2])]
    spans = FIND(text, known)
    assert all(left.end <= right.start for left, right in zip(spans, spans[1:]))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_the_words_of_a_user_are_merged_in() -> None:
    tables = load_tables()
    added = {
        "heads": {"reserve": {"type": "other", "anchor": "word", "heads": ["保护站"]}},
        "words": {"stop": ["瞻望"]},
    }
    tables["organisations"] = merge(tables["organisations"], added)
    find = compile_organisations(tables)
    text = "考察瞻望索南达杰保护站"
    assert [(text[s.start : s.end], s.rule) for s in find(text)] == [("索南达杰保护站", "org.grammar.reserve")]
