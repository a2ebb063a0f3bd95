"""Networks that are told the label of a sample beside their first input.

Labels come as vectors (batch, num_classes), one-hot or multi-hot. A dense layer without bias is their embedding: one
row of its kernel for a class, the sum of several for a sample of several attributes.
"""

import keras
from keras import layers

from ganzoo.layers import batch_normalization
from ganzoo.networks.dcgan import pyramid_of
from ganzoo.networks.shapes import check_sizes, halvings


def with_labels(network, num_classes, embedding_dim=10):
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


def dcgan_discriminator_with_labels(
    image_shape, num_classes, width=64, embedding_dim=10, normalization=batch_normalization, name="discriminator"
):
    """The DCGAN's discriminator, with the labels' embedding beside the colours: each of its values fills a plane.

    Args:
        image_shape, width, normalization: as for `dcgan_discriminator`.
        num_classes, embedding_dim: as for `with_labels`.

    Returns:
        keras.Model: [(batch, height, width, channels), (batch, num_classes)] -> (batch, 1) logits.

    Raises:
        ValueError: an image shape that the pyramid does not reach, another argument below 1.
    """
    check_sizes(num_classes=num_classes, width=width, embedding_dim=embedding_dim)
    levels = len(halvings(image_shape)) - 1
    images, labels = keras.Input(image_shape), keras.Input((num_classes,))
    planes = layers.Reshape((1, 1, embedding_dim))(_embedding(embedding_dim)(labels))
    planes = layers.UpSampling2D(image_shape[:2])(planes)  # (batch, height, width, embedding_dim)
    x = pyramid_of(layers.Concatenate()([images, planes]), levels, width, normalization)
    x = layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02), dtype="float32")(x)
    return keras.Model([images, labels], x, name=name)


def _embedding(embedding_dim):
    normal = keras.initializers.RandomNormal(stddev=1.0)
    return layers.Dense(embedding_dim, use_bias=False, kernel_initializer=normal, name="embedding")
