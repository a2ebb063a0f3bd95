"""Run directories: one training run each, which can be gone on with.

    config.yaml         the complete config
    checkpoints/        epoch_0001.keras ...: the whole model after that epoch, the last few kept
    metrics.jsonl       one line an epoch
    samples/            epoch_0001.png ...: the same latent batch after each epoch
    report.html         one page about the run

Each file is there whole or not at all.
"""

import pathlib

import keras
import yaml

from ganzoo import config as configs
from ganzoo import report
from ganzoo.build import build
from ganzoo.callbacks import MetricsLog, SampleGrid
from ganzoo.core import AdversarialModel
from ganzoo.files import replacing


class Run:
    """A run directory, there already or to be."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.config_file = self.directory / "config.yaml"
        self.metrics_file = self.directory / "metrics.jsonl"
        self.samples = self.directory / "samples"

    @property
    def checkpoints(self):
        """The checkpoints by epoch, oldest first: {epoch: path}."""
        paths = (self.directory / "checkpoints").glob("epoch_*.keras")
        return dict(sorted((int(path.stem.removeprefix("epoch_")), path) for path in paths))

    def load(self):
        """The model of the newest checkpoint; ValueError where there is none."""
        if not self.checkpoints:
            raise ValueError(f"{self.directory} holds no checkpoint yet; a run writes one at the end of each epoch.")
        return load_model(list(self.checkpoints.values())[-1])

    def config(self):
        """The complete config of the run."""
        return configs.read(self.config_file)


def load_model(path):
    """A model of the zoo from a `.keras` file, compiled as it was saved; ValueError where the file holds none."""
    import ganzoo.models  # noqa: F401 - registers the classes

    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # zipfile, json, h5py and Keras each raise their own
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(f"{path} cannot be read as a saved model ({reason}).") from error
    if not isinstance(model, AdversarialModel):
        raise ValueError(f"{path} holds a {type(model).__name__}, which is no model of the zoo.")
    return model


class Checkpoints(keras.callbacks.Callback):
    """The whole model after each epoch, each file written whole or not at all, the last `keep` kept."""

    def __init__(self, run, keep=2):
        super().__init__()
        self.run = run
        self.keep = keep

    def on_epoch_end(self, epoch, logs=None):
        with replacing(self.run.directory / "checkpoints" / f"epoch_{epoch + 1:04d}.keras") as temporary:
            self.model.save(temporary)
        for path in list(self.run.checkpoints.values())[: -self.keep]:
            path.unlink()


def train(config, source, directory, resume=False, callbacks=()):
    """Trains a config into a run directory.

    Args:
        config: a validated `Config`.
        source: where it came from, for messages.
        directory: the run directory; it must not hold a run, unless `resume`.
        resume: go on after the newest checkpoint; start afresh where there is none.
        callbacks: further Keras callbacks.

    Returns:
        (the `Run`, number of epochs trained now).

    Raises:
        ValueError: a directory that holds something else, or a run of another config; anything wrong in the config.
    """
    run = Run(directory)
    found = run.config_file.exists()
    done = max(run.checkpoints, default=0)
    if run.directory.exists() and not run.directory.is_dir():
        raise ValueError(f"{directory} is a file; name another --run-dir.")
    if not found and run.directory.exists() and any(run.directory.iterdir()):
        raise ValueError(f"{directory} holds files, but no run; name another --run-dir.")
    if found and not resume:
        raise ValueError(
            f"{directory} holds a run already, with {done} of {run.config().training.epochs} epochs; go on with "
            f"--resume, or name another --run-dir."
        )
    model, samples, complete = build(config, source)
    if found:
        _check_same(run.config(), complete, directory)
    if done:
        model = run.load()
    if done >= complete.training.epochs:
        return run, 0

    def write_config(logs):
        with replacing(run.config_file) as temporary:
            temporary.write_text(yaml.safe_dump(complete.sections(), sort_keys=False))

    training = complete.training
    model.fit(
        samples,
        batch_size=training.batch_size,
        epochs=training.epochs,
        initial_epoch=done,
        steps_per_epoch=training.steps_per_epoch,
        verbose=0,
        callbacks=[
            MetricsLog(run.metrics_file),
            SampleGrid(run.samples, n=training.samples),
            # Not before the data and the pictures are known to fit: bad input leaves no run behind.
            keras.callbacks.LambdaCallback(on_train_begin=write_config),
            Checkpoints(run),
            *callbacks,
        ],
    )
    report.write(run)
    return run, training.epochs - done


def _check_same(old, new, directory):
    old, new = _flat(old.sections()), _flat(new.sections())
    changed = [key for key in sorted(old | new) if old.get(key) != new.get(key)]
    if changed:
        key = changed[0]
        raise ValueError(
            f"{directory} holds a run of another config: {key} was {old.get(key)!r} and is {new.get(key)!r} now"
            f"{f' ({len(changed) - 1} more differ)' if len(changed) > 1 else ''}; name another --run-dir."
        )


def _flat(section, prefix=""):
    flat = {}
    for key, value in section.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
