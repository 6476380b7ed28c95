"""zhengce (政策): labels policy terms, organisations and quantities in Chinese policy texts.

``Annotator`` works on plain text and needs no spaCy; ``load`` gives a spaCy pipeline with the same spans.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .records import Document, Quantity, RecordError, Relation, Span

if TYPE_CHECKING:
    from spacy.language import Language

    from .annotator import Annotator

__version__ = "0.1.0"
__all__ = ["Annotator", "Document", "Quantity", "RecordError", "Relation", "Span", "load"]


def __getattr__(name: str) -> Any:
    # The matchers are imported when they are asked for: reading records or showing help needs none.
    if name == "Annotator":
        from .annotator import Annotator

        return Annotator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(
    name: str | Path = "char",
    *,
    patterns: Iterable[Path | str] = (),
    overlap: str | None = None,
    builtin: bool | None = None,
) -> Language:
    """A spaCy pipeline: ``"char"``, ``"pkuseg"`` or the path of a saved one.

    ``patterns``, ``overlap`` and ``builtin`` as for ``Annotator``; ``None`` leaves the pipeline's own. Raises ``OSError`` where the
    pipeline or the segmenter's model is missing, naming the command that gets it.
    """
    from .spacy_components import load_pipeline

    return load_pipeline(name, patterns=patterns, overlap=overlap, builtin=builtin)
