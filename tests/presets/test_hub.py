"""Presets of the Hugging Face Hub, by a stub."""

import pathlib
import sys
import types

import pytest

import ganzoo
from ganzoo import models, presets
from ganzoo.presets import hub


@pytest.fixture
def stub(shelf, monkeypatch):
    """In place of huggingface_hub: what it is asked for; it copies the tiny GAN."""
    asked = []

    def snapshot_download(repo_id, *, revision=None, local_dir=None):
        asked.append((repo_id, revision))
        if repo_id == "nobody/nothing":
            raise RuntimeError("404: no such\nrepository.")
        pathlib.Path(local_dir).mkdir(parents=True, exist_ok=True)
        for path in (shelf / "gan_tiny").iterdir():
            (pathlib.Path(local_dir) / path.name).write_bytes(path.read_bytes())

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(snapshot_download=snapshot_download))
    return asked


def test_presets_of_the_hub(stub, clean, monkeypatch):
    assert isinstance(ganzoo.from_preset("hf://someone/gan_tiny"), models.GAN)
    presets.find("hf://someone/gan_tiny@v1")
    assert stub == [("someone/gan_tiny", None), ("someone/gan_tiny", "v1")]
    with pytest.raises(ValueError, match=r"nobody/nothing cannot be downloaded \(404: no such repository\)"):
        presets.find("hf://nobody/nothing")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    assert isinstance(ganzoo.from_preset("hf://someone/gan_tiny"), models.GAN)
    with pytest.raises(ValueError, match="GANZOO_OFFLINE"):
        presets.find("hf://someone/else")
    assert len(stub) == 3


@pytest.mark.parametrize("address", ["hf://", "hf://one", "hf://a/b/c", "hf://../..", "hf://a/b@c d"])
def test_what_is_no_name_on_the_hub(address, stub, clean):
    with pytest.raises(ValueError, match="is named hf://organization/name"):
        presets.find(address)
    assert not stub


def test_without_the_package_of_the_hub(clean, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match="huggingface_hub"):
        hub.fetch("hf://someone/gan_tiny")
