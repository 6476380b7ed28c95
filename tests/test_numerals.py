"""Numerals: what each writing is worth, and that reading undoes writing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengce import numerals

DIGITS, BIG_DIGITS, OLD_DIGITS = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "零壹貳參肆伍陸柒捌玖"
POWERS, BIG_POWERS = ("千", "百", "十", ""), ("仟", "佰", "拾", "")


def four(number: int, digits: str, powers: tuple[str, ...]) -> str:
    """A number below 10,000 in words, without a leading zero."""
    out, gap = "", False
    for digit, power in zip(f"{number:04d}", powers):
        if digit == "0":
            gap = bool(out)
            continue
        out += (digits[0] if gap else "") + digits[int(digit)] + power
        gap = False
    return out


def write(
    number: int,
    digits: str = DIGITS,
    powers: tuple[str, ...] = POWERS,
    large: tuple[str, ...] = ("", "万", "亿", "万亿"),
) -> str:
    """``number`` in words, below 10**16."""
    if number == 0:
        return digits[0]
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    out = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            out += (digits[0] if out and group < 1000 else "") + four(group, digits, powers)
            out += large[place] if place < 3 or not groups[2] else "万"  # 三万五千亿 says 亿 once
        elif place == 2 and len(groups) > 3 and not out.endswith("亿") and large[3] == "万亿" and out.endswith("万"):
            out += "亿"
    return out


NUMBERS = st.integers(0, 10**16 - 1) | st.integers(0, 10**5) | st.sampled_from([10**power for power in range(16)])


def worth(text: str) -> Decimal | None:
    numeral = numerals.read(text)
    return None if numeral is None else numeral.low if numeral.low == numeral.high else None


@given(NUMBERS)
def test_reading_undoes_writing_in_words(number: int) -> None:
    assert worth(write(number)) == number


@given(NUMBERS)
def test_reading_undoes_big_writing(number: int) -> None:
    assert worth(write(number, BIG_DIGITS, BIG_POWERS)) == number


@given(NUMBERS)
def test_reading_undoes_traditional_writing(number: int) -> None:
    text = write(number, OLD_DIGITS, BIG_POWERS).replace("万", "萬").replace("亿", "億")
    assert worth(text) == number


@given(NUMBERS)
def test_reading_undoes_arabic_writing(number: int) -> None:
    assert worth(str(number)) == worth(f"{number:,}") == worth(f"{number:,}".replace(",", "，")) == number


@given(
    st.decimals(0, 10**9, places=4, allow_nan=False),
    st.sampled_from([("", 0), ("万", 4), ("亿", 8), ("万亿", 12), ("千", 3), ("百万", 6)]),
)
def test_arabic_with_multipliers(number: Decimal, multiplier: tuple[str, int]) -> None:
    assert worth(f"{number:f}{multiplier[0]}") == number.scaleb(multiplier[1])


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_mixed_writing(high: int, low: int) -> None:
    assert worth(f"{high}万{low}" if low else f"{high}万") == high * 10_000 + low


@given(st.integers(0, 9999), st.text("0123456789", min_size=1, max_size=6))
def test_decimals_in_words(whole: int, decimals: str) -> None:
    words = "".join(DIGITS[int(digit)] for digit in decimals)
    assert worth(f"{write(whole)}点{words}") == Decimal(f"{whole}.{decimals}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10), ("十五", 15), ("二十", 20), ("廿五", 25), ("卅", 30), ("一百零五", 105), ("一百二", 120), ("三千五", 3500), ("两万三", 23000),
        ("三百五十万零二百", 3500200), ("1万5千", 15000), ("3亿5000万", 350000000), ("2亿3千5百万", 235000000), ("三万五千亿", 3500000000000),
        ("二十万亿", 20 * 10**12), ("1.2万亿", 12 * 10**11), ("千万亿", 10**15), ("百万", 10**6), ("一万万", 10**8), ("3兆", 3 * 10**12),
        ("叁佰伍拾萬", 3500000), ("一億兩千萬", 120000000), ("两百", 200), ("俩", 2), ("〇", 0), ("六点五亿", 650000000), ("1，100万", 11000000),
    ],
)  # fmt: skip
def test_worth(text: str, value: int) -> None:
    assert worth(text) == value


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("八九", 8, 9),
        ("八九亿", 8 * 10**8, 9 * 10**8),
        ("三五百", 300, 500),
        ("十二三", 12, 13),
        ("二三十", 20, 30),
        ("两三万", 20000, 30000),
        ("一百二三十", 120, 130),
    ],
)
def test_approximations(text: str, low: int, high: int) -> None:
    numeral = numerals.read(text)
    assert numeral is not None and (numeral.low, numeral.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "千百",
        "百千",
        "十十",
        "1.2.3",
        "12,34",
        "点五",
        "三点",
        "八点三十",
        "abc",
        "一二三百",
        "1" * 41,
        "万" * 1000,
    ],
)
def test_no_numeral(text: str) -> None:
    assert numerals.read(text) is None


def test_digit_by_digit() -> None:
    numeral = numerals.read("二〇二五")
    assert numeral is not None and numeral.spelled and numeral.low == 2025


@given(st.text(numerals.CHARACTERS + "0123456789.,点半", max_size=45))
def test_reading_never_raises(text: str) -> None:
    numeral = numerals.read(text)
    assert numeral is None or numeral.low <= numeral.high
