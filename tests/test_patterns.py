"""Pattern files: what is read, what is refused with file and line, what is compiled and cached."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from strategies import unknown, words

from zhengce import automaton, patterns
from zhengce.patterns import Pattern, PatternError
from zhengce.phrase_ids import Ids


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines))
    return path


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGCE_CACHE", str(tmp_path_factory.mktemp("cache")))


def found(library: patterns.Library, text: str) -> set[tuple[str, str, str | None]]:
    groups = ((text[a:b], library.groups[library.group_of[i]], library.ids.get(i)) for a, b, i in library.find(text))
    return {(surface, group.label, identifier) for surface, group, identifier in groups}


any_pattern = st.builds(
    Pattern,
    label=words,
    pattern=words | st.lists(st.dictionaries(words, words, min_size=1), min_size=1, max_size=2),
    id=st.none() | words,
    type=st.none() | words,
    priority=st.integers(-5, 5),
    aliases=st.lists(words, max_size=2),
    examples=st.lists(words, max_size=2),
    counterexamples=st.lists(words, max_size=2),
    extra=unknown(*patterns._KNOWN_KEYS),
)


@given(any_pattern)
def test_no_key_of_a_pattern_is_lost(pattern: Pattern) -> None:
    line = orjson.dumps(patterns.pattern_to_dict(pattern))
    assert patterns.parse_pattern(line) == pattern


BROKEN = [
    (b'{"label": "ORG", ', "broken JSON"),
    ([], "must be a JSON object"),
    ({"pattern": "a"}, '"label" must be'),
    ({"label": "ORG"}, '"pattern" must be'),
    ({"label": "ORG", "pattern": ""}, '"pattern" must be'),
    ({"label": "ORG", "pattern": "a", "priority": "high"}, '"priority" must be'),
    ({"label": "ORG", "pattern": "a", "aliases": "b"}, '"aliases" must be'),
    ({"label": "ORG", "pattern": "a", "id": 5}, '"id" must be'),
]


@pytest.mark.parametrize(("line", "cause"), BROKEN, ids=[cause for _, cause in BROKEN])
def test_a_broken_line_is_refused_with_file_and_line(tmp_path: Path, line: object, cause: str) -> None:
    path = write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": "甲局"}, b"", line)
    with pytest.raises(PatternError, match=f"mine.jsonl:3: .*{cause}"):
        patterns.load([path], builtin=False)


def test_broken_tables_are_refused_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "units.toml").write_text("a = ")
    with pytest.raises(PatternError, match="units.toml: not valid TOML"):
        patterns.load([tmp_path], builtin=False)
    (tmp_path / "units.toml").unlink()
    (tmp_path / "places.tsv").write_text("name\tlevel\n重庆\n")
    with pytest.raises(PatternError, match="places.tsv:2: 1 columns"):
        patterns.load([tmp_path], builtin=False)


def test_brackets_and_quotation_marks_are_found_in_all_their_forms(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.jsonl",
        {"label": "POLICY", "pattern": "专精特新“小巨人”企业", "aliases": ["中国（上海）自由贸易试验区"]},
    )
    library = patterns.load([path], builtin=False)
    for text in ("专精特新“小巨人”企业", '专精特新"小巨人"企业', '专精特新“小巨人"企业', "中国(上海)自由贸易试验区"):
        assert found(library, text) == {(text, "POLICY", None)}
    as_written = patterns.load([path], builtin=False, reading_views=False)
    assert not found(as_written, "中国(上海)自由贸易试验区")


def test_later_folders_override_on_equal_priority_and_tables_are_merged(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    write(one / "a.jsonl", {"label": "ORG", "pattern": "甲局", "id": "first"}, {"label": "ORG", "pattern": "乙局", "id": "kept", "priority": 2})
    write(two / "b.jsonl", {"label": "ORG", "pattern": "甲局", "id": "second"}, {"label": "ORG", "pattern": "乙局", "id": "lower"})
    (one / "units.toml").write_text('list = ["a"]\n[table]\nx = 1\ny = 1\n')
    (two / "units.toml").write_text('list = ["b"]\n[table]\ny = 2\n')
    library = patterns.load([one, two], builtin=False)
    assert found(library, "甲局乙局") == {("甲局", "ORG", "second"), ("乙局", "ORG", "kept")}
    assert library.tables["units"] == {"list": ["a", "b"], "table": {"x": 1, "y": 2}}


def test_what_is_cached_is_what_was_compiled_and_a_changed_file_is_compiled_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": "甲局", "id": "x"}, {"label": "Q", "pattern": [{"LOWER": "a"}]})
    fresh, cached = (patterns.load([path], builtin=False) for _ in range(2))
    assert any(file.suffix == ".automaton" for file in Path(os.environ["ZHENGCE_CACHE"]).rglob("*"))
    for name in ("sha256", "groups", "group_of", "token_patterns", "tables", "labels"):
        assert getattr(fresh, name) == getattr(cached, name), name
    assert found(fresh, "甲局") == found(cached, "甲局") == {("甲局", "ORG", "x")}
    write(path, {"label": "ORG", "pattern": "乙局"})
    changed = patterns.load([path], builtin=False)
    assert changed.sha256 != fresh.sha256
    assert found(changed, "甲局乙局") == {("乙局", "ORG", None)}


@pytest.mark.parametrize("part", ["json", "automaton", "groups", "ids"])
@pytest.mark.parametrize("damage", [lambda content: b"{}", lambda content: content[:-1], lambda content: content[:-1] + b"?", None])
def test_a_damaged_cache_is_compiled_anew(tmp_path: Path, part: str, damage: Callable[[bytes], bytes] | None) -> None:
    path = write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": "甲局", "id": "x"})
    patterns.load([path], builtin=False)
    (file,) = Path(os.environ["ZHENGCE_CACHE"]).rglob(f"*.{part}")
    file.write_bytes(damage(file.read_bytes())) if damage else file.unlink()
    for _ in range(2):
        assert found(patterns.load([path], builtin=False), "甲局") == {("甲局", "ORG", "x")}


def test_what_is_old_in_the_cache_goes(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": "甲局"})
    patterns.load([path], builtin=False)
    old = {file for file in Path(os.environ["ZHENGCE_CACHE"]).rglob("*") if file.is_file()}
    for file in old:
        os.utime(file, (0, 0))
    write(path, {"label": "ORG", "pattern": "乙局"})
    patterns.load([path], builtin=False)
    assert not any(file.exists() for file in old)


def test_files_that_are_no_pattern_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("国务院", encoding="utf-8")
    for place in (tmp_path, tmp_path / "report.txt"):
        with pytest.raises(PatternError, match="no pattern file here; they end in .jsonl, .toml, .tsv"):
            patterns.load([place], builtin=False)


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    for name, content in (("a.jsonl", '{"label": "ORG", "pattern": "甲局"}'), ("units.toml", "x = 1"), ("places.tsv", "name\nx")):
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
    library = patterns.load([tmp_path], builtin=False)
    assert library.tables == {"units": {"x": 1}, "places": [{"name": "x"}]}


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ZHENGCE_CACHE", str(blocked))
    path = write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": "甲局"})
    assert found(patterns.load([path], builtin=False), "甲局")


@given(st.lists(st.none() | words))
def test_the_ids_of_phrases_are_kept_in_one_string(ids: list[str | None]) -> None:
    kept = Ids.of(ids)
    for read in (kept, Ids.from_bytes(kept.to_bytes(), len(ids))):
        assert [read.get(index) for index in range(len(ids))] == ids


@given(st.lists(st.text("甲乙丙ab", min_size=1, max_size=4), unique=True, max_size=12), st.text("甲乙丙ab", max_size=30))
def test_both_automata_find_every_occurrence(strings: list[str], text: str) -> None:
    expected = {(i, i + len(s), n) for n, s in enumerate(strings) for i in range(len(text)) if text.startswith(s, i)}
    for build in (automaton.build, automaton.build_with_fallback):
        assert set(build(strings)(text)) == expected
    if stored := automaton.to_bytes(strings):
        assert set(automaton.from_bytes(stored)(text)) == expected


def test_spacy_reads_every_shipped_pattern_file_as_it_is() -> None:
    ruler = spacy.blank("zh").add_pipe("entity_ruler")
    files = sorted(patterns.builtin_folder().rglob("*.jsonl"))
    assert files
    for path in files:
        first = [patterns.pattern_to_dict(pattern) for _, pattern in zip(range(20), patterns.read_patterns(path))]
        ruler.add_patterns(first)
    assert len(ruler) > len(files)
