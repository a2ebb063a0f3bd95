"""Exported files that were damaged are named in one sentence, whatever the libraries raise."""

import pathlib

import pytest

from ganzoo import export, models

FILES = ["1/saved_model.pb", "model.tflite", "model.onnx"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, model = tmp_path_factory.mktemp("files"), models.GAN.for_vectors(2, width=4)
    export.saved_model(model, folder)
    export.tflite(model, folder / "model.tflite")
    export.onnx(model, folder / "model.onnx")
    return folder


@pytest.mark.parametrize("left", [0, 0.5])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file(folder, name, left):
    file = folder / name
    path, whole = file if file.parent == folder else file.parent, file.read_bytes()
    try:
        file.write_bytes(whole[: int(left * len(whole))])
        with pytest.raises(ValueError, match=r" cannot be loaded; export it again \(.+\)\.$") as raised:
            export.Exported(path)
    finally:
        file.write_bytes(whole)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_a_damaged_record(folder, tmp_path):
    pathlib.Path(tmp_path, "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    pathlib.Path(tmp_path, "model.onnx.json").write_text('{"model": ')
    with pytest.raises(ValueError, match=r"model\.onnx\.json cannot be read as the record of an exported file"):
        export.Exported(tmp_path / "model.onnx")
