"""``zhengce view``: annotated texts as a page to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from .. import readers
from . import app

EXAMPLES = """
例 Example:

  zhengce view out.jsonl -o view.html    生成离线网页，用浏览器打开
"""


@app.command(epilog=EXAMPLES)
def view(
    path: Path = typer.Argument(..., metavar="OUT.jsonl", help="annotate 的结果"),
    out: Path = typer.Option(Path("view.html"), "-o", "--out", help="输出网页"),
    limit: int = typer.Option(500, help="最多放入几篇文档"),
) -> None:
    """生成一个离线网页：着色片段、筛选、搜索、计数。A self-contained page of the coloured texts."""
    from .. import page

    shown, left = page.write_page(readers.read_records(path), out, title=path.name, limit=limit)
    print(f"{out}: {shown:,} 篇文档 documents", file=sys.stderr)
    if left:
        print(f"另有 {left:,} 篇未放入，可用 --limit 提高 {left:,} more left out; raise --limit", file=sys.stderr)
