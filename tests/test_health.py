"""The health monitor: games that fail, and games that do not."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from conformance import equal, images, state
from test_cyclegan import game as translator

from ganzoo import data, models, symptoms
from ganzoo.callbacks import HealthMonitor, TrainingFailed

TESTS = pathlib.Path(__file__).parent
FILES = ("test_health.py", "test_rollback.py")
QUICK = {"every": 5, "patience": 40}
EAGER = keras.backend.backend() == "tensorflow"  # there quicker than tracing a graph for a few rounds
LINE = np.random.default_rng(0).normal(size=(1024, 1)).astype("float32")


def fit(game, samples, epochs=1, **options):
    """Trains the game under a monitor of little patience, and returns the monitor."""
    monitor = HealthMonitor(samples, **QUICK, **options)
    game.fit(samples, batch_size=32, epochs=epochs, verbose=0, callbacks=[monitor])
    return monitor


def failure(*arguments, **options):
    """The record of the failure that stops the training."""
    with pytest.raises(TrainingFailed) as caught:
        fit(*arguments, **options)
    assert "The usual remedy: " in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value.failure


def game(kind, optimizer=None, run_eagerly=False, **arguments):
    """A small compiled game for vectors, the same at each call; `optimizer` makes one for each player."""
    keras.utils.set_random_seed(7)
    made = kind.for_vectors(2, width=16, **arguments)
    made.compile(optimizer=optimizer and {name: optimizer() for name in made.players}, run_eagerly=run_eagerly)
    return made


# --- games that fail -----------------------------------------------------------------------------------------------


def parallel_lines(kind, **arguments):
    """The samples lie on the line x = 4, the data on x = 0 (Arjovsky et al., 2017, arXiv:1701.07875, example 1)."""
    keras.utils.set_random_seed(7)
    generator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    generator.set_weights([np.array([[0.0, 1.0]]), np.array([4.0, 0.0])])
    adversary = keras.Sequential([keras.Input((2,)), keras.layers.Dense(32, "leaky_relu"), keras.layers.Dense(1)])
    made = kind(generator, adversary, **arguments)
    made.compile(optimizer={kind.adversary_name: keras.optimizers.Adam(1e-2), "generator": keras.optimizers.SGD(1e-2)})
    return made, np.concatenate([np.zeros_like(LINE), LINE], axis=1)


def test_parallel_lines_saturate_the_discriminator():
    made, line = parallel_lines(models.MinimaxGAN)
    failed = failure(made, line, epochs=40)
    assert failed["symptom"] == "Saturated", failed
    assert failed["seen"].startswith("the discriminator is saturated, its loss ")
    assert "WGANGP" in failed["remedy"]
    assert made.generate(100)[:, 0].mean() > 2  # it stands where its gradient vanished


def test_parallel_lines_are_no_failure_of_a_wasserstein_critic():
    made, line = parallel_lines(models.WGANGP, critic_steps=2)
    assert fit(made, line, epochs=40).failures == []


def test_an_absurd_learning_rate_of_a_wgan_explodes():
    made = game(models.WGAN, lambda: keras.optimizers.RMSprop(10.0))
    failed = failure(made, np.repeat(LINE, 2, axis=1), epochs=40)
    assert failed["symptom"] == "Exploding"
    assert "loss explodes: " in failed["seen"]


def test_an_absurd_learning_rate_of_a_penalised_critic():
    made = game(models.WGANGP, lambda: keras.optimizers.SGD(10.0))
    assert failure(made, LINE.repeat(2, axis=1), epochs=40)["symptom"] in ("Exploding", "NotFinite")


def with_nan(kind):
    """A data set of 30 minibatches, the 20th of which holds a NaN."""
    rows = np.random.default_rng(0).normal(size=(30, 8, 2)).astype("float32")
    rows[19, 3, 1] = np.nan

    class Minibatches(keras.utils.PyDataset):
        def __len__(self):
            return len(rows)

        def __getitem__(self, index):
            return rows[index]

    if kind == "PyDataset":
        return Minibatches()
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices(rows)
    return dataset.repeat() if kind == "endless" else dataset


@pytest.mark.parametrize("kind", ["PyDataset", "tf.data", "endless"])
def test_nan_in_the_data_is_named(kind):
    made = game(models.GAN, run_eagerly=EAGER)
    minibatches = with_nan(kind)
    monitor = HealthMonitor(minibatches, every=5)
    with pytest.raises(TrainingFailed, match="the data hold NaN or infinity") as caught:
        made.fit(minibatches, steps_per_epoch=30, shuffle=False, verbose=0, callbacks=[monitor])
    assert caught.value.failure["symptom"] == "Data"
    assert caught.value.failure["round"] == 20
    assert "going back to a checkpoint cannot help" in str(caught.value)


def test_nan_of_data_that_the_monitor_does_not_know():
    made = game(models.GAN, run_eagerly=EAGER)
    with pytest.raises(TrainingFailed, match="the discriminator's loss and the generator's loss and a sample of the"):
        made.fit(with_nan("PyDataset"), verbose=0, callbacks=[HealthMonitor(every=5)])


def test_a_generator_that_collapses():
    """Against a discriminator that does not move, the generator goes where that one is most deceived."""
    keras.utils.set_random_seed(7)
    made = models.GAN.for_images((8, 8, 1), latent_dim=4, width=16)
    rates = {"discriminator": keras.optimizers.SGD(1e-12), "generator": keras.optimizers.Adam(5e-2)}
    made.compile(optimizer=rates)
    failed = failure(made, images(640), epochs=40)
    assert failed["symptom"] == "Collapsing"
    assert "the diversity of the samples has dropped to " in failed["seen"]


@pytest.mark.parametrize("kind", ["classes", "attributes"])
@pytest.mark.parametrize("known", [True, False])
def test_a_conditional_generator_that_ignores_its_latent_vectors(kind, known):
    """One sample a class, the classes as far apart as the data's: what is diverse are the labels alone."""
    keras.utils.set_random_seed(7)
    made = models.ConditionalGAN.for_vectors(2, num_classes=3, latent_dim=2, width=16)
    made.compile({name: keras.optimizers.SGD(0.0) for name in made.players}, run_eagerly=EAGER)
    classes = np.arange(60) % 3
    points = np.random.default_rng(0).normal(size=(60, 2)) + 5 * np.eye(3)[classes, :2]
    labels = classes if kind == "classes" else np.eye(3, dtype=int)[classes]
    monitor = HealthMonitor((points, labels) if known else None, every=1, patience=3)

    class Ignoring(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            first = next(weight for weight in made.generator.weights if weight.shape[0] == 2 + 10)
            first.assign(first * np.repeat([[0.0], [1.0]], [2, 10], axis=0))  # of the latent vector, of the label

    with pytest.raises(TrainingFailed, match="the diversity of the samples has dropped to ") as caught:
        made.fit(points, labels, batch_size=20, epochs=4, verbose=0, callbacks=[monitor, Ignoring()])
    assert symptoms.diversity(made.generate(9)) > 0.01
    assert symptoms.diversity(made.generate(9, labels=[1] * 9)) < 1e-6
    assert caught.value.failure["symptom"] == "Collapsing"
    assert caught.value.failure["epoch"] == 2


def test_what_is_remembered_of_the_samples_of_all_labels_is_forgotten():
    """A memory of before: classes lie far apart, and the samples of one are no collapse."""
    made = models.ConditionalGAN.for_vectors(2, num_classes=2, latent_dim=2, width=4)
    made.compile(run_eagerly=EAGER)
    for label, healthy in ((None, True), ([0], True), (0, False)):
        monitor = HealthMonitor(every=1, patience=2, on_failure="warn", say=lambda _: None)
        monitor.restore({"symptoms": {"Collapsing": {"highest": 1e9}}, "label": label})
        made.fit(LINE[:30].repeat(2, axis=1), np.arange(30) % 2, batch_size=10, verbose=0, callbacks=[monitor])
        assert (monitor.failures == []) is healthy


def test_translations_that_collapse():
    """Generators that give the same grey for every image."""
    made = translator(shape=(8, 8, 1))
    made.compile({name: keras.optimizers.SGD(0.0) for name in made.players}, run_eagerly=EAGER)
    pairs = data.Unpaired(images(20), images(20, seed=1))
    monitor = HealthMonitor(pairs, every=1, patience=3)

    class Greying(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            made.generator_ba.set_weights([0 * weight for weight in made.generator_ba.get_weights()])

    with pytest.raises(TrainingFailed) as caught:
        made.fit(pairs, batch_size=10, epochs=4, verbose=0, callbacks=[monitor, Greying()])
    assert caught.value.failure["symptom"] == "Collapsing"
    assert caught.value.failure["epoch"] == 3
    assert monitor.refuge == 1


def test_any_keras_model():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e4), loss="mse")
    with pytest.raises(TrainingFailed, match=r"Failure in round .* of epoch 1: the loss is not finite"):
        model.fit(LINE, 3 * LINE, verbose=0, callbacks=[HealthMonitor(LINE, every=5)])


# --- games that do not ---------------------------------------------------------------------------------------------


def test_a_translator_s_training_is_bitwise_that_without_the_monitor():
    ends, pairs = [], data.Unpaired(images(6), images(5, seed=1), seed=3)
    for callbacks_ in ([], [HealthMonitor(pairs, every=2, samples=4)]):
        keras.utils.set_random_seed(7)
        made = translator(shape=(8, 8, 1), a=0.1, b=0.1)
        made.compile(average=0.9, run_eagerly=EAGER)
        made.fit(pairs, batch_size=2, epochs=2, verbose=0, callbacks=callbacks_)
        ends.append(state(made))
    assert equal(*ends)
    assert callbacks_[0].failures == []


@pytest.mark.parametrize(("kind", "average"), [(models.DCGAN, None), (models.WGANGP, 0.9)])
def test_the_training_is_bitwise_that_without_the_monitor(kind, average):
    ends, samples = [], data.Samples(images(96), seed=3)
    for callbacks_ in ([], [HealthMonitor(samples, every=2, samples=4)]):
        keras.utils.set_random_seed(7)
        made = kind.for_images((8, 8, 1), latent_dim=4, width=4)
        made.compile(average=average, run_eagerly=EAGER)
        made.fit(samples, batch_size=4, epochs=2, verbose=0, callbacks=callbacks_)
        ends.append(state(made))
    assert equal(*ends)
    assert callbacks_[0].failures == []
    assert callbacks_[0].refuge == 2


def test_a_dip_is_no_failure_and_what_lasts_is_told_once():
    symptom = symptoms.Collapsing(patience=10)
    wide, narrow = np.eye(4), 1e-3 * np.eye(4)
    told = [symptom.look(symptoms.Sight(5, {}, samples)) for samples in (wide, narrow, wide, narrow, narrow, narrow)]
    assert [bool(seen) for seen in told] == [False, False, False, False, True, False]
    assert told[4] == "the diversity of the samples has dropped to 0.0014, from 1.4"


def test_data_that_scatter_less_than_the_first_samples():
    symptom = symptoms.Collapsing(patience=5, of_data=1.0)
    assert [symptom.look(symptoms.Sight(5, {}, scale * np.eye(4))) for scale in (1e3, 1.0)] == [None, None]


def test_what_is_usual_follows_the_healthy_looks():
    symptom = symptoms.Exploding(patience=5, size=3.0)
    looks = [symptom.severity(symptoms.Sight(5, {"critic_loss": loss}, None)) for loss in (-290, 50, 60, 1e6)]
    assert [severity for severity, _ in looks] == pytest.approx([290 / 300, 50 / 290e2, 60 / 170e2, 1e6 / 60e2])
    assert looks[-1][1] == "the critic's loss explodes: 1e+06, where 60 is usual"
    assert len(symptom.healthy["critic_loss"]) == 3


def test_diversity_is_the_mean_distance_of_two():
    points = np.random.default_rng(0).normal(size=(6, 2, 3)) + 1e3
    rows = points.reshape(6, -1)
    distances = [np.linalg.norm(a - b) for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j]
    assert symptoms.diversity(points) == pytest.approx(np.mean(distances))
    assert symptoms.diversity(points[:1]) == 0


def test_warnings(capsys):
    made = game(models.LSGAN, lambda: keras.optimizers.SGD(3.0))
    monitor = fit(made, LINE.repeat(2, axis=1), epochs=3, on_failure="warn")
    assert [failed["action"] for failed in monitor.failures] == ["warned"] * len(monitor.failures)
    assert len(capsys.readouterr().err.splitlines()) == len(monitor.failures) >= 1
    with pytest.raises(ValueError, match="on_failure must be 'stop' or 'warn'; got 'roll_back'"):
        HealthMonitor(on_failure="roll_back")


@pytest.mark.slow
def test_on_jax():
    pytest.importorskip("jax", reason="the jax extra is not installed")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    chosen = "saturate or absurd or PyDataset or bitwise or lowered or ends"
    pytest_ = [sys.executable, "-m", "pytest", "-q", *FILES, "-k", chosen, "-p", "no:cacheprovider"]
    done = subprocess.run(pytest_, cwd=TESTS, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
