"""A proxy that stands between a client and a server and spoils what a test tells it to."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# What is done to a request: let through; answered with a status (any number) and not sent on; sent on and then
# answered with a status ("done 500") or not at all; the connection cut before or after.
OK, BUSY, BROKEN, BAD_GATEWAY, DONE_500, CUT, CUT_AFTER, CUT_HALF = (
    "ok",
    "429",
    "500",
    "502",
    "done 500",
    "cut",
    "cut after",
    "cut half",
)
FAULTS = (BUSY, BROKEN, BAD_GATEWAY, DONE_500, CUT, CUT_AFTER, CUT_HALF)

Plan = Callable[[str, str], str]  # method and path of a request → what is done to it


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def _go(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            fault = self.server.plan(self.command, self.path)
        self.server.seen.append((self.command, self.path, fault))
        if fault.isdecimal():
            self._answer(int(fault), b"{}")
            return
        if fault == CUT:
            self._cut()
            return
        target = http.client.HTTPConnection(self.server.target, timeout=300)
        headers = {
            key: value
            for key, value in self.headers.items()
            if key.lower() not in ("host", "connection", "accept-encoding")
        }
        target.request(self.command, self.path, body or None, headers)
        answer = target.getresponse()
        content = answer.read()
        target.close()
        if fault == DONE_500:
            self._answer(500, b"{}")
        elif fault == CUT_AFTER:
            self._cut()
        elif fault == CUT_HALF:
            self._answer(answer.status, content, content[: len(content) // 2])
            self._cut()
        else:
            self._answer(answer.status, content)

    def _answer(self, status: int, content: bytes, sent: bytes | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if sent is None else sent)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _go

    def log_message(self, *args: object) -> None:
        pass


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    target: str
    plan: Plan
    seen: list[tuple[str, str, str]]
    lock: threading.Lock

    def handle_error(self, *args: object) -> None:
        pass  # a client that was killed

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def proxy(url: str, plan: Plan = lambda method, path: OK) -> Iterator[_Proxy]:
    """A proxy before ``url``; its ``plan`` may be changed, ``seen`` is what came through."""
    made = _Proxy(("127.0.0.1", 0), _Handler)
    made.target, made.plan, made.seen, made.lock = urlsplit(url).netloc, plan, [], threading.Lock()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
