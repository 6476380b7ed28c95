"""``zhengce labelstudio`` as a person meets it: the whole way out and back, exit codes, messages, no secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LabelStudio

from zhengce.labelstudio import client, server
from zhengce.records import from_dict

Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def labelstudio(label_studio: LabelStudio, tmp_path: Path) -> Run:
    """``zhengce labelstudio`` in a fresh folder; whatever it says is free of secrets."""

    def run(*arguments: object, stdin: str = "", **variables: str) -> subprocess.CompletedProcess:
        command = [Path(sys.executable).with_name("zhengce"), "labelstudio", *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}
        environment |= {"COLUMNS": "160", **variables}
        result = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=tmp_path, env=environment)
        data = label_studio.data
        for secret in [data / server.TOKEN, *(data / server.PASSWORDS).iterdir()]:
            assert secret.read_text(encoding="ascii") not in result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result

    return run


def record(identifier: str, text: str = "推进乡村振兴。") -> dict:
    start = text.index("乡村振兴")
    span = {"id": "s1", "start": start, "end": start + 4, "label": "POLICY", "type": "concept", "rule": "terms.policy.concepts"}
    return {"id": identifier, "text": text, "meta": {"year": 2024}, "spans": [span]}


def write(path: Path, *records: dict) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return path


def submit(studio: LabelStudio, task: dict) -> None:
    """What the page sends when nothing was changed."""
    full = studio.client.request("GET", f"/api/tasks/{task['id']}/")
    (prediction,) = full["predictions"]
    body = {"result": prediction["result"], "lead_time": 2.0, "parent_prediction": prediction["id"]}
    studio.client.request("POST", f"/api/tasks/{task['id']}/annotations/", body=body)


def tasks(studio: LabelStudio, name: str) -> list[dict]:
    (found,) = (one for one in studio.client.request("GET", "/api/projects/", params={"page_size": 100})["results"] if one["title"] == name)
    return studio.client.request("GET", "/api/tasks/", params={"project": found["id"], "page_size": 100, "fields": "all"})["tasks"]


def test_the_whole_way_out_and_back(labelstudio: Run, label_studio: LabelStudio, tmp_path: Path) -> None:
    options = ("--project", "cli: tour", "--data", label_studio.data)
    made = labelstudio("init", *options, "--annotators", 2)
    assert made.returncode == 0 and "made: cli: tour http://127.0.0.1:" in made.stdout
    file = write(tmp_path / "out.jsonl", record("a"), record("b"), record("c"))
    assert "sent 3" in labelstudio("push", file, *options).stdout
    again = labelstudio("push", file, *options)
    assert again.returncode == 0 and "unchanged 3" in again.stdout and "sent" not in again.stdout
    first, second, third = tasks(label_studio, "cli: tour")
    submit(label_studio, first)
    label_studio.client.request("PATCH", f"/api/tasks/{third['id']}/", body={"data": {**third["data"], "text": "改了。"}})
    touched = labelstudio("push", file, *options)
    assert touched.returncode == 1 and f"data?task={third['id']}" in touched.stdout
    status = labelstudio("status", *options)
    assert status.returncode == 0
    for figure in ("pushed 2", "open 1", "done 1", "edited there 1", server.USER, "POLICY"):
        assert figure in status.stdout
    pulled = labelstudio("pull", "-o", "corrected.jsonl", *options)
    assert pulled.returncode == 0, pulled.stderr
    (line,) = (tmp_path / "corrected.jsonl").read_text(encoding="utf-8").splitlines()
    document = from_dict(json.loads(line))
    assert (document.id, document.text, document.meta["year"]) == ("a", "推进乡村振兴。", 2024)
    assert [(one.text, one.source, one.rule) for one in document.spans] == [("乡村振兴", "accepted", "terms.policy.concepts")]
    submit(label_studio, third)
    broken = labelstudio("pull", "-o", "corrected.jsonl", *options)
    assert broken.returncode == 1
    (reject,) = (tmp_path / "corrected.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject)["address"].endswith(f"data?task={third['id']}") and "edited" in json.loads(reject)["reason"]
    later = labelstudio("pull", "-o", "later.jsonl", "--since", "2999-01-01", "--all", "--all-revisions", "--include", "skipped,drafts", *options)
    assert later.returncode == 0 and (tmp_path / "later.jsonl").read_bytes() == b""


def test_another_server_by_address_and_key(labelstudio: Run, label_studio: LabelStudio, tmp_path: Path) -> None:
    token = (label_studio.data / server.TOKEN).read_text(encoding="ascii")
    file = write(tmp_path / "out.jsonl", record("a"))
    keys = {client.KEY_VARIABLE: token}
    assert labelstudio("init", "--project", "cli: by address", "--url", label_studio.server.url, **keys).returncode == 0
    sent = labelstudio("push", file, "--project", "cli: by address", **keys, LABEL_STUDIO_URL=label_studio.server.url + "/")
    assert sent.returncode == 0 and "sent 1" in sent.stdout


def test_people_are_added_with_a_chosen_password(labelstudio: Run, label_studio: LabelStudio) -> None:
    added = labelstudio("user", "add", "Zhao@example.com", "--data", label_studio.data, "--password-stdin", stdin="a long secret\n")
    assert added.returncode == 0, added.stderr
    assert "a long secret" not in added.stdout + added.stderr
    assert server.user_token(label_studio.server.url, "zhao@example.com", "a long secret")


def test_start_status_stop_of_a_folder(labelstudio: Run, tmp_path: Path) -> None:
    started = labelstudio("start", "--data", "work", "--port", 0, "--host", "0.0.0.0")
    try:
        assert started.returncode == 0 and "http://127.0.0.1:" in started.stdout
        assert "Warning: other machines can reach 0.0.0.0" in started.stderr
        for path in (tmp_path / "work" / server.TOKEN, *(tmp_path / "work" / server.PASSWORDS).iterdir()):
            assert path.read_text(encoding="ascii") not in started.stdout + started.stderr
        status = labelstudio("status", "--data", "work")
        assert status.returncode == 0 and "make it: zhengce labelstudio init --project zhengce --data work" in status.stdout
    finally:
        stopped = labelstudio("stop", "--data", "work")
    assert stopped.returncode == 0 and "stopped" in stopped.stdout
    assert "nothing runs" in labelstudio("stop", "--data", "work").stdout
    gone = labelstudio("status", "--data", "work")
    assert gone.returncode == 2 and "start it: zhengce labelstudio start --data work" in gone.stderr


WRONG = [
    (["push", "out.jsonl", "--project", "nowhere"], "make it: zhengce labelstudio init --project nowhere --data "),
    (["push", "missing.jsonl"], "missing.jsonl"),
    (["push", "broken.jsonl", "--project", "cli: wrong usage"], "broken.jsonl:1: broken JSON"),
    (["push", "label.jsonl", "--project", "cli: wrong usage"], "unknown label 'COLOUR'"),
    (["pull", "-o", "x.jsonl", "--project", "cli: wrong usage", "--include", "all"], "cannot include all; known are skipped, drafts"),
    (["pull", "-o", "x.jsonl", "--project", "cli: wrong usage", "--since", "yesterday"], "yesterday"),
    (["pull"], "Missing option"),
    (["init", "--project", "no"], "3 to 50 characters"),
    (["init", "--annotators", "0"], "--annotators"),
    (["user", "add", "nobody"], "is no e-mail address"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_ends_with_2_and_says_what_to_do(
    labelstudio: Run, label_studio: LabelStudio, tmp_path: Path, arguments: list[str], message: str
) -> None:
    if "cli: wrong usage" in arguments:
        labelstudio("init", "--project", "cli: wrong usage", "--data", label_studio.data)
    write(tmp_path / "out.jsonl", record("a"))
    (tmp_path / "broken.jsonl").write_text("{", encoding="utf-8")
    strange = record("a")
    strange["spans"][0]["label"] = "COLOUR"
    write(tmp_path / "label.jsonl", strange)
    result = labelstudio(*arguments, "--data", label_studio.data)
    assert result.returncode == 2, result.stdout + result.stderr
    assert message in result.stderr
    assert not (tmp_path / "x.jsonl").exists()


def test_a_wrong_token_in_the_folder_names_the_place(labelstudio: Run, label_studio: LabelStudio, tmp_path: Path) -> None:
    data = tmp_path / "other"
    data.mkdir()
    (data / server.TOKEN).write_text("0" * 40, encoding="ascii")
    (data / "server.json").write_bytes((label_studio.data / "server.json").read_bytes())
    result = labelstudio("init", "--data", data)
    assert result.returncode == 2
    assert f"does not take the token in {data}" in result.stderr and "0" * 40 not in result.stderr


@pytest.mark.parametrize("name", ["start", "stop", "status", "init", "push", "pull", "user add"])
def test_every_command_has_help_with_examples(labelstudio: Run, name: str) -> None:
    result = labelstudio(*name.split(), "--help")
    assert result.returncode == 0 and f"  zhengce labelstudio {name}" in result.stdout
