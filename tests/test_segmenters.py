"""The tokenizers: the text is kept, whatever it holds, and the tokens are those that are promised."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from spacy.tokens import Doc
from strategies import texts

from zhengce.segmenters import CharTokenizer, PkusegTokenizer

ARTICLE = (Path(__file__).parent.parent / "corpus/articles/report-binwan-revival.txt").read_bytes().decode()

char = CharTokenizer(spacy.blank("zh").vocab)


@pytest.fixture(scope="module")
def pkuseg(pkuseg_folder: Path) -> PkusegTokenizer:
    return PkusegTokenizer(spacy.blank("zh").vocab, str(pkuseg_folder))


def tokens(doc: Doc) -> list[str]:
    return [token.text_with_ws for token in doc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("新质生产力", ["新", "质", "生", "产", "力"]),
        ("增长5.2%", ["增", "长", "5.2", "%"]),
        ("1,234万", ["1", ",", "234", "万"]),
        ("RCEP生效a", ["RCEP", "生", "效", "a"]),
        ("Wi-Fi6代", ["Wi", "-", "Fi", "6", "代"]),
        ("甲 乙", ["甲 ", "乙"]),
        ("ab 12 ", ["ab ", "12 "]),
        ("  甲  乙 \n", [" ", " ", "甲 ", " ", "乙 ", "\n"]),
        ("甲\r\n\r\n\u3000\u3000乙", ["甲", "\r\n\r\n\u3000\u3000", "乙"]),
        ("𠮷🚀\x00e\u0301", ["𠮷", "🚀", "\x00", "e", "\u0301"]),
        ("ORTH NOUN IS_ALPHA", ["ORTH ", "NOUN ", "IS", "_", "ALPHA"]),
    ],
)
def test_char_tokens(text: str, expected: list[str]) -> None:
    assert tokens(char(text)) == expected


@given(texts)
def test_char_keeps_the_text(text: str) -> None:
    doc = char(text)
    assert doc.text == text
    assert all(text[token.idx :].startswith(token.text) for token in doc)


def test_char_keeps_a_long_text() -> None:
    text = ARTICLE * 300 + " " * 1000 + "9" * 1000 + "\n" * 1000
    assert char(text).text == text


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        char("甲\ud800")


def test_char_outlives_a_memory_zone() -> None:
    nlp = spacy.blank("zh")
    tokenizer = nlp.tokenizer = CharTokenizer(nlp.vocab)
    with nlp.memory_zone():
        assert tokenizer("甲乙 RCEP 2024").text == "甲乙 RCEP 2024"
    assert tokenizer("甲乙 RCEP 2024").text == "甲乙 RCEP 2024"


def test_char_survives_a_vocabulary_that_is_read_anew(tmp_path: Path) -> None:
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "zhengce.CharTokenizer.v1"}}})
    nlp.to_disk(tmp_path / "empty")
    data = nlp.to_bytes()
    assert nlp("甲乙丙").text == "甲乙丙"
    assert nlp.from_disk(tmp_path / "empty")("甲乙丙").text == "甲乙丙"
    assert nlp.from_bytes(data)("甲乙丙").text == "甲乙丙"


def test_tokenizers_pickle(pkuseg: PkusegTokenizer) -> None:
    assert pickle.loads(pickle.dumps(char))("甲 12").text == "甲 12"
    copy = pickle.loads(pickle.dumps(pkuseg))
    assert copy.model_path == pkuseg.model_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ", [" "]),
        ("技术合同成交额475.6亿元", ["技术", "合同", "成交额", "475.6亿", "元"]),
        (" 重庆 大学  毕业\n\n\u3000典礼 ", [" ", "重庆 ", "大学 ", " ", "毕业", "\n\n\u3000", "典礼 "]),
    ],
)
def test_pkuseg_tokens(pkuseg: PkusegTokenizer, text: str, expected: list[str]) -> None:
    assert tokens(pkuseg(text)) == expected


def test_pkuseg_words_are_its_own(pkuseg: PkusegTokenizer, pkuseg_folder: Path) -> None:
    import spacy_pkuseg

    expected = spacy_pkuseg.pkuseg(str(pkuseg_folder)).cut(ARTICLE)
    assert [token.text for token in pkuseg(ARTICLE) if not token.is_space] == expected
    assert max(len(word) for word in expected) > 3


@settings(deadline=None)
@given(text=texts)
def test_pkuseg_keeps_the_text(pkuseg: PkusegTokenizer, text: str) -> None:
    assert pkuseg(text).text == text


def test_pkuseg_keeps_a_long_text_without_blanks(pkuseg: PkusegTokenizer) -> None:
    text = "".join(ARTICLE.split()) * 6 + "万" * 5000
    assert pkuseg(text).text == text
