"""The spaCy pipelines: the spans of ``Annotator`` under every tokenizer, and a stand-in for ``EntityRuler``."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import spacy
import spacy.util
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan
from strategies import texts

import zhengce
from zhengce import Annotator, doc_records
from zhengce.patterns import PatternError
from zhengce.records import Document, Span
from zhengce.resources import data_path
from zhengce.segmenters import CharTokenizer, PkusegTokenizer
from zhengce.spacy_components import Zhengce, document_annotator, load_pipeline

CORPUS = Path(__file__).parent.parent / "corpus" / "articles"
ARTICLES = [path.read_bytes().decode() for path in sorted(CORPUS.glob("*.txt"))]
SENTENCE = "国务院部署推进乡村振兴，投资超过 5亿元，同比增长5.2%。"
PATTERNS = [
    {"label": "POLICY", "pattern": "双倍增", "id": "double", "type": "programme", "note": {"by": ["甲"]}, "priority": 0},
    {"label": "ORG", "pattern": [{"TEXT": "数"}, {"TEXT": "谷"}, {"IS_DIGIT": True, "OP": "*"}], "id": "valley"},
    {"label": "ORG", "pattern": " 链园 ", "aliases": [], "examples": ["在⟦ 链园 ⟧里"]},
]

annotator = Annotator()
every_match = Annotator(overlap="all")


class Words:
    """A tokenizer that cuts the text where it is told to; ``spaces``: single spaces belong to the token before."""

    def __init__(self, nlp: Language, cuts: set[int], spaces: bool) -> None:
        self.vocab, self.cuts, self.fold = nlp.vocab, cuts, spaces

    def __call__(self, text: str) -> Doc:
        edges = sorted({0, len(text), *(cut for cut in self.cuts if cut < len(text))})
        words: list[str] = []
        spaces: list[bool] = []
        for start, end in zip(edges, edges[1:]):
            word = text[start:end]
            fold = self.fold and len(word) > 1 and word[-1] == " "
            words.append(word[:-1] if fold else word)
            spaces.append(fold)
        return Doc(self.vocab, words=words, spaces=spaces)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return zhengce.load("char")


@pytest.fixture(scope="module")
def nlp_all() -> Language:
    return zhengce.load("char", overlap="all")


def blank(**config: object) -> tuple[Language, Zhengce]:
    nlp = spacy.blank("zh")
    return nlp, nlp.add_pipe("zhengce", config={"builtin": False, **config})


def offsets(spans: Iterable[Span | DocSpan]) -> list[tuple]:
    """What identifies a span of either kind, and what it says."""
    return [
        (s.start_char, s.end_char, s.label_, s.id_ or None, s._.type, s._.rule, s._.quantity)
        if isinstance(s, DocSpan)
        else (s.start, s.end, s.label, s.entity_id, s.type, s.rule, s.quantity)
        for s in spans
    ]


def assert_same(doc: Doc, text: str) -> None:
    expected = annotator(text)
    assert doc.text == text
    assert offsets(doc.spans["zhengce"]) == offsets(doc.ents) == offsets(expected)
    assert [ent.text for ent in doc.ents] == [span.text for span in expected]
    assert all(token.ent_id_ == (ent.id_ or "") for ent in doc.ents for token in ent)


# --- the same spans whatever the tokens


pieces = st.builds(
    lambda text, start, length: text[start : start + length],
    st.sampled_from(ARTICLES),
    st.integers(0, 1000),
    st.integers(0, 80),
)
mixed = st.lists(pieces | texts, max_size=4).map("".join)


@settings(deadline=None)
@given(text=mixed)
def test_char(nlp: Language, text: str) -> None:
    assert_same(nlp(text), text)


@settings(deadline=None)
@given(text=mixed, cuts=st.sets(st.integers(1, 400)), spaces=st.booleans())
def test_any_segmentation(nlp: Language, text: str, cuts: set[int], spaces: bool) -> None:
    doc = Words(nlp, cuts, spaces)(text)
    assert_same(nlp.get_pipe("zhengce")(doc), text)


@settings(deadline=None)
@given(text=mixed)
def test_stock_tokenizer(nlp: Language, text: str) -> None:
    doc = spacy.blank("zh", vocab=nlp.vocab).tokenizer(text)
    assert_same(nlp.get_pipe("zhengce")(doc), text)


@settings(deadline=None, max_examples=50)
@given(text=mixed)
def test_pkuseg(nlp: Language, pkuseg_nlp: Language, text: str) -> None:
    assert_same(pkuseg_nlp(text), text)


@pytest.fixture(scope="module")
def pkuseg_nlp(pkuseg_folder: Path) -> Language:
    return zhengce.load("pkuseg")


@settings(deadline=None)
@given(text=mixed, cuts=st.sets(st.integers(1, 400)))
def test_every_match(nlp_all: Language, text: str, cuts: set[int]) -> None:
    doc = nlp_all.get_pipe("zhengce")(Words(nlp_all, cuts, True)(text))
    assert doc.text == text
    assert offsets(doc.spans["zhengce"]) == offsets(every_match(text))
    assert offsets(doc.ents) == offsets(annotator(text))


@pytest.mark.parametrize("text", ["", " ", "  \n", "\x00", "🚀", "ORTH 5亿元", *ARTICLES])
def test_texts(nlp: Language, text: str) -> None:
    assert_same(nlp(text), text)
    assert_same(nlp.get_pipe("zhengce")(Words(nlp, set(), False)(text)), text)


def test_a_span_that_begins_and_ends_with_a_space() -> None:
    nlp, component = blank()
    component.add_patterns([{"label": "ORG", "pattern": " 链园 "}, {"label": "ORG", "pattern": "乙 "}])
    for tokenizer in (nlp.tokenizer, CharTokenizer(nlp.vocab), Words(nlp, {3, 5}, True)):
        doc = component(tokenizer("在 链园 里 乙  "))
        assert doc.text == "在 链园 里 乙  "
        assert [(ent.start_char, ent.end_char, ent.text) for ent in doc.ents] == [(1, 5, " 链园 "), (7, 9, "乙 ")]


def test_a_long_document_in_one_token(nlp: Language) -> None:
    text = "".join(ARTICLES) * 20
    doc = nlp.get_pipe("zhengce")(Doc(nlp.vocab, words=[text], spaces=[False]))
    assert_same(doc, text)


# --- what was there before


def test_cutting_tokens_keeps_all_annotation() -> None:
    nlp, component = blank()
    component.add_patterns([{"label": "POLICY", "pattern": "乡村"}, {"label": "ORG", "pattern": "部 "}])
    doc = Doc(
        nlp.vocab,
        words=["农业部", "推进", "乡村振兴", "工作", "。"],
        spaces=[True, False, False, False, False],
        pos=["NOUN", "VERB", "NOUN", "NOUN", "PUNCT"],
        lemmas=["农业部", "推进", "乡村振兴", "工作", "。"],
        heads=[1, 1, 3, 1, 1],
        deps=["nsubj", "ROOT", "nmod", "obj", "punct"],
        ents=["B-GPE", "O", "O", "O", "O"],
    )
    doc.cats, doc.user_data["a"], doc._context = {"政策": 1.0}, 1, "context"
    doc.spans["other"] = [DocSpan(doc, 1, 4, label="X", span_id="x", kb_id="k"), doc[2:2]]
    doc.spans["other"].attrs["by"] = "甲"
    token_texts = [token.text for token in doc]

    done = component(doc)
    assert [token.text for token in doc] == token_texts
    assert [token.text_with_ws for token in done] == ["农业", "部", " ", "推进", "乡村", "振兴", "工作", "。"]
    assert [token.pos_ for token in done] == ["NOUN", "NOUN", "", "VERB", "NOUN", "NOUN", "NOUN", "PUNCT"]
    assert [token.lemma_ for token in done] == ["农业", "部", "", "推进", "乡村", "振兴", "工作", "。"]
    assert [token.head.i for token in done] == [3, 0, 0, 3, 6, 4, 3, 3]
    assert [token.dep_ for token in done][3:5] == ["ROOT", "nmod"]
    assert [sent.text for sent in done.sents] == [done.text]
    # The match "部 " overlaps an older entity, which stays and is whole.
    assert [(ent.text, ent.label_) for ent in done.ents] == [("农业部", "GPE"), ("乡村", "POLICY")]
    assert [span.text for span in done.spans["zhengce"]] == ["部 ", "乡村"]
    assert (done.cats, done.user_data["a"], done._context) == ({"政策": 1.0}, 1, "context")
    group = done.spans["other"]
    assert [(span.text, span.label_, span.id_, span.kb_id_) for span in group] == [
        ("推进乡村振兴工作", "X", "x", "k"),
        ("", "", "", ""),
    ]
    assert group.attrs == {"by": "甲"}


def test_older_entities_as_in_entity_ruler() -> None:
    phrases = {"A": "乡村振兴战略", "B": "战略", "C": "投资"}
    patterns = [{"label": label, "pattern": phrase} for label, phrase in phrases.items()]
    for overwrite in (False, True):
        nlp = spacy.blank("zh")
        ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": overwrite})
        ruler.add_patterns(patterns)
        _, component = blank(overwrite_ents=overwrite)
        component.vocab = nlp.vocab
        component.add_patterns(patterns)
        results = []
        for pipe in (ruler, component):
            doc = nlp.make_doc("推进乡村振兴战略投资")
            doc.ents = [DocSpan(doc, 1, 4, label="OLD", kb_id="k"), DocSpan(doc, 9, 10, label="OLD")]
            results.append([(ent.text, ent.label_, ent.kb_id_) for ent in pipe(doc).ents])
        assert results[0] == results[1]
        assert ("OLD" in {label for _, label, _ in results[1]}) is not overwrite


def test_tokens_that_a_component_in_between_has_changed() -> None:
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "zhengce.CharTokenizer.v1"}}})
    component = nlp.add_pipe("zhengce", config={"builtin": False})
    component.add_patterns([{"label": "A", "pattern": "乡村"}, {"label": "B", "pattern": "2024年"}])
    doc = nlp.tokenizer("推进乡村，2024年")
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[1:3])
        retokenizer.split(doc[5], ["20", "24"], [doc[5], doc[5]])
    assert [token.text for token in doc] == ["推", "进乡", "村", "，", "20", "24", "年"]
    assert [ent.text for ent in component(doc).ents] == ["乡村", "2024年"]


# --- what a span tells


def test_extensions_survive_storage(nlp: Language) -> None:
    doc = nlp(SENTENCE)
    expected = offsets(annotator(SENTENCE))
    assert {label for _, _, label, *_ in expected} == {"POLICY", "ORG", "QUANTITY"}
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (from_bin,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert offsets(from_bin.ents) == expected
    assert offsets(from_bin.spans["zhengce"]) == expected
    from_bytes = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert offsets(from_bytes.spans["zhengce"]) == expected
    both = Doc.from_docs([nlp("乡村振兴"), doc])
    assert [span[3:] for span in offsets(both.ents)[1:]] == [span[3:] for span in expected]
    assert offsets(doc.copy().ents) == expected


def test_overlapping_spans_of_one_extent_tell_their_own() -> None:
    _, component = blank(overlap="all")
    component.add_patterns([
        {"label": "POLICY", "pattern": "链园", "type": "programme", "id": "p"},
        {"label": "ORG", "pattern": "链园", "type": "zone", "id": "o"},
    ])
    doc = component(Doc(component.vocab, words=["在", "链园"], spaces=[False, False]))
    assert [(span.label_, span._.type, span.id_) for span in doc.spans["zhengce"]] == [
        ("ORG", "zone", "o"),
        ("POLICY", "programme", "p"),
    ]
    assert len(doc.ents) == 1


def test_a_span_of_others_tells_nothing(nlp: Language) -> None:
    span = nlp(SENTENCE)[0:1]
    assert (span._.type, span._.rule, span._.quantity) == (None, None, None)


def test_document_annotator(nlp: Language) -> None:
    annotate, sha256 = document_annotator(nlp)
    document = Document("a", SENTENCE, {"from": "test"}, [Span(0, 1, "X")], extra={"k": 1})
    assert annotate(document) == annotator.annotate(document)
    assert sha256 == annotator.sha256
    assert annotate(Document("b", "")).spans == []


def test_pipe(nlp: Language) -> None:
    docs = list(nlp.pipe([(text, number) for number, text in enumerate(ARTICLES)], as_tuples=True))
    assert [context for _, context in docs] == list(range(len(ARTICLES)))
    for doc, text in zip((doc for doc, _ in docs), ARTICLES):
        assert offsets(doc.ents) == offsets(annotator(text))


# --- token patterns


def test_token_patterns_take_part_in_the_resolution(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "mine.jsonl").write_text("\n".join(map(json.dumps, PATTERNS)), encoding="utf-8")
    nlp, component = blank(patterns=[str(tmp_path)])
    phrases = [{"label": "POLICY", "pattern": "数谷1", "priority": 2}, {"label": "POLICY", "pattern": "谷"}]
    component.add_patterns(phrases)
    doc = nlp("数谷，数谷1，数谷12，谷")
    assert [(ent.text, ent.label_, ent.id_, ent._.rule) for ent in doc.ents] == [
        ("数谷", "ORG", "valley", "terms.org.mine"),
        ("数谷1", "POLICY", "", "terms.added"),  # of equal extent, and of higher priority
        ("数谷12", "ORG", "valley", "terms.org.mine"),
        ("谷", "POLICY", "", "terms.added"),
    ]
    with pytest.raises(ValueError, match=r"mine\.jsonl:2: a token pattern needs tokens; run with --pipeline char"):
        Annotator([tmp_path], builtin=False)


def test_a_broken_token_pattern_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"label": "ORG", "pattern": [1]}\n', encoding="utf-8")
    with pytest.raises(PatternError, match=r"a\.jsonl:1: not a token pattern"):
        zhengce.load("char", patterns=[tmp_path])
    _, component = blank()
    with pytest.raises(PatternError, match="not a token pattern"):
        component.add_patterns([{"label": "A", "pattern": "甲乙"}, {"label": "ORG", "pattern": [{"TEXT": "甲"}, 2]}])
    assert component.patterns == []


# --- a stand-in for EntityRuler


def test_patterns_lose_nothing(tmp_path: Path) -> None:
    nlp, component = blank()
    component.add_patterns(PATTERNS)
    assert component.patterns == PATTERNS and len(component) == 3 and bool(blank()[1])
    assert component.ent_ids == ("double", "valley")
    assert "ORG" in component and "GPE" not in component
    assert component.labels == ("ORG", "POLICY")
    component.patterns[0]["note"]["by"].append("乙")
    assert component.patterns == PATTERNS

    component.to_disk(tmp_path / "component")
    assert blank()[1].from_disk(tmp_path / "component").patterns == PATTERNS
    component.to_disk(tmp_path / "patterns.jsonl")
    assert blank()[1].from_disk(tmp_path / "patterns.jsonl").patterns == PATTERNS
    assert blank()[1].from_bytes(component.to_bytes()).patterns == PATTERNS
    assert pickle.loads(pickle.dumps(component)).patterns == PATTERNS
    again = spacy.blank("zh").from_config(nlp.config).from_bytes(nlp.to_bytes())
    assert again.get_pipe("zhengce").patterns == PATTERNS
    ruler = spacy.blank("zh").add_pipe("entity_ruler").from_disk(tmp_path / "patterns.jsonl")
    assert len(ruler) == 3


def test_patterns_can_be_changed() -> None:
    nlp, component = blank()
    component.add_patterns(PATTERNS[:1])
    assert [ent.id_ for ent in nlp("双倍增").ents] == ["double"]
    component.add_patterns(PATTERNS[1:])
    assert len(nlp("双倍增，数谷").ents) == 2
    component.remove("double")
    assert [ent.id_ for ent in nlp("双倍增，数谷").ents] == ["valley"]
    with pytest.raises(ValueError, match="double"):
        component.remove("double")
    component.clear()
    assert len(nlp("双倍增，数谷").ents) == 0 and component.patterns == []
    component.add_patterns(PATTERNS)
    nlp.config["initialize"]["components"]["zhengce"] = {"patterns": PATTERNS[:1]}
    nlp.initialize()
    assert component.patterns == PATTERNS[:1]
    for wrong in ({"label": "A"}, {"label": "", "pattern": "甲"}, {"label": "A", "pattern": ""}):
        with pytest.raises(PatternError):
            component.add_patterns([wrong])


def test_options_of_the_factory(tmp_path: Path) -> None:
    nlp = spacy.blank("zh")
    component = nlp.add_pipe("zhengce")
    assert_same(nlp(SENTENCE), SENTENCE)
    assert {"POLICY", "ORG", "QUANTITY"} <= set(component.labels)
    with pytest.raises(ValueError, match="overlap"):
        spacy.blank("zh").add_pipe("zhengce", config={"overlap": "some"})
    _, missing = blank(patterns=[str(tmp_path / "nowhere")])
    for use in (lambda: missing.annotator, missing.to_bytes):
        with pytest.raises(FileNotFoundError, match="no such pattern folder or file: .*nowhere"):
            use()


# --- stored pipelines


def test_configs_load_as_they_are(pkuseg_folder: Path) -> None:
    for name, tokenizer in (("char", CharTokenizer), ("pkuseg", PkusegTokenizer)):
        nlp = spacy.util.load_model_from_config(spacy.util.load_config(data_path(f"pipelines/{name}.cfg")))
        assert isinstance(nlp.tokenizer, tokenizer)
        assert nlp.pipe_names == ["zhengce"]


def test_a_stored_pipeline_needs_nothing_of_where_it_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "org").mkdir(parents=True)
    (folder / "org" / "a.jsonl").write_text("\n".join(map(json.dumps, PATTERNS)), encoding="utf-8")
    (folder / "units.toml").write_text("", encoding="utf-8")
    nlp = zhengce.load("char", patterns=[folder, folder / "org" / "a.jsonl"], overlap="all")
    nlp.get_pipe("zhengce").add_patterns([{"label": "POLICY", "pattern": "千帆计划", "id": "sails"}])
    text = SENTENCE + "双倍增 链园 数谷7千帆计划"
    doc = nlp(text)
    expected = offsets(doc.spans["zhengce"])
    assert {"double", "valley", "sails"} <= {identifier for _, _, _, identifier, *_ in expected}
    nlp.to_disk(tmp_path / "stored")
    nlp.to_disk(tmp_path / "stored")  # over what is there
    for path in sorted(folder.rglob("*.*"), reverse=True):
        path.unlink()
    (folder / "org").rmdir()
    folder.rmdir()

    code = (
        "import sys, json, spacy; doc = spacy.load(sys.argv[1])(sys.argv[2]); spans = doc.spans['zhengce']; "
        "print(json.dumps([[s.start_char, s.end_char, s.label_, s.id_, s._.type, s._.rule] for s in spans]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "stored"), text]
    done = subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, encoding="utf-8")
    assert [tuple(span) for span in json.loads(done.stdout)] == [
        (start, end, label, identifier or "", kind, rule) for start, end, label, identifier, kind, rule, _ in expected
    ]
    again = load_pipeline(tmp_path / "stored")(text)
    assert offsets(again.spans["zhengce"]) == expected
    flat = load_pipeline(tmp_path / "stored", overlap="longest")
    assert offsets(flat(text).ents) == offsets(doc.ents)
    assert flat.get_pipe("zhengce").annotator.sha256 == nlp.get_pipe("zhengce").annotator.sha256


def test_a_pipeline_made_with_a_folder_in_its_config(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(PATTERNS[0]), encoding="utf-8")
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhengce", config={"patterns": [str(tmp_path / "a.jsonl")], "builtin": False})
    nlp.to_disk(tmp_path / "stored")
    (tmp_path / "a.jsonl").unlink()
    assert [ent.id_ for ent in spacy.load(tmp_path / "stored")("双倍增").ents] == ["double"]


def test_a_pkuseg_pipeline_holds_a_reference(
    pkuseg_nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkuseg_nlp.to_disk(tmp_path / "stored")
    assert sum(path.stat().st_size for path in (tmp_path / "stored").rglob("*") if path.is_file()) < 10_000_000
    text = "川渝毗邻地区投资5亿元"
    assert [t.text for t in spacy.load(tmp_path / "stored")(text)] == [t.text for t in pkuseg_nlp(text)]
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path / "empty"))
    for load in (lambda: spacy.load(tmp_path / "stored"), lambda: zhengce.load("pkuseg")):
        with pytest.raises(OSError, match="run: zhengce setup pkuseg"):
            load()


def test_load(nlp: Language, tmp_path: Path) -> None:
    assert nlp.max_length > 20_000_000
    with pytest.raises(OSError):
        zhengce.load(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError, match="no such pattern folder"):
        zhengce.load("char", patterns=[tmp_path / "nothing"])
    spacy.blank("zh").to_disk(tmp_path / "empty")
    with pytest.raises(OSError, match="has no component 'zhengce'"):
        zhengce.load(tmp_path / "empty")
    (tmp_path / "own.cfg").write_text(data_path("pipelines/char.cfg").read_text(encoding="utf-8"), encoding="utf-8")
    assert offsets(zhengce.load(tmp_path / "own.cfg")(SENTENCE).ents) == offsets(annotator(SENTENCE))
    assert len(zhengce.load("char", builtin=False)("乡村振兴").ents) == 0


def test_without_a_pipeline_spacy_is_not_imported() -> None:
    code = (
        "import sys, zhengce; spans = zhengce.Annotator()('国务院推进乡村振兴，投资5亿元。'); assert len(spans) == 3, spans; "
        "print([name for name in sys.modules if name.split('.')[0] in ('spacy', 'thinc', 'numpy', 'spacy_pkuseg')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_details_are_plain() -> None:
    doc = zhengce.load("char")(SENTENCE)
    details = [value for key, value in doc.user_data.items() if key[:2] == ("._.", doc_records.KEY)]
    assert json.loads(json.dumps(details)) == details and len(details) == len(doc.ents)
