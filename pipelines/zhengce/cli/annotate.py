"""``zhengce annotate``: texts in, labelled spans out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from typing import Optional

import typer

from .. import batch, readers
from ..records import Document
from . import app
from .tables import progress, show_summary

EXAMPLES = """
例 Examples:

  zhengce annotate report.txt                       一篇文本，结果输出到屏幕

  zhengce annotate corpus/articles -o out.jsonl     整个文件夹，写入文件

  cat news.jsonl | zhengce annotate - -o out.jsonl  标准输入

  zhengce annotate a.jsonl --text-field content --patterns my_patterns/ -o out.jsonl

  zhengce annotate a.jsonl --pipeline pkuseg -o out.jsonl   经由 spaCy 流水线

退出码 Exit: 0 全部完成 all done · 1 有文档被拒 done with rejects · 2 未做任何事 nothing done.
"""


class Overlap(str, Enum):
    """Which of overlapping spans come out."""

    longest = "longest"
    all = "all"


@app.command(epilog=EXAMPLES)
def annotate(
    paths: list[str] = typer.Argument(..., metavar="PATH...", help=".txt .md .jsonl 文件、文件夹或 -（标准输入）"),
    out: Optional[Path] = typer.Option(None, "-o", "--out", help="输出 JSON Lines；省略则输出到标准输出"),
    pipeline: Optional[str] = typer.Option(
        None, help="经由 spaCy：char、pkuseg 或流水线路径；省略则不用 spaCy（最快）"
    ),
    overlap: Optional[Overlap] = typer.Option(None, help="longest（默认）：不重叠的一种读法；all：每条规则的每个匹配"),
    patterns: list[Path] = typer.Option([], help="追加的词表文件夹或文件（EntityRuler JSONL、TOML），可多次"),
    builtin: Optional[bool] = typer.Option(None, "--builtin/--no-builtin", help="是否使用内置词库（默认使用）"),
    text_field: str = typer.Option("text", help="JSON 中正文的字段名"),
    id_field: str = typer.Option("id", help="JSON 中编号的字段名"),
) -> None:
    """标注文本中的政策术语、机构和数量。Label the spans of texts."""
    if out is not None and str(out) == readers.STDIN:
        out = None
    if out is not None and out.is_dir():
        raise IsADirectoryError(f"{out} is a folder; name a file in it: -o {out / 'out.jsonl'}")
    files = list(readers.find_files(paths, skip=[out, *batch.side_files(out)] if out is not None else ()))
    if not files:
        raise FileNotFoundError(f"no {', '.join(readers.SUFFIXES)} files in {', '.join(paths)}")
    if out is not None and out.is_file() and any(file.exists() and file.samefile(out) for file, _ in files):
        raise ValueError(f"{out} is an input too; choose another -o")
    started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    reading = overlap and overlap.value
    annotator, sha256 = _annotator(pipeline, patterns, reading, builtin)
    with ExitStack() as stack:
        items = readers.read(files, text_field, id_field)
        total = sum(file.stat().st_size for file, _ in files if file.exists())
        advance = stack.enter_context(progress("annotate", total, enabled=out is not None))
        if out is None or (out.exists() and not out.is_file()):  # a pipe or device has no files beside it
            write = (stack.enter_context(out.open("wb")) if out else sys.stdout.buffer).write
            summary = batch.annotate(items, annotator, write, sys.stderr.buffer.write, advance)
            sys.stdout.flush()
        else:
            run = {
                "started": started,
                "patterns_sha256": sha256,
                "inputs": paths,
                "options": {
                    "pipeline": pipeline,
                    "overlap": reading or (None if pipeline else "longest"),
                    "patterns": [str(path) for path in patterns],
                    "builtin": builtin if pipeline or builtin is not None else True,
                    "text_field": text_field,
                    "id_field": id_field,
                },
            }
            summary = batch.annotate_to_file(items, annotator, out, run, advance)
    show_summary(summary, out)
    if summary.rejects or not summary.documents:
        raise typer.Exit(1 if summary.documents else 2)


def _annotator(
    pipeline: str | None, patterns: list[Path], overlap: str | None, builtin: bool | None
) -> tuple[Callable[[Document], Document], str | None]:
    """The function that annotates a document, and the hash of its patterns; ``None`` leaves a saved
    pipeline its own setting."""
    if pipeline is None:
        from ..annotator import Annotator

        annotator = Annotator(patterns, overlap=overlap or "longest", builtin=builtin is not False)
        return annotator.annotate, annotator.sha256
    from ..spacy_components import document_annotator, load_pipeline

    nlp = load_pipeline(pipeline, patterns=patterns, overlap=overlap, builtin=builtin)
    return document_annotator(nlp)
