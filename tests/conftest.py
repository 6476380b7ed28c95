"""Shared by tests that need the real thing: pkuseg's model, a Label Studio server. Both are fetched
once into the user's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhengce import pkuseg_model
from zhengce.labelstudio import client, server


@pytest.fixture(scope="session")
def pkuseg_folder() -> Path:
    """The folder of the model that ``zhengce setup pkuseg`` stores."""
    return pkuseg_model.setup()


@dataclass
class LabelStudio:
    """A running server of the tests' own: ``client`` is its first user's."""

    data: Path
    server: server.Server
    client: client.Client

    def user(self, email: str) -> client.Client:
        """Another user's client; the user is made first where there is none."""
        file = self.data / server.PASSWORDS / email
        if not file.exists():
            server.add_user(self.client, email, self.data)
        token = server.user_token(self.server.url, email, file.read_text(encoding="ascii"))
        return client.Client(client.Connection(self.server.url, token))


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    """A server on a data folder and a port of its own, one for each worker. Tests keep apart by project
    names that begin with the name of their file."""
    data = tmp_path_factory.mktemp("labelstudio")
    started = server.start(data, port=0)
    try:
        with client.connect(data) as admin:
            yield LabelStudio(data, started, admin)
    finally:
        server.stop(data)
