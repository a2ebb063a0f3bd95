"""CycleGAN against its equations, on networks that multiply by one number; and what it refuses."""

import keras
import numpy as np
import pytest

from ganzoo import models
from ganzoo.data import Samples, Unpaired

RANDOM = np.random.default_rng(0)
SHAPE = (4, 4, 1)


def images(n, shape=SHAPE):
    return RANDOM.uniform(-1, 1, (n, *shape)).astype("float32")


def times(factor, shape=SHAPE):
    """A network that multiplies by one number."""
    constant = keras.initializers.Constant(factor)
    return keras.Sequential(
        [keras.Input(shape), keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer=constant)]
    )


def game(ab=0.5, ba=0.8, a=0.0, b=0.0, shape=SHAPE, **arguments):
    return models.CycleGAN(*(times(factor, shape) for factor in (ab, ba, a, b)), **arguments)


def factors(model):
    names = ("generator_ab", "generator_ba", "discriminator_a", "discriminator_b")
    return {name: float(getattr(model, name).get_weights()[0].squeeze()) for name in names}


def still(model, *moving):
    """Compiled so that a round moves each of the players `moving` by its gradient, and no other."""
    model.compile({name: keras.optimizers.SGD(float(name in moving)) for name in model.players}, run_eagerly=True)
    return model


# --- losses and gradients ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", [0.0, 0.5])
def test_both_cycles_reach_both_generators(identity):
    """G(x) = g x and F(x) = f x, blind discriminators: both cycles are (1 - f g) |x|, with gradients in g and in f."""
    g, f, weight = 0.5, 0.8, 10.0
    a, b = images(6), images(6)
    size_a, size_b = np.abs(a).mean(), np.abs(b).mean()
    model = still(game(g, f, cycle_weight=weight, identity_weight=identity), "generators")
    loss = model.fit(a, b, batch_size=6, verbose=0).history["generators_loss"][0]
    cycles = (1 - f * g) * (size_a + size_b)
    same = (1 - g) * size_b + (1 - f) * size_a
    assert loss == pytest.approx(2 + weight * (cycles + identity * same), rel=1e-5)
    moved = factors(model)
    assert moved["generator_ab"] == pytest.approx(g + weight * (f * (size_a + size_b) + identity * size_b), rel=1e-5)
    assert moved["generator_ba"] == pytest.approx(f + weight * (g * (size_a + size_b) + identity * size_a), rel=1e-5)


def test_the_cycle_of_one_domain_alone_reaches_both_generators():
    """Were the fakes constant, or one cycle left out, the images of one domain would move one generator."""
    nothing = np.zeros((6, *SHAPE), "float32")
    for a, b in ((images(6), nothing), (nothing, images(6))):
        model = still(game(identity_weight=0.0), "generators")
        model.fit(a, b, batch_size=6, verbose=0)
        assert factors(model)["generator_ab"] != 0.5
        assert factors(model)["generator_ba"] != 0.8


def test_generators_deceive_by_least_squares():
    g, f, d_a, d_b = 0.5, 0.8, 0.3, -0.6
    a, b = images(6), images(6)
    model = still(game(g, f, d_a, d_b, cycle_weight=0.0), "generators")
    loss = model.fit(a, b, batch_size=6, verbose=0).history["generators_loss"][0]
    assert loss == pytest.approx(((d_b * g * a - 1) ** 2).mean() + ((d_a * f * b - 1) ** 2).mean(), rel=1e-5)
    step = (2 * (d_b * g * a - 1) * d_b * a).mean()
    assert factors(model)["generator_ab"] == pytest.approx(g - step, rel=1e-4)


def test_discriminators_tell_apart_by_half_of_least_squares():
    g, f, d_a, d_b = 0.5, 0.8, 0.3, -0.6
    a, b = images(6), images(6)
    model = still(game(g, f, d_a, d_b), "discriminators")
    loss = model.fit(a, b, batch_size=6, verbose=0).history["discriminators_loss"][0]
    told_b = (d_b * b - 1) ** 2 + (d_b * g * a) ** 2
    told_a = (d_a * a - 1) ** 2 + (d_a * f * b) ** 2
    assert loss == pytest.approx(told_a.mean() / 2 + told_b.mean() / 2, rel=1e-5)
    step = ((d_b * b - 1) * b + d_b * (g * a) ** 2).mean()
    assert factors(model)["discriminator_b"] == pytest.approx(d_b - step, rel=1e-4)


def test_discriminators_see_the_fakes_from_before_the_generators_moved():
    a, b = images(1), images(1)
    model = still(game(), "generators")
    model.fit(a, b, batch_size=1, verbose=0)
    assert factors(model)["generator_ab"] != 0.5
    np.testing.assert_allclose(model.buffer_b.images[0], 0.5 * a[0], rtol=1e-6)
    np.testing.assert_allclose(model.buffer_a.images[0], 0.8 * b[0], rtol=1e-6)


# --- the buffer ----------------------------------------------------------------------------------------------------


def test_the_buffer_fills_in_training_alone():
    model = still(game(buffer_size=3))
    model.evaluate(images(4), images(4), batch_size=1, verbose=0)
    assert int(model.buffer_a.filled) == 0
    assert not np.any(model.buffer_a.images)
    model.fit(images(2), images(2), batch_size=1, verbose=0, validation_data=(images(4), images(4)))
    assert int(model.buffer_a.filled) == int(model.buffer_b.filled) == 2
    model.fit(images(4), images(4), batch_size=1, verbose=0)
    assert int(model.buffer_a.filled) == 3
    assert np.abs(model.buffer_b.images).min(axis=(1, 2, 3)).all()


def test_old_fakes_are_shown():
    """Of a generator that gives grey alone from the second round on, the discriminator still sees the first images."""
    a = images(1)
    model = still(game(1.0, 1.0, 0.0, 1.0, buffer_size=1))
    model.fit(a, a, batch_size=1, verbose=0)
    model.generator_ab.set_weights([np.zeros((1, 1, 1, 1))])
    model.compile({name: keras.optimizers.SGD(0.0) for name in model.players})
    samples = Unpaired(np.repeat(a, 20, axis=0), a)
    loss = model.fit(samples, batch_size=1, verbose=0).history["discriminators_loss"][0]
    grey = ((a - 1) ** 2).mean() / 2 + 0.5
    shown = (loss - grey) / ((a**2).mean() / 2)  # rounds in which the first image was, until it was exchanged
    assert 20 * shown == pytest.approx(1, abs=1e-3)


def test_the_buffer_is_saved_with_the_weights(tmp_path):
    model = still(game(buffer_size=2))
    model.fit(images(3), images(3), batch_size=1, verbose=0)
    model.save_weights(tmp_path / "a.weights.h5")
    again = game(buffer_size=2)
    again.load_weights(tmp_path / "a.weights.h5")
    np.testing.assert_array_equal(again.buffer_a.images, model.buffer_a.images)
    assert int(again.buffer_a.filled) == 2


def test_an_empty_buffer_takes_no_space_and_empties_another(tmp_path):
    model = still(game(buffer_size=10_000))
    model.save_weights(tmp_path / "a.weights.h5")
    assert (tmp_path / "a.weights.h5").stat().st_size < 4 * 10_000 * np.prod(SHAPE)
    model.fit(images(3), images(3), batch_size=1, verbose=0)
    assert int(model.buffer_a.filled) == 3
    model.load_weights(tmp_path / "a.weights.h5")
    assert int(model.buffer_a.filled) == int(model.buffer_b.filled) == 0


# --- data and translation ------------------------------------------------------------------------------------------


def test_arrays_of_different_lengths_are_zipped():
    model = still(game())
    history = model.fit(images(5), images(2), batch_size=2, verbose=0)
    assert history.params["steps"] == 3


def test_translate_is_the_generator_of_that_direction():
    model, x = game(0.5, 0.8), images(3)
    np.testing.assert_allclose(model.translate(x), 0.5 * x, rtol=1e-6)
    np.testing.assert_allclose(model.translate(x, to="b"), 0.5 * x, rtol=1e-6)
    np.testing.assert_allclose(model.translate(x, to="a", batch_size=2), 0.8 * x, rtol=1e-6)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda m: m.translate(images(1), to="c"), "to must be 'a' or 'b', .*; got 'c'"),
        (lambda m: m.translate(images(1), to=None), "to must be 'a' or 'b', .*; got None"),
        (
            lambda m: m.translate(images(1, (8, 8, 1))),
            r"the shape \(1, 8, 8, 1\), .* made for \(n, 4, 4, 1\)",
        ),
        (lambda m: m.translate(images(1)[0]), r"images has the shape \(4, 4, 1\)"),
        (lambda m: m.translate(images(1) * 255), r"must lie in \[-1, 1\]"),
        (lambda m: m.translate(images(1), averaged=True), "compiled without"),
        (lambda m: m.fit(images(2), images(2, (8, 8, 1))), r"one shape .* a have \(4, 4, 1\), those of b \(8, 8, 1\)"),
        (
            lambda m: m.fit(images(2, (8, 8, 1)), images(2, (8, 8, 1))),
            r"domain a have the shape \(8, 8, 1\)",
        ),
        (lambda m: m.fit(images(2)), r"fitted on pairs \(a, b\) of images, and the data have the shapes \(4, 4, 1\);"),
        (lambda m: m.fit(images(2), np.zeros(2, "int32")), r"those of b \(\)"),
        (lambda m: m.fit(Samples(images(2), np.zeros(2, "int32"))), r"have the shapes \(4, 4, 1\), \(\); give fit"),
        (lambda m: m.fit(Samples(images(2), np.zeros(2, "int32")).dataset(1)), r"have the shapes \(4, 4, 1\), \(\)"),
        (lambda m: m.fit(Unpaired(images(2, (4, 8, 1)), images(2, (4, 8, 1)))), r"have the shape \(4, 8, 1\)"),
        (lambda m: m.compile({"generator": "adam"}), "'generator', and CycleGAN has generators, discriminators"),
    ],
)
def test_bad_input(act, sentence):
    model = still(game())
    with pytest.raises(ValueError, match=sentence):
        act(model)


@pytest.mark.parametrize(
    ("networks", "sentence"),
    [
        ([None, times(1), times(1), times(1)], "generator_ab must be a Keras model; got NoneType"),
        ([times(1), times(1), times(1), len], "discriminator_b must be a Keras model; got builtin"),
        ([times(1, (None, None, 1)), times(1), times(1), times(1)], "generator_ab has no fixed input shape"),
        ([keras.Sequential(), times(1), times(1), times(1)], "generator_ab has no fixed input shape"),
        (
            [times(1), times(1, (8, 8, 1)), times(1), times(1)],
            r"generator_ab takes images of shape \(4, 4, 1\), which the generator_ba does not take",
        ),
        (
            [times(1), keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten()]), times(1), times(1)],
            r"generator_ba makes images of shape \(16,\) of images of shape \(4, 4, 1\)",
        ),
    ],
)
def test_networks_that_do_not_fit(networks, sentence):
    with pytest.raises(ValueError, match=sentence):
        models.CycleGAN(*networks)


@pytest.mark.parametrize("size", [0, 2.5])
def test_bad_buffer_size(size):
    with pytest.raises(ValueError, match=f"buffer_size must be a positive integer; got {size}"):
        game(buffer_size=size)
