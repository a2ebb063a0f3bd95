"""How much of a sample an encoder keeps, and how often samples have the label that was asked for.

    ratio     = E|x - G(E(x))|^2 / E|x - y|^2,    y another sample
    agreement = E[argmax_c p(c|x) = y],           y the label that x was made for, p a classifier of real samples

As E|x - y|^2 is twice the variance, the ratio is half of 1 - R^2 of regression: 0.5 where all samples come back as
their mean. The agreement is the GAN-test of Shmelkov et al., "How good is my GAN?", 2018, arXiv:1807.09499.
"""

import numpy as np

from ganzoo.metrics.checks import TooFew
from ganzoo.metrics.estimate import Estimate


def reconstruction_ratio(samples, reconstructions, seed=0):
    """E|x - x'|^2 over E|x - y|^2, y another sample of the same set: 0 where all is kept, 1 where nothing is.

    Args:
        samples, reconstructions: (n, ...), as many, n at least 2.
        seed: of the pairs.

    Returns:
        `Estimate`, its error that of the numerator.

    Raises:
        ValueError: different shapes, NaN, samples that are all the same; `TooFew`: fewer than two.
    """
    x, again = np.asarray(samples, "float64"), np.asarray(reconstructions, "float64")
    if x.shape != again.shape:
        raise ValueError(f"samples and reconstructions must be as many; got {x.shape} and {again.shape}.")
    if len(x) < 2:
        raise TooFew(f"samples must be at least two, to draw pairs from; got {len(x)}.")
    if not (np.isfinite(x).all() and np.isfinite(again).all()):
        raise ValueError("samples or reconstructions hold NaN or infinity; leave those rows out.")
    other = (np.arange(len(x)) + np.random.default_rng(seed).integers(1, len(x), size=len(x))) % len(x)
    axes = tuple(range(1, x.ndim))
    apart = ((x - x[other]) ** 2).sum(axis=axes).mean()
    if not apart:
        raise ValueError("samples are all the same, so that there is nothing to keep.")
    return Estimate.of(((x - again) ** 2).sum(axis=axes) / apart)


def label_agreement(logits, labels):
    """The share of samples that a classifier finds in the class that was asked for.

    Args:
        logits: of classes, or their probabilities; or logits of attributes; (n, classes).
        labels: integers (n,); or of attributes, of which a sample may have several, multi-hot (n, classes).

    Returns:
        (`Estimate`, the share in each class, an array (classes,), NaN where none was asked for). Of attributes the
        share of them that are found or found missing.

    Raises:
        ValueError: other shapes than these, labels of no class, NaN.
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    if logits.ndim != 2 or not len(logits) or labels.shape not in ((len(logits),), logits.shape):
        raise ValueError(f"logits must be (n, classes) and labels (n,); got {logits.shape} and {labels.shape}.")
    if np.isnan(logits).any():
        raise ValueError("logits hold NaN; leave those rows out, or find what makes them.")
    if labels.ndim == 2:
        right = (logits > 0) == (labels > 0)
        return Estimate.of(right.mean(axis=1)), right.mean(axis=0)
    if not (labels.min() >= 0 and labels.max() < logits.shape[1]):
        raise ValueError(f"labels must be from 0 to {logits.shape[1] - 1}; got {labels.min()} to {labels.max()}.")
    right = logits.argmax(axis=1) == labels
    asked = np.bincount(labels, minlength=logits.shape[1]).astype("float64")
    shares = np.full(len(asked), np.nan)
    np.divide(np.bincount(labels, weights=right, minlength=logits.shape[1]), asked, out=shares, where=asked > 0)
    return Estimate.of(right), shares
