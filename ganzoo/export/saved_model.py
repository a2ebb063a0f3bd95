"""A model as a SavedModel that a server loads as it is."""

import contextlib
import os
import pathlib
import shutil

import numpy as np
import tensorflow as tf

from ganzoo.export import parity
from ganzoo.export.functions import Functions
from ganzoo.export.signatures import signatures


def saved_model(model, directory, version=1, overwrite=False, about=None):
    """Writes `<directory>/<version>/` with a named signature for all that the model can do.

    It loads where neither Keras nor this package is installed. The written file is compared with the model on random
    inputs before it has its name; the result is beside it, `<directory>/<version>/parity.json`.

    Args:
        model: a model of the zoo; its averaged weights are written where it has any.
        directory: of all versions of the model.
        version: a positive integer.
        overwrite: whether a version that exists is replaced.
        about: further entries of the record, such as `data`, what `ganzoo evaluate` then measures the file on.

    Returns:
        The content of parity.json.

    Raises:
        ValueError: a version that exists or is no positive integer, a file whose outputs are not the model's.
        OSError: it cannot be written, as on a full disk. Nothing is left of a version that was not finished.
    """
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"version must be a positive integer; got {version!r}.")
    directory = pathlib.Path(directory)
    target = directory / str(version)
    if target.exists() and not overwrite:
        raise ValueError(f"{target} exists already; give another version, or overwrite=True (--overwrite).")
    temporary, new = directory / f".{os.getpid()}.{version}", not directory.exists()
    try:
        content = _written(model, signatures(model), temporary, about or {})
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if new:
            with contextlib.suppress(OSError):  # another version is there, or this one
                directory.rmdir()
    return content


def _written(model, found, folder, about):
    save(found, folder)
    run = load(folder)
    outputs = parity.compare(found, run, model)
    parity.refuse(outputs, parity.FLOAT32.of(model), f"A SavedModel of this {type(model).__name__}")
    times = parity.latency("serving_default", found["serving_default"], run, model)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return parity.write(
        folder / "parity.json", outputs, size, times, **parity.source(model, found) | about, format="saved_model"
    )


def save(found, folder):
    """Writes these signatures, without a look at what comes out; OSError where they cannot be written."""
    once = {id(signature.run): _concrete(signature) for signature in found.values()}
    functions = {name: once[id(signature.run)] for name, signature in found.items()}
    module = tf.Module()
    module.variables_read = list({id(one): one for each in functions.values() for one in each.variables}.values())
    try:
        tf.saved_model.save(module, str(folder), signatures=functions)
    except tf.errors.OpError as error:
        reason = error.message.rpartition("; ")[2].partition(" [Op:")[0]
        raise OSError(f"A SavedModel cannot be written into {pathlib.Path(folder).parent} ({reason}).") from None


def _concrete(signature):
    def run(**inputs):  # a server does not look at shapes before it runs: here another one is named
        return signature.run(
            **{key: tf.ensure_shape(value, inputs[key].shape, name=key) for key, value in inputs.items()}
        )

    return tf.function(run, autograph=False).get_concrete_function(**signature.inputs)


def load(folder):
    """The `Functions` of a written SavedModel."""
    loaded = tf.saved_model.load(str(folder))

    def run(name, arrays):
        outputs = loaded.signatures[name](**{key: tf.constant(value) for key, value in arrays.items()})
        return {key: np.asarray(value) for key, value in outputs.items()}

    shapes = {
        name: {key: tuple(spec.shape[1:]) for key, spec in function.structured_input_signature[1].items()}
        for name, function in loaded.signatures.items()
    }
    return Functions(run, shapes)
