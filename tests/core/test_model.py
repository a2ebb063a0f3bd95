"""compile, saving, optimizers and the backend's three functions."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from ganzoo import core, models, networks
from ganzoo.core import generative

adam = keras.optimizers.Adam


def small(kind=models.WGANGP, **arguments):
    return kind.for_vectors(2, latent_dim=2, width=4, **arguments)


PAPERS = {
    models.DCGAN: ("Adam", {"learning_rate": 2e-4, "beta_1": 0.5}),
    models.LSGAN: ("Adam", {"learning_rate": 2e-4, "beta_1": 0.5}),
    models.WGAN: ("RMSprop", {"learning_rate": 5e-5}),
    models.WGANGP: ("Adam", {"learning_rate": 1e-4, "beta_1": 0.0, "beta_2": 0.9}),
}


@pytest.mark.parametrize("kind", PAPERS)
def test_compile_gives_the_papers_optimizers(kind):
    model = small(kind)
    model.compile()
    name, expected = PAPERS[kind]
    assert list(model.optimizers) == list(model.players)
    for optimizer in model.optimizers.values():
        config = optimizer.get_config()
        assert type(optimizer).__name__ == name
        assert {key: pytest.approx(config[key]) for key in expected} == expected


def test_the_papers_constants():
    assert (models.WGANGP.for_vectors(2).penalty_weight, models.WGANGP.for_vectors(2).critic_steps) == (10.0, 5)
    assert (models.WGAN.for_vectors(2).clip, models.WGAN.for_vectors(2).critic_steps) == (0.01, 5)
    lsgan = models.LSGAN.for_vectors(2)
    assert (lsgan.a, lsgan.b, lsgan.c) == (0.0, 1.0, 1.0)


def test_compile_overrides_one_player_and_keeps_the_others():
    model = small()
    model.compile(optimizer={"critic": adam(0.3)})
    assert float(model.optimizers["critic"].learning_rate) == pytest.approx(0.3)
    assert float(model.optimizers["generator"].learning_rate) == pytest.approx(1e-4)


def test_a_schedule_in_an_optimizer_counts_the_players_own_updates():
    model = small(critic_steps=2)
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([4], [1.0, 0.5])
    model.compile(optimizer={"critic": keras.optimizers.SGD(schedule), "generator": keras.optimizers.SGD(schedule)})
    model.fit(np.zeros((12, 2), "float32"), batch_size=2, verbose=0)  # three rounds
    assert int(model.optimizers["critic"].iterations) == 6
    assert float(model.optimizers["critic"].learning_rate) == 0.5
    assert int(model.optimizers["generator"].iterations) == 3
    assert float(model.optimizers["generator"].learning_rate) == 1.0


shared = adam()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"optimizer": "adam"}, "must map players"),
        ({"optimizer": {"generater": adam()}}, "generater.*did you mean 'generator'"),
        ({"optimizer": {"generator": shared, "critic": shared}}, "same object"),
        ({"loss": "mse"}, "does not take loss"),
        ({"metrics": ["mae"]}, "does not take metrics"),
        ({"auto_scale_loss": False}, "does not take auto_scale_loss"),
    ],
)
def test_compile_refuses(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        small().compile(**arguments)


def test_a_file_that_names_auto_scale_loss_still_loads():
    model = small()
    model.compile()
    config = model.get_compile_config() | {"auto_scale_loss": True}
    again = small()
    again.compile_from_config(config)
    assert again.compiled


def test_fit_before_compile_says_so():
    with pytest.raises(ValueError, match="compile"):
        small(models.GAN).fit(np.zeros((64, 2), "float32"), verbose=0)


def test_own_networks_sequential_functional_and_subclassed(tmp_path):
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])

    @keras.saving.register_keras_serializable("test_model")
    class Critic(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    for critic in (Critic(), keras.Sequential([keras.layers.Dense(1)])):
        model = models.WGAN(generator, critic, clip=0.02, critic_steps=1)
        assert model.latent_dim == 3
        model.compile()
        model.fit(np.random.normal(size=(64, 2)).astype("float32"), batch_size=16, verbose=0)
        model.save(tmp_path / "own.keras")
        again = keras.saving.load_model(tmp_path / "own.keras")
        np.testing.assert_array_equal(again.generate(3), model.generate(3))
        np.testing.assert_array_equal(again.discriminate(np.ones((2, 2))), model.discriminate(np.ones((2, 2))))


def test_wgan_clips_any_critic_also_after_loading(tmp_path):
    model = small(models.WGAN, clip=0.02)
    model.compile(optimizer={"critic": keras.optimizers.SGD(10.0)})
    x = np.random.normal(size=(64, 2)).astype("float32")
    model.fit(x, batch_size=8, verbose=0)
    model.save(tmp_path / "wgan.keras")
    again = keras.saving.load_model(tmp_path / "wgan.keras")
    for one in (model, again):
        one.fit(x, batch_size=8, verbose=0)
        largest = max(np.abs(variable.numpy()).max() for variable in one.critic.trainable_variables)
        assert largest == pytest.approx(0.02)
        assert max(np.abs(variable.numpy()).max() for variable in one.generator.trainable_variables) > 0.02


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: models.GAN(keras.Sequential([keras.layers.Dense(2)]), networks.mlp((2,), (1,))), "no known input"),
        (lambda: models.GAN(networks.mlp((2,), (3,)), networks.mlp((2,), (1,))), r"\(3,\).*discriminator.*\(2,\)"),
        (lambda: models.WGANGP(networks.mlp((2,), (3,)), networks.mlp((2,), (1,))), r"\(3,\).*critic.*\(2,\)"),
        (lambda: models.GAN(networks.mlp((2,), (2,)), None), "discriminator must be a Keras model"),
        (lambda: small(critic_steps=0), "critic_steps must be a positive integer"),
        (lambda: small(critic_steps=2.5), "critic_steps must be a positive integer; got 2.5"),
        (
            lambda: small(models.ProjectionGAN, discriminator_steps=2.5),
            "discriminator_steps must be a positive integer; got 2.5",
        ),
        (lambda: small(models.WGAN, clip=-1.0), "clip must be positive"),
        (lambda: models.DCGAN.for_images((31, 31, 1)), "31x31"),
    ],
)
def test_networks_that_do_not_fit(build, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        build()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), "1"])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (small, "penalty_weight"),
        (lambda **named: models.FlowGAN.for_vectors(2, width=4, couplings=2, **named), "penalty_weight"),
        (lambda **named: models.FlowGAN.for_vectors(2, width=4, couplings=2, **named), "likelihood_weight"),
        (lambda **named: small(models.VAEGAN, **named), "likelihood_weight"),
        (lambda **named: small(models.AlphaGAN, **named), "reconstruction_weight"),
        (lambda **named: small(models.AGE, **named), "reconstruction_weight"),
        (lambda **named: small(models.AGE, **named), "code_weight"),
        (lambda **named: models.CycleGAN.for_images((8, 8, 1), width=2, blocks=1, **named), "cycle_weight"),
        (lambda **named: models.CycleGAN.for_images((8, 8, 1), width=2, blocks=1, **named), "identity_weight"),
    ],
)
def test_weights_of_losses_are_numbers_from_0_on(make, name, weight):
    with pytest.raises(ValueError, match=f"{name} must be a number of at least 0; got {weight!r}"):
        make(**{name: weight})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "either n or seeds"),
        ({"n": 2, "seeds": [1]}, "either n or seeds"),
        ({"n": 0}, "at least one row"),
        ({"seeds": []}, "at least one row"),
        ({"seeds": 3}, "list of integers"),
        ({"seeds": [1.0, 2.0]}, "must be integers below"),
        ({"seeds": ["1"]}, "must be integers below"),
        ({"seeds": [2**63]}, "must be integers below"),
        ({"seeds": [2**70]}, "must be integers below"),
        ({"n": 2, "seed": 2**63 - 1}, "must be integers below"),
        ({"n": 2, "seed": 0.5}, "n and seed must be integers"),
        ({"n": 2.0}, "n and seed must be integers"),
    ],
)
def test_generate_refuses(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        small().generate(**arguments)


def test_discriminate_gives_logits_and_refuses_other_shapes():
    model = small()
    x = np.random.normal(size=(5, 2))
    logits = model.discriminate(x)
    np.testing.assert_allclose(logits, ops.convert_to_numpy(model.critic(x.astype("float32"))), atol=1e-6)
    np.testing.assert_allclose(model.discriminate(x, batch_size=2), logits, atol=1e-6)
    with pytest.raises(ValueError, match=r"\(3,\).*\(2,\)"):
        model.discriminate(np.zeros((5, 3)))


def test_models_can_be_saved_as_soon_as_they_are_constructed(tmp_path):
    model = small()
    model.save_weights(tmp_path / "a.weights.h5")
    other = small()
    other.load_weights(tmp_path / "a.weights.h5")
    np.testing.assert_array_equal(other.generate(2), model.generate(2))
    model.save(tmp_path / "a.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "a.keras").generate(2), model.generate(2))


def test_noise_of_layers_is_saved(tmp_path):
    """Dropout in a network has a noise stream of its own, which Keras does not save."""
    critic = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    )
    model = models.GAN(networks.mlp((2,), (2,), 4), critic)
    model.compile()
    x = np.random.normal(size=(64, 2)).astype("float32")
    model.fit(x, batch_size=8, verbose=0)
    model.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras")
    for one in (model, again):
        one.fit(x, batch_size=8, shuffle=False, verbose=0)
    for a, b in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_dcgan_prior_is_uniform():
    model = models.DCGAN.for_vectors(2, latent_dim=3)
    latent = np.sort(ops.convert_to_numpy(model.prior(keras.random.normal((20000, 3), seed=1))).ravel())
    assert -1 <= latent[0] < latent[-1] <= 1
    np.testing.assert_allclose(latent, np.linspace(-1, 1, len(latent)), atol=0.02)


def test_minimize_moves_only_its_variables_down_the_gradient():
    a, b = keras.Variable(2.0), keras.Variable(3.0)
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([a])
    loss = core.minimize(lambda: a * a * b, [a], optimizer)
    assert float(loss) == pytest.approx(12.0)
    assert float(a) == pytest.approx(2.0 - 0.1 * 12.0)
    assert float(b) == 3.0


def test_input_gradient_and_its_gradient():
    weight = tf.Variable([1.0, -2.0])
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        gradient = core.input_gradient(lambda x: tf.reduce_sum(weight * x * x, axis=1), x)
        total = tf.reduce_sum(gradient)
    np.testing.assert_allclose(gradient, [[2.0, -8.0], [6.0, -16.0]])
    np.testing.assert_allclose(tape.gradient(total, weight), [8.0, 12.0])


def test_row_noise_is_normal_and_a_function_of_the_seed():
    noise = np.asarray(core.row_noise(np.arange(500), (40,)))
    assert noise.shape == (500, 40)
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    np.testing.assert_array_equal(np.asarray(core.row_noise([3, 499, 2**40], (40,)))[:2], noise[[3, 499]])


def test_row_noise_has_independent_streams():
    first, second = (np.asarray(core.row_noise(np.arange(500), (40,), stream)) for stream in (0, 1))
    np.testing.assert_array_equal(np.asarray(core.row_noise(np.arange(500), (40,))), first)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03


def test_row_seeds():
    np.testing.assert_array_equal(generative.row_seeds(3, 5, None), [5, 6, 7])
    np.testing.assert_array_equal(generative.row_seeds(None, 0, [9, 1]), [9, 1])


@pytest.mark.slow
def test_fit_ends_when_the_work_is_done():
    """tf.data's autotune thread can hold the end of a `fit` back until it wakes up, 5, 10 or 20 s after the start."""
    import time

    class LastRound(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.ended = time.monotonic()

    x = np.random.normal(size=(4096, 2)).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices(x).shuffle(4096).batch(64).map(lambda x: x * 1, tf.data.AUTOTUNE)
    for data in ({"x": x, "batch_size": 64}, {"x": dataset.prefetch(tf.data.AUTOTUNE)}):
        model = small(critic_steps=1)
        model.compile()
        last = LastRound()
        model.fit(**data, epochs=40, verbose=0, callbacks=[last])
        assert time.monotonic() - last.ended < 1.0


def test_a_scaled_loss_moves_the_weights_as_the_plain_one():
    ends = []
    for scale in (None, 64.0):
        keras.utils.set_random_seed(0)
        model = small(models.GAN)
        optimizers = {name: keras.optimizers.SGD(0.1, loss_scale_factor=scale) for name in model.players}
        model.compile(optimizer=optimizers)
        history = model.fit(np.ones((32, 2), "float32"), batch_size=8, verbose=0).history
        ends.append([*model.get_weights(), history["generator_loss"]])
    for plain, scaled in zip(*ends, strict=True):
        np.testing.assert_allclose(plain, scaled, atol=1e-6)
