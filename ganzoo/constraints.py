"""Constraints on weights, which Keras applies after each update of a variable that carries one."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class ClipWeights(keras.constraints.Constraint):
    """Every weight stays in [-bound, bound].

    Arjovsky et al., "Wasserstein GAN", 2017, arXiv:1701.07875, algorithm 1, line 7.
    """

    def __init__(self, bound=0.01):
        if not bound > 0:
            raise ValueError(f"bound must be positive; got {bound}.")
        self.bound = bound

    def __call__(self, w):
        return ops.clip(w, -self.bound, self.bound)

    def get_config(self):
        return {"bound": self.bound}
