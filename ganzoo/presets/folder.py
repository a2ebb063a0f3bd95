"""A preset as a folder.

    config.json         the model with its networks, and the optimizers of its players
    model.weights.h5    the averaged weights where there are averages, float16 on disk
    metadata.json       versions, and the SHA-256 of the other files

Nothing in it is unpickled, and only classes of Keras and of this package are made.
"""

import hashlib
import json
import os
import pathlib
import shutil

import h5py
import keras
import numpy as np

import ganzoo
from ganzoo.core import AdversarialModel

CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"
FORMAT = 1


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
        (temporary / CONFIG).write_text(json.dumps(config, indent=1))
        final.save_weights(temporary / WEIGHTS)
        _shorten(temporary / WEIGHTS)
        size = (temporary / WEIGHTS).stat().st_size / 1e6
        if most_megabytes and size > most_megabytes:
            raise ValueError(f"The weights take {size:.1f} MB of {most_megabytes} allowed; train narrower networks.")
        for name, content in (files or {}).items():
            (temporary / name).write_bytes(content)
        _write_metadata(temporary, metadata)
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
    config = json.loads((folder / CONFIG).read_text())
    import ganzoo.models  # noqa: F401 - registers the classes

    _check_classes(config, folder)
    try:
        model = keras.saving.deserialize_keras_object(config["model"], safe_mode=True)
        if not isinstance(model, AdversarialModel):
            raise ValueError(f"it holds a {type(model).__name__}, which is no model of the zoo")
        if load_weights:
            model.load_weights(folder / WEIGHTS)
        if config["compile"]:
            model.compile_from_config(config["compile"] | {"average": None})
    except Exception as error:
        raise ValueError(f"{folder} cannot be read as a preset ({str(error).splitlines()[0].rstrip('.')}).") from error
    return model


def read_metadata(folder):
    """metadata.json of a preset's folder; ValueError where it is none, or one of a newer version."""
    path = pathlib.Path(folder) / METADATA
    if not path.is_file():
        raise ValueError(f"{folder} is no preset: it holds no {METADATA}.")
    try:
        metadata = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not readable as JSON ({error}).") from None
    if metadata.get("format", 0) > FORMAT:
        made_by = metadata.get("versions", {}).get("ganzoo")
        raise ValueError(f"{folder} was made by a newer version, ganzoo {made_by}; this is {ganzoo.__version__}.")
    return metadata


def versions():
    """Of the packages that a model's numbers depend on."""
    found = {"ganzoo": ganzoo.__version__, "keras": keras.__version__, "numpy": np.__version__}
    backend = keras.backend.backend()
    return found | {backend: __import__(backend).__version__}


def _final(model):
    """The model without optimizers, its averaged weights for its own."""
    final = type(model).from_config(model.get_config())
    for name in model.get_config():
        network = getattr(final, name)
        if isinstance(network, keras.layers.Layer):
            network.set_weights(model.network(name).get_weights())
    return final


def _shorten(path):
    """Rewrites the float32 arrays of an HDF5 file as float16."""
    short = path.with_suffix(".short")
    with h5py.File(path) as source, h5py.File(short, "w") as target:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                group = target.require_group(name)
            else:
                values = item[()]
                with np.errstate(over="ignore"):  # which is an error of ours, below
                    halved = values.astype("float16") if values.dtype == np.float32 else values
                if np.isfinite(values).all() and not np.isfinite(halved).all():
                    raise ValueError(f"The weights {name} are too large for float16.")
                group = target.create_dataset(name, data=halved)
            group.attrs.update(item.attrs)

        source.visititems(copy)
        target.attrs.update(source.attrs)
    os.replace(short, path)


def _write_metadata(folder, metadata):
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.name != METADATA}
    content = {"format": FORMAT, "versions": versions()} | metadata | {"files": files}
    (folder / METADATA).write_text(json.dumps(content, indent=1))


def _check_sums(folder, metadata):
    for name, expected in metadata.get("files", {}).items():
        path = folder / name
        if pathlib.Path(name).name != name or path.is_symlink() or not path.is_file():
            raise ValueError(f"{folder} holds no file {name!r} of its own, which its {METADATA} names.")
        if (found := _sha256(path)) != expected:
            raise ValueError(f"{path} has the SHA-256 {found}, and {METADATA} says {expected}; fetch it again.")
    if missing := {CONFIG, WEIGHTS} - set(metadata.get("files", {})):
        raise ValueError(f"{folder / METADATA} does not name {min(missing)}.")


def _check_classes(config, folder):
    """ValueError where a config would make an object that is neither Keras's nor ours."""
    if isinstance(config, list):
        for value in config:
            _check_classes(value, folder)
    if not isinstance(config, dict):
        return
    if "class_name" in config and not _ours(config):
        raise ValueError(f"{folder} asks for the class {config['class_name']!r} of {config.get('module')}: refused.")
    for value in config.values():
        _check_classes(value, folder)


def _ours(config):
    """Whether Keras finds what a serialized object names in its own modules, in ours, or among what we registered."""
    module, name = config.get("module"), config.get("registered_name")
    if module == "builtins" and isinstance(config.get("config"), str):
        name = config["config"]  # a function goes by its registered name
    if not module and not name:
        return True
    return str(module).split(".")[0] in ("keras", "ganzoo") or (
        str(name).startswith("ganzoo") and keras.saving.get_registered_object(name) is not None
    )


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
