"""Folders of image files."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import read

GENERATOR = np.random.default_rng(0)


def write(path, shape, mode=None):
    """A random image file of shape (height, width[, channels]); returns the pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = GENERATOR.integers(256, size=shape).astype(np.uint8)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path)
    return pixels


def test_flat_folder_in_sorted_order(tmp_path):
    expected = {name: write(tmp_path / name, (4, 6, 3)) for name in ("c.png", "a.PNG", "b.bmp")}
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "._c.png").write_text("a hidden file")
    samples = read(tmp_path)
    assert len(samples.arrays) == 1
    assert samples.num_classes is None
    np.testing.assert_array_equal(samples.arrays[0], [expected[name] for name in ("a.PNG", "b.bmp", "c.png")])


@pytest.mark.parametrize("extension", ["png", "jpg", "jpeg", "bmp", "webp", "gif", "tif"])
def test_extensions(tmp_path, extension):
    write(tmp_path / f"a.{extension}", (4, 4, 3))
    assert read(tmp_path).shape == (4, 4, 3)


def test_one_sub_folder_a_class(tmp_path):
    for name, count in (("dogs", 2), ("cats", 3)):
        for i in range(count):
            write(tmp_path / name / f"{i}.png", (4, 4, 3))
    (tmp_path / "empty").mkdir()
    samples = read(tmp_path)
    assert samples.arrays[1].tolist() == [0, 0, 0, 1, 1]
    assert samples.arrays[1].dtype == np.int32
    assert samples.num_classes == 2


def test_splits_as_sub_folders(tmp_path):
    write(tmp_path / "trainA" / "0.png", (4, 4, 3))
    write(tmp_path / "testA" / "cats" / "0.png", (5, 5, 3))
    assert read(tmp_path, "trainA").shape == (4, 4, 3)
    assert read(tmp_path, "testA").num_classes == 1
    with pytest.raises(ValueError, match="no split 'train'; its splits are testA, trainA"):
        read(tmp_path)


def test_a_class_has_one_label_in_all_splits(tmp_path):
    for place in ("train/a", "train/b", "train/c", "test/a", "test/c", "val/d"):
        write(tmp_path / place / "0.png", (4, 4, 3))
    (tmp_path / "test" / "aa").mkdir()
    write(tmp_path / "test_flat" / "0.png", (4, 4, 3))
    for split, labels in (("train", [0, 1, 2]), ("test", [0, 2]), ("val", [3])):
        samples = read(tmp_path, split)
        assert samples.arrays[1].tolist() == labels
        assert samples.num_classes == 4
    assert read(tmp_path, "test_flat").num_classes is None


def test_a_class_called_train_is_no_split(tmp_path):
    for name in ("car", "train"):
        write(tmp_path / name / "0.png", (4, 4, 3))
    assert read(tmp_path).num_classes == 2
    with pytest.raises(ValueError, match="no sub-folder for split 'test'"):
        read(tmp_path, "test")


def test_channels(tmp_path):
    grey = write(tmp_path / "a.png", (4, 4))
    np.testing.assert_array_equal(read(tmp_path).arrays[0][0, ..., 0], grey)
    assert read(tmp_path, channels=3).shape == (4, 4, 3)
    write(tmp_path / "b.png", (4, 4, 3))
    write(tmp_path / "c.png", (4, 4, 4))
    write(tmp_path / "d.png", (4, 4, 3), mode="P")
    images = read(tmp_path).arrays[0]
    assert images.shape == (4, 4, 4, 3)
    np.testing.assert_array_equal(images[0], np.repeat(grey[..., None], 3, axis=-1))
    assert read(tmp_path, channels=1).shape == (4, 4, 1)
    with pytest.raises(ValueError, match="channels must be 1 or 3; got 4"):
        read(tmp_path, channels=4)


def test_sixteen_bit_grey_levels_are_scaled(tmp_path):
    Image.fromarray(np.array([[0, 256], [32768, 65535]], np.uint16)).save(tmp_path / "a.png")
    assert read(tmp_path).arrays[0].ravel().tolist() == [0, 1, 128, 255]


def test_orientation_of_cameras(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path).shape == (8, 4, 3)


def test_resized_from_the_centre(tmp_path):
    # Three vertical stripes; the central square of the middle one is all that is left.
    stripes = np.repeat(np.array([[0, 200, 50]], np.uint8), 10, axis=1).repeat(10, axis=0)
    Image.fromarray(stripes).save(tmp_path / "a.png")
    assert read(tmp_path, image_size=5).arrays[0].tolist() == np.full((1, 5, 5, 1), 200).tolist()
    assert read(tmp_path, image_size=(5, 15)).arrays[0][0, 2, [1, 7, 13], 0].tolist() == [0, 200, 50]


def test_different_sizes_need_an_image_size(tmp_path):
    write(tmp_path / "a.png", (4, 4, 3))
    write(tmp_path / "b.png", (4, 5, 3))
    with pytest.raises(ValueError, match=r"a.png' has .* \(4, 4\) and .*b.png' \(4, 5\); give an image_size"):
        read(tmp_path)
    assert read(tmp_path, image_size=4).arrays[0].shape == (2, 4, 4, 3)


@pytest.mark.parametrize("content", [b"", b"no image", None], ids=["empty", "text", "truncated"])
def test_corrupt_file_is_named(tmp_path, content):
    write(tmp_path / "a.png", (64, 64, 3))
    write(tmp_path / "b.png", (64, 64, 3))
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:2000] if content is None else content)
    with pytest.raises(ValueError, match=r"b.png' cannot be read as an image .*; repair or remove it"):
        read(tmp_path)


def test_absent_and_empty_folder(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"There is no folder .*absent"):
        read(f"{tmp_path}/absent")
    with pytest.raises(ValueError, match=r"hold no images; files with the extensions .png, .jpg, .* were looked for"):
        read(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ValueError, match=r"There is no folder .*photos"):
        read("~/photos")


def test_images_beside_sub_folders(tmp_path):
    write(tmp_path / "a.png", (4, 4))
    write(tmp_path / "cats" / "a.png", (4, 4))
    with pytest.raises(ValueError, match="both directly and in sub-folders"):
        read(tmp_path)


def test_a_bare_name_of_a_folder_and_options(tmp_path, monkeypatch):
    write(tmp_path / "photos" / "a.png", (4, 4))
    monkeypatch.chdir(tmp_path)
    assert read("photos", channels=3).shape == (4, 4, 3)
    with pytest.raises(ValueError, match=r"no option 'chanels'.*did you mean 'channels'"):
        read("photos", chanels=3)
