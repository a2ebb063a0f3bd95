"""Callbacks for `fit`, in `ganzoo train` as well as in plain Keras scripts."""

import json
import pathlib
import time

import keras

from ganzoo import pictures, translations
from ganzoo.data.samples import spread
from ganzoo.files import replacing
from ganzoo.health import HealthMonitor, TrainingFailed

__all__ = ["HealthMonitor", "MetricsLog", "SampleGrid", "TrainingFailed", "TranslationStrips", "read_metrics"]


class SampleGrid(keras.callbacks.Callback):
    """After each epoch, a picture of the samples of one fixed latent batch: `<directory>/epoch_0001.png` and so on.

    It consumes none of the training's noise. Images become a grid, 2-D vectors a scatter plot. The grid of a model that
    is told labels has one class a row, and the same noise down each column.

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
        samples, columns = pictures.panel(self.model, self.n, self.seed)
        pictures.save(pictures.picture(samples, columns), self.directory / f"epoch_{epoch + 1:04d}.png")


class TranslationStrips(keras.callbacks.Callback):
    """After each epoch, a picture of translations of the same images: `<directory>/epoch_0001.png` and so on.

    Each row shows an image of domain a, its translation to b, that one back in a; then likewise an image of b.

    Args:
        directory: where the pictures go; it is made if need be.
        data: `ganzoo.data.Unpaired`, of which images that are spread evenly over it are shown.
        n: number of rows.

    Raises:
        ValueError: a model without `translate`, or images that it does not take.
    """

    def __init__(self, directory, data, n=8):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.images = {to: spread(array, n) for to, array in zip("ba", data.arrays, strict=True)}

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "translate"):
            raise ValueError(f"TranslationStrips needs a model with `translate`; {type(self.model).__name__} has none.")
        self._columns(1)  # which refuses images that do not fit

    def on_epoch_end(self, epoch, logs=None):
        picture = pictures.grid(*translations.strips(*self._columns()))
        pictures.save(picture, self.directory / f"epoch_{epoch + 1:04d}.png")

    def _columns(self, rows=None):
        parts = (translations.there_and_back(self.model, images[:rows], to) for to, images in self.images.items())
        return [column for part in parts for column in part]


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
