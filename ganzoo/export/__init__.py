"""From a model to files that serve: each is compared with the model before it has its name."""

import pathlib

from ganzoo.export import onnx as _onnx
from ganzoo.export import saved_model as _saved_model
from ganzoo.export import tflite as _tflite
from ganzoo.export.exported import Exported
from ganzoo.export.onnx import onnx
from ganzoo.export.saved_model import saved_model
from ganzoo.export.tflite import tflite
from ganzoo.messages import refused_as

__all__ = ["Exported", "load", "onnx", "saved_model", "tflite"]


def load(path):
    """An exported file as a function (signature, arrays by name) -> {output: array}, its `Functions`.

    Args:
        path: a .tflite or .onnx file, or the directory of a version of a SavedModel.

    Raises:
        ValueError: there is no such file, or it is damaged.
        ImportError: the interpreter of the format is not installed.
    """
    path = pathlib.Path(path)
    formats = {".tflite": _tflite, ".onnx": _onnx}
    is_directory = (path / "saved_model.pb").is_file()
    if not is_directory and (path.suffix not in formats or not path.is_file()):
        raise ValueError(f"There is no .tflite or .onnx file and no SavedModel at {path}.")
    with refused_as(f"{path} cannot be loaded; export it again"):
        return (_saved_model if is_directory else formats[path.suffix]).load(path)
