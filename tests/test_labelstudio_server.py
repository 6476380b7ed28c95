"""A server of one's own: secrets, ports, life and death, users; and what a wrong address or key leads to."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import LabelStudio

from zhengce.labelstudio import client, environment, server


def secrets(data: Path) -> list[str]:
    files = [data / server.TOKEN, *(data / server.PASSWORDS).iterdir()]
    return [file.read_text(encoding="ascii") for file in files]


def test_it_answers_and_takes_the_token_in_its_folder(label_studio: LabelStudio) -> None:
    assert server.running(label_studio.data) == label_studio.server
    assert label_studio.client.user["email"] == server.USER
    token = (label_studio.data / server.TOKEN).read_text(encoding="ascii")
    assert len(token) == 40 and token.isalnum()
    assert label_studio.client.request("GET", "/api/version")["release"] == "1.23.2"


def test_secrets_are_the_owners_alone_and_stand_nowhere_else(label_studio: LabelStudio) -> None:
    label_studio.user("secret@example.com")
    data = label_studio.data
    for file in [data / server.TOKEN, *(data / server.PASSWORDS).iterdir(), data / server.LOG, data / environment.DATABASE]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    found = secrets(data)
    for file in (data / server.LOG, data / "server.json"):
        assert not any(secret in file.read_text(encoding="utf-8") for secret in found)
    assert not any(secret in repr(label_studio.client.connection) for secret in found)
    command = Path(f"/proc/{label_studio.server.pid}/cmdline")
    assert not command.exists() or not any(secret in command.read_text() for secret in found)


def test_nothing_is_reported_to_anybody(label_studio: LabelStudio) -> None:
    page = label_studio.client._http.get("/user/login/").text
    assert "sentry.io" not in page
    assert label_studio.client._http.post("/user/signup/").status_code == 403  # nobody joins without an invitation


def test_a_busy_port_is_an_error(label_studio: LabelStudio, tmp_path: Path) -> None:
    port = label_studio.server.port
    with pytest.raises(client.LabelStudioError, match=f"port {port} is busy.*--port {port + 1}"):
        server.start(tmp_path, port)
    assert not (tmp_path / server.TOKEN).exists()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(client.LabelStudioError, match="is busy"):
            server.start(tmp_path, listener.getsockname()[1])


def test_starting_again_changes_nothing_but_another_port_is_refused(label_studio: LabelStudio) -> None:
    assert server.start(label_studio.data) == label_studio.server
    with pytest.raises(client.LabelStudioError, match="runs at .* already; stop it first: zhengce labelstudio stop"):
        server.start(label_studio.data, label_studio.server.port + 1)


def test_a_folder_lives_through_death_and_a_lost_token(tmp_path: Path) -> None:
    first = server.start(tmp_path, 0)
    token = (tmp_path / server.TOKEN).read_text(encoding="ascii")
    os.killpg(first.pid, 9)
    while server.running(tmp_path):
        time.sleep(0.05)
    with pytest.raises(client.Unreachable, match=f"no server answers at .*zhengce labelstudio start --data {tmp_path}"):
        client.connect(tmp_path, pause=0.01)
    (tmp_path / server.TOKEN).unlink()
    second = server.start(tmp_path, first.port)
    try:
        assert second.pid != first.pid
        assert (tmp_path / server.TOKEN).read_text(encoding="ascii") == token
        client.connect(tmp_path).close()
    finally:
        assert server.stop(tmp_path)
    assert not server.running(tmp_path) and not server.stop(tmp_path)


def test_the_starting_process_may_die(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from zhengce.labelstudio import server; server.start(Path({str(tmp_path)!r}), 0)"
    subprocess.run([sys.executable, "-c", code], check=True, start_new_session=True)
    try:
        with client.connect(tmp_path) as admin:
            assert admin.user["email"] == server.USER
    finally:
        assert server.stop(tmp_path)


def test_a_server_whose_start_was_killed_is_found_again(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from zhengce.labelstudio import server; server.start(Path({str(tmp_path)!r}), 0)"
    starting = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    while server.read_state(tmp_path) is None:
        assert starting.poll() is None
        time.sleep(0.02)
    starting.kill()
    starting.wait()
    try:
        found = server.start(tmp_path)
        assert found == server.running(tmp_path)
        client.connect(tmp_path).close()
        with pytest.raises(client.LabelStudioError, match="stop it first"):
            server.start(tmp_path, found.port, "0.0.0.0")
    finally:
        assert server.stop(tmp_path)
    with pytest.raises(client.LabelStudioError, match="the first user of .* is admin@localhost; start without --user"):
        server.start(tmp_path, 0, user="other@example.com")


def test_a_personal_access_token_is_taken_too(label_studio: LabelStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    personal = label_studio.client.request("POST", "/api/token/", body={})["token"]
    assert personal.count(".") == 2
    monkeypatch.setenv(client.KEY_VARIABLE, personal)
    with client.connect(url=label_studio.server.url) as admin:
        assert admin.user["email"] == server.USER
        admin._access_ends = time.time()  # as after five minutes
        assert admin.request("GET", "/api/version")
        assert personal not in repr(admin.connection)


@pytest.mark.parametrize("key", ["0" * 40, "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.c2VjcmV0"])
def test_a_wrong_key_is_named_by_its_place_and_not_shown(label_studio: LabelStudio, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(client.KEY_VARIABLE, key)
    with pytest.raises(client.Unauthorised, match="LABEL_STUDIO_API_KEY") as error:
        client.connect(url=label_studio.server.url)
    assert key not in str(error.value) and error.value.__cause__ is None


WRONG = [
    ({"data": "nothing"}, {}, "start one: zhengce labelstudio start --data"),
    ({"url": "127.0.0.1:8080"}, {"key": "k"}, "write it like http://"),
    ({"url": "http://me:word@localhost"}, {"key": "k"}, "put no name or password into the address"),
    ({"url": "http://localhost:1"}, {}, "set LABEL_STUDIO_API_KEY"),
    ({"url": "http://localhost:1"}, {"key": "two words"}, "holds something that is no token"),
    ({"url": "http://localhost:1"}, {"key": "k"}, "no server answers at http://localhost:1"),
    ({}, {"key": "k", "url": "http://localhost:1"}, "no server answers at http://localhost:1"),
]


@pytest.mark.parametrize(("arguments", "variables", "message"), WRONG)
def test_a_wrong_address_says_what_to_do(
    arguments: dict, variables: dict, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(client.URL_VARIABLE, raising=False)
    monkeypatch.delenv(client.KEY_VARIABLE, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(f"LABEL_STUDIO_{'API_KEY' if name == 'key' else 'URL'}", value)
    if "data" in arguments:
        arguments = {"data": tmp_path / arguments["data"]}
    with pytest.raises(client.LabelStudioError, match=message) as error:
        client.connect(**arguments, pause=0.01)
    assert "word@" not in str(error.value)


@pytest.mark.parametrize("email", ["", "me", "../me@example.com", "a b@example.com"])
def test_a_user_needs_an_address(label_studio: LabelStudio, email: str) -> None:
    with pytest.raises(client.LabelStudioError, match="no e-mail address"):
        server.add_user(label_studio.client, email, label_studio.data)


def test_a_user_is_made_once(label_studio: LabelStudio) -> None:
    second = label_studio.user("second@example.com")
    assert second.request("GET", "/api/current-user/whoami")["email"] == "second@example.com"
    with pytest.raises(client.LabelStudioError, match="already exists"):
        server.add_user(label_studio.client, "second@example.com", label_studio.data)
    assert label_studio.user("second@example.com").request("GET", "/api/version")


@pytest.mark.parametrize(("host", "public"), [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("10.0.0.7", True)])
def test_which_hosts_are_public(host: str, public: bool) -> None:
    assert server.is_public(host) is public
