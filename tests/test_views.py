"""The pictures of `ganzoo sample` beside samples: their sizes, what is in them, and what has none."""

import conformance
import numpy as np
import pytest

from ganzoo import data, models, pictures, views
from ganzoo.data import Samples


def test_interpolation_has_a_row_from_one_seed_to_the_next():
    model = models.VAE.for_images((8, 8, 1), latent_dim=4, width=4)
    picture = views.interpolation(model, 3, 5, None)
    ends = pictures.grid(model.generate(seeds=[9, 10]))
    assert picture.size[0] == 10 * 50 + 2
    np.testing.assert_array_equal(np.asarray(picture)[-50:, :52], np.asarray(ends)[-50:, :52])
    np.testing.assert_array_equal(np.asarray(picture)[-50:, -50:], np.asarray(ends)[-50:, -50:])


def test_interpolation_of_a_model_that_is_told_labels_has_one_class_a_row():
    model = models.ConditionalGAN.for_images((8, 8, 1), num_classes=3, latent_dim=4, width=4)
    picture = np.asarray(views.interpolation(model, 2, 0, None))
    ends = np.asarray(pictures.grid(model.generate(seeds=[2, 3], labels=[1, 1])))
    np.testing.assert_array_equal(picture[-50:, :52], ends[-50:, :52])
    np.testing.assert_array_equal(picture[-50:, -50:], ends[-50:, -50:])


def test_reconstruction_has_each_sample_above_what_is_made_of_it():
    model = models.RealNVP.for_images((8, 8, 1), width=4, blocks=1, scales=1)
    levels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype="uint8")
    picture = np.asarray(views.reconstruction(model, 2, 0, lambda split: Samples(levels))).astype(int)
    rows = [picture[2 + 50 * row : 50 + 50 * row] for row in range(4)]
    assert np.abs(rows[0] - rows[1]).max() <= 1  # a flow's own inverse
    assert np.abs(rows[0] - rows[2]).max() > 50


def test_neighbors_are_the_nearest_training_images(monkeypatch):
    """The training images are floats no more than eight at a time; the nearest ones lie in several parts."""
    taken = []
    images = Samples.images
    monkeypatch.setattr(data.samples, "VALUES", 8 * 64)
    monkeypatch.setattr(Samples, "images", lambda self, rows: taken.append(images(self, rows)) or taken[-1])
    model = models.GAN.for_images((8, 8, 1), latent_dim=4, width=4)
    made = model.generate(10)
    training = np.concatenate([conformance.images(30), np.clip(made + 0.01, -1, 1)[::-1]])
    picture = np.asarray(views.neighbors(model, 1, 0, lambda split: Samples(training))).astype(int)
    assert np.abs(picture[2:50] - picture[52:100]).max() <= 2
    assert [len(part) for part in taken] == [8, 8, 8, 8, 8, 10]  # those of the picture last


def test_pictures_of_the_plane():
    flow = models.RealNVP.for_vectors(2, width=4, couplings=2)
    gan = models.WGANGP.for_vectors(2, width=4)
    for picture in (views.density(flow, 1, 0, None), views.field(gan, 1, 0, None)):
        assert np.asarray(picture).std() > 5


def test_arrows_show_the_field():
    """Arrows take ink, a field of zeros next to none, and the opposite field is another picture."""

    def drawn(x, y):
        return np.asarray(pictures.arrows(lambda places: np.tile([x, y], (len(places), 1)), ((-1, 1), (-1, 1))))

    right, left, none = drawn(1.0, 0.0), drawn(-1.0, 0.0), drawn(0.0, 0.0)
    assert (right < 128).sum() > 2 * (none < 128).sum()
    assert not np.array_equal(right, left)


@pytest.mark.parametrize(
    ("view", "model", "sentence"),
    [
        ("density", models.GAN.for_vectors(2, width=4), "There is no picture of a density of a GAN"),
        ("reconstruction", models.GAN.for_vectors(2, width=4), "There is no picture of a reconstruction of a GAN"),
        ("field", models.BiGAN.for_vectors(2, width=4), "a game of two players, not of a BiGAN"),
        (
            "field",
            models.GAN.for_vectors(3, width=4),
            r"shows the plane, and the model's samples have the shape \(3,\)",
        ),
        ("interpolation", models.GAN.for_vectors(3, width=4), r"shows images, .* have the shape \(3,\)"),
    ],
)
def test_no_picture(view, model, sentence):
    with pytest.raises(ValueError, match=sentence):
        views.VIEWS[view](model, 1, 0, None)


def test_too_few_samples():
    model = models.VAE.for_images((8, 8, 1), latent_dim=4, width=4)
    with pytest.raises(ValueError, match="The picture takes 20 samples of the data, and there are 5"):
        views.reconstruction(model, 2, 0, lambda split: Samples(conformance.images(5)))
