"""Many documents through an annotator: what came in goes out or to the rejects, and the sums are kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from . import __version__
from .readers import Item
from .records import Document, check, to_dict
from .resources import replacing


@dataclass(slots=True)
class Summary:
    """Counts of a run; ``spans`` counts by (label, type); ``seconds`` is wall time."""

    documents: int = 0
    characters: int = 0
    rejects: int = 0
    seconds: float = 0.0
    spans: Counter[tuple[str, str]] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        """The counts of ``OUT.run.json``."""
        spans: dict[str, dict[str, int]] = {}
        for (label, type_), count in sorted(self.spans.items()):
            spans.setdefault(label, {})[type_] = count
        return {
            "documents": self.documents,
            "characters": self.characters,
            "rejects": self.rejects,
            "spans": spans,
            "seconds": round(self.seconds, 3),
        }


def annotate(
    items: Iterable[Item],
    annotator: Callable[[Document], Document],
    write: Callable[[bytes], Any],
    reject: Callable[[bytes], Any],
    advance: Callable[[int], Any] = lambda size: None,
) -> Summary:
    """Annotate every document of ``items``; one JSON line each goes to ``write`` or ``reject``.

    A document that makes the annotator fail is a reject like one that could not be read: the rest
    goes on. ``advance`` is told the bytes of input done.
    """
    summary, start = Summary(), time.perf_counter()
    for item in items:
        line = None
        if item.document is not None:
            try:
                document = annotator(item.document)
                check(document)
                line = orjson.dumps(to_dict(document)) + b"\n"
            except Exception as error:  # nothing is lost: whatever goes wrong with one document is its reason
                item.reason = f"annotation failed: {type(error).__name__}: {error}"
        if line is None:
            summary.rejects += 1
            reject(orjson.dumps(item.reject()) + b"\n")
        else:
            write(line)
            summary.documents += 1
            summary.characters += len(document.text)
            summary.spans.update([(span.label, span.type or "") for span in document.spans])
        advance(item.size)
    summary.seconds = time.perf_counter() - start
    return summary


def annotate_to_file(
    items: Iterable[Item],
    annotator: Callable[[Document], Document],
    out: Path,
    run: dict[str, Any],
    advance: Callable[[int], Any] = lambda size: None,
) -> Summary:
    """``annotate`` into ``out``, replaced whole at the end, with ``out.rejects.jsonl`` where there are
    rejects and ``out.run.json``: ``run`` (what was asked for), version and counts. Where no document
    comes through, what ``out`` held before stands."""
    rejects, description = side_files(out)
    with (
        replacing(out, lambda: summary.documents > 0) as stream,
        replacing(rejects, lambda: summary.rejects > 0) as rejected,
    ):
        summary = annotate(items, annotator, stream.write, rejected.write, advance)
    if not summary.rejects:
        rejects.unlink(missing_ok=True)  # of an earlier run
    with replacing(description) as stream:
        counts = {"zhengce": __version__, **run, "counts": summary.to_dict()}
        stream.write(orjson.dumps(counts, option=orjson.OPT_INDENT_2) + b"\n")
    return summary


def side_files(out: Path) -> tuple[Path, Path]:
    """The rejects file and the run's description that stand beside an output."""
    return out.with_name(out.name + ".rejects.jsonl"), out.with_name(out.name + ".run.json")
