"""The pkuseg model: checked, converted without trusting its pickle, found again or asked for by name."""

from __future__ import annotations

import io
import os
import pickle
import sys
import zipfile
from pathlib import Path

import pytest

from zhengce import pkuseg_model

FEATURES = {"unigram": ["政"], "bigram": ["政*策"], "feature_to_idx": {"c.政": 0}, "tag_to_idx": {"B": 0}}


class Malicious:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def wheel_with(path: Path, features: object) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pkuseg/models/default/features.pkl", pickle.dumps(features))
        archive.writestr("pkuseg/models/default/weights.npz", b"weights")
    return path


def test_the_model_is_installed_once_and_segments(pkuseg_folder: Path) -> None:
    import spacy_pkuseg

    steps: list[str] = []
    assert pkuseg_model.setup(steps.append) == pkuseg_folder == pkuseg_model.installed() == pkuseg_model.locate()
    assert steps == [f"pkuseg model is in {pkuseg_folder}"]
    assert sorted(path.name for path in pkuseg_folder.iterdir()) == ["features.msgpack", "weights.npz"]
    assert not list(pkuseg_folder.parent.glob(".setup-*"))
    assert spacy_pkuseg.pkuseg(str(pkuseg_folder)).cut("金凤实验室投入运行。") == ["金凤", "实验室", "投入", "运行", "。"]


def test_pkuseg_home_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path))
    assert pkuseg_model.home() == tmp_path
    assert pkuseg_model.installed() is None
    with pytest.raises(pkuseg_model.MissingModel, match="run: zhengce setup pkuseg"):
        pkuseg_model.locate()
    monkeypatch.delenv("PKUSEG_HOME")
    monkeypatch.setenv("ZHENGCE_CACHE", str(tmp_path / "cache"))
    assert pkuseg_model.home() == tmp_path / "cache" / "pkuseg"


def test_a_malicious_pickle_is_refused(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path / "a.whl", {**FEATURES, "unigram": Malicious(tmp_path / "harm")})
    with pytest.raises(pkuseg_model.ModelError, match="names posix.mkdir|names nt.mkdir"):
        pkuseg_model.convert(wheel, tmp_path / "model")
    assert not (tmp_path / "harm").exists()
    assert not pkuseg_model.is_model(tmp_path / "model")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_containers_are_read_in_every_protocol(protocol: int) -> None:
    assert pkuseg_model.read_plain_pickle(io.BytesIO(pickle.dumps(FEATURES, protocol))) == FEATURES
    with pytest.raises(pkuseg_model.ModelError, match="names"):
        pkuseg_model.read_plain_pickle(io.BytesIO(pickle.dumps(pickle.Unpickler, protocol)))


@pytest.mark.parametrize("content", [b"", b"\x80", b"garbage", pickle.dumps(FEATURES)[:-9]])
def test_a_broken_pickle_is_refused(content: bytes) -> None:
    with pytest.raises(pkuseg_model.ModelError):
        pkuseg_model.read_plain_pickle(io.BytesIO(content))


def test_a_pickle_of_another_shape_is_refused(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path / "a.whl", {**FEATURES, "bigram": "text"})
    with pytest.raises(pkuseg_model.ModelError, match="no list 'bigram'"):
        pkuseg_model.convert(wheel, tmp_path / "model")


def test_features_are_converted(tmp_path: Path) -> None:
    import srsly

    pkuseg_model.convert(wheel_with(tmp_path / "a.whl", FEATURES), tmp_path / "model")
    assert srsly.read_msgpack(tmp_path / "model" / "features.msgpack") == FEATURES
    assert (tmp_path / "model" / "weights.npz").read_bytes() == b"weights"
    assert pkuseg_model.locate(tmp_path / "model") == tmp_path / "model"


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pkuseg_model.ModelError, match="its SHA-256 is [0-9a-f]{64}, expected 6fc2f97d"):
        pkuseg_model.check(wheel_with(tmp_path / "a.whl", FEATURES))


def test_a_folder_with_a_pickle_alone_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "features.pkl").write_bytes(pickle.dumps(FEATURES))
    (tmp_path / "weights.npz").write_bytes(b"")
    with pytest.raises(pkuseg_model.MissingModel, match="leave model_path out and run: zhengce setup pkuseg"):
        pkuseg_model.locate(tmp_path)


def test_without_the_registry_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(pkuseg_model.ModelError, match="PIP_FIND_LINKS=FOLDER zhengce setup pkuseg"):
        pkuseg_model.setup(lambda line: None)
    assert list((tmp_path / "home").iterdir()) == []


def test_without_pip_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import venv

    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(pkuseg_model.ModelError, match=r"has no pip.* -m ensurepip; then: zhengce setup pkuseg"):
        pkuseg_model.fetch(tmp_path, lambda line: None)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path / "file"))
    with pytest.raises(pkuseg_model.ModelError, match="cannot store the pkuseg model in"):
        pkuseg_model.setup(lambda line: None)
