"""Networks: the sizes they reach, what is inside them, and what they refuse."""

import keras
import numpy as np
import pytest

from ganzoo import models, networks
from ganzoo.layers import SpectralConv2D, SpectralDense, layer_normalization
from ganzoo.networks.shapes import halvings, pyramid

SIZES = [(side, side) for side in (8, 10, 12, 14, 16, 20, 28, 32, 48, 64, 96, 128)] + [(28, 32), (64, 128), (8, 126)]
GENERATORS = {"dcgan": networks.dcgan_generator, "resnet": networks.resnet_generator}
DISCRIMINATORS = {
    "dcgan": networks.dcgan_discriminator,
    "resnet": networks.resnet_discriminator,
    "sngan": networks.sngan_discriminator,
}
RANDOM = np.random.default_rng(0)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_generators_of_all_sizes(kind, height, width):
    channels = 1 + (height + width) // 2 % 4
    generator = GENERATORS[kind]((height, width, channels), latent_dim=3, width=2)
    images = generator(RANDOM.normal(size=(2, 3)) * 1e3).numpy()
    assert generator.output_shape == (None, height, width, channels)
    assert images.shape == (2, height, width, channels)
    assert images.dtype == np.float32
    assert np.abs(images).max() <= 1


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_discriminators_of_all_sizes(kind, height, width):
    discriminator = DISCRIMINATORS[kind]((height, width, 1), width=2)
    logits = discriminator(RANDOM.uniform(-1, 1, size=(2, height, width, 1)) * 50).numpy()
    assert logits.shape == (2, 1)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()
    assert discriminator.layers[-1].activation is keras.activations.linear


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", GENERATORS)
def test_channels(kind, channels):
    generator = GENERATORS[kind]((8, 12, channels), latent_dim=3, width=2)
    discriminator = DISCRIMINATORS[kind]((8, 12, channels), width=2)
    assert discriminator(generator(np.zeros((5, 3)))).shape == (5, 1)


@pytest.mark.parametrize(
    ("shape", "levels", "base"),
    [
        ((8, 8, 1), 2, (2, 2)),
        ((10, 14, 1), 1, (5, 7)),
        ((12, 12, 1), 2, (3, 3)),
        ((14, 14, 1), 1, (7, 7)),
        ((16, 16, 1), 2, (4, 4)),
        ((28, 28, 1), 2, (7, 7)),
        ((32, 32, 3), 3, (4, 4)),
        ((28, 32, 3), 2, (7, 8)),
        ((64, 128, 3), 4, (4, 8)),
        ((96, 96, 3), 4, (6, 6)),
        ((128, 128, 3), 5, (4, 4)),
    ],
)
def test_pyramid(shape, levels, base):
    assert pyramid(shape) == (levels, base)


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((28, 28, 1), [(28, 28), (14, 14), (7, 7), (4, 4)]),
        ((32, 32, 3), [(32, 32), (16, 16), (8, 8), (4, 4)]),
        ((28, 32, 3), [(28, 32), (14, 16), (7, 8), (4, 4)]),
        ((20, 24, 1), [(20, 24), (10, 12), (5, 6)]),
        ((10, 14, 1), [(10, 14), (5, 7), (3, 4), (2, 2)]),
        ((8, 8, 1), [(8, 8), (4, 4), (2, 2)]),
    ],
)
def test_halvings_round_odd_sides_up(shape, sizes):
    assert halvings(shape) == sizes


def test_every_size_halves_or_is_refused():
    for height in range(1, 140):
        for width in range(1, 140, 3):
            possible = 8 <= min(height, width) and max(height, width) <= 128 and height % 2 == width % 2 == 0  # noqa: SIM300
            if possible:
                levels, base = pyramid((height, width, 1))
                assert levels >= 1
                assert (base[0] << levels, base[1] << levels) == (height, width)
            else:
                with pytest.raises(ValueError, match=f"image_shape has the size {height}x{width}, "):
                    pyramid((height, width, 1))


BAD = [
    ((4, 4, 1), {}, "image_shape has the size 4x4, and these networks take 8x8 to 128x128; resize the images"),
    ((256, 256, 3), {}, "image_shape has the size 256x256, and these networks take 8x8 to 128x128"),
    ((27, 28, 1), {}, "image_shape has the size 27x28, which cannot be halved; resize the images to even sides"),
    ((28, 28, 5), {}, "image_shape has 5 channels, and these networks take 1 to 4."),
    ((28, 28, 0), {}, "image_shape has 0 channels"),
    ((28, 28), {}, r"image_shape must be three integers \(height, width, channels\); got \(28, 28\)."),
    ((None, None, 3), {}, r"image_shape must be three integers .*; got \(None, None, 3\)."),
    ((28.0, 28, 1), {}, r"got \(28.0, 28, 1\)."),
    ((28, 28, 1), {"width": 0}, "width must be a positive integer; got 0."),
    ((28, 28, 1), {"width": 2.5}, "width must be a positive integer; got 2.5."),
]


@pytest.mark.parametrize(("shape", "arguments", "sentence"), BAD)
@pytest.mark.parametrize("build", [*GENERATORS.values(), *DISCRIMINATORS.values()])
def test_refuses(build, shape, arguments, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        build(shape, **arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("build", GENERATORS.values())
def test_refuses_a_latent_space_of_no_dimension(build):
    with pytest.raises(ValueError, match="latent_dim must be a positive integer; got 0"):
        build((8, 8, 1), latent_dim=0)


# --- DCGAN ---------------------------------------------------------------------------------------------------------


def test_dcgan_normalises_where_the_paper_says():
    """All layers but the generator's last and the discriminator's first (section 3.2)."""
    generator = networks.dcgan_generator((32, 32, 3), latent_dim=3, width=2)
    discriminator = networks.dcgan_discriminator((32, 32, 3), width=2)
    kinds = (
        keras.layers.Dense,
        keras.layers.Conv2D,
        keras.layers.Conv2DTranspose,
        keras.layers.BatchNormalization,
        keras.layers.ReLU,
        keras.layers.LeakyReLU,
    )
    names = [type(layer).__name__ for layer in layers_of(generator, kinds)]
    step = ["BatchNormalization", "ReLU", "Conv2DTranspose"]
    assert names == ["Dense", *step, *step, *step]
    names = [type(layer).__name__ for layer in layers_of(discriminator, kinds)]
    step = ["Conv2D", "BatchNormalization", "LeakyReLU"]
    assert names == ["Conv2D", "LeakyReLU", *step, *step, "Dense"]
    assert generator.layers[-1].activation is keras.activations.tanh


def test_dcgan_without_normalisation_has_biases():
    discriminator = networks.dcgan_discriminator((16, 16, 1), width=2, normalization=None)
    assert not layers_of(discriminator, keras.layers.BatchNormalization)
    assert all(layer.use_bias for layer in layers_of(discriminator, keras.layers.Conv2D))


def test_dcgan_parameters():
    """16x16x3, latent 5, width 4: 4x4x8 -> 8x8x4 -> 16x16x3."""
    generator = networks.dcgan_generator((16, 16, 3), latent_dim=5, width=4)
    dense, up, last = 5 * 4 * 4 * 8, 4 * 4 * 8 * 4, 4 * 4 * 4 * 3 + 3
    assert generator.count_params() == dense + 4 * 8 + up + 4 * 4 + last
    discriminator = networks.dcgan_discriminator((16, 16, 3), width=4)
    first, second = 4 * 4 * 3 * 4 + 4, 4 * 4 * 4 * 8
    assert discriminator.count_params() == first + second + 4 * 8 + (4 * 4 * 8 + 1)


def test_dcgan_weights_begin_as_the_paper_says():
    generator = networks.dcgan_generator((32, 32, 3), latent_dim=50, width=32)
    for layer in layers_of(generator, keras.layers.Conv2DTranspose):
        kernel = layer.kernel.numpy()
        assert kernel.std() == pytest.approx(0.02, rel=0.1)
        assert abs(kernel.mean()) < 2e-3


def test_transposed_convolutions_leave_no_checkerboard():
    """The kernel is a multiple of the stride, so each pixel is made of as many weights as its neighbour."""
    last = layers_of(networks.dcgan_generator((16, 16, 1), latent_dim=2, width=2), keras.layers.Conv2DTranspose)[-1]
    last.kernel.assign(np.ones(last.kernel.shape))
    interior = last(np.ones((1, 8, 8, 2))).numpy()[0, 1:-1, 1:-1, 0]
    np.testing.assert_allclose(interior, 8.0, rtol=1e-6)  # 2x2 weights of each of 2 channels


# --- residual networks ---------------------------------------------------------------------------------------------


def test_resnet_parameters():
    """8x8x3, latent 5, width 4: two blocks from 2x2x4."""
    conv, shortcut, norm = 3 * 3 * 4 * 4 + 4, 4 * 4 + 4, 4 * 4
    generator = networks.resnet_generator((8, 8, 3), latent_dim=5, width=4)
    block = 2 * conv + 2 * norm + shortcut
    assert generator.count_params() == (5 * 16 + 16) + 2 * block + norm + (3 * 3 * 4 * 3 + 3)
    critic = networks.resnet_discriminator((8, 8, 3), width=4)
    first = (3 * 3 * 3 * 4 + 4) + conv + (3 * 4 + 4)
    assert critic.count_params() == first + (2 * conv + shortcut) + 2 * (2 * conv) + (4 + 1)


def test_sngan_is_normalised_everywhere():
    discriminator = networks.sngan_discriminator((8, 8, 3), width=4)
    with_weights = [layer for layer in discriminator.layers if layer.weights]
    assert all(isinstance(layer, SpectralConv2D | SpectralDense) for layer in with_weights)
    plain = networks.resnet_discriminator((8, 8, 3), width=4)
    assert len(discriminator.trainable_variables) == len(plain.trainable_variables)


@pytest.mark.parametrize(("kind", "pool"), [("sngan", np.sum), ("resnet", np.mean)])
def test_sngan_pools_by_sums_and_wgan_gp_by_means(kind, pool):
    network = DISCRIMINATORS[kind]((16, 16, 1), width=3)
    relu, dense = layers_of(network, keras.layers.ReLU)[-1], network.layers[-1]
    features, pooled = keras.Model(network.input, [relu.output, dense.input])(RANDOM.normal(size=(2, 16, 16, 1)))
    assert features.shape == (2, 4, 4, 3)
    np.testing.assert_allclose(pooled, pool(features.numpy(), axis=(1, 2)), rtol=1e-5)


def test_a_residual_block_whose_convolutions_are_zero_is_its_shortcut():
    """The generator's blocks upsample by the nearest neighbour; with zero branches only 1x1 convolutions remain."""
    generator = networks.resnet_generator((16, 16, 1), latent_dim=2, width=3, normalization=None)
    for layer in layers_of(generator, keras.layers.Conv2D):
        if layer.kernel_size == (3, 3):
            layer.kernel.assign(np.zeros(layer.kernel.shape))
    last = layers_of(generator, keras.layers.Conv2D)[-1]
    features = keras.Model(generator.input, last.input)(RANDOM.normal(size=(2, 2))).numpy()
    blocks = features.reshape(2, 4, 4, 4, 4, 3)
    np.testing.assert_allclose(blocks, np.broadcast_to(blocks[:, :, :1, :, :1], blocks.shape), rtol=1e-6)
    assert features.std() > 0


# --- mlp -----------------------------------------------------------------------------------------------------------


def test_mlp_parameters_and_range():
    network = networks.mlp((5,), (4, 4, 2), width=3, depth=2, output_activation="tanh")
    assert network.count_params() == (5 * 3 + 3) + (3 * 3 + 3) + (3 * 32 + 32)
    images = network(RANDOM.normal(size=(2, 5)) * 1e3).numpy()
    assert images.shape == (2, 4, 4, 2)
    assert np.abs(images).max() <= 1


def test_mlp_is_the_product_of_its_layers():
    network = networks.mlp((2,), (1,), width=2, depth=1)
    network.set_weights(
        [np.array([[1.0, -1.0], [2.0, 0.0]]), np.array([0.5, 0.0]), np.array([[3.0], [5.0]]), np.ones(1)]
    )
    # hidden: relu(1 + 4 + 0.5), relu(-1)
    assert network(np.array([[1.0, 2.0]])).numpy().item() == pytest.approx(3 * 5.5 + 1)


@pytest.mark.parametrize("arguments", [{"width": 0}, {"depth": 0}, {"width": None}])
def test_mlp_refuses(arguments):
    (name, value), *_ = arguments.items()
    with pytest.raises(ValueError, match=f"{name} must be a positive integer; got {value}"):
        networks.mlp((2,), (1,), **arguments)


def test_projection_mlp_names_the_depth_it_was_given():
    with pytest.raises(ValueError, match="depth must be at least 2; got 1"):
        networks.projection_mlp((2,), 3, depth=1)


# --- what the models take ------------------------------------------------------------------------------------------


def test_the_critic_of_wgan_gp_has_no_batch_normalisation():
    game = models.WGANGP.for_images((16, 16, 1), latent_dim=2, width=2)
    assert not layers_of(game.critic, keras.layers.BatchNormalization)
    assert layers_of(game.generator, keras.layers.BatchNormalization)
    # so each sample's logit is its own, also in training
    images = RANDOM.uniform(-1, 1, size=(4, 16, 16, 1)).astype("float32")
    together = game.critic(images, training=True).numpy()
    np.testing.assert_allclose(together[:1], game.critic(images[:1], training=True), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("build", [networks.dcgan_discriminator, networks.resnet_discriminator])
def test_a_critic_takes_the_paper_s_layer_normalisation(build):
    critic = build((16, 16, 1), width=2, normalization=layer_normalization, name="critic")
    game = models.WGANGP(networks.dcgan_generator((16, 16, 1), latent_dim=2, width=2), critic, critic_steps=1)
    assert layers_of(critic, keras.layers.GroupNormalization)
    game.compile()
    images = RANDOM.uniform(-1, 1, size=(4, 16, 16, 1)).astype("float32")
    assert np.isfinite(list(game.fit(images, batch_size=2, verbose=0).history.values())).all()
