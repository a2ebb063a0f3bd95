"""Gradient penalties, and the critic's loss that one of them belongs to."""

from keras import ops

from ganzoo.core.backend import input_gradient
from ganzoo.losses import wasserstein_critic


def gradient_penalty(critic, real, fake, epsilon):
    """E[(|grad f(x_hat)| - 1)^2] at x_hat = epsilon x + (1 - epsilon) G(z).

    Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, arXiv:1704.00028, equation 3 and algorithm 1.

    Args:
        critic: function of samples that returns f, shape (batch,) or (batch, 1).
        real, fake: samples of the same shape (batch, ...).
        epsilon: uniform in [0, 1), one a sample, of shape (batch,).

    Returns:
        Scalar, not yet weighted by the paper's lambda.
    """
    epsilon = ops.reshape(epsilon, (-1, *[1] * (len(real.shape) - 1)))
    interpolated = epsilon * real + (1 - epsilon) * fake
    norm = ops.sqrt(_squared_gradient(critic, interpolated) + 1e-12)  # the root's own gradient is infinite at zero
    return ops.mean(ops.square(norm - 1))


def r1_penalty(discriminator, real):
    """E[|grad D(x)|^2] / 2 at real samples x, D being the logit.

    Mescheder et al., "Which Training Methods for GANs do actually Converge?", 2018, arXiv:1801.04406, equation 9.

    Args:
        discriminator: function of samples that returns logits, shape (batch,) or (batch, 1).
        real: samples (batch, ...).

    Returns:
        Scalar, not yet weighted by the paper's gamma.
    """
    return ops.mean(_squared_gradient(discriminator, real)) / 2


def _squared_gradient(critic, samples):
    gradient = ops.cast(input_gradient(critic, samples), "float32")
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(samples.shape))))


def penalized_wasserstein_critic(critic, real, fake, epsilon, penalty_weight):
    """E[f(G(z))] - E[f(x)] + lambda E[(|grad f(x_hat)| - 1)^2], lambda the `penalty_weight`; as `gradient_penalty`."""
    distance = wasserstein_critic(critic(real), critic(fake))
    return distance + penalty_weight * gradient_penalty(critic, real, fake, epsilon)
