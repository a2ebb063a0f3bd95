"""What `ganzoo train` does: a training with a progress bar that a signal can stop."""

import shlex
import sys

import typer

from ganzoo import checkpoints, health, progress, runs, signals


def into(directory, config, source, resume):
    """Trains a config; signals stop it.

    Args:
        directory: of the run.
        config, source, resume: as for `runs.train`.

    Returns:
        how many epochs were left to train.

    Raises:
        typer.Exit: stopped, or failed; why has been said.
    """
    with signals.StopSignals() as signal:
        try:
            with progress.ProgressBar() as bar:
                return runs.train(config, source, directory, resume, callbacks=[bar], stop=signal.arrived)[1]
        except (checkpoints.Stopped, KeyboardInterrupt):
            print(_stopped(max(runs.Run(directory).checkpoints, default=None)))
            raise typer.Exit(signal.exit_code) from None
        except health.TrainingFailed as failed:
            print(f"ganzoo: {failed}", file=sys.stderr)
            raise typer.Exit(1) from None


def _stopped(position):
    """The line that says what is saved and how to go on."""
    saved = f"saved after {position}" if position else "nothing is saved yet"
    command = shlex.join(["ganzoo", *sys.argv[1:], *(["--resume"] if "--resume" not in sys.argv else [])])
    return f"Stopped, {saved}; go on with: {command}"
