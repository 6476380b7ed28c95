"""Calls to a Label Studio: who we are, patience with a busy server, errors that say what to do next.

Every call of the package goes through ``Client.request`` or ``Client.stream``. A token is in no
``repr``, message or log.
"""

from __future__ import annotations

import base64
import json
import os
import random
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from . import default_data

URL_VARIABLE, KEY_VARIABLE = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BUSY = (408, 429, 500, 502, 503, 504)
_NOT_DONE = (429,)  # the server turned the request away before doing anything
_LONGEST_PAUSE = 30.0
_EARLY = 30  # seconds before its end that an access token is renewed


class LabelStudioError(OSError):
    """A call that came to nothing; the message says why and what to run."""


class Unreachable(LabelStudioError):
    """No server answers."""


class Unauthorised(LabelStudioError):
    """The server does not take the token."""


class Refused(LabelStudioError):
    """The server answered that it will not: ``status`` is the HTTP status, ``detail`` its reason."""

    def __init__(self, message: str, status: int, detail: str) -> None:
        super().__init__(message)
        self.status, self.detail = status, detail


class Unsure(LabelStudioError):
    """A request that must not simply be sent twice failed so that nobody knows whether it was carried out.

    Look at the server before sending it again.
    """


class _NoAccess(Exception):
    """No access token could be had, this time: the request itself was not sent."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A server and the key to it. ``data`` is the folder of a server of our own."""

    url: str
    key: str = field(repr=False)
    data: Path | None = None

    @property
    def arguments(self) -> str:
        """The command line options that lead to the same server, for messages."""
        return f"--data {shlex.quote(str(self.data))}" if self.data is not None else f"--url {self.url}"


def find_connection(data: Path | None = None, url: str | None = None) -> Connection:
    """The server meant by ``url``, else ``data``, else ``LABEL_STUDIO_URL``, else the default data folder.

    The key of a server of our own is in its data folder, that of any other in
    ``LABEL_STUDIO_API_KEY``: a legacy token or a personal access token. Raises ``LabelStudioError``.
    """
    if url is None and data is None:
        url = os.environ.get(URL_VARIABLE) or None
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LabelStudioError(f"{url!r} is no address of a server; write it like http://127.0.0.1:8080")
        if parts.username or parts.password:
            raise LabelStudioError(f"put no name or password into the address; set {KEY_VARIABLE} to a token of yours")
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not key:
            raise LabelStudioError(
                f"no key for {url}: set {KEY_VARIABLE} to a token of yours (Account & Settings in Label Studio's own "
                "menu), or name the folder of a server of your own: --data DIR"
            )
        return Connection(url.rstrip("/"), _clean(key, KEY_VARIABLE))
    from . import server

    folder = default_data() if data is None else data.expanduser()
    shown = shlex.quote(str(folder))
    state = server.read_state(folder)
    if state is None:
        raise Unreachable(f"no server in {folder}; start one: zhengce labelstudio start --data {shown}")
    path = folder / server.TOKEN
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    if not key:
        raise Unauthorised(
            f"{path} holds no token; have it fetched: zhengce labelstudio stop --data {shown}, then start --data {shown}"
        )
    return Connection(state.url, _clean(key, str(path)), folder)


def connect(data: Path | None = None, url: str | None = None, **options: Any) -> Client:
    """A client whose server has been seen to answer and to take the key. ``options`` are ``Client``'s."""
    client = Client(find_connection(data, url), **options)
    try:
        client.user = client.request("GET", "/api/current-user/whoami", attempts=min(3, client.attempts))
    except Refused as error:
        if error.status not in (404, 405):
            raise
        raise LabelStudioError(
            f"{client.url} is no Label Studio (HTTP {error.status}); give its address with --url"
        ) from None
    return client


class Client:
    """Calls to one server.

    ``attempts`` is how often a call is tried, ``pause`` the first wait in seconds (doubled each time,
    30 at most, ``Retry-After`` obeyed), ``say`` gets a line before each wait. ``user`` is what the
    server says of the key's owner once ``connect`` has asked.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        attempts: int = 8,
        pause: float = 0.5,
        timeout: float = 300.0,
        say: Callable[[str], Any] = lambda line: None,
    ) -> None:
        self.connection, self.attempts, self.pause, self.say = connection, attempts, pause, say
        self.user: dict[str, Any] = {}
        try:
            own_machine = urlsplit(connection.url).hostname in _LOOPBACK
            self._http = httpx.Client(
                base_url=connection.url,
                timeout=httpx.Timeout(timeout, connect=10.0),
                # Label Studio's own web server writes an answer in two pieces; on a kept connection the
                # second waits some 50 ms for the first to be acknowledged.
                limits=httpx.Limits(max_keepalive_connections=0) if own_machine else httpx.Limits(),
                # A proxy of the environment would be asked for our own machine.
                trust_env=not own_machine,
            )
        except httpx.InvalidURL as error:
            raise LabelStudioError(f"{connection.url!r} is no address of a server: {error}") from None
        self._access, self._access_ends = "", 0.0

    @property
    def url(self) -> str:
        """The server's address, without a slash at its end."""
        return self.connection.url

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: dict[str, Any] | None = None,
        repeatable: bool | None = None,
        attempts: int | None = None,
    ) -> Any:
        """The JSON that the server answers, ``None`` where it answers nothing.

        ``body`` is sent as JSON. A call is tried again after 429, 408, 5xx and dropped connections.
        ``repeatable`` says that doing it twice is as good as once; by default everything but
        ``POST`` is. A call that is not is tried again only where the server cannot have done it
        (429, no connection), else ``Unsure`` is raised.
        Raises ``LabelStudioError``.
        """
        content = self._send(method, path, body, params, repeatable, attempts, whole=True).content
        if not content:
            return None
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            raise LabelStudioError(
                f"{self.url}{path} answers no JSON; is this a Label Studio? Give its address with --url"
            ) from None

    @contextmanager
    def stream(self, method: str, path: str, *, params: dict[str, Any] | None = None) -> Iterator[Iterator[bytes]]:
        """The answer's bytes as they come. Only its beginning is retried: after that, a dropped
        connection raises ``Unreachable``."""
        response = self._send(method, path, None, params, True, None, whole=False)
        try:
            yield response.iter_bytes()
        except httpx.TransportError as error:
            raise Unreachable(f"{self.url} broke off ({type(error).__name__}); run the same command again") from None
        finally:
            response.close()

    def _send(
        self,
        method: str,
        path: str,
        body: Any,
        params: dict[str, Any] | None,
        repeatable: bool | None,
        attempts: int | None,
        *,
        whole: bool,
    ) -> httpx.Response:
        """The response to a request that the server carried out; its body is read where it is wanted ``whole``."""
        content = None if body is None else orjson.dumps(body)
        headers = {} if content is None else {"Content-Type": "application/json"}
        repeatable = method != "POST" if repeatable is None else repeatable
        attempts = self.attempts if attempts is None else attempts
        for attempt in range(1, attempts + 1):
            response = None
            try:
                headers["Authorization"] = self._authorization()
                request = self._http.build_request(method, path, content=content, params=params, headers=headers)
                response = self._http.send(request, stream=True)
                if whole or not response.is_success:
                    response.read()
                if response.is_success:
                    return response
                reason, done = f"HTTP {response.status_code}", response.status_code not in _NOT_DONE
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, _NoAccess) as error:
                response, reason, done = None, str(error) or type(error).__name__, False
            except httpx.TransportError as error:
                response, reason, done = None, f"connection dropped: {type(error).__name__}", True
            if response is not None and response.status_code not in _BUSY:
                self._refuse(response, method, path)
            if done and not repeatable:
                raise Unsure(f"{method} {self.url}{path}: {reason}; it may or may not have been done")
            if attempt < attempts:
                wait = self._pause(attempt, response)
                self.say(f"{self.url}: {reason}; again in {wait:.1f} s ({attempt} of {attempts})")
                time.sleep(wait)
        if response is None:
            raise Unreachable(f"no server answers at {self.url} ({reason}); {self._way_out()}")
        raise Refused(
            f"{self.url} failed {attempts} times ({reason}: {self._detail(response)}); run the same command again later",
            response.status_code,
            self._detail(response),
        )

    def _pause(self, attempt: int, response: httpx.Response | None) -> float:
        wanted = "" if response is None else response.headers.get("Retry-After", "")
        if wanted.isdecimal():
            return min(float(wanted), 2 * _LONGEST_PAUSE)
        return min(self.pause * 2 ** (attempt - 1), _LONGEST_PAUSE) * random.uniform(0.8, 1.2)

    def _authorization(self) -> str:
        """The header's value; a personal access token is first changed for a short-lived one."""
        key = self.connection.key
        if key.count(".") != 2:
            return f"Token {key}"
        if time.time() > self._access_ends - _EARLY:
            try:
                response = self._http.post("/api/token/refresh/", json={"refresh": key})
            except httpx.TransportError as error:
                raise _NoAccess(f"no access token: {type(error).__name__}") from None
            if response.status_code in (400, 401, 403, 404):
                raise Unauthorised(self._wrong_key(self._detail(response)))
            if not response.is_success:
                raise _NoAccess(f"no access token: HTTP {response.status_code}")
            self._access = response.json()["access"]
            self._access_ends = _expiry(self._access)
        return f"Bearer {self._access}"

    def _refuse(self, response: httpx.Response, method: str, path: str) -> None:
        detail = self._detail(response)
        if response.status_code == 401:
            raise Unauthorised(self._wrong_key(detail))
        if response.is_redirect:
            target = response.headers.get("Location", "")
            raise Refused(
                f"{self.url} points to {target}; give the address where it ends with --url",
                response.status_code,
                detail,
            )
        raise Refused(f"{method} {self.url}{path}: HTTP {response.status_code}: {detail}", response.status_code, detail)

    def _detail(self, response: httpx.Response) -> str:
        """What the server says of a refusal, short, on one line, without the key."""
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = response.reason_phrase if b"<html" in response.content[:500].lower() else response.text
        if isinstance(answer, dict):
            answer = answer.get("validation_errors") or answer.get("detail") or answer
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        for secret in (self.connection.key, self._access):
            text = text.replace(secret, "…") if secret else text
        text = " ".join(text.split())
        return text if len(text) <= 500 else text[:500] + "…"

    def _wrong_key(self, detail: str) -> str:
        if self.connection.data is not None:
            return (
                f"{self.url} does not take the token in {self.connection.data} ({detail}); is it that folder's server? "
                f"See: zhengce labelstudio status {self.connection.arguments}"
            )
        return f"{self.url} does not take the token in {KEY_VARIABLE} ({detail}); set it to one from Account & Settings there"

    def _way_out(self) -> str:
        if self.connection.data is not None:
            return f"start it: zhengce labelstudio start {self.connection.arguments}"
        return "check the address (--url) and the network"


def _clean(key: str, place: str) -> str:
    if not key.isascii() or any(character.isspace() for character in key):
        raise Unauthorised(f"{place} holds something that is no token: a token is one word of ASCII characters")
    return key


def _expiry(token: str) -> float:
    """The end of a JWT's life in seconds since the epoch."""
    payload = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
