"""Conditional models from configs and on the command line: number of classes, pictures, labels."""

import numpy as np
import PIL.Image
import pytest
from running import TINY, ganzoo

from ganzoo import config as configs
from ganzoo import pictures, runs
from ganzoo.build import build

SHORT = [*TINY, "--set=training.epochs=1", "--set=training.steps_per_epoch=1"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The directory of a finished run on the digits, not to be changed."""
    directory = tmp_path_factory.mktemp("runs") / "digits"
    assert ganzoo("train", "conditional_gan_digits", *SHORT, "--set=training.samples=20", "--run-dir", directory) == 0
    return directory


@pytest.fixture(scope="module")
def attributes(tmp_path_factory):
    """An .npz file of images with four attributes."""
    path = tmp_path_factory.mktemp("data") / "attributes.npz"
    random = np.random.default_rng(0)
    np.savez(path, x=random.integers(256, size=(40, 8, 8, 1), dtype="uint8"), y=random.integers(2, size=(40, 4)))
    return path


def refused(capsys, *arguments):
    capsys.readouterr()
    assert ganzoo(*arguments) == 2
    return capsys.readouterr().err


def test_the_data_give_the_number_of_classes(attributes):
    for overrides, classes in ([], 10), ([f"data.path={attributes}"], 4), (["networks.num_classes=12"], 12):
        model, _, complete = build(configs.read("conditional_gan_digits", ["networks.width=2", *overrides]), "a")
        assert model.num_classes == complete.networks["num_classes"] == classes


def test_data_without_labels():
    with pytest.raises(ValueError, match="data: ConditionalGAN needs labels, and these data have none; name a set"):
        build(configs.read("gan_ring", ["model.class=ConditionalGAN"]), "a")


def test_pictures_have_one_class_a_row_and_the_same_noise_in_each_column(run, tmp_path, capsys):
    model = runs.Run(run).load()
    expected = np.asarray(pictures.grid(model.generate_grid(2), columns=2))
    np.testing.assert_array_equal(np.asarray(PIL.Image.open(run / "samples" / "epoch_0001.png")), expected)
    for n in (20, 29):
        assert ganzoo("sample", run, "-n", n, "-o", tmp_path / "grid.png") == 0
        assert capsys.readouterr().out == f"20 samples are in {tmp_path / 'grid.png'}.\n"
        np.testing.assert_array_equal(np.asarray(PIL.Image.open(tmp_path / "grid.png")), expected)
    samples, columns = pictures.panel(model, 3, seed=5)
    assert columns == 1
    np.testing.assert_allclose(samples, model.generate(seeds=[5] * 3, labels=[0, 1, 2]), atol=1e-5)


def test_sample_with_labels(run, tmp_path, capsys):
    path = tmp_path / "samples.npy"
    model = runs.Run(run).load()
    for arguments, labels in (
        (["--labels", "3,3"], [3, 3]),
        (["--labels", "3", "-n", 4], [3] * 4),
        (["--labels", "1+3,7"], np.eye(10)[[1, 7]] + np.eye(10)[[3, 3]] * [[1], [0]]),
        (["-n", 12], [5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6]),
    ):
        assert ganzoo("sample", run, *arguments, "--seed", 5, "-o", path) == 0
        assert f"{len(labels)} samples are in" in capsys.readouterr().out
        np.testing.assert_allclose(np.load(path), model.generate(len(labels), labels=labels, seed=5), atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--labels", "3,10"], "labels must lie between 0 and 9, and one is 10; "),
        (["--labels", "three"], "labels are integers, such as 3,3, or attributes joined by a plus, "),
        (["--labels", "3,3", "-n", 3], "labels must be one for each row; got 2 labels for 3 rows."),
        (["--labels", ""], "labels are integers, such as 3,3, "),
    ],
)
def test_bad_labels_are_refused(run, tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(capsys, "sample", run, *arguments)
    assert not list(tmp_path.iterdir())


def test_attributes_from_a_file_to_samples(attributes, tmp_path, capsys):
    """Multi-hot labels all the way, and a model that takes no labels on the same file."""
    directory, path = tmp_path / "run", tmp_path / "samples.npy"
    options = [*SHORT, "--set=training.batch_size=8", f"--set=data.path={attributes}"]
    assert ganzoo("train", "conditional_gan_digits", "--set=model.class=ACGAN", *options, "--run-dir", directory) == 0
    assert ganzoo("sample", directory, "--labels", "0+2,1", "-o", path) == 0
    model = runs.Run(directory).load()
    assert type(model).__name__ == "ACGAN"
    expected = model.generate(2, labels=[[1, 0, 1, 0], [0, 1, 0, 0]])
    np.testing.assert_allclose(np.load(path), expected, atol=1e-5)
    assert ganzoo("train", "dcgan_digits", *options, "--run-dir", tmp_path / "plain") == 0
    said = refused(capsys, "sample", tmp_path / "plain", "--labels", "1", "-o", path)
    assert "--labels is for models that are told labels, and a DCGAN is not: leave it out." in said
