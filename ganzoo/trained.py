"""Trained models on disk, whatever they are: run directories, presets, `.keras` files."""

import pathlib

from ganzoo import checkpoints, presets
from ganzoo.messages import did_you_mean
from ganzoo.runs import Run


def find(name, best=False):
    """(model, arguments of `data.read` or None, `Run` or None) of a run directory, a preset, or a .keras file."""
    path = pathlib.Path(name)
    if (path / "config.yaml").is_file():
        run = Run(path)
        if best and not run.best_file.exists():
            raise ValueError(f"{path} holds no best model; train with --set evaluation.every_rounds=1000 to keep one.")
        return checkpoints.load_model(run.best_file) if best else run.load(), run.config().sections()["data"], run
    preset = "://" in str(name) or path.name in presets.list()
    if not preset and not path.exists():
        raise ValueError(
            f"There is no run directory, preset or .keras file {str(name)!r}{did_you_mean(path.name, presets.list())}"
        )
    if best:
        raise ValueError(f"--best is for a run, and {name} is one model; leave it out.")
    if path.is_file():
        return checkpoints.load_model(path), None, None
    if not preset and path.is_dir() and not (path / "metadata.json").is_file():
        raise ValueError(f"{path} is neither a run directory nor a preset: it holds no config.yaml or metadata.json.")
    folder = presets.find(name)
    config = presets.read_metadata(folder).get("config")
    return presets.from_preset(folder), config and config["data"], None


def stem(name):
    """What files about a run, a preset or a .keras file are called: the last part of its path or address.

    Of a path on this machine, the resolved one's, so that `.` has a name; of an address, without `#SHA256` or
    `@revision`.
    """
    path = pathlib.Path(name)
    if path.exists():
        return path.resolve().name.removesuffix(".keras")
    address = str(name).partition("#")[0].rstrip("/")
    if address.startswith(presets.hub.SCHEME):  # whose revisions may have slashes
        address = address.partition("@")[0]
    return address.rsplit("/", 1)[-1].partition("@")[0]


def exported(name):
    """The path of an exported file: a .tflite or .onnx file, a SavedModel's version, or the newest in a folder of them.

    None where it is no such file.
    """
    path = pathlib.Path(name)
    if path.is_file():
        return path if path.suffix in (".tflite", ".onnx") else None
    if (path / "saved_model.pb").is_file():
        return path
    versions = [found.parent for found in path.glob("*/saved_model.pb") if found.parent.name.isdigit()]
    return max(versions, key=lambda version: int(version.name), default=None)


def about(name, model, section):
    """What is written down of a model that `find` found: its data, and whether its weights are averages."""
    averaged = bool(getattr(model, "averages", None))
    path = pathlib.Path(name)
    if not (path / "config.yaml").is_file() and not path.is_file():  # a preset holds the averages as the weights
        training = presets.read_metadata(presets.find(name)).get("config", {}).get("training", {})
        averaged = averaged or bool(training.get("average"))
    return {"averaged": averaged} | ({"data": section} if section else {})
