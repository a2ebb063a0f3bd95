"""What `ganzoo export` does: a trained model to one format, or to all of them and a table of what each costs."""

import functools
import json
import pathlib
import shutil
import warnings

from rich.console import Console
from rich.table import Table

from ganzoo import data, evaluation, export, files, trained
from ganzoo.export import parity
from ganzoo.export.tflite import BOUNDS as PRECISIONS
from ganzoo.messages import did_you_mean, quiet

FORMATS = ("saved_model", "tflite", "onnx")
SAMPLES = 2_000  # of which the score of a file is taken
UNREADABLE = (ValueError, OSError, ImportError)  # which data that are not there are, or what reads them
SCORES = ("frechet", "wasserstein", "accuracy", "kernel")  # the first that fits is a file's


def one(name, kind, precision, output, version, overwrite, best):
    """Writes a run, a preset or a .keras file in one format. Returns (path, content of its parity record)."""
    if kind not in FORMATS:
        raise ValueError(f"--format must be one of {', '.join(FORMATS)}; got {kind!r}{did_you_mean(kind, FORMATS)}")
    if precision != "float32" and kind != "tflite":
        raise ValueError(f"--precision {precision} is for --format tflite; a {kind} file holds float32.")
    model, section, _ = trained.find(name, best)
    stem, about = trained.stem(name), trained.about(name, model, section)
    output = pathlib.Path(output or f"exports/{stem}{'' if kind == 'saved_model' else f'.{kind}'}")
    if output.exists() and not overwrite and kind != "saved_model":
        raise ValueError(f"{output} exists already; give another -o, or --overwrite.")
    samples = _training_data(section) if precision == "int8" else None
    with quiet():
        if kind == "saved_model":
            return output / str(version), export.saved_model(model, output, version, overwrite, about)
        if kind == "tflite":
            return output, export.tflite(model, output, precision, about=about, samples=samples)
        return output, export.onnx(model, output, about=about)


def every(name, output, version, overwrite, best, track):
    """Writes all formats into one folder, with `export.json`, the table's content.

    Returns:
        (folder, list of rows): a row has `file`, `format`, `precision`, and the entries of the parity record and of the
        score, or `refused`, the reason why there is no such file. A folder that could not be finished is removed.
        Without the model's data there are no scores, and a warning.
    """
    model, section, _ = trained.find(name, best)
    stem = trained.stem(name)
    folder = pathlib.Path(output or f"exports/{stem}")
    if folder.exists() and not overwrite:
        raise ValueError(f"{folder} exists already; give another -o, or --overwrite.")
    about = trained.about(name, model, section)
    subject = section and _subject(model, section)
    samples = subject and subject.train
    score = subject and _main(subject)
    of_keras = score and evaluation.evaluate(subject, [score])[0].value
    new = not folder.exists()
    try:
        targets = track(_targets(model, folder, stem, version, overwrite, samples, about), "formats", 6)
        with quiet():
            rows = [_row(folder, row, write, subject, score, of_keras) for row, write in targets]
        with files.replacing(folder / "export.json") as temporary:
            temporary.write_text(json.dumps(rows, indent=1) + "\n")
    except BaseException:
        if new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder, rows


def _training_data(section):
    """The model's training data, None where they cannot be read here."""
    try:
        return section and data.read(**section)
    except UNREADABLE:
        return None


def _subject(model, section):
    """The model and what its files are scored by; None and a warning where the data are not here."""
    try:
        return evaluation.subject_of(model, section, n=SAMPLES)
    except UNREADABLE as error:
        warnings.warn(f"The files have no scores: {error}", stacklevel=2)
        return None


def _main(subject):
    """The score by which files are compared with the model; None where none fits."""
    fitting = evaluation.fitting(subject)
    return next((name for kind in SCORES for name in fitting if name.startswith(kind)), None)


def _row(folder, row, write, subject, score, of_keras):
    """The row of one format, which `write` writes; of one that is refused, nothing stays of an export before."""
    try:
        record = write()
    except (ValueError, ImportError) as error:
        _remove(folder / row["file"])
        return row | {"refused": str(error)}
    if not score:
        return row | record
    (found,) = evaluation.evaluate(subject.of(export.Exported(folder / row["file"])), [score])
    return row | record | {"score": score, "value": found.value, "of_keras": of_keras}


def _remove(path):
    """Removes an exported file and the record beside it, or a version of a SavedModel, as far as they are there."""
    if path.is_dir():
        shutil.rmtree(path)
    for file in (path, path.with_name(f"{path.name}.json")):
        file.unlink(missing_ok=True)


def _targets(model, folder, stem, version, overwrite, samples, about):
    """(the row's beginning, function that writes the file) for each format."""

    def saved_model():
        return export.saved_model(model, folder / "saved_model", version, overwrite, about)

    found = [({"file": f"saved_model/{version}", "format": "saved_model", "precision": "float32"}, saved_model)]
    for precision in PRECISIONS:
        file = f"{stem}.{precision}.tflite"
        write = functools.partial(export.tflite, model, folder / file, precision, about=about, samples=samples)
        found.append(({"file": file, "format": "tflite", "precision": precision}, write))
    row = {"file": f"{stem}.onnx", "format": "onnx", "precision": "float32"}
    return [*found, (row, functools.partial(export.onnx, model, folder / row["file"], about=about))]


def said(path, record):
    """The sentence about a file that was written."""
    error = parity.largest_error(record["outputs"])
    return f"{path}: {record['bytes'] / 1e6:.2f} MB, off by {error:.1e} at most."


def show(rows):
    """Prints the rows as a table, and why a format is not there."""
    console = Console()
    score = next((row["score"] for row in rows if "score" in row), "score")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("format", "error", "PSNR", "MB", "ms at 1", "at 64", "score", "change"):
        table.add_column(title, justify="left" if title == "format" else "right", no_wrap=True)
    for row in rows:
        name = row["format"] if row["format"] != "tflite" else f"tflite {row['precision']}"
        table.add_row(name, *_cells(row))
    console.print(table)
    if score != "score":
        console.print(f"score: {score} of {SAMPLES} samples; change: against the model itself", markup=False)
    for row in rows:
        if "refused" in row:
            console.print(row["refused"], markup=False, highlight=False)


def _cells(row):
    if "refused" in row:
        return ("refused",)
    psnr = min((one["psnr"] for one in row["outputs"] if one["output"] == "image" and one["psnr"]), default=None)
    cells = [f"{parity.largest_error(row['outputs']):.1e}", f"{psnr:.0f}" if psnr else "", f"{row['bytes'] / 1e6:.2f}"]
    cells += [f"{row['latency_ms'][rows]:.2f}" for rows in ("1", "64")]
    if "score" in row:
        cells += [f"{row['value']:.4g}", f"{row['value'] - row['of_keras']:+.1g}"]
    return cells
