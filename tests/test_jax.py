"""JAX beside TensorFlow: the same models, weights and losses, in a process in which TensorFlow cannot be imported."""

import json
import os
import pathlib
import subprocess
import sys

import agreement
import keras
import numpy as np
import pytest
from conformance import ROWS

pytest.importorskip("jax", reason="the jax extra is not installed")
TESTS = pathlib.Path(__file__).parent


# Programs of a few rounds: most of their time is the compiler's, and two thirds of that are optimisations.
UNOPTIMISED = "--xla_backend_optimization_level=0"

QUICK = ("DCGAN", "WGANGP", "AlphaGAN", "BiGAN", "ConditionalGAN", "Classifier")  # one of each kind


def on_jax(*command):
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "XLA_FLAGS": UNOPTIMISED}
    done = subprocess.run([sys.executable, *command], cwd=TESTS, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("quick", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_the_backends_agree(quick, tmp_path):
    """After four rounds from the same start on both, for all models in one process of JAX, which is slow to start."""
    rows = [row for row in ROWS if (row.name in QUICK) is quick]
    for row in rows:
        keras.utils.set_random_seed(3)
        row.for_images().save_weights(tmp_path / f"{row.name}.weights.h5")
        agreement.train(row, tmp_path)
    on_jax("agreement.py", str(tmp_path), *(row.name for row in rows))
    for row in rows:
        check_weights_agree(row, tmp_path)
        check_training_goes_on_on_tensorflow(row, tmp_path)


def check_weights_agree(row, folder):
    start, ours, theirs = row.for_images(), row.for_images(), row.for_images()
    start.load_weights(folder / f"{row.name}.weights.h5")
    ours.load_weights(folder / f"{row.name}.tensorflow.weights.h5")
    theirs.load_weights(folder / f"{row.name}.jax.weights.h5")
    for a, b in zip(ours.trainable_variables, theirs.trainable_variables, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3, err_msg=row.name)
    moved = max(float(np.abs(a - b).max()) for a, b in zip(start.get_weights(), ours.get_weights(), strict=True))
    apart = max(float(np.abs(a - b).max()) for a, b in zip(theirs.get_weights(), ours.get_weights(), strict=True))
    assert apart < 0.01 * moved, row.name


def check_training_goes_on_on_tensorflow(row, folder):
    model = keras.saving.load_model(folder / f"{row.name}.jax.keras")
    images = keras.ops.convert_to_numpy(model(row.inputs(model)))
    np.testing.assert_allclose(images, np.load(folder / f"{row.name}.jax.npy"), atol=1e-5)
    player = next(iter(model.players))
    updates = int(model.optimizers[player].iterations)
    assert updates == 4 * model.players[player].steps
    model.fit(row.data(16), batch_size=8, verbose=0)
    assert int(model.optimizers[player].iterations) > updates


@pytest.mark.slow
def test_the_conformance_suite_passes_on_jax():
    deselected = "not fixture"  # a seed gives other noise there, so other images
    both_cores = ("-n", "2", "--dist", "worksteal")
    out = on_jax("-m", "pytest", "-q", "test_conformance.py", "-k", deselected, "-p", "no:cacheprovider", *both_cores)
    assert " passed" in out


def test_training_from_the_command_line_without_tensorflow(tmp_path):
    np.savez(tmp_path / "mine.npz", x=np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1), "uint8"))
    script = """
import sys
for name in ("tensorflow", "tensorflow_datasets", "tensorflow_probability"):
    sys.modules[name] = None
from ganzoo import cli
folder = sys.argv.pop()
sys.argv[1:] = ["train", "wgan_gp_digits", "--run-dir", folder + "/run", "--set", f"data.path={folder}/mine.npz"]
sys.argv += ["--set", "training.epochs=1", "--set", "training.batch_size=8", "--set", "training.steps_per_epoch=3"]
sys.argv += ["--set", "networks.width=4", "--set", "model.critic_steps=2", "--set", "evaluation.every_rounds=2"]
traced = []
from ganzoo.core import model
one_round = model.AdversarialModel.train_round
model.AdversarialModel.train_round = lambda *arguments: traced.append(1) or one_round(*arguments)
import atexit
atexit.register(lambda: print(f"traced {len(traced)} times"))
cli.main()
"""
    said = on_jax("-c", script, str(tmp_path))
    assert "is trained" in said
    assert "traced 1 times" in said, "the round is not compiled"
    assert (tmp_path / "run" / "report.html").exists()
    assert [json.loads(line)["rounds"] for line in (tmp_path / "run" / "scores.jsonl").open()] == [2, 3]


def test_a_missing_jax_is_named_with_its_extra():
    script = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "jax":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from ganzoo import cli
import ganzoo
try:
    ganzoo.models
except ImportError as error:
    print(error)
"""
    assert "pip install 'ganzoo[jax]'" in on_jax("-c", script)
