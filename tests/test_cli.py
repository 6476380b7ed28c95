"""The command line as a person meets it: output, files beside it, exit codes, messages, help."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from zhengce.cli import app
from zhengce.records import from_dict

TEXT = "国务院部署推进乡村振兴，投资超过5亿元。"
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def zhengce(tmp_path: Path) -> Run:
    """The installed command, run in a fresh folder."""

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess:
        command = [Path(sys.executable).with_name("zhengce"), *map(str, arguments)]
        environment = {**os.environ, "COLUMNS": "160"}
        return subprocess.run(command, input=stdin, capture_output=True, cwd=tmp_path, env=environment)

    return run


def lines(content: bytes | Path) -> list[dict]:
    content = content.read_bytes() if isinstance(content, Path) else content
    return [json.loads(line) for line in content.splitlines()]


def test_a_text_comes_out_with_its_spans(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = zhengce("annotate", "a.txt")
    assert result.returncode == 0
    (record,) = lines(result.stdout)
    from_dict(record)
    assert (record["id"], record["text"]) == ("a.txt", TEXT)
    assert [(span["label"], span["text"]) for span in record["spans"]] == [
        ("ORG", "国务院"),
        ("POLICY", "乡村振兴"),
        ("QUANTITY", "超过5亿元"),
    ]
    quantity = record["spans"][2]["quantity"]
    assert (quantity["value"], quantity["unit"], quantity["bound"]) == ("500000000", "元", ">")
    assert all(span["rule"] and span["id"] for span in record["spans"])
    assert "documents 1" in result.stderr.decode()


def test_standard_input_as_text_and_as_json_lines(zhengce: Run) -> None:
    (text,) = lines(zhengce("annotate", "-", stdin=TEXT.encode()).stdout)
    assert text["id"] == "stdin" and len(text["spans"]) == 3
    records = lines(zhengce("annotate", "-", stdin=json.dumps({"text": TEXT}).encode() * 1).stdout)
    assert [record["id"] for record in records] == ["stdin#1"]
    assert records[0]["spans"] == text["spans"]


def test_without_a_pipeline_spacy_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    code = (
        "import atexit, sys; sys.argv = ['zhengce', 'annotate', 'a.txt'];"
        "atexit.register(lambda: print('spacy' in sys.modules, file=sys.stderr));"
        "from zhengce.cli import main; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path, text=True)
    assert result.stderr.endswith("False\n"), result.stderr


def test_pipelines_give_the_same_output(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT + "\r\n\t𠮷林省委３，０００万元。", encoding="utf-8")
    plain = zhengce("annotate", "a.txt").stdout
    for pipeline in ("char", "pkuseg"):
        assert zhengce("annotate", "a.txt", "--pipeline", pipeline).stdout == plain


def test_bad_input_goes_to_the_rejects_and_the_rest_is_annotated(zhengce: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(TEXT, encoding="utf-8")
    (folder / "gb.txt").write_bytes(TEXT.encode("gb18030"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.md").write_bytes(b"PK\x03\x04\x00\x00")
    (folder / "rows.jsonl").write_text(
        "\n".join(
            [
                json.dumps({"id": "one", "text": TEXT}, ensure_ascii=False),
                '{"id": "cut", "text": ',
                json.dumps({"id": "nothing"}),
                json.dumps({"id": "one", "text": "again"}),
                json.dumps({"id": "nul", "text": f"a\x00\x07{TEXT}"}),
                '{"id": "half", "text": "\\ud83d"}',
                json.dumps({"id": "blank", "text": ""}),
            ]
        ),
        encoding="utf-8",
    )
    result = zhengce("annotate", "in", "-o", "out.jsonl")
    assert result.returncode == 1
    records, rejects = lines(tmp_path / "out.jsonl"), lines(tmp_path / "out.jsonl.rejects.jsonl")
    assert [record["id"] for record in records] == ["gb.txt", "good.txt", "one", "nul", "blank"]
    assert all(len(record["spans"]) == 3 for record in records[:-1])
    assert [(reject.get("id"), reject["source"], reject.get("line")) for reject in rejects] == [
        ("binary.md", "binary.md", None),
        ("empty.txt", "empty.txt", None),
        (None, "rows.jsonl", 2),
        ("nothing", "rows.jsonl", 3),
        ("one", "rows.jsonl", 4),
        (None, "rows.jsonl", 6),
    ]
    run = json.loads((tmp_path / "out.jsonl.run.json").read_text(encoding="utf-8"))
    assert run["counts"]["documents"] + run["counts"]["rejects"] == len(records) + len(rejects) == 11
    assert run["options"]["pipeline"] is None and len(run["patterns_sha256"]) == 64
    assert "rejects 6" in result.stderr.decode()


def test_a_finished_output_is_replaced_and_stale_rejects_go(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    assert zhengce("annotate", "a.txt", "-o", "out.jsonl").returncode == 2
    assert (tmp_path / "out.jsonl.rejects.jsonl").exists()
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert zhengce("annotate", "a.txt", "-o", "out.jsonl").returncode == 0
    assert len(lines(tmp_path / "out.jsonl")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out.jsonl", "out.jsonl.run.json"]


WRONG = [
    (["annotate"], "Missing argument"),
    (["annotate", "nowhere.txt"], "no such file or folder: nowhere.txt"),
    (["annotate", "empty"], "no .txt, .md, .jsonl files in empty"),
    (["annotate", "a.jsonl", "-o", "a.jsonl"], "a.jsonl is an input too"),
    (["annotate", "a.jsonl", "--patterns", "bad"], "broken.jsonl:1: broken JSON"),
    (["annotate", "a.jsonl", "--patterns", "tokens.jsonl"], "tokens.jsonl:1: a token pattern needs tokens; run with --pipeline char"),
    (["annotate", "a.jsonl", "--pipeline", "nothing-here"], "nothing-here"),
    (["annotate", "a.jsonl", "--overlap", "some"], "longest"),
    (["annotate", "a.jsonl", "--text-field", "meta"], "field 'meta' has a meaning of its own"),
    (["count", "a.jsonl", "--by", "colour"], "no field 'colour' to count by"),
    (["view", "nowhere.jsonl"], "nowhere.jsonl"),
    (["evaluate", "a.jsonl", "broken.jsonl"], "broken.jsonl:1: broken JSON"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(zhengce: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "b"}\n', encoding="utf-8")
    for name in ("bad/broken.jsonl", "broken.jsonl"):
        (tmp_path / name).write_text("{", encoding="utf-8")
    (tmp_path / "tokens.jsonl").write_text('{"label": "ORG", "pattern": [{"TEXT": "a"}]}', encoding="utf-8")
    result = zhengce(*arguments)
    assert result.returncode == 2
    assert message in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()


def test_patterns_of_the_users_own(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "products.jsonl").write_text('{"label": "PRODUCT", "pattern": "深海一号", "id": "deep-sea-1"}\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text("深海一号投产，" + TEXT, encoding="utf-8")
    (both,) = lines(zhengce("annotate", "a.txt", "--patterns", "mine").stdout)
    assert [span["label"] for span in both["spans"]] == ["PRODUCT", "ORG", "POLICY", "QUANTITY"]
    (own,) = lines(zhengce("annotate", "a.txt", "--patterns", "mine", "--no-builtin").stdout)
    (span,) = own["spans"]
    assert (span["rule"], span["entity_id"]) == ("terms.products", "deep-sea-1")


def test_every_match_comes_out_with_overlap_all(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("重庆大学能源学院落实《乡村振兴促进条例》", encoding="utf-8")
    (flat,) = lines(zhengce("annotate", "a.txt").stdout)
    (every,) = lines(zhengce("annotate", "a.txt", "--overlap", "all").stdout)
    places = [(span["start"], span["end"], span["label"]) for span in every["spans"]]
    assert len(set(places)) == len(places) > len(flat["spans"])
    assert {span["text"] for span in flat["spans"]} < {span["text"] for span in every["spans"]}


def test_counts_and_evaluation_of_an_output(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT * 2, encoding="utf-8")
    zhengce("annotate", "a.txt", "-o", "out.jsonl")
    assert zhengce("count", "out.jsonl", "--by", "label,text").stdout.decode().splitlines()[:2] == [
        "label,text,spans,documents",
        "ORG,国务院,2,1",
    ]
    zhengce("count", "out.jsonl", "--by", "label", "-o", "counts.csv")
    assert (tmp_path / "counts.csv").read_bytes() == "\ufefflabel,spans,documents\r\nORG,2,1\r\nPOLICY,2,1\r\nQUANTITY,2,1\r\n".encode()
    result = zhengce("evaluate", "out.jsonl", "out.jsonl", "--errors", "3").stdout.decode()
    assert result.count("1.000") >= 20


def test_a_document_of_20_megabytes(zhengce: Run, tmp_path: Path) -> None:
    paragraph = TEXT + "各地各部门要结合实际认真抓好落实，切实把各项任务落到实处。\n"
    (tmp_path / "big.txt").write_text(paragraph * (20_000_000 // len(paragraph.encode())), encoding="utf-8")
    result = zhengce("annotate", "big.txt", "-o", "out.jsonl")
    assert result.returncode == 0
    run = json.loads((tmp_path / "out.jsonl.run.json").read_text(encoding="utf-8"))
    assert run["counts"]["spans"]["QUANTITY"]["money"] == 20_000_000 // len(paragraph.encode())


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": TEXT}) + "\n" for _ in range(5000)), encoding="utf-8")
    command = f"set -o pipefail; '{Path(sys.executable).with_name('zhengce')}' annotate a.jsonl 2>error.txt | head -n 1"
    result = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True)
    assert result.returncode == 0
    assert len(lines(result.stdout)) == 1
    assert (tmp_path / "error.txt").read_text(encoding="utf-8") == ""


def test_outputs_that_are_no_files(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    plain = zhengce("annotate", "a.txt").stdout
    assert zhengce("annotate", "a.txt", "-o", "-").stdout == plain
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=tmp_path, stdout=subprocess.PIPE) as reader:
        assert zhengce("annotate", "a.txt", "-o", "pipe").returncode == 0
        assert reader.communicate(timeout=10)[0] == plain
    (tmp_path / "folder").mkdir()
    result = zhengce("annotate", "a.txt", "-o", "folder")
    assert result.returncode == 2 and "folder is a folder; name a file in it" in result.stderr.decode()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "folder" / "real.jsonl")
    assert zhengce("annotate", "a.txt", "-o", "link.jsonl").returncode == 0
    assert (tmp_path / "folder" / "real.jsonl").read_bytes() == plain
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "folder", "link.jsonl", "link.jsonl.run.json", "pipe"]


def test_an_output_inside_the_input_folder_is_no_input(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    for _ in range(2):
        assert zhengce("annotate", ".", "-o", "out.jsonl").returncode == 1
        assert [record["id"] for record in lines(tmp_path / "out.jsonl")] == ["a.txt"]


def test_where_nothing_comes_through_the_old_output_stands(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    zhengce("annotate", "a.txt", "-o", "out.jsonl")
    before = (tmp_path / "out.jsonl").read_bytes()
    (tmp_path / "a.txt").write_bytes(b"")
    assert zhengce("annotate", "a.txt", "-o", "out.jsonl").returncode == 2
    assert (tmp_path / "out.jsonl").read_bytes() == before
    assert [reject["reason"] for reject in lines(tmp_path / "out.jsonl.rejects.jsonl")] == ["empty file"]


def test_a_file_name_that_is_no_utf8(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with open(os.fsencode(tmp_path / "in") + b"/bad\xff.txt", "w", encoding="utf-8") as stream:
        stream.write(TEXT)
    (record,) = lines(zhengce("annotate", "in").stdout)
    assert record["id"] == "bad\\xff.txt" and len(record["spans"]) == 3


def test_a_run_that_is_stopped_leaves_nothing_half_done(zhengce: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": TEXT}) + "\n" for _ in range(200_000)), encoding="utf-8")
    command = [Path(sys.executable).with_name("zhengce"), "annotate", "a.jsonl", "-o", "out.jsonl"]
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            deadline = time.monotonic() + 30
            while not list(tmp_path.glob(".out.jsonl.*")) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(number)
            process.communicate(timeout=30)
        assert process.returncode == code
        assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


COMMANDS = sorted(typer.main.get_command(app).commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_and_stands_in_both_readmes(zhengce: Run, name: str) -> None:
    result = zhengce(name, "--help")
    assert result.returncode == 0
    assert f"  zhengce {name} " in result.stdout.decode()
    root = Path(__file__).resolve().parent.parent
    for readme in ("README.md", "README.en.md"):
        assert f"zhengce {name}" in (root / readme).read_text(encoding="utf-8")
