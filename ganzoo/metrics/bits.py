"""Bits per dimension: what a sample of grey levels costs by a model's density.

    bits = -(log p(x + u) + D log(bin)) / (D log 2),    u uniform over one bin

Theis, van den Oord and Bethge, "A note on the evaluation of generative models", 2016, arXiv:1511.01844, section 3.1:
the mean over samples is an upper bound of the cost of the discrete values. Lower is better; a uniform density over 256
grey levels has 8. Continuous data have no bins: -log p(x) / (D log 2), which may be negative.
"""

import numpy as np

from ganzoo.metrics.estimate import Estimate

GREY_LEVEL = 1 / 127.5  # the width of one in [-1, 1]


def bits_per_dim(log_density, dimensions, bin_width=GREY_LEVEL):
    """The mean cost of samples.

    Args:
        log_density: log p(x + u), (n,), natural logarithms, on the scale of x.
        dimensions: D, the values of a sample.
        bin_width: of x; 0 for continuous data.

    Returns:
        `Estimate` over the samples.

    Raises:
        ValueError: NaN, another shape, dimensions below 1, a negative width.
    """
    log_density = np.asarray(log_density, "float64")
    if log_density.ndim != 1 or np.isnan(log_density).any():
        raise ValueError(f"log_density must have the shape (n,), and hold no NaN; got {log_density.shape}.")
    if dimensions < 1 or bin_width < 0:
        raise ValueError(f"dimensions must be positive and bin_width not negative; got {dimensions} and {bin_width}.")
    return Estimate.of(bits(log_density, dimensions, bin_width))


def bits(log_density, dimensions, bin_width):
    """Of each sample."""
    log_bin = np.log(bin_width) if bin_width else 0.0
    return -(log_density + dimensions * log_bin) / (dimensions * np.log(2))
