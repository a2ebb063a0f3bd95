"""Callbacks for `fit`, in `ganzoo train` as well as in plain Keras scripts."""

import json
import pathlib
import time

import keras

from ganzoo import pictures
from ganzoo.files import replacing
from ganzoo.health import HealthMonitor, TrainingFailed

__all__ = ["HealthMonitor", "MetricsLog", "SampleGrid", "TrainingFailed", "read_metrics"]


class SampleGrid(keras.callbacks.Callback):
    """After each epoch, a picture of the samples of one fixed latent batch: `<directory>/epoch_0001.png` and so on.

    It consumes none of the training's noise. Images become a grid, 2-D vectors a scatter plot.

    Args:
        directory: where the pictures go; it is made if need be.
        n: number of samples.
        seed: seed of the first of them, as in `generate(n, seed=seed)`.

    Raises:
        ValueError: a model without `generate`, or whose samples no picture can show.
    """

    def __init__(self, directory, n=64, seed=0):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.n = n
        self.seed = seed

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "generate"):
            raise ValueError(f"SampleGrid needs a model with `generate`; {type(self.model).__name__} has none.")
        pictures.picture(self.model.generate(1))

    def on_epoch_end(self, epoch, logs=None):
        samples = self.model.generate(self.n, seed=self.seed)
        pictures.save(pictures.picture(samples), self.directory / f"epoch_{epoch + 1:04d}.png")


class MetricsLog(keras.callbacks.Callback):
    """After each epoch, one line of JSON: epoch (from 1), its seconds, and the logs.

    A file that is there already is gone on with: lines of the epochs that are trained again are replaced.

    Args:
        path: the .jsonl file.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        record = {"epoch": epoch + 1, "seconds": round(time.monotonic() - self._start, 3)}
        record |= {name: float(value) for name, value in (logs or {}).items()}
        kept = [entry for entry in read_metrics(self.path) if entry["epoch"] <= epoch]
        with replacing(self.path) as temporary:
            temporary.write_text("".join(f"{json.dumps(entry)}\n" for entry in [*kept, record]))


def read_metrics(path):
    """The records of a `MetricsLog` file, oldest first; none where there is no file."""
    path = pathlib.Path(path)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
