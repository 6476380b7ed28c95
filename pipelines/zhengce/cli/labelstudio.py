"""``zhengce labelstudio``: a server, its people, its project, documents out and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Optional

import typer

from .. import labelstudio as constants
from . import app

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

DATA = typer.Option(None, "--data", help="服务器的数据文件夹；省略则用用户数据文件夹")
URL = typer.Option(None, "--url", help="别人的服务器的地址；令牌放在 LABEL_STUDIO_API_KEY")
PROJECT = typer.Option(constants.PROJECT, "--project", help="项目名")


@commands.command(epilog=START_EXAMPLES)
def start(
    data: Optional[Path] = DATA,
    port: Optional[int] = typer.Option(None, "--port", min=0, max=65535, help="端口，默认 8080；0 任选一个空闲的"),
    host: Optional[str] = typer.Option(None, "--host", help="监听地址，默认 127.0.0.1（只有本机能打开）"),
    user: str = typer.Option("admin@localhost", "--user", help="第一个用户的邮箱"),
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
        print(f"  保留为停用 kept as retired: {name}，去掉会弄坏 removing it would break {count} 处已有标注 stored uses")


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
