"""The logit that takes bounded values to all numbers: Dinh et al., 2017, arXiv:1605.08803, section 4.1."""

import math

import keras
from keras import ops

from ganzoo.bijectors.bijector import Bijector, sum_of_rows


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class Logit(Bijector):
    """y = logit(alpha + (1 - 2 alpha) p), with p = (x - low) / (high - low) in [0, 1].

    The paper has alpha + (1 - alpha) p, which is infinite at p = 1; this is symmetric.

    Args:
        shape: shape of one sample.
        low, high: the range of the data; outside of it the density is zero, and `forward` gives NaN or infinity where
            alpha does not cover it.
        alpha: how far from 0 and 1 the logit stays; above 0 and below a half.
    """

    def __init__(self, shape, low, high, alpha=0.05, **kwargs):
        if not low < high:
            raise ValueError(f"low must be less than high; got {low} and {high}.")
        if not 0 < alpha < 0.5:
            raise ValueError(f"alpha must lie between 0 and 0.5; got {alpha}.")
        super().__init__(shape, **kwargs)
        self.low, self.high, self.alpha = low, high, alpha
        self.domain = (low, high)
        self._slope = (1 - 2 * alpha) / (high - low)

    def forward(self, x, training=False):
        # p and 1 - p each from their own end of the range, so that neither is lost to rounding near the other's.
        p, q = self.alpha + self._slope * (x - self.low), self.alpha + self._slope * (self.high - x)
        log_p, log_q = ops.log(p), ops.log(q)
        return log_p - log_q, sum_of_rows(math.log(self._slope) - log_p - log_q)

    def inverse(self, y, training=False):
        p = ops.sigmoid(y)
        log_det = -math.log(self._slope) - ops.softplus(y) - ops.softplus(-y)
        return self.low + (p - self.alpha) / self._slope, sum_of_rows(log_det)
