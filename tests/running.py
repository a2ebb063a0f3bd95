"""The command line in this process, and what it left in a run directory; shared by several tests."""

import sys

import numpy as np

from ganzoo import callbacks, cli, runs

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
