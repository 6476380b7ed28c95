"""``zhengce patterns``: lint, test, measure and explain the pattern library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Optional

import typer

from .. import patterns as pattern_files
from .. import readers
from ..records import Document
from . import app
from .tables import write_csv

commands = typer.Typer(
    help="检查、测试、度量、解释词库与规则。Lint, test, measure and explain the pattern library.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="""
例 Examples:

  zhengce patterns lint                      检查内置词库

  zhengce patterns test my_patterns/         运行词条自带的例子
""",
)
app.add_typer(commands, name="patterns")

LINT_EXAMPLES = """
例 Examples:

  zhengce patterns lint                                       内置词库

  zhengce patterns lint my_patterns/ --background news.jsonl  自己的词库，并在背景语料中数短词

退出码 Exit: 0 无错误 no errors · 1 有错误 errors found.
"""
TEST_EXAMPLES = """
例 Examples:

  zhengce patterns test

  zhengce patterns test my_patterns/

退出码 Exit: 0 全部通过 all pass · 1 有不通过 failures.
"""
STATS_EXAMPLES = """
例 Examples:

  zhengce patterns stats corpus/articles --gold corpus/gold.jsonl

  zhengce patterns stats news.jsonl --patterns my_patterns/ -o stats.csv --unused unused.csv
"""
EXPLAIN_EXAMPLES = """
例 Example:

  zhengce patterns explain "省科技厅印发《科技成果转化条例》，实施“双倍增”行动计划"
"""
FOLDERS = typer.Argument(None, metavar="[PATH]...", help="词库文件夹或文件；省略则为内置词库")
PATTERNS = typer.Option([], "--patterns", help="追加的词表文件夹或文件，可多次")


@commands.command(epilog=LINT_EXAMPLES)
def lint(
    folders: Optional[list[Path]] = FOLDERS,
    background: Optional[list[str]] = typer.Option(None, help="背景语料（文件或文件夹）：短词每百万字命中几次"),
    warnings: bool = typer.Option(True, "--warnings/--no-warnings", help="是否列出警告"),
) -> None:
    """检查词库：坏行、表里缺的键和错的值、未知标签、重复、遮蔽、危险的短词、失控的正则、缺来源。"""
    from ..curation.lint import lint as check

    texts = (document.text for document in _documents(background)) if background else ()
    findings = check(_roots(folders), texts)
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings if warnings else errors:
        print(f"{finding.file}:{finding.line}: {finding.severity}: {finding.kind}: {finding.message}")
    print(f"{len(errors)} 个错误 errors, {len(findings) - len(errors)} 个警告 warnings", file=sys.stderr)
    if errors:
        raise typer.Exit(1)


@commands.command(epilog=TEST_EXAMPLES)
def test(folders: Optional[list[Path]] = FOLDERS) -> None:
    """运行词条和单位自带的 examples 和 counterexamples。Run the examples that patterns and units carry."""
    from ..annotator import Annotator
    from ..curation.examples import run_examples, run_table_examples

    roots = _roots(folders)
    own = [root for root in roots if root != pattern_files.builtin_folder()]
    annotator = Annotator(own, token_patterns="ignore")
    tables = [file for root in roots for file in pattern_files.files(root) if file.name == "units.toml"]
    outcomes = [*run_examples(_read(roots), annotator), *run_table_examples(tables, annotator)]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures:
        print(f"{failure.file}:{failure.line}: {failure.example}: {failure.message}")
    print(f"{len(outcomes) - len(failures)} 个通过 passed, {len(failures)} 个不通过 failed", file=sys.stderr)
    if failures:
        raise typer.Exit(1)


@commands.command(epilog=STATS_EXAMPLES)
def stats(
    corpus: list[str] = typer.Argument(..., metavar="CORPUS...", help="文本、JSON Lines 或文件夹"),
    gold: Optional[Path] = typer.Option(None, help="人工标注：给出精确率和召回份额"),
    patterns: list[Path] = PATTERNS,
    builtin: bool = typer.Option(True, "--builtin/--no-builtin", help="是否使用内置词库"),
    out: Optional[Path] = typer.Option(None, "-o", "--out", help="每条规则一行，写成 CSV"),
    unused: Optional[Path] = typer.Option(None, help="从未命中的词条，写成 CSV"),
) -> None:
    """每个词表和每条规则：命中、份额、冲突胜负、精确率、召回份额、来源未核实的词条数。"""
    from rich.console import Console
    from rich.table import Table

    from ..annotator import Annotator
    from ..curation import statistics

    annotator = Annotator(patterns, builtin=builtin, token_patterns="ignore")
    wanted = None if gold is None else {document.id: document for document in readers.read_records(gold)}
    result = statistics.measure(_documents(corpus), annotator, wanted)
    header = ["rule", "label", "hits", "share", "documents", "matches", "won", "lost", "precision", "recall"]
    rows = [_row(rule, result) for rule in result.rules]
    if out is not None:
        write_csv(out, header, rows)
    table = Table(title=f"{result.characters:,} 字符 characters")
    for number, name in enumerate(header):
        table.add_column(name, justify="left" if number < 2 else "right", no_wrap=number == 0)
    for row in rows:
        table.add_row(*map(str, row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    console.print(table)
    read = list(_read(([pattern_files.builtin_folder()] if builtin else []) + patterns))
    silent = statistics.never_found(read, result.found)
    if unused is not None:
        write_csv(unused, ["file", "line", "label", "pattern"], [[p.file, p.line, p.label, p.pattern] for p in silent])
    console.print(f"词条 entries {len(read):,} · 从未命中 never found {len(silent):,}")
    for sources, number in _by_source(read):
        console.print(f"  {sources}: {number:,}")


@commands.command(epilog=EXPLAIN_EXAMPLES)
def explain(text: str = typer.Argument(..., help="一句话"), patterns: list[Path] = PATTERNS) -> None:
    """解释一句话：哪些规则在争同一处，哪个胜出，左边界为何停在那里，为何没有标出。"""
    from rich.console import Console
    from rich.table import Table

    from ..curation.explain import explain as explain_text

    table = Table()
    for name in ("位置 At", "文字 Text", "标签 Label", "规则 Rule", "结果 Outcome"):
        table.add_column(name, overflow="fold")
    for line in explain_text(text, patterns):
        table.add_row(
            f"{line.start}–{line.end}",
            line.text,
            line.label,
            line.rule,
            line.outcome,
            style="" if line.stands else "dim",
        )
    Console(highlight=False, width=None if sys.stdout.isatty() else 140).print(table)


def _roots(folders: list[Path] | None) -> list[Path]:
    for folder in folders or ():
        if not folder.exists():
            raise FileNotFoundError(f"no such pattern folder or file: {folder}")
    return folders or [pattern_files.builtin_folder()]


def _read(roots: list[Path]):
    for root in roots:
        for file in pattern_files.files(root):
            if file.suffix == ".jsonl":
                yield from pattern_files.read_patterns(file)


def _documents(paths: list[str]):
    for item in readers.read(readers.find_files(paths)):
        if item.document is None:
            print(f"{item.place}: {item.reason}", file=sys.stderr)
        else:
            yield Document(item.document.id, item.document.text)


def _row(rule, result) -> list[object]:
    gold = result.gold[rule.label]
    return [
        rule.rule,
        rule.label,
        rule.hits,
        f"{rule.hits / result.hits[rule.label]:.3f}" if result.hits[rule.label] else "",
        rule.documents,
        rule.matches,
        rule.won,
        rule.lost,
        f"{rule.precision:.3f}" if result.gold and rule.precision is not None else "",
        f"{rule.right / gold:.3f}" if gold else "",
    ]


def _by_source(read) -> list[tuple[str, int]]:
    """Entries with a checkable source and entries written from knowledge, reported apart."""
    stated = pattern_files.load_table(pattern_files.builtin_folder() / "SOURCES.toml")
    unverified = {name for name, entry in stated.items() if entry.get("source") == "unverified"}
    root = pattern_files.builtin_folder()
    number = sum(
        Path(p.file).is_relative_to(root) and Path(p.file).relative_to(root).as_posix() in unverified for p in read
    )
    return [("来源可查 checkable source", len(read) - number), ("来源未核实 unverified", number)]
