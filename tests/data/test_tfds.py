"""The TFDS reader: on a set that is made here, and on prepared sets that GANZOO_DATA names."""

import pathlib

import numpy as np
import pytest
from running import prepared_set

from ganzoo.data import load, read
from ganzoo.data.tfds import prepared


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with two prepared sets: "tiny_equal" (10 RGB images of 6x4) and "tiny_mixed" (of different sizes)."""
    tfds = pytest.importorskip("tensorflow_datasets")
    from tensorflow_datasets.core.utils import gcs_utils

    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        # Otherwise TFDS asks its server for the description of each set.
        patch.setattr(gcs_utils, "_is_gcs_disabled", True)
        for name, shapes in (("tiny_equal", [(6, 4)] * 10), ("tiny_mixed", [(6, 4), (8, 4)])):
            prepare(tfds, name, shapes, folder)
    return folder


def prepare(tfds, name, shapes, folder):
    """Write a set with the splits "train" and "test" whose image i has the grey level i."""
    features = tfds.features.FeaturesDict(
        {
            "image": tfds.features.Image(shape=(None, None, 3)),
            "label": tfds.features.ClassLabel(num_classes=7),
            "text": tfds.features.Text(),
        }
    )

    def rows(first):
        for i, shape in enumerate(shapes):
            yield i, {"image": np.full((*shape, 3), first + i, np.uint8), "label": i % 7, "text": "unused"}

    class Tiny(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("1.2.0")

        def _info(self):
            return tfds.core.DatasetInfo(builder=self, features=features)

        def _split_generators(self, manager):
            return {"train": rows(0), "test": rows(100)}

        def _generate_examples(self):
            raise NotImplementedError

    Tiny.name = name
    Tiny(data_dir=folder).download_and_prepare()


def test_prepared_names(made):
    assert {name: [path.name for path in paths] for name, paths in prepared(made).items()} == {
        "tiny_equal": ["1.2.0"],
        "tiny_mixed": ["1.2.0"],
    }


def test_the_newest_version_is_last(tmp_path):
    for version in ("9.0.0", "10.0.0"):
        (tmp_path / "a" / "config" / version).mkdir(parents=True)
        (tmp_path / "a" / "config" / version / "dataset_info.json").touch()
    assert [path.name for path in prepared(tmp_path)["a/config"]] == ["9.0.0", "10.0.0"]


def test_images_and_labels_of_a_split(made):
    samples = read("tiny_equal", data_dir=made)
    images, labels = samples.arrays
    assert images.shape == (10, 6, 4, 3)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int32
    assert samples.num_classes == 7
    np.testing.assert_array_equal(images[:, 0, 0, 0] % 7, labels)
    assert sorted(images[:, 0, 0, 0]) == list(range(10))
    assert sorted(read("tiny_equal:1.2.0", "test", data_dir=made).arrays[0][:, 0, 0, 0]) == list(range(100, 110))


def test_split_expressions(made):
    assert len(read("tiny_equal", "train[:30%]", data_dir=made)) == 3
    assert len(read("tiny_equal", "train+test", data_dir=made)) == 20


def test_different_sizes_need_an_image_size(made):
    with pytest.raises(ValueError, match=r"not all of one size: .* \((6|8), 4, 3\) and .*; give an image_size"):
        read("tiny_mixed", data_dir=made)
    images = read("tiny_mixed", data_dir=made, image_size=(3, 2)).arrays[0]
    assert images.shape == (2, 3, 2, 3)
    assert sorted(images[:, 0, 0, 0]) == [0, 1]


def test_environment_names_the_folder(made, monkeypatch):
    monkeypatch.setenv("GANZOO_DATA", str(made))
    assert len(read("tiny_equal")) == 10


def test_unknown_split(made):
    with pytest.raises(ValueError, match="no split 'val'; its splits are train, test"):
        read("tiny_equal", "val", data_dir=made)


def test_unknown_name_and_nearest(made):
    with pytest.raises(ValueError, match=r"no data set 'tiny_eqal'.*did you mean 'tiny_equal'"):
        read("tiny_eqal", data_dir=made)
    with pytest.raises(ValueError, match=r"no data set 'digit'.*did you mean 'digits'"):
        read("digit", data_dir=made)
    with pytest.raises(ValueError, match=r"no data set 'cycle_gan/facade'.*did you mean 'cycle_gan/facades'"):
        read("cycle_gan/facade", data_dir=made)


@pytest.fixture
def no_network(monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_data_that_are_not_there(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"not prepared in .*; to fetch it, run python -c") as caught:
        read("mnist", data_dir=tmp_path)
    message = str(caught.value)
    assert str(tmp_path) in message
    assert f"ganzoo.data.read('mnist', data_dir='{tmp_path}', download=True)" in message
    assert "\n" not in message
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "first"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "second"))
    with pytest.raises(ValueError, match=r"not prepared in .*first or .*second \(prepared there: none\)"):
        read("mnist")
    with pytest.raises(ValueError, match="'mnist' is not prepared"):
        read("color_mnist", data_dir=tmp_path)


def test_download_is_asked_of_tfds(tmp_path, made, monkeypatch):
    import tensorflow_datasets as tfds

    calls = []

    def builder(name, data_dir):
        calls.append((name, data_dir))
        prepared_builder = tfds.builder_from_directory(prepared(made)["tiny_equal"][0])
        monkeypatch.setattr(prepared_builder, "download_and_prepare", lambda: calls.append("download"))
        return prepared_builder

    monkeypatch.setattr(tfds, "builder", builder)
    assert len(read("mnist", data_dir=tmp_path, download=True)) == 10
    assert calls == [("mnist", pathlib.Path(tmp_path)), "download"]
    assert len(read("tiny_equal", data_dir=made, download=True)) == 10
    assert len(calls) == 2


def test_sets_without_images_are_refused(tmp_path):
    tfds = pytest.importorskip("tensorflow_datasets")
    from ganzoo.data.tfds import _keys

    info = type("Info", (), {"features": tfds.features.FeaturesDict({"text": tfds.features.Text()})})
    info.supervised_keys = None
    with pytest.raises(ValueError, match="'reviews' has no 8-bit images; it holds text"):
        _keys(info, "reviews")


def test_mnist():
    prepared_set("mnist")
    samples = read("mnist", "test")
    images, labels = samples.arrays
    assert images.shape == (10_000, 28, 28, 1)
    assert samples.num_classes == 10
    # The published counts of the classes, and the well-known mean of the test images (0.1325).
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert images.mean() / 255 == pytest.approx(0.1325, abs=1e-4)


def test_mnist_through_load():
    prepared_set("mnist")
    images, labels = next(load("mnist", "test[:100]", batch_size=32, image_size=32).as_numpy_iterator())
    assert images.shape == (32, 32, 32, 1)
    assert labels.shape == (32,)
    assert (images.min(), images.max()) == (-1, 1)


def test_facades():
    prepared_set("cycle_gan/facades")
    assert read("cycle_gan/facades", "testB", image_size=64).arrays[0].shape == (106, 64, 64, 3)


def test_color_mnist():
    prepared_set("mnist")
    samples = read("color_mnist", "test", size=500)
    images, labels = samples.arrays
    assert images.shape == (500, 28, 28, 3)
    assert samples.num_classes == 1000
    assert labels.dtype == np.int32
    mnist, digits = read("mnist", "test").arrays
    digit_of = {image.tobytes(): digit for image, digit in zip(mnist, digits, strict=True)}
    planes = [[digit_of[np.ascontiguousarray(image[..., c]).tobytes()] for c in range(3)] for image in images]
    assert (np.array(planes) @ [100, 10, 1]).tolist() == labels.tolist()


def test_color_mnist_is_a_function_of_split_and_seed():
    prepared_set("mnist")
    draws = [read("color_mnist", "test", size=50, seed=seed).arrays[1].tolist() for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
