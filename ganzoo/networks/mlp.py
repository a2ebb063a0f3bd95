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
    dropout=0.0,
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
        dropout: share of the units of each hidden layer that a training step leaves out. Where several replicas share
            a minibatch, Keras leaves out the same units in each of their shares.

    Returns:
        keras.Model: (batch, *input_shape) -> (batch, *output_shape), float32.

    Raises:
        ValueError: width or depth below 1.
    """
    check_sizes(width=width, depth=depth)
    x = inputs = keras.Input(input_shape)
    x = layers.Flatten()(x)  # (batch, inputs)
    for _ in range(depth):
        x = layers.Dense(width, use_bias=normalization is None)(x)
        x = normalization()(x) if normalization else x
        x = layers.Activation(activation)(x)
        x = layers.Dropout(dropout)(x) if dropout else x
    x = layers.Dense(math.prod(output_shape))(x)
    x = layers.Reshape(output_shape)(x)
    x = layers.Activation(output_activation, dtype="float32")(x)
    return keras.Model(inputs, x, name=name)


def joint_mlp(input_shapes, output_shape, *arguments, input_dropout=0.0, name=None, **named):
    """`mlp` of several inputs, as a list, which enter the first layer side by side; the rest as for `mlp`.

    `input_dropout` is the share of the numbers of the first input that a training step leaves out.
    """
    inputs = [keras.Input(shape) for shape in input_shapes]
    first, *others = (layers.Flatten()(x) for x in inputs)
    first = layers.Dropout(input_dropout)(first) if input_dropout else first
    together = layers.Concatenate()([first, *others])  # (batch, inputs)
    network = mlp(together.shape[1:], output_shape, *arguments, name="perceptron", **named)
    return keras.Model(inputs, network(together), name=name)
