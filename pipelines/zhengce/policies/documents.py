"""Documents in title marks and the short names that a text gives them."""

from __future__ import annotations

from .lexicon import Lexicon
from .verdict import Verdict

LONGEST = 90  # characters of the longest title


def judge(text: str, start: int, lexicon: Lexicon) -> Verdict:
    """The verdict on the title that opens at ``start``; nested and broken marks are matched by depth."""
    end = _closing(text, start)
    titles = lexicon.titles
    if end is None:
        return Verdict(start, start + 1, "document", None, f"no closing mark within {LONGEST} characters")
    if text.endswith(titles.works, max(0, start - 4), start):
        return Verdict(start, end, "document", None, "a work, by the word before it")
    inner = titles.words.search(text, start + 1, end - 1)
    if inner is not None:
        return Verdict(start, end, "document", "document", f"{inner[0]} in the title")
    if text.startswith(titles.works_behind, end):
        return Verdict(start, end, "document", None, "a work, by the word behind it")
    if text.endswith(titles.drafted, max(0, start - 4), start):
        return Verdict(start, end, "document", "document", "a verb of drafting before it")
    return Verdict(start, end, "document", None, "nothing shows a document")


def _closing(text: str, start: int) -> int | None:
    """The end of the title: where the first mark closes, else (one is missing) the last before a break."""
    depth, last = 0, None
    for i in range(start, min(len(text), start + LONGEST)):
        char = text[i]
        if char == "《" or char == "〈":
            depth += 1
        elif char == "》" or char == "〉":
            depth -= 1
            if char == "》":
                last = i + 1
            if depth <= 0:
                return i + 1
        elif char == "\n" or char == "。":
            break
    return last


def short_names(text: str, lexicon: Lexicon) -> list[Verdict]:
    """Every occurrence of the names introduced by 以下简称《…》 and, right behind a document, by 以下简称“…”."""
    out: list[Verdict] = []
    done: set[str] = set()
    for word in lexicon.titles.aliases:
        at = text.find(word)
        while at >= 0:
            begin = at + len(word)
            at = text.find(word, begin)
            if text.startswith(("为", "：", ":"), begin):
                begin += 1
            name = _introduced(text, begin, begin - len(word))
            if name is not None and name not in done:
                done.add(name)
                out.extend(_occurrences(text, name))
    return out


def _introduced(text: str, begin: int, word: int) -> str | None:
    mark = text[begin : begin + 1]
    if mark == "《":
        end = text.find("》", begin, begin + 30)
        return text[begin : end + 1] if end > 0 else None
    if mark in ("“", '"') and text[max(0, word - 3) : word].rstrip("（(，,").endswith("》"):
        end = min((e for m in '”"' if (e := text.find(m, begin + 1, begin + 30)) > 0), default=-1)
        return text[begin + 1 : end] if end - begin > 2 else None
    return None


def _occurrences(text: str, name: str) -> list[Verdict]:
    out, at = [], text.find(name)
    while at >= 0:
        out.append(Verdict(at, at + len(name), "document", "alias", "short name given in the text"))
        at = text.find(name, at + len(name))
    return out
