"""The affine coupling: Dinh et al., 2017, arXiv:1605.08803, sections 3.2 to 3.4."""

import keras
from keras import ops

from ganzoo.bijectors.bijector import Bijector, sum_of_rows


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class AffineCoupling(Bijector):
    """y = b x + (1 - b) (x exp(s(b x)) + t(b x))                                                    (equation 9)

    with log |det dy/dx| = sum (1 - b) s (equation 6). As b y = b x, the inverse needs no inverse of s or t:
    x = b y + (1 - b) (y - t(b y)) exp(-s(b y)) (equation 8).

    s is g tanh(...), with a learned factor g a channel (section 4.1): so exp(s) is bounded, whatever the network says.

    Args:
        network: Keras model of b x, (batch, *shape) -> (batch, ..., 2 channels): what is inside the tanh, and t.
        mask: function of the shape that gives b, such as `masks.checkerboard`.
        swap: whether the other part is passed on, b' = 1 - b.
        regularizer: a Keras regularizer of g.

    Raises:
        ValueError: a network of other shapes, or a shape that the mask cannot split.
    """

    def __init__(self, network, mask, swap=False, regularizer=None, **kwargs):
        shape = tuple(network.input_shape[1:])
        if tuple(network.output_shape[1:]) != (*shape[:-1], 2 * shape[-1]):
            raise ValueError(
                f"network must give twice the channels that it takes, {shape} -> {(*shape[:-1], 2 * shape[-1])}; it "
                f"gives {tuple(network.output_shape[1:])}."
            )
        b = mask(shape)
        super().__init__(shape, **kwargs)
        self.network, self.mask, self.swap = network, mask, swap
        self.regularizer = keras.regularizers.get(regularizer)
        self._b = 1 - b if swap else b
        self.factor = self.add_weight(shape=shape[-1:], initializer="ones", regularizer=self.regularizer, name="factor")

    def _s_and_t(self, passed, training):
        s, t = ops.split(ops.cast(self.network(passed, training=training), "float32"), 2, axis=-1)
        return self.factor * ops.tanh(s) * (1 - self._b), t * (1 - self._b)

    def forward(self, x, training=False):
        s, t = self._s_and_t(x * self._b, training)
        return x * ops.exp(s) + t, sum_of_rows(s)

    def inverse(self, y, training=False):
        s, t = self._s_and_t(y * self._b, training)
        return (y - t) * ops.exp(-s), -sum_of_rows(s)
