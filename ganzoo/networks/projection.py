"""Residual networks with labels: Miyato and Koyama, 2018, arXiv:1802.05637, over those of SNGAN.

The generator has conditional batch normalisation in place of the plain one. The discriminator gives
y'V phi(x) + psi(phi(x)), phi being the summed features of the image and psi a dense layer; V and psi are spectrally
normalised as all the layers before. Labels y are vectors (batch, num_classes), one-hot or multi-hot.
"""

import keras
from keras import layers, ops

from ganzoo.layers import ConditionalBatchNormalization, SpectralConv2D, SpectralDense
from ganzoo.networks.mlp import mlp
from ganzoo.networks.resnet import image_of, resnet_features
from ganzoo.networks.shapes import check_sizes


def projection_generator(image_shape, num_classes, latent_dim=128, width=128, name="generator"):
    """[latent (batch, latent_dim), labels (batch, num_classes)] -> images; else as `resnet_generator`."""
    check_sizes(latent_dim=latent_dim, num_classes=num_classes, width=width)
    latent, labels = keras.Input((latent_dim,)), keras.Input((num_classes,))

    def normalization():
        layer = ConditionalBatchNormalization()
        return lambda x: layer([x, labels])

    return keras.Model([latent, labels], image_of(latent, image_shape, width, normalization), name=name)


def projection_discriminator(image_shape, num_classes, width=128, name="discriminator"):
    """[images, labels (batch, num_classes)] -> logits (batch, 1); else as `sngan_discriminator`."""
    features = resnet_features(image_shape, width, SpectralConv2D, None)
    return _projected(features.input, ops.sum(features.output, axis=(1, 2)), num_classes, SpectralDense, name)


def projection_mlp(input_shape, num_classes, width=128, depth=3, name="discriminator"):
    """[samples (batch, *input_shape), labels (batch, num_classes)] -> logits: features by a perceptron of `depth`
    hidden layers, at least 2, leaky ReLU, nothing normalised; errors as for `mlp`.
    """
    check_sizes(width=width, depth=depth)
    if depth < 2:
        raise ValueError(f"depth must be at least 2; got {depth}.")
    features = mlp(input_shape, (width,), width, depth - 1, "leaky_relu", output_activation="leaky_relu")
    return _projected(features.input, features.output, num_classes, layers.Dense, name)


def _projected(samples, phi, num_classes, dense, name):
    """The discriminator of features phi (batch, width)."""
    check_sizes(num_classes=num_classes)
    labels = keras.Input((num_classes,))
    embedding = dense(phi.shape[-1], use_bias=False, dtype="float32", name="embedding")(labels)  # y'V, (batch, width)
    projection = ops.sum(embedding * ops.cast(phi, "float32"), axis=-1, keepdims=True)
    return keras.Model([samples, labels], dense(1, dtype="float32", name="psi")(phi) + projection, name=name)
