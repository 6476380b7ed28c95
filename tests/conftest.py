"""Shared by tests that need pkuseg's real model: it is fetched once into the user's cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengce import pkuseg_model


@pytest.fixture(scope="session")
def pkuseg_folder() -> Path:
    """The folder of the model that ``zhengce setup pkuseg`` stores."""
    return pkuseg_model.setup()
