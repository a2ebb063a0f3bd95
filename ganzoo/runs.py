"""Run directories: one training run each, which can be gone on with.

    config.yaml         the complete config
    checkpoints/        epoch_0001.keras, epoch_0002_round_000040.keras ...: the whole model, the last few kept
    metrics.jsonl       one line an epoch
    samples/            epoch_0001.png ...: the same latent batch after each epoch
    report.html         one page about the run

Each file is there whole or not at all.
"""

import pathlib
import sys

import keras
import yaml

from ganzoo import config as configs
from ganzoo import report
from ganzoo.build import build
from ganzoo.callbacks import MetricsLog, SampleGrid
from ganzoo.checkpoints import Checkpoints, Position, checkpoints, load_newest
from ganzoo.files import replacing, unfinished


class Run:
    """A run directory, there already or to be."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.config_file = self.directory / "config.yaml"
        self.metrics_file = self.directory / "metrics.jsonl"
        self.report_file = self.directory / "report.html"
        self.samples = self.directory / "samples"
        self.checkpoint_folder = self.directory / "checkpoints"

    @property
    def checkpoints(self):
        """The checkpoints, oldest first: {Position: path}."""
        return checkpoints(self.checkpoint_folder)

    def newest(self):
        """(`Position`, model) of the newest checkpoint that can be read, or None; says where a newer one cannot."""
        return load_newest(self.checkpoint_folder, say=_say)

    def load(self):
        """The model of the newest checkpoint that can be read; ValueError where there is none."""
        found = self.newest()
        if not found:
            raise ValueError(f"{self.directory} holds no checkpoint yet; a run writes one at the end of each epoch.")
        return found[1]

    def config(self):
        """The complete config of the run."""
        return configs.read(self.config_file)

    def clean(self, position):
        """Removes what killed writers left behind, and the checkpoints after `position`: they are to be made again."""
        keras_s_own = self.checkpoint_folder.glob("tmp????????")  # of models that do not fit into memory twice
        later = [path for found, path in self.checkpoints.items() if found > position]
        for path in [*unfinished(self.directory), *keras_s_own, *later]:
            path.unlink(missing_ok=True)


def _say(sentence):
    print(f"ganzoo: {sentence}", file=sys.stderr)


def train(config, source, directory, resume=False, callbacks=(), stop=lambda: False):
    """Trains a config into a run directory.

    Args:
        config: a validated `Config`.
        source: where it came from, for messages.
        directory: the run directory; it must not hold a run, unless `resume`.
        resume: go on after the newest checkpoint that can be read; start afresh where there is none.
        callbacks: further Keras callbacks.
        stop: function without arguments, asked after each round whether to save the model and raise `Stopped`.

    Returns:
        (the `Run`, number of epochs trained now, the rest of one counting as one).

    Raises:
        ValueError: a directory that holds something else, or a run of another config; checkpoints of which none can be
            read; anything wrong in the config.
        Stopped: as `stop` wanted.
    """
    run = Run(directory)
    _check_directory(run, resume)
    model, samples, complete = build(config, source)
    found = None
    if run.config_file.exists():
        _check_same(run.config(), complete, directory)
        found = run.newest()
    position, model = found or (Position(), model)
    run.clean(position)
    epochs = complete.training.epochs - position.epochs
    if epochs:
        _fit(run, model, samples, complete, position, callbacks, stop)
    if epochs or not run.report_file.exists():
        report.write(run)
    return run, epochs


def _check_directory(run, resume):
    directory = run.directory
    if directory.exists() and not directory.is_dir():
        raise ValueError(f"{directory} is a file; name another --run-dir.")
    if run.config_file.exists():
        if not resume:
            done = max(run.checkpoints, default=Position()).epochs
            raise ValueError(
                f"{directory} holds a run already, with {done} of {run.config().training.epochs} epochs; go on with "
                f"--resume, or name another --run-dir."
            )
    elif directory.exists() and set(directory.iterdir()) - set(unfinished(directory)):
        raise ValueError(f"{directory} holds files, but no run; name another --run-dir.")


def _fit(run, model, samples, complete, position, callbacks, stop):
    def write_config(logs):
        with replacing(run.config_file) as temporary:
            temporary.write_text(yaml.safe_dump(complete.sections(), sort_keys=False))

    training = complete.training
    model.fit(
        samples,
        batch_size=training.batch_size,
        epochs=training.epochs,
        initial_epoch=position.epochs,
        initial_round=position.rounds,
        steps_per_epoch=training.steps_per_epoch,
        verbose=0,
        callbacks=[
            MetricsLog(run.metrics_file),
            SampleGrid(run.samples, n=training.samples),
            # Not before the data and the pictures are known to fit: bad input leaves no run behind.
            keras.callbacks.LambdaCallback(on_train_begin=write_config),
            *callbacks,
            Checkpoints(
                run.checkpoint_folder,
                keep=training.keep_checkpoints,
                rounds=training.checkpoint_rounds,
                minutes=training.checkpoint_minutes,
                stop=stop,
            ),
        ],
    )


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
