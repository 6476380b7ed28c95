"""What took time to compile, kept in the user's cache: several parts under one key, whole or not at all."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from .resources import cache_path, replacing

_DAYS = 30  # after which a part is cleared away; what is in use is compiled anew


def store(folder: str, key: str, description: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """Keep ``description`` (JSON) and ``parts`` by name; what is older than a month goes.

    A cache that cannot be written (read-only home, full disk) costs time, nothing else.
    """
    place = cache_path() / folder
    # The index is written last: where it stands, the others do; their checksums tell when one is damaged.
    index = {"parts": {name: zlib.crc32(content) for name, content in parts.items()}, "description": description}
    try:
        for name, content in {**parts, "json": orjson.dumps(index)}.items():
            with replacing(place / f"{key}.{name}") as stream:
                stream.write(content)
        _clear(place)
    except OSError:
        pass


def fetch(folder: str, key: str) -> tuple[dict[str, Any], dict[str, bytes]] | None:
    """The description and parts kept under ``key``; ``None`` where they are not there or damaged."""
    place = cache_path() / folder
    try:
        index = orjson.loads((place / f"{key}.json").read_bytes())
        parts = {name: (place / f"{key}.{name}").read_bytes() for name in index["parts"]}
        whole = all(zlib.crc32(parts[name]) == checksum for name, checksum in index["parts"].items())
        return (index["description"], parts) if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _clear(place: Path) -> None:
    limit = time.time() - _DAYS * 86400
    for path in place.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
