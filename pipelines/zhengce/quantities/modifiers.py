"""The words that touch an amount and belong to its span: bounds, currencies, signs, vague numerals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..numerals import POWERS
from ..units import UnitTable
from ..wordlists import characters_of, words_of
from .measures import Amount
from .numbers import HAN, MINUS, is_minus

_AT_MOST = 4  # words on the left of a number


class Around(NamedTuple):
    """The whole span, its bound, whether it is negative, and the unit and type a currency word gives."""

    start: int
    end: int
    bound: str
    touched: bool  # a bound or vague word stands in the span
    negative: bool
    unit_text: str
    type: str


def compile_modifiers(table: UnitTable, words: Mapping[str, Any]) -> Callable[[str, Amount, int], Around | None]:
    """``around(text, amount, floor)``: the amount with the words that touch it; ``None`` for a bare 亿元."""
    before: dict[str, str] = words.get("before", {})
    behind: dict[str, str] = words.get("behind", {})
    before_last = {word[-1] for word in before}
    before_sizes = sorted({len(word) for word in before}, reverse=True)
    behind_first: dict[str, list[str]] = {}
    for word in sorted(behind, key=len, reverse=True):
        behind_first.setdefault(word[0], []).append(word)
    vague = tuple(sorted(words.get("indefinite", {}).get("words", ()), key=len, reverse=True))
    not_after = {word: characters_of(listed) for word, listed in words.get("before_not_after", {}).items()}
    not_with = {word: tuple(words_of(tails)) for word, tails in words.get("before_not_with", {}).items()}
    not_before = {word: tuple(words_of(tails)) for word, tails in words.get("behind_not_before", {}).items()}
    types: dict[str, list[str]] = words.get("behind_types", {})
    tail = words.get("behind_unit", {})
    tail_words, tail_types, tail_follow = tail.get("words", ()), tail.get("types", ()), tuple(tail.get("follow", ()))
    recent = words.get("recent", {})
    recent_word = recent.get("word")
    recent_units, measured = frozenset(recent.get("units", ())), tuple(recent.get("measured", ()))
    money_before = sorted(table.before, key=len, reverse=True)
    money_last = {word[-1] for word in money_before}
    money_apart = tuple(word for word in money_before if word[-1] < HAN)
    money_behind = tuple(table.behind)
    money_first = {word[0] for word in money_behind}
    burdens = frozenset(characters_of(words.get("negative", {}).get("not_after")))

    def is_recent(text: str, amount: Amount, start: int) -> bool:
        """近5年 before which nothing measures: the last five years."""
        if amount.unit.id not in recent_units or amount.worth.value is None or amount.worth.value >= 100:
            return False
        return not text.endswith(measured, 0, start)

    def word_before(text: str, start: int, floor: int) -> str | None:
        for size in before_sizes:
            word = text[start - size : start] if start >= size else ""
            if word in before and start - size >= floor:
                blocked = not_after.get(word)
                if blocked and text[start - size - 1 : start - size] in blocked and start > size:
                    return None
                return word
        return None

    def around(text: str, amount: Amount, floor: int) -> Around | None:
        start, end = amount.start, amount.end
        bounds: list[str] = []  # innermost first
        touched = bool(amount.number.vague)
        negative, unit_text, kind = False, "", ""
        previous = text[start - 1 : start]
        raw = amount.number.raw
        if raw and raw[0] in POWERS and start and previous in "数數几幾上":
            for word in vague:
                if text.endswith(word, floor, start):
                    if not (blocked_by(text, word, start)):
                        start -= len(word)
                        bounds.append("~")
                    break
            previous = text[start - 1 : start]
        if previous == " " and (amount.worth.type == "money" or amount.shape == "empty"):
            if text.endswith(money_apart, floor, start - 1):  # RMB 300
                start -= 1
                previous = text[start - 1]
        for _ in range(_AT_MOST):
            if not previous or start <= floor:
                break
            if previous in before_last and (word := word_before(text, start, floor)) is not None:
                if word == recent_word and is_recent(text, amount, start - len(word)):
                    break
                if word in not_with and text.startswith(not_with[word], end):
                    break
                bounds.append(before[word])
                start -= len(word)
            elif (
                previous in money_last
                and not kind
                and amount.worth.type == "money"
                or (previous in money_last and amount.shape == "empty")
            ):
                word = next((word for word in money_before if text.endswith(word, floor, start)), None)
                if word is None:
                    break
                unit = table.before[word]
                unit_text, kind = amount.worth.unit_text or unit.name or "", "money"
                start -= len(word)
            elif previous in MINUS and not negative and amount.shape != "range" and is_minus(text, start - 1, burdens):
                negative = True
                start -= 1
            else:
                break
            previous = text[start - 1 : start]
        after = text[end : end + 1]
        if after in money_first and amount.worth.type == "money":
            word = next((word for word in money_behind if text.startswith(word, end)), None)
            if word is not None:
                unit_text = amount.worth.unit_text or table.behind[word].name or ""
                end += len(word)
                after = text[end : end + 1]
        last = ""
        if (
            after in tail_words
            and amount.worth.type in tail_types
            and (len(text) == end + 1 or text.startswith(tail_follow, end + 1))
        ):
            last = "~"
            end += 1
            after = text[end : end + 1]
        if after in behind_first:
            for word in behind_first[after]:
                if text.startswith(word, end):
                    if word in types and amount.worth.type not in types[word]:
                        continue
                    if word in not_before and text.startswith(not_before[word], end + len(word)):
                        continue
                    end += len(word)
                    if last in ("", "~"):
                        last = behind[word]
                    break
        if last:
            bounds.append(last)
        if amount.number.vague:
            bounds.append(amount.number.vague)
        if not bounds:
            if amount.number.bare and amount.shape != "fraction":
                return None
            return Around(start, end, "=", touched, negative, unit_text, kind)
        bound = next((bound for bound in bounds if bound != "~"), "~")
        return Around(start, end, bound, True, negative, unit_text, kind)

    def blocked_by(text: str, word: str, start: int) -> bool:
        at = start - len(word)
        return at > 0 and text[at - 1] in not_after.get(word, "")

    return around
