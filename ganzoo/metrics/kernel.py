"""The kernel distance: the squared maximum mean discrepancy of a polynomial kernel, without bias.

    k(x, y) = (x.y / d + 1)^3,    MMD^2 = E[k(x, x')] + E[k(y, y')] - 2 E[k(x, y)],   x' other than x, y' than y

Binkowski et al., "Demystifying MMD GANs", 2018, arXiv:1801.01401, section 4; on Inception's features it is the KID.
Lower is better; as it has no bias, that of two samples of one distribution scatters around 0.
"""

import numpy as np
from sklearn.metrics.pairwise import polynomial_kernel

from ganzoo.metrics.checks import TooFew, rows
from ganzoo.metrics.estimate import Estimate


def kernel_distance(features_a, features_b, block_size=1000):
    """MMD^2 of two samples: the mean over disjoint blocks of rows, in their order.

    Args:
        features_a, features_b: (n, d) and (m, d), in an order of no meaning.
        block_size: rows of either sample in a block; rows left over at the end are not used, and where there are fewer
            than two blocks, there is one of all of them.

    Returns:
        `Estimate`, the standard error that of the mean over the blocks; None with one block.

    Raises:
        ValueError: NaN, different widths; `TooFew`: fewer than two rows.
    """
    a, b = rows(features_a=features_a, features_b=features_b)
    if min(len(a), len(b), block_size) < 2:
        raise TooFew(f"A block needs two rows of each; got {len(a)} and {len(b)} rows, block_size={block_size}.")
    blocks = min(len(a), len(b)) // block_size
    if blocks < 2:
        return Estimate(unbiased_mmd(a, b, polynomial_kernel))
    a, b = (part[: blocks * block_size].reshape(blocks, block_size, -1) for part in (a, b))
    return Estimate.of([unbiased_mmd(x, y, polynomial_kernel) for x, y in zip(a, b, strict=True)])


def unbiased_mmd(x, y, kernel):
    """MMD^2 of all rows of x (n, d) and y (m, d), by a function that gives the matrix of a kernel: Gretton et al.,
    2012, "A Kernel Two-Sample Test", equation 3."""
    return _mean_apart(kernel(x, x)) + _mean_apart(kernel(y, y)) - 2 * float(kernel(x, y).mean())


def _mean_apart(matrix):
    """The mean of a square matrix without its diagonal."""
    n = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (n * (n - 1)))
