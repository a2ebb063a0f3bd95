"""How much of the fakes looks real, and how much of the real is found among the fakes.

Balls around each sample, that reach to its k-th nearest neighbour in the same set, stand for the set's manifold:

    precision = share of fakes in a ball of a real sample; recall = share of real samples in a ball of a fake
        Kynkaanniemi et al., "Improved Precision and Recall Metric", 2019, arXiv:1904.06991, equations 1 to 3
    density   = mean number of real balls that a fake lies in, over k
    coverage  = share of the real balls with a fake in them
        Naeem et al., "Reliable Fidelity and Diversity Metrics", 2020, arXiv:2002.09797, equations 5 and 6

Higher is better; density alone can be above 1. Recall and coverage depend on the numbers of samples: compare values of
the same numbers, and of as many fakes as real samples, as the papers do. For two samples of one distribution, n real
and m fakes, the k nearest of all others to a real sample are all real ones with the probability

    1 - E[coverage] = prod_{i=1..k} (n - i) / (n + m - i)

which is 2^-k or so where n = m, and nothing where m is much larger than n.
"""

import numpy as np

from ganzoo.metrics.checks import TooFew, rows

BLOCK = 5_000_000  # distances that are held at a time


def precision_recall_density_coverage(real, fake, k=5):
    """The four shares, from all pairs of distances.

    Args:
        real, fake: features (n, d) and (m, d).
        k: which neighbour a ball reaches to, the sample itself not counted.

    Returns:
        {"precision", "recall", "density", "coverage": float}

    Raises:
        ValueError: NaN, different widths, k below 1; `TooFew` where it is not below the number of rows.
    """
    real, fake = rows(real=real, fake=fake)
    if k < 1:
        raise ValueError(f"k must be at least 1; got {k}.")
    if min(len(real), len(fake)) <= k:
        raise TooFew(f"{k} neighbours take at least {k + 1} rows of each; got {len(real)} and {len(fake)}.")
    real_radii, fake_radii = _radii(real, k), _radii(fake, k)
    inside = np.zeros(len(fake))  # how many real balls a fake lies in
    recalled, covered = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for part, squared in _squared_distances(real, fake):
        in_real = squared <= real_radii[part, None]
        inside += in_real.sum(axis=0)
        covered[part] = in_real.any(axis=1)
        recalled[part] = (squared <= fake_radii).any(axis=1)
    return {
        "precision": float((inside > 0).mean()),
        "recall": float(recalled.mean()),
        "density": float(inside.mean() / k),
        "coverage": float(covered.mean()),
    }


def _radii(x, k):
    """Squared distance of each row to its k-th nearest other; a copy of that one is inside, whatever is rounded."""
    radii = np.empty(len(x))
    for part, squared in _squared_distances(x, x):
        rows_here = np.arange(len(squared))
        squared[rows_here, rows_here + part.start] = 0  # exactly, so that the row itself is the nearest
        radii[part] = np.partition(squared, k, axis=1)[:, k]
    return radii + 1e-12 * x.var(axis=0).sum()


def _squared_distances(a, b):
    """For each block of rows of a: (slice, squared distances (block, rows of b))."""
    centre = b.mean(axis=0)  # so that little is lost by the difference of large numbers
    b = b - centre
    b_squared = np.einsum("ij,ij->i", b, b)
    length = max(1, BLOCK // len(b))
    for first in range(0, len(a), length):
        part = slice(first, min(first + length, len(a)))
        block = a[part] - centre
        squared = (-2 * block) @ b.T
        squared += np.einsum("ij,ij->i", block, block)[:, None]
        squared += b_squared
        yield part, np.maximum(squared, 0, out=squared)
