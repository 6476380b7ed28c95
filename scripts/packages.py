"""Download a package of a public registry and open a file in it; used by the builders of the pattern library."""

from __future__ import annotations

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
