"""Pre-annotations to people in Label Studio and their corrections back.

``server`` runs a Label Studio of one's own, ``client`` talks to any, ``project`` makes the labelling
page, ``push`` and ``pull`` carry documents out and back, ``progress`` counts what is done.
"""

from __future__ import annotations

from pathlib import Path

VERSION = "1.23.2"  # of Label Studio: the one this package installs and is tested with
MODEL_VERSION = "zhengce"  # of every prediction: the label stream opens prefilled only where it is the project's own
PROJECT = "zhengce"


def default_data() -> Path:
    """The folder of the server's data where none is named."""
    import platformdirs

    return platformdirs.user_data_path("zhengce") / "labelstudio"
