"""Reading views: same length or an index that leads back; nothing but the listed characters changes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from zhengce import patterns, views

SIMPLIFIED = views.simplifier({"國": "国", "務": "务", "萬": "万"})


@given(texts)
def test_maps_keep_the_length(text: str) -> None:
    assert len(views.half_width(text)) == len(text) == len(SIMPLIFIED(text))


def test_letters_digits_and_number_signs_become_half_width_and_punctuation_stays() -> None:
    assert views.half_width("１２．５％，ＡＢｃ（１）：“Ｘ”、￥３\u3000。") == "12.5%，ABc（1）：“X”、¥3 。"


def test_a_text_without_anything_to_map_is_given_back_as_it_is() -> None:
    text = "国务院办公厅"
    assert views.half_width(text) is text
    assert SIMPLIFIED(text) is text


def test_the_shipped_character_map_leaves_simplified_text_alone() -> None:
    pairs = patterns.character_pairs(patterns.load().tables)
    assert len(pairs) > 2500
    assert pairs["國"] == "国" and pairs["黨"] == "党"
    # Characters that simplified writing uses as well keep their meaning.
    assert not set(pairs) & set("乾著瞭夥藉后里面余台干")


layouts = st.text("甲乙丙“”，。a \u3000\r\n", max_size=80)


@given(texts | layouts)
def test_what_stands_around_breaks_leads_back_to_the_text(text: str) -> None:
    joined, index, seams = views.across_breaks(text)
    assert len(index) == len(joined)
    assert all(character == "\n" or text[offset] == character for character, offset in zip(joined, index))
    for seam in seams:
        gap = text[index[seam - 1] + 1 : index[seam]]
        assert gap.strip(" \t\u3000\r\n") == "" and 1 <= gap.count("\n") <= 2


@given(layouts)
def test_every_layout_break_is_removed_once(text: str) -> None:
    joined, index, seams = views.across_breaks(text)
    removed = [(index[seam - 1] + 1, index[seam]) for seam in seams]
    line_end = r"[ \t\u3000]*\r?\n"
    assert removed == [m.span() for m in re.finditer(rf"(?<=[甲乙丙”]){line_end}(?:{line_end})?[ \t\u3000]*(?=[甲乙丙“])", text)]


def test_which_breaks_are_removed() -> None:
    def joined(text: str) -> list[str]:
        return views.across_breaks(text)[0].split("\n")[:-1]

    assert joined("川渝毗邻\n\n地区") == ["川渝毗邻地区"]
    assert joined("重庆市\r\n  科技局") == ["重庆市科技局"]
    assert joined("完成。\n重庆市") == []  # a sentence ends there
    assert joined("重庆\n\n\n市科技局") == []  # a gap, not a line end
    assert joined("增长5\n6亿元") == []  # numbers never cross a line end
    assert joined("川渝毗邻\n\n地区\n融合发展") == ["川渝毗邻地区融合发展"]
    assert joined("会议。重庆\n市，川渝\n毗邻，地区") == ["。重庆市，", "，川渝毗邻，"]  # up to the next mark
