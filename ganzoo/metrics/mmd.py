"""The maximum mean discrepancy, and the test of two samples by it.

    MMD^2 = E[k(x, x')] + E[k(y, y')] - 2 E[k(x, y)]

Gretton et al., "A Kernel Two-Sample Test", JMLR 2012: equation 3 without bias, the bandwidth by the median of the
distances (section 8), the distribution under "both are one" by permutations.
"""

import functools
import warnings

import numpy as np
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.utils import resample

from ganzoo.metrics.checks import rows
from ganzoo.metrics.kernel import unbiased_mmd

KERNELS = ("rbf", "laplacian", "polynomial", "linear")


def mmd(a, b, kernel="rbf", **named):
    """MMD^2 of two samples, without bias.

    Args:
        a, b: (n, d) and (m, d).
        kernel: "rbf", exp(-gamma |x - y|^2), "laplacian", exp(-gamma |x - y|_1), "polynomial" or "linear", as
            `sklearn.metrics.pairwise` has them.
        **named: arguments of the kernel; gamma of the first two is by default 1 / (2 median^2), or 1 / median, of the
            distances.

    Returns:
        float; around 0 where both samples have one distribution.

    Raises:
        ValueError: NaN, different widths, fewer than two rows, an unknown kernel. Rows of which most are the same, so
            that their median distance is 0, give a warning: then the median is that of the distances above 0.
    """
    a, b = _two(a, b)
    return unbiased_mmd(a, b, _kernel(kernel, a, b, named))


def permutation_test(a, b, kernel="rbf", permutations=500, seed=0, **named):
    """The probability that the rows, dealt out to two samples by chance, give an MMD as large as theirs.

    Args: as for `mmd`, and the number of permutations.

    Returns:
        float, the p-value: where both samples have one distribution it is below 0.05 in one case of twenty.
    """
    a, b = _two(a, b)
    matrix = _kernel(kernel, a, b, named)(np.concatenate([a, b]))
    np.fill_diagonal(matrix, 0)
    random = np.random.default_rng(seed)
    first = np.zeros((len(matrix), permutations + 1))
    first[: len(a), 0] = 1
    for column in range(1, permutations + 1):
        first[random.permutation(len(matrix))[: len(a)], column] = 1
    within, total, n, m = np.einsum("ij,ij->j", first, matrix @ first), matrix.sum(), len(a), len(b)
    touched = matrix.sum(axis=0) @ first
    between = touched - within
    others = total - touched - between
    found = within / (n * (n - 1)) + others / (m * (m - 1)) - 2 * between / (n * m)
    return float((found >= found[0] - 1e-12 * np.abs(found[0])).mean())


def _two(a, b):
    a, b = rows(a=a, b=b)
    if min(len(a), len(b)) < 2:
        raise ValueError(f"a and b must have at least two rows each; got {len(a)} and {len(b)}.")
    return a, b


def _kernel(name, a, b, named):
    """The kernel as a function of one or two matrices."""
    if name not in KERNELS:
        raise ValueError(f"kernel must be one of {', '.join(KERNELS)}; got {name!r}.")
    if name in ("rbf", "laplacian") and "gamma" not in named:
        named = {"gamma": _gamma(name, np.concatenate([a, b]))}
    return functools.partial(pairwise_kernels, metric=name, **named)


def _gamma(name, x):
    from scipy.spatial.distance import pdist

    some = resample(x, replace=False, n_samples=min(len(x), 1000), random_state=0)
    distances = pdist(some, "euclidean" if name == "rbf" else "cityblock")
    median = np.median(distances)
    if not median:
        warnings.warn(
            "More than half of the rows are the same, so their median distance is 0; give gamma.", stacklevel=4
        )
        median = np.median(distances[distances > 0]) if distances.any() else 1.0
    return 1 / (2 * median**2) if name == "rbf" else 1 / median
