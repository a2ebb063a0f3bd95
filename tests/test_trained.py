"""Trained models by name: which of them is meant, and what files about it are called."""

import pytest

from ganzoo import models, trained


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working directory, in a folder of its own."""
    folder = tmp_path / "outer" / "inner"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        (".", "inner"),
        ("./", "inner"),
        ("..", "outer"),
        ("run.v2", "run.v2"),
        ("gan.keras", "gan"),
        ("gan_ring", "gan_ring"),
        ("weights/gan_ring/", "gan_ring"),
        (f"https://example.org/zoo@1.0/gan_ring#{'0' * 64}", "gan_ring"),
        ("https://example.org/gan_ring/", "gan_ring"),
        ("hf://someone/gan_ring", "gan_ring"),
        ("hf://someone/gan_ring@refs/pr/1", "gan_ring"),
    ],
)
def test_what_files_about_it_are_called(name, stem, here):
    (here / "run.v2").mkdir()
    (here / "gan.keras").touch()
    assert trained.stem(name) == stem


def test_a_folder_of_the_same_name_does_not_hide_a_preset(here):
    (here / "gan_ring" / "1").mkdir(parents=True)
    model, section, run = trained.find("gan_ring")
    assert isinstance(model, models.GAN)
    assert section["name"] == "ring"
    assert run is None
    assert "averaged" in trained.about("gan_ring", model, section)
    with pytest.raises(ValueError, match=r"There is no preset '\.\./inner/gan_ring'"):
        trained.find("../inner/gan_ring")
