"""Tools for pattern keepers: what lint finds, how examples fail, what statistics count, what is explained."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from zhengce import patterns
from zhengce.annotator import Annotator
from zhengce.curation.examples import run_examples
from zhengce.curation.explain import explain
from zhengce.curation.lint import MIN_BACKGROUND, lint
from zhengce.curation.markup import parse_example
from zhengce.curation.statistics import measure, never_found
from zhengce.readers import read_records

ROOT = Path(__file__).resolve().parent.parent


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines))
    return path


def test_the_shipped_library_has_no_errors() -> None:
    assert [finding for finding in lint([patterns.builtin_folder()]) if finding.severity == "error"] == []


def test_the_examples_of_the_shipped_library_hold() -> None:
    read = [p for f in patterns.files(patterns.builtin_folder()) if f.suffix == ".jsonl" for p in patterns.read_patterns(f)]
    outcomes = list(run_examples(read, Annotator()))
    assert len(outcomes) > 30
    assert [outcome for outcome in outcomes if outcome] == []


ORG = {"label": "ORG", "type": "government"}
FINDINGS = [
    ([b'{"label": '], "error", "broken"),
    ([{"label": "ORGG", "pattern": "甲局"}], "error", "label"),
    ([{"label": "ORG", "pattern": "甲局", "type": "concept"}], "error", "type"),
    ([{**ORG, "pattern": "甲局"}, {**ORG, "pattern": "甲局"}], "error", "duplicate"),
    ([{**ORG, "pattern": "甲局"}, {**ORG, "pattern": "乙局", "aliases": ["甲局"]}], "error", "duplicate"),
    ([{**ORG, "pattern": "甲局"}, {"label": "ORG", "type": "company", "pattern": "甲局"}], "error", "contradiction"),
    ([{**ORG, "pattern": "甲局"}, {"label": "POLICY", "pattern": "甲局"}], "warning", "two-labels"),
    ([{**ORG, "pattern": "甲局", "priority": 1}, {**ORG, "pattern": "甲局"}], "warning", "shadowed"),
    ([{**ORG, "pattern": "甲局", "examples": ["⟦甲局"]}], "error", "example"),
    ([{**ORG, "pattern": "甲局", "examples": ["⟦乙局⟧"]}], "error", "example"),
    ([{**ORG, "pattern": "甲局", "examples": ["甲局"]}], "error", "example"),
    ([{**ORG, "pattern": "甲局", "counterexamples": ["⟦甲局⟧"]}], "error", "example"),
    ([{"label": "ORG", "pattern": [{"TEXT": {"REGEX": "(a+)+b"}}]}], "error", "regex"),
    ([{"label": "ORG", "pattern": [{"TEXT": {"REGEX": "(a"}}]}], "error", "regex"),
]


@pytest.mark.parametrize(("lines", "severity", "kind"), FINDINGS, ids=[f"{n}-{kind}" for n, (_, _, kind) in enumerate(FINDINGS)])
def test_what_lint_finds(tmp_path: Path, lines: list, severity: str, kind: str) -> None:
    path = write(tmp_path / "mine.jsonl", {**ORG, "pattern": "丙局", "examples": ["⟦丙局⟧负责"]}, *lines)
    found = lint([path])
    assert [(finding.severity, finding.kind) for finding in found] == [(severity, kind)]
    assert found[0].file == str(path) and found[0].line == 1 + len(lines)


def test_what_lint_lets_pass(tmp_path: Path) -> None:
    fine = [{"LOWER": {"REGEX": "^(?:ab|cd)+e{1,3}$"}}, {"TEXT": {"REGEX": "[0-9]+号?"}}]
    assert lint([write(tmp_path / "mine.jsonl", {"label": "ORG", "pattern": fine}, {"label": "POLICY", "pattern": "三农"})]) == []


def test_lint_finds_wrong_tables(tmp_path: Path) -> None:
    path = tmp_path / "units.toml"
    path.write_text('[unit.a]\ndimension = "mass"\nsurfaces = ["囤"]\n[unit."b.c"]\nsurfaces = "瓮"\nexamples = ["⟦3瓮"]\n', encoding="utf-8")
    assert [(finding.line, finding.severity, finding.kind, finding.message.partition(",")[0]) for finding in lint([tmp_path])] == [
        (4, "error", "table", "[unit.b.c] dimension is missing"),
        (4, "error", "table", '[unit.b.c] surfaces must be a list of strings (["…"'),
        (6, "error", "example", "⟦ is never closed: ⟦3瓮"),
    ]
    path.write_text('[below]\n"囤" = "nosuch"\n', encoding="utf-8")
    assert [finding.message for finding in lint([tmp_path])] == ["below '囤': unknown unit 'nosuch'"]
    (tmp_path / "policies.toml").write_text('[heads.campaign]\nwords = ["大比武"]\n', encoding="utf-8")
    assert len(lint([tmp_path / "policies.toml"])) == 0


def test_a_file_without_a_stated_source_is_found(tmp_path: Path) -> None:
    write(tmp_path / "mine.jsonl", {**ORG, "pattern": "甲局"})
    (tmp_path / "SOURCES.toml").write_text("")
    assert [finding.kind for finding in lint([tmp_path])] == ["source"]
    (tmp_path / "SOURCES.toml").write_text('["mine.jsonl"]\nsource = "unverified"\n')
    assert lint([tmp_path]) == []


def test_dangerous_short_phrases_are_measured_on_a_background(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", {**ORG, "pattern": "发展"}, {**ORG, "pattern": "甲局"})
    text = "坚持高质量发展，推动各项工作。"
    assert lint([path], [text]) == []  # too little text to say anything
    (finding,) = lint([path], [text] * (MIN_BACKGROUND // len(text) + 1))
    assert (finding.kind, finding.line) == ("dangerous", 1)
    assert "66,667 times in a million" in finding.message


def test_markup() -> None:
    assert parse_example("落实⟦甲⟧和⟦乙丙⟧") == ("落实甲和乙丙", [(2, 3), (4, 6)])
    for broken in ("⟦甲", "甲⟧", "⟦⟧", "⟦甲⟦乙⟧"):
        with pytest.raises(ValueError, match="⟦|⟧"):
            parse_example(broken)


def test_examples_that_do_not_hold_say_what_came_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.jsonl",
        {**ORG, "pattern": "甲局", "examples": ["⟦甲局⟧负责", "丁⟦甲局⟧负责"], "counterexamples": ["丁甲局", "象甲局部"]},
        {**ORG, "pattern": "丁甲局"},
    )
    outcomes = list(run_examples(patterns.read_patterns(path), Annotator([path], builtin=False)))
    assert [outcome and outcome.message for outcome in outcomes] == [
        None,
        "甲局 not found; found: ORG 丁甲局",
        None,
        "must not match: 甲局",
    ]


def test_statistics_per_rule() -> None:
    gold = {document.id: document for document in read_records(ROOT / "corpus" / "gold.jsonl")}
    annotator = Annotator()
    result = measure(gold.values(), annotator, gold)
    spans = [span for document in gold.values() for span in annotator(document.text)]
    assert sum(rule.hits for rule in result.rules) == len(spans)
    assert result.gold.total() == sum(len(document.spans) for document in gold.values())
    for rule in result.rules:
        assert rule.hits + rule.lost == rule.matches
        assert rule.right <= rule.hits and rule.won <= rule.hits
    listed = list(patterns.read_patterns(patterns.builtin_folder() / "policy" / "concepts.jsonl"))
    silent = never_found(listed, result.found)
    assert 0 < len(silent) < len(listed)
    assert "高质量发展" not in {pattern.pattern for pattern in silent}


def test_explanation_names_winners_losers_and_refusals() -> None:
    lines = {(line.text, line.label): line for line in explain("重庆大学印发《乡村振兴促进条例》，优化产业布局")}
    assert lines["《乡村振兴促进条例》", "POLICY"].stands
    assert lines["乡村振兴", "POLICY"].outcome == "lost to 《乡村振兴促进条例》 (policy.grammar.document)"
    assert lines["布局", "POLICY"].outcome.startswith("no name: ")


def test_the_commands(tmp_path: Path) -> None:
    def zhengce(*arguments: str) -> subprocess.CompletedProcess:
        command = [str(Path(sys.executable).with_name("zhengce")), "patterns", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    write(tmp_path / "bad.jsonl", {**ORG, "pattern": "甲局", "examples": ["⟦甲局⟧"]}, b"{")
    assert zhengce("lint", "bad.jsonl").returncode == 1
    assert "bad.jsonl:2: error: broken" in zhengce("lint", "bad.jsonl").stdout
    write(tmp_path / "good.jsonl", {**ORG, "pattern": "甲局", "examples": ["⟦甲局⟧负责"]})
    assert zhengce("lint", "good.jsonl").returncode == 0
    assert zhengce("test", "good.jsonl").returncode == 0
    write(tmp_path / "wrong.jsonl", {**ORG, "pattern": "甲局", "counterexamples": ["甲局负责"]})
    assert zhengce("test", "wrong.jsonl").returncode == 1
    assert zhengce("lint", "nowhere").returncode == 2
    (tmp_path / "mine").mkdir()
    unit = '[unit.tun]\ndimension = "volume"\nfactor = "2.5"\nsurfaces = ["囤"]\nexamples = ["粮食⟦3囤⟧ = 3 囤", "⟦3囤⟧ = 4 囤"]\n'
    (tmp_path / "mine" / "units.toml").write_text(unit, encoding="utf-8")
    tested = zhengce("test", "mine")
    assert (tested.returncode, tested.stdout) == (1, "mine/units.toml:5: ⟦3囤⟧ = 4 囤: is worth 3 囤\n")
    assert "1 个通过 passed, 1 个不通过 failed" in tested.stderr
    assert zhengce("lint", "mine").returncode == 0
    (tmp_path / "a.txt").write_text("甲局推进乡村振兴，甲局负责。", encoding="utf-8")
    stats = zhengce("stats", "a.txt", "--patterns", "good.jsonl", "-o", "stats.csv", "--unused", "unused.csv")
    assert stats.returncode == 0, stats.stderr
    rows = (tmp_path / "stats.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "terms.good,ORG,2,1.000,1,2,0,0,," in rows
    assert "甲局" not in (tmp_path / "unused.csv").read_text(encoding="utf-8-sig")
    assert "stands" in zhengce("explain", "推进乡村振兴").stdout
