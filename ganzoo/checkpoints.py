"""Checkpoints: the whole model as it is somewhere in a training, also within an epoch.

A checkpoint holds the networks, the optimizers, the state of every noise stream and the losses' running means; the
order of the data is a function of (seed, epoch). So a training goes on from one bit for bit. What the health monitor
knows lies in the same file.
"""

import contextlib
import json
import pathlib
import re
import tempfile
import time
import typing
import zipfile

import keras

from ganzoo.core import AdversarialModel
from ganzoo.files import replacing
from ganzoo.messages import refused_as
from ganzoo.safety import check_archive

MEMORY = "health.json"  # within the .keras file, which is a zip archive


class Position(typing.NamedTuple):
    """Where a training is: so many epochs are done, and so many rounds of the next one."""

    epochs: int = 0
    rounds: int = 0

    def __str__(self):
        return f"round {self.rounds} of epoch {self.epochs + 1}" if self.rounds else f"epoch {self.epochs}"

    @property
    def file_name(self):
        """`epoch_0003.keras` at the end of epoch 3, `epoch_0004_round_000120.keras` after 120 rounds of epoch 4."""
        if self.rounds:
            return f"epoch_{self.epochs + 1:04d}_round_{self.rounds:06d}.keras"
        return f"epoch_{self.epochs:04d}.keras"


def checkpoints(directory):
    """The checkpoints in a directory, oldest first: {Position: path}."""
    found = {}
    for path in pathlib.Path(directory).glob("epoch_*.keras"):
        if match := re.fullmatch(r"epoch_(\d+)(?:_round_(\d+))?", path.stem):
            epoch, rounds = int(match[1]), int(match[2] or 0)
            found[Position(epoch - 1 if rounds else epoch, rounds)] = path
    return dict(sorted(found.items()))


class Stopped(Exception):
    """The training was asked to stop, and has saved where it is."""


class Checkpoints(keras.callbacks.Callback):
    """The whole model after each epoch, and within epochs by rounds and by time; each file whole or not there at all.

    It must be the last of the callbacks, so that an epoch that counts as done is done for the others, too.

    Args:
        directory: where the checkpoints go.
        keep: how many; older ones are removed.
        rounds: within an epoch, at the latest so many rounds after the last one.
        minutes: within an epoch, at the latest so many minutes after the last one.
        stop: function without arguments, asked after each round whether to save the model and raise `Stopped`.
        health: a `HealthMonitor` among the callbacks, whose memory is saved too; then the end of the last epoch after
            which it found the training healthy is kept beside the newest.

    Of several workers (`MultiWorkerMirroredStrategy`) the first one writes, into a directory that all can read. They
    must save after the same round, so `minutes` is a ValueError there, and `stop` must be the same on all.
    """

    def __init__(self, directory, keep=3, rounds=None, minutes=None, stop=lambda: False, health=None):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.keep = keep
        self.rounds = rounds or float("inf")
        self.seconds = 60 * minutes if minutes else float("inf")
        self.stop = stop
        self.health = health

    def on_train_begin(self, logs=None):
        if self.seconds < float("inf") and self.model.worker[1] > 1:
            raise ValueError("Checkpoints by minutes need one clock, and each worker has its own; give rounds instead.")
        self._before = self.model.initial_round
        self._saved_at = time.monotonic()
        self._saved_round = self._before
        if self.stop():
            raise Stopped

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        done = self._before + batch + 1
        steps = self.params["steps"]  # None as long as data of unknown size have not come to their end
        if steps and done >= steps:
            return  # it is saved when all that belongs to the end of the epoch is done
        stop = self.stop()
        if stop or done - self._saved_round >= self.rounds or time.monotonic() - self._saved_at >= self.seconds:
            self._save(Position(self._epoch, done))
        if stop:
            raise Stopped

    def on_epoch_end(self, epoch, logs=None):
        self._save(Position(epoch + 1))
        self._before = self._saved_round = 0
        if epoch + 1 < self.params["epochs"] and self.stop():
            raise Stopped

    def _save(self, position):
        health = self.health
        write(self.model, self.directory / position.file_name, health and health.memory)
        for found, path in list(checkpoints(self.directory).items())[: -self.keep]:
            if not health or found != Position(health.refuge or 0):  # 0 where the start was gone back to
                path.unlink(missing_ok=True)  # another worker may be first
        self._saved_round, self._saved_at = position.rounds, time.monotonic()


def write(model, path, memory=None, member=MEMORY):
    """Saves the model, and where it has one the memory of its health monitor, or another `member`, as a `.keras` file.

    Of several workers all must call this, since the running means are read of all together; the first one's file stays.
    """
    with replacing(path) if model.worker[0] == 0 else _nowhere(path.name) as temporary:
        model.save(temporary)
        if memory is not None:
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(member, json.dumps(memory))


@contextlib.contextmanager
def _nowhere(name):
    with tempfile.TemporaryDirectory() as directory:
        yield pathlib.Path(directory, name)


def read_memory(path, member=MEMORY):
    """The memory of the health monitor, or another `member`, in a `.keras` file; None where it holds none."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(member)) if member in archive.namelist() else None


def load_model(path):
    """A model of the zoo from a `.keras` file, compiled as it was saved.

    ValueError where the file holds none, or asks for what `ganzoo.safety` refuses.
    """
    import ganzoo.models  # noqa: F401 - registers the classes

    with refused_as(f"{path} cannot be read as a saved model"):
        check_archive(pathlib.Path(path))
        model = keras.saving.load_model(path, safe_mode=True)
    if not isinstance(model, AdversarialModel):
        raise ValueError(f"{path} holds a {type(model).__name__}, which is no model of the zoo.")
    return model


def load_newest(directory, say=print):
    """The newest checkpoint in a directory that can be read.

    Args:
        directory: where the checkpoints are.
        say: function that is given one sentence for each newer one that cannot.

    Returns:
        (`Position`, model), or None where there is no checkpoint.

    Raises:
        ValueError: there are checkpoints, and none can be read.
    """
    newest_first = list(reversed(checkpoints(directory).items()))
    for number, (position, path) in enumerate(newest_first):
        try:
            return position, load_model(path)
        except ValueError as error:
            if number + 1 == len(newest_first):
                raise
            say(f"{error} The one before it is taken.")
    return None
