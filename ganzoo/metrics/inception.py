"""The inception score: how sure a classifier is of each sample, and how many classes it finds among all.

    IS = exp(E_x[KL(p(c|x) || p(c))]),    p(c) = E_x[p(c|x)]

Salimans et al., "Improved Techniques for Training GANs", 2016, arXiv:1606.03498, section 4. Between 1 and the number of
classes, higher is better. It never sees a real sample.
"""

import numpy as np
from scipy.special import xlogy

from ganzoo.metrics.checks import TooFew, rows
from ganzoo.metrics.estimate import Estimate


def inception_score(probabilities, splits=10):
    """The mean of the score over equal splits of the samples.

    Args:
        probabilities: p(c|x), (n, classes), rows that sum to 1, in an order of no meaning.
        splits: number of splits.

    Returns:
        `Estimate`, the standard error that of the mean over the splits; the literature quotes the splits' standard
        deviation, which is sqrt(splits) times as large.

    Raises:
        ValueError: NaN, rows that are no probabilities, splits below 1; `TooFew` where there are fewer rows.
    """
    p = rows(probabilities=probabilities)
    if p.min() < 0 or np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("probabilities must be rows that are not negative and sum to 1; apply a softmax to logits.")
    if splits < 1:
        raise ValueError(f"splits must be at least 1; got {splits}.")
    if len(p) < splits:
        raise TooFew(f"{splits} splits take at least as many rows; got {len(p)}.")
    return Estimate.of([_score(part) for part in np.array_split(p, splits)])


def _score(p):
    marginal = p.mean(axis=0)
    divergence = (xlogy(p, p) - xlogy(p, marginal)).sum(axis=1)  # p > 0 only where its mean is
    return np.exp(divergence.mean())
