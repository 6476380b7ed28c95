"""Where the shipped data lies and where the user's cache is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
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
    raise FileNotFoundError(
        f"{name} is neither in {packaged} nor in {checkout}; reinstall zhengce: pip install zhengce"
    )


def cache_path() -> Path:
    """The user's cache folder for compiled patterns and fetched models: ``ZHENGCE_CACHE``, else the system's."""
    if folder := os.environ.get("ZHENGCE_CACHE"):
        return Path(folder)
    import platformdirs

    return platformdirs.user_cache_path("zhengce")


@contextmanager
def replacing(path: Path, wanted: Callable[[], bool] = lambda: True) -> Iterator[BinaryIO]:
    """A stream whose content becomes ``path`` when the block ends well and ``wanted()`` then says so:
    readers see the old or the new file whole, never a part; else the old one stands.

    What a link points to is replaced, not the link; a device or pipe is written to as it is.
    Raises ``OSError`` that names ``path``.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            yield stream
        if wanted():
            os.replace(partial, target)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(partial)):
            error.filename = str(path)  # the person knows this name
        raise
    finally:
        partial.unlink(missing_ok=True)
