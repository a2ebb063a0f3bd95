"""The commands about presets, of the command line in `ganzoo.cli`."""

import pathlib
from typing import Annotated

import typer

from ganzoo.messages import quiet as _quiet

app = typer.Typer()


@app.command()
def download(
    presets: Annotated[list[str] | None, typer.Argument(help="Names of presets, or addresses.")] = None,
    all: Annotated[bool, typer.Option("--all", help="All presets of the zoo.")] = False,
):
    """Fetch presets, so that they are there without a network: into $GANZOO_HOME, checked by SHA-256.

    GANZOO_URL says where they lie, or a line `url: ADDRESS` in $GANZOO_HOME/config.yaml.
    """
    from ganzoo import presets as shelf

    if bool(presets) == all:
        raise ValueError("Name the presets to download, or give --all.")
    for name in shelf.list() if all else presets:
        folder = shelf.find(name)
        size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6
        print(f"{name} is in {folder}, {size:.1f} MB.")


@app.command()
def reproduce(
    preset: Annotated[str, typer.Argument(help="A preset, a preset's folder or address.")],
    check: Annotated[bool, typer.Option("--check", help="Do not train, but score the weights again.")] = False,
    run_dir: Annotated[
        pathlib.Path | None, typer.Option(help="Where the run goes  [default: runs/<preset>_reproduced]")
    ] = None,
    set_: Annotated[list[str], typer.Option("--set", help="data.key=value, such as data.download=true.")] = [],  # noqa: B006
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the directory.")] = False,
):
    """Train a preset again, by its config and from its seed, and say whether the score is what the preset promises.

    The exit code is 1 where it is not.
    """
    with _quiet():
        from ganzoo import progress, reproducing, scoring, trained, training
        from ganzoo.runs import Run
    name = trained.stem(preset)
    if check:
        with progress.tracking() as track:
            scores, wrong = reproducing.check(preset, set_, track)
        scoring.show(scores)
        print(f"{name}: {'; '.join(wrong) or 'all scores are what the preset says'}.")
        raise typer.Exit(1 if wrong else 0)
    metadata, config = reproducing.config_of(preset, set_)
    reproducing.check_measurable(preset, metadata, config)
    directory = run_dir or pathlib.Path("runs") / f"{name}_reproduced"
    training.into(directory, config, preset, resume)
    with progress.tracking() as track:
        scores = reproducing.of_run(Run(directory), metadata, track)
    scoring.show(scores)
    inside, said = reproducing.verdict(name, metadata, scores)
    print(said)
    raise typer.Exit(0 if inside else 1)


@app.command()
def gallery(
    output: Annotated[pathlib.Path, typer.Option("-o", help="An .html file.")] = pathlib.Path("gallery.html"),
):
    """One page about the presets on this machine: samples, interpolations, scores, and the lines that use them."""
    with _quiet():
        from ganzoo import gallery, progress
    with progress.tracking() as track:
        shown, absent = gallery.write(output, track)
    more = f"; {len(absent)} more can be fetched by `ganzoo download --all`" if absent else ""
    print(f"{len(shown)} presets are in {output}{more}.")
