"""Tokenizers for spaCy: characters (with runs of letters or digits whole) and pkuseg's words.

Both keep the text: ``doc.text`` is the text given, whatever blanks and control characters it holds.
As in spaCy's own tokenizers, a single space after a token is the token's, other blanks are tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from spacy.tokens import Doc
from spacy.util import DummyTokenizer

from . import doc_tokens, pkuseg_model

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

# Several characters that are one token: a number, a Latin word, blanks other than spaces.
_run = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]{2,}|[\t\n\r\u3000]{2,}")
_CODE_POINTS = 0x110000

# pkuseg's time grows with the square of what it gets at once: longer stretches are cut after a sentence.
_STRETCH = 2000
_stretch = re.compile(rf"\S{{1,{_STRETCH}}}(?:(?<=[。！？；])|(?!\S))|\S{{1,{_STRETCH}}}")


def create_char_tokenizer() -> Callable[[Language], CharTokenizer]:
    """The factory that ``[nlp.tokenizer] @tokenizers = "zhengce.CharTokenizer.v1"`` names."""
    return lambda nlp: CharTokenizer(nlp.vocab)


def create_pkuseg_tokenizer(model_path: str | None = None) -> Callable[[Language], PkusegTokenizer]:
    """The factory that ``[nlp.tokenizer] @tokenizers = "zhengce.PkusegTokenizer.v1"`` names."""
    return lambda nlp: PkusegTokenizer(nlp.vocab, model_path)


class CharTokenizer(DummyTokenizer):
    """A token for each character; numbers and Latin words are one token. Time linear in the text.

    Raises ``UnicodeEncodeError`` for a text with a lone surrogate, which spaCy cannot store.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._forget()

    def _forget(self) -> None:
        # The hash of each one-character string by code point; zero where not yet asked for.
        self._orths = numpy.zeros(_CODE_POINTS, numpy.uint64)

    def __call__(self, text: str) -> Doc:
        if not text:
            return Doc(self.vocab)
        codes = numpy.frombuffer(text.encode("utf-32-le"), numpy.uint32)
        words = self._orths[codes]
        if not words.all():
            for character in set(text):
                # Kept for good, also when first met in a memory zone: the table outlives the zone.
                self._orths[ord(character)] = self.vocab.strings.add(character, allow_transient=False)
            words = self._orths[codes]
        begins = numpy.ones(len(text), bool)
        runs = [match.span() for match in _run.finditer(text)]
        if runs:
            add = self.vocab.strings.add
            starts, ends = numpy.array(runs).T
            words[starts] = [add(text[start:end], allow_transient=True) for start, end in runs]
            depth = numpy.zeros(len(text) + 1, numpy.int8)
            depth[starts + 1] += 1
            numpy.subtract.at(depth, ends, 1)
            begins &= numpy.cumsum(depth[:-1], dtype=numpy.int8) == 0
        # Of several spaces the first is the token's before it, at the start of the text none is.
        folded = codes == 32
        folded[1:] &= ~folded[:-1]
        folded[0] = False
        begins &= ~folded
        starts = numpy.flatnonzero(begins)
        after = numpy.append(starts[1:], len(text))
        words, spaces = words[starts], folded[after - 1]
        doc = Doc(self.vocab, words=words.tolist(), spaces=spaces.tolist())
        doc_tokens.remember(doc, doc_tokens.Tokens(text, starts, after - spaces, spaces, words, False))
        return doc

    def __reduce__(self) -> Any:
        return CharTokenizer, (self.vocab,)

    def from_disk(self, path: Path | str, **kwargs: Any) -> CharTokenizer:
        """Nothing is stored; the vocabulary has just been read anew, so hashes are asked for again."""
        self._forget()
        return self

    def from_bytes(self, data: bytes, **kwargs: Any) -> CharTokenizer:
        """Like ``from_disk``."""
        self._forget()
        return self


class PkusegTokenizer(DummyTokenizer):
    """The words of pkuseg; numbers, units and names may be cut anywhere.

    ``model_path``: a folder with ``features.msgpack`` and ``weights.npz``; by default the model that
    ``zhengce setup pkuseg`` stored. A saved pipeline holds the reference, not the model. Raises
    ``pkuseg_model.MissingModel`` where there is none. The model is read at the first text (three
    seconds, 770 MB).
    """

    def __init__(self, vocab: Vocab, model_path: str | None = None) -> None:
        self.vocab, self.model_path = vocab, model_path
        self._cut: Callable[[str], list[str]] | None = None
        pkuseg_model.locate(model_path)

    def __call__(self, text: str) -> Doc:
        if self._cut is None:
            self._cut = _load_pkuseg(pkuseg_model.locate(self.model_path))
        words: list[str] = []
        spaces: list[bool] = []
        for word in self._words(text):
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def _words(self, text: str) -> Iterator[str]:
        """The words of ``text`` with the blanks between them: single spaces apart, others together."""
        end = 0
        for match in _stretch.finditer(text):
            yield from _blanks(text[end : match.start()])
            end = match.end()
            yield from _whole(self._cut(match.group()), match.group())
        yield from _blanks(text[end:])

    def __reduce__(self) -> Any:
        return PkusegTokenizer, (self.vocab, self.model_path)


def _load_pkuseg(folder: Path) -> Callable[[str], list[str]]:
    import spacy_pkuseg

    return spacy_pkuseg.pkuseg(str(folder)).cut


def _blanks(text: str) -> Iterable[str]:
    """A stretch of white space as tokens: its first space, which a word can take, then the rest."""
    if text[:1] != " ":
        return (text,) if text else ()
    return (" ", text[1:]) if len(text) > 1 else (" ",)


def _whole(words: list[str], stretch: str) -> list[str]:
    """The words, once it is sure that they are the stretch; else the stretch as one word."""
    return words if "".join(words) == stretch else [stretch]
