"""What `ganzoo train` does about a game that fails: it goes back, lowers the learning rates, or stops."""

import functools
import json
import os
import signal

import keras
import numpy as np
import pytest
from running import TINY, assert_same_run, ganzoo
from test_health import EAGER, LINE, game

from ganzoo import callbacks, data, models, runs
from ganzoo.checkpoints import Checkpoints, read_memory
from ganzoo.core import AdversarialModel, lower_learning_rates
from ganzoo.core.rates import ScaledSchedule


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
