"""A preset as a folder.

    config.json         the model with its networks, and the optimizers of its players
    model.weights.h5    the averaged weights where there are averages, float16 on disk, compressed
    metadata.json       versions, and the SHA-256 of the other files

Weights that are too large for one file are `model.weights.json`, an index, and `model_00000.weights.h5` and so on.
Nothing in it is unpickled, and only classes of Keras, of this package and of the program that runs are made.
"""

import json
import math
import os
import pathlib
import shutil

import h5py
import keras
import numpy as np

import ganzoo
from ganzoo.core import AdversarialModel
from ganzoo.messages import refused_as
from ganzoo.presets.metadata import METADATA, read_metadata, sha256, write_metadata
from ganzoo.safety import read_config

CONFIG, WEIGHTS, INDEX = "config.json", "model.weights.h5", "model.weights.json"
COMPRESSED = 4096  # bytes of an array from which on compression saves more than it takes
SHARD = 3.6e6  # bytes of weights in a file at most, but for a variable that is larger; HDF5 needs some beside them


def write(model, folder, files=None, most_megabytes=None, **metadata):
    """Writes a model as a preset.

    Args:
        model: a model of the zoo.
        folder: where to; there must be nothing yet. It is there whole or not at all.
        files: further ones, {name: bytes}.
        most_megabytes: that the weights may take.
        **metadata: further entries of metadata.json.

    Raises:
        ValueError: a folder that exists, weights that float16 cannot hold, or that take more space than they may.
    """
    folder = pathlib.Path(folder)
    if folder.exists():
        raise ValueError(f"{folder} exists already; remove it, or name another folder for the preset.")
    temporary = folder.with_name(f".{os.getpid()}.{folder.name}")
    temporary.mkdir(parents=True)
    try:
        final = _final(model)
        config = {"model": keras.saving.serialize_keras_object(final), "compile": model.get_compile_config()}
        (temporary / CONFIG).write_text(json.dumps(config, separators=(",", ":")))
        size = _write_weights(final, temporary) / 1e6
        if most_megabytes and size > most_megabytes:
            raise ValueError(f"The weights take {size:.1f} MB of {most_megabytes} allowed; train narrower networks.")
        for name, content in (files or {}).items():
            (temporary / name).write_bytes(content)
        write_metadata(temporary, **{"versions": versions()} | metadata)
        os.replace(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read(folder, load_weights=True):
    """The model of a preset's folder, compiled with its optimizers where it was.

    Args:
        folder: of a preset.
        load_weights: whether to; otherwise they are new.

    Raises:
        ValueError: no such folder, a file that is missing, changed or made by a newer version, a class that is not
            ours, weights that do not fit.
    """
    folder = pathlib.Path(folder)
    metadata = read_metadata(folder)
    _check_sums(folder, metadata)
    import ganzoo.models  # noqa: F401 - registers the classes

    config = read_config((folder / CONFIG).read_bytes(), folder)
    with refused_as(f"{folder} cannot be read as a preset"):
        model = keras.saving.deserialize_keras_object(config["model"], safe_mode=True)
        if not isinstance(model, AdversarialModel):
            raise ValueError(f"it holds a {type(model).__name__}, which is no model of the zoo")
        if load_weights:
            model.load_weights(folder / (INDEX if INDEX in metadata["files"] else WEIGHTS))
        if config["compile"]:
            model.compile_from_config(config["compile"] | {"average": None})
    return model


def versions():
    """Of the packages that a model's numbers depend on."""
    found = {"ganzoo": ganzoo.__version__, "keras": keras.__version__, "numpy": np.__version__}
    backend = keras.backend.backend()
    return found | {backend: __import__(backend).__version__}


def parameters(model):
    """How many numbers a model's networks hold; what it remembers of a training beside them does not count."""
    weights = {id(weight): weight for network in _networks(model).values() for weight in network.weights}
    return sum(math.prod(weight.shape) for weight in weights.values())


def _networks(model):
    """{name: network} of the constructor's arguments that are some."""
    found = {name: getattr(model, name) for name in model.get_config()}
    return {name: value for name, value in found.items() if isinstance(value, keras.layers.Layer)}


def _final(model):
    """The model without optimizers, its averaged weights for its own, and no history of its training."""
    final = type(model).from_config(model.get_config())
    for name, network in _networks(final).items():
        network.set_weights(model.network(name).get_weights())
    return final


def _write_weights(model, folder):
    """Writes float16 weights, into one file where they fit, and returns how many bytes they take."""
    if 2 * parameters(model) < SHARD:
        model.save_weights(folder / WEIGHTS)
    else:
        largest = max(weight.nbytes for weight in model.get_weights())  # which Keras does not divide
        model.save_weights(folder / INDEX, max_shard_size=max(2 * SHARD, largest) / 1024**3)  # in GiB of float32
    files = list(folder.glob("*.weights.h5"))
    for path in files:
        _shorten(path)
    return sum(path.stat().st_size for path in files)


def _shorten(path):
    """Rewrites an HDF5 file with its float32 arrays as float16, and the large ones compressed.

    That takes a fifth less: the bytes with the exponents, which the shuffle brings together, are much alike.
    """
    short = path.with_suffix(".short")
    with h5py.File(path) as source, h5py.File(short, "w", libver=("v110", "v110")) as target:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                group = target.require_group(name)
            else:
                values = item[()]
                with np.errstate(over="ignore"):  # which is an error of ours, below
                    halved = values.astype("float16") if values.dtype == np.float32 else values
                if np.isfinite(values).all() and not np.isfinite(halved).all():
                    raise ValueError(f"The weights {name} are too large for float16.")
                packed = {"compression": "gzip", "shuffle": True, "chunks": halved.shape}
                group = target.create_dataset(name, data=halved, **(packed if halved.nbytes >= COMPRESSED else {}))
            group.attrs.update(item.attrs)

        source.visititems(copy)
        target.attrs.update(source.attrs)
    os.replace(short, path)


def _check_sums(folder, metadata):
    for name, expected in metadata.get("files", {}).items():
        path = folder / name
        if pathlib.Path(name).name != name or path.is_symlink() or not path.is_file():
            raise ValueError(f"{folder} holds no file {name!r} of its own, which its {METADATA} names.")
        if (found := sha256(path)) != expected:
            raise ValueError(f"{path} has the SHA-256 {found}, and {METADATA} says {expected}; fetch it again.")
    weights = INDEX if INDEX in metadata.get("files", {}) else WEIGHTS
    if missing := {CONFIG, weights} - set(metadata.get("files", {})):
        raise ValueError(f"{folder / METADATA} does not name {min(missing)}.")
