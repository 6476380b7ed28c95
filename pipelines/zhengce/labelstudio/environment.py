"""Label Studio in an environment of its own, made once in the user's cache and shared by all data folders."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..resources import cache_path
from . import VERSION
from .client import LabelStudioError

DATABASE = "label_studio.sqlite3"

_READY, _TEMPLATE = "zhengce-ready", "zhengce-template"
_KEPT = (
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "USER",
    "LOGNAME",
)

Say = Callable[[str], object]


def folder() -> Path:
    """Where the environment is or will be: one for each version of Label Studio and of Python."""
    return cache_path() / f"label-studio-{VERSION}-py{sys.version_info.major}.{sys.version_info.minor}"


def ready(say: Say = lambda line: None) -> Path:
    """The folder of the environment, made first where there is none (a few minutes, 1 GB).

    ``say`` gets a line for each step. Another process that makes it at the same time is waited for.
    Raises ``LabelStudioError``.
    """
    environment = folder()
    if _is_ready(environment):
        return environment
    environment.parent.mkdir(parents=True, exist_ok=True)
    with _alone(environment.with_name(environment.name + ".lock"), say):
        if not _is_ready(environment):
            shutil.rmtree(environment, ignore_errors=True)
            _install(environment, say)
            say("laying out an empty database (once, half a minute)")
            _make_template(environment)
            (environment / _READY).touch()
    return environment


def variables(data: Path) -> dict[str, str]:
    """The environment variables that a Label Studio on ``data`` runs with.

    Label Studio reads its settings from variables of common names (``HOST``, ``PORT``, ``DEBUG``), so
    nothing of the caller's environment goes in but what a program needs to run. Nothing is reported
    to anybody: analytics, version check and both Sentry addresses are off.
    """
    return {
        **{name: value for name in _KEPT if (value := os.environ.get(name))},
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    }


def command(environment: Path, *arguments: str) -> list[str]:
    """The command line of that environment's ``label-studio``."""
    return [str(environment / "bin" / "python"), "-m", "label_studio.server", *arguments]


def lay_out(environment: Path, data: Path) -> None:
    """Give ``data`` an empty database, unless it has one: a copy, because making one takes half a minute."""
    target = data / DATABASE
    if target.exists():
        return
    partial = target.with_name(f".{DATABASE}.{os.getpid()}")
    shutil.copyfile(environment / _TEMPLATE / DATABASE, partial)
    partial.chmod(0o600)
    os.replace(partial, target)


def _is_ready(environment: Path) -> bool:
    # The interpreter is a link; it leads nowhere once that Python has been removed.
    return (environment / _READY).exists() and (environment / "bin" / "python").exists()


def _install(environment: Path, say: Say) -> None:
    package = f"label-studio=={VERSION}"
    say(f"installing {package} into {environment} (once, a few minutes, 1 GB)")
    log = environment.with_name(environment.name + ".log")
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    steps = [[sys.executable, "-m", "venv", str(environment)], [*pip, "--progress-bar", "off", package]]
    with log.open("w", encoding="utf-8") as stream:
        for step in steps:
            process = subprocess.Popen(
                step,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            last = ""
            assert process.stdout is not None
            for line in process.stdout:
                stream.write(line)
                if line.startswith(("Collecting", "Downloading", "  Downloading", "Installing")):
                    say(line.strip()[:100])
                last = line.strip() or last
            if process.wait():
                shutil.rmtree(environment, ignore_errors=True)
                raise LabelStudioError(
                    f"{package} could not be installed: {last} (all of it in {log}). Check the network and the disk "
                    "(on Debian: apt install python3-venv), then run the same command again"
                )
    say(f"installed {package}")


def _make_template(environment: Path) -> None:
    """Migrate an empty database and keep it beside the environment. It holds no user and no secret."""
    template = environment / _TEMPLATE
    scratch = environment / f"{_TEMPLATE}-scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    done = subprocess.run(
        command(environment, "version"),  # the shortest of its commands that migrates
        env=variables(scratch),
        cwd=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode or not (scratch / DATABASE).exists():
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it gave no reason"]
        raise LabelStudioError(f"Label Studio could not lay out its database: {last[0]}; run the same command again")
    with sqlite3.connect(scratch / DATABASE) as database:
        # Readers and the writer then do not wait for each other: people label while a push goes on.
        database.execute("PRAGMA journal_mode=wal")
    database.close()
    template.mkdir(exist_ok=True)
    os.replace(scratch / DATABASE, template / DATABASE)
    shutil.rmtree(scratch)


@contextmanager
def _alone(path: Path, say: Say) -> Iterator[None]:
    """Hold a lock between processes."""
    import fcntl

    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is installing Label Studio; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
