"""Pictures pixel by pixel, and the files that samples are written to."""

import numpy as np
import PIL.Image
import pytest

from ganzoo import pictures

RANDOM = np.random.default_rng(0)


def images(n, height=2, width=3, channels=1):
    """(images in [-1, 1], the same as grey levels)."""
    levels = RANDOM.integers(256, size=(n, height, width, channels)).astype("uint8")
    return levels.astype("float32") / 127.5 - 1, levels


def test_to_uint8():
    values = np.array([-1.0, 1.0, 0.0, -3.0, 7.0, 2 / 255 - 1])
    np.testing.assert_array_equal(pictures.to_uint8(values), [0, 255, 128, 0, 255, 1])
    levels = np.arange(256, dtype="uint8")
    np.testing.assert_array_equal(pictures.to_uint8(levels.astype("float32") / 127.5 - 1), levels)


def test_grid_is_laid_out_row_by_row():
    values, levels = images(3)
    picture = np.asarray(pictures.grid(values, smallest=1, gap=1))
    white = 255
    expected = np.full((2 * 3 + 1, 2 * 4 + 1), white)
    expected[1:3, 1:4] = levels[0, ..., 0]
    expected[1:3, 5:8] = levels[1, ..., 0]
    expected[4:6, 1:4] = levels[2, ..., 0]
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_grid_of_each_number_of_channels(channels, mode):
    values, levels = images(1, channels=channels)
    picture = pictures.grid(values, smallest=1, gap=0)
    assert picture.mode == mode
    np.testing.assert_array_equal(np.asarray(picture).reshape(levels[0].shape), levels[0])


def test_grid_columns():
    values, levels = images(4)
    picture = np.asarray(pictures.grid(values, columns=4, smallest=1, gap=0))
    np.testing.assert_array_equal(picture, np.concatenate(levels[..., 0], axis=1))


def test_small_images_are_enlarged_by_a_whole_factor():
    values, levels = images(1)
    picture = np.asarray(pictures.grid(values, smallest=5, gap=0))  # 2 pixels high, so three times
    np.testing.assert_array_equal(picture, levels[0, ..., 0].repeat(3, 0).repeat(3, 1))
    values, _ = images(1, 64, 80)
    assert pictures.grid(values, gap=0).size == (80, 64)


def test_sixty_four_make_a_square():
    values, _ = images(64, 8, 8)
    assert pictures.grid(values, smallest=24, gap=2).size == (8 * 26 + 2, 8 * 26 + 2)


def test_scatter_shows_the_points():
    alone = np.asarray(pictures.scatter(np.array([[0.0, 0.0]])), "int32")
    assert alone.ndim == 3
    blue = (alone[..., 2] - alone[..., 0]) > 40
    rows, columns = np.nonzero(blue)
    assert blue.sum() > 0
    assert np.ptp(rows) < 20
    assert np.ptp(columns) < 20
    spread = np.asarray(pictures.scatter(RANDOM.uniform(-1, 1, size=(50, 2))), "int32")
    assert ((spread[..., 2] - spread[..., 0]) > 40).sum() > 10 * blue.sum()


def test_picture_is_a_grid_or_a_scatter_plot():
    values, _ = images(4)
    assert pictures.picture(values).size == pictures.grid(values).size
    assert pictures.picture(np.zeros((3, 2))).mode == "RGB"
    assert pictures.picture(np.zeros((3, 5))).mode == "RGB"


@pytest.mark.parametrize("shape", [(4, 1), (4, 8, 8), (4,)])
def test_there_is_no_picture_of_other_samples(shape):
    with pytest.raises(ValueError, match=r"no picture for samples of shape .*; write them to a .npy file"):
        pictures.picture(np.zeros(shape))


def test_write_a_grid(tmp_path):
    values, _ = images(5)
    pictures.write(values, tmp_path / "new" / "grid.png")
    with PIL.Image.open(tmp_path / "new" / "grid.png") as written:
        np.testing.assert_array_equal(np.asarray(written), np.asarray(pictures.grid(values)))


def test_write_an_array(tmp_path):
    values, _ = images(5)
    pictures.write(values, tmp_path / "samples.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "samples.npy"), values)
    assert [path.name for path in tmp_path.iterdir()] == ["samples.npy"]


@pytest.mark.parametrize(("n", "last"), [(1, "0.png"), (10, "9.png"), (11, "10.png")])
def test_write_a_folder(tmp_path, n, last):
    values, levels = images(n, channels=3)
    pictures.write(values, tmp_path / "folder")
    files = sorted((tmp_path / "folder").iterdir())
    assert len(files) == n
    assert files[-1].name == last
    for file, level in zip(files, levels, strict=True):
        with PIL.Image.open(file) as written:
            np.testing.assert_array_equal(np.asarray(written), level)


def test_a_folder_of_vectors_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"A folder takes images, and these samples have the shape \(2,\); use .npy"):
        pictures.write(np.zeros((3, 2)), tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_what_cannot_be_pictured_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="no picture"):
        pictures.write(np.zeros((3, 1)), tmp_path / "new" / "grid.png")
    assert not list(tmp_path.iterdir())


def test_nothing_half_written(tmp_path, monkeypatch):
    """A disk that fills up while the picture is written."""
    values, _ = images(5)
    old = tmp_path / "grid.png"
    old.write_bytes(b"old")

    def fails(self, path, format):
        path.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(PIL.Image.Image, "save", fails)
    with pytest.raises(OSError, match="no space left"):
        pictures.write(values, old)
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize("name", ["grid.png", "samples.npy", "folder"])
def test_outputs_that_can_be_written(tmp_path, name):
    pictures.check_output(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_can_be_written(tmp_path):
    pictures.check_output(tmp_path)


@pytest.mark.parametrize("name", ["grid.jpg", "samples.npz", "grid.PNG.txt"])
def test_other_files_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=f"written to a .png grid, a .npy array or a folder; got '{name}'"):
        pictures.check_output(tmp_path / name)


def test_a_folder_with_files_and_a_file_without_suffix_are_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match="is not an empty folder; name another"):
        pictures.check_output(tmp_path)
    with pytest.raises(ValueError, match="is not an empty folder"):
        pictures.check_output(tmp_path / "file")
