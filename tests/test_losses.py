"""Every loss against numbers computed by hand."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses

# Logits at which the sigmoid is a simple fraction: D = 3/4, 1/2 on real samples and 1/5, 1/2 on fakes.
REAL = np.array([[math.log(3)], [0.0]], "float32")
FAKE = np.array([[-math.log(4)], [0.0]], "float32")


def test_minimax_discriminator():
    expected = -(math.log(3 / 4) + math.log(1 / 2)) / 2 - (math.log(4 / 5) + math.log(1 / 2)) / 2
    assert float(losses.minimax_discriminator(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)


def test_minimax_generator():
    expected = (math.log(4 / 5) + math.log(1 / 2)) / 2
    assert float(losses.minimax_generator(FAKE)) == pytest.approx(expected, rel=1e-6)


def test_non_saturating_generator():
    expected = -(math.log(1 / 5) + math.log(1 / 2)) / 2
    assert float(losses.non_saturating_generator(FAKE)) == pytest.approx(expected, rel=1e-6)


def test_least_squares():
    real, fake = np.array([[3.0], [1.0]], "float32"), np.array([[2.0], [0.0]], "float32")
    assert float(losses.least_squares_discriminator(real, fake)) == (4 + 0) / 2 / 2 + (4 + 0) / 2 / 2
    assert float(losses.least_squares_generator(fake)) == (1 + 1) / 2 / 2


def test_least_squares_with_other_targets():
    """a = -1, b = 1, c = 0: the paper's equation 8."""
    real, fake = np.array([[3.0], [1.0]], "float32"), np.array([[2.0], [0.0]], "float32")
    discriminator = losses.least_squares_discriminator(real, fake, fake_target=-1.0, real_target=1.0)
    assert float(discriminator) == (4 + 0) / 2 / 2 + (9 + 1) / 2 / 2
    assert float(losses.least_squares_generator(fake, target=0.0)) == (4 + 0) / 2 / 2


def test_wasserstein():
    real, fake = np.array([[3.0], [1.0]], "float32"), np.array([[0.5], [-1.5]], "float32")
    assert float(losses.wasserstein_critic(real, fake)) == -0.5 - 2.0
    assert float(losses.wasserstein_generator(fake)) == 0.5


def gradient(loss, logit):
    """d loss / d logit at one logit."""
    variable = tf.Variable([[logit]], dtype=tf.float32)
    with tf.GradientTape() as tape:
        value = loss(variable)
    return float(tape.gradient(value, variable)[0, 0])


@pytest.mark.parametrize("logit", [-3.0, 0.0, 2.0])
def test_both_generators_raise_the_logit_and_only_one_saturates(logit):
    """d/dl E[log(1 - D)] = -D, and d/dl -E[log D] = -(1 - D)."""
    share = 1 / (1 + math.exp(-logit))
    assert gradient(losses.minimax_generator, logit) == pytest.approx(-share, rel=1e-5)
    assert gradient(losses.non_saturating_generator, logit) == pytest.approx(share - 1, rel=1e-5)


def test_minimax_is_a_zero_sum_game():
    """What the discriminator lowers on fakes is what the generator raises."""
    on_fakes = losses.minimax_discriminator(np.full((2, 1), 100.0, "float32"), FAKE)
    assert float(on_fakes) == pytest.approx(-float(losses.minimax_generator(FAKE)), rel=1e-6)


@pytest.mark.parametrize("logit", [-1e4, 1e4])
def test_extreme_logits_stay_finite(logit):
    extreme = np.full((2, 1), logit, "float32")
    values = [
        losses.minimax_discriminator(extreme, extreme),
        losses.minimax_generator(extreme),
        losses.non_saturating_generator(extreme),
    ]
    assert np.isfinite(keras.ops.convert_to_numpy(values)).all()
    assert abs(gradient(losses.minimax_generator, logit)) <= 1
    assert abs(gradient(losses.non_saturating_generator, logit)) <= 1


def test_non_saturating_pair():
    expected = -(math.log(1 / 4) + math.log(1 / 2)) / 2 - (math.log(1 / 5) + math.log(1 / 2)) / 2
    assert float(losses.non_saturating_pair(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)


def test_log_ratio():
    """D / (1 - D) is 3 and 1."""
    assert float(losses.log_ratio(REAL)) == pytest.approx(math.log(3) / 2, rel=1e-6)


def test_two_fakes_discriminator():
    """D = 1/2 on both reconstructions."""
    reconstruction = np.zeros((2, 1), "float32")
    expected = -(math.log(3 / 4) + math.log(1 / 2)) / 2 - (math.log(4 / 5) + math.log(1 / 2)) / 2 - math.log(1 / 2)
    assert float(losses.two_fakes_discriminator(REAL, reconstruction, FAKE)) == pytest.approx(expected, rel=1e-6)


SAMPLES = np.array([[1.0, 0.0], [0.5, -1.0]], "float32")
OTHERS = np.array([[0.0, 0.0], [0.5, 1.0]], "float32")


def test_absolute_error():
    assert float(losses.absolute_error(SAMPLES, OTHERS)) == (1 + 0 + 0 + 2) / 4


def test_half_squared_error():
    assert float(losses.half_squared_error(SAMPLES, OTHERS)) == (1 + 0 + 0 + 4) / 4 / 2


def test_laplace_negative_log_likelihood():
    """With the scale 1/2 each of the two dimensions has the density exp(-2 |x - center|)."""
    expected = (2 * 1 + 2 * 2) / 2
    assert float(losses.laplace_negative_log_likelihood(SAMPLES, OTHERS, 0.5)) == pytest.approx(expected, abs=1e-6)


def test_kl_from_standard_normal():
    mean, log_variance = np.array([[0.0, 2.0]], "float32"), np.array([[0.0, math.log(4)]], "float32")
    assert float(losses.kl_from_standard_normal(mean, log_variance)) == pytest.approx((4 + 4 - 1 - math.log(4)) / 2)


def test_kl_of_moments():
    """Means 0 and 1, variances 1 and 4."""
    codes = np.array([[-1.0, -1.0], [1.0, 3.0]], "float32")
    assert float(losses.kl_of_moments(codes)) == pytest.approx((0 + (1 + 4 - 1 - math.log(4)) / 2) / 2, rel=1e-6)


def test_hinge():
    real, fake = np.array([[3.0], [0.5]], "float32"), np.array([[-2.0], [0.5]], "float32")
    assert float(losses.hinge_discriminator(real, fake)) == (0 + 0.5) / 2 + (0 + 1.5) / 2
    assert float(losses.hinge_generator(fake)) == 1.5 / 2


# Logits whose softmax is 1/6, 2/6, 3/6.
CLASS_LOGITS = np.log(np.array([[1, 2, 3], [3, 2, 1]])).astype("float32")


def test_classification_of_classes():
    expected = -(math.log(1 / 6) + math.log(2 / 6)) / 2
    for dtype in ("int32", "int64", "uint8"):
        labels = np.array([0, 1], dtype)
        assert float(losses.classification(CLASS_LOGITS, labels)) == pytest.approx(expected, rel=1e-6)


def test_classification_of_attributes():
    """Each of them by a sigmoid of its own: 1/2, 2/3, 3/4."""
    labels = np.array([[1, 0, 1], [0, 0, 0]])
    expected = -(math.log(1 / 2) + math.log(1 / 3) + math.log(3 / 4) + math.log(1 / 4) + math.log(1 / 3 * 1 / 2)) / 2
    assert float(losses.classification(CLASS_LOGITS, labels)) == pytest.approx(expected, rel=1e-6)


def test_classification_of_extreme_logits_stays_finite():
    logits = np.array([[1e4, -1e4]], "float32")
    assert float(losses.classification(logits, np.array([1]))) == pytest.approx(2e4)
    assert float(losses.classification(logits, np.array([[0, 1]]))) == pytest.approx(2e4)
