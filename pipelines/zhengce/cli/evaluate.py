"""``zhengce evaluate``: predictions against gold."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from .. import readers
from . import app

EXAMPLES = """
例 Examples:

  zhengce evaluate gold.jsonl out.jsonl                  总表

  zhengce evaluate gold.jsonl out.jsonl --errors 20      每类错误列出 20 条及上下文
"""


@app.command(epilog=EXAMPLES)
def evaluate(
    gold: Path = typer.Argument(..., metavar="GOLD.jsonl", help="人工标注"),
    predicted: Path = typer.Argument(..., metavar="PRED.jsonl", help="待评结果"),
    errors: int = typer.Option(0, "--errors", help="每类错误最多列出几条"),
) -> None:
    """与人工标注比较：精确率、召回率、F1、类型、数值。Precision, recall, F1, types, values."""
    from rich.console import Console
    from rich.table import Table

    from .. import evaluation

    result = evaluation.evaluate(readers.read_records(gold), readers.read_records(predicted))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    table = Table(title="评测 Evaluation")
    table.add_column("标签 Label")
    for name in ("P", "R", "F1", "重叠 Overlap", "类型 Type", "金标 Gold", "预测 Pred."):
        table.add_column(name, justify="right")
    for label, s in evaluation.rows(result):
        figures = (s.precision, s.recall, s.f1, s.overlap_f1, s.type_accuracy)
        table.add_row(label, *(f"{figure:.3f}" for figure in figures), f"{s.gold:,}", f"{s.predicted:,}")
    console.print(table)
    if hits := result.quantities["hits"]:
        kinds = (("数值 value", "value"), ("单位 unit", "unit"), ("界限 bound", "bound"))
        shares = " · ".join(f"{name} {result.quantities[kind] / hits:.3f}" for name, kind in kinds)
        console.print(f"命中的数量 quantities hit: {hits:,} · {shares}")
    if result.missing:
        console.print(
            f"缺少预测的文档 gold documents without prediction: {len(result.missing)}: {', '.join(result.missing[:5])}"
        )
    if errors:
        kinds = sorted({(error.kind, error.span.label) for error in result.errors})
        for kind, label in kinds:
            found = [error for error in result.errors if (error.kind, error.span.label) == (kind, label)]
            console.print(f"\n[bold]{kind} {label}[/bold] {len(found)}")
            for error in found[:errors]:
                print(
                    f"  {error.document}:{error.span.start}\t{error.context}\t{error.span.type or ''}\t{error.span.rule}\t{error.note}"
                )
