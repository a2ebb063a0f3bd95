"""Several devices as one: each training in a process of its own, since devices are made before their first use."""

import os
import subprocess
import sys

import numpy as np
import pytest

TENSORFLOW = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"][:devices]).scope()
"""

JAX = """
import contextlib, os
os.environ["KERAS_BACKEND"] = "jax"
os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
import jax
import keras
assert len(jax.devices()) == devices
if devices == 2:
    keras.distribution.set_distribution(keras.distribution.DataParallel())
scope = contextlib.nullcontext()
"""

SCRIPT = """
import keras
import numpy as np
from ganzoo import models
from ganzoo.data import Samples

x = np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")
steps = {"critic_steps": 2} if name == "WGANGP" else {}
epochs = 1 if name == "AGE" else 2  # in its game differences of rounding grow a thousandfold in an epoch
with scope:
    keras.utils.set_random_seed(0)
    model = getattr(models, name).for_images((8, 8, 1), latent_dim=4, width=4, **steps)
    model.compile(optimizer={player: keras.optimizers.SGD(0.02) for player in model.players}, average=0.9)
start = np.random.default_rng(1)
model.set_weights([weight + start.uniform(0, 0.1, weight.shape) for weight in model.get_weights()])
before = model.get_weights()
history = model.fit(Samples(x, seed=1), batch_size=8, epochs=epochs, verbose=0).history
moved = max(np.abs(a - b).max() for a, b in zip(before, model.get_weights()))
np.savez(path, *model.get_weights(), moved=moved, losses=np.concatenate(list(history.values())))
if devices == 2 and keras.backend.backend() == "tensorflow":  # out of the scope as well
    try:
        model.compile(steps_per_execution=2)
    except ValueError as error:
        assert "steps_per_execution must be 1" in str(error), error
    else:
        raise AssertionError("steps_per_execution=2 was accepted")
"""


@pytest.mark.parametrize("name", ["WGANGP", "DCGAN", pytest.param("AGE", marks=pytest.mark.slow)])
@pytest.mark.parametrize("backend", [TENSORFLOW, pytest.param(JAX, marks=pytest.mark.slow)], ids=["tensorflow", "jax"])
def test_two_devices_train_as_one(backend, name, tmp_path):
    """The same weights and mean losses: gradients and batch statistics of the whole batch, and one device's noise.

    AGE's loss itself is one of the whole batch.

    Were the noise the same on both devices, or the loss not divided, the weights would differ by as much as they move.
    """
    ends = []
    for devices in (1, 2):
        path = str(tmp_path / f"{devices}.npz")
        values = f"name, devices, path = {name!r}, {devices}, {path!r}"
        command = [sys.executable, "-c", values + backend + SCRIPT]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
        ends.append(np.load(path))
    one, two = ends
    apart = max(np.abs(one[key] - two[key]).max() for key in one.files if key.startswith("arr"))
    assert one["moved"] > 1e-3
    assert apart < 1e-3 * one["moved"]
    np.testing.assert_allclose(one["losses"], two["losses"], rtol=1e-4)
