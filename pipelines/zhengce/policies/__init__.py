"""Names of policy that no list holds.

One Aho-Corasick pass finds the triggers (heads, opening marks, words of families); each trigger is
judged by its own small module, and the longest accepted names win. ``explain`` runs the same code
and keeps what was turned down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .. import automaton
from ..records import Span
from . import documents, families, heads, numbered, quoted
from .left_edge import REACH
from .lexicon import Lexicon, build
from .verdict import Known, Verdict

__all__ = ["Verdict", "compile_policies", "explain_policies"]

Judge = Callable[[str, int, int, Known], Verdict]
_MARK, _LEVEL_WORD, _GRADE, _NEVER = 1, 2, 3, 4  # kinds of evidence; nothing is the last
_OPEN = (0, 0, 0)


def compile_policies(tables: Mapping[str, Any]) -> Callable[..., list[Span]]:
    """``find(text, known=()) -> list[Span]``, flat and sorted.

    ``tables``: ``policies`` (parsed ``patterns/policies.toml``) and ``places`` (rows with ``name`` and
    ``short``). ``known``: POLICY and ORG spans that lists found in the same text, sorted by start.
    """
    verdicts = _compile(tables, gated=True)

    def find(text: str, known: Sequence[Span] = ()) -> list[Span]:
        taken = _flat(verdict for verdict in verdicts(text, known) if verdict.kind is not None)
        return [
            Span(v.start, v.end, "POLICY", v.type, text[v.start : v.end], f"policy.grammar.{v.kind}") for v in taken
        ]

    return find


def explain_policies(tables: Mapping[str, Any]) -> Callable[..., list[Verdict]]:
    """``explain(text, known=()) -> list[Verdict]``: every candidate, taken or not, with the reason."""
    return _compile(tables, gated=False)


def _compile(tables: Mapping[str, Any], *, gated: bool) -> Callable[..., list[Verdict]]:
    """``gated``: heads that the marks and level words seen so far leave without a chance get no verdict."""
    lexicon = build(tables["policies"], tables.get("places", ()))
    judges = _judges(lexicon)
    gates = _gates(lexicon) if gated else {}
    words = list(dict.fromkeys([*judges, *gates]))
    scan = automaton.build(words)
    by_index = [(judges.get(word), *gates.get(word, _OPEN)) for word in words]

    def verdicts(text: str, known: Sequence[Span] = ()) -> list[Verdict]:
        listed = Known(known)
        out, seen, lasts = [], -1, [-REACH] * 5  # lasts: where evidence of each kind was last seen
        for start, end, index in scan(text):
            judge, shows, wants, head = by_index[index]
            if shows:
                lasts[shows] = end
            if end == seen:  # a shorter head that ends at the same place
                continue
            if judge is None:
                if not head:
                    continue
                judge, start = judges[words[index][-head:]], end - head
            elif wants and not _open(wants, lasts, start - REACH):
                continue
            seen = end
            out.append(judge(text, start, end, listed))
        out.extend(quoted.repeated(listed))
        out.extend(listed.siblings)
        if any(word in text for word in lexicon.titles.aliases):
            out.extend(documents.short_names(text, lexicon))
        return out

    return verdicts


def _open(wants: int, lasts: list[int], floor: int) -> bool:
    return lasts[wants] > floor or wants == _LEVEL_WORD and lasts[_GRADE] > floor


def _gates(lexicon: Lexicon) -> dict[str, tuple[int, int, int]]:
    """By trigger: which evidence it is, which it needs before it, and the length of the head that ends it.

    A head that needs a quotation or a level word has no chance without one within reach; one that
    also takes a modifier has a trigger of its own for each: 零碳园区.
    """
    gates: dict[str, tuple[int, int, int]] = {}
    for head in lexicon.heads.values():
        if not head.needs <= heads.CHEAP:
            continue
        if "coined" in head.needs:
            longer = (word + head.word for word in head.coined)
            gates.update((word, (0, 0, len(head.word))) for word in longer if word not in lexicon.heads)
        if "quoted" in head.needs:
            gates[head.word] = (0, _MARK, 0)
        elif "level" in head.needs:
            gates[head.word] = (0, _GRADE if head.word in lexicon.common else _LEVEL_WORD, 0)
        else:
            gates[head.word] = (0, _NEVER, 0)
    gates.update((mark, (_MARK, 0, 0)) for mark in '”"')
    gates.update((word, (_LEVEL_WORD, 0, 0)) for word in lexicon.levels)
    gates["级"] = (_GRADE, 0, 0)
    return gates


def _judges(lexicon: Lexicon) -> dict[str, Judge]:
    judges: dict[str, Judge] = {}
    for word in lexicon.virtuous:
        judges[word] = lambda text, start, end, known: families.judge_virtue(text, start, end, lexicon)
    for word in lexicon.strong:
        judges[word] = lambda text, start, end, known: families.judge_strong(text, start, end, lexicon)
    for word in lexicon.numbered:
        judges[word] = lambda text, start, end, known: numbered.judge(text, start, end, lexicon)
    for word in lexicon.laws:
        judges[word] = lambda text, start, end, known: families.judge_law(text, start, end, lexicon)
    for word in lexicon.law_openings:
        judges[word] = lambda text, start, end, known: families.judge_bill(text, start, lexicon)
    for word in lexicon.doctrines:
        judges[word] = lambda text, start, end, known: families.judge_doctrine(text, start, end, lexicon)
    for word in lexicon.alone:
        judges[word] = lambda text, start, end, known: families.judge_alone(text, start, end, lexicon)
    judges["精神"] = lambda text, start, end, known: families.judge_spirit(text, start, end)
    for word, head in lexicon.heads.items():
        judges[word] = lambda text, start, end, known, head=head: heads.judge(text, start, end, head, known, lexicon)
    judges["《"] = lambda text, start, end, known: documents.judge(text, start, lexicon)
    for mark in '“"':
        judges[mark] = lambda text, start, end, known: quoted.judge(text, start, known, lexicon)
    return judges


def _flat(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The longest names, then the leftmost, none overlapping another, sorted by start."""
    taken: list[Verdict] = []
    cluster: list[Verdict] = []
    reach = -1
    for verdict in sorted(verdicts, key=_place):
        if verdict.start >= reach and cluster:
            taken += cluster if len(cluster) == 1 else _longest(cluster)
            cluster = []
        cluster.append(verdict)
        reach = max(reach, verdict.end)
    return taken + (cluster if len(cluster) < 2 else _longest(cluster))


def _place(verdict: Verdict) -> tuple[int, int]:
    return verdict.start, verdict.end


def _longest(cluster: list[Verdict]) -> list[Verdict]:
    covered: set[int] = set()
    out = []
    for verdict in sorted(cluster, key=lambda v: (v.start - v.end, v.start)):
        if verdict.start not in covered and verdict.end - 1 not in covered:
            covered.update(range(verdict.start, verdict.end))
            out.append(verdict)
    return sorted(out)
