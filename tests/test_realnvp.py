"""RealNVP as a density: exact, normalised, the same in TensorFlow Probability, and of a data set's range alone."""

from unittest import mock

import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import logsumexp

from ganzoo import data, networks
from ganzoo.bijectors import Bijector
from ganzoo.bijectors.bijector import sum_of_rows
from ganzoo.models import WGANGP, RealNVP

LEVELS = np.arange(256) / 127.5 - 1


@pytest.fixture(scope="module")
def images():
    return data.read("digits").take(slice(0, 64))[0]


@pytest.fixture(scope="module")
def flow(images):
    """A flow of images after some training."""
    keras.utils.set_random_seed(0)
    flow = RealNVP.for_images((8, 8, 1), width=8, blocks=1, scales=2)
    flow.compile()
    flow.fit(images, batch_size=8, epochs=10, verbose=0)
    return flow


@pytest.fixture(scope="module")
def moons():
    """A flow of two moons after some training."""
    keras.utils.set_random_seed(0)
    moons = RealNVP.for_vectors(2, width=32)
    moons.compile()
    moons.fit(data.toys.TwoMoons().sample(4000), batch_size=100, epochs=5, verbose=0)
    return moons


def test_decode_after_encode_is_the_identity(flow, moons, images):
    np.testing.assert_allclose(flow.decode(flow.encode(images)), images, atol=1e-4)
    np.testing.assert_array_equal(flow.reconstruct(images), flow.decode(flow.encode(images)))
    points = data.toys.TwoMoons().sample(1000, seed=1)
    np.testing.assert_allclose(moons.reconstruct(points), points, atol=1e-4)


def test_log_determinants_cancel_after_training(flow, images):
    z, there = flow.flow.forward(images)
    _, back = flow.flow.inverse(z)
    np.testing.assert_allclose(there, -ops.convert_to_numpy(back), rtol=1e-5, atol=1e-2)


def test_the_density_integrates_to_one(moons):
    ticks = np.linspace(-5, 5, 1001)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    mass = np.exp(logsumexp(moons.log_prob(grid, batch_size=100_000).astype("float64"))) * (ticks[1] - ticks[0]) ** 2
    assert mass == pytest.approx(1, abs=0.01)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow Probability needs TensorFlow")
def test_the_distribution_is_the_same_density(flow, moons, images):
    for model, x in ((flow, images), (moons, data.toys.TwoMoons().sample(64, seed=1))):
        distribution = model.distribution
        np.testing.assert_allclose(distribution.log_prob(x), model.log_prob(x), rtol=1e-4, atol=1e-2)
        assert tuple(distribution.event_shape) == x.shape[1:]
        assert tuple(distribution.sample((2, 3), seed=0).shape) == (2, 3, *x.shape[1:])
        assert tuple(distribution.sample(seed=0).shape) == x.shape[1:]
        assert tuple(distribution.log_prob(x.reshape(2, -1, *x.shape[1:])).shape) == (2, len(x) // 2)
        assert tuple(distribution.log_prob(x[0]).shape) == ()


def test_saving_does_not_ask_for_tensorflow_probability(flow, tmp_path):
    with mock.patch("ganzoo.core.flow.as_tfp") as as_tfp:
        flow.save(tmp_path / "flow.keras")
        keras.saving.load_model(tmp_path / "flow.keras")
    as_tfp.assert_not_called()


def test_bits_per_dim_are_those_of_the_density(flow, images):
    bits = flow.bits_per_dim(images, seed=3)
    u = (np.random.default_rng(3).random(images.shape, "float32") - 0.5) / 127.5
    by_hand = -(flow.log_prob(images + u) - 64 * np.log(127.5)) / (64 * np.log(2))
    np.testing.assert_allclose(bits, by_hand, rtol=1e-5)
    np.testing.assert_array_equal(bits, flow.bits_per_dim(images, seed=3))
    assert not np.array_equal(bits, flow.bits_per_dim(images, seed=4))
    assert bits.mean() < 7.5  # it has learned something


def test_a_uniform_density_has_eight_bits_per_dimension():
    class Quantile(Bijector):
        """Uniform values over all 256 bins to normal ones: z = sqrt(2) erfinv(2 p - 1)."""

        domain = (-1 - 1 / 255, 1 + 1 / 255)

        def forward(self, x, training=False):
            z = np.sqrt(2) * ops.erfinv(x * 127.5 / 128)
            slope = np.log(127.5 / 256) + np.log(2 * np.pi) / 2 + z**2 / 2
            return z, sum_of_rows(slope)

        def inverse(self, y, training=False):
            return ops.erf(y / np.sqrt(2)) * 128 / 127.5, None

    model = RealNVP(Quantile((256,)), bin_width=1 / 127.5)
    np.testing.assert_allclose(model.bits_per_dim(LEVELS[None]), 8, atol=1e-3)


def test_every_grey_level_has_a_finite_density(flow):
    for alpha in (0.05, 1e-6):
        model = RealNVP.for_images((16, 16, 1), width=4, blocks=1, scales=1, alpha=alpha)
        x = LEVELS.reshape(1, 16, 16, 1)
        for u in (-1 / 255, 0, 1 / 255):
            assert np.isfinite(model.log_prob(x + u)).all()
        np.testing.assert_allclose(model.reconstruct(x), x, atol=1e-4)


def test_the_loss_holds_the_l2_norm_of_the_scales(images):
    """Added to the likelihood in nats: 64 pixels in bits per dimension."""
    plain, regularized = (RealNVP.for_images((8, 8, 1), width=4, blocks=1, scales=1, l2=l2) for l2 in (0.0, 0.1))
    regularized.set_weights(plain.get_weights())
    losses = []
    for model in (plain, regularized):
        model.compile()
        losses.append(model.evaluate(images, verbose=0))
    scales = [w for w in plain.trainable_weights if w.path.endswith(("scale", "factor"))]
    norm = sum(float(ops.sum(w**2)) for w in scales)
    assert losses[1] - losses[0] == pytest.approx(0.1 * norm / (64 * np.log(2)), rel=1e-3)


def test_temperature(moons):
    cold = moons.generate(5, seed=1, temperature=0.0)
    np.testing.assert_allclose(cold, np.repeat(moons.decode(np.zeros((1, 2))), 5, axis=0), atol=1e-5)
    np.testing.assert_array_equal(moons.generate(5, seed=1, temperature=1.0), moons.generate(5, seed=1))


def test_samples_are_images_also_where_the_density_goes_on(flow):
    samples = flow.generate(64, temperature=3.0)
    assert samples.min() >= -1
    assert samples.max() <= 1


def test_the_average_of_the_weights_is_used_by_default(images):
    model = RealNVP.for_images((8, 8, 1), width=4, blocks=1, scales=1)
    model.compile(average=0.9)
    model.fit(images, batch_size=16, verbose=0)
    for ask in (model.log_prob, model.encode, model.bits_per_dim):
        assert not np.allclose(ask(images), ask(images, averaged=False))
    np.testing.assert_allclose(model.reconstruct(images), images, atol=1e-4)


def test_a_flow_is_the_generator_of_another_game(images, tmp_path):
    model = RealNVP.for_images((8, 8, 1), width=4, blocks=1, scales=1)
    critic = networks.dcgan_discriminator((8, 8, 1), width=4, normalization=None, name="critic")
    gan = WGANGP(model.generator, critic, critic_steps=1)
    gan.compile()
    before = model.log_prob(images)
    gan.fit(images, batch_size=16, epochs=2, verbose=0)
    assert not np.allclose(model.log_prob(images), before)
    np.testing.assert_allclose(gan.generate(3, seed=2), model.generate(3, seed=2), atol=1e-6)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(again.generate(3), gan.generate(3))
    flow = RealNVP(again.generator.layers[-1].flow, bin_width=model.bin_width)
    np.testing.assert_allclose(flow.bits_per_dim(images), model.bits_per_dim(images), rtol=1e-5)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda m: m.log_prob(np.full((1, 8, 8, 1), 1.01)),
            "A value of the samples is 1.01, and the flow has a density",
        ),
        (lambda m: m.bits_per_dim(np.full((1, 8, 8, 1), -2.0)), "A value of the samples is -2"),
        (lambda m: m.encode(np.full((1, 8, 8, 1), np.nan)), "A value of the samples is nan"),
        (lambda m: m.log_prob(np.zeros((1, 8, 8))), "have the shape (8, 8), and the flow is made for (8, 8, 1)"),
        (lambda m: m.decode(np.zeros((1, 63))), "latent must have the shape (n, 64); got (1, 63)"),
        (lambda m: m.generate(2, temperature=-1), "at least 0; got -1"),
        (lambda m: m.generate(2, averaged=True), "compiled without"),
        (lambda m: m.generate(), "Give either n or seeds"),
        (lambda m: m.fit(np.zeros((8, 4, 4, 1), "float32")), "(4, 4, 1), and the flow is made for (8, 8, 1)"),
        (lambda m: m.compile(optimizer={"generator": "adam"}), "names the player 'generator', and RealNVP has flow"),
    ],
)
def test_bad_input_is_one_sentence(flow, ask, words):
    with pytest.raises(ValueError, match=r".") as error:
        ask(flow)
    assert words in str(error.value)
    assert str(error.value).count("\n") == 0


def test_one_scale_has_half_of_the_width():
    with pytest.raises(ValueError, match=r"width must be at least 2 for scales=1, .*; got 1"):
        RealNVP.for_images((8, 8, 1), width=1, scales=1)
    assert RealNVP.for_images((8, 8, 1), width=1, scales=2, blocks=1).generate(1).shape == (1, 8, 8, 1)
