"""Models with an encoder: their losses against numbers computed by hand, implicit encoders, and what they refuse."""

import keras
import numpy as np
import pytest

from ganzoo import core, losses, models
from ganzoo.core.turns import look
from ganzoo.layers import batch_normalization
from ganzoo.networks import joint_mlp, mlp

X = np.array([[1.0], [3.0]], "float32")
Z = np.array([[0.0], [1.0]], "float32")


def linear(slope, offset=0.0, inputs=1, name=None):
    """x -> slope x + offset of one number, or of the sum of several inputs."""
    variables = [keras.Input((1,)) for _ in range(inputs)]
    total = keras.layers.Add()(variables) if inputs > 1 else variables[0]
    dense = keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(slope))
    network = keras.Model(variables if inputs > 1 else variables[0], dense(total), name=name)
    dense.bias.assign([offset])
    return network


def losses_of(model):
    """The players' losses at X, with Z for every draw from the prior."""
    model.draw_latent = lambda rows: keras.ops.convert_to_tensor(Z)
    return {name: float(loss) for name, loss in look(model.players, [keras.ops.convert_to_tensor(X)])}


def softplus(*values):
    return np.log1p(np.exp(values)).mean()


def test_alpha_gan_s_four_losses():
    """G(z) = 2 z, E(x) = x / 2 + 1, D(x) = x, C(z) = 3 z: codes 3/2 and 5/2, reconstructions 3 and 5, fakes 0 and 2."""
    networks = linear(2), linear(0.5, 1), linear(1), linear(3)
    found = losses_of(models.AlphaGAN(*networks, reconstruction_weight=10.0))
    assert found == pytest.approx(
        {
            "encoder": 10 * 2 - 6,
            "generator": 10 * 2 - 4 - 1,
            "discriminator": softplus(-1, -3) + softplus(3, 5) + softplus(0, 2),
            "code_discriminator": softplus(-0, -3) + softplus(4.5, 7.5),
        },
        rel=1e-5,
    )


def test_bigan_s_two_losses():
    """D(x, z) = x + z: pairs (1, 3/2), (3, 5/2) of the encoder and (0, 0), (2, 1) of the generator."""
    found = losses_of(models.BiGAN(linear(2), linear(0.5, 1), linear(1, inputs=2)))
    assert found["discriminator"] == pytest.approx(softplus(-2.5, -5.5) + softplus(0, 3), rel=1e-5)
    assert found["generator"] == pytest.approx(softplus(2.5, 5.5) + softplus(0, -3), rel=1e-5)


def test_bigan_s_penalty_is_of_the_images_alone():
    """D(x, z) = 3 (x + z) has the gradient 3 with respect to x: R1 is 9 / 2, and the generator's loss has none."""
    networks = linear(2), linear(0.5, 1), linear(3, inputs=2)
    plain, penalised = (losses_of(models.BiGAN(*networks, penalty_weight=weight)) for weight in (0, 2))
    assert penalised["discriminator"] == pytest.approx(plain["discriminator"] + 9, rel=1e-5)
    assert penalised["generator"] == pytest.approx(plain["generator"], rel=1e-5)


def test_avb_s_two_losses():
    """T(x, z) = x + z and the scale 1/2: -log p(x|z) = 2 |x - G(z)|."""
    model = models.AVB(linear(2), linear(0.5, 1, inputs=2), linear(1, inputs=2), scale=0.5)
    model.random_normal = keras.ops.zeros
    found = losses_of(model)
    assert found["autoencoder"] == pytest.approx(4 + 2 * 2, rel=1e-5)
    assert found["discriminator"] == pytest.approx(softplus(-2.5, -5.5) + softplus(1, 4), rel=1e-5)


def test_vae_s_loss_without_noise():
    """Mean x / 2 and log variance 0: reconstructions are the samples themselves."""
    x = keras.Input((1,))
    encoder = keras.Model(x, keras.layers.Concatenate()([x / 2, 0 * x]))
    model = models.VAE(linear(2), encoder, scale=0.5)
    model.random_normal = keras.ops.zeros
    assert losses_of(model)["autoencoder"] == pytest.approx((0.25 + 2.25) / 2 / 2, rel=1e-5)
    np.testing.assert_allclose(model.encode(X), X / 2)


def test_vae_gan_s_features_are_what_enters_the_last_dense_layer():
    discriminator = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(4.0), keras.layers.Dense(1)])
    model = models.VAEGAN(linear(2), linear_posterior(), discriminator)
    features, logits = model.look(keras.ops.convert_to_tensor(X))
    np.testing.assert_allclose(features, 4 * X)
    np.testing.assert_allclose(logits, discriminator(X))
    for layers in ([keras.layers.ReLU()], [keras.layers.Dense(4), keras.layers.ReLU()]):
        with pytest.raises(ValueError, match="discriminator must end in a dense layer"):
            models.VAEGAN(linear(2), linear_posterior(), keras.Sequential([keras.Input((1,)), *layers]))


def linear_posterior():
    return mlp((1,), (2,), width=2, depth=1)


def test_age_s_codes_lie_on_a_sphere():
    model = models.AGE.for_vectors(3, latent_dim=5, width=8)
    codes = model.encode(np.random.default_rng(0).normal(size=(4, 3)))
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 5**0.5, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(model.latent(np.arange(4)), axis=1), 5**0.5, rtol=1e-5)


def behind_normalisation(slope, offset=0.0, units=1):
    """x -> slope n(x) + offset, n batch normalisation without a gain or bias; `units` times."""
    dense = keras.layers.Dense(units, kernel_initializer=keras.initializers.Constant(slope))
    network = keras.Sequential([keras.Input((1,)), batch_normalization(center=False, scale=False), dense])
    dense.bias.assign(np.broadcast_to(offset, units))
    return network


def after_a_hundred_rounds_without_learning(model):
    """The model, of which nothing but moving averages has moved, on samples from N(5, 1)."""
    keras.utils.set_random_seed(0)
    model.compile({player: keras.optimizers.SGD(0.0) for player in model.players})
    samples = np.random.default_rng(0).normal(5, 1, (6400, 1)).astype("float32")
    model.fit(samples, batch_size=64, verbose=0)
    return model


def moving(network):
    """(moving mean, moving variance) of a network `behind_normalisation`."""
    return [float(average[0]) for average in network.layers[0].get_weights()]


@pytest.mark.parametrize("kind", [models.AlphaGAN, models.VAEGAN])
def test_generate_normalises_by_the_minibatches_in_which_samples_were_made(kind):
    """z from N(0, 1) and the code 4 in equal parts: the mean 2, and the variance 1/2 within and 4 between them."""
    codes = {models.AlphaGAN: (4.0,), models.VAEGAN: (4.0, -30.0)}[kind]  # of VAEGAN: and a variance of zero
    adversaries = [linear(0) for _ in range(len(codes), 3)]
    model = kind(behind_normalisation(1), behind_normalisation(0, codes, len(codes)), *adversaries)
    after_a_hundred_rounds_without_learning(model)
    assert moving(model.generator) == pytest.approx([2, 4.5], rel=0.05)
    assert moving(model.encoder) == pytest.approx([5, 1], rel=0.1)
    np.testing.assert_allclose(model.decode([[2.0]]), [[0.0]], atol=0.05)


def test_age_normalises_by_its_samples_and_by_real_ones():
    """Latent vectors and fakes are -1 and 1, codes 1: the averages of G are those of z, and those of E of x alone."""
    model = models.AGE(behind_normalisation(1), behind_normalisation(0, 1.0))
    after_a_hundred_rounds_without_learning(model)
    assert moving(model.generator) == pytest.approx([0, 1], abs=0.1)
    assert moving(model.encoder) == pytest.approx([5, 1], rel=0.1)


def test_an_implicit_encoder_has_many_codes_for_a_sample():
    model = models.AlphaGAN(
        mlp((2,), (3,)), joint_mlp([(3,), (4,)], (2,)), mlp((3,), (1,)), mlp((2,), (1,)), reconstruction_weight=1.0
    )
    samples = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    codes = model.encode(samples)
    np.testing.assert_array_equal(codes, model.encode(samples))
    np.testing.assert_allclose(model.encode(samples[2:], seed=2), codes[2:], atol=1e-6)
    np.testing.assert_allclose(model.encode(samples[[4, 1]], seeds=[4, 1]), codes[[4, 1]], atol=1e-6)
    np.testing.assert_allclose(model.reconstruct(samples[[4]], seeds=[4]), model.reconstruct(samples)[[4]], atol=1e-6)
    with pytest.raises(ValueError, match="seeds must be one for each sample; got 2 seeds for 6 samples"):
        model.encode(samples, seeds=[1, 2])
    assert np.abs(codes - model.encode(samples, seed=100)).min() > 0
    model.compile()
    assert np.isfinite(list(model.fit(samples, batch_size=3, verbose=0).history.values())).all()


def test_the_encoder_is_not_told_the_noise_that_made_the_sample():
    sample, noise = keras.Input((1,)), keras.Input((1,))
    encoder = keras.Model([sample, noise], keras.layers.Identity()(noise))
    model = models.BiGAN(linear(2), encoder, linear(1, inputs=2))
    latent = keras.ops.convert_to_numpy(core.row_noise(np.arange(400), (1,)))
    codes = model.encode(model.generate(400, seed=0), seed=0)
    assert abs(np.corrcoef(latent[:, 0], codes[:, 0])[0, 1]) < 0.2


@pytest.mark.parametrize("kind", [models.AlphaGAN, models.VAEGAN, models.BiGAN, models.AVB, models.GAN])
def test_discriminate_takes_a_list_of_two_samples(kind):
    """They are not samples and labels."""
    model = kind.for_vectors(2, latent_dim=2, width=4)
    samples = [[0.5, 1.0], [-0.5, 2.0]]
    np.testing.assert_array_equal(model.discriminate(samples), model.discriminate(np.array(samples)))


def test_avb_s_discriminator_judges_pairs():
    model = models.AVB(linear(2), linear(0.5, 1, inputs=2), linear(1, inputs=2))
    np.testing.assert_allclose(model.discriminate(X, Z), X + Z)
    np.testing.assert_allclose(model.discriminate(X), X + model.encode(X), rtol=1e-6)


def test_a_bigan_scores_what_is_unlike_the_data_higher():
    model = models.BiGAN(linear(2), linear(0.5), linear(-1, inputs=2))
    scores = model.anomaly_score([[0.0], [2.0]])
    np.testing.assert_allclose(scores, 0.1 * np.log1p(np.exp([0, 3])), rtol=1e-5)  # reconstructed without an error
    model = models.BiGAN(linear(1), linear(1, 0.5), linear(0, inputs=2))
    np.testing.assert_allclose(model.anomaly_score([[0.0]], weight=0.5), [0.5 * 0.5 + 0.5 * np.log(2)], rtol=1e-5)


def test_a_trained_discriminator_knows_the_ratio_of_two_gaussians():
    """D / (1 - D) of N(1, 1) against N(0, 1) is exp(x - 1/2); the generator stands still."""
    keras.utils.set_random_seed(0)
    gan = models.GAN(linear(1), mlp((1,), (1,), width=32, depth=2))
    steps = keras.optimizers.schedules.CosineDecay(5e-3, 1500)
    gan.compile({"generator": keras.optimizers.SGD(0.0), "discriminator": keras.optimizers.Adam(steps)})
    data = np.random.default_rng(0).normal(1, 1, (500_000, 1)).astype("float32")
    gan.fit(data, batch_size=1000, epochs=3, verbose=0)
    x = np.linspace(-1.5, 2.5, 9, dtype="float32")[:, None]
    np.testing.assert_allclose(np.exp(gan.discriminate(x)), np.exp(x - 0.5), rtol=0.1)
    assert float(losses.log_ratio(gan.discriminate(data[:20_000]))) == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: models.AGE(linear(2), mlp((1,), (3,))), r"The encoder gives codes of shape \(3,\); .* shape \(1,\)"),
        (lambda: models.VAE(linear(2), linear(1)), r"The encoder gives codes of shape \(1,\); .* shape \(2,\)"),
        (
            lambda: models.AGE(mlp((1,), (2,)), mlp((3,), (1,))),
            r"The generator gives samples of shape \(2,\), which the encoder does not take \(it takes \(3,\)\)",
        ),
        (
            lambda: models.BiGAN(linear(2), linear(1), mlp((2,), (1,))),
            r"The pairs are samples of shape \(1,\) and codes \(1,\), which the discriminator does not take",
        ),
        (
            lambda: models.AlphaGAN(mlp((3,), (1,)), mlp((1,), (3,)), linear(1), mlp((2,), (1,))),
            r"The codes have the shape \(3,\), which the code_discriminator does not take \(it takes \(2,\)\)",
        ),
        (lambda: models.VAE.for_vectors(2, scale=0.0), "scale must be above 0; got 0.0"),
        (lambda: models.AVB.for_vectors(2, scale=-1.0), "scale must be above 0; got -1.0"),
        (lambda: models.BiGAN(linear(2), "encoder", linear(1)), "encoder must be a Keras model; got str"),
        (lambda: models.AVB(linear(2), linear(1), linear(1, inputs=2)), r"encoder must take \[samples, noise\]"),
        (
            lambda: models.BiGAN.for_vectors(2).discriminate(np.zeros((4, 3)), np.zeros((4, 2))),
            r"The samples have the shape \(3,\), and the networks are made for \(2,\)",
        ),
        (
            lambda: models.AVB.for_vectors(2).discriminate(np.zeros((4, 2)), np.zeros((4, 3))),
            r"codes must have the shape \(n, 2\); got \(4, 3\)",
        ),
        (
            lambda: models.BiGAN.for_vectors(2).discriminate(np.zeros((4, 2)), np.zeros((3, 2))),
            "codes must be one for each sample; got 3 codes for 4 samples",
        ),
        (
            lambda: models.BiGAN.for_vectors(2).encode(np.zeros((4, 3))),
            r"The samples have the shape \(3,\), and the networks are made for \(2,\)",
        ),
    ],
)
def test_bad_input(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
