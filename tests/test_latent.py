"""Interpolation and arithmetic in the latent space."""

import keras
import numpy as np
import pytest

from ganzoo import latent, models
from ganzoo.networks import mlp

A = np.array([[1.0, 0.0], [2.0, 0.0]], "float32")
B = np.array([[0.0, 1.0], [4.0, 0.0]], "float32")


def test_linear():
    np.testing.assert_allclose(latent.linear(A, B, [0, 0.5, 1])[:, 1], [[0.5, 0.5], [3.0, 0.0]])


def test_spherical():
    """A quarter of a circle; and a straight line where there is no angle."""
    points = latent.spherical(A, B, [0, 1 / 3, 1])
    np.testing.assert_allclose(points[:, 0], A, atol=1e-6)
    np.testing.assert_allclose(points[:, 2], B, atol=1e-6)
    np.testing.assert_allclose(points[0, 1], [3**0.5 / 2, 0.5], atol=1e-6)
    np.testing.assert_allclose(points[1, 1], [8 / 3, 0], atol=1e-6)


def identity_gan(kind):
    """A generator that gives its latent vectors."""
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, kernel_initializer="identity")])
    return kind(generator, mlp((3,), (1,), width=4, depth=1))


@pytest.mark.parametrize("path", [latent.linear, latent.spherical])
@pytest.mark.parametrize("kind", [models.GAN, models.DCGAN])
def test_a_row_goes_from_one_seed_to_another(kind, path):
    model = identity_gan(kind)
    rows = latent.interpolate(model, [3, 4], [7, 8], steps=5, path=path)
    assert rows.shape == (2, 5, 3)
    np.testing.assert_allclose(rows[:, 0], model.generate(seeds=[3, 4]), atol=1e-6)
    np.testing.assert_allclose(rows[:, -1], model.generate(seeds=[7, 8]), atol=1e-6)


def test_arithmetic():
    model = identity_gan(models.GAN)
    z = model.generate(6)
    found = latent.arithmetic(model, (1, [0, 1]), (-1, [2, 3]), (1, [4, 5]))
    np.testing.assert_allclose(found[0], (z[0] + z[1] - z[2] - z[3] + z[4] + z[5]) / 2, atol=1e-5)


def test_conditional_models():
    """A row of an interpolation has one class, by default that of its number; a sum has the label that it is given."""
    model = models.ConditionalGAN.for_vectors(2, num_classes=2, latent_dim=3, width=4)
    starts, ends = [3, 4, 5], [6, 7, 8]
    rows = latent.interpolate(model, starts, ends, steps=4)
    for column, seeds in ((0, starts), (-1, ends)):
        np.testing.assert_allclose(rows[:, column], model.generate(seeds=seeds, labels=[0, 1, 0]), atol=1e-6)
    given = latent.interpolate(model, starts, ends, steps=4, labels=[1] * 12)
    np.testing.assert_allclose(given[:, 0], model.generate(seeds=starts, labels=[1] * 3), atol=1e-6)
    found = latent.arithmetic(model, (1, [4]), labels=[1])
    np.testing.assert_allclose(found, model.generate(seeds=[4], labels=[1]), atol=1e-6)
    with pytest.raises(ValueError, match=r"ConditionalGAN is told labels: .* such as labels=\[3\]"):
        latent.arithmetic(model, (1, [4]))


def test_bad_input():
    with pytest.raises(ValueError, match="steps must be at least 2, the two ends; got 1"):
        latent.interpolate(identity_gan(models.GAN), [0], [1], steps=1)
    with pytest.raises(ValueError, match=r"latent must have the shape \(n, 3\); got \(2, 4\)"):
        identity_gan(models.GAN).decode(np.zeros((2, 4)))
