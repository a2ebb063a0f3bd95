"""`ganzoo export` where something is missing: the data, a converter; and the scripts that export several models."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest
from running import TINY, ganzoo

from ganzoo import evaluation, export, exporting

TOOLS = pathlib.Path(__file__).parent.parent / "tools"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of a GAN on images in an .npz file."""
    folder = tmp_path_factory.mktemp("run")
    images = np.random.default_rng(0).integers(0, 256, (300, 8, 8, 1), "uint8")
    np.savez(folder / "images.npz", x_train=images, x_test=images[:100])
    options = ["--set=training.epochs=1", "--set=training.steps_per_epoch=2"]
    options += [f"--set=data.name={folder / 'images.npz'}"]
    assert ganzoo("train", "dcgan_digits", *TINY, *options, "--run-dir", folder / "run") == 0
    return folder / "run"


@pytest.fixture
def written(monkeypatch):
    """[(format, arguments by name)] of what is exported; nothing is."""
    calls = []

    def write(kind):
        def noted(*arguments, **named):
            calls.append((kind, arguments, named))
            return {}

        return noted

    for kind in ("saved_model", "tflite", "onnx"):
        monkeypatch.setattr(export, kind, write(kind))
    return calls


def every(run, folder, overwrite=False):
    return exporting.every(run, folder, 1, overwrite, False, lambda steps, *_: steps)


def test_int8_is_given_the_training_data(run, written, tmp_path):
    exporting.one(run, "tflite", "int8", tmp_path / "a.tflite", 1, False, False)
    exporting.one(run, "tflite", "float32", tmp_path / "b.tflite", 1, False, False)
    samples = [named["samples"] for _, _, named in written]
    assert samples[0].shape == (8, 8, 1)
    assert len(samples[0]) == 300
    assert samples[1] is None


def test_without_the_data_there_are_files_and_no_scores(run, written, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting.data, "read", absent)
    exporting.one(run, "tflite", "int8", tmp_path / "a.tflite", 1, False, False)
    with pytest.warns(UserWarning, match=r"^The files have no scores: There are no data\.$"):
        folder, rows = every(run, tmp_path / "all")
    assert (folder / "export.json").is_file()
    assert len(rows) == 6
    assert not any("score" in row or "refused" in row for row in rows)
    assert all(named["samples"] is None for kind, _, named in written if kind == "tflite")


def absent(*arguments, **named):
    raise ValueError("There are no data.")


def test_a_converter_that_is_not_installed_is_a_refused_row(run, written, tmp_path, monkeypatch):
    def missing(*arguments, **named):
        raise ImportError("Writing an .onnx file needs the package tf2onnx, which is not installed.")

    monkeypatch.setattr(export, "onnx", missing)
    monkeypatch.setattr(evaluation, "subject_of", absent)
    with pytest.warns(UserWarning, match="no scores"):
        folder, rows = every(run, tmp_path / "all")
    assert folder.is_dir()
    assert ["refused" in row for row in rows] == [False] * 5 + [True]
    assert "tf2onnx" in rows[-1]["refused"]


def test_of_a_format_that_is_refused_nothing_stays_of_the_export_before(run, written, tmp_path, monkeypatch):
    folder = tmp_path / "all"
    before = ["saved_model/1/parity.json", "run.onnx", "run.onnx.json", "run.int8.tflite", "run.int8.tflite.json"]
    for name in before:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    monkeypatch.setattr(export, "onnx", absent)
    monkeypatch.setattr(export, "saved_model", absent)
    monkeypatch.setattr(evaluation, "subject_of", absent)
    with pytest.warns(UserWarning, match="no scores"):
        _, rows = every(run, folder, overwrite=True)
    assert [row["format"] for row in rows if "refused" in row] == ["saved_model", "onnx"]
    left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert left == ["export.json", "run.int8.tflite", "run.int8.tflite.json"]


@pytest.mark.parametrize("tool", ["export_saved_model.py", "export_tflite.py"])
def test_the_scripts_say_on_standard_error_what_failed(tool, tmp_path):
    done = subprocess.run(
        [sys.executable, TOOLS / tool, "no_such_model"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "There is no run directory, preset or .keras file 'no_such_model'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
