"""`ganzoo train` and `ganzoo sample` of a model that translates."""

import numpy as np
import PIL.Image
import pytest
from running import contents, ganzoo
from test_cyclegan import game

from ganzoo import evaluation, pictures, runs
from ganzoo.data import read

RANDOM = np.random.default_rng(0)


def levels(n, shape=(16, 16, 3)):
    return RANDOM.integers(0, 256, (n, *shape), "uint8")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run directory after one epoch of two rounds."""
    folder = tmp_path_factory.mktemp("translator")
    splits = {"x_trainA": levels(3), "x_trainB": levels(4), "x_testA": levels(5), "x_testB": levels(2)}
    np.savez(folder / "a.npz", **splits)
    sets = [f"data.path={folder}/a.npz", "data.image_size=16", "networks.width=2", "networks.blocks=1"]
    sets += ["training.epochs=1", "training.batch_size=2", "training.samples=2"]
    arguments = [f"--set={one}" for one in sets]
    assert ganzoo("train", "cyclegan_facades", "--run-dir", folder / "run", *arguments) == 0
    return folder / "run"


def test_run_directory(trained):
    assert {"config.yaml", "metrics.jsonl", "report.html", "samples/epoch_0001.png"} <= set(contents(trained))
    assert PIL.Image.open(trained / "samples" / "epoch_0001.png").size == (6 * 50 + 2, 2 * 50 + 2)


def test_the_test_split_is_translated(trained, tmp_path, capsys):
    assert ganzoo("sample", trained, "-o", tmp_path / "b.npy") == 0
    assert "5 samples are in" in capsys.readouterr().out
    model, (a, _) = runs.Run(trained).load(), read(trained.parent / "a.npz", "test", domains=["A", "B"]).domains
    np.testing.assert_array_equal(np.load(tmp_path / "b.npy"), model.translate(a.images(slice(0, 5))))
    assert ganzoo("sample", trained, "--to", "a", "--seed", 1, "-n", 3, "-o", tmp_path / "to_a") == 0
    assert [path.name for path in (tmp_path / "to_a").iterdir()] == ["0.png"]


def test_strips_of_other_images(trained, tmp_path):
    (tmp_path / "mine").mkdir()
    PIL.Image.fromarray(levels(1)[0]).save(tmp_path / "mine" / "a.png")
    assert ganzoo("sample", trained, "--images", tmp_path / "mine", "-o", tmp_path / "grid.png") == 0
    drawn = np.asarray(PIL.Image.open(tmp_path / "grid.png"))
    model, image = runs.Run(trained).load(), read(tmp_path / "mine").take([0])
    there = model.translate(image)
    rows = np.concatenate([image, there, model.translate(there, to="a")])
    np.testing.assert_array_equal(drawn, np.asarray(pictures.grid(rows, columns=3)))


def test_scored_on_other_data(trained, tmp_path):
    """They are read in the size and the domains of the data that it was trained on."""
    for split in ("trainA", "trainB", "testA", "testB"):
        (tmp_path / "mine" / split).mkdir(parents=True)
        for i, shape in enumerate([(16, 20, 3), (30, 24, 3)]):
            PIL.Image.fromarray(levels(1, shape)[0]).save(tmp_path / "mine" / split / f"{i}.png")
    options = ["--data", tmp_path / "mine", "--features", "pixels", "-o", tmp_path / "scores.json"]
    assert ganzoo("evaluate", trained, *options) == 0
    found = {score.name: score.real for score in evaluation.read(tmp_path / "scores.json")}
    assert found["kernel[pixels] to b"] == found["cycle_ratio from a"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "c"], "--to must be a or b, the domain that the images are translated to; got 'c'."),
        (["--seed", "5"], "--seed is the number of the first image, from 0 to 4; got 5."),
        (["--images", "./nowhere"], "There is no folder 'nowhere'; give the path of a folder that holds images."),
        (["--labels", "3"], "--labels is for models that are told labels, and a CycleGAN is not: leave it out."),
        (["--interpolate"], "There is no picture of an interpolation of a CycleGAN, which has no `generate`."),
    ],
)
def test_refused(trained, tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert ganzoo("sample", trained, *arguments) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_model_file_comes_without_images(tmp_path, capsys):
    game().save(tmp_path / "a.keras")
    assert ganzoo("sample", tmp_path / "a.keras", "-o", tmp_path / "a.npy") == 2
    assert "name those to be translated by --images" in capsys.readouterr().err
