"""Ways through the latent space: interpolation and arithmetic.

    White, "Sampling Generative Networks", 2016, arXiv:1609.04468, section 2; Radford et al., 2016, arXiv:1511.06434,
    section 6.3.2.

Both are done on the standard normal noise that a model's `prior` makes latent vectors of, whatever that prior is.
"""

import numpy as np
from keras import ops

from ganzoo.core import row_noise


def linear(a, b, t):
    """(1 - t) a + t b: t of shape (steps,), a and b (n, d), the points (n, steps, d)."""
    t = np.asarray(t, "float32")[:, None]
    return (1 - t) * a[:, None] + t * b[:, None]


def spherical(a, b, t):
    """sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b, w the angle between a and b; shapes as for `linear`.

    In many dimensions normal noise has nearly one length, which this keeps and the straight line does not. Where a and
    b lie on one line through 0, it is the straight line.
    """
    cosine = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-12)
    angle = np.arccos(np.clip(cosine, -1, 1))[:, None, None]
    t = np.asarray(t, "float32")[:, None]
    bent = np.sin(angle) > 1e-4
    sine = np.where(bent, np.sin(angle), 1.0)
    start, end = np.sin((1 - t) * angle) / sine, np.sin(t * angle) / sine
    return np.where(bent, start * a[:, None] + end * b[:, None], linear(a, b, t[:, 0])).astype("float32")


def noise_of(model, seeds):
    """The standard normal noise (n, latent_dim) of seeds (n,): `model.prior` of it is `model.latent(seeds)`."""
    return ops.convert_to_numpy(row_noise(seeds, (model.latent_dim,)))


def interpolate(model, starts, ends, steps=8, path=spherical, **named):
    """Samples on the way from some seeds to others: NumPy float32 of shape (n, steps, ...), both ends included.

    Args:
        model: one with `generate`.
        starts, ends: integers (n,), the seeds of the first and the last sample of each row.
        steps: samples a row, at least 2.
        path: `spherical` or `linear`.
        **named: for `model.decode`; labels, of conditional models, have n * steps rows. By default row i has the class
            i modulo num_classes.

    Raises:
        ValueError: fewer than two steps.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, the two ends; got {steps}.")
    points = path(noise_of(model, starts), noise_of(model, ends), np.linspace(0, 1, steps))
    if hasattr(model, "num_classes"):
        named = {"labels": np.repeat(np.arange(len(starts)) % model.num_classes, steps)} | named
    samples = model.decode(model.prior(points.reshape(-1, model.latent_dim)), **named)
    return samples.reshape(len(starts), steps, *samples.shape[1:])


def arithmetic(model, *terms, **named):
    """The sample at a sum of means of noise, such as (smiling women) - (neutral women) + (neutral men).

    Args:
        model: one with `generate`.
        *terms: pairs (weight, seeds): each adds weight times the mean of the noise of these seeds.
        **named: for `model.decode`; of conditional models `labels`, the one of the sample.

    Returns:
        NumPy float32 of shape (1, ...).

    Raises:
        ValueError: a conditional model without labels.
    """
    if hasattr(model, "num_classes") and "labels" not in named:
        raise ValueError(f"{type(model).__name__} is told labels: give that of the sample, such as labels=[3].")
    total = sum(weight * noise_of(model, seeds).mean(axis=0, keepdims=True) for weight, seeds in terms)
    return model.decode(model.prior(total), **named)
