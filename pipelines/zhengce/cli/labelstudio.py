"""``zhengce labelstudio``: a server, its people, its project, documents out and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

import typer

from .. import labelstudio as constants
from . import app

if TYPE_CHECKING:
    from ..labelstudio.progress import Status

TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M"]

commands = typer.Typer(
    help="Label Studio：发给人改，改完原样取回。Send pre-annotations to people in Label Studio and fetch their corrections.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="""
例 Examples:

  zhengce labelstudio start                               启动自己的服务器（第一次要几分钟）

  zhengce labelstudio init --project demo                 建立项目和标注页面

  zhengce labelstudio push out.jsonl --project demo       发出

  zhengce labelstudio pull -o corrected.jsonl --project demo   取回

  zhengce labelstudio status --project demo               进度；stop 停止服务器

别人的服务器 Another server: --url URL（或 LABEL_STUDIO_URL）和环境变量 LABEL_STUDIO_API_KEY.
""",
)
users = typer.Typer(
    help="标注人员。The people who label.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="""
例 Example:

  zhengce labelstudio user add li@example.com    密码写入 DIR/passwords/li@example.com
""",
)
commands.add_typer(users, name="user")
app.add_typer(commands, name="labelstudio")

START_EXAMPLES = """
例 Examples:

  zhengce labelstudio start                            http://127.0.0.1:8080，数据放在用户数据文件夹

  zhengce labelstudio start --data work --port 8090    数据放在 work/

  zhengce labelstudio start --host 0.0.0.0             别的机器也能打开（有提醒）
"""
STOP_EXAMPLES = """
例 Example:

  zhengce labelstudio stop --data work    数据都留着，再 start 即可继续
"""
STATUS_EXAMPLES = """
例 Examples:

  zhengce labelstudio status                    服务器和项目进度

  zhengce labelstudio status --project demo --data work
"""
USER_EXAMPLES = """
例 Examples:

  zhengce labelstudio user add li@example.com --data work    密码随机，写入 work/passwords/li@example.com

  zhengce labelstudio user add li@example.com --password-stdin < secret.txt
"""
INIT_EXAMPLES = """
例 Examples:

  zhengce labelstudio init --project demo                  每篇一个人标

  zhengce labelstudio init --project demo --annotators 2   每篇两个人标

改了 patterns/labels.toml 之后再运行一次即可：正在使用的标签会保留。
"""

PUSH_EXAMPLES = """
例 Examples:

  zhengce annotate corpus/articles -o out.jsonl && zhengce labelstudio push out.jsonl --project demo

  zhengce labelstudio push out.jsonl --project demo    再运行：只发没有发过的，没人动过的换成新的预标注

退出码 Exit: 0 全部完成 all done · 1 有任务被人改了原文，没有动 some tasks were edited, left alone · 2 未做任何事 nothing done.
"""
PULL_EXAMPLES = """
例 Examples:

  zhengce labelstudio pull -o corrected.jsonl --project demo         每篇最新的一份

  zhengce labelstudio pull -o corrected.jsonl --all                  每人一份

  zhengce labelstudio pull -o new.jsonl --since 2026-11-01           只要这之后的

  zhengce labelstudio pull -o all.jsonl --include skipped,drafts     连同跳过的和草稿

退出码 Exit: 0 全部完成 all done · 1 有读不懂的，原因在 OUT.rejects.jsonl rejects with reasons · 2 未做任何事 nothing done.
"""

DATA = typer.Option(None, "--data", help="服务器的数据文件夹；省略则用用户数据文件夹")
URL = typer.Option(None, "--url", help="别人的服务器的地址；令牌放在 LABEL_STUDIO_API_KEY")
PROJECT = typer.Option(constants.PROJECT, "--project", help="项目名")


@commands.command(epilog=START_EXAMPLES)
def start(
    data: Optional[Path] = DATA,
    port: Optional[int] = typer.Option(None, "--port", min=0, max=65535, help="端口，默认 8080；0 任选一个空闲的"),
    host: Optional[str] = typer.Option(None, "--host", help="监听地址，默认 127.0.0.1（只有本机能打开）"),
    user: Optional[str] = typer.Option(None, "--user", help="第一个用户的邮箱，默认 admin@localhost"),
) -> None:
    """启动服务器；能用了才返回。Start a server of your own and return once it answers."""
    from ..labelstudio import server

    folder = _folder(data)
    if host is not None and server.is_public(host):
        _say(
            f"注意：{host} 可从别的机器打开，传输不加密，密码可被窃听。"
            f"Warning: other machines can reach {host}; nothing is encrypted on the way."
        )
    with _progress() as say:
        started = server.start(folder, port, host, user=user, say=say)
    print(f"地址 URL:      {started.url}")
    print(f"用户 user:     {started.user}")
    print(f"密码 password: {folder / server.PASSWORDS / started.user}（文件 file）")
    print(f"停止 stop:     zhengce labelstudio stop{_data_option(data)}")


@commands.command(epilog=STOP_EXAMPLES)
def stop(data: Optional[Path] = DATA) -> None:
    """停止服务器，数据留着。Stop the server; its data stay."""
    from ..labelstudio import server

    folder = _folder(data)
    if server.stop(folder):
        print(f"已停止 stopped: {folder}")
    else:
        print(f"没有在运行 nothing runs on {folder}")


@users.command("add", epilog=USER_EXAMPLES)
def add_user(
    email: str = typer.Argument(..., metavar="EMAIL", help="登录用的邮箱"),
    data: Optional[Path] = DATA,
    url: Optional[str] = URL,
    password_stdin: bool = typer.Option(False, "--password-stdin", help="从标准输入读密码，否则随机"),
) -> None:
    """添加一个标注人员。Add somebody who labels."""
    from ..labelstudio import client, server

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with client.connect(data, url, say=_say) as connected:
        file = server.add_user(connected, email, _folder(data), password)
        print(f"地址 URL:      {connected.url}")
    print(f"用户 user:     {email}")
    print(f"密码 password: {file}（文件 file）")


@commands.command(epilog=INIT_EXAMPLES)
def init(
    project: str = PROJECT,
    data: Optional[Path] = DATA,
    url: Optional[str] = URL,
    annotators: Optional[int] = typer.Option(None, "--annotators", min=1, help="每篇由几个人标"),
) -> None:
    """建立或更新项目：标注页面和说明。Make or update the project, its labelling page and instructions."""
    from ..labelstudio import client
    from ..labelstudio import project as projects

    with client.connect(data, url, say=_say) as connected:
        made, changes = projects.init(connected, project, annotators)
    print(f"{'建立了 made' if changes.created else '更新了 updated'}: {made.title} {made.url}")
    for name in changes.added:
        print(f"  新增 added: {name}")
    for name in changes.removed:
        print(f"  去掉 removed (没有人用过 nobody used it): {name}")
    for name, count in changes.kept.items():
        print(
            f"  保留为停用 kept as retired: {name}，去掉会弄坏 removing it would break {count} 处已有标注 stored uses"
        )


@commands.command(epilog=PUSH_EXAMPLES)
def push(
    path: Path = typer.Argument(..., metavar="ANNOTATED.jsonl", help="annotate 的结果"),
    project: str = PROJECT,
    data: Optional[Path] = DATA,
    url: Optional[str] = URL,
) -> None:
    """发出预标注；可以反复运行。Send pre-annotations; run it as often as you like."""
    from ..labelstudio import client
    from ..labelstudio import push as pushing

    documents = pushing.RecordFile(path)
    total = sum(1 for _ in documents)
    with client.connect(data, url, say=_say) as connected, _bar("push", total) as advance:
        summary = pushing.push(connected, project, documents, progress=advance)
    figures = [
        ("新发 sent", summary.sent),
        ("新版本 revised", summary.revised),
        ("换了预标注 replaced", summary.replaced),
        ("改了标题等 updated", summary.updated),
        ("没有变化 unchanged", summary.unchanged),
        ("已有人标，没有动 kept", summary.kept),
        ("去掉的重复 doubles removed", summary.doubles),
    ]
    print(
        f"文档 documents {summary.documents:,} · " + " · ".join(f"{name} {count:,}" for name, count in figures if count)
    )
    print(f"{summary.seconds:.1f} s · {summary.documents / max(summary.seconds, 1e-9):,.0f} 篇/秒 documents/s")
    for address in summary.edited:
        print(f"原文被人改过，没有动 its text was edited there, left alone: {address}")
    if summary.edited:
        raise typer.Exit(1)


@commands.command(epilog=PULL_EXAMPLES)
def pull(
    out: Path = typer.Option(..., "-o", "--out", help="输出 JSON Lines"),
    project: str = PROJECT,
    data: Optional[Path] = DATA,
    url: Optional[str] = URL,
    every: bool = typer.Option(False, "--all", help="每人一份；默认只取每篇最新的一份"),
    all_revisions: bool = typer.Option(False, "--all-revisions", help="连同旧版本原文上的标注"),
    since: Optional[datetime] = typer.Option(None, "--since", formats=TIMES, help="只要这个时间之后的，如 2026-11-01"),
    include: str = typer.Option("", "--include", help="另外要 skipped（跳过的）、drafts（草稿），用逗号分开"),
) -> None:
    """取回改好的标注。Fetch the corrections."""
    from ..labelstudio import client
    from ..labelstudio import project as projects
    from ..labelstudio import pull as pulling

    words = [word.strip() for word in include.split(",") if word.strip()]
    with client.connect(data, url, say=_say) as connected:
        total = projects.find(connected, project).data.get("task_number") or 0
        with _bar("pull", total) as advance:
            found = pulling.pull(
                connected,
                project,
                all_annotators=every,
                all_revisions=all_revisions,
                since=since,
                include=words,
                progress=advance,
            )
            documents, rejects = pulling.write(found, out)
    print(f"{out}: {documents:,} 份 records")
    if rejects:
        print(f"读不懂的及原因 rejects with reasons: {out}.rejects.jsonl: {rejects:,}")
        raise typer.Exit(1)


@commands.command(epilog=STATUS_EXAMPLES)
def status(project: str = PROJECT, data: Optional[Path] = DATA, url: Optional[str] = URL) -> None:
    """服务器和进度：发了多少、做完多少、每人多少、与规则的一致程度。The server and how far the work has come."""
    from ..labelstudio import client, progress
    from ..labelstudio import project as projects

    with client.connect(data, url, say=_say) as connected:
        version = connected.request("GET", "/api/version").get("release", "?")
        print(f"服务器 server: {connected.url} · Label Studio {version}")
        try:
            total = projects.find(connected, project).data.get("task_number") or 0
        except projects.NoProject as missing:
            print(missing)
            return
        with _bar("status", total) as advance:
            figures = progress.status(connected, project, progress=advance)
    show_status(figures)


def show_status(figures: Status) -> None:
    """The figures of a project as lines and two tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(f"项目 project: {figures.project} {figures.address}")
    console.print(
        f"发出 pushed {figures.pushed:,} · 待做 open {figures.open:,}（已开始 begun {figures.begun:,}）· "
        f"做完 done {figures.done:,}（有改动 changed {figures.changed:,}）· 跳过 skipped {figures.skipped:,}"
    )
    others = [
        ("旧版本 earlier texts", figures.revisions),
        ("别人建的任务 tasks not ours", figures.foreign),
        ("原文被改 edited there", figures.edited),
        ("读不懂 unreadable", figures.unreadable),
    ]
    if any(count for _, count in others):
        console.print(" · ".join(f"{name} {count:,}" for name, count in others if count))
    if figures.people:
        table = Table(title="每人 Per annotator")
        table.add_column("标注人 Annotator")
        for name in ("做完 Done", "跳过 Skipped", "草稿 Drafts", "小时 Hours"):
            table.add_column(name, justify="right")
        for email, person in sorted(figures.people.items()):
            table.add_row(
                email, f"{person.done:,}", f"{person.skipped:,}", f"{person.drafts:,}", f"{person.seconds / 3600:.2f}"
            )
        console.print(table)
    if figures.agreement:
        table = Table(title="与规则一致 Agreement with the rules")
        table.add_column("标签 Label")
        for name in ("P", "R", "接受 Accepted", "改动 Changed", "删去 Removed", "新增 Added"):
            table.add_column(name, justify="right")
        for label, counts in sorted(figures.agreement.items()):
            shares = ("–" if share is None else f"{share:.3f}" for share in (counts.precision, counts.recall))
            table.add_row(
                label, *shares, *(f"{n:,}" for n in (counts.accepted, counts.changed, counts.removed, counts.added))
            )
        console.print(table)


def _folder(data: Path | None) -> Path:
    return (constants.default_data() if data is None else data).expanduser().resolve()


def _data_option(data: Path | None) -> str:
    return "" if data is None else f" --data {data}"


def _say(line: str) -> None:
    print(line, file=sys.stderr)


@contextmanager
def _progress() -> Iterator[Callable[[str], Any]]:
    """What is being done: one line that changes where a person watches, else the steps alone."""
    if not sys.stderr.isatty():
        yield lambda line: None if line.startswith(("Collecting", "Downloading", "Installing")) else _say(line)
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False).status("") as status:
        yield status.update


@contextmanager
def _bar(name: str, total: int) -> Iterator[Callable[[int], Any]]:
    """A bar over a number of documents; nothing where no person watches."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total or None)
        yield lambda count: bar.advance(task, count)
