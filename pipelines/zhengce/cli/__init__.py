"""The command line: one module a command, each a thin shell over a function of the services."""

from __future__ import annotations

import os
import signal
import sys

import typer

from .. import __version__

app = typer.Typer(
    name="zhengce",
    help="政策文本标注：政策术语、机构、数量。Label policy terms, organisations and quantities in Chinese policy texts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"zhengce {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line.

    Exit 0: all done; 1: done with rejects; 2: nothing done or wrong usage; 3: an error of ours;
    130, 143: stopped by Ctrl-C or a signal.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8")  # Chinese help must not fail on a Western or GBK terminal
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that half files are cleared away
    try:
        app()
    except SystemExit as end:
        # typer ends on its own: the reader of our output that has seen enough is no error.
        if isinstance(end.__context__, BrokenPipeError):
            raise SystemExit(0) from None
        if end.code == 130:
            print("zhengce: stopped", file=sys.stderr)
        raise
    except (OSError, ValueError) as error:
        print(f"zhengce: error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except Exception as error:
        if os.environ.get("ZHENGCE_DEBUG"):
            raise
        message = f"{type(error).__name__}: {error}"
        print(f"zhengce: error of ours: {message} (ZHENGCE_DEBUG=1 shows where; please report it)", file=sys.stderr)
        raise SystemExit(3) from None


from . import annotate, count, evaluate, labelstudio, patterns, setup, view  # noqa: E402, F401  (each adds its command to the app)
