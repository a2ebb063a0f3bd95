"""The gradient penalties against critics whose gradients are known."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from ganzoo.penalties import gradient_penalty, r1_penalty

RANDOM = np.random.default_rng(0)


def normal(*shape):
    return tf.constant(RANDOM.normal(size=shape), tf.float32)


@pytest.mark.parametrize("output", ["(batch, 1)", "(batch,)"])
def test_linear_critic(output):
    """f(x) = w.x has the gradient w everywhere: here |w| = 13, so (13 - 1)^2."""
    w = tf.constant([[3.0], [4.0], [12.0]])

    def critic(x):
        value = ops.matmul(x, w)
        return value if output == "(batch, 1)" else value[:, 0]

    penalty = gradient_penalty(critic, normal(5, 3), normal(5, 3), tf.constant(RANDOM.uniform(size=5), tf.float32))
    assert float(penalty) == pytest.approx(144.0, rel=1e-5)


def test_quadratic_critic_shows_where_the_gradient_is_taken():
    """f(x) = |x|^2 / 2 has the gradient x, so the penalty is E[(|x_hat| - 1)^2], an epsilon a row."""
    real = tf.constant([[3.0, 4.0], [0.0, 8.0], [6.0, 0.0]])
    fake = tf.constant([[-3.0, 4.0], [0.0, 0.0], [0.0, 8.0]])
    epsilon = tf.constant([1.0, 0.25, 0.5])
    # x_hat: (3, 4), (0, 2), (3, 4), of norms 5, 2, 5
    penalty = gradient_penalty(lambda x: ops.sum(x**2, axis=1) / 2, real, fake, epsilon)
    assert float(penalty) == pytest.approx((16 + 1 + 16) / 3, rel=1e-6)


def test_the_norm_of_an_image_is_over_all_its_pixels():
    """f(x) = 2 sum(x) over 4x4x1 pixels: |grad| = 2 sqrt(16) = 8."""
    images = normal(3, 4, 4, 1)
    penalty = gradient_penalty(lambda x: 2 * ops.sum(x, axis=(1, 2, 3)), images, -images, tf.constant([0.1, 0.5, 0.9]))
    assert float(penalty) == pytest.approx(49.0, rel=1e-5)


def test_zero_gradient_has_a_finite_derivative():
    w = tf.Variable([[0.0], [0.0]])
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(lambda x: ops.matmul(x, w), normal(4, 2), normal(4, 2), tf.zeros(4))
    assert float(penalty) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(tape.gradient(penalty, w).numpy()).all()


def test_derivative_with_respect_to_the_critic():
    """The second derivative through a critic with a hidden layer, against central differences."""
    critic = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
    for variable in critic.weights:
        variable.assign(RANDOM.normal(size=variable.shape))
    real, fake, epsilon = normal(6, 3), normal(6, 3), tf.constant(RANDOM.uniform(size=6), tf.float32)

    def penalty():
        return gradient_penalty(critic, real, fake, epsilon)

    kernel = critic.layers[0].kernel
    with tf.GradientTape() as tape:
        value = penalty()
    derivative = tape.gradient(value, kernel.value).numpy()
    assert np.abs(derivative).max() > 1e-2
    start, step = kernel.numpy(), 1e-2
    for index in np.ndindex(start.shape):
        shift = np.zeros_like(start)
        shift[index] = step
        kernel.assign(start + shift)
        above = float(penalty())
        kernel.assign(start - shift)
        below = float(penalty())
        assert (above - below) / (2 * step) == pytest.approx(derivative[index], rel=2e-2, abs=2e-3)
    kernel.assign(start)


def test_rows_are_penalised_on_their_own():
    """The penalty of two rows is the mean of what each has alone."""
    real, fake, epsilon = normal(2, 3), normal(2, 3), tf.constant([0.3, 0.8])

    def critic(x):
        return ops.sum(x**3, axis=1)

    both = float(gradient_penalty(critic, real, fake, epsilon))
    alone = [float(gradient_penalty(critic, real[i : i + 1], fake[i : i + 1], epsilon[i : i + 1])) for i in range(2)]
    assert both == pytest.approx(np.mean(alone), rel=1e-5)


def test_r1_is_half_the_squared_gradient_at_real_samples():
    """f(x) = |x|^2 / 2 over 1x2x1 pixels has the gradient x: half the mean of 25 and 4."""
    real = tf.constant([[[[3.0], [4.0]]], [[[0.0], [2.0]]]])
    assert float(r1_penalty(lambda x: ops.sum(x**2, axis=(1, 2, 3)) / 2, real)) == pytest.approx(29 / 4, rel=1e-6)
