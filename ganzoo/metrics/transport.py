"""The Wasserstein distance of two samples, exactly, by the best assignment of the rows of one to those of the other.

    W_p^p(a, b) = min over permutations s of 1/n sum_i |a_i - b_s(i)|^p

Villani, "Optimal Transport", 2009, chapter 6. Of n rows in d dimensions it is biased upward by about n^(-1/d): meant
for the plane. It takes n^3 steps.
"""

from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from ganzoo.metrics.checks import rows


def wasserstein(a, b, p=1):
    """W_p of two samples of as many rows, (n, d) each: float, at least 0.

    Raises:
        ValueError: NaN, different widths, different numbers of rows.
    """
    a, b = rows(a=a, b=b)
    if len(a) != len(b):
        raise ValueError(f"a and b must have as many rows; got {len(a)} and {len(b)}: cut the longer one.")
    costs = cdist(a, b) ** p
    return float(costs[linear_sum_assignment(costs)].mean() ** (1 / p))
