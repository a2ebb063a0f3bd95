"""Runs that are killed again and again, by SIGKILL, end as one that was left alone."""

import multiprocessing
import random
import time
import zipfile

import pytest
from running import TINY, assert_same_run, ganzoo

from ganzoo import runs
from ganzoo.checkpoints import Position

OPTIONS = [*TINY, "--set=training.batch_size=64", "--set=training.epochs=4", "--set=training.steps_per_epoch=20"]


@pytest.fixture(scope="module")
def processes():
    """Processes that start in no time: forked from one that has imported everything, and run nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["running", "ganzoo.training"])
    return context


class Killed:
    """A training in a process of its own, to be killed."""

    def __init__(self, processes, command, run):
        self.checkpoints = run / "checkpoints"
        self.started_with = set(self.checkpoints.glob("epoch_*"))
        self.process = processes.Process(target=ganzoo, args=command)
        self.process.start()

    def kill_anywhere(self, seconds):
        """After that time, also while it still builds or goes on from the checkpoint."""
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
        self.process.join()
        assert self.process.exitcode == -9

    def _wait(self, happened):
        deadline = time.monotonic() + 120
        while not happened():
            assert self.process.is_alive(), "The training ended before it could be killed."
            assert time.monotonic() < deadline, "The training does not go on."
            time.sleep(0.001)


@pytest.mark.parametrize("config", ["dcgan_digits", "wgan_gp_digits"])
def test_a_run_killed_at_ten_random_moments_ends_as_if_left_alone(config, processes, tmp_path):
    """Killed, every other time while a checkpoint is being written, and every fifth wherever the process may be."""
    moments = random.Random(config)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert ganzoo("train", config, *OPTIONS, "--run-dir", whole) == 0
    command = ["train", config, *OPTIONS, "--set=training.checkpoint_rounds=1", "--run-dir", str(killed), "--resume"]
    positions, half_written = [], 0
    for number in range(10):
        if number % 5 == 2:
            Killed(processes, command, killed).kill_anywhere(moments.uniform(0, 4))
        else:
            Killed(processes, command, killed).kill_in_training(moments.uniform(0, 1), while_writing=number % 2)
        half_written += bool(list(killed.rglob(".*.keras")))
        found = runs.Run(killed).checkpoints
        assert all(zipfile.ZipFile(path).testzip() is None for path in found.values())
        positions.append(max(found, default=Position()))
    assert positions == sorted(positions)
    assert len(set(positions)) >= 8
    assert sum(position.rounds > 0 for position in positions) >= 5
    assert half_written >= 2
    assert ganzoo(*command) == 0
    assert_same_run(killed, whole)
    assert not list(killed.rglob(".*"))
