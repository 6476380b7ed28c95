"""The command line: one module a command, each a thin shell over a function of the services."""

from __future__ import annotations

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
    """Run the command line. Exit 0: all done; 1: done with rejects; 2: nothing done or wrong usage."""
    try:
        app()
    except (OSError, ValueError) as error:
        if isinstance(error, BrokenPipeError):  # the reader of our output has seen enough
            sys.stderr.close()
            raise SystemExit(0) from None
        print(f"zhengce: error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("zhengce: stopped", file=sys.stderr)
        raise SystemExit(130) from None


from . import annotate, count, evaluate, labelstudio, patterns, setup, view  # noqa: E402, F401  (each adds its command to the app)
