"""``zhengce count``: the table an analyst wants first."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Optional

import typer

from .. import counts, readers
from . import app
from .tables import write_csv

EXAMPLES = """
例 Examples:

  zhengce count out.jsonl                                  每个标签、类型、文字的次数

  zhengce count out.jsonl --by label,type -o counts.csv    写成 CSV（Excel 可直接打开）

  zhengce count out.jsonl --by meta.region,text --top 20
"""


@app.command(epilog=EXAMPLES)
def count(
    path: Path = typer.Argument(..., metavar="OUT.jsonl", help="annotate 的结果"),
    by: str = typer.Option(
        "label,type,text", help="按哪些字段计数：label type text rule entity_id unit … id meta.FIELD"
    ),
    out: Optional[Path] = typer.Option(None, "-o", "--out", help="写成 CSV 文件"),
    top: int = typer.Option(50, help="屏幕上最多显示几行（文件不受限）"),
) -> None:
    """计数：每个标签、类型、文字出现几次、在几篇文档中。Spans and documents per field."""
    names = [name.strip() for name in by.split(",") if name.strip()]
    rows = counts.count(readers.read_records(path), names)
    header = [*names, "spans", "documents"]
    lines = ([*row.values, row.spans, row.documents] for row in rows)
    if out is not None:
        write_csv(out, header, lines)
        print(f"{out}: {len(rows):,} 行 rows", file=sys.stderr)
    elif not sys.stdout.isatty():
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *lines])
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(title=f"{path} · {len(rows):,} 行 rows")
        for name in names:
            table.add_column(name)
        for name in ("spans", "documents"):
            table.add_column(name, justify="right")
        for row in rows[:top]:
            table.add_row(*row.values, f"{row.spans:,}", f"{row.documents:,}")
        Console(highlight=False).print(table)
