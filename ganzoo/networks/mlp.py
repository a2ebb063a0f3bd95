"""Multilayer perceptrons."""

import math

import keras
from keras import layers

from ganzoo.networks.shapes import check_sizes


def mlp(
    input_shape,
    output_shape,
    width=128,
    depth=3,
    activation="relu",
    output_activation=None,
    normalization=None,
    name=None,
):
    """Dense layers from one shape to another.

    Args:
        input_shape, output_shape: shape of one sample, such as (2,) or (28, 28, 1).
        width: units of each hidden layer.
        depth: number of hidden layers.
        activation: of the hidden layers.
        output_activation: of the last layer, "tanh" for images.
        normalization: function that returns a normalisation layer for each hidden layer, or None for none.

    Returns:
        keras.Model: (batch, *input_shape) -> (batch, *output_shape), float32.

    Raises:
        ValueError: width or depth below 1.
    """
    return joint_mlp([input_shape], output_shape, width, depth, activation, output_activation, normalization, name=name)


def joint_mlp(
    input_shapes,
    output_shape,
    width=128,
    depth=3,
    activation="relu",
    output_activation=None,
    normalization=None,
    name=None,
):
    """The same for several inputs, as a list, which enter the first layer side by side."""
    check_sizes(width=width, depth=depth)
    inputs = [keras.Input(shape) for shape in input_shapes]
    flat = [layers.Flatten()(x) for x in inputs]
    x = layers.Concatenate()(flat) if len(flat) > 1 else flat[0]  # (batch, inputs)
    for _ in range(depth):
        x = layers.Dense(width, use_bias=normalization is None)(x)
        x = normalization()(x) if normalization else x
        x = layers.Activation(activation)(x)
    x = layers.Dense(math.prod(output_shape))(x)
    x = layers.Reshape(output_shape)(x)
    x = layers.Activation(output_activation, dtype="float32")(x)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], x, name=name)
