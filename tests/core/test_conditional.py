"""Conditional games: the labels reach the networks unchanged and in step, and what is said about bad data."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import core, models, networks
from ganzoo.data import Samples

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=(12, 2)).astype("float32")
CLASSES = np.arange(12) % 3


class Recorder(core.LabelledModel):
    """A game that writes down what each loss sees; the generator's samples are the labels that it was told."""

    def __init__(self, steps=1):
        self.discriminator_steps = steps
        latent, labels = keras.Input((2,)), keras.Input((3,))
        generator = keras.Model([latent, labels], keras.layers.Dense(3, kernel_initializer="identity")(labels))
        super().__init__(generator, keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]))
        self.seen = []

    def discriminator_loss(self, real, fake, labels):
        self.seen.append(("discriminator", np.asarray(real), np.asarray(fake), np.asarray(labels)))
        return keras.ops.mean(self.discriminator(real))

    def generator_loss(self, fake, labels):
        self.seen.append(("generator", None, np.asarray(fake), np.asarray(labels)))
        return keras.ops.mean(fake)

    def default_optimizers(self):
        return {name: keras.optimizers.SGD(0.0) for name in self.players}


@pytest.mark.parametrize("attributes", [False, True])
def test_fakes_have_the_labels_of_the_real_samples(attributes):
    one_hot = np.eye(3, dtype="float32")[CLASSES]
    game = Recorder(steps=2)
    game.compile(run_eagerly=True)
    game.fit(one_hot, one_hot if attributes else CLASSES, batch_size=3, verbose=0)
    assert [name for name, *_ in game.seen] == ["discriminator", "discriminator", "generator"] * 2
    for _, real, fake, labels in game.seen:
        told = labels if attributes else np.eye(3)[labels]
        np.testing.assert_allclose(fake, told, atol=1e-6)
        if real is not None:
            np.testing.assert_array_equal(real, told)


def small(kind=models.ConditionalGAN):
    game = kind.for_vectors(2, num_classes=3, width=4)
    game.compile()
    return game


def test_uint8_labels_are_no_grey_levels():
    """As `keras.datasets.mnist.load_data()` gives them."""
    ends = []
    for labels in (CLASSES.astype("uint8"), CLASSES):
        keras.utils.set_random_seed(0)
        game = small()
        game.fit(VECTORS, labels, batch_size=4, verbose=0)
        ends.append(game.get_weights())
    for ours, theirs in zip(*ends, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    samples = Samples(VECTORS, CLASSES.astype("uint8"))
    assert samples.take([1, 2])[1].tolist() == [1, 2]


@pytest.mark.parametrize("labels", [CLASSES[:, None], CLASSES + 1, CLASSES - 1, CLASSES.astype("float32")])
@pytest.mark.parametrize("as_dataset", [False, True])
def test_fit_refuses_bad_labels(labels, as_dataset):
    data = {"x": tf.data.Dataset.from_tensor_slices((VECTORS, labels)).batch(4)} if as_dataset else None
    with pytest.raises(ValueError, match=r"^labels must (be integers|lie between 0 and 2)"):
        small().fit(**data or {"x": VECTORS, "y": labels, "batch_size": 4}, verbose=0)
    if not as_dataset:
        with pytest.raises(ValueError, match=r"^labels must (be integers|lie between 0 and 2)"):
            small().fit(Samples(VECTORS, labels), verbose=0)


@pytest.mark.parametrize("data", [VECTORS, Samples(VECTORS), tf.data.Dataset.from_tensor_slices(VECTORS).batch(4)])
def test_fit_refuses_data_without_labels(data):
    with pytest.raises(ValueError, match="ConditionalGAN needs labels, and the data have none; give fit"):
        small().fit(data, verbose=0)


def test_generate_and_discriminate_refuse_bad_labels():
    game = small()
    with pytest.raises(ValueError, match="labels must be one for each row; got 3 labels for 2 rows"):
        game.generate(2, labels=[0, 1, 2])
    with pytest.raises(ValueError, match="labels must lie between 0 and 2, and one is 3"):
        game.generate(1, labels=[3])
    with pytest.raises(ValueError, match="labels must be one for each row"):
        game.discriminate(VECTORS, CLASSES[:3])
    with pytest.raises(ValueError, match="The samples have the shape"):
        game.discriminate(VECTORS[:, :1], CLASSES)


@pytest.mark.parametrize("kind", [models.ConditionalGAN, models.ProjectionGAN])
def test_the_discriminator_hears_the_label(kind):
    game = kind.for_images((8, 8, 1), num_classes=3, width=4)
    images = RANDOM.uniform(-1, 1, (2, 8, 8, 1))
    one = game.discriminate(images, [0, 1])
    other = game.discriminate(images, [0, 2])
    assert one.shape == (2, 1)
    np.testing.assert_allclose(one[0], other[0], rtol=1e-5)
    assert one[1] != other[1]
    np.testing.assert_allclose(game.discriminate(images, np.eye(3)[[0, 1]]), one, rtol=1e-5)


def test_ac_gan_tells_source_and_class():
    game = models.ACGAN.for_images((8, 8, 1), num_classes=3, width=4)
    images = RANDOM.uniform(-1, 1, (5, 8, 8, 1)).astype("float32")
    logits = game.discriminator(images).numpy()
    np.testing.assert_allclose(game.discriminate(images), logits[:, :1], atol=1e-6)
    np.testing.assert_allclose(game.classify(images), logits[:, 1:], atol=1e-6)


def test_networks_that_do_not_fit():
    generator = networks.with_labels(networks.mlp((4,), (2,), 3), 3, 2)
    plain, three = networks.mlp((2,), (2,), 3), networks.mlp((2,), (3,), 3)
    with pytest.raises(ValueError, match=r"generator must take \[latent, labels\], .*ganzoo.networks.with_labels"):
        models.ConditionalGAN(plain, plain)
    with pytest.raises(ValueError, match=r"labels of shape \(3,\), which the discriminator does not take"):
        models.ConditionalGAN(generator, plain)
    with pytest.raises(ValueError, match=r"discriminator must give 1 \+ 3 logits, .*; it gives the shape \(3,\)"):
        models.ACGAN(generator, three)
    with pytest.raises(ValueError, match="discriminator_steps must be a positive integer; got 0"):
        models.ProjectionGAN.for_vectors(2, num_classes=3, width=4, discriminator_steps=0)
