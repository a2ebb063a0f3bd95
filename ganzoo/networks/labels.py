"""Networks that are told the label of a sample beside their first input.

Labels come as vectors (batch, num_classes), one-hot or multi-hot. A dense layer without bias is their embedding: one
row of its kernel for a class, the sum of several for a sample of several attributes.
"""

import keras
from keras import layers

from ganzoo.networks.shapes import check_sizes


def with_labels(network, num_classes, embedding_dim=50):
    """A network of vectors as one of [vectors, labels]: the labels' embedding is concatenated to the vectors.

    Args:
        network: Keras model, (batch, inputs + embedding_dim) -> (batch, ...).
        num_classes: length of the label vectors.
        embedding_dim: length of the embedding. It begins as standard normal as the noise in a latent vector, so that
            labels are heard from the start.

    Returns:
        keras.Model: [(batch, inputs), (batch, num_classes)] -> what the network gives, of the same name.

    Raises:
        ValueError: num_classes or embedding_dim below 1, or a network that takes no vectors of more than embedding_dim.
    """
    check_sizes(num_classes=num_classes, embedding_dim=embedding_dim)
    shape = tuple(network.inputs[0].shape[1:])
    if len(network.inputs) != 1 or len(shape) != 1 or shape[0] <= embedding_dim:
        raise ValueError(
            f"network must take one vector, longer than the embedding of {embedding_dim}, and it takes the shape "
            f"{shape}; make it for vectors longer by embedding_dim."
        )
    vectors, labels = keras.Input((shape[0] - embedding_dim,)), keras.Input((num_classes,))
    joint = layers.Concatenate()([vectors, _embedding(embedding_dim)(labels)])
    return keras.Model([vectors, labels], network(joint), name=network.name)


def _embedding(embedding_dim):
    normal = keras.initializers.RandomNormal(stddev=1.0)
    return layers.Dense(embedding_dim, use_bias=False, kernel_initializer=normal, name="embedding")
