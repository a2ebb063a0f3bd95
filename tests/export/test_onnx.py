"""ONNX files, run by onnxruntime."""

import conformance
import numpy as np
import pytest
import tf2onnx
from running import contents

from ganzoo import export, models


@pytest.mark.slow
@pytest.mark.parametrize("row", conformance.ROWS, ids=lambda row: row.name)
def test_every_model(row, tmp_path):
    model = row.for_images()
    model.compile()
    record = export.onnx(model, tmp_path / "model.onnx")
    assert max(one["error"] for one in record["outputs"]) <= 1e-5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx", "model.onnx.json"]


def test_an_output_may_have_the_name_of_an_input(tmp_path):
    model = models.AGE.for_images((8, 8, 1), latent_dim=3, width=4)
    export.onnx(model, tmp_path / "model.onnx", signature="reconstruct")
    images = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype("float32")
    found = export.load(tmp_path / "model.onnx")("reconstruct", {"image": images})
    np.testing.assert_allclose(found["image"], model.reconstruct(images), atol=1e-5)


def test_what_the_converter_refuses_is_one_sentence(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise RuntimeError("No op for Foo\nin this opset")

    monkeypatch.setattr(tf2onnx.convert, "from_function", refuse)
    with pytest.raises(ValueError, match=r"^An ONNX file of this GAN cannot be made by tf2onnx \(No op for Foo\)\.$"):
        export.onnx(models.GAN.for_vectors(2, width=4), tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("write", [export.onnx, export.tflite])
def test_the_record_that_cannot_be_written_leaves_what_was_there(write, tmp_path, monkeypatch):
    path = tmp_path / f"model.{write.__name__}"
    write(models.GAN.for_vectors(2, width=4), path)
    before = contents(tmp_path)

    def full(*arguments, **about):
        raise OSError("No space left on device")

    monkeypatch.setattr(export.parity, "write", full)
    with pytest.raises(OSError, match="No space left"):
        write(models.GAN.for_vectors(3, width=4), path)
    assert contents(tmp_path) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": "gan.bin"}, "suffix .onnx; got 'gan.bin'"),
        ({"path": "gan.onnx", "signature": "generate"}, "signature must be one of serving_default, .*; got 'generate'"),
    ],
)
def test_bad_arguments(arguments, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        export.onnx(models.GAN.for_vectors(2), **arguments | {"path": tmp_path / arguments["path"]})
    assert not list(tmp_path.iterdir())
