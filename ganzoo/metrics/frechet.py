"""The Frechet distance between Gaussians that have the moments of two samples.

    d^2 = |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))

Dowson and Landau, "The Frechet Distance between Multivariate Normal Distributions", 1982, equation 4; on Inception's
features it is the FID of Heusel et al., 2017, arXiv:1706.08500, equation 6. Lower is better, 0 the least; biased upward
by few samples.
"""

import numpy as np
import scipy.linalg

from ganzoo.metrics.checks import rows, warn_where_degenerate


class Moments:
    """Mean and covariance of rows that come in batches: memory for d x d numbers, whatever the number of rows.

    Attributes: `n`, `mean` (d,), `scatter` (d, d), the sum of outer products of what is centred, and `covariance`, the
    unbiased one.
    """

    def __init__(self):
        self.n, self.mean, self.scatter = 0, 0.0, 0.0

    @classmethod
    def of(cls, features):
        """The moments of an array (n, d)."""
        return cls().add(features)

    def add(self, features):
        """Takes in further rows (n, d), by the update of Chan, Golub and LeVeque, 1979; returns itself."""
        batch = rows(features=features)
        n, mean = len(batch), batch.mean(axis=0)
        centred = batch - mean
        apart, total = mean - self.mean, self.n + n
        self.scatter = self.scatter + centred.T @ centred + np.outer(apart, apart) * (self.n * n / total)
        self.mean = self.mean + apart * (n / total)
        self.n = total
        return self

    @property
    def covariance(self):
        return self.scatter / max(self.n - 1, 1)


def frechet_distance(features_a, features_b):
    """d^2 between the Gaussians that fit two samples.

    Args:
        features_a, features_b: (n, d) and (m, d), or the `Moments` of such.

    Returns:
        float, at least 0.

    Raises:
        ValueError: NaN, or different widths. Fewer samples than dimensions, and features that never change, give a
            warning.
    """
    moments = {}
    for name, given in (("features_a", features_a), ("features_b", features_b)):
        moments[name] = given if isinstance(given, Moments) else Moments.of(rows(**{name: given}))
    a, b = moments.values()
    if a.mean.shape != b.mean.shape:
        raise ValueError(
            f"The rows must have the same number of values; got features_a of {len(a.mean)} and features_b of "
            f"{len(b.mean)}."
        )
    for name, one in moments.items():
        warn_where_degenerate(name, one.n, np.diagonal(one.covariance))
    first, second = a.covariance, b.covariance
    squared = np.sum((a.mean - b.mean) ** 2) + np.trace(first) + np.trace(second) - 2 * trace_of_root(first, second)
    return max(float(squared), 0.0)


def trace_of_root(first, second):
    """tr((C1 C2)^(1/2)) of two covariances (d, d).

    With C1 = L L^T the matrix L^T C2 L has the eigenvalues of C1 C2, and is symmetric: the sum of the roots of its
    eigenvalues needs no root of a matrix. L is the Cholesky factor where C1 is positive definite.
    """
    try:
        factor = np.linalg.cholesky(first)
    except np.linalg.LinAlgError:
        values, vectors = scipy.linalg.eigh(first)
        factor = vectors * np.sqrt(np.clip(values, 0, None))
    values = scipy.linalg.eigvalsh(factor.T @ second @ factor, overwrite_a=True, check_finite=False)
    return float(np.sqrt(np.clip(values, 0, None)).sum())
