"""Files from elsewhere: what they ask for and do not get. Each is refused in one sentence."""

import hashlib
import io
import json
import stat
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras.src.saving.serialization_lib import SafeModeScope

import ganzoo
from ganzoo import models, safety
from ganzoo.checkpoints import load_model

FOREIGN = {"module": "os", "class_name": "system", "config": "true", "registered_name": "os>system"}


@keras.saving.register_keras_serializable("tests")
class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def gan_with(layer):
    generator = keras.Sequential([keras.Input((2,)), layer, keras.layers.Dense(2)])
    return models.GAN(generator, keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))


@pytest.fixture
def saved(tmp_path):
    """A .keras file, and a function that writes it again with other members."""
    path = tmp_path / "gan.keras"
    gan_with(keras.layers.Dense(2)).save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def change(kind=zipfile.ZIP_STORED, **other):
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name, content in (members | other).items():
                archive.writestr(name, content)
        return path

    change.members = members
    return change


def other_weights(content, change):
    """The bytes of an HDF5 file after `change(file, name of the first dataset)`."""
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "a") as file:
        names = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        change(file, next(name for name in names if file[name].ndim == 2))
    return buffer.getvalue()


def reshaped(file, name):
    del file[name]
    file[name] = np.zeros((3, 5), "float32")


def declared_larger_than_memory(file, name):
    del file[name]
    file.create_dataset(name, (2**40, 2), "float32", chunks=(2**10, 2))


def linked(file, name):
    del file[name]
    file[name] = h5py.ExternalLink("/etc/passwd", "/")


def stored_elsewhere(file, name):
    del file[name]
    file.create_dataset(name, (2, 2), "float32", external=[("/etc/passwd", 0, 16)])


WRONG_WEIGHTS = [reshaped, declared_larger_than_memory, linked, stored_elsewhere]


def refused(path, said):
    with pytest.raises(ValueError, match=said) as raised:
        load_model(path)
    assert "\n" not in str(raised.value)


def test_a_whole_file_is_read(saved):
    assert load_model(saved()).generate(2).shape == (2, 2)


def test_a_class_that_the_program_registered_is_made(tmp_path):
    model = gan_with(Doubled())
    model.save(tmp_path / "gan.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "gan.keras").generate(3), model.generate(3))
    model.save_to_preset(tmp_path / "preset")
    assert isinstance(ganzoo.from_preset(tmp_path / "preset").generator.layers[0], Doubled)


class Unregistered(models.GAN):
    def __init__(self, generator, discriminator, **k):
        super().__init__(generator, discriminator, **k)


def test_a_class_that_is_not_registered_is_refused_with_the_remedy(tmp_path):
    networks = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(size)]) for size in (2, 1))
    Unregistered(*networks, name="mine").save_to_preset(tmp_path / "preset")
    said = r"the class 'Unregistered'.*: refused; if it is your own, register it by @keras.*\(\) and import it first\.$"
    with pytest.raises(ValueError, match=said):
        ganzoo.from_preset(tmp_path / "preset")


@pytest.mark.parametrize("safe", [True, False])
def test_a_lambda_is_refused_also_where_keras_was_told_to_trust_all_files(tmp_path, safe):
    gan_with(keras.layers.Lambda(lambda x: x)).save(tmp_path / "gan.keras")
    with SafeModeScope(safe):
        refused(tmp_path / "gan.keras", r"asks for the class 'Lambda' of keras.layers: refused\)\.$")


def test_a_foreign_class_is_refused(saved):
    config = json.loads(saved.members["config.json"])
    config["config"]["generator"] = FOREIGN
    refused(saved(**{"config.json": json.dumps(config)}), "asks for the class 'system' of os: refused")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "assets/../../outside", "assets\\..\\..\\outside"])
def test_paths_that_leave_the_file_are_refused(saved, name):
    refused(saved(**{name: b"here"}), "leaves its folder or is a link")


def test_a_link_is_refused(saved):
    with zipfile.ZipFile(saved(), "a") as archive:
        link = zipfile.ZipInfo("assets")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
        path = archive.filename
    refused(path, "'assets' in it leaves its folder or is a link")


def test_a_file_that_unpacks_to_more_than_itself_is_refused(saved):
    refused(saved(zipfile.ZIP_DEFLATED, zeros=bytes(2**20)), "holds more than its own size")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "not readable as JSON"),
        (b"\xff", "not readable as JSON"),
        (b'{"a": 1}' + b" " * safety.LARGEST_CONFIG, "holds a config of 17 MB"),
    ],
    ids=["deep", "no text", "large"],
)
def test_configs_that_are_none(saved, content, said):
    refused(saved(**{"config.json": content}), said)


@pytest.mark.parametrize("change", WRONG_WEIGHTS)
def test_wrong_weights_of_a_file(saved, change):
    weights = other_weights(saved.members["model.weights.h5"], change)
    refused(saved(**{"model.weights.h5": weights}), "cannot be read as a saved model")


@pytest.mark.parametrize("change", WRONG_WEIGHTS)
def test_wrong_weights_of_a_preset(tmp_path, change):
    folder = tmp_path / "preset"
    gan_with(keras.layers.Dense(2)).save_to_preset(folder)
    weights = other_weights((folder / "model.weights.h5").read_bytes(), change)
    (folder / "model.weights.h5").write_bytes(weights)
    metadata = json.loads((folder / "metadata.json").read_text())
    metadata["files"]["model.weights.h5"] = hashlib.sha256(weights).hexdigest()
    (folder / "metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(ValueError, match="cannot be read as a preset") as raised:
        ganzoo.from_preset(folder)
    assert "\n" not in str(raised.value)


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "gan.h5").write_bytes(b"")
    refused(tmp_path / "gan.h5", "its name does not end with .keras")
