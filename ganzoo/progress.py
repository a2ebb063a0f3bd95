"""Progress bars: of a training, live on a terminal, ten lines or fewer in a log file; and of everything else."""

import contextlib

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressBar(keras.callbacks.Callback):
    """Epochs and rounds done, time left, and the mean losses of the last epoch, in a line of 80 characters.

    A context manager: the terminal has its cursor back however the training ends.
    """

    def __init__(self):
        super().__init__()
        self._console = Console()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            TextColumn("{task.fields[losses]}"),
            console=self._console,
            expand=True,
            disable=not self._console.is_terminal,
        )
        self._task = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._bar.stop()

    def on_train_begin(self, logs=None):
        if self._task is not None:  # of a training that was rolled back
            self._bar.remove_task(self._task)
            self._task = None
        self._bar.start()

    def on_epoch_begin(self, epoch, logs=None):
        epochs, steps = self.params["epochs"], self.params["steps"]
        if self._task is None:
            total = steps * epochs if steps else None
            done = (steps or 0) * epoch + self.model.initial_round
            self._task = self._bar.add_task("", total=total, completed=done, losses="")
        self._bar.update(self._task, description=f"epoch {epoch + 1}/{epochs}")

    def on_train_batch_end(self, batch, logs=None):
        self._bar.advance(self._task)

    def on_epoch_end(self, epoch, logs=None):
        losses = "  ".join(f"{name.removesuffix('_loss')} {value:.3g}" for name, value in (logs or {}).items())
        self._bar.update(self._task, losses=losses)
        epochs = self.params["epochs"]
        if not self._console.is_terminal and (epoch + 1) % max(1, epochs // 10) == 0:
            self._console.print(f"epoch {epoch + 1}/{epochs}  {losses}", highlight=False, soft_wrap=True)


@contextlib.contextmanager
def tracking():
    """Gives a function (iterable, description, total) -> the same iterable, with a bar where there is a terminal."""
    console = Console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        yield lambda iterable, description, total: bar.track(iterable, total=total, description=description)
