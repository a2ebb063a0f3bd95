"""Losses as plain functions, each a mean over the batch, all to be lowered.

The adversarial ones are functions of logits: D(x) is the sigmoid of the discriminator's logit; for critics the logit is
the value f(x) itself.
"""

import math

from keras import ops

from ganzoo.core.backend import several_replicas

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


# Lim and Ye, "Geometric GAN", 2017, arXiv:1705.02894; Miyato and Koyama, 2018, arXiv:1802.05637.


def hinge_discriminator(real, fake):
    """E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))], with D the logit itself"""
    return ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake))


def hinge_generator(fake):
    """-E[D(G(z))], with D the logit itself"""
    return -ops.mean(fake)


# Odena, Olah and Shlens, "Auxiliary Classifier GANs", 2017, arXiv:1610.09585, equation 3.


def classification(logits, labels):
    """-E[log P(C = c | x)], of logits (batch, n)

    P is a softmax for classes c, integers (batch,); for attributes, multi-hot (batch, n), the product of a sigmoid for
    each.
    """
    if len(labels.shape) == 1:
        return ops.mean(ops.sparse_categorical_crossentropy(labels, logits, from_logits=True))
    return ops.mean(ops.sum(ops.softplus(logits) - ops.cast(labels, logits.dtype) * logits, axis=-1))


# Donahue et al., "Adversarial Feature Learning", 2017, arXiv:1605.09782, equation 3 and section 3.4.


def non_saturating_pair(real, fake):
    """-E[log(1 - D(x, E(x)))] - E[log D(G(z), z)]"""
    return ops.mean(ops.softplus(real)) + ops.mean(ops.softplus(-fake))


# Rosca et al., "Variational Approaches for Auto-Encoding GANs", 2017, arXiv:1706.04987, sections 2 and 3.


def log_ratio(logits):
    """E[log(D / (1 - D))], which is the mean logit: a trained D's estimate of E[log(p of real / p of fake)]"""
    return ops.mean(logits)


def two_fakes_discriminator(real, reconstruction, fake):
    """-E[log D(x)] - E[log(1 - D(G(E(x))))] - E[log(1 - D(G(z)))]"""
    return minimax_discriminator(real, fake) + ops.mean(ops.softplus(reconstruction))


def absolute_error(samples, reconstructions):
    """E[|x - G(E(x))|_1 / dimensions]"""
    return ops.mean(ops.abs(samples - reconstructions))


# Kingma and Welling, "Auto-Encoding Variational Bayes", 2014, arXiv:1312.6114, equation 10 and appendix B.


def kl_from_standard_normal(mean, log_variance):
    """E[KL(N(mean, variance) || N(0, 1))] = E[sum of (mean^2 + variance - 1 - log variance) / 2]"""
    return ops.mean(ops.sum(ops.square(mean) + ops.exp(log_variance) - 1 - log_variance, axis=-1)) / 2


def laplace_negative_log_likelihood(samples, center, scale):
    """-E[log p(x)], p the Laplace distribution with this center and scale b: E[sum of |x - center| / b + log(2 b)]"""
    errors = ops.abs(samples - center) / scale + math.log(2 * scale)
    return ops.mean(ops.sum(ops.reshape(errors, (ops.shape(errors)[0], -1)), axis=-1))


# Larsen et al., "Autoencoding beyond Pixels Using a Learned Similarity Metric", 2016, arXiv:1512.09300, equation 7.


def half_squared_error(features, reconstructed):
    """E[|f(x) - f(G(z))|^2 / features] / 2"""
    return ops.mean(ops.square(features - reconstructed)) / 2


# Ulyanov et al., "It Takes (Only) Two: Adversarial Generator-Encoder Networks", 2018, arXiv:1704.02304, equation 7.


def kl_of_moments(codes):
    """KL(N(m, s^2) || N(0, 1)) / d, m and s the mean and standard deviation of the codes (batch, d) of all replicas"""
    mean, variance = ops.moments(codes, axes=0, synchronized=several_replicas())
    return ops.mean(ops.square(mean) + variance - 1 - ops.log(variance + 1e-8)) / 2
