"""CycleGAN's networks: their layers and sizes are the paper's, and what they refuse."""

import keras
import numpy as np
import pytest

from ganzoo.layers import ReflectionPadding2D, instance_normalization
from ganzoo.networks import cyclegan_generator, patchgan_discriminator

RANDOM = np.random.default_rng(0)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def receptive_field(halvings):
    """Height and width of the patch that one logit of `patchgan_discriminator` judges, in pixels."""
    pixels = 1
    for strides in (1, 1, *[2] * halvings):  # from the map back to the image
        pixels = (pixels - 1) * strides + 4
    return pixels


def test_the_paper_s_generator():
    """11.378 million weights in the authors' code, of which 5,248 are biases that instance normalisation takes out."""
    generator = cyclegan_generator((256, 256, 3))
    assert generator.count_params() == 11_378_179 - 5_248
    strided = [layer.filters for layer in layers_of(generator, keras.layers.Conv2D) if layer.strides == (2, 2)]
    assert strided == [128, 256]
    assert [layer.filters for layer in layers_of(generator, keras.layers.Conv2DTranspose)] == [128, 64]
    assert [layer.padding for layer in layers_of(generator, ReflectionPadding2D)] == [3, *[1] * 18, 3]


def test_the_paper_s_discriminator():
    """2.765 million weights in the authors' code, of which 896 are biases that instance normalisation takes out."""
    discriminator = patchgan_discriminator((256, 256, 3))
    assert discriminator.count_params() == 2_764_737 - 896
    assert [layer.filters for layer in layers_of(discriminator, keras.layers.Conv2D)] == [64, 128, 256, 512, 1]
    assert discriminator.output_shape == (None, 32, 32, 1)


@pytest.mark.parametrize(("side", "blocks"), [(64, 6), (128, 6), (132, 9), (256, 9)])
def test_blocks_by_size(side, blocks):
    for shape, given, there in (((side, 8, 1), None, blocks), ((8, side, 1), None, blocks), ((8, side, 1), 2, 2)):
        generator = cyclegan_generator(shape, width=1, blocks=given)
        assert len(layers_of(generator, ReflectionPadding2D)) == 2 + 2 * there


@pytest.mark.parametrize("shape", [(8, 8, 1), (8, 12, 2), (12, 8, 3), (28, 28, 1), (32, 64, 4), (64, 64, 3)])
def test_sizes(shape):
    images = RANDOM.uniform(-1, 1, (2, *shape)).astype("float32")
    made = keras.ops.convert_to_numpy(cyclegan_generator(shape, width=2, blocks=1)(images * 1e3))
    assert made.shape == images.shape
    assert made.dtype == np.float32
    assert np.abs(made).max() <= 1
    logits = patchgan_discriminator(shape, width=2)(images)
    assert logits.shape == (2, shape[0] // 2, shape[1] // 2, 1)
    assert np.std(logits, axis=(1, 2)).min() > 0


@pytest.mark.parametrize(("side", "pixels"), [(8, 16), (32, 16), (64, 16), (100, 34), (128, 34), (256, 70), (512, 142)])
def test_a_patch_is_scaled_to_the_image(side, pixels):
    discriminator = patchgan_discriminator((side, side, 1), width=1)
    halvings = round(np.log2(side / discriminator.output_shape[1]))
    assert receptive_field(halvings) == pixels


@pytest.mark.parametrize(("shape", "map_shape"), [((16, 256, 1), (4, 64)), ((128, 8, 1), (64, 4))])
def test_the_shorter_side_keeps_four_logits(shape, map_shape):
    assert patchgan_discriminator(shape, width=1).output_shape[1:3] == map_shape


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_a_logit_sees_its_patch_alone(halvings):
    """But for the normalisation, which knows the whole image."""
    side = 128
    network = patchgan_discriminator((side, side, 1), width=1, halvings=halvings)
    x = inputs = keras.Input((side, side, 1))
    for layer in network.layers[1:]:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.ones_like(weight) for weight in layer.get_weights()])
            x = layer(x)
    linear = keras.Model(inputs, x)
    dark, middle = np.zeros((1, side, side, 1), "float32"), side // 2 // 2**halvings
    before = keras.ops.convert_to_numpy(linear(dark))[0, middle, middle, 0]
    spots = np.zeros((side, side, side, 1), "float32")  # one bright row each
    spots[np.arange(side), np.arange(side)] = 1.0
    seen = keras.ops.convert_to_numpy(linear(spots))[:, middle, middle, 0] != before
    assert seen.sum() == receptive_field(halvings)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: cyclegan_generator((30, 32, 3)), "the size 30x32, .* multiples of 4 from 8 on; resize"),
        (lambda: cyclegan_generator((4, 8, 3)), "the size 4x8"),
        (lambda: cyclegan_generator((8, 8)), r"three integers \(height, width, channels\); got \(8, 8\)"),
        (lambda: patchgan_discriminator((8, 8.0, 1)), "three integers"),
        (lambda: patchgan_discriminator((8, 8, 5)), "has 5 channels"),
        (lambda: cyclegan_generator((8, 8, 1), width=0), "width must be a positive integer; got 0"),
        (lambda: cyclegan_generator((8, 8, 1), blocks=0), "blocks must be a positive integer; got 0"),
        (lambda: patchgan_discriminator((64, 64, 1), halvings=0), "halvings must be a positive integer; got 0"),
        (lambda: patchgan_discriminator((64, 64, 1), halvings=5), "halvings=5 takes an image of 64x64 below 4 pixels"),
    ],
)
def test_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_reflection_padding():
    x = RANDOM.normal(size=(2, 4, 5, 3)).astype("float32")
    layer = ReflectionPadding2D.from_config(ReflectionPadding2D(2).get_config())
    np.testing.assert_array_equal(layer(x), np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect"))
    assert layer(keras.Input((None, None, 3))).shape == (None, None, None, 3)


def test_instance_normalization_is_of_each_channel_of_each_image():
    x = RANDOM.normal(2.0, 3.0, size=(2, 6, 5, 3)).astype("float32")
    mean, std = x.mean(axis=(1, 2), keepdims=True), x.std(axis=(1, 2), keepdims=True)
    layer = instance_normalization()
    np.testing.assert_allclose(layer(x, training=True), (x - mean) / std, atol=1e-4)
    assert not layer.weights
