"""Run directories: one training run each, which can be gone on with.

    config.yaml         the complete config
    versions.json       of the packages that it began with, the backend's among them
    checkpoints/        epoch_0001.keras, epoch_0002_round_000040.keras ...: the whole model, the last few kept
    metrics.jsonl       one line an epoch
    health.jsonl        one line for each failure of the training, where there was one, and what was done
    scores.json         what `ganzoo evaluate` found, where it was run; scores_best.json of the best model
    views/              what `ganzoo evaluate` drew: interpolation, reconstruction, neighbors
    scores.jsonl        scores in the course of the training, where the config asks for them
    best.keras          the model that scored best
    samples/            epoch_0001.png ...: the same latent batch after each epoch, or the same images translated
    report.html         one page about the run

Each file is there whole or not at all.
"""

import json
import pathlib
import sys

import keras
import yaml

from ganzoo import config as configs
from ganzoo import presets, report
from ganzoo.build import build
from ganzoo.callbacks import MetricsLog, SampleGrid, TranslationStrips, read_metrics
from ganzoo.checkpoints import Checkpoints, Position, checkpoints, load_newest, read_memory
from ganzoo.files import replacing, unfinished
from ganzoo.health import HealthMonitor, TrainingFailed
from ganzoo.rollback import roll_back


class Run:
    """A run directory, there already or to be."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.config_file = self.directory / "config.yaml"
        self.versions_file = self.directory / "versions.json"
        self.metrics_file = self.directory / "metrics.jsonl"
        self.health_file = self.directory / "health.jsonl"
        self.score_log = self.directory / "scores.jsonl"
        self.best_file = self.directory / "best.keras"
        self.best_scores_file = self.directory / "scores_best.json"
        self.scores_file = self.directory / "scores.json"
        self.views = self.directory / "views"
        self.report_file = self.directory / "report.html"
        self.samples = self.directory / "samples"
        self.checkpoint_folder = self.directory / "checkpoints"

    @property
    def checkpoints(self):
        """The checkpoints, oldest first: {Position: path}."""
        return checkpoints(self.checkpoint_folder)

    def newest(self):
        """The newest checkpoint that can be read, or None; says where a newer one cannot.

        Its `Position`, the model, and the memory of the health monitor, None where it holds none.
        """
        found = load_newest(self.checkpoint_folder, say=_say)
        return found and (*found, read_memory(self.checkpoints[found[0]]))

    def load(self):
        """The model of the newest checkpoint that can be read; ValueError where there is none."""
        found = self.newest()
        if not found:
            raise ValueError(f"{self.directory} holds no checkpoint yet; a run writes one at the end of each epoch.")
        return found[1]

    def config(self):
        """The complete config of the run."""
        return configs.read(self.config_file)

    def failures(self):
        """What failed in the training, oldest first, and what was done: the records of the health monitor."""
        return read_metrics(self.health_file)

    def write_failures(self, failures):
        """Writes down what failed in the training, one record a line; no file where nothing did."""
        if failures or self.health_file.exists():
            with replacing(self.health_file) as temporary:
                temporary.write_text("".join(f"{json.dumps(failure)}\n" for failure in failures))

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
        TrainingFailed: the training failed, and the config wants it stopped or has no more roll-backs left.
    """
    run = Run(directory)
    _check_directory(run, resume)
    model, samples, complete = build(config, source)
    if run.config_file.exists():
        _check_same(run.config(), complete, directory)
    position, model, memory = run.newest() or (Position(), model, None)
    run.clean(position)
    epochs = complete.training.epochs - position.epochs
    try:
        while epochs and not _trained(run, model, samples, complete, position, memory, callbacks, stop, source):
            position, model, memory = run.newest()
    except TrainingFailed:
        if run.metrics_file.exists():
            report.write(run)
        raise
    if epochs or not run.report_file.exists():
        report.write(run)
    return run, epochs


def _trained(run, model, samples, complete, position, memory, callbacks, stop, source):
    """Whether the model is trained to the end; otherwise the run has been rolled back to its newest checkpoint."""
    health = HealthMonitor(samples, on_failure="warn" if complete.health.on_failure == "warn" else "stop", say=_say)
    health.restore(memory)
    try:
        _fit(run, model, samples, complete, position, health, callbacks, stop)
        return True
    except TrainingFailed as failed:
        roll_back(run, failed, health, complete.health, lambda: build(complete, source)[0], _say)
        return False
    finally:
        run.write_failures(health.failures)


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


def _fit(run, model, samples, complete, position, health, callbacks, stop):
    def write_config(logs):
        if not run.versions_file.exists():  # a run that is gone on with keeps those that it began with
            with replacing(run.versions_file) as temporary:
                temporary.write_text(json.dumps(presets.versions()))
        with replacing(run.config_file) as temporary:
            temporary.write_text(yaml.safe_dump(complete.sections(), sort_keys=False))

    training = complete.training
    model.fit(
        samples,
        **training.for_fit,
        initial_epoch=position.epochs,
        initial_round=position.rounds,
        verbose=0,
        callbacks=[
            health,  # first, so that nothing is written of an epoch that failed
            MetricsLog(run.metrics_file),
            *_pictures(run, model, samples, training),
            *_scores(run, model, complete),
            # Not before the data and the pictures are known to fit: bad input leaves no run behind.
            keras.callbacks.LambdaCallback(on_train_begin=write_config),
            *callbacks,
            Checkpoints(
                run.checkpoint_folder,
                keep=training.keep_checkpoints,
                rounds=training.checkpoint_rounds,
                minutes=training.checkpoint_minutes,
                stop=stop,
                health=health,
            ),
        ],
    )


def _pictures(run, model, samples, training):
    """The callback that draws a picture an epoch of what the model makes, where it makes anything."""
    if hasattr(model, "translate"):
        return [TranslationStrips(run.samples, samples, n=training.samples)]
    return [SampleGrid(run.samples, n=training.samples)] if hasattr(model, "generate") else []


def _scores(run, model, config):
    """The callback that scores the samples every few rounds, where the config asks for it."""
    wanted = config.evaluation
    if not wanted.every_rounds:
        return []
    from ganzoo import evaluation

    section = config.sections()["data"]
    subject = evaluation.subject_of(model, section, wanted.features, n=wanted.samples)
    return [evaluation.ScoreLog(subject, wanted.every_rounds, run.score_log, run.best_file)]


def _check_same(old, new, directory):
    # What is done about a failure may change: otherwise none that was stopped could be gone on with.
    old, new = (
        _flat({name: section for name, section in config.sections().items() if name != "health"})
        for config in (old, new)
    )
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
