"""The command line in this process, what it left in a run directory, prepared data; shared by several tests."""

import os
import sys

import numpy as np
import pytest

from ganzoo import callbacks, cli, runs
from ganzoo.data.tfds import prepared

TINY = [
    "--set=networks.width=4",
    "--set=networks.latent_dim=3",
    "--set=training.batch_size=256",
    "--set=training.samples=4",
]


def ganzoo(*arguments):
    """Runs the command in this process; returns its exit code."""
    before, sys.argv = sys.argv, ["ganzoo", *map(str, arguments)]
    try:
        cli.main()
    except SystemExit as end:
        return end.code or 0
    finally:
        sys.argv = before
    return 0


def prepared_set(name):
    """Skips the test where the machine lacks the prepared TFDS set."""
    folder = os.environ.get("GANZOO_DATA")
    if not folder or name not in prepared(folder):
        pytest.skip(f"GANZOO_DATA does not name a folder with prepared {name}")


def contents(folder):
    """{path: bytes} of all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def state(run):
    """Every saved number of a run's newest model: weights, optimizers, noise, running means."""
    model = runs.Run(run).load()
    optimizers = (variable for optimizer in model.optimizers.values() for variable in optimizer.variables)
    return [variable.numpy() for variable in [*model.variables, *optimizers]]


def assert_same_run(ours, theirs):
    """Bitwise the same model, losses and pictures."""
    assert runs.Run(ours).newest()[0] == runs.Run(theirs).newest()[0]
    for one, other in zip(state(ours), state(theirs), strict=True):
        np.testing.assert_array_equal(one, other)
    logs = [callbacks.read_metrics(run / "metrics.jsonl") for run in (ours, theirs)]
    for record in [*logs[0], *logs[1]]:
        del record["seconds"]
    assert logs[0] == logs[1]
    assert contents(ours / "samples") == contents(theirs / "samples")
