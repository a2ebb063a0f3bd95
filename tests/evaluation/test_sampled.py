"""Features of samples, what is kept of them, and what is remembered of data."""

import conformance
import keras
import numpy as np
import pytest
from perfect import Real, scores_of

from ganzoo import data, evaluation, metrics, models
from ganzoo.evaluation import sampled
from ganzoo.metrics import features as extractors


class TestSampled:
    def test_keeps_no_more_than_it_says(self, monkeypatch):
        monkeypatch.setattr(sampled, "KEPT_FEATURES", 25)
        monkeypatch.setattr(sampled, "KEPT_IMAGES", 12)
        x = conformance.images(50)
        found = sampled.Sampled(extractors.pixels(), np.split(x, 5))
        assert found.n == 50
        np.testing.assert_array_equal(found.features, x[:25].reshape(25, -1))
        np.testing.assert_array_equal(found.images, x[:12])
        points = x.reshape(50, -1)
        found = sampled.Sampled(extractors.pixels(), np.split(points, 5))
        np.testing.assert_array_equal(found.images, points[:25])
        np.testing.assert_allclose(found.moments.mean, x.reshape(50, -1).mean(axis=0), atol=1e-6)

    def test_statistics_of_data_are_remembered_by_content(self, tmp_path):
        samples, asked = data.Samples(conformance.images(50)), []

        def seen(images):
            asked.append(len(images))
            return images

        features = extractors.Features("pixels", seen, "0")
        first = sampled.of_data(samples, features, 30, "", lambda batches, *_: batches)
        again = sampled.of_data(samples, features, 30, "", lambda batches, *_: batches)
        assert asked == [30]
        np.testing.assert_array_equal(first.features, again.features)
        np.testing.assert_array_equal(first.images, again.images)
        np.testing.assert_allclose(first.moments.covariance, again.moments.covariance)
        sampled.of_data(data.Samples(conformance.images(50, seed=1)), features, 30, "", lambda batches, *_: batches)
        sampled.of_data(samples, extractors.Features("pixels", seen, "1"), 30, "", lambda batches, *_: batches)
        assert asked == [30, 30, 30]

    def test_a_damaged_file_is_made_again(self, tmp_path):
        samples = data.Samples(conformance.images(50))
        options = (samples, extractors.pixels(), 30, "", lambda batches, *_: batches)
        first = sampled.of_data(*options)
        (path,) = (tmp_path / "home" / "statistics").iterdir()
        path.write_bytes(path.read_bytes()[:100])
        np.testing.assert_array_equal(sampled.of_data(*options).features, first.features)

    def test_a_cache_that_cannot_be_written_is_no_failure(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("GANZOO_HOME", str(tmp_path / "file"))
        samples = data.Samples(conformance.images(50))
        assert sampled.of_data(samples, extractors.pixels(), 30, "", lambda batches, *_: batches).n == 30

    def test_seeds_are_spaced_by_the_number_of_samples(self):
        asked = []

        def generate(seeds):
            asked.extend(seeds)
            return np.zeros((len(seeds), 2))

        sampled.of_model(generate, extractors.pixels(), 2500, 3, lambda firsts, *_: firsts)
        assert asked == list(range(7500, 10000))


def test_features_of_a_file(tmp_path):
    classifier = models.Classifier.for_images((8, 8, 1), width=4)
    classifier.save(tmp_path / "mine.keras")
    classifier.body.save(tmp_path / "body.keras")
    test = data.read("digits", "test")
    for name in ("mine", "body"):
        scores = scores_of(Real(test), wanted=["kernel"], features=str(tmp_path / f"{name}.keras"), n=50)
        assert set(scores) == {f"kernel[{name}]"}
    (tmp_path / "mine.keras").write_bytes(b"no zip")
    with pytest.raises(ValueError, match=r"mine\.keras cannot be read as a Keras model"):
        scores_of(Real(test), features=str(tmp_path / "mine.keras"))


def test_features_of_a_file_that_is_refused(tmp_path):
    network = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: x)])
    network.save(tmp_path / "mine.keras")
    with pytest.raises(ValueError, match=r"mine\.keras cannot be read .* asks for the class 'Lambda'"):
        scores_of(Real(data.read("digits", "test")), features=str(tmp_path / "mine.keras"))


def test_the_same_weights_pooled_otherwise_are_other_features():
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3)(inputs)
    pools = (keras.layers.GlobalMaxPooling2D(name="pool"), keras.layers.GlobalAveragePooling2D(name="pool"))
    prints = {extractors.of_network(keras.Model(inputs, pool(x), name="a"), "a").fingerprint for pool in pools}
    assert len(prints) == 2


def test_large_images_are_means_of_blocks():
    images = np.arange(2 * 70 * 64 * 3, dtype="float32").reshape(2, 70, 64, 3)
    found = extractors.pixels()(images)
    assert found.shape == (2, 23 * 21 * 3)  # blocks of 3x3, the last row and column of pixels left out
    assert found[1, 0] == images[1, :3, :3, 0].mean()
    np.testing.assert_array_equal(extractors.pixels()(images[:, :32, :32]), images[:, :32, :32].reshape(2, -1))


def test_vectors_have_no_features():
    with pytest.raises(ValueError, match=r"features are of images, and ring holds .*; got 'net"):
        evaluation.subject_of(None, {"name": "ring"}, "net.keras")


def test_features_of_any_network():
    model = models.Classifier.for_images((8, 8, 1), width=4)
    x = conformance.images(5)
    features = extractors.of_network(model.body, "body")
    np.testing.assert_allclose(features(x), model.features(x), atol=1e-6)
    assert metrics.Features is extractors.Features
    rows = extractors.of_classifier(model, "c").probabilities(features(x))
    np.testing.assert_allclose(rows.sum(axis=1), 1)
