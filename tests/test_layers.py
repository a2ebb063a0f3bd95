"""Spectral normalisation as a parametrisation, and the normalisations of the networks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import (
    BatchNormalization,
    DoubleSize,
    SpectralConv2D,
    SpectralDense,
    batch_normalization,
    layer_normalization,
)

RANDOM = np.random.default_rng(0)
KINDS = {
    "dense": (lambda: SpectralDense(4), (7,)),
    "conv": (lambda: SpectralConv2D(4, 3, padding="same"), (5, 5, 2)),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def built(kind):
    """(the layer, a random batch of inputs); its weights are far from the norm 1."""
    make, shape = KINDS[kind]
    layer = make()
    layer.build((None, *shape))
    layer._kernel.assign(RANDOM.normal(size=layer._kernel.shape))
    return layer, RANDOM.normal(size=(3, *shape)).astype("float32")


def singular_values(kernel):
    kernel = np.asarray(kernel, "float64")
    return np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)


@each_kind
def test_used_kernel_has_the_spectral_norm_1(kind):
    layer, inputs = built(kind)
    before = layer._kernel.numpy()
    for _ in range(60):
        layer(inputs, training=True)
    assert singular_values(before)[0] > 1.5
    assert singular_values(layer.kernel)[0] == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_allclose(layer.kernel, before / singular_values(before)[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(layer._kernel.numpy(), before)


@each_kind
def test_outputs_are_those_of_the_divided_kernel(kind):
    layer, inputs = built(kind)
    layer.bias.assign(RANDOM.normal(size=4))
    for _ in range(60):
        layer(inputs, training=True)
    plain = keras.layers.Dense(4) if kind == "dense" else keras.layers.Conv2D(4, 3, padding="same")
    plain.build(inputs.shape)
    raw = layer._kernel.numpy()
    plain.set_weights([raw / singular_values(raw)[0], layer.bias.numpy()])
    np.testing.assert_allclose(layer(inputs), plain(inputs), rtol=1e-4, atol=1e-5)


@each_kind
def test_u_moves_only_in_training(kind):
    layer, inputs = built(kind)
    start = layer.u.numpy()
    first = layer(inputs)
    layer(inputs, training=False)
    np.testing.assert_array_equal(layer.u.numpy(), start)
    np.testing.assert_array_equal(layer(inputs), first)
    layer(inputs, training=True)
    assert np.abs(layer.u.numpy() - start).max() > 1e-3
    assert len(layer.trainable_variables) == 2  # the kernel and the bias, not u


@each_kind
def test_gradient_flows_through_sigma(kind):
    """Against central differences of sum(c W / sigma(W)), with sigma from numpy's SVD."""
    layer, _ = built(kind)
    raw = layer._kernel.numpy()
    layer.u.assign(np.linalg.svd(raw.reshape(-1, 4))[2][:1])
    weights = raw + RANDOM.normal(size=raw.shape)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer.kernel * tf.constant(weights, tf.float32))
    gradient = tape.gradient(value, layer._kernel.value).numpy()
    start, step = layer._kernel.numpy().astype("float64"), 1e-5

    def function(kernel):
        return (weights * kernel / singular_values(kernel)[0]).sum()

    expected = np.zeros_like(start)
    for index in np.ndindex(start.shape):
        shift = np.zeros_like(start)
        shift[index] = step
        expected[index] = (function(start + shift) - function(start - shift)) / (2 * step)
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-4)
    # without the path through sigma it would be the weights alone
    assert np.abs(gradient - weights / singular_values(start)[0]).max() > 0.2


@each_kind
def test_save_and_load(kind, tmp_path):
    make, shape = KINDS[kind]
    layer = make()
    model = keras.Sequential([keras.Input(shape), layer])
    layer._kernel.assign(RANDOM.normal(size=layer._kernel.shape))
    inputs = RANDOM.normal(size=(3, *shape)).astype("float32")
    model(inputs, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0]) is type(layer)
    np.testing.assert_array_equal(loaded.layers[0]._kernel.numpy(), layer._kernel.numpy())
    np.testing.assert_array_equal(loaded.layers[0].u.numpy(), layer.u.numpy())
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


def test_layer_normalization_is_over_height_width_and_channels():
    layer = layer_normalization()
    inputs = RANDOM.normal(size=(2, 3, 5, 4)).astype("float32") * 3 + 7
    layer.build(inputs.shape)
    gain, bias = RANDOM.normal(size=(2, 4)).astype("float32")
    layer.set_weights([gain, bias])
    mean, variance = inputs.mean(axis=(1, 2, 3), keepdims=True), inputs.var(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(
        layer(inputs), (inputs - mean) / np.sqrt(variance + 1e-5) * gain + bias, rtol=1e-4, atol=1e-4
    )


def test_batch_normalization_constants():
    layer = batch_normalization()
    inputs = RANDOM.normal(size=(6, 2, 2, 3)).astype("float32") + 5
    layer(inputs, training=True)
    np.testing.assert_allclose(layer.moving_mean.numpy(), 0.1 * inputs.mean(axis=(0, 1, 2)), rtol=1e-4)
    assert layer.epsilon == 1e-5


def test_batch_normalization_refuses_other_axes():
    again = BatchNormalization.from_config(batch_normalization().get_config())
    assert again.axis == -1
    with pytest.raises(ValueError, match="axis must be -1; got 1"):
        BatchNormalization(axis=1)


def test_double_size_repeats_every_pixel():
    images = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")
    found = np.asarray(DoubleSize()(images))
    np.testing.assert_array_equal(found, images.repeat(2, axis=1).repeat(2, axis=2))
