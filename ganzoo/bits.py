"""Bits per dimension: what a sample of grey levels costs by a model's density.

    bits = -(log p(x + u) + D log(bin)) / (D log 2),    u uniform over one bin

Theis, van den Oord and Bethge, "A note on the evaluation of generative models", 2016, arXiv:1511.01844, section 3.1:
the mean over samples is an upper bound of the cost of the discrete values. Lower is better; a uniform density over 256
grey levels has 8. Continuous data have no bins: -log p(x) / (D log 2), which may be negative.
"""

import math

GREY_LEVEL = 1 / 127.5  # the width of one of 256 in [-1, 1]


def bits(log_density, dimensions, bin_width):
    """Of each sample, by log p(x + u), an array or tensor (n,); a bin_width of 0 is that of continuous data."""
    log_bin = math.log(bin_width) if bin_width else 0.0
    return -(log_density + dimensions * log_bin) / (dimensions * math.log(2))
