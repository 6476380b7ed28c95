"""Calls to a server that misbehaves: what is tried again, what is not, and what is said of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zhengce.labelstudio.client import (
    KEY_VARIABLE,
    Client,
    Connection,
    LabelStudioError,
    Refused,
    Unauthorised,
    Unreachable,
    Unsure,
    connect,
)

KEY = "0123456789abcdef0123456789abcdef01234567"
Answer = tuple[int, dict[str, str], bytes] | None  # None: hang up
Script = Callable[..., tuple[Client, list[tuple[str, str]]]]


@pytest.fixture
def scripted() -> Iterator[Script]:
    """A server that gives the answers one after the other, the last one for ever, and the list of what it was asked."""
    servers = []

    def start(*answers: Answer, **options: Any) -> tuple[Client, list[tuple[str, str]]]:
        asked: list[tuple[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = answers[min(len(asked), len(answers) - 1)]
                asked.append((self.command, self.headers["Authorization"]))
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *arguments: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        servers.append(server)
        connection = Connection(f"http://127.0.0.1:{server.server_address[1]}", KEY)
        return Client(connection, **{"pause": 0.001, "attempts": 5, **options}), asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def status(code: int, body: Any = None, **headers: str) -> Answer:
    return code, headers, b"" if body is None else json.dumps(body).encode()


@pytest.mark.parametrize("trouble", [status(429), status(408), status(500), status(502), status(503), status(504), None])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_may_be_done_twice_is_tried_again(scripted: Script, trouble: Answer, method: str) -> None:
    client, asked = scripted(trouble, trouble, status(200, {"done": True}))
    assert client.request(method, "/x") == {"done": True}
    assert asked == [(method, f"Token {KEY}")] * 3


@pytest.mark.parametrize("trouble", [status(500), status(502), status(503), None])
def test_what_may_not_is_left_to_the_caller(scripted: Script, trouble: Answer) -> None:
    client, asked = scripted(trouble, status(201, {}))
    with pytest.raises(Unsure, match="may or may not have been done"):
        client.request("POST", "/x", body={})
    assert len(asked) == 1
    client, asked = scripted(trouble, status(201, {}))
    assert client.request("POST", "/x", body={}, repeatable=True) == {}


def test_what_was_turned_away_is_tried_again_even_so(scripted: Script) -> None:
    client, asked = scripted(status(429), status(429), status(201, {"id": 1}))
    assert client.request("POST", "/x", body={}) == {"id": 1}
    assert len(asked) == 3


def test_patience_ends(scripted: Script) -> None:
    waits: list[str] = []
    client, asked = scripted(status(503, {"detail": "database is locked"}), say=waits.append)
    with pytest.raises(Refused, match="failed 5 times .*database is locked.*run the same command again later") as error:
        client.request("GET", "/x")
    assert error.value.status == 503 and len(asked) == 5 and len(waits) == 4
    client, _ = scripted(None)
    with pytest.raises(Unreachable, match="no server answers at http://127.0.0.1:"):
        client.request("GET", "/x")


def test_waits_grow_and_the_servers_wish_is_heard(scripted: Script) -> None:
    client, _ = scripted(status(200), pause=0.5, attempts=12)
    waits = [client._pause(attempt, None) for attempt in range(1, 12)]
    assert 0.4 <= waits[0] <= 0.6 and waits[3] > waits[0] and max(waits) <= 36
    said: list[str] = []
    client, _ = scripted(status(429, None, **{"Retry-After": "0"}), status(200, {}), pause=30.0, say=said.append)
    assert client.request("GET", "/x") == {}
    assert "again in 0.0 s" in said[0]


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413])
def test_a_refusal_is_not_tried_again_and_says_why(scripted: Script, code: int) -> None:
    client, asked = scripted(status(code, {"detail": "no\nsuch thing", "validation_errors": {}}))
    with pytest.raises(Refused, match=f"HTTP {code}: no such thing") as error:
        client.request("GET", "/x")
    assert (error.value.status, error.value.detail, len(asked)) == (code, "no such thing", 1)


def test_a_key_that_the_server_repeats_is_not_shown(scripted: Script) -> None:
    for code, kind in ((400, Refused), (401, Unauthorised), (503, Refused)):
        client, _ = scripted(status(code, {"detail": f"bad token {KEY}"}))
        with pytest.raises(kind) as error:
            client.request("GET", "/x")
        assert KEY not in str(error.value) and "bad token …" in str(error.value)
        assert KEY not in repr(error.value) and KEY not in getattr(error.value, "detail", "")


def test_what_is_no_label_studio(scripted: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    client, _ = scripted((200, {}, b"<html>hello</html>"))
    with pytest.raises(LabelStudioError, match="answers no JSON; is this a Label Studio"):
        connect(url=client.url)
    client, _ = scripted((404, {}, b"<html>nothing here</html>"))
    with pytest.raises(LabelStudioError, match="is no Label Studio"):
        connect(url=client.url)
    client, _ = scripted((301, {"Location": "https://elsewhere.example.com/"}, b""))
    with pytest.raises(LabelStudioError, match="points to https://elsewhere.example.com/; give the address where it ends"):
        connect(url=client.url)
    with pytest.raises(LabelStudioError, match="is no address of a server"):
        connect(url="http://localhost:port")


def test_no_body_is_none(scripted: Script) -> None:
    client, _ = scripted((204, {}, b""))
    assert client.request("DELETE", "/x") is None
