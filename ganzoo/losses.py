"""Adversarial losses as plain functions of logits, each a mean over the batch.

D(x) is the sigmoid of the discriminator's logit; for critics the logit is the value f(x) itself. All are to be lowered.
"""

from keras import ops

# Goodfellow et al., "Generative Adversarial Nets", 2014, arXiv:1406.2661, equation 1 and section 3.


def minimax_discriminator(real, fake):
    """-E[log D(x)] - E[log(1 - D(G(z)))]"""
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def minimax_generator(fake):
    """E[log(1 - D(G(z)))]"""
    return -ops.mean(ops.softplus(fake))


def non_saturating_generator(fake):
    """-E[log D(G(z))]"""
    return ops.mean(ops.softplus(-fake))


# Mao et al., "Least Squares Generative Adversarial Networks", 2017, arXiv:1611.04076, equation 2.


def least_squares_discriminator(real, fake, fake_target=0.0, real_target=1.0):
    """1/2 E[(D(x) - b)^2] + 1/2 E[(D(G(z)) - a)^2], with a = fake_target, b = real_target and D the logit itself"""
    return (ops.mean(ops.square(real - real_target)) + ops.mean(ops.square(fake - fake_target))) / 2


def least_squares_generator(fake, target=1.0):
    """1/2 E[(D(G(z)) - c)^2], with c = target"""
    return ops.mean(ops.square(fake - target)) / 2


# Arjovsky et al., "Wasserstein GAN", 2017, arXiv:1701.07875, equations 2 and 3.


def wasserstein_critic(real, fake):
    """E[f(G(z))] - E[f(x)]"""
    return ops.mean(fake) - ops.mean(real)


def wasserstein_generator(fake):
    """-E[f(G(z))]"""
    return -ops.mean(fake)
