"""pkuseg's default model: fetched once, checked, and stored in a form that needs no pickle to read.

The model lies in the wheel of ``pkuseg`` 0.0.25 on the package registry. Its feature table there is
a pickle of plain containers; it is read with every global refused and kept as msgpack, which
spacy-pkuseg reads by path.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .resources import cache_path

WHEEL = "pkuseg-0.0.25-cp37-cp37m-manylinux1_x86_64.whl"
SHA256 = "6fc2f97d0f66cc6722cf772e65dbcde1b01d8cc53b66ac4aa7bce639de79588f"
COMMAND = "zhengce setup pkuseg"
FEATURES, WEIGHTS = "features.msgpack", "weights.npz"

_NAME = "default-0.0.25"
_IN_WHEEL = "pkuseg/models/default"
_DOWNLOAD = (
    *("download", "pkuseg==0.0.25", "--no-deps", "--only-binary=:all:", "--python-version", "37"),
    *("--platform", "manylinux1_x86_64", "--abi", "cp37m", "--disable-pip-version-check"),
)
_KEYS = {"unigram": list, "bigram": list, "feature_to_idx": dict, "tag_to_idx": dict}

Progress = Callable[[str], None]


class ModelError(OSError):
    """The model cannot be had; the message says why and what to run."""


class MissingModel(ModelError, FileNotFoundError):
    """No model lies where one is looked for; the message names the command that fetches it."""


def home() -> Path:
    """The folder of pkuseg models: ``PKUSEG_HOME``, else ``pkuseg`` in the user's cache."""
    folder = os.environ.get("PKUSEG_HOME")
    return Path(folder).expanduser() if folder else cache_path() / "pkuseg"


def installed() -> Path | None:
    """The folder of the model that ``setup`` stored, or ``None``."""
    return home() / _NAME if is_model(home() / _NAME) else None


def is_model(folder: Path) -> bool:
    """Whether a folder holds a model that can be read without unpickling anything."""
    return all((folder / name).is_file() for name in (FEATURES, WEIGHTS))


def locate(path: Path | str | None = None) -> Path:
    """The folder of the model at ``path``, or of the one that ``setup`` stored.

    Raises ``MissingModel``. A folder with ``features.pkl`` alone is refused: reading it would run
    whatever the pickle says.
    """
    folder = home() / _NAME if path is None else Path(path)
    if is_model(folder):
        return folder
    way_out = f"run: {COMMAND}" if path is None else f"leave model_path out and run: {COMMAND}"
    raise MissingModel(f"no pkuseg model in {folder} ({FEATURES} and {WEIGHTS} are looked for); {way_out}")


def setup(progress: Progress | None = None) -> Path:
    """Fetch the model, unless it is there, and give its folder (175 MB; 50 MB are fetched).

    ``progress`` gets each step as a line, which goes to standard error by default. Raises ``ModelError``.
    """
    progress = progress or (lambda line: print(line, file=sys.stderr))
    if folder := installed():
        progress(f"pkuseg model is in {folder}")
        return folder
    target = home() / _NAME
    try:
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".setup-", dir=home()) as scratch:
            wheel = fetch(Path(scratch), progress)
            check(wheel)
            progress("converting the feature table from pickle to msgpack")
            convert(wheel, Path(scratch) / "model")
            _move(Path(scratch) / "model", target)
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"cannot store the pkuseg model in {home()}: {error}") from error
    progress(f"pkuseg model is in {target}")
    return target


def fetch(folder: Path, progress: Progress) -> Path:
    """Download the wheel into ``folder`` with pip. Raises ``ModelError`` saying what to run where pip fails."""
    progress(f"fetching {WHEEL} (50 MB) from the package registry")
    command = [sys.executable, "-m", "pip", *_DOWNLOAD, "--dest", str(folder)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    path = folder / WHEEL
    if done.returncode == 0 and path.is_file():
        return path
    if "No module named pip" in done.stderr:
        cause, first = f"{sys.executable} has no pip", f"{sys.executable} -m ensurepip"
    else:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it gave no reason"]
        cause, first = f"pip could not download {WHEEL}: {last[0]}", "check the network"
    raise ModelError(
        f"{cause}. First: {first}; then: {COMMAND}. Without a network: put {WHEEL} from "
        f"https://pypi.org/project/pkuseg/0.0.25/#files into a FOLDER and run: "
        f"PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER {COMMAND}"
    )


def check(wheel: Path) -> None:
    """Raise ``ModelError`` unless the file is the very wheel, by its SHA-256."""
    digest = hashlib.sha256()
    with wheel.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != SHA256:
        raise ModelError(f"{wheel} is not {WHEEL}: its SHA-256 is {digest.hexdigest()}, expected {SHA256}")


def convert(wheel: Path, folder: Path) -> None:
    """Write the wheel's model into a new ``folder`` as ``features.msgpack`` and ``weights.npz``."""
    import srsly

    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        with archive.open(f"{_IN_WHEEL}/features.pkl") as file:
            features = read_plain_pickle(file)
        for key, kind in _KEYS.items():
            if not isinstance(features, dict) or not isinstance(features.get(key), kind):
                raise ModelError(f"features.pkl in {wheel} has no {kind.__name__} {key!r}")
        srsly.write_msgpack(folder / FEATURES, features)
        with archive.open(f"{_IN_WHEEL}/{WEIGHTS}") as file, (folder / WEIGHTS).open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)


def read_plain_pickle(file: IO[bytes]) -> Any:
    """The value of a pickle of plain containers, strings and numbers.

    Raises ``ModelError`` for a pickle that names any class or function: nothing of it is run.
    """
    try:
        return _PlainUnpickler(file).load()
    except (pickle.UnpicklingError, EOFError) as error:
        raise ModelError(f"not a pickle of plain containers: {error}") from None


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, identifier: Any) -> Any:
        raise pickle.UnpicklingError(f"it names an outside object, {identifier!r}")


def _move(folder: Path, target: Path) -> None:
    """Rename a finished folder into place; where another process was first, its result stands."""
    if target.exists() and not is_model(target):
        shutil.rmtree(target)
    try:
        folder.rename(target)
    except OSError:
        if not is_model(target):
            raise
