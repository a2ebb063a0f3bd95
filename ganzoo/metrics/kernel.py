"""The kernel distance: the squared maximum mean discrepancy of a polynomial kernel, without bias.

    k(x, y) = (x.y / d + 1)^3,    MMD^2 = E[k(x, x')] + E[k(y, y')] - 2 E[k(x, y)],   x' other than x, y' than y

Binkowski et al., "Demystifying MMD GANs", 2018, arXiv:1801.01401, section 4; on Inception's features it is the KID.
Lower is better; as it has no bias, that of two samples of one distribution scatters around 0.

The mean over B blocks leaves out the pairs across them: it has up to B times the variance of the value of all pairs.
That one's standard error is by the jackknife,

    error^2 = (n - 1) / n sum_i (M_i - mean)^2 + (m - 1) / m sum_j (M_j - mean)^2,    M_i the MMD^2 without row i

Arvesen, "Jackknifing U-Statistics", 1969: the sums of the kernel's rows give all M_i. It is too large rather than too
small (Efron and Stein, "The Jackknife Estimate of Variance", 1981): by sqrt(2) or so where both have one distribution.
"""

import numpy as np
from sklearn.metrics.pairwise import polynomial_kernel

from ganzoo.metrics.checks import TooFew, rows
from ganzoo.metrics.estimate import Estimate

VALUES = 5_000_000  # of the kernel that are held at a time


def kernel_distance(features_a, features_b, block_size=1000):
    """MMD^2 of two samples: the mean over disjoint blocks of rows, in their order; of few rows that of all pairs.

    Args:
        features_a, features_b: (n, d) and (m, d), in an order of no meaning.
        block_size: rows of either sample in a block; rows left over at the end are not used, and where there are fewer
            than two blocks, all pairs of all rows are.

    Returns:
        `Estimate`, the standard error that of the mean over the blocks; of all pairs the jackknife's, None of fewer
        than three rows.

    Raises:
        ValueError: NaN, different widths; `TooFew`: fewer than two rows.
    """
    a, b = rows(features_a=features_a, features_b=features_b)
    if min(len(a), len(b), block_size) < 2:
        raise TooFew(f"A block needs two rows of each; got {len(a)} and {len(b)} rows, block_size={block_size}.")
    blocks = min(len(a), len(b)) // block_size
    if blocks < 2:
        return _of_all_pairs(a, b)
    a, b = (part[: blocks * block_size].reshape(blocks, block_size, -1) for part in (a, b))
    return Estimate.of([unbiased_mmd(x, y, polynomial_kernel) for x, y in zip(a, b, strict=True)])


def unbiased_mmd(x, y, kernel):
    """MMD^2 of all rows of x (n, d) and y (m, d), by a function that gives the matrix of a kernel: Gretton et al.,
    2012, "A Kernel Two-Sample Test", equation 3."""
    return _mean_apart(kernel(x, x)) + _mean_apart(kernel(y, y)) - 2 * float(kernel(x, y).mean())


def _of_all_pairs(x, y):
    """MMD^2 of all rows, with the error by the jackknife, from the sums of the kernel's rows: `Estimate`."""
    n, m = len(x), len(y)
    x_to_x, y_to_y = (_row_sums(one, one) - ((one**2).mean(axis=1) + 1) ** 3 for one in (x, y))
    x_to_y, y_to_x = _row_sums(x, y), _row_sums(y, x)
    among_x, among_y, between = x_to_x.sum(), y_to_y.sum(), x_to_y.sum()
    value = among_x / (n * (n - 1)) + among_y / (m * (m - 1)) - 2 * between / (n * m)
    if min(n, m) < 3:
        return Estimate(float(value))
    without = (
        (among_x - 2 * x_to_x) / ((n - 1) * (n - 2)) - 2 * (between - x_to_y) / ((n - 1) * m),
        (among_y - 2 * y_to_y) / ((m - 1) * (m - 2)) - 2 * (between - y_to_x) / ((m - 1) * n),
    )  # but for what is the same without any row of x, or of y
    return Estimate(float(value), float(np.sqrt(sum((len(each) - 1) * each.var() for each in without))))


def _row_sums(x, y):
    """sum_j k(x_i, y_j) for each row of x."""
    length = max(1, VALUES // len(y))
    parts = (x[first : first + length] for first in range(0, len(x), length))
    return np.concatenate([polynomial_kernel(part, y).sum(axis=1) for part in parts])


def _mean_apart(matrix):
    """The mean of a square matrix without its diagonal."""
    n = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (n * (n - 1)))
