"""Cropping and resizing: the same geometry for arrays, files and tensors."""

import numpy as np
import pytest

from ganzoo.data.resize import crop_size, resize_array, resize_batch
from ganzoo.data.tfds import resize_tensor


@pytest.mark.parametrize(
    ("size", "target", "crop"),
    [
        ((218, 178), (64, 64), (178, 178)),
        ((178, 218), (64, 64), (178, 178)),
        ((30, 30), (60, 60), (30, 30)),
        ((100, 50), (1, 2), (25, 50)),
        ((1, 100), (100, 1), (1, 1)),
    ],
)
def test_crop_is_the_largest_box_of_those_proportions(size, target, crop):
    assert crop_size(*size, target) == crop


def smooth_image(height, width):
    y, x = np.mgrid[:height, :width]
    return (127 + 100 * np.sin(x / 9) * np.cos(y / 7))[..., None].round().astype(np.uint8)


@pytest.mark.parametrize("target", [(16, 16), (48, 24), (40, 60), (80, 80)])
def test_tensors_and_arrays_agree(target):
    image = smooth_image(40, 60)
    array = resize_array(image, target).astype(int)
    tensor = resize_tensor(image, target).numpy().astype(int)
    assert array.shape == tensor.shape == (*target, 1)
    assert abs(array - tensor).max() <= 2


def test_a_batch_is_its_images_one_by_one():
    images = np.stack([smooth_image(20, 30), 255 - smooth_image(20, 30)])
    np.testing.assert_array_equal(resize_tensor(images, (8, 8))[1], resize_tensor(images[1], (8, 8)))
    np.testing.assert_array_equal(resize_batch(images, (8, 8))[1], resize_array(images[1], (8, 8)))
    assert resize_batch(images, None) is images


def test_no_overshoot():
    checkers = np.indices((9, 9)).sum(axis=0)[..., None] % 2
    floats = resize_array(checkers * 2.0 - 1.0, (20, 20))
    assert floats.dtype == np.float32
    assert abs(floats).max() == 1.0
    assert resize_tensor((checkers * 255).astype(np.uint8), (20, 20)).numpy().max() == 255


def test_constant_images_stay_constant():
    image = np.full((7, 9, 3), 77, np.uint8)
    for target in ((5, 5), (14, 18)):
        assert (resize_array(image, target) == 77).all()
        assert (resize_tensor(image, target).numpy() == 77).all()
