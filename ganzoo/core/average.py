"""The exponential moving average of a network's weights over the rounds of a game.

Yazici et al., "The Unusual Effectiveness of Averaging in GAN Training", 2019, arXiv:1806.04498, equation 6.
"""

import keras
from keras import ops


def twin(network):
    """A network of the same architecture and weights that no optimizer moves."""
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def follow(copy, network, decay, rounds):
    """One step of the average: copy <- d copy + (1 - d) network, moving statistics included.

    d is min(decay, (1 + rounds) / (10 + rounds)), so that the first rounds do not hold on to random weights.
    """
    rounds = ops.cast(rounds, "float32")
    step = 1 - ops.minimum(decay, (1 + rounds) / (10 + rounds))
    for averaged, weight in zip(copy.weights, network.weights, strict=True):
        averaged.assign(averaged + ops.cast(step, averaged.dtype) * (ops.convert_to_tensor(weight) - averaged))
