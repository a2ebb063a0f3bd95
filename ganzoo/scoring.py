"""What `ganzoo evaluate` does: finds a model and its data, scores it, writes the records and shows them."""

import contextlib

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ganzoo import data, evaluation, pictures, report, trained, views
from ganzoo.messages import warnings_in_a_line


def score(name, wanted=(), features=None, data_name=None, n=10_000, seed=0, best=False, output=None, track=None):
    """Scores a model and writes the records.

    Args:
        name: a run directory, a preset, or a .keras file.
        wanted: as for `evaluation.evaluate`.
        features, n, seed, track: as for `evaluation.subject_of`.
        data_name: name or path of the data, by default what the model was trained on.
        best: whether of a run the model is scored that scored best in its course.
        output: where the records go; by default into the run, whose report then shows them, and for others nowhere.

    Returns:
        (the scores, where they are written or None)
    """
    model, section, run = trained.find(name, best)
    if data_name:
        section = {"name": data_name}
    if not section:
        raise ValueError(f"{name} does not say what it was trained on; give --data, such as mnist.")
    options = {"n": n, "seed": seed} | ({"track": track} if track else {})
    with warnings_in_a_line():
        scores = evaluation.evaluate(evaluation.subject_of(model, section, features, **options), wanted)
    path = output or (run and (run.best_scores_file if best else run.scores_file))
    if path:
        evaluation.write(scores, path, model=str(name), data=section["name"])
    if run and not best:
        _draw(model, section, run)
    if run and not output and run.metrics_file.exists():
        report.write(run)
    return scores, path


def _draw(model, section, run):
    """The pictures of the report that need the model."""

    def samples(split):
        return data.read(**section | {"split": split})

    for view in (views.interpolation, views.reconstruction, views.neighbors):
        with contextlib.suppress(ValueError):  # which the model, or its data, do not have
            pictures.save(view(model, 4, 0, samples), run.views / f"{view.__name__}.png")


def show(scores):
    """Prints the scores as a table."""
    table = Table("score", "value", "real against real", box=None, header_style="bold")
    for one in scores:
        floor = "" if one.floor is None else f"{one.floor:.4g}"
        table.add_row(escape(one.name), str(one), floor)
    Console().print(table)
