"""The health monitor: games that fail, games that do not, and what `ganzoo train` does about the former."""

import functools
import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from conformance import equal, images, state
from running import TINY, assert_same_run, ganzoo
from test_cyclegan import game as translator

from ganzoo import callbacks, data, models, runs, symptoms
from ganzoo.callbacks import HealthMonitor, TrainingFailed
from ganzoo.checkpoints import Checkpoints, read_memory
from ganzoo.core import AdversarialModel, lower_learning_rates
from ganzoo.core.rates import ScaledSchedule

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


# --- learning rates ------------------------------------------------------------------------------------------------


def test_learning_rates_are_lowered_and_saved(tmp_path):
    made = game(models.GAN)
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, 10, 0.5)
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(schedule))
    made.compile(optimizer={"discriminator": keras.optimizers.Adam(1e-3), "generator": scaled})
    for _ in range(2):
        lower_learning_rates(made, 0.3)
    made.save(tmp_path / "game.keras")
    for one in (made, keras.saving.load_model(tmp_path / "game.keras")):
        assert float(one.optimizers["discriminator"].learning_rate) == pytest.approx(0.09e-3)
        rate = one.optimizers["generator"].inner_optimizer._learning_rate
        assert isinstance(rate, ScaledSchedule)
        assert not isinstance(rate.schedule, ScaledSchedule)
        assert float(rate(20)) == pytest.approx(0.09 * 0.25e-2)
        assert one.fit(LINE.repeat(2, axis=1), epochs=1, verbose=0).history


# --- the command line ----------------------------------------------------------------------------------------------


def command(rate="3.0", *more):
    """A least squares game whose gradients blow up at the first learning rates: it needs two roll-backs."""
    sgd = f"{{class: SGD, learning_rate: {rate}, momentum: 0.9}}"
    short = ["training.epochs=3", "training.steps_per_epoch=15", "training.batch_size=16", "data.size=640"]
    settings = [*short, f"optimizers.discriminator={sgd}", f"optimizers.generator={sgd}", *more]
    return ["train", "lsgan_ring", *TINY, *(f"--set={setting}" for setting in settings)]


@pytest.fixture(scope="module")
def eager():
    """Rounds without a graph, which is quicker for a few of them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            AdversarialModel, "compile", functools.partialmethod(AdversarialModel.compile, run_eagerly=EAGER)
        )
        yield


@pytest.fixture(scope="module")
def rolled_back(tmp_path_factory, eager):
    """The directory of a run that failed and ended well."""
    directory = tmp_path_factory.mktemp("runs") / "run"
    assert ganzoo(*command(), "--run-dir", directory) == 0
    return directory


def test_a_run_that_failed_is_rolled_back_and_ends_well(rolled_back):
    failures = runs.Run(rolled_back).failures()
    assert {failed["symptom"] for failed in failures} == {"NotFinite"}
    assert failures[0]["action"] == "rolled back to epoch 0, all learning rates times 0.3"
    model = runs.Run(rolled_back).load()
    assert all(np.isfinite(weights).all() for weights in model.get_weights())
    for optimizer in model.optimizers.values():
        assert float(optimizer.learning_rate) == pytest.approx(3.0 * 0.3 ** len(failures))
    report = (rolled_back / "report.html").read_text()
    assert report.count("<li>Failure in round") == len(failures)
    assert "It was rolled back to epoch 0" in report
    assert [record["epoch"] for record in callbacks.read_metrics(rolled_back / "metrics.jsonl")] == [1, 2, 3]


def interrupted_after(monkeypatch, rounds):
    """Sends this process SIGINT after so many rounds of all trainings together."""
    done, original = [], Checkpoints.on_train_batch_end

    def on_train_batch_end(self, batch, logs=None):
        done.append(batch)
        if len(done) == rounds:
            os.kill(os.getpid(), signal.SIGINT)
        original(self, batch, logs)

    monkeypatch.setattr(Checkpoints, "on_train_batch_end", on_train_batch_end)


def test_a_rolled_back_run_that_was_interrupted_ends_as_if_left_alone(rolled_back, tmp_path, monkeypatch):
    """In the middle of an epoch after it was rolled back; few checkpoints are kept, and that with lowered rates is."""
    interrupted_after(monkeypatch, sum(failed["round"] for failed in runs.Run(rolled_back).failures()) + 20)
    run = tmp_path / "run"
    often = ["--set=training.checkpoint_rounds=4", "--set=training.keep_checkpoints=1"]
    assert ganzoo(*command(), *often, "--run-dir", run) == 130
    monkeypatch.undo()
    assert max(runs.Run(run).checkpoints) == (1, 5)
    assert ganzoo(*command(), *often, "--run-dir", run, "--resume") == 0
    assert_same_run(run, rolled_back)
    assert runs.Run(run).failures() == runs.Run(rolled_back).failures()


def test_a_run_killed_while_it_is_rolled_back_is_rolled_back_once(rolled_back, tmp_path, monkeypatch):
    """Between the removal of what failed and the checkpoint with the lowered rates."""
    run = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr("ganzoo.rollback.write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert ganzoo(*command(), "--run-dir", run) == 130
    assert ganzoo(*command(), "--run-dir", run, "--resume") == 0
    assert_same_run(run, rolled_back)
    assert runs.Run(run).failures() == runs.Run(rolled_back).failures()


@pytest.fixture
def poisoned(monkeypatch):
    """A function: (rounds of all trainings together, after which the generator is set to NaN)."""

    def poisoned(rounds):
        done, original = [], Checkpoints.on_train_batch_end

        def on_train_batch_end(self, batch, logs=None):
            done.append(batch)
            if len(done) == rounds:
                for variable in self.model.generator.trainable_variables:
                    variable.assign(np.nan * variable)
            original(self, batch, logs)

        monkeypatch.setattr(Checkpoints, "on_train_batch_end", on_train_batch_end)

    return poisoned


def test_back_to_the_last_healthy_epoch(eager, tmp_path, poisoned, capsys):
    """NaN in the third epoch, within which checkpoints are written as well; the schedule goes on at a third."""
    run = tmp_path / "run"
    options = ["--set=training.epochs=4", "--set=training.steps_per_epoch=10", "--set=training.checkpoint_rounds=1"]
    poisoned(25)
    assert ganzoo("train", "gan_ring", *TINY, *options, "--run-dir", run) == 0
    (failed,) = runs.Run(run).failures()
    assert (failed["epoch"], failed["round"], failed["back_to_epoch"]) == (3, 10, 2)
    said = capsys.readouterr().err
    assert said.startswith("ganzoo: Failure in round 10 of epoch 3: the discriminator's loss and the generator's loss ")
    assert "Rolled back to epoch 2, all learning rates times 0.3 (1 of at most 4 times)." in said
    memory = read_memory(runs.Run(run).checkpoints[(4, 0)])
    assert memory["refuge"] == 4
    assert memory["failures"] == [failed]
    _, model, _ = runs.Run(run).newest()
    assert int(model.optimizers["generator"].iterations) == 40
    assert model.optimizers["generator"]._learning_rate.factor == 0.3


@pytest.mark.parametrize(
    ("setting", "end"), [("on_failure=stop", ""), ("roll_backs=1", " It has been rolled back 1 t")]
)
def test_a_stop_leaves_the_run_where_it_was_healthy(eager, tmp_path, monkeypatch, capsys, setting, end):
    run = tmp_path / "run"
    options = [*TINY, "--set=training.epochs=3", "--set=training.steps_per_epoch=10", f"--set=health.{setting}"]
    original = Checkpoints.on_epoch_begin

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            bias = self.model.generator.trainable_variables[-1]
            bias.assign(np.nan * bias)
        original(self, epoch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(Checkpoints, "on_epoch_begin", on_epoch_begin)
        assert ganzoo("train", "gan_ring", *options, "--run-dir", run) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("ganzoo: Failure in round 10 of epoch 2: ")
    assert f"{end}" in said
    assert said.endswith("The run is left at its last healthy checkpoint, epoch 1.")
    assert list(runs.Run(run).checkpoints) == [(1, 0)]
    assert [failed["action"][:6] for failed in runs.Run(run).failures()] == ["rolled"] * bool(end) + ["stoppe"]
    assert "<li>Failure in round 10 of epoch 2" in (run / "report.html").read_text()
    assert ganzoo("train", "gan_ring", *options, "--set=health.on_failure=warn", "--run-dir", run, "--resume") == 0
    assert max(runs.Run(run).checkpoints) == (3, 0)


def test_going_back_does_not_help_bad_data(eager, tmp_path, monkeypatch, capsys):
    original = data.read

    @functools.wraps(original)
    def read(*arguments, **options):
        samples = original(*arguments, **options)
        samples.arrays[0][::2, 0] = np.nan
        return samples

    monkeypatch.setattr(data, "read", read)
    assert ganzoo(*command("0.01"), "--run-dir", tmp_path / "run") == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "and the data hold NaN or infinity. The usual remedy: repair those samples" in said[0]
    assert said[0].endswith("No checkpoint is known to be healthy.")
    assert json.loads((tmp_path / "run" / "health.jsonl").read_text())["action"] == "stopped"


@pytest.mark.slow
def test_on_jax():
    pytest.importorskip("jax", reason="the jax extra is not installed")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    chosen = "saturate or absurd or PyDataset or bitwise or lowered or ends"
    pytest_ = [sys.executable, "-m", "pytest", "-q", __file__, "-k", chosen, "-p", "no:cacheprovider"]
    done = subprocess.run(pytest_, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
