"""What hypothesis draws: any text, and records that hold together."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from zhengce.records import BOUNDS, Document, Quantity, Relation, Span

# The characters that move offsets or get lost: astral, joined, combining, line ends, blanks, markup, controls.
AWKWARD = ["𠮷", "🚀", "👨‍👩‍👧", "e\u0301", "\r\n", "\r", "\n", "\n\n", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", "\u2028", "\x00", "\x0b", " ", "  ", "<b>", "&amp;", "”", "“"]
CHINESE = ["省委", "发展改革委", "乡村振兴", "新质生产力", "重庆大学", "有限公司", "超过", "约", "３", "5", "十", "万", "亿元", "%", "％", "个", "、", "。", "《", "》条例", "“416”", "行动计划", "推进", "國務院", "萬"]

texts = st.lists(st.sampled_from(AWKWARD + CHINESE) | st.text(max_size=3), max_size=25).map("".join).filter(
    lambda text: not any("\ud800" <= character <= "\udfff" for character in text)
)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=Decimal("-1e30"), max_value=Decimal("1e30"))


def unknown(*known: str) -> st.SearchStrategy[dict]:
    """Keys that the model does not know, with any value but null."""
    return st.dictionaries(words.filter(lambda key: key not in known), json_values, max_size=2)


QUANTITY_KEYS = tuple(Quantity.__slots__)
quantities = st.builds(
    Quantity,
    value=st.none() | numbers,
    low=st.none() | numbers,
    high=st.none() | numbers,
    unit=st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    bound=st.sampled_from(BOUNDS),
    unit_id=st.none() | words,
    dimension=st.none() | words,
    base_value=st.none() | numbers,
    base_unit=st.none() | words,
    change=st.none() | st.sampled_from(["up", "down"]),
    extra=unknown(*QUANTITY_KEYS),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document that passes the check: spans anywhere, nested and repeated, with relations between them."""
    text = draw(texts)
    spans: list[Span] = []
    if text:
        for number in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
            spans.append(
                Span(
                    start,
                    end,
                    draw(st.sampled_from(["POLICY", "ORG", "QUANTITY"])),
                    type=draw(st.none() | words),
                    text=text[start:end],
                    rule=draw(words),
                    quantity=draw(st.none() | quantities),
                    entity_id=draw(st.none() | words),
                    score=draw(st.none() | st.floats(0, 1)),
                    source=draw(st.none() | st.sampled_from(["accepted", "changed", "human"])),
                    id=f"s{number}",
                    extra=draw(unknown(*Span.__slots__)),
                )
            )
    ids = [span.id for span in spans]
    relations = []
    if ids:
        ends = st.sampled_from(ids)
        relation = st.builds(Relation, ends, ends, st.just("") | words, unknown(*Relation.__slots__))
        relations = draw(st.lists(relation, max_size=2))
    meta = draw(st.dictionaries(words, json_values, max_size=2))
    return Document(draw(words), text, meta, spans, relations, draw(unknown(*Document.__slots__)))
