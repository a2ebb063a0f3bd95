"""What a file from elsewhere may ask for. Nothing is unpickled; Keras itself refuses links and bombs among weights."""

import json
import stat
import zipfile
from pathlib import PurePosixPath

import keras

LARGEST_CONFIG = 2**24  # bytes; a zoo's model has a ten-thousandth of them for each layer
# Keras's own, which run code that their config holds, or open files that it names.
REFUSED = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__")
REMEDY = "; if it is your own, register it by @keras.saving.register_keras_serializable() and import it first"


def check_archive(path):
    """ValueError where a `.keras` file, a zip archive, is damaged, or asks for more than a model of ours needs.

    All of it is read once: what Keras skips over would come as wrong weights, not as an error.
    """
    if path.suffix != ".keras":
        raise ValueError("its name does not end with .keras")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        for member in members:
            parts = PurePosixPath(member.filename.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or stat.S_ISLNK(member.external_attr >> 16):
                raise ValueError(f"{member.filename!r} in it leaves its folder or is a link")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("it holds more than its own size")
        if damaged := archive.testzip():
            raise ValueError(f"{damaged} in it is damaged")
        read_config(archive.read("config.json"), "it")


def read_config(content, where):
    """The config of a model, from the bytes of its JSON.

    Args:
        content: bytes.
        where: what a message calls the place that it comes from.

    Raises:
        ValueError: too large, no JSON, or a class that is neither Keras's, nor ours, nor registered by the program that
            runs, or one of Keras's that run code of the config.
    """
    if len(content) > LARGEST_CONFIG:
        raise ValueError(f"{where} holds a config of {len(content) / 1e6:.0f} MB, which no model has.")
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} holds a config that is not readable as JSON ({error}).") from None
    waiting = [config]
    while waiting:  # a stack, since a config may be nested deeper than Python can call
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value and not _known(value):
                name, module = value["class_name"], value.get("module")
                of, remedy = f" of {module}" if module else "", "" if name in REFUSED else REMEDY
                raise ValueError(f"{where} asks for the class {name!r}{of}: refused{remedy}.")
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return config


def _known(config):
    """Whether a serialized object is one that may be made."""
    module, name = config.get("module"), config.get("registered_name")
    if config["class_name"] in REFUSED:
        return False
    if module == "builtins" and isinstance(config.get("config"), str):
        name = config["config"]  # a function goes by its registered name
    if not module and not name:
        return True
    return str(module).split(".")[0] in ("keras", "ganzoo") or keras.saving.get_registered_object(str(name)) is not None
