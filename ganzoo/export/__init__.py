"""From a model to files that serve: each is compared with the model before it has its name."""

import pathlib

from ganzoo.export import onnx as _onnx
from ganzoo.export import saved_model as _saved_model
from ganzoo.export import tflite as _tflite
from ganzoo.export.exported import Exported
from ganzoo.export.onnx import onnx
from ganzoo.export.saved_model import saved_model
from ganzoo.export.tflite import tflite

__all__ = ["Exported", "load", "onnx", "saved_model", "tflite"]


def load(path):
    """An exported file as a function (signature, arrays by name) -> {output: array}, its `Functions`.

    Args:
        path: a .tflite or .onnx file, or the directory of a version of a SavedModel.

    Raises:
        ValueError: there is no such file.
        ImportError: the interpreter of the format is not installed.
    """
    path = pathlib.Path(path)
    formats = {".tflite": _tflite, ".onnx": _onnx}
    if (path / "saved_model.pb").is_file():
        return _saved_model.load(path)
    if path.suffix not in formats or not path.is_file():
        raise ValueError(f"There is no .tflite or .onnx file and no SavedModel at {path}.")
    return formats[path.suffix].load(path)
