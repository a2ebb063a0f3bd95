"""The command line. What only some commands need is imported when they run: `ganzoo --help` must be quick."""

import contextlib
import os
import pathlib
import shlex
import sys
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Generative adversarial networks and flows for Keras.",
)


@app.callback()
def _app():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@app.command("list")
def list_():
    """The models and the configs that come with them."""
    from ganzoo import catalog

    catalog.show()


@app.command()
def train(
    config: Annotated[str, typer.Argument(help="A YAML file, or the name of a shipped config.")],
    run_dir: Annotated[pathlib.Path | None, typer.Option(help="Where the run goes  [default: runs/<config>]")] = None,
    set_: Annotated[list[str], typer.Option("--set", help="section.key=value, in place of the config's.")] = [],  # noqa: B006
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the directory.")] = False,
):
    """Train a model."""
    from ganzoo import config as configs

    directory = run_dir or pathlib.Path("runs") / pathlib.Path(config).stem
    validated = configs.read(config, set_)
    with _quiet_import():
        from ganzoo import checkpoints, health, progress, runs, signals
    with signals.StopSignals() as signal:
        try:
            with progress.ProgressBar() as bar:
                _, epochs = runs.train(validated, config, directory, resume, callbacks=[bar], stop=signal.arrived)
        except (checkpoints.Stopped, KeyboardInterrupt):
            print(_stopped(max(runs.Run(directory).checkpoints, default=None)))
            raise typer.Exit(signal.exit_code) from None
        except health.TrainingFailed as failed:
            print(f"ganzoo: {failed}", file=sys.stderr)
            raise typer.Exit(1) from None
    print(f"{directory} {'is trained' if epochs else 'was trained already'}: samples/, metrics.jsonl, report.html.")


def _stopped(position):
    """The line that says what is saved and how to go on."""
    saved = f"saved after {position}" if position else "nothing is saved yet"
    command = shlex.join(["ganzoo", *sys.argv[1:], *(["--resume"] if "--resume" not in sys.argv else [])])
    return f"Stopped, {saved}; go on with: {command}"


@app.command()
def sample(
    run: Annotated[pathlib.Path, typer.Argument(help="A run directory or a .keras file.")],
    n: Annotated[int, typer.Option("-n", help="How many.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the first sample; the next has the next seed.")] = 0,
    output: Annotated[
        pathlib.Path, typer.Option("-o", help="A .png grid, a .npy array, or a folder/ of PNGs.")
    ] = pathlib.Path("grid.png"),
):
    """Draw samples of a trained model."""
    from ganzoo import pictures

    if n < 1:
        raise ValueError(f"-n must be at least 1; got {n}.")
    pictures.check_output(output)
    if not run.exists():
        raise ValueError(f"There is no run directory or .keras file {str(run)!r}.")
    with _quiet_import():
        from ganzoo import checkpoints, runs
    model = runs.Run(run).load() if run.is_dir() else checkpoints.load_model(run)
    pictures.write(model.generate(n, seed=seed), output)
    print(f"{n} samples are in {output}.")


@contextlib.contextmanager
def _quiet_import():
    """Keeps what TensorFlow's C++ writes to standard error when it is imported from the user's terminal."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def main():
    """Entry point: bad input is one sentence on standard error and the exit code 2."""
    from ganzoo.messages import extras_named

    try:
        with extras_named():
            app()
    except (ValueError, OSError, ImportError) as error:
        print(f"ganzoo: {error}", file=sys.stderr)
        sys.exit(2)
