"""A spaCy ``Doc`` as arrays of characters: its text, cutting tokens where spans need it, writing entities.

``doc.text``, ``Doc.retokenize`` and ``doc.ents = …`` take a Python step for each token, and
``retokenize().split`` one pass over the document for each token it splits; here each is a few array
operations, so time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy
from spacy import attrs
from spacy.strings import StringStore
from spacy.tokens import Doc, Span, SpanGroup

_TOKEN_ATTRS = (
    *(attrs.TAG, attrs.POS, attrs.MORPH, attrs.LEMMA, attrs.NORM, attrs.SENT_START),
    *(attrs.ENT_IOB, attrs.ENT_TYPE, attrs.ENT_KB_ID, attrs.ENT_ID),
)
_OF_PARSE = (attrs.HEAD, attrs.DEP)
_DOC_ATTRIBUTES = (
    *("cats", "sentiment", "has_unknown_spaces", "_context"),
    *("user_hooks", "user_token_hooks", "user_span_hooks"),
)
_INSIDE, _OUTSIDE, _BEGINS = 1, 2, 3  # values of ENT_IOB
_NOT_SENT_START = numpy.uint64(2**64 - 1)  # minus one


# Hash → string for any vocabulary, in and out of memory zones: a hash stands for one string only.
_known: dict[int, str] = {}
_MOST_KNOWN = 1 << 18


class Tokens(NamedTuple):
    """The tokens of a text of n characters: arrays of one value a token."""

    text: str
    starts: numpy.ndarray  # int64, offset of the first character
    ends: numpy.ndarray  # int64, offset after the last character, a following space not counted
    spaces: numpy.ndarray  # bool, whether a space follows that belongs to the token
    words: numpy.ndarray  # uint64, the hash of the text
    has_entities: bool


# What a tokenizer of ours knows of a Doc that it has just made, until the component asks.
_remembered: WeakKeyDictionary[Doc, Tokens] = WeakKeyDictionary()


def remember(doc: Doc, tokens: Tokens) -> None:
    """Spare ``read`` the work on a ``doc`` whose tokens are known."""
    _remembered[doc] = tokens


def read(doc: Doc) -> Tokens:
    """The tokens of ``doc``; ``text`` is ``doc.text``."""
    known = _remembered.pop(doc, None)
    if known is not None:
        table = doc.to_array([attrs.LENGTH, attrs.ENT_TYPE])
        # A component in between may have split or merged tokens.
        if numpy.array_equal(table[:, 0], known.ends - known.starts):
            return known._replace(has_entities=bool(table[:, 1].any()))
    table = doc.to_array([attrs.ORTH, attrs.LENGTH, attrs.SPACY, attrs.ENT_TYPE])
    words, lengths, spaces = table[:, 0], table[:, 1].astype(numpy.int64), table[:, 2].astype(bool)
    pieces = _strings(words.tolist(), doc.vocab.strings)
    for index in numpy.flatnonzero(spaces).tolist():
        pieces[index] += " "
    ends = numpy.cumsum(lengths + spaces) - spaces
    return Tokens("".join(pieces), ends - lengths, ends, spaces, words, bool(table[:, 3].any()))


def _strings(orths: list[int], store: StringStore) -> list[str]:
    """The strings of hashes: what ``store`` gives for each, asked once for each."""
    global _known
    try:
        return list(map(_known.__getitem__, orths))
    except KeyError:
        known = _known if len(_known) < _MOST_KNOWN else {}
        known.update((orth, store[orth]) for orth in set(orths).difference(known))
        _known = known
        return list(map(known.__getitem__, orths))


def token_spans(tokens: Tokens, offsets: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
    """First token and token after the last for spans at ``offsets`` (m × 2), and whether all fit the tokens."""
    first = numpy.searchsorted(tokens.starts, offsets[:, 0], "right") - 1
    after = numpy.searchsorted(tokens.starts, offsets[:, 1] - 1, "right")
    fits = (tokens.starts[first] == offsets[:, 0]).all() and (tokens.ends[after - 1] == offsets[:, 1]).all()
    return first, after, bool(fits)


def cut(doc: Doc, tokens: Tokens, offsets: numpy.ndarray) -> tuple[Doc, Tokens]:
    """A ``Doc`` of the same text in which spans at ``offsets`` (m × 2) begin and end with tokens.

    Tokens are split where a span begins or ends inside; a space that belongs to a token becomes a
    token where a span begins or ends with it. All annotation goes along, parts of a token inherit
    from the whole as in ``Doc.retokenize``; ``doc`` itself stays as it is.
    """
    length = len(tokens.text)
    begins, folded = numpy.zeros(length + 1, bool), numpy.zeros(length + 1, bool)
    begins[tokens.starts] = True
    folded[tokens.ends[tokens.spaces]] = True
    edges = numpy.concatenate([offsets[:, 0], offsets[:, 1] - 1])
    unfolded = edges[folded[edges]]
    folded[unfolded], begins[unfolded] = False, True
    begins[offsets[:, 0]] = True
    begins[offsets[:, 1]] |= ~folded[offsets[:, 1]]

    starts = numpy.flatnonzero(begins[:length])
    after = numpy.append(starts[1:], length)
    spaces = folded[after - 1]
    ends = after - spaces
    origin = numpy.searchsorted(tokens.starts, starts, "right") - 1
    words = tokens.words[origin]
    new = (starts != tokens.starts[origin]) | (ends != tokens.ends[origin])
    add = doc.vocab.strings.add
    for index in numpy.flatnonzero(new).tolist():
        words[index] = add(tokens.text[starts[index] : ends[index]], allow_transient=True)
    made = Doc(doc.vocab, words=words.tolist(), spaces=spaces.tolist(), user_data=doc.user_data)

    _copy_attributes(doc, made, origin, new, blank=starts >= tokens.ends[origin], words=words)
    if doc.tensor.size:
        made.tensor = doc.tensor[origin]
        made.tensor[new] = 0
    for key, group in doc.spans.items():
        moved = [
            Span(
                made,
                int(numpy.searchsorted(starts, span.start_char)),
                int(numpy.searchsorted(starts, span.end_char)),
                label=span.label,
                kb_id=span.kb_id,
                span_id=span.id,
            )
            for span in group
        ]
        made.spans[key] = SpanGroup(made, name=group.name, attrs=dict(group.attrs), spans=moved)
    for name in _DOC_ATTRIBUTES:
        setattr(made, name, getattr(doc, name))
    return made, Tokens(tokens.text, starts, ends, spaces, words, tokens.has_entities)


def _copy_attributes(
    doc: Doc, made: Doc, origin: numpy.ndarray, new: numpy.ndarray, *, blank: numpy.ndarray, words: numpy.ndarray
) -> None:
    """Copy what is known of each token to the tokens ``made`` of it; ``origin`` gives its index in ``doc``.

    ``new``: tokens that are not whole tokens of ``doc``; ``blank``: spaces that have become tokens.
    """
    columns = [*_TOKEN_ATTRS, *(_OF_PARSE if doc.has_annotation("DEP") else ())]
    old = doc.to_array(columns)
    table = old[origin]
    column = {attr: table[:, index] for index, attr in enumerate(columns)}
    first = numpy.append(True, origin[1:] != origin[:-1])
    begin = numpy.flatnonzero(first)  # the first token made of each old one

    column[attrs.NORM][new] = 0
    lemma, iob, sent_start = column[attrs.LEMMA], column[attrs.ENT_IOB], column[attrs.SENT_START]
    lemma[new] = numpy.where(lemma[new] != 0, words[new], 0)
    iob[~first & (iob == _BEGINS) & (column[attrs.ENT_TYPE] != 0)] = _INSIDE
    sent_start[~first & (sent_start != 0)] = _NOT_SENT_START
    if attrs.HEAD in column:
        heads = begin[numpy.arange(len(old)) + old[:, columns.index(attrs.HEAD)].view(numpy.int64)][origin]
        heads[~first] = begin[origin[~first]]
        column[attrs.HEAD][:] = (heads - numpy.arange(len(table))).astype(numpy.int64).view(numpy.uint64)
    for attr in (attrs.TAG, attrs.POS, attrs.MORPH, attrs.LEMMA):
        column[attr][blank] = 0
    # A space stays in the entity that goes on after it.
    inside = numpy.append(iob[1:] == _INSIDE, False)
    leaves = blank & ~inside
    iob[leaves] = numpy.where(iob[leaves] == 0, 0, _OUTSIDE)
    for attr in (attrs.ENT_TYPE, attrs.ENT_KB_ID, attrs.ENT_ID):
        column[attr][leaves] = 0
    made.from_array(columns, table)


def set_entities(doc: Doc, first: numpy.ndarray, after: numpy.ndarray, labels: list[int], ids: list[int]) -> None:
    """Write entities that do not overlap into a ``doc`` that has none: ``doc.ents = …`` in one pass.

    ``first`` and ``after`` are token indices, ``labels`` and ``ids`` hashes, one an entity.
    """
    table = numpy.zeros((len(doc), 3), numpy.uint64)
    table[:, 0] = _OUTSIDE
    lengths = after - first
    rows = numpy.arange(lengths.sum()) + numpy.repeat(first - (numpy.cumsum(lengths) - lengths), lengths)
    table[rows, 0] = _INSIDE
    table[first, 0] = _BEGINS
    table[rows, 1] = numpy.repeat(numpy.array(labels, numpy.uint64), lengths)
    table[rows, 2] = numpy.repeat(numpy.array(ids, numpy.uint64), lengths)
    doc.from_array([attrs.ENT_IOB, attrs.ENT_TYPE, attrs.ENT_ID], table)


def add_entities(doc: Doc, spans: Sequence[Span]) -> None:
    """Add entities that do not overlap to those of ``doc``; an older one that overlaps a new one goes."""
    taken = numpy.zeros(len(doc) + 1, bool)
    for span in spans:
        taken[span.start : span.end] = True
    doc.ents = [*(ent for ent in doc.ents if not taken[ent.start : ent.end].any()), *spans]
