"""Multilayer perceptrons."""

import math

import keras
from keras import layers

from ganzoo.networks.shapes import check_sizes


def mlp(input_shape, output_shape, width=128, depth=3, activation="relu", output_activation=None, name=None):
    """Dense layers from one shape to another.

    Args:
        input_shape, output_shape: shape of one sample, such as (2,) or (28, 28, 1).
        width: units of each hidden layer.
        depth: number of hidden layers.
        activation: of the hidden layers.
        output_activation: of the last layer, "tanh" for images.

    Returns:
        keras.Model: (batch, *input_shape) -> (batch, *output_shape), float32.

    Raises:
        ValueError: width or depth below 1.
    """
    check_sizes(width=width, depth=depth)
    x = inputs = keras.Input(input_shape)
    x = layers.Flatten()(x)  # (batch, inputs)
    for _ in range(depth):
        x = layers.Dense(width)(x)
        x = layers.Activation(activation)(x)
    x = layers.Dense(math.prod(output_shape))(x)
    x = layers.Reshape(output_shape)(x)
    x = layers.Activation(output_activation, dtype="float32")(x)
    return keras.Model(inputs, x, name=name)
