"""Runs that are killed again and again, by SIGKILL, end as one that was left alone."""

import random
import subprocess
import sys
import time
import zipfile

import pytest
from running import TINY, assert_same_run, ganzoo

from ganzoo import runs
from ganzoo.checkpoints import Position

OPTIONS = [*TINY, "--set=training.batch_size=64", "--set=training.epochs=4", "--set=training.steps_per_epoch=40"]


class Killed:
    """A training in a process of its own, to be killed."""

    def __init__(self, command, run):
        self.checkpoints = run / "checkpoints"
        self.started_with = set(self.checkpoints.glob("epoch_*"))
        code = "from ganzoo.cli import main; main()"
        self.process = subprocess.Popen([sys.executable, "-c", code, *command], stdout=subprocess.DEVNULL)

    def kill_anywhere(self, seconds):
        """After that time, also while it still imports or builds."""
        time.sleep(seconds)
        self._kill()

    def kill_in_training(self, seconds, while_writing):
        """After that time from its first checkpoint on, or at the next moment at which one is being written."""
        self._wait(lambda: set(self.checkpoints.glob("epoch_*")) - self.started_with)
        time.sleep(seconds)
        if while_writing:
            self._wait(lambda: list(self.checkpoints.glob(f".{self.process.pid}.*")))
        self._kill()

    def _kill(self):
        self.process.kill()
        assert self.process.wait() == -9

    def _wait(self, happened):
        deadline = time.monotonic() + 120
        while not happened():
            assert self.process.poll() is None, "The training ended before it could be killed."
            assert time.monotonic() < deadline, "The training does not go on."
            time.sleep(0.001)


@pytest.mark.parametrize(
    ("config", "kills"),
    [
        ("dcgan_digits", 2),
        pytest.param("dcgan_digits", 10, marks=pytest.mark.slow),
        pytest.param("wgan_gp_digits", 10, marks=pytest.mark.slow),
    ],
)
def test_a_run_killed_at_random_moments_ends_as_if_left_alone(config, kills, tmp_path):
    """Killed, every other time while a checkpoint is being written, and every fifth wherever the process may be."""
    moments = random.Random(config)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert ganzoo("train", config, *OPTIONS, "--run-dir", whole) == 0
    command = ["train", config, *OPTIONS, "--set=training.checkpoint_rounds=1", "--run-dir", str(killed), "--resume"]
    positions, half_written = [], 0
    for number in range(kills):
        if number % 5 == 2:
            Killed(command, killed).kill_anywhere(moments.uniform(2, 10))
        else:
            Killed(command, killed).kill_in_training(moments.uniform(0, 1), while_writing=number % 2)
        half_written += bool(list(killed.rglob(".*.keras")))
        found = runs.Run(killed).checkpoints
        assert all(zipfile.ZipFile(path).testzip() is None for path in found.values())
        positions.append(max(found, default=Position()))
    assert positions == sorted(positions)
    assert len(set(positions)) >= kills - 2
    assert sum(position.rounds > 0 for position in positions) >= kills // 2
    assert half_written >= kills // 4
    done = subprocess.run([sys.executable, "-c", "from ganzoo.cli import main; main()", *command], check=False)
    assert done.returncode == 0
    assert_same_run(killed, whole)
    assert not list(killed.rglob(".*"))
