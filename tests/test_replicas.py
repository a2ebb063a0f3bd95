"""Several devices as one: in a process of its own, since TensorFlow splits a processor only before it is used."""

import subprocess
import sys

SCRIPT = """
import keras
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from ganzoo import models, networks
from ganzoo.data import Samples

x = np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")
shape, start, weights, losses = (8, 8, 1), None, [], []
for devices in (["CPU:0"], ["CPU:0", "CPU:1"]):
    with tf.distribute.MirroredStrategy(devices).scope():
        keras.utils.set_random_seed(0)
        generator = networks.dcgan_generator(shape, 4, 4, normalization=None)
        critic = networks.dcgan_discriminator(shape, 4, normalization=None)
        model = models.WGANGP(generator, critic, critic_steps=2)
        model.compile(optimizer={player: keras.optimizers.SGD(0.02) for player in model.players}, average=0.9)
        if len(devices) == 2:
            try:
                model.compile(steps_per_execution=2)
            except ValueError as error:
                assert "steps_per_execution must be 1" in str(error), error
            else:
                raise AssertionError("steps_per_execution=2 was accepted")
        start = start or model.get_weights()
        model.set_weights(start)
    history = model.fit(Samples(x, seed=1), batch_size=8, epochs=2, verbose=0).history
    weights.append(model.get_weights())
    losses.append(np.concatenate(list(history.values())))

moved = max(np.abs(a - b).max() for a, b in zip(weights[0], start))
apart = max(np.abs(a - b).max() for a, b in zip(*weights))
print("moved", moved, "apart", apart, "losses", losses)
assert moved > 1e-3
assert apart < 1e-4 * moved
np.testing.assert_allclose(*losses, rtol=1e-4)
"""


def test_two_replicas_train_as_one_device():
    """The same weights and mean losses: gradients of the whole batch, and the noise that one device would draw.

    Were the noise the same on both replicas, or the loss not divided, the weights would differ by as much as they move.
    """
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
