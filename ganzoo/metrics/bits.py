"""Bits per dimension of samples, with the error of their mean; see `ganzoo.bits`."""

import numpy as np

from ganzoo.bits import GREY_LEVEL, bits
from ganzoo.metrics.estimate import Estimate


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
