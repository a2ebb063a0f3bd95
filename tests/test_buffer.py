"""The image buffer, against the authors' loop over one image after the other."""

import keras
import numpy as np
import pytest

from ganzoo.buffer import ImageBuffer

SHAPE = (2, 2, 1)


def numbered(first, n):
    """n images, each full of its number."""
    return np.arange(first, first + n, dtype="float32").reshape(-1, 1, 1, 1) * np.ones(SHAPE, "float32")


def one_by_one(held, size, images, noise):
    """What the buffer should show, by a loop; `held` is the list of images it holds."""
    shown = []
    for image, (whether, which) in zip(images, noise, strict=True):
        if len(held) < size:
            held.append(image)
            shown.append(image)
        elif whether < 0.5:
            place = int(which * size)
            shown.append(held[place])
            held[place] = image
        else:
            shown.append(image)
    return np.stack(shown)


@pytest.mark.parametrize("batch", [1, 3, 8])
def test_it_is_the_loop_over_images(batch):
    buffer, held, random = ImageBuffer(5, SHAPE), [], np.random.default_rng(0)
    old = 0
    for step in range(40):
        images = numbered(step * batch, batch)
        noise = random.random((batch, 2)).astype("float32")
        expected = one_by_one(held, 5, images, noise)
        shown = keras.ops.convert_to_numpy(buffer.exchange(images, noise))
        np.testing.assert_array_equal(shown, expected)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(buffer.images)[: len(held)], held)
        assert int(buffer.filled) == len(held)
        old += int((shown != images).any(axis=(1, 2, 3)).sum())
    assert 0.35 * 40 * batch < old < 0.65 * 40 * batch


def test_in_a_graph_of_any_batch_size():
    import tensorflow as tf

    buffer, held, random = ImageBuffer(4, SHAPE), [], np.random.default_rng(1)
    specs = [tf.TensorSpec([None, *SHAPE]), tf.TensorSpec([None, 2])]
    exchange = tf.function(buffer.exchange, input_signature=specs)
    for batch in (2, 5, 3, 1, 6):
        images, noise = numbered(10 * batch, batch), random.random((batch, 2)).astype("float32")
        np.testing.assert_array_equal(exchange(images, noise), one_by_one(held, 4, images, noise))
