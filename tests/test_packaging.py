"""What is shipped: wheel and source distribution carry the data, and the wheel works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from zhengce import resources

ROOT = Path(__file__).resolve().parent.parent

@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    return folder


def data_files() -> set[str]:
    patterns = {path.relative_to(ROOT).as_posix() for path in (ROOT / "patterns").rglob("*") if path.is_file()}
    return patterns | {"pipelines/char.cfg", "pipelines/pkuseg.cfg"}


def test_the_checkout_is_found_from_an_editable_install() -> None:
    assert resources.data_path("patterns") == ROOT / "patterns"
    with pytest.raises(FileNotFoundError, match="neither in .* nor in"):
        resources.data_path("nothing")


def test_the_source_distribution_is_complete(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert data_files() <= names
    assert {"pyproject.toml", "LICENSE", "README.md", "corpus/gold.jsonl", "scripts/test"} <= names


def test_the_wheel_carries_patterns_and_pipelines(dist: Path) -> None:
    # It was built from the source distribution, so that carries them too.
    names = set(zipfile.ZipFile(next(dist.glob("*.whl"))).namelist())
    assert {f"zhengce/_data/{name}" for name in data_files()} <= names
    assert "zhengce/page.html" in names


def test_the_wheel_works_in_a_clean_environment_away_from_the_checkout(dist: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    bin_folder = tmp_path / "env" / "bin"
    install = [bin_folder / "python", "-m", "pip", "install", "--quiet", next(dist.glob("*.whl"))]
    subprocess.run(install, check=True, capture_output=True)
    (tmp_path / "a.txt").write_text("国务院部署推进乡村振兴，投资超过5亿元。", encoding="utf-8")
    environment = {**os.environ, "ZHENGCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": ""}

    def zhengce(*arguments: str) -> str:
        command = [str(bin_folder / "zhengce"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path, env=environment).stdout

    plain = zhengce("annotate", "a.txt")
    for expected in ("国务院", "乡村振兴", "超过5亿元", '"500000000"'):
        assert expected in plain
    assert zhengce("annotate", "a.txt", "--pipeline", "char") == plain
    zhengce("annotate", "a.txt", "-o", "out.jsonl")
    zhengce("view", "out.jsonl")
    assert "乡村振兴" in (tmp_path / "view.html").read_text(encoding="utf-8")
    where = [bin_folder / "python", "-c", "import zhengce; print(zhengce.__file__)"]
    assert str(tmp_path) in subprocess.run(where, check=True, capture_output=True, text=True, cwd=tmp_path, env=environment).stdout
