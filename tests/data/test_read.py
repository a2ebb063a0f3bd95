"""read and load: names, options, the digits, and what is imported when."""

import subprocess
import sys

import numpy as np
import pytest

import ganzoo.data
from ganzoo.data import load, names, read


def test_names():
    assert names() == ["color_mnist", "digits", "grid", "ring", "swiss_roll", "two_moons"]


def test_import_is_light():
    heavy = "{'tensorflow', 'tensorflow_datasets', 'sklearn', 'PIL', 'keras', 'scipy'}"
    code = f"import sys, ganzoo.data; ganzoo.data.read('ring'); print(sorted({heavy} & set(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"


def test_no_tensorflow_is_needed_for_what_is_not_tfds(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 4, 4, 1), np.uint8))
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'tensorflow_datasets', 'keras'): sys.modules[name] = None\n"
        "from ganzoo.data import read\n"
        f"print(len(read('ring')), len(read('digits')), len(read({str(tmp_path / 'a.npz')!r})))\n"
        "try: read('mnist')\n"
        "except ValueError as error: print(error)\n"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lengths, error = output.stdout.splitlines()
    assert lengths == "10000 1501 2"
    assert "install tensorflow-datasets" in error


def test_toy_options():
    samples = read("ring", size=100, modes=3, std=0.001)
    assert len(samples) == 100
    assert len(samples.arrays) == 1
    assert np.unique(samples.arrays[0].round(1), axis=0).shape == (3, 2)


def test_load_gives_points():
    (batch,) = load("grid", size=20, batch_size=32, shuffle=False).as_numpy_iterator()
    assert batch.shape == (20, 2)
    np.testing.assert_array_equal(batch, read("grid", size=20).arrays[0])


def test_load_orders_by_seed():
    first = [next(load("grid", size=20, batch_size=5, seed=seed).as_numpy_iterator()) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(first[0], first[1])
    assert not np.array_equal(first[0], first[2])


def test_load_gives_images_and_labels_in_the_fields_range():
    images, labels = next(load("digits", batch_size=512).as_numpy_iterator())
    assert images.shape == (512, 8, 8, 1)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (-1, 1)
    assert labels.dtype == np.int32
    assert set(labels) == set(range(10))


def test_digits_splits():
    everything, train, test = (read("digits", split) for split in ("all", "train", "test"))
    assert (len(everything), len(train), len(test)) == (1797, 1501, 296)
    assert everything.num_classes == 10
    both = np.concatenate([train.arrays[0], test.arrays[0]]).reshape(1797, -1)
    assert np.array_equal(np.unique(both, axis=0), np.unique(everything.arrays[0].reshape(1797, -1), axis=0))
    counts = np.bincount(test.arrays[1])
    assert counts.min() >= 29
    assert counts.max() <= 30


def test_digits_keep_their_grey_levels():
    from sklearn.datasets import load_digits

    images = read("digits", "all").arrays[0][..., 0]
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(np.rint(images / 255 * 16), load_digits().images)


def test_digits_resized():
    samples = read("digits", "test", image_size=(12, 16))
    assert samples.shape == (12, 16, 1)
    assert samples.arrays[0].mean() == pytest.approx(read("digits", "test").arrays[0].mean(), rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "ring", "mode": 3}, "no option 'mode'.*did you mean 'modes'"),
        ({"name": "ring", "batchsize": 3}, "no option 'batchsize'.*did you mean 'batch_size'"),
        ({"name": "digits", "size": 3}, "no option 'size', and none of its own"),
        ({"name": "ring", "split": "foo"}, "no split 'foo'; its splits are train, validation, test"),
        ({"name": "digits", "split": "foo"}, "no split 'foo'; its splits are train, test, all"),
        ({"name": "color_mnist", "split": "foo"}, "no split 'foo'; its splits are train, test"),
        ({"name": "ring", "split": None}, "split must be the name of a split, such as 'train'; got None"),
        ({"name": "ring", "image_size": 8}, "points, not images"),
        ({"name": "digits", "image_size": 0}, "image_size must be a positive integer or a pair .*; got 0"),
        ({"name": "digits", "image_size": (8, 8, 1)}, r"image_size must be .*; got \(8, 8, 1\)"),
        ({"name": "digits", "image_size": 8.5}, "image_size must be .*; got 8.5"),
        ({"name": "ring", "seed": 1.5}, "seed must be an integer of at least 0; got 1.5"),
        ({"name": "ring", "seed": -1}, "seed must be an integer of at least 0; got -1"),
        ({"name": "color_mnist", "seed": None}, "seed must be an integer of at least 0; got None"),
        ({"name": "mnist", "data_dir": 5}, "data_dir must be the path of a folder with prepared sets; got 5"),
        ({"name": "ring", "std": 0}, "std must be a positive number; got 0"),
        ({"name": "color_mnist", "colors": 4}, "no option 'colors', only seed, size"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        read(**arguments)


def test_the_order_has_a_seed_as_well():
    for given in (lambda: load("ring", seed=-1), lambda: ganzoo.data.Samples(np.zeros((2, 2)), seed=0.5)):
        with pytest.raises(ValueError, match="seed must be an integer of at least 0"):
            given()


def test_other_data_are_read_alike(tmp_path):
    """In the size and the channels of the first, as far as the other is read so; never by its toy's arguments."""
    folder = {"name": "./photos", "image_size": 16, "channels": 1, "data_dir": "sets"}
    assert ganzoo.data.like(folder, str(tmp_path)) == folder | {"name": str(tmp_path)}
    assert ganzoo.data.like(folder, "mnist") == {"name": "mnist", "image_size": 16, "data_dir": "sets"}
    assert ganzoo.data.like({"name": "ring", "modes": 5, "seed": 3}, "grid") == {"name": "grid"}


def test_public_names():
    assert set(ganzoo.data.__all__) == {"Samples", "Unpaired", "load", "names", "read", "toys"}
