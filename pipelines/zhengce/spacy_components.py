"""The spaCy component ``zhengce``: a thin adapter over ``Annotator``, and the pipelines that hold it.

``nlp(text)`` gives the spans of ``Annotator(text)`` under every tokenizer: matching is on the text,
and tokens are cut where a span needs it.
"""

# No postponed annotations here: spaCy reads those of a factory to check its config.

import copy
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import srsly
from spacy import util
from spacy.errors import Errors
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc

from . import doc_records, doc_tokens
from . import patterns as pattern_files
from .annotator import Annotator, Candidate
from .doc_records import KEY
from .records import Document, Span
from .resources import data_path

NAME = "zhengce"
PIPELINES = ("char", "pkuseg")

_OPTIONS = ("builtin", "overlap", "reading_views", "grammars", "overwrite_ents")


@Language.factory(
    NAME,
    assigns=["doc.ents", "doc.spans", "token.ent_type", "token.ent_iob", "token.ent_id"],
    default_config={
        "patterns": [],
        "builtin": True,
        "overlap": "longest",
        "reading_views": True,
        "grammars": True,
        "overwrite_ents": False,
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def create_zhengce(
    nlp: Language,
    name: str,
    patterns: list[str],
    builtin: bool,
    overlap: Literal["longest", "all"],
    reading_views: bool,
    grammars: bool,
    overwrite_ents: bool,
) -> "Zhengce":
    """The factory that ``nlp.add_pipe("zhengce", config={…})`` calls; see ``Zhengce``."""
    return Zhengce(
        nlp,
        name,
        patterns,
        builtin=builtin,
        overlap=overlap,
        reading_views=reading_views,
        grammars=grammars,
        overwrite_ents=overwrite_ents,
    )


class Zhengce:
    """Sets ``doc.spans["zhengce"]`` to the spans of ``Annotator`` and ``doc.ents`` to its flat reading.

    A span has ``id_`` (the pattern's id), ``_.type``, ``_.rule`` and ``_.quantity``. Options are those
    of ``Annotator``; ``patterns`` are folders or files. Token patterns run in spaCy's matcher and take
    part in the same resolution. The entities of earlier components stay, and matches that overlap
    them do not become entities, unless ``overwrite_ents``: spaCy ``EntityRuler``'s rule.

    Patterns added one by one, reading them and storing them work as in ``EntityRuler``: ``patterns``,
    ``len``, ``clear``, ``remove`` and ``ent_ids`` mean what was added by ``add_patterns``, and no key
    of those is lost; ``labels`` are those of the library too. Stored with a pipeline are also the
    files of the pattern folders.

    Where a token must be cut the component returns a new ``Doc``, as a component may. A folder that
    does not exist raises ``FileNotFoundError`` when the patterns are first needed, not before, so that
    a stored pipeline loads without the folders that it was made from.
    """

    def __init__(
        self,
        nlp: Language,
        name: str = NAME,
        patterns: Iterable[Path | str] = (),
        *,
        builtin: bool = True,
        overlap: Literal["longest", "all"] = "longest",
        reading_views: bool = True,
        grammars: bool = True,
        overwrite_ents: bool = False,
    ) -> None:
        self.vocab, self.name = nlp.vocab, name
        self.builtin, self.overlap, self.overwrite_ents = builtin, overlap, overwrite_ents
        self.reading_views, self.grammars = reading_views, grammars
        self._folders = [_folder(path) for path in patterns]
        self._added: list[dict[str, Any]] = []
        self._forget()

    def _forget(self) -> None:
        """Drop what was compiled, after a change of patterns or options."""
        self._annotator: Annotator | None = None
        self._matcher: Matcher | None = None

    @property
    def annotator(self) -> Annotator:
        """The annotator of all patterns, compiled when first needed.

        Raises ``PatternError`` for a pattern file that cannot be read, ``FileNotFoundError`` for a
        missing folder.
        """
        if self._annotator is None:
            added = [
                pattern_files.pattern_from_dict(pattern, f"{self.name}.add_patterns", number)
                for number, pattern in enumerate(self._added, 1)
            ]
            self._annotator = Annotator(
                self._folders,
                overlap=self.overlap,
                builtin=self.builtin,
                reading_views=self.reading_views,
                grammars=self.grammars,
                added=added,
                token_patterns="ignore",
            )
            self._matcher = self._compile_token_patterns(self._annotator.library.token_patterns)
        return self._annotator

    def _compile_token_patterns(self, patterns: list[pattern_files.Pattern]) -> Matcher | None:
        if not patterns:
            return None
        matcher = Matcher(self.vocab)
        for number, pattern in enumerate(patterns):
            try:
                matcher.add(str(number), [pattern.pattern])
            except ValueError as error:
                raise pattern_files.PatternError(f"not a token pattern: {error}", pattern.file, pattern.line) from None
        return matcher

    def __call__(self, doc: Doc) -> Doc:
        """Annotate ``doc``; the result is another ``Doc`` where tokens had to be cut."""
        if not len(doc):
            doc.spans[KEY] = []
            return doc
        annotator, tokens = self.annotator, doc_tokens.read(doc)
        candidates = annotator.candidates(tokens.text)
        if self._matcher is not None:
            candidates += self._token_matches(doc, self._matcher)
        spans = annotator.spans(tokens.text, candidates, self.overlap)
        entities = spans
        keep_older = tokens.has_entities and not self.overwrite_ents
        if keep_older or self.overlap == "all":
            if keep_older:
                candidates = _free_of_entities(candidates, doc, len(tokens.text))
            entities = annotator.spans(tokens.text, candidates, "longest")
        return doc_records.write(doc, tokens, spans, entities)

    def _token_matches(self, doc: Doc, matcher: Matcher) -> Iterator[Candidate]:
        """What the token patterns find, as candidates for the resolution."""
        patterns = self.annotator.library.token_patterns
        for key, first, after in matcher(doc):
            if first == after:
                continue
            pattern, found = patterns[int(self.vocab.strings[key])], doc[first:after]
            start, end = found.start_char, found.end_char
            span = Span(start, end, pattern.label, pattern.type, rule=pattern.rule, entity_id=pattern.id)
            yield start, end, pattern.priority, span

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that spans may carry, sorted; empty as long as a pattern folder is missing."""
        if any(not isinstance(folder, dict) for folder in self._folders):
            return ()
        return tuple(sorted(self.annotator.labels))

    @property
    def patterns(self) -> list[dict[str, Any]]:
        """The patterns that were added one by one: every key, in the order they were added."""
        return copy.deepcopy(self._added)

    @property
    def ent_ids(self) -> tuple[str, ...]:
        """The ids of the patterns that were added."""
        return tuple(dict.fromkeys(pattern["id"] for pattern in self._added if pattern.get("id") is not None))

    def __len__(self) -> int:
        """The number of patterns that were added."""
        return len(self._added)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, label: str) -> bool:
        """Whether spans may carry ``label``."""
        return label in self.labels

    def add_patterns(self, patterns: Iterable[dict[str, Any]]) -> None:
        """Add ``EntityRuler`` patterns, phrases or token patterns, with any further keys.

        Raises ``PatternError`` for one that cannot be a pattern; then none is added.
        """
        added = [copy.deepcopy(dict(pattern)) for pattern in patterns]
        for number, pattern in enumerate(added, len(self._added) + 1):
            checked = pattern_files.pattern_from_dict(pattern, f"{self.name}.add_patterns", number)
            if isinstance(checked.pattern, list):
                self._compile_token_patterns([checked])
        self._added += added
        self._forget()

    def remove(self, ent_id: str) -> None:
        """Remove the added patterns with this id. Raises ``ValueError`` where there is none."""
        kept = [pattern for pattern in self._added if pattern.get("id") != ent_id]
        if len(kept) == len(self._added):
            raise ValueError(Errors.E1024.format(attr_type="ID", label=ent_id, component=self.name))
        self._added = kept
        self._forget()

    def clear(self) -> None:
        """Remove all patterns that were added."""
        self._added = []
        self._forget()

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Any]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """Put ``patterns`` in place of those that were added, as ``EntityRuler`` does."""
        self.clear()
        if patterns:
            self.add_patterns(patterns)

    def score(self, examples: Iterable[Any], **kwargs: Any) -> dict[str, Any]:
        """Precision, recall and F1 of the entities, as spaCy scores them."""
        return get_ner_prf(examples)

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write options, added patterns and the files of the pattern folders to a folder; to a
        ``.jsonl`` file only the added patterns."""
        path = Path(path)
        if path.suffix == ".jsonl":
            srsly.write_jsonl(path, self._added)
            return
        stored = self._stored()
        path.mkdir(parents=True, exist_ok=True)
        srsly.write_json(path / "cfg", stored["cfg"])
        srsly.write_jsonl(path / "patterns.jsonl", stored["patterns"])
        shutil.rmtree(path / "library", ignore_errors=True)
        for number, files in enumerate(stored["library"]):
            (path / "library" / str(number)).mkdir(parents=True)
            for name, content in files.items():
                file = path / "library" / str(number) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> "Zhengce":
        """Read what ``to_disk`` wrote, or the added patterns alone from a ``.jsonl`` file."""
        path = Path(path)
        if path.suffix == ".jsonl":
            self.clear()
            self.add_patterns(srsly.read_jsonl(path))
            return self
        folders = sorted((path / "library").glob("*"), key=lambda folder: int(folder.name))
        return self._restore(
            {
                "cfg": srsly.read_json(path / "cfg"),
                "patterns": list(srsly.read_jsonl(path / "patterns.jsonl")),
                "library": [pattern_files.read_folder(folder) for folder in folders],
            }
        )

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """What ``to_disk`` writes, as bytes."""
        return srsly.msgpack_dumps(self._stored())

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "Zhengce":
        """Read what ``to_bytes`` gave."""
        return self._restore(srsly.msgpack_loads(data))

    def _stored(self) -> dict[str, Any]:
        for folder in self._folders:
            if not isinstance(folder, dict):
                raise FileNotFoundError(f"no such pattern folder or file: {folder}")
        return {
            "cfg": {option: getattr(self, option) for option in _OPTIONS},
            "patterns": self._added,
            "library": self._folders,
        }

    def _restore(self, stored: dict[str, Any]) -> "Zhengce":
        for option in _OPTIONS:
            setattr(self, option, stored["cfg"][option])
        self._folders = stored["library"]
        self.clear()
        self.add_patterns(stored["patterns"])
        return self

    def __getstate__(self) -> dict[str, Any]:
        # Compiled automata do not pickle; a process that gets the component compiles its own.
        return {**self.__dict__, "_annotator": None, "_matcher": None}


def _folder(path: Path | str) -> dict[str, bytes] | str:
    """The files of a pattern folder, or its path as long as it does not exist."""
    return pattern_files.read_folder(path) if Path(path).exists() else str(path)


def _free_of_entities(candidates: list[Candidate], doc: Doc, length: int) -> list[Candidate]:
    taken = bytearray(length)
    for entity in doc.ents:
        taken[entity.start_char : entity.end_char] = b"\1" * (entity.end_char - entity.start_char)
    return [candidate for candidate in candidates if 1 not in taken[candidate[0] : candidate[1]]]


def load_pipeline(
    name_or_path: Path | str = "char",
    *,
    patterns: Iterable[Path | str] = (),
    overlap: Literal["longest", "all"] | None = None,
    builtin: bool | None = None,
) -> Language:
    """A spaCy pipeline: ``"char"``, ``"pkuseg"``, a config (``.cfg``) or the folder of a saved pipeline.

    ``patterns``: folders or files added to those of the pipeline; ``overlap`` and ``builtin`` replace
    the pipeline's own where given. Documents of any length are accepted. Raises ``OSError`` where the
    pipeline, a pattern folder or the segmenter's model is missing, ``PatternError`` for a pattern
    file that cannot be read.
    """
    if name_or_path in PIPELINES:
        nlp = util.load_model_from_config(util.load_config(data_path(f"pipelines/{name_or_path}.cfg")))
    elif Path(name_or_path).suffix == ".cfg":
        nlp = util.load_model_from_config(util.load_config(name_or_path), auto_fill=True)
    else:
        nlp = util.load_model(name_or_path)
    nlp.max_length = sys.maxsize
    component = _component(nlp)
    component._folders += [pattern_files.read_folder(path) for path in patterns]
    if overlap is not None:
        component.overlap = overlap
    if builtin is not None:
        component.builtin = builtin
    component._forget()
    component.annotator  # a pattern file that cannot be read is told of now
    return nlp


def document_annotator(nlp: Language) -> tuple[Callable[[Document], Document], str]:
    """A function that annotates documents by the pipeline, as ``Annotator.annotate`` does without one,
    and the hash of its pattern files."""
    component = _component(nlp)

    def annotate(document: Document) -> Document:
        doc = nlp(document.text)
        return Document(document.id, document.text, document.meta, doc_records.read(doc), [], document.extra)

    return annotate, component.annotator.sha256


def _component(nlp: Language) -> Zhengce:
    for _, component in nlp.pipeline:
        if isinstance(component, Zhengce):
            return component
    raise OSError(f'the pipeline {nlp.pipe_names} has no component {NAME!r}; add it: nlp.add_pipe("{NAME}")')
