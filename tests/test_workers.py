"""Several workers: processes that train together over loopback, and go on after the loss of one."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import types

import numpy as np
import pytest
from running import state
from test_replicas import SCRIPT

from ganzoo.checkpoints import Checkpoints, Position, checkpoints
from ganzoo.runs import Run

SECONDS = 300  # for what takes twenty on an idle machine

STRATEGY = """
import tensorflow as tf
scope = tf.distribute.MultiWorkerMirroredStrategy().scope()
"""

DEALT = """
import keras
import numpy as np
from ganzoo import models
from ganzoo.core.rounds import rounds

class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return points[index * 8 : index * 8 + 8]

points = np.arange(36, dtype="float32")[:, None]
for part in range(4):
    points[part * 9 : part * 9 + 9].tofile(f"{path}.{part}")
files = tf.data.Dataset.from_tensor_slices([f"{path}.{part}" for part in range(4)])
records = tf.data.FixedLengthRecordDataset(files, 4).map(lambda row: tf.io.decode_raw(row, "float32")).batch(8)
with scope:
    gan = models.WGANGP.for_vectors(1, width=4, critic_steps=2)
seen = {}
for kind, x, k, size in (("array", points, 2, 8), ("files", records, 1, None), ("pydataset", Batches(), 2, None)):
    data, _, _ = rounds(x, batch_size=size, k=k, replicas=gan.replicas, draw_seed=gan.draw_seed, shuffle=True, epochs=1)
    strategy = gan.distribute_strategy
    shares = [
        strategy.experimental_local_results(rows)[0].numpy()
        for rows in strategy.experimental_distribute_dataset(data)
    ]
    seen[kind] = np.concatenate(shares)[:, 0]
    seen[f"{kind}_sizes"] = [len(share) for share in shares]
np.savez(path, **seen)
"""


def free_ports(number):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def two_workers(command, folder):
    """The processes of `command(index)`; none is left at the end. Their output goes into `folder`."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in free_ports(2)]}
    with contextlib.ExitStack() as stack:
        processes = []
        for index in range(2):
            task = {"cluster": cluster, "task": {"type": "worker", "index": index}}
            output = stack.enter_context((folder / f"output_{index}.txt").open("w"))
            processes.append(
                subprocess.Popen(
                    command(index),
                    cwd=folder,
                    env=os.environ | {"TF_CONFIG": json.dumps(task)},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )
            stack.callback(processes[-1].wait)
            stack.callback(processes[-1].kill)
        yield processes


def run_two(command, folder):
    """Both to their end, within `SECONDS`; what they printed."""
    with two_workers(command, folder) as processes:
        codes = [process.wait(SECONDS) for process in processes]
    printed = [(folder / f"output_{index}.txt").read_text() for index in range(2)]
    assert codes == [0, 0], "\n".join(text[-3000:] for text in printed)
    return printed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["WGANGP", "DCGAN"])
def test_two_workers_train_as_one_device(name, tmp_path):
    def command(index, devices=2):
        path = str(tmp_path / f"{devices}_{index}.npz")
        values = f"name, devices, path = {name!r}, {devices}, {path!r}"
        start = STRATEGY if devices == 2 else "import contextlib; scope = contextlib.nullcontext()"
        return [sys.executable, "-c", f"{values}\n{start}\n{SCRIPT}"]

    run_two(command, tmp_path)
    subprocess.run(command(0, devices=1), check=True, timeout=SECONDS)
    one, first, second = (np.load(tmp_path / f"{end}.npz") for end in ("1_0", "2_0", "2_1"))
    for key in one.files:
        np.testing.assert_array_equal(first[key], second[key])
    apart = max(np.abs(one[key] - first[key]).max() for key in one.files if key.startswith("arr"))
    assert one["moved"] > 1e-3
    assert apart < 1e-3 * one["moved"]
    np.testing.assert_allclose(one["losses"], first["losses"], rtol=1e-4)


@pytest.mark.slow
def test_each_sample_goes_to_one_worker(tmp_path):
    """Of arrays whose order nobody has seeded, of files, and of a PyDataset: none twice, none left out."""

    def command(index):
        return [sys.executable, "-c", f"path = {str(tmp_path / f'{index}.npz')!r}\n{STRATEGY}\n{DEALT}"]

    run_two(command, tmp_path)
    first, second = (np.load(tmp_path / f"{index}.npz") for index in range(2))
    assert first["array_sizes"].tolist() == second["array_sizes"].tolist() == [8, 8]
    assert first["files_sizes"].tolist() == second["files_sizes"].tolist() == [4, 4, 4, 4, 2]
    assert first["pydataset_sizes"].tolist() == second["pydataset_sizes"].tolist() == [8, 8]
    for kind, samples in (("array", 32), ("files", 36), ("pydataset", 32)):
        dealt = [*first[kind], *second[kind]]
        assert len(dealt) == len(set(dealt)) == samples


def test_workers_have_no_common_clock(tmp_path):
    callback = Checkpoints(tmp_path, minutes=10)
    callback.set_model(types.SimpleNamespace(worker=(0, 2), initial_round=0))
    with pytest.raises(ValueError, match="each worker has its own; give rounds"):
        callback.on_train_begin()


@pytest.mark.slow
def test_a_training_goes_on_after_the_loss_of_a_worker(tmp_path):
    """The README's script, literally: one of its two workers is killed in the middle, and both are started again."""
    readme = (pathlib.Path(__file__).parents[1] / "README.md").read_text()
    script = next(code for code in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "MultiWorker" in code)
    whole, lost = tmp_path / "whole", tmp_path / "lost"
    for folder in (whole, lost):
        folder.mkdir()
        (folder / "workers.py").write_text(script)

    def command(index):
        return [sys.executable, "workers.py"]

    printed = run_two(command, whole)
    losses = [re.findall(r"\w+_loss: \S+", text) for text in printed]
    assert losses[0] == losses[1]
    assert len(losses[0]) == 2 * 4

    with two_workers(command, lost) as (other, killed):
        deadline = time.monotonic() + SECONDS
        while not checkpoints(lost / "runs/workers/checkpoints"):
            assert time.monotonic() < deadline
            assert killed.poll() is None
            time.sleep(0.05)
        killed.kill()
        assert other.wait(SECONDS) != 0
    reached = max(checkpoints(lost / "runs/workers/checkpoints"))
    assert Position(0, 10) <= reached < Position(3, 0)
    assert "Epoch 1/4" not in run_two(command, lost)[0] or reached.epochs == 0
    for ours, theirs in zip(state(lost / "runs/workers"), state(whole / "runs/workers"), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert Run(lost / "runs/workers").newest()[0] == Position(4)
