"""The classifier: what is drawn at random in training, and what it is asked."""

import keras
import numpy as np
import pytest
from conformance import images, labels

from ganzoo import models


def moved(shift, mirror, samples):
    keras.utils.set_random_seed(0)
    model = models.Classifier.for_images(samples.shape[1:], width=2, shift=shift, mirror=mirror)
    return keras.ops.convert_to_numpy(model._moved(keras.ops.convert_to_tensor(samples)))


def test_every_image_is_shifted_by_itself_and_what_comes_in_is_background():
    dots = np.full((500, 8, 8, 1), -1, "float32")
    dots[:, 3, 4] = 1
    places = np.argwhere(moved(2, 0.0, dots)[..., 0] > 0)[:, 1:]
    rows, columns = np.unique(places[:, 0]), np.unique(places[:, 1])
    np.testing.assert_array_equal(rows, [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(columns, [2, 3, 4, 5, 6])
    assert len(np.unique(places, axis=0)) == 25
    full = moved(2, 0.0, np.ones((100, 8, 8, 1), "float32"))
    np.testing.assert_allclose(np.unique(full), [-1, 1], atol=1e-6)


def test_mirrors_the_share_asked_for():
    x = images(1000)
    out = moved(0, 0.3, x)
    mirrored = (out == x[:, :, ::-1]).all(axis=(1, 2, 3))
    assert 0.25 < mirrored.mean() < 0.35
    np.testing.assert_array_equal(out[~mirrored], x[~mirrored])


def test_classifies_and_gives_features():
    points = np.random.default_rng(0).normal(size=(512, 2)).astype("float32")
    classes = (points[:, 0] > 0).astype(int) + (points[:, 1] > 0)
    model = models.Classifier.for_vectors(2, num_classes=3, width=16)
    model.compile({"classifier": keras.optimizers.Adam(1e-2)})
    model.fit(points, classes, epochs=20, verbose=0)
    assert (model.classify(points).argmax(axis=1) == classes).mean() > 0.95
    assert model.features(points).shape == (512, 16)
    logits = keras.ops.convert_to_numpy(model.head(model.features(points[:3])))
    np.testing.assert_allclose(logits, model.classify(points[:3]), atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "said"), [({"shift": -1}, "shift must be at least 0"), ({"mirror": 1.5}, "mirror a share of 1")]
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        models.Classifier.for_images((8, 8, 1), width=2, **arguments)


def test_bad_data():
    model = models.Classifier.for_images((8, 8, 1), width=2, num_classes=3)
    model.compile()
    with pytest.raises(ValueError, match="needs labels"):
        model.fit(images(8))
    with pytest.raises(ValueError, match="labels must lie between 0 and 2"):
        model.fit(images(8), labels(8) + 1)
    with pytest.raises(ValueError, match="made for"):
        model.features(images(2, shape=(16, 16, 1)))
    with pytest.raises(ValueError, match="are for images"):
        models.Classifier.for_vectors(2, shift=1)
