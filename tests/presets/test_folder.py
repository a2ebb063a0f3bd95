"""Presets as folders: what is written is read again, and nothing else is."""

import ast
import json
import os
import subprocess
import sys

import conformance
import keras
import numpy as np
import pytest

import ganzoo
from ganzoo import models, presets
from ganzoo.presets import folder, registry


@pytest.fixture
def gan():
    model = models.WGANGP.for_vectors(2, latent_dim=2, width=8)
    model.compile(average=0.9)
    model.fit(conformance.vectors(), batch_size=4, verbose=0)
    return model


@pytest.mark.parametrize("row", conformance.in_time(conformance.ROWS), ids=lambda row: row.name)
def test_a_preset_gives_what_the_model_gave(row, tmp_path):
    model = row.for_images()
    model.compile()
    model.save_to_preset(tmp_path / "preset")
    again = ganzoo.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(row.outputs(again), row.outputs(model), atol=0.02)
    assert again.compiled
    assert all(weight.dtype in ("float32", "int32", "uint32") for weight in again.weights)


def test_every_shipped_preset_loads_where_nothing_else_has_been_imported(tmp_path):
    """As a user's script does it: classes, schedules and the like are registered by that alone."""
    script = "import ganzoo; print([type(ganzoo.from_preset(name)).__name__ for name in ganzoo.presets.list()])"
    environment = os.environ | {"GANZOO_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout) == [entry["model"] for entry in registry.entries().values()]


def test_the_averages_become_the_weights_and_training_goes_on(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    again = models.WGANGP.from_preset(tmp_path / "preset")
    assert not again.averages
    np.testing.assert_allclose(again.generate(4), gan.generate(4, averaged=True), atol=0.01)
    again.fit(conformance.vectors(), batch_size=4, verbose=0)


def test_weights_are_less_than_half_as_long_on_disk(tmp_path):
    """By a tenth at least, though these are random; of trained ones it is a fifth."""
    model = models.GAN.for_vectors(2, width=512)
    model.save_to_preset(tmp_path / "preset")
    size = (tmp_path / "preset" / "model.weights.h5").stat().st_size
    assert size < 1.8 * model.count_params()


def test_large_weights_come_in_shards(gan, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "SHARD", 300)
    gan.save_to_preset(tmp_path / "preset")
    shards = sorted(path.name for path in (tmp_path / "preset").glob("*.weights.*"))
    assert shards[0] == "model.weights.json"
    assert shards[1:] == [f"model_{index:05d}.weights.h5" for index in range(len(shards) - 1)]
    assert len(shards) > 2
    again = ganzoo.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(again.generate(4), gan.generate(4, averaged=True), atol=0.01)
    (tmp_path / "preset" / shards[1]).unlink()
    with pytest.raises(ValueError, match=r"holds no file 'model_00000.weights.h5'"):
        ganzoo.from_preset(tmp_path / "preset")


def test_a_variable_larger_than_a_shard_has_a_file_of_its_own(gan, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "SHARD", 64)  # bytes; a layer's 8 x 8 numbers take 128
    gan.save_to_preset(tmp_path / "preset")
    again = ganzoo.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(again.generate(4), gan.generate(4, averaged=True), atol=0.01)


def test_a_preset_has_no_history_of_a_training(tmp_path):
    network = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 1)])
    model = models.CycleGAN(*(keras.models.clone_model(network) for _ in range(4)), buffer_size=1000)
    model.compile()
    model.fit(*np.zeros((2, 4, 8, 8, 1), "float32"), verbose=0)
    assert presets.parameters(model) == 4 * 2
    model.save_to_preset(tmp_path / "preset")
    assert (tmp_path / "preset" / "model.weights.h5").stat().st_size < 50_000
    again = ganzoo.from_preset(tmp_path / "preset")
    assert int(again.buffer_a.filled) == 0
    np.testing.assert_allclose(again.generator_ab.get_weights()[0], model.generator_ab.get_weights()[0], rtol=1e-3)


def test_without_weights_it_is_the_architecture(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    again = ganzoo.from_preset(tmp_path / "preset", load_weights=False)
    assert not np.allclose(again.generate(4), gan.generate(4))


def test_another_class_is_refused(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    with pytest.raises(ValueError, match="is a WGANGP, no DCGAN"):
        models.DCGAN.from_preset(tmp_path / "preset")


def test_nothing_is_overwritten(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    with pytest.raises(ValueError, match="exists already"):
        gan.save_to_preset(tmp_path / "preset")
    assert [path.name for path in tmp_path.iterdir()] == ["preset"]


def test_weights_too_large_for_float16_leave_nothing(gan, tmp_path):
    gan.compile()
    gan.generator.set_weights([weight * 1e6 + 1e6 for weight in gan.generator.get_weights()])
    with pytest.raises(ValueError, match="too large for float16"):
        gan.save_to_preset(tmp_path / "preset")
    assert not list(tmp_path.iterdir())


def test_a_changed_file_is_refused(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    weights = tmp_path / "preset" / "model.weights.h5"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="SHA-256"):
        presets.from_preset(tmp_path / "preset")


@pytest.mark.parametrize(
    ("name", "said"),
    [("../config.json", "of its own"), ("gone.txt", "of its own"), ("link.json", "of its own")],
)
def test_files_outside_of_the_folder_are_refused(gan, tmp_path, name, said):
    gan.save_to_preset(tmp_path / "preset")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "preset" / "link.json").symlink_to(tmp_path / "config.json")
    change(tmp_path / "preset", files={name: "0"})
    with pytest.raises(ValueError, match=said):
        presets.from_preset(tmp_path / "preset")


def test_a_newer_format_is_refused(gan, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    change(tmp_path / "preset", format=99)
    with pytest.raises(ValueError, match="newer version"):
        presets.from_preset(tmp_path / "preset")


@pytest.mark.parametrize(
    "foreign",
    [
        {"module": "os", "class_name": "system", "config": "true"},
        {"module": "os", "class_name": "system", "config": "true", "registered_name": "ganzoo>system"},
        {"module": "builtins", "class_name": "function", "config": "os.system", "registered_name": "function"},
    ],
)
def test_a_foreign_class_is_refused(gan, foreign, tmp_path):
    gan.save_to_preset(tmp_path / "preset")
    config = json.loads((tmp_path / "preset" / "config.json").read_text())
    config["model"]["config"]["generator"] = foreign
    text = json.dumps(config)
    (tmp_path / "preset" / "config.json").write_text(text)
    change(tmp_path / "preset", sums=False)
    with pytest.raises(ValueError, match=f"'{foreign['class_name']}' of {foreign['module']}"):
        presets.from_preset(tmp_path / "preset")


def test_an_unknown_name_has_the_nearest(tmp_path):
    with pytest.raises(ValueError, match="There is no preset 'nothing'"):
        presets.from_preset("nothing")


def change(folder, sums=True, **entries):
    """Changes entries of a preset's metadata; the sums of its files are made right where they are not the point."""
    path = folder / "metadata.json"
    metadata = json.loads(path.read_text()) | entries
    if not sums:
        import hashlib

        for name in metadata["files"]:
            metadata["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(metadata))
