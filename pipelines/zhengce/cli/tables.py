"""What a person sees on the terminal: tables and progress, on standard error, so that output stays clean."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..resources import replacing

if TYPE_CHECKING:
    from ..batch import Summary


@contextmanager
def progress(name: str, total: int, *, enabled: bool = True) -> Iterator[Callable[[int], None]]:
    """A progress bar over ``total`` bytes; gives the function that moves it on. Nothing where no person watches."""
    if not (enabled and sys.stderr.isatty()):
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total or None)
        yield lambda size: bar.advance(task, size)


def show_summary(summary: Summary, out: Path | None) -> None:
    """The table that ends a run: documents, characters, spans per label and type, rejects, rate."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True, highlight=False)
    table = Table(title="标注结果 Summary")
    for name in ("标签 Label", "类型 Type"):
        table.add_column(name)
    table.add_column("片段 Spans", justify="right")
    last = None
    for (label, type_), count in sorted(summary.spans.items(), key=lambda entry: (entry[0][0], -entry[1])):
        if label != last:
            table.add_section()
            table.add_row(label, "", f"{sum(c for (l, _), c in summary.spans.items() if l == label):,}", style="bold")
            last = label
        table.add_row("", type_ or "–", f"{count:,}")
    if summary.spans:
        console.print(table)
    rate = summary.characters / summary.seconds if summary.seconds else 0
    console.print(
        f"文档 documents {summary.documents:,} · 字符 characters {summary.characters:,} · "
        f"片段 spans {sum(summary.spans.values()):,} · 被拒 rejects {summary.rejects:,} · "
        f"{summary.seconds:.2f} s · {rate:,.0f} 字符/秒 characters/s",
        soft_wrap=True,
    )
    if out is not None and summary.documents:
        console.print(f"结果 output: {out}", soft_wrap=True)
    if out is not None and summary.rejects:
        console.print(f"被拒及原因 rejects with reasons: {out}.rejects.jsonl", soft_wrap=True)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that spreadsheet programs open as it is: the byte order mark tells them that it is UTF-8."""
    with replacing(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        csv.writer(text).writerows([header, *rows])
