"""The command line. What only some commands need is imported when they run: `ganzoo --help` must be quick."""

import os
import pathlib
import sys
from typing import Annotated

import typer

from ganzoo import cli_presets
from ganzoo.messages import quiet as _quiet

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
def list_(
    presets: Annotated[bool, typer.Option("--presets", help="The presets alone, with scores and licences.")] = False,
):
    """The models, and the configs and presets that come with them."""
    from ganzoo import catalog

    catalog.show_presets() if presets else catalog.show()


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
    with _quiet():
        from ganzoo import training
    epochs = training.into(directory, validated, config, resume)
    print(f"{directory} {'is trained' if epochs else 'was trained already'}: samples/, metrics.jsonl, report.html.")


@app.command()
def sample(
    model: Annotated[str, typer.Argument(help="A run directory, a preset, or a .keras file.")],
    n: Annotated[int | None, typer.Option("-n", help="How many  [default: 64, or one for each label]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first sample; the next has the next seed.")] = 0,
    output: Annotated[
        pathlib.Path, typer.Option("-o", help="A .png grid, a .npy array, or a folder/ of PNGs.")
    ] = pathlib.Path("grid.png"),
    labels: Annotated[
        str | None, typer.Option(help="Of a conditional model: a class for each, or one for all; attributes as 0+2.")
    ] = None,
    interpolate: Annotated[bool, typer.Option("--interpolate", help="Rows from one latent vector to another.")] = False,
    reconstruct: Annotated[
        bool, typer.Option("--reconstruct", help="Samples of the run's test split above what their codes give.")
    ] = False,
    neighbors: Annotated[
        bool, typer.Option("--neighbors", help="Samples above the training images that are nearest.")
    ] = False,
    density: Annotated[bool, typer.Option("--density", help="Of a flow on the plane.")] = False,
    field: Annotated[bool, typer.Option("--field", help="Where the adversary drives samples on the plane.")] = False,
    to: Annotated[str | None, typer.Option(help="Of a CycleGAN: the domain to translate to, a or b.")] = None,
    images: Annotated[
        str | None, typer.Option(help="Of a CycleGAN: a folder or data set to translate, not the run's test split.")
    ] = None,
):
    """Draw samples of a trained model. A .png of a conditional one has one class a row, the same noise in a column.

    A CycleGAN translates images, n from the one with the number of the seed on. A .png shows them, their translations
    to the other domain, and these translated back.
    """
    from ganzoo import pictures

    if n is not None and n < 1:
        raise ValueError(f"-n must be at least 1; got {n}.")
    pictures.check_output(output)
    with _quiet():
        from ganzoo import sampling, trained
    found, section, _ = trained.find(model)
    views = {
        "interpolation": interpolate,
        "reconstruction": reconstruct,
        "neighbors": neighbors,
        "density": density,
        "field": field,
    }
    if asked := [name for name, wanted in views.items() if wanted]:
        options = {"--labels": labels, "--to": to, "--images": images}
        print(sampling.view(asked, found, section, n or 8, seed, output, options))
        return
    if not hasattr(found, "generate") and not hasattr(found, "translate"):
        raise ValueError(
            f"{model} is a {type(found).__name__}, which makes no samples; `ganzoo evaluate` says how good it is."
        )
    print(sampling.write(found, section, n, seed, output, labels, to, images))


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A run directory, a preset, a .keras or an exported file.")],
    metrics: Annotated[str, typer.Option(help="Names of scores, such as fid,kid  [default: all that fit]")] = "",
    features: Annotated[
        str | None,
        typer.Option(help="pixels, a classifier's preset, a .keras file, or Inception's graph FILE or ADDRESS#SHA256."),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="Name or path of the data  [default: what it was trained on]")
    ] = None,
    n: Annotated[int, typer.Option("-n", help="How many samples, no more than there are for training.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the samples.")] = 0,
    best: Annotated[bool, typer.Option("--best", help="Of a run its best model, not the last.")] = False,
    output: Annotated[
        pathlib.Path | None,
        typer.Option("-o", help="A .json file  [default: the run's scores.json, unless it has more]"),
    ] = None,
):
    """Score a trained model, or a file that was exported of it, on the test split of its data, by all that fits it.

    Images: distances, precision and coverage; flows: bits per dimension; encoders: what they lose; conditional models:
    whether a sample has its label. Beside each score, what training samples in place of the model's would have.
    """
    if n < 2 or seed < 0:
        raise ValueError(f"-n must be at least 2, and --seed at least 0; got {n} and {seed}.")
    with _quiet():
        from ganzoo import progress, scoring
    with progress.tracking() as track:
        wanted = [name.strip() for name in metrics.split(",") if name.strip()]
        scores, path = scoring.score(model, wanted, features, data, n, seed, best, output, track)
    scoring.show(scores)
    if path:
        print(f"The scores are in {path}.")


@app.command()
def compare(
    models: Annotated[list[str], typer.Argument(help="Run directories or presets, two or more.")],
    output: Annotated[pathlib.Path, typer.Option("-o", help="An .html file.")] = pathlib.Path("compare.html"),
):
    """One page about several models, side by side: their scores (of `ganzoo evaluate`), losses and samples."""
    with _quiet():
        from ganzoo import comparison
    comparison.write(models, output)
    print(f"The comparison is in {output}.")


@app.command()
def report(
    model: Annotated[str, typer.Argument(help="A run directory, or a preset.")],
    output: Annotated[
        pathlib.Path | None, typer.Option("-o", help="An .html file  [default: the run's own, or <preset>.html]")
    ] = None,
):
    """One page about a run or a preset: samples, scores, interpolations, nearest training images; losses, failures."""
    with _quiet():
        from ganzoo import reporting
    print(f"The report is in {reporting.write(model, output)}.")


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="A run directory, a preset, or a .keras file.")],
    format: Annotated[str, typer.Option(help="saved_model, tflite or onnx.")] = "saved_model",
    precision: Annotated[str, typer.Option(help="Of tflite: float32, float16, dynamic or int8.")] = "float32",
    all: Annotated[bool, typer.Option("--all", help="All formats, and a table of what each costs.")] = False,
    output: Annotated[
        pathlib.Path | None,
        typer.Option("-o", help="A folder, or a .tflite or .onnx file  [default: in exports/]"),
    ] = None,
    version: Annotated[int, typer.Option(help="Of a SavedModel.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    best: Annotated[bool, typer.Option("--best", help="Of a run its best model, not the last.")] = False,
):
    """Write a trained model as a file that serves, once it has been found to give what the model gives.

    A SavedModel loads in TensorFlow Serving as it is. The errors, the size and the time taken are beside each file.
    """
    with _quiet():
        from ganzoo import exporting, progress
        from ganzoo.messages import warnings_in_a_line
    if all:
        with progress.tracking() as track, warnings_in_a_line():
            folder, rows = exporting.every(model, output, version, overwrite, best, track)
        exporting.show(rows)
        print(f"The files are in {folder}.")
        return
    with warnings_in_a_line():
        path, record = exporting.one(model, format, precision, output, version, overwrite, best)
    print(exporting.said(path, record))


@app.command("serve-config")
def serve_config(
    models: Annotated[list[str], typer.Argument(help="Directories of SavedModels, each as DIR or NAME=DIR.")],
    output: Annotated[pathlib.Path, typer.Option("-o", help="A folder.")] = pathlib.Path("serving"),
    label: Annotated[
        list[str], typer.Option(help="LABEL=VERSION or NAME:LABEL=VERSION, such as stable=1; several times.")
    ] = [],  # noqa: B006
    newest: Annotated[int | None, typer.Option(help="Without labels: how many versions serve  [default: 1]")] = None,
    local: Annotated[
        bool, typer.Option("--local", help="For a tensorflow_model_server of this machine, no container.")
    ] = False,
):
    """Write what TensorFlow Serving is started with: models.config, batching.config and docker-compose.yml.

    Into each version of the models go the requests that a server warms up by.
    """
    with _quiet():
        from ganzoo.serving import config
    found, command = config.write(models, output, label, newest, local)
    for name, versions in found.items():
        print(f"{name}: version {', '.join(map(str, versions))}")
    print(f"The files are in {output}; start the server by: {command}")


app.add_typer(cli_presets.app)


def main():
    """Entry point: bad input is one sentence on standard error and the exit code 2."""
    from ganzoo.messages import extras_named

    try:
        with extras_named():
            app()
    except (ValueError, OSError, ImportError) as error:
        print(f"ganzoo: {error}", file=sys.stderr)
        sys.exit(2)
