"""What `ganzoo evaluate` does: finds a model and its data, scores it, writes the records and shows them."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ganzoo import data, evaluation, report, reporting, trained
from ganzoo.messages import warnings_in_a_line


def score(name, wanted=(), features=None, data_name=None, n=10_000, seed=0, best=False, output=None, track=None):
    """Scores a model and writes the records.

    Args:
        name: a run directory, a preset, a .keras file, or an exported file.
        wanted: as for `evaluation.evaluate`.
        features, n, seed, track: as for `evaluation.subject_of`.
        data_name: name or path of other data, read like those that the model was trained on; by default these, which
            an exported file has from the record beside it.
        best: whether of a run the model is scored that scored best in its course.
        output: where the records go; by default those on a run's own data go into the run, whose report then shows
            them, unless it holds more of them already, and others nowhere.

    Returns:
        (the scores, where they are written or None)
    """
    model, section, run, averaged = _found(name, best)
    if data_name:
        section = data.like(section or {}, data_name)
    if not section:
        raise ValueError(f"{name} does not say what it was trained on; give --data, such as mnist.")
    options = {"n": n, "seed": seed, "averaged": averaged} | ({"track": track} if track else {})
    with warnings_in_a_line():
        scores = evaluation.evaluate(evaluation.subject_of(model, section, features, **options), wanted)
    path = output or (run and not data_name and _place(run, best, scores)) or None
    if path:
        evaluation.write(scores, path, model=str(name), data=section["name"])
    if run and not best and not data_name:
        reporting.draw(model, section, run.views)
    if run and not output and path and run.metrics_file.exists():
        report.write(run)
    return scores, path


def _place(run, best, scores):
    """Where a run keeps its scores; None where that holds some that have not been measured now, and would be lost."""
    path = run.best_scores_file if best else run.scores_file
    lost = {score.name for score in evaluation.read(path)} - {score.name for score in scores}
    return None if lost else path


def _found(name, best):
    """(model, arguments of `data.read` or None, `Run` or None, whether its weights are averages)"""
    if path := trained.exported(name):
        if best:
            raise ValueError(f"--best is for a run, and {path} is a file that was made of one; leave it out.")
        from ganzoo.export import Exported

        model = Exported(path)
        return model, model.record.get("data"), None, model.record.get("averaged", False)
    model, section, run = trained.find(name, best)
    return model, section, run, trained.about(name, model, section)["averaged"]


def show(scores):
    """Prints the scores as a table."""
    table = Table("score", "value", "real against real", box=None, header_style="bold")
    for one in scores:
        table.add_row(escape(one.name), str(one), one.real_against_real)
    Console().print(table)
