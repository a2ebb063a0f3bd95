"""`.npz` files: what is accepted and what is refused."""

import zipfile

import numpy as np
import pytest

from ganzoo.data import read

IMAGES = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)


def saved(folder, **arrays):
    path = folder / "data.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("x_train", "y_train")])
def test_images_and_labels(tmp_path, names):
    samples = read(saved(tmp_path, **dict(zip(names, (IMAGES, np.array([3, 0])), strict=True))))
    np.testing.assert_array_equal(samples.arrays[0], IMAGES)
    assert samples.arrays[1].tolist() == [3, 0]
    assert samples.num_classes == 4


def test_splits(tmp_path):
    path = saved(tmp_path, x_train=IMAGES, x_test=IMAGES[:1], y_test=np.array([[1]]), y_train=np.array([[0], [1]]))
    assert len(read(path)) == 2
    assert len(read(path, "test")) == 1
    assert read(path, "test").arrays[1].tolist() == [1]
    with pytest.raises(ValueError, match=r"no array 'x', 'images' or 'x_validation' .* holds x_train"):
        read(path, "validation")


def test_images_without_a_channel_axis(tmp_path):
    assert read(saved(tmp_path, x=IMAGES[..., 0])).shape == (4, 4, 1)


def test_floats_and_vectors_and_multi_hot(tmp_path):
    labels = np.array([[True, True, False], [False, False, True]])
    samples = read(saved(tmp_path, x=IMAGES / 127.5 - 1, y=labels))
    np.testing.assert_allclose(samples.take([0, 1])[0], IMAGES / 127.5 - 1, atol=1e-6)
    assert samples.num_classes == 3
    assert samples.arrays[1].dtype == np.int32
    assert read(saved(tmp_path, x=np.full((5, 3), 100.0))).shape == (3,)


@pytest.mark.parametrize("images", [IMAGES, IMAGES / 127.5 - 1], ids=["uint8", "float"])
def test_resized(tmp_path, images):
    samples = read(saved(tmp_path, x=images), image_size=(2, 6))
    assert samples.shape == (2, 6, 3)
    assert abs(samples.take([0, 1])).max() <= 1


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"z": IMAGES}, "no array 'x', 'images' or 'x_train' for split 'train'; it holds z"),
        ({"x": IMAGES.astype(float)}, r"data.npz': Images must lie in \[-1, 1\], and their values run from 0 to 95"),
        ({"x": np.full((1, 2, 2, 1), np.nan)}, "data.npz.: The data contain NaN"),
        ({"x": np.zeros((1, 2, 2, 1), np.int32)}, "samples in .* are int32; expected uint8"),
        ({"x": np.zeros(3)}, r"shape \(3,\); expected"),
        ({"x": np.zeros((0, 4, 4, 1))}, "none of them 0"),
        ({"x": IMAGES, "y": np.array([1, 2, 3])}, r"labels in .* shape \(3,\); expected .* shape \(2,\)"),
        ({"x": IMAGES, "y": np.array([0.5, 1])}, "labels in .* float64"),
        ({"x": IMAGES, "y": np.array([-1, 1])}, "at least 0"),
        ({"x": np.array([{}], object)}, "cannot be read as an .npz file of plain arrays"),
    ],
)
def test_refused(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=message):
        read(saved(tmp_path, **arrays))


def test_vectors_have_no_image_size(tmp_path):
    with pytest.raises(ValueError, match="vectors, not images"):
        read(saved(tmp_path, x=np.zeros((2, 3))), image_size=4)


def test_absent_and_corrupt_file(tmp_path):
    with pytest.raises(ValueError, match="There is no file"):
        read(tmp_path / "absent.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ValueError, match=r"bad.npz' cannot be read"):
        read(tmp_path / "bad.npz")


@pytest.mark.parametrize("shape", [(2**62,), (2**45, 2)], ids=["an array larger than memory", "or than the file"])
def test_a_header_that_claims_more_than_there_is(tmp_path, shape):
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive, archive.open("x.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with pytest.raises(ValueError, match="cannot be read as an"):
        read(tmp_path / "data.npz")


def test_a_header_that_is_too_long(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive, archive.open("x.npy", "w") as file:
        file.write(b"\x93NUMPY\x02\x00" + (2**20).to_bytes(4, "little") + b" " * 2**20)
    with pytest.raises(ValueError, match="cannot be read as an"):
        read(tmp_path / "data.npz")
