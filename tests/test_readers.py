"""Readers: text as it stands, every bad input with its reason, the rest read."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from strategies import documents, texts

from zhengce import readers
from zhengce.records import Document, RecordError, to_dict

GB = "国务院办公厅关于促进高质量发展的意见"


def read(*paths: Path, **fields: str) -> list[readers.Item]:
    return list(readers.read(readers.find_files(map(str, paths)), **fields))


@given(texts)
def test_text_is_taken_as_it_stands(text: str) -> None:
    item = readers.read_text(text.encode(), "a.txt")
    if item.document is None:
        assert item.reason in ("empty file", "binary file, not text")
    else:
        # A byte order mark at the very beginning is not text.
        assert item.document.text == (text[1:] if text.startswith("\ufeff") else text)


@given(documents())
def test_a_record_written_by_us_is_read_back(document: Document) -> None:
    item = readers.read_line(orjson.dumps({**to_dict(document), **{key: None for key in document.extra}}), "a.jsonl", 1)
    assert item.document is not None, item.reason
    assert (item.document.id, item.document.text, item.document.spans) == (document.id, document.text, document.spans)


FILES = [
    (b"", "empty file"),
    (b"\xef\xbb\xbf", "empty file"),
    ("\ufeff".encode("utf-16"), "UTF-16"),
    (GB.encode("utf-16"), "UTF-16 text; convert it first: iconv"),
    (GB.encode("big5", "ignore") + b"\xa4\x40\xa5\x5f" * 20, "neither UTF-8"),
    ("déjà vu à l'été".encode("latin-1"), "neither UTF-8"),
    (b"PK\x03\x04 and the rest", "binary"),
    (b"\x00\x01\x02\x03" * 100, "binary"),
    (b"\xff" * 10, "neither UTF-8"),
]


@pytest.mark.parametrize(("content", "reason"), FILES, ids=[f"{n}-{reason}" for n, (_, reason) in enumerate(FILES)])
def test_what_is_no_text_is_rejected_with_its_reason(content: bytes, reason: str) -> None:
    item = readers.read_text(content, "a.txt")
    assert item.document is None
    assert reason in item.reason
    assert item.reject() == {"id": "a.txt", "source": "a.txt", "reason": item.reason}


def test_gb18030_is_read_and_noted() -> None:
    document = readers.read_text(GB.encode("gb18030"), "a.txt").document
    assert document == Document("a.txt", GB, {"encoding": "gb18030"})
    line = orjson.dumps({"id": "x", "text": GB}).decode().encode("gb18030")
    assert readers.read_line(line, "a.jsonl", 1).document == Document("x", GB, {"encoding": "gb18030"})


def test_control_characters_inside_a_text_stay() -> None:
    text = "甲\x00乙\x0b丙" + "国务院" * 50
    assert readers.read_text(text.encode(), "a.txt").document.text == text


LINES = [
    (b'{"text": "a", "count": 123456789012345678901}', "integer 123456789012345678901 has more than 64 bits"),
    (b'{"text": "a"', "broken JSON"),
    (b'{"text": "a\xff"}', "neither UTF-8"),
    (b'{"text": "\\ud800"}', "broken JSON"),
    (b"[1]", "a record must be a JSON object"),
    (b'{"id": 1, "body": "a"}', "no field 'text'; fields are 'body' (choose one with --text-field)"),
    (b'{"id": [1], "text": "a"}', "field 'id' must be"),
    (b'{"text": 5}', "text must be a string"),
    (b'{"text": null}', "text is missing"),
    (b'{"text": "a", "meta": 5}', "meta must be an object"),
    (b'{"text": "a", "spans": [{"start": 0, "end": 4, "label": "ORG"}]}', "span [0:4]: offsets lie outside"),
]


@pytest.mark.parametrize(("line", "reason"), LINES, ids=[reason for _, reason in LINES])
def test_a_bad_line_is_rejected_with_its_reason_and_the_rest_is_read(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "first"}\n\n' + line + b'\r\n{"id": "z", "text": "last"}')
    items = read(path)
    assert [item.line for item in items] == [1, 3, 4]
    assert items[0].document == Document(f"{path}#1", "first")
    assert items[1].document is None and reason in items[1].reason
    assert items[2].document == Document("z", "last")


def test_fields_are_chosen_and_others_travel_in_meta(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"no": 7, "content": "甲", "title": "题", "meta": {"region": "渝"}}', encoding="utf-8")
    (item,) = read(path, text_field="content", id_field="no")
    assert item.document == Document("7", "甲", {"title": "题", "region": "渝"})


def test_nothing_is_lost_where_a_field_and_meta_have_the_same_name() -> None:
    line = b'{"id": "a", "text": "b", "source": "A", "same": 1, "big": 12345678901234567890, "meta": {"source": "B", "same": 1}}'
    document = readers.read_line(line, "a.jsonl", 1).document
    assert document.meta == {"source": "B", "same": 1, "big": 12345678901234567890}
    assert document.extra == {"source": "A"}


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲", encoding="utf-8")
    assert len(read(tmp_path / "a.txt", tmp_path / "a.txt", tmp_path)) == 1


def test_ids_are_relative_paths_and_a_second_one_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (folder / "b.txt").write_text("乙", encoding="utf-8")
    (tmp_path / "in" / "a.md").write_text("甲", encoding="utf-8")
    (tmp_path / "in" / "c.jsonl").write_text('{"text": "丙"}\n{"id": "a.md", "text": "丁"}', encoding="utf-8")
    (tmp_path / "in" / "ignored.png").write_bytes(b"\x89PNG")
    items = read(Path("in"))
    assert [item.id for item in items] == ["a.md", "c.jsonl#1", "a.md", "deep/b.txt"]
    assert items[2].reason == "duplicate id, first seen at a.md"
    assert [item.id for item in read(Path("in/a.md"), Path("in/deep"))] == ["in/a.md", "in/deep/b.txt"]
    with pytest.raises(FileNotFoundError, match="no such file or folder: nowhere"):
        read(Path("nowhere"))


def test_a_file_that_cannot_be_opened_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "b.txt").write_text("乙", encoding="utf-8")
    bad, good = read(tmp_path)
    assert bad.reason == "cannot be read: No such file or directory"
    assert good.document == Document("b.txt", "乙")


def test_records_are_read_with_the_place_of_the_error(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "甲"}\n{"id": "b", "text": "甲", "spans": [{"start": 0, "end": 1, "label": "X"}]}\n', encoding="utf-8")
    assert [document.id for document in readers.read_records(path)] == ["a", "b"]
    with pytest.raises(RecordError, match=r"gold.jsonl:2, document 'b', span \[0:1\]: unknown label 'X'"):
        list(readers.read_records(path, labels=["ORG"]))
    path.write_text("{", encoding="utf-8")
    with pytest.raises(RecordError, match="gold.jsonl:1: broken JSON"):
        list(readers.read_records(path))
