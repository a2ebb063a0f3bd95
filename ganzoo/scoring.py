"""What `ganzoo evaluate` does: finds a model and its data, scores it, writes the records and shows them."""

import pathlib

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ganzoo import checkpoints, evaluation, presets, report
from ganzoo.runs import Run


def score(name, wanted=(), features=None, data=None, n=10_000, seed=0, output=None, track=None):
    """Scores a model and writes the records.

    Args:
        name: a run directory, a preset, or a .keras file.
        wanted: as for `evaluation.evaluate`.
        features, n, seed, track: as for `evaluation.subject_of`.
        data: name or path of the data, by default what the model was trained on.
        output: where the records go; by default into the run, whose report then shows them, and for others nowhere.

    Returns:
        (the scores, where they are written or None)
    """
    model, section, run = find(name)
    if data:
        section = {"name": data}
    if not section:
        raise ValueError(f"{name} does not say what it was trained on; give --data, such as mnist.")
    options = {"n": n, "seed": seed} | ({"track": track} if track else {})
    scores = evaluation.evaluate(evaluation.subject_of(model, section, features, **options), wanted)
    path = output or (run and run.scores_file)
    if path:
        evaluation.write(scores, path, model=str(name), data=section["name"])
    if run and path == run.scores_file and run.metrics_file.exists():
        report.write(run)
    return scores, path


def find(name):
    """(model, arguments of `data.read` or None, `Run` or None) of a run directory, a preset, or a .keras file."""
    path = pathlib.Path(name)
    if (path / "config.yaml").is_file():
        run = Run(path)
        return run.load(), run.config().sections()["data"], run
    if path.suffix == ".keras":
        return checkpoints.load_model(path), None, None
    if path.is_dir() and not (path / "metadata.json").is_file():
        raise ValueError(f"{path} is neither a run directory nor a preset: it holds no config.yaml or metadata.json.")
    folder = presets.find(name)
    config = presets.read_metadata(folder).get("config")
    return presets.from_preset(folder), config and config["data"], None


def show(scores):
    """Prints the scores as a table."""
    table = Table("score", "value", "real against real", "features", box=None, header_style="bold")
    for one in scores:
        floor = "" if one.floor is None else f"{one.floor:.4g}"
        table.add_row(escape(one.name), str(one), floor, one.features["sha256"][:12] if one.features else "")
    Console().print(table)
