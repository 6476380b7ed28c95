"""A Label Studio of one's own: started without a click, stopped, looked at, opened to more people.

A data folder holds all of a server: its database, ``token`` (the whole file), ``passwords/EMAIL``,
``server.log``, ``server.json`` (address, process, user: nothing secret) and ``server.lock``, which the
running server holds locked, so that a process number used anew is never taken for it.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import httpx

from ..resources import replacing
from . import environment
from .client import Client, Connection, LabelStudioError, Refused, Unauthorised, Unreachable

TOKEN, LOG, PASSWORDS = "token", "server.log", "passwords"
PORT, HOST, USER = 8080, "127.0.0.1", "admin@localhost"

_STATE, _LOCK = "server.json", "server.lock"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Server:
    """A server started from a data folder. ``pid`` leads its process group (0 until there is one); ``user``
    is the first user's e-mail."""

    url: str
    host: str
    port: int
    pid: int
    user: str


def read_state(data: Path) -> Server | None:
    """What was written of the server last started on ``data``, whether it still runs or not."""
    try:
        return Server(**json.loads((data / _STATE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise LabelStudioError(
            f"{data / _STATE} is broken; delete it, then: zhengce labelstudio start --data {data}"
        ) from None


def _write_state(data: Path, server: Server) -> None:
    with replacing(data / _STATE) as stream:
        stream.write(json.dumps(asdict(server), indent=2).encode() + b"\n")


def running(data: Path) -> Server | None:
    """The server that runs on ``data``."""
    return read_state(data) if _is_locked(data) else None


def start(
    data: Path,
    port: int | None = None,
    host: str | None = None,
    *,
    user: str | None = None,
    say: Say = lambda line: None,
    patience: float = 300.0,
) -> Server:
    """Start a server on ``data`` and return once it answers; one that already runs is returned as it is.

    ``port`` 0 takes a free one. ``user`` is the first user's e-mail, chosen when a folder is new. The
    process is detached: it outlives this one. ``patience`` is how many seconds it may take to answer.
    Raises ``LabelStudioError`` where the port is busy or the server does not come up.
    """
    if os.name != "posix":
        raise LabelStudioError("a server of your own needs Linux or macOS; use another one with --url")
    import fcntl

    data = data.expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _already_running(data, port, host, patience)
        user = _first_user(data, user)
        host = HOST if host is None else host
        port = _free_port(host, PORT if port is None else port, data)
        server = Server(f"http://{_reachable(host)}:{port}", host, port, 0, user)
        _write_state(data, server)  # the process of an earlier run is forgotten: its number may be another's by now
        base = environment.ready(say)
        fresh = not (data / environment.DATABASE).exists()
        environment.lay_out(base, data)
        password = _secret(data / PASSWORDS / user, secrets.token_urlsafe(12))
        if fresh or (data / TOKEN).exists():
            token = _secret(data / TOKEN, secrets.token_hex(20))
        else:
            token = ""  # the server has one, which nobody can choose any more: fetched below
        say("starting Label Studio")
        process = _launch(
            base, data, host, port, {"USERNAME": user, "PASSWORD": password, "USER_TOKEN": token}, lock.fileno()
        )
        server = replace(server, pid=process.pid)
        try:
            _write_state(
                data, server
            )  # before it answers, so that it can be stopped even if this process is killed now
            _wait(lambda: process.poll() is None, server.url, data, patience)
            if not token:
                token = user_token(server.url, user, password)
                _secret(data / TOKEN, token)
            _check_token(server, token, data)
        except BaseException:
            _end(process.pid, 5.0, lambda: process.poll() is not None)
            raise
    return server


def stop(data: Path, patience: float = 20.0) -> bool:
    """Stop the server on ``data``; ``False`` where none runs. Raises ``LabelStudioError`` where it will not end."""
    data = data.expanduser().resolve()
    if not _is_locked(data):
        return False
    server = read_state(data)
    if server is None or not server.pid:
        raise LabelStudioError(f"a server is being started on {data}; wait until it answers, then stop it")
    if not _end(server.pid, patience, lambda: not _is_locked(data)):
        raise LabelStudioError(f"process {server.pid} does not end; try: kill -9 -{server.pid}")
    return True


def add_user(client: Client, email: str, data: Path, password: str | None = None) -> Path:
    """Make a user who can label; gives the file that holds the password.

    The user joins by the server's invitation link, as a person would. Raises ``LabelStudioError``,
    also where the user exists.
    """
    _check_email(email)
    if password == "":
        raise LabelStudioError(f"the password for {email} is empty")
    file = data / PASSWORDS / email.lower()
    invitation = client.request("GET", "/api/invite")["token"]
    chosen = password or secrets.token_urlsafe(12)
    form = {"email": email.lower(), "password": chosen}
    with _browser(client.url) as browser:
        path = f"/user/signup/?token={invitation}"
        answer = _submit(browser, path, form)
    if not answer.is_redirect:
        reasons = re.findall(
            r'class="error"[^>]*>\s*([^<]+?)\s*<|<ul class="[^"]*error[^"]*">\s*<li>([^<]+)', answer.text
        )
        reason = next((a or b for a, b in reasons), f"HTTP {answer.status_code}")
        raise LabelStudioError(f"{client.url} does not make the user {email}: {reason}")
    file.unlink(missing_ok=True)
    _secret(file, chosen)
    return file


def user_token(url: str, email: str, password: str) -> str:
    """The legacy token of a user whose password is known. Raises ``Unauthorised`` for a wrong one."""
    with _browser(url) as browser:
        answer = _submit(browser, "/user/login/", {"email": email, "password": password})
        if not answer.is_redirect:
            raise Unauthorised(f"{url} does not take the password of {email}")
        return browser.get("/api/current-user/token").raise_for_status().json()["token"]


def _browser(url: str) -> httpx.Client:
    return httpx.Client(
        base_url=url, timeout=60.0, trust_env=httpx.URL(url).host not in ("127.0.0.1", "localhost", "::1")
    )


def _submit(browser: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    """Send a form the way a page does, with the token that guards it."""
    try:
        found = _CSRF.search(browser.get(path).text)
        guard = found.group(1) if found else ""
        referer = {"Referer": str(browser.base_url.join(path))}
        return browser.post(path, data={**form, "csrfmiddlewaretoken": guard}, headers=referer)
    except httpx.TransportError as error:
        raise Unreachable(f"no server answers at {browser.base_url} ({type(error).__name__})") from None


def is_public(host: str) -> bool:
    """Whether a server bound to ``host`` can be reached from other machines."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _reachable(host: str) -> str:
    """The name under which this machine reaches a server bound to ``host``."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _first_user(data: Path, wanted: str | None) -> str:
    """The first user of a folder: chosen once."""
    user = (wanted or USER).lower()
    _check_email(user)
    before = read_state(data) if (data / environment.DATABASE).exists() else None
    if before is None:
        return user
    if wanted is not None and before.user != user:
        raise LabelStudioError(
            f"the first user of {data} is {before.user}; start without --user, then: zhengce labelstudio user add {user}"
        )
    return before.user


def _already_running(data: Path, port: int | None, host: str | None, patience: float) -> Server:
    server = read_state(data)
    if server is None or not server.pid:
        raise LabelStudioError(f"another process is starting a server on {data}; wait for it")
    if (port or server.port) != server.port or (host or server.host) != server.host:
        raise LabelStudioError(
            f"a server on {data} runs at {server.url} already; stop it first: zhengce labelstudio stop --data {data}"
        )
    _wait(lambda: _is_locked(data), server.url, data, patience)  # it may have been started a moment ago
    return server


def _free_port(host: str, port: int, data: Path) -> int:
    """``port`` if nobody listens there. Label Studio itself would silently move on to the next one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            port = listener.getsockname()[1]
        with socket.socket() as caller:
            busy = caller.connect_ex(("127.0.0.1", port)) == 0
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno != errno.EADDRINUSE:
            raise LabelStudioError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
        busy = True
    if busy:
        raise LabelStudioError(
            f"port {port} is busy; choose another: zhengce labelstudio start --data {data} --port {port + 1}"
        )
    return port


def _launch(
    base: Path, data: Path, host: str, port: int, account: dict[str, str], lock: int
) -> subprocess.Popen[bytes]:
    written = f"[{host}]" if ":" in host else host
    arguments = ["start", "--no-browser", "--internal-host", written, "--port", str(port), "--log-level", "WARNING"]
    secret = {f"LABEL_STUDIO_{name}": value for name, value in account.items()}
    with _open_private(data / LOG, os.O_APPEND) as log:
        return subprocess.Popen(
            environment.command(base, *arguments, "--enable-legacy-api-token"),
            env={**environment.variables(data), **secret},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=base,  # where it looks for modules: nothing of the data folder is ever run
            start_new_session=True,
            pass_fds=(lock,),
        )


def _wait(alive: Callable[[], bool], url: str, data: Path, patience: float) -> None:
    end = time.monotonic() + patience
    log = data / LOG
    while True:
        if not alive():
            raise LabelStudioError(f"Label Studio ended by itself: {_last_line(log)} (all of it in {log})")
        try:
            if httpx.get(f"{url}/health", timeout=5.0, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > end:
            raise LabelStudioError(f"Label Studio did not answer at {url} within {patience:.0f} s; see {log}")
        time.sleep(0.2)


def _check_token(server: Server, token: str, data: Path) -> None:
    """That it is our server which answers, and that it takes our token."""
    with Client(Connection(server.url, token, data), attempts=3) as client:
        try:
            client.request("GET", "/api/current-user/whoami")
        except (Unauthorised, Refused):
            raise Unauthorised(
                f"the server on {data} does not take the token in {data / TOKEN}; delete that file and start again"
            ) from None


def _end(pid: int, patience: float, ended: Callable[[], bool]) -> bool:
    """Ask a process group to end, then make it; whether ``ended`` came true."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            pass
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if ended():
                return True
            time.sleep(0.05)
    return ended()


def _is_locked(data: Path) -> bool:
    try:
        import fcntl
    except ImportError:  # no server of ours runs on such a system
        return False
    try:
        with (data / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _secret(path: Path, value: str) -> str:
    """The content of a file that its owner alone may read, made with ``value`` where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        path.chmod(0o600)
        return path.read_text(encoding="utf-8").strip()
    with _open_private(path, os.O_EXCL) as stream:
        stream.write(value.encode())
    return value


def _open_private(path: Path, flags: int) -> BinaryIO:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "ab")


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it wrote nothing"


def _check_email(email: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise LabelStudioError(f"{email!r} is no e-mail address; write it like name@example.com")
