"""``zhengce setup``: fetch once what the packages do not bring."""

from __future__ import annotations

import sys
from enum import Enum

import typer

from . import app

EXAMPLES = """
例 Example:

  zhengce setup pkuseg     下载分词模型到用户缓存（或 PKUSEG_HOME），供 --pipeline pkuseg 使用
"""


class Thing(str, Enum):
    """What can be set up."""

    pkuseg = "pkuseg"


@app.command(epilog=EXAMPLES)
def setup(thing: Thing = typer.Argument(..., help="pkuseg：分词模型")) -> None:
    """准备可选部件，只需一次。Fetch an optional part, once."""
    from .. import pkuseg_model

    path = pkuseg_model.setup(progress=lambda message: print(message, file=sys.stderr))
    print(path)
