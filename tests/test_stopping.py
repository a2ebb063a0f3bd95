"""A training that is stopped, by a signal or at once, and what the command line says of it."""

import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest
from running import TINY, assert_same_run, ganzoo
from test_cli import RING

from ganzoo import callbacks, runs
from ganzoo.checkpoints import Checkpoints, Position


@pytest.fixture
def signal_after(monkeypatch):
    """A function: (number of a signal, rounds after which this process is to be sent it; several for several)."""

    def signal_after(number, *rounds):
        done = []
        original = Checkpoints.on_train_batch_end

        def on_train_batch_end(self, batch, logs=None):
            done.append(batch)
            if len(done) in rounds:
                os.kill(os.getpid(), number)
            original(self, batch, logs)

        monkeypatch.setattr(Checkpoints, "on_train_batch_end", on_train_batch_end)

    return signal_after


@pytest.mark.parametrize("config", ["dcgan_digits", "wgan_gp_digits"])
def test_a_run_stopped_within_an_epoch_goes_on_bit_for_bit(config, tmp_path, signal_after, capsys):
    """Seven rounds an epoch are no whole pass over the data; the epoch after the rest of one counts as well."""
    command = ["train", config, *TINY, "--set=training.batch_size=64", "--set=training.steps_per_epoch=7"]
    command += ["--set=training.epochs=3", *(["--set=model.critic_steps=2"] if config.startswith("wgan") else [])]
    assert ganzoo(*command, "--run-dir", tmp_path / "whole") == 0
    rounds = random.Random(config).choice([8, 9, 10, 11, 12, 13])
    signal_after(signal.SIGINT, rounds)
    assert ganzoo(*command, "--run-dir", tmp_path / "stopped") == 130
    assert list(runs.Run(tmp_path / "stopped").checkpoints) == [(1, 0), (1, rounds - 7)]
    said = capsys.readouterr().out.splitlines()[-1]
    go_on = f"go on with: ganzoo {' '.join(command)} --run-dir {tmp_path / 'stopped'} --resume"
    assert said == f"Stopped, saved after round {rounds - 7} of epoch 2; {go_on}"
    (tmp_path / "stopped" / "checkpoints" / ".999999999.epoch_0002.keras").touch()
    assert ganzoo(*command, "--run-dir", tmp_path / "stopped", "--resume") == 0
    assert_same_run(tmp_path / "stopped", tmp_path / "whole")
    assert not list(tmp_path.rglob(".*"))


def test_sigterm_at_the_end_of_an_epoch(tmp_path, signal_after, capsys):
    signal_after(signal.SIGTERM, 4)
    assert ganzoo(*RING, "--run-dir", tmp_path / "run", "--resume") == 143
    assert capsys.readouterr().out.splitlines()[-1].startswith("Stopped, saved after epoch 2; go on with: ganzoo train")
    assert [record["epoch"] for record in callbacks.read_metrics(tmp_path / "run" / "metrics.jsonl")] == [1, 2]


def test_before_the_first_round_there_is_nothing_to_save(tmp_path, monkeypatch, capsys):
    def interrupt(self, logs=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(callbacks.SampleGrid, "on_train_begin", interrupt)
        assert ganzoo(*RING, "--run-dir", tmp_path / "run") == 130
    assert capsys.readouterr().out.startswith("Stopped, nothing is saved yet; go on with: ganzoo train gan_ring ")
    assert ganzoo(*RING, "--run-dir", tmp_path / "run", "--resume") == 0


def test_what_is_left_of_a_run_killed_at_once_is_no_hindrance(tmp_path, signal_after):
    """And a signal in the very last round comes too late to stop anything."""
    (tmp_path / ".999999999.config.yaml").write_text("model:")
    signal_after(signal.SIGTERM, 6)
    assert ganzoo(*RING, "--run-dir", tmp_path) == 0
    assert not list(tmp_path.glob(".*"))
    assert (tmp_path / "report.html").exists()


def test_ctrl_c_in_a_process_of_its_own(tmp_path):
    command = [*RING, "--set=training.epochs=100000", "--run-dir", "run"]
    code = "from ganzoo.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *command], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "run" / "metrics.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    assert re.fullmatch(r"Stopped, saved after .*epoch \d+; go on with: ganzoo train .* --run-dir run --resume\n", out)
    newest = max(runs.Run(tmp_path / "run").checkpoints)
    assert newest >= Position(1, 0)
