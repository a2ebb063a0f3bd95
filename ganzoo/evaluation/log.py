"""Scores in the course of a training."""

import json
import math
import pathlib

import keras

from ganzoo import metrics
from ganzoo.callbacks import read_metrics
from ganzoo.checkpoints import read_memory, write
from ganzoo.files import replacing
from ganzoo.metrics.checks import NotFinite

RECORD = "score.json"  # of the best model, in its .keras file


class ScoreLog(keras.callbacks.Callback):
    """Scores the samples every few rounds and after the last one, and keeps the model that scored best beside the last.

    The score is a distance to the training split, so that the test split has no part in the choice: the Frechet
    distance in the features, of points the sliced Wasserstein distance. It consumes none of the training's noise. What
    is logged after the round at which a training goes on is measured again. The score of the best model is in its own
    file, so that both change together. Samples that are not finite have the score null.

    Args:
        subject: `ganzoo.evaluation.Subject`, whose model is the one that is trained.
        every: rounds from one score to the next.
        log: the .jsonl file, a line {"rounds", "epoch", <name of the score>} each.
        best: the .keras file of the best model.

    Raises:
        ValueError: a model that does not generate samples.
    """

    def __init__(self, subject, every, log, best):
        super().__init__()
        self.subject, self.every = subject, every
        self.log, self.best = pathlib.Path(log), pathlib.Path(best)
        self.name = subject.features.score("frechet") if subject.makes_images else "sliced_wasserstein"

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "generate"):
            kind = type(self.model).__name__
            raise ValueError(
                f"evaluation.every_rounds is for models that generate, which a {kind} does not; leave it out."
            )
        self._first = self.model.initial_round

    def on_epoch_begin(self, epoch, logs=None):
        self._before = epoch * self.params["steps"] + self._first
        self._first = 0

    def on_train_batch_end(self, batch, logs=None):
        rounds = self._before + batch + 1
        if rounds % self.every == 0 or rounds == self.params["epochs"] * self.params["steps"]:
            self._score(rounds)

    def _score(self, rounds):
        value, best = self._value(), kept(self.best)
        record = {"rounds": rounds, "epoch": rounds / self.params["steps"], self.name: value}
        if value is not None and value < (best or {}).get(self.name, math.inf):
            write(self.model, self.best, record, RECORD)
        records = [one for one in read_metrics(self.log) if one["rounds"] < rounds] + [record]
        with replacing(self.log) as temporary:
            temporary.write_text("".join(f"{json.dumps(record)}\n" for record in records))

    def _value(self):
        subject = self.subject
        try:
            fake = subject.of(self.model).drawn()  # Keras's JAX trainer brings a callback's `self.model` up to date
        except NotFinite:  # about which the health monitor has more to say
            return None
        if subject.makes_images:
            return metrics.frechet_distance(fake.moments, subject.floor.moments)
        return metrics.sliced_wasserstein(fake.images, subject.floor.images)


def kept(path):
    """The record of the best model in its file, {"rounds", "epoch", <name of the score>}; None where there is none."""
    return read_memory(path, RECORD) if pathlib.Path(path).exists() else None
