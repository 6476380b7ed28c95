"""Texts from files: ``.txt``, ``.md``, ``.jsonl``, folders of them, standard input.

A reader yields items in the order of the input and never stops at a bad one: what cannot be read
comes without a document and with the reason. Text is taken exactly as it stands (a byte
order mark is not text; line ends stay).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from .records import Document, RecordError, from_dict

TEXT_SUFFIXES = (".txt", ".md")
SUFFIXES = (*TEXT_SUFFIXES, ".jsonl")
STDIN = "-"

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_MAGIC = (
    b"PK\x03\x04",
    b"%PDF",
    b"\x89PNG",
    b"\x7fELF",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_long_integer = re.compile(rb"[:\[,\s]-?[0-9]{19}").search
_MAX_CONTROLS = 0.05  # of the first 64 KiB: text has next to none, binary formats have more


@dataclass(slots=True)
class Item:
    """One piece of input: a document, or the reason why it became none.

    ``source`` and ``line`` (1-based, ``None`` for a whole file) say where it stands; ``size`` is
    its length in bytes.
    """

    source: str
    line: int | None
    size: int
    id: str | None = None
    document: Document | None = None
    reason: str | None = None

    @property
    def place(self) -> str:
        """``file`` or ``file:line``."""
        return self.source if self.line is None else f"{self.source}:{self.line}"

    def reject(self) -> dict[str, Any]:
        """The line of a rejects file."""
        return {key: value for key in ("id", "source", "line", "reason") if (value := getattr(self, key)) is not None}


class DecodeError(ValueError):
    """Bytes that are no text in a known encoding; the message says what they look like."""


def decode(content: bytes) -> tuple[str, str]:
    """``(text, encoding)``: strict UTF-8, else strict GB18030. Raises ``DecodeError``.

    GB18030 decodes nearly any bytes, so its reading must look like Chinese: no private-use
    characters and mostly characters of GB 2312.
    """
    for bom, name in _OTHER_BOMS:
        if content.startswith(bom):
            raise DecodeError(f"{name} text; convert it first: iconv -f {name} -t UTF-8")
    head = content[:65536]
    if head.startswith(_MAGIC) or len(head) - len(head.translate(None, _CONTROLS)) > _MAX_CONTROLS * len(head):
        raise DecodeError("binary file, not text")
    try:
        return content.removeprefix(_BOM).decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        position = error.start
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    wide = [character for character in text[:100_000] if character > "\x7f"]
    common = sum(len(character.encode("gb2312", "ignore")) > 0 for character in wide)
    if not wide or common < 0.9 * len(wide) or any("\ue000" <= character <= "\uf8ff" for character in wide):
        raise DecodeError(f"neither UTF-8 (byte {position}) nor GB18030; convert it first: iconv -f ENCODING -t UTF-8")
    return text, "gb18030"


def find_files(paths: Iterable[str], skip: Collection[Path] = ()) -> Iterator[tuple[Path, str]]:
    """``(file, name)`` for each file meant by ``paths``, once; folders give their readable files, sorted.

    The name is what ids are made of: the path as given, inside a single given folder the path
    relative to it. Standard input, ``-``, goes through as it is; so does a folder that cannot be
    looked into, for reading it to say why. ``skip``: files that folders do not give.
    Raises ``FileNotFoundError``.
    """
    given = [Path(path) for path in paths]
    seen = {path.resolve() for path in skip}
    for path in given:
        if path.is_dir():
            for file in _inside(path):
                if file.resolve() not in seen:
                    seen.add(file.resolve())
                    yield file, _printable(file.relative_to(path) if len(given) == 1 else file)
        elif str(path) == STDIN:
            yield path, STDIN
        elif not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        elif path.resolve() not in seen or path in map(Path, skip):
            seen.add(path.resolve())
            yield path, _printable(path)


def _inside(folder: Path) -> list[Path]:
    """The files of a folder that have a readable ending, broken links too, and closed folders."""
    closed: list[Path] = []
    found = [
        Path(root, name)
        for root, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename)))
        for name in names
        if name.lower().endswith(SUFFIXES)
    ]
    return sorted(found + closed)


def _printable(path: Path) -> str:
    """A path as text that can be written as UTF-8, whatever bytes the file system holds."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def read(files: Iterable[tuple[Path, str]], text_field: str = "text", id_field: str = "id") -> Iterator[Item]:
    """The documents of ``files`` as ``find_files`` gives them; an id seen before makes a reject.

    Raises ``ValueError`` for a field that has a meaning of its own.
    """
    for field in (text_field, id_field):
        if field in ("meta", "spans", "relations"):
            raise ValueError(f"field {field!r} has a meaning of its own; name the field that holds the text or the id")
    return _read(files, text_field, id_field)


def _read(files: Iterable[tuple[Path, str]], text_field: str, id_field: str) -> Iterator[Item]:
    seen: dict[str, str] = {}
    for path, name in files:
        for item in _read_file(path, name, text_field, id_field):
            if item.document is not None:
                if (first := seen.get(item.document.id)) is not None:
                    item.reason, item.document = f"duplicate id, first seen at {first}", None
                else:
                    seen[item.document.id] = item.place
            yield item


def _read_file(path: Path, name: str, text_field: str, id_field: str) -> Iterator[Item]:
    try:
        if str(path) == STDIN:
            stream = sys.stdin.buffer
            if stream.peek(64).removeprefix(_BOM).lstrip().startswith(b"{"):
                yield from _read_lines(stream, "stdin", text_field, id_field)
            else:
                yield read_text(stream.read(), "stdin")
        elif path.suffix.lower() == ".jsonl":
            with path.open("rb") as stream:
                yield from _read_lines(stream, name, text_field, id_field)
        elif path.is_dir():
            os.listdir(path)
        else:
            yield read_text(path.read_bytes(), name)
    except OSError as error:
        yield Item(name, None, 0, reason=f"cannot be read: {error.strerror or error}")


def _read_lines(stream: BinaryIO, name: str, text_field: str, id_field: str) -> Iterator[Item]:
    for number, line in enumerate(stream, 1):
        if number == 1:
            line = line.removeprefix(_BOM)
        if line.strip():
            yield read_line(line, name, number, text_field, id_field)


def read_text(content: bytes, name: str) -> Item:
    """One text as a document whose id is ``name``."""
    item = Item(name, None, len(content), id=name)
    try:
        text, encoding = decode(content)
    except DecodeError as error:
        item.reason = str(error)
    else:
        if text:
            item.document = Document(name, text, {} if encoding == "utf-8" else {"encoding": encoding})
        else:
            item.reason = "empty file"
    return item


def read_line(line: bytes, name: str, number: int, text_field: str = "text", id_field: str = "id") -> Item:
    """One JSON line as a document; its id is the id field, else ``name#line``.

    Fields other than id, text, meta, spans and relations travel in ``meta``; one that ``meta`` has
    already with another value stays beside it.
    """
    item = Item(name, number, len(line))
    try:
        data, encoding = _parse(line)
        item.id = _identifier(data.pop(id_field, None), id_field) or f"{name}#{number}"
        if text_field not in data:
            fields = ", ".join(map(repr, data)) or "none"
            raise RecordError(f"no field {text_field!r}; fields are {fields} (choose one with --text-field)")
        known = {key: data.pop(key, None) for key in ("meta", "spans", "relations")}
        text = data.pop(text_field)
        record = from_dict({"id": item.id, "text": text, **known})
        if encoding != "utf-8":
            data.setdefault("encoding", encoding)
        record.extra = {key: value for key, value in data.items() if record.meta.get(key, value) != value}
        record.meta = {**data, **record.meta}
        item.document = record
    except orjson.JSONDecodeError as error:
        item.reason = f"broken JSON: {error}"
    except RecordError as error:
        error.document = None  # the reject names it
        item.reason = str(error)
    except DecodeError as error:
        item.reason = str(error)
    return item


def _parse(line: bytes) -> tuple[dict[str, Any], str]:
    encoding = "utf-8"
    if _long_integer(line) and (number := _integer_beyond_64_bits(line)):
        raise RecordError(f"integer {number} has more than 64 bits; write it as a string")
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        text, encoding = decode(line)
        data = orjson.loads(text)
    if not isinstance(data, dict):
        raise RecordError(f"a record must be a JSON object, got {type(data).__name__}")
    return data, encoding


def _integer_beyond_64_bits(line: bytes) -> str | None:
    """The first integer of a JSON line that would come out as an inexact float."""
    import json

    found: list[str] = []

    def parse_int(digits: str) -> int:
        number = int(digits)
        if not -(2**63) <= number < 2**64:
            found.append(digits)
        return number

    try:
        json.loads(line, parse_int=parse_int)
    except ValueError:
        return None  # whatever else is wrong is said by the parser in use
    return found[0] if found else None


def _identifier(value: Any, field: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise RecordError(f"field {field!r} must be a string or an integer, got {value!r}")
    return str(value)


def read_records(path: Path | str, labels: Iterable[str] | None = None) -> Iterator[Document]:
    """The checked records of a JSON Lines file. Raises ``RecordError`` naming file, line, document and cause."""
    known = None if labels is None else frozenset(labels)
    with Path(path).open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if number == 1:
                line = line.removeprefix(_BOM)
            if not line.strip():
                continue
            try:
                yield from_dict(orjson.loads(line), known)
            except orjson.JSONDecodeError as error:
                raise RecordError(f"broken JSON: {error}", file=str(path), line=number) from None
            except RecordError as error:
                raise error.at(str(path), number)
