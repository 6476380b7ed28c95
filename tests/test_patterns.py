"""Pattern files: what is read, what is refused with file and line, what is compiled and cached."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from strategies import unknown, words

from zhengce import automaton, patterns
from zhengce.annotator import Annotator
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


UNIT = 'dimension = "volume"\nsurfaces = ["囤"]'
POLICY = 'type = "programme"\nwords = ["大比武"]\nneeds = ["any"]\nbody = [2, 9]'
ORGAN = 'type = "research"\nanchor = "word"\nheads = ["研习所"]'
WRONG_TABLES = [
    ("units", '[unit.tun]\ndimension = "volume"', "[unit.tun] surfaces is missing"),
    ("units", '[unit.tun]\nsurfaces = ["囤"]', "[unit.tun] dimension is missing"),
    ("units", '[unit.tun]\ndimension = "volume"\nsurfaces = "囤子"', "[unit.tun] surfaces must be a list of strings"),
    ("units", f"[unit.tun]\n{UNIT}\nfactor = 0.1", "[unit.tun] factor must be an exact positive number in quotation marks"),
    ("units", f'[unit.tun]\n{UNIT}\nfactor = "x"', "[unit.tun] factor must be an exact positive number"),
    ("units", f'[unit.tun]\n{UNIT}\nfactor = "0"', "[unit.tun] factor must be an exact positive number"),
    ("units", f'[unit.tun]\n{UNIT}\nfacter = "2"', "[unit.tun] has no key 'facter'; known are "),
    ("units", '[unit.tun]\ndimension = "volum"\nsurfaces = ["囤"]', "[unit.tun] dimension must be one of money, "),
    ("units", f'[unit.tun]\n{UNIT}\nprefixes = ["q"]', "[unit.tun] prefixes must be a list of some of E, "),
    ("units", 'unit = "囤"', "[unit] must be a table"),
    ("units", '[unit]\nCNY = "囤"', "[unit.CNY] must be a table"),
    ("units", '[classifier]\nplain = "囤"', "has no key 'classifier'"),
    ("units", '[ambiguous]\n"囤" = [{ near = ["米"] }]', "[ambiguous.囤] unit is missing"),
    ("units", '[ambiguous]\n"囤" = [{ unit = "nosuch" }]', "ambiguous '囤': unknown unit 'nosuch'"),
    ("units", '[below]\n"囤" = "nosuch"', "below '囤': unknown unit 'nosuch'"),
    ("modifiers", '[before]\n"逼近" = "~~"', "[before] 逼近 must be one of =, ~"),
    ("modifiers", '[attribute.role]\nhope = "盼"', "[attribute.role] hope must be a list of strings"),
    ("organisations", '[heads.mine]\nanchor = "word"\nheads = ["研习所"]', "[heads.mine] type is missing"),
    ("organisations", f'[heads.mine]\n{ORGAN.replace("word", "wrd")}', "[heads.mine] anchor must be one of word, bare, place, world"),
    ("organisations", f"[heads.mine]\n{ORGAN}\nlongest = true", "[heads.mine] longest must be an integer"),
    ("policies", f"[heads.mine]\n{POLICY.rpartition(chr(10))[0]}", "[heads.mine] body is missing"),
    ("policies", f'[heads.mine]\n{POLICY.replace("any", "some")}', "[heads.mine] needs must be a list of some of any, "),
    ("policies", f'[heads.mine]\n{POLICY.replace("2, 9", "9, 2")}', "[heads.mine] body must be two integers"),
    ("policies", '[heads.campaign]\nwords = "大比武"', "[heads.campaign] words must be a list of strings"),
    ("policies", '[quoted]\nshapes = [["(", 2]]', "[quoted] shapes must be a list of pairs"),
]


@pytest.mark.parametrize(("name", "content", "cause"), WRONG_TABLES, ids=[f"{name}: {cause}" for name, _, cause in WRONG_TABLES])
def test_a_wrong_entry_of_a_table_is_refused_by_file_entry_and_key(tmp_path: Path, name: str, content: str, cause: str) -> None:
    (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    with pytest.raises(PatternError, match=f"{name}.toml: {re.escape(cause)}"):
        Annotator([tmp_path])


def test_right_entries_of_tables_are_used(tmp_path: Path) -> None:
    for name, content in (
        ("units", f'[unit.tun]\n{UNIT}\nfactor = "1/3"\n[classifiers]\nplain = "瓮"\n[not_before]\n"瓮" = "城"\n[codes]\nwords = "TUN"'),
        ("modifiers", '[behind_not_before]\n"内" = "囤"\n[not_quantity]\nphrases = "三瓮村"\ntwo = "瓮"'),
        ("organisations", f"[heads.mine]\n{ORGAN}"),
        ("policies", f'[heads.mine]\n{POLICY}\n[heads.campaign]\nbody = [2, 30]\n[heads.drill]\n{POLICY.replace("any", "adjacent").replace("武", "拼")}'),
    ):
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    find = Annotator([tmp_path])
    text = "3囤，3瓮，3瓮城，三瓮村，二瓮，3所，3人，3家庭，内容、3年内需，金凤研习所，安全生产大比武，开展整治专项行动"
    assert [span.text for span in find(text) if span.label == "QUANTITY"] == ["3囤", "3瓮", "二瓮", "3所", "3人", "3年"]
    assert {"金凤研习所", "安全生产大比武"} <= {span.text for span in find(text)}
    find("推进乡村振兴大比拼")


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
    (one / "own.toml").write_text('list = ["a"]\nwords = ["a b"]\n[table]\nx = 1\ny = 1\n')
    (two / "own.toml").write_text('list = ["b"]\nwords = "c d"\n[table]\ny = 2\n')
    library = patterns.load([one, two], builtin=False)
    assert found(library, "甲局乙局") == {("甲局", "ORG", "second"), ("乙局", "ORG", "kept")}
    assert library.tables["own"] == {"list": ["a", "b"], "words": ["a b", "c d"], "table": {"x": 1, "y": 2}}


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
    for name, content in (("a.jsonl", '{"label": "ORG", "pattern": "甲局"}'), ("own.toml", "x = 1"), ("places.tsv", "name\nx")):
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
    library = patterns.load([tmp_path], builtin=False)
    assert library.tables == {"own": {"x": 1}, "places": [{"name": "x"}]}


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
