"""Whether a model repeats its training data: nearest neighbours, and a test.

A model that has learned a distribution makes samples as far from the training data as held-out samples are; one that
has learned the data by heart makes them nearer. Of the distances d to the nearest training row

    value = P(d(sample) < d(held-out)) + P(equal) / 2 = U / (n m),    U the Mann-Whitney statistic

Meehan, Chaudhuri and Dasgupta, "A Non-Parametric Test to Detect Data-Copying in Generative Models", 2020,
arXiv:2004.05675, section 2. The standard error is that of DeLong et al., 1988, for areas under a curve.
"""

import dataclasses

import numpy as np
from scipy.stats import mannwhitneyu, norm, rankdata
from sklearn.neighbors import NearestNeighbors

from ganzoo.metrics.checks import rows


@dataclasses.dataclass(frozen=True)
class Memorisation:
    """Whether samples are copies.

    `value`: the probability that a sample lies nearer to the training data than a held-out one does, 1/2 where nothing
    is copied, 1 where all is; below 1/2 samples are further off than real ones; and its `standard_error`. `z` is its
    score, above 3 a sign of copying; `p_value` its one-sided probability; `copies` the share of samples that are a
    training sample.
    """

    value: float
    standard_error: float | None
    z: float
    p_value: float
    copies: float


def nearest_neighbors(samples, training, n=1):
    """The nearest training rows of each sample.

    Args:
        samples, training: (rows, d), images flattened, or features of them.
        n: how many.

    Returns:
        (Euclidean distances, indices into `training`), both (samples, n), the nearest first.

    Raises:
        ValueError: NaN, different widths, n above the number of training rows.
    """
    samples, training = rows(samples=samples, training=training)
    if not 1 <= n <= len(training):
        raise ValueError(f"n must lie between 1 and the {len(training)} training rows; got {n}.")
    return NearestNeighbors(n_neighbors=n).fit(training).kneighbors(samples)


def nearest(samples, parts):
    """The nearest of training rows that come in parts, of which one at a time is held: CIFAR-10 is 1.2 GB of float64.

    Args:
        samples: as above.
        parts: iterable of arrays (rows, d), in the order of the training rows.

    Returns:
        (Euclidean distances, indices into all the rows), both (samples,); errors as above.
    """
    distances, places, before = np.full(len(samples), np.inf), np.zeros(len(samples), int), 0
    for part in parts:
        found, there = (array[:, 0] for array in nearest_neighbors(samples, part))
        places = np.where(found < distances, before + there, places)
        distances, before = np.minimum(distances, found), before + len(part)
    return distances, places


def memorisation(samples, training, held_out):
    """Whether samples lie nearer to the training rows than held-out ones: a `Memorisation`; errors as above."""
    return of_parts(samples, [training], held_out)


def of_parts(samples, parts, held_out):
    """The `Memorisation` of training rows that come in parts, as for `nearest`."""
    samples, held_out = rows(samples=samples, held_out=held_out)
    distances, _ = nearest(np.concatenate([samples, held_out]), parts)
    return _of_distances(*np.split(distances, [len(samples)]))


def _of_distances(of_samples, of_held_out):
    """The `Memorisation` by the distances to the nearest training row, (n,) of samples and (m,) of held-out ones."""
    result = mannwhitneyu(of_held_out, of_samples, alternative="greater")
    nearer = result.statistic / (len(of_samples) * len(of_held_out))
    scale = np.sqrt((np.square(of_held_out).mean() + np.square(of_samples).mean()) / 2)
    copies = float((of_samples <= 1e-6 * max(scale, 1e-12)).mean())
    error = _standard_error(of_held_out, of_samples)
    return Memorisation(float(nearer), error, float(norm.isf(result.pvalue)), float(result.pvalue), copies)


def _standard_error(a, b):
    """Of P(a > b): from how often each a is above a b, and each b below an a; None of fewer than two of either."""
    if min(len(a), len(b)) < 2:
        return None
    ranks = rankdata(np.concatenate([a, b]))
    above = (ranks[: len(a)] - rankdata(a)) / len(b)
    below = (ranks[len(a) :] - rankdata(b)) / len(a)
    return float(np.sqrt(above.var(ddof=1) / len(a) + below.var(ddof=1) / len(b)))
