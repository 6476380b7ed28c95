"""Where the shipped data lies and where the user's cache is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """The path of ``patterns`` or of a pipeline config such as ``pipelines/char.cfg``.

    A wheel carries both inside the package; a checkout (editable install, unpacked source
    distribution) has them beside it. Raises ``FileNotFoundError`` naming both places.
    """
    packaged, checkout = _PACKAGE / "_data" / name, _PACKAGE.parent.parent / name
    for path in (packaged, checkout):
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is neither in {packaged} nor in {checkout}; reinstall zhengce: pip install zhengce")


def cache_path() -> Path:
    """The user's cache folder for compiled patterns and fetched models: ``ZHENGCE_CACHE``, else the system's."""
    if folder := os.environ.get("ZHENGCE_CACHE"):
        return Path(folder)
    import platformdirs

    return platformdirs.user_cache_path("zhengce")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes ``path`` when the block ends well: readers see the old or the
    new file whole, never a part; after an error the old one stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with partial.open("wb") as stream:
            yield stream
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
