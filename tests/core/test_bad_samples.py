"""What `fit` refuses, of every kind of data, before anything is trained."""

import numpy as np
import pytest
import tensorflow as tf
from feeding import Minibatches, rows

from ganzoo import models
from ganzoo.data import Samples

IMAGE = (8, 8, 1)


@pytest.fixture(scope="module")
def gan():
    model = models.WGANGP.for_images(IMAGE, latent_dim=2, width=4, critic_steps=2)
    model.compile()
    return model


def image_data(images, kind):
    if kind == "array":
        return {"x": images, "batch_size": 4}
    if kind == "PyDataset":
        return {"x": Minibatches(images, 4)}
    return {"x": tf.data.Dataset.from_tensor_slices(images).batch(4)}


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


@pytest.mark.parametrize("kind", ["array", "tf.data", "PyDataset"])
@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (noise(16, *IMAGE) * 127.5 + 127.5, r"Images must lie in \[-1, 1\].* 25\d"),
        (np.full((16, *IMAGE), np.nan, "float32"), "NaN"),
        (noise(16, 8, 8, 3), r"\(8, 8, 3\).*\(8, 8, 1\)"),
        (noise(16, 16, 16, 1), r"\(16, 16, 1\).*\(8, 8, 1\)"),
        (noise(16, 64), r"\(64,\).*\(8, 8, 1\)"),
        (noise(4, *IMAGE), "no full round"),
    ],
)
def test_bad_samples_are_refused_and_nothing_is_trained(gan, kind, images, sentence):
    before = [variable.numpy() for variable in gan.trainable_variables]
    with pytest.raises(ValueError, match=sentence) as error:
        gan.fit(**image_data(images, kind), verbose=0)
    assert "\n" not in str(error.value)
    assert all(np.array_equal(old, new.numpy()) for old, new in zip(before, gan.trainable_variables, strict=True))


@pytest.mark.parametrize("dtype", ["uint8", "int64"])
@pytest.mark.parametrize("kind", ["array", "tf.data", "PyDataset"])
def test_grey_levels_are_refused_with_the_remedy(gan, kind, dtype):
    before = gan.noise.state.numpy()
    with pytest.raises(ValueError, match=rf"float in \[-1, 1\]; got {dtype}, so give `x / 127\.5 - 1`"):
        gan.fit(**image_data(np.zeros((16, *IMAGE), dtype), kind), verbose=0)
    np.testing.assert_array_equal(gan.noise.state.numpy(), before)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"x": [[1.0, 2.0]]}, "x must be an array.*list"),
        ({"x": (row for row in [1])}, "x must be an array.*generator"),
        ({"x": noise(16, *IMAGE), "batch_size": 0}, "batch_size must be a positive integer"),
        ({"x": noise(16, *IMAGE), "y": np.zeros(3)}, "same length"),
        ({"x": tf.data.Dataset.from_tensor_slices(noise(16, *IMAGE)).batch(4), "batch_size": 4}, "leave batch_size"),
        ({"x": Samples(noise(16, *IMAGE)), "y": np.zeros(16)}, "Samples and y"),
        ({"x": noise(16, *IMAGE), "class_weight": {0: 1.0}}, "class_weight"),
        ({"x": tf.data.Dataset.range(3), "validation_split": 0.5}, "validation_split needs arrays"),
        ({"x": Samples(rows(3)), "validation_split": 0.5}, "validation_split needs arrays .*; got 0.5 of Samples"),
    ],
)
def test_other_bad_arguments(gan, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        gan.fit(**arguments, verbose=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: models.DCGAN.for_images(IMAGE, latent_dim=2, width=4),
        lambda: models.Classifier.for_images(IMAGE, num_classes=2, width=4, shift=1),
        lambda: models.RealNVP.for_images(IMAGE, width=4, blocks=1, scales=1),
    ],
    ids=["DCGAN", "Classifier", "RealNVP"],
)
def test_sizes_that_a_data_set_does_not_know_are_taken_as_right(make):
    def unknown(image, label):
        return tf.ensure_shape(tf.py_function(tf.identity, [image], tf.float32), (None, None, None, 1)), label

    data = tf.data.Dataset.from_tensor_slices((noise(8, *IMAGE), np.arange(8) % 2)).batch(4).map(unknown)
    model = make()
    model.compile()
    assert np.isfinite(list(model.fit(data, verbose=0).history.values())).all()


def test_vectors_have_no_range_but_no_nan():
    model = models.GAN.for_vectors(2, width=4)
    model.compile()
    model.fit(100 * noise(8, 2), batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full((8, 2), np.nan, "float32"), verbose=0)
