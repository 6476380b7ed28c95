"""What the builders of the pattern library share: packages of public registries, and the names that are listed already."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path


def fetch_npm(name: str, version: str) -> Path:
    """Unpack an npm package into a temporary folder and return the folder that holds its package.json."""
    folder = Path(tempfile.mkdtemp(prefix="zhengce-npm-"))
    subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def fetch_pypi(name: str, version: str) -> Path:
    """Unpack a wheel of the Python registry into a temporary folder and return that folder."""
    folder = Path(tempfile.mkdtemp(prefix="zhengce-pypi-"))
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder)]
    subprocess.run([*command, f"{name}=={version}"], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder)
    return folder


def listed_surfaces(folder: Path, but: set[str]) -> set[str]:
    """Every surface in the pattern files of a folder, without the files named in ``but``."""
    found: set[str] = set()
    for file in folder.glob("*.jsonl"):
        if file.name not in but:
            for line in file.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                found.update([entry["pattern"], *entry.get("aliases", [])])
    return found
