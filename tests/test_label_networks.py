"""Networks that are told labels, and conditional batch normalisation."""

import keras
import numpy as np
import pytest

from ganzoo import networks
from ganzoo.layers import ConditionalBatchNormalization, SpectralConv2D, SpectralDense, batch_normalization

RANDOM = np.random.default_rng(0)
ONE_HOT = np.eye(3, dtype="float32")


def test_with_labels_concatenates_an_embedding():
    inner = networks.mlp((5,), (2,), 4)
    network = networks.with_labels(inner, num_classes=3, embedding_dim=2)
    (embedding,) = [layer for layer in network.layers if layer.name == "embedding"]
    vectors, labels = RANDOM.normal(size=(4, 3)).astype("float32"), ONE_HOT[[0, 2, 1, 2]]
    labels[3] = [1, 0, 1]
    joint = np.concatenate([vectors, labels @ embedding.kernel.numpy()], axis=1)
    np.testing.assert_allclose(network([vectors, labels]), inner(joint), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("network", [networks.mlp((2,), (2,), 4), networks.mlp((4, 4, 1), (2,), 4)])
def test_with_labels_refuses(network):
    with pytest.raises(ValueError, match=r"network must take one vector, longer than the embedding of 2, and it takes"):
        networks.with_labels(network, num_classes=3, embedding_dim=2)


def test_label_planes_are_planes():
    """Each value of the embedding fills one plane, the same at every place of its image."""
    network = networks.dcgan_discriminator_with_labels((8, 12, 2), num_classes=3, width=2, embedding_dim=4)
    (embedding,) = [layer for layer in network.layers if layer.name == "embedding"]
    (joint,) = [layer for layer in network.layers if isinstance(layer, keras.layers.Concatenate)]
    images = RANDOM.uniform(-1, 1, (2, 8, 12, 2)).astype("float32")
    seen = keras.Model(network.input, joint.output)([images, ONE_HOT[[2, 0]]]).numpy()
    assert seen.shape == (2, 8, 12, 2 + 4)
    np.testing.assert_array_equal(seen[..., :2], images)
    rows = embedding.kernel.numpy()[[2, 0]]
    np.testing.assert_allclose(seen[..., 2:], np.broadcast_to(rows[:, None, None], (2, 8, 12, 4)), rtol=1e-5)


def test_label_planes_of_all_channels():
    for channels in (1, 2, 3, 4):
        network = networks.dcgan_discriminator_with_labels((8, 8, channels), num_classes=3, width=2)
        assert network.output_shape == (None, 1)
    with pytest.raises(ValueError, match="image_shape has 5 channels"):
        networks.dcgan_discriminator_with_labels((8, 8, 5), num_classes=3, width=2)


@pytest.mark.parametrize("kind", ["images", "vectors"])
def test_projection_is_the_product_of_embedding_and_features(kind):
    """D(x, y) - D(x, y') = (V_y - V_y')'phi(x), and without a label psi(phi(x)) alone."""
    if kind == "images":
        network, x = networks.projection_discriminator((8, 8, 1), 3, 4), RANDOM.uniform(-1, 1, (2, 8, 8, 1))
    else:
        network, x = networks.projection_mlp((2,), 3, 4), RANDOM.normal(size=(2, 2))
    embedding, psi = network.get_layer("embedding"), network.get_layer("psi")
    phi = keras.Model(network.input, psi.input)([x, np.zeros((2, 3))]).numpy()
    assert phi.shape == (2, 4)
    kernel = keras.ops.convert_to_numpy(embedding.kernel)
    plain = network([x, np.zeros((2, 3))]).numpy()
    np.testing.assert_allclose(plain, psi(phi), rtol=1e-5, atol=1e-6)
    for labels in (ONE_HOT[[2, 0]], np.array([[1.0, 0, 1], [1, 1, 1]])):
        expected = plain[:, 0] + ((labels @ kernel) * phi).sum(axis=1)
        np.testing.assert_allclose(network([x, labels]).numpy()[:, 0], expected, rtol=1e-4, atol=1e-5)


def test_the_projection_discriminator_is_normalised_everywhere():
    network = networks.projection_discriminator((8, 8, 3), 3, width=4)
    with_weights = [layer for layer in network.layers if layer.weights]
    assert "embedding" in [layer.name for layer in with_weights]
    assert all(isinstance(layer, SpectralConv2D | SpectralDense) for layer in with_weights)


def test_projection_generator_has_conditional_batch_normalisation_alone():
    network = networks.projection_generator((8, 8, 3), 3, latent_dim=2, width=4)
    kinds = [type(layer) for layer in network.layers if "normalization" in layer.name]
    assert kinds == [ConditionalBatchNormalization] * 5


@pytest.mark.parametrize("size", [(), (2, 3)], ids=["vectors", "images"])
def test_conditional_batch_normalisation(size):
    """The statistics are those of the whole batch, whatever the labels; gain and bias are a class's."""
    x = RANDOM.normal(size=(6, *size, 4)).astype("float32") * 3 + 2
    labels = np.concatenate([ONE_HOT, ONE_HOT[:2], [[1.0, 0, 1]]]).astype("float32")
    layer, plain = ConditionalBatchNormalization(), batch_normalization()
    np.testing.assert_allclose(layer([x, labels], training=True), plain(x, training=True), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer([x, labels]), plain(x), rtol=1e-4, atol=1e-5)
    layer.gains.assign(RANDOM.normal(size=(3, 4)))
    layer.biases.assign(RANDOM.normal(size=(3, 4)))
    each = (6, *[1] * len(size), 4)
    gain = 1 + (labels @ layer.gains.numpy()).reshape(each)
    bias = (labels @ layer.biases.numpy()).reshape(each)
    axes = tuple(range(x.ndim - 1))
    normalised = (x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + 1e-5)
    np.testing.assert_allclose(layer([x, labels], training=True), normalised * gain + bias, rtol=1e-4, atol=1e-4)
    assert layer.compute_output_shape([x.shape, labels.shape]) == x.shape
    assert len(layer.trainable_variables) == 2
