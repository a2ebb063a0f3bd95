"""The engine's own kernels against those of Keras."""

import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import core
from ganzoo.layers import BatchNormalization, LeakyReLU
from ganzoo.penalties import gradient_penalty

RANDOM = np.random.default_rng(0)


def normal(*shape):
    return tf.constant(RANDOM.normal(size=shape), "float32")


@pytest.mark.parametrize("shape", [(6, 5, 4, 3), (40, 3), (6, 7, 3)])
def test_batch_normalization_is_that_of_keras(shape):
    ours, theirs = (kind(momentum=0.9, epsilon=1e-5) for kind in (BatchNormalization, keras.layers.BatchNormalization))
    ours.build((None, *shape[1:]))
    theirs.build((None, *shape[1:]))
    weights = [RANDOM.uniform(0.5, 2, (3,)) for _ in range(4)]
    x, upstream = 3 * normal(*shape) + 1, normal(*shape)
    outcomes = []
    for layer in (ours, theirs):
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        gradients = tape.gradient(y, [x, layer.gamma.value, layer.beta.value], output_gradients=upstream)
        outcomes.append([y, *gradients, *layer.weights, layer(x, training=False)])
    for mine, keras_own in zip(*outcomes, strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=1e-4, atol=1e-5)


def test_a_frozen_batch_normalization_keeps_its_statistics():
    layer = BatchNormalization()
    layer.build((None, 3))
    layer.trainable = False
    layer(normal(5, 3), training=True)
    np.testing.assert_array_equal(layer.moving_mean, np.zeros(3))


def test_batch_normalization_of_bfloat16_has_float32_statistics():
    x = 3 * normal(64, 8, 8, 3) + 100
    half, full = BatchNormalization(dtype="mixed_bfloat16"), BatchNormalization()
    y, exact = (
        half(tf.cast(x, "bfloat16"), training=True),
        full(tf.cast(tf.cast(x, "bfloat16"), "float32"), training=True),
    )
    assert y.dtype == tf.bfloat16
    assert half.moving_mean.dtype == "float32"
    np.testing.assert_allclose(half.moving_variance, full.moving_variance, rtol=1e-5)
    np.testing.assert_allclose(tf.cast(y, "float32"), exact, atol=0.02)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_leaky_relu_is_that_of_keras(dtype):
    x = tf.cast(normal(50), dtype)
    outcomes = []
    for layer in (LeakyReLU(0.2, dtype=dtype), keras.layers.LeakyReLU(0.2, dtype=dtype)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        outcomes.append((y, tape.gradient(y, x)))
    for mine, keras_own in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(tf.cast(mine, "float32"), tf.cast(keras_own, "float32"))


def test_leaky_relu_keeps_nothing_of_its_input():
    """A convolution whose output something else reads cannot be one kernel with its activation."""
    layers = [keras.layers.Conv2D(3, 3), LeakyReLU(0.2), keras.layers.Flatten(), keras.layers.Dense(1)]
    network = keras.Sequential([keras.Input((8, 8, 1)), *layers])

    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            y = network(x, training=True)
        return tape.gradient(y, network.layers[0].kernel.value)

    graph = gradient.get_concrete_function(normal(2, 8, 8, 1)).graph
    (inputs,) = (operation.inputs[0] for operation in graph.get_operations() if operation.type == "LeakyRelu")
    assert "LeakyReluGrad" not in [reader.type for reader in inputs.consumers()]


def test_a_gradient_penalty_through_leaky_relu_is_the_same():
    """And the layers before see no gradient of zeros: the graph has no more convolutions than the mathematics."""
    real, fake, epsilon = normal(4, 8, 8, 1), normal(4, 8, 8, 1), tf.constant([0.1, 0.4, 0.7, 0.9])
    weights, outcomes, convolutions = None, [], []
    for kind in (LeakyReLU, keras.layers.LeakyReLU):
        layers = [keras.layers.Conv2D(3, 3), kind(0.2), keras.layers.Conv2D(2, 3), kind(0.2), keras.layers.Flatten()]
        critic = keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(1)])
        weights = weights or critic.get_weights()
        critic.set_weights(weights)
        kernels = [layer.kernel.value for layer in critic.layers if hasattr(layer, "kernel")]

        @tf.function
        def gradients(critic=critic, kernels=kernels):
            with tf.GradientTape() as tape:
                penalty = gradient_penalty(critic, real, fake, epsilon)
            return tape.gradient(penalty, kernels)

        outcomes.append(gradients())
        operations = gradients.get_concrete_function().graph.get_operations()
        convolutions.append(sum("Conv2D" in operation.type for operation in operations))
    for mine, keras_own in zip(*outcomes, strict=True):
        np.testing.assert_allclose(mine, keras_own, atol=1e-6)
    assert convolutions[0] < convolutions[1]


def test_noise_of_many_shapes_is_nothing_to_warn_of():
    """TensorFlow counts tracings by code, and asks for help where many are of one function."""
    said, handler = [], logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    tf.get_logger().addHandler(handler)
    for size in range(101, 113):
        assert core.row_noise([0, 1], (size,)).shape == (2, size)
    tf.get_logger().removeHandler(handler)
    assert not said
