"""TensorFlow Lite files, run by the interpreter that phones have."""

import json
import types

import conformance
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

import ganzoo
from ganzoo import data, export, models
from ganzoo.export import calibration
from ganzoo.export.signatures import example, signatures
from ganzoo.export.tflite import BOUNDS

PRECISIONS = list(BOUNDS)


@pytest.fixture(scope="module")
def gan():
    """A GAN of which 8-bit weights are four times smaller."""
    model = models.DCGAN.for_images((28, 28, 1), latent_dim=64, width=40)
    model.compile()
    return model


@pytest.mark.slow
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("row", conformance.ROWS, ids=lambda row: row.name)
def test_every_model_in_every_precision(row, precision, tmp_path):
    model = row.for_images()
    model.compile()
    if row.name == "AGE":  # which gives the directions of codes, and before any training these are of 1e-7
        model.encoder.set_weights([10 * weight for weight in model.encoder.get_weights()])
    record = export.tflite(model, tmp_path / "model.tflite", precision)
    assert set(record["signatures"]) == {name for name, one in signatures(model).items() if one.plain}
    assert all(BOUNDS[precision].holds(one) for one in map(parity_of, record["outputs"]))


def parity_of(entry):
    return export.parity.Parity(**entry)


def test_what_is_beside_the_files_and_how_large_they_are(gan, tmp_path):
    size = {}
    for precision in PRECISIONS:
        path = tmp_path / precision / "gan.tflite"
        record = export.tflite(gan, path, precision)
        assert json.loads(path.with_name("gan.tflite.json").read_text()) == record
        assert sorted(file.name for file in path.parent.iterdir()) == ["gan.tflite", "gan.tflite.json"]
        assert record["bytes"] == path.stat().st_size
        assert record["precision"] == precision
        latent = {"shape": [None, 64], "dtype": "float32", "range": "the prior"}
        assert record["signatures"]["decode"] == {"latent": latent}
        size[precision] = record["bytes"]
    assert size["float32"] > 1e6
    assert size["float16"] < 0.52 * size["float32"]
    assert size["int8"] <= 0.30 * size["float32"]
    assert size["dynamic"] <= 0.30 * size["float32"]


def test_a_file_gives_what_the_model_decodes(gan, tmp_path):
    export.tflite(gan, tmp_path / "gan.tflite")
    latent = np.random.default_rng(3).normal(size=(5, 64)).astype("float32")
    found = export.load(tmp_path / "gan.tflite")("decode", {"latent": latent})
    np.testing.assert_allclose(found["image"], gan.decode(latent), atol=1e-5)
    assert found["image_uint8"].dtype == np.uint8


def test_labels_are_read_in_eight_bits(tmp_path):
    """The converter's own table of labels gives wrong values there; see `tensors.one_hot`."""
    model = models.ConditionalGAN.for_images((8, 8, 1), num_classes=10, latent_dim=4, width=8)
    kernel = model.generator.get_layer("embedding").kernel
    kernel.assign(np.random.default_rng(0).normal(0, 0.3, kernel.shape))
    for weight in model.generator.weights:
        if "transpose" in weight.path and weight.path.endswith("kernel"):
            weight.assign(np.asarray(weight) * 20)
    record = export.tflite(model, tmp_path / "model.tflite", "int8")
    assert min(one["psnr"] for one in record["outputs"] if one["output"] == "image") > 30


def test_grey_levels_in_eight_bits(tmp_path):
    """Written as (image + 1) * 127.5, they had three values: the converter gives the sum the range of the product."""
    model = models.GAN.for_images((8, 8, 1), latent_dim=4, width=8)
    kernel = [weight for weight in model.generator.weights if weight.path.endswith("kernel")][-1]
    kernel.assign(np.asarray(kernel) * 5)
    export.tflite(model, tmp_path / "model.tflite", "int8")
    latent = np.random.default_rng(1).normal(size=(8, 4)).astype("float32")
    found = export.load(tmp_path / "model.tflite")("decode", {"latent": latent})
    assert np.abs(found["image_uint8"] - (found["image"] + 1) * 127.5).max() <= 2
    assert len(np.unique(found["image_uint8"])) > 50


@pytest.mark.parametrize("uniform", [models.DCGAN, models.BiGAN])
def test_latent_vectors_are_of_the_prior(uniform):
    """Ranges of activations, errors and warmup requests are those of what the generator is trained on."""
    model = uniform.for_images((8, 8, 1), width=4)
    latent = example(signatures(model)["decode"], model, 64)["latent"]
    assert latent.dtype == np.float32
    assert np.abs(latent).max() <= 1 < 1.1 * np.abs(latent).max()


def test_a_trained_dcgan_in_eight_bits(tmp_path):
    record = export.tflite(ganzoo.from_preset("dcgan_digits"), tmp_path / "digits.tflite", "int8")
    assert all(one["psnr"] >= 30 for one in record["outputs"] if one["output"] == "image")


def test_ranges_are_taken_from_training_samples_and_others_are_compared():
    model = models.CycleGAN.for_images((8, 8, 1), width=4)
    grey = np.arange(200, dtype="uint8")[:, None, None, None] * np.ones((8, 8, 1), "uint8")
    samples = data.Unpaired(grey, 255 - grey)
    plain = {name: one for name, one in signatures(model).items() if one.plain}
    taken = calibration.of_data(plain, samples, calibration.ROWS)
    rows = list(calibration.rows(model, plain, taken))
    for name, domain in (("translate_to_b", grey), ("translate_to_a", 255 - grey), ("serving_default", grey)):
        of_one = np.concatenate([given["image"] for key, given in rows if key == name])
        levels = np.rint((of_one + 1) * 127.5)
        assert levels.shape == (64, 8, 8, 1)
        assert len(np.unique(levels[:, 0, 0, 0])) == 64
        assert np.isin(levels, domain).all()
        compared = calibration.of_data(plain, samples, 8)[name]["image"]
        assert not np.isin(compared[:, 0, 0, 0], of_one[:, 0, 0, 0]).any()


def test_samples_of_another_shape_are_not_taken():
    plain = signatures(models.VAE.for_images((8, 8, 1), latent_dim=2, width=4))
    assert not calibration.of_data(plain, data.Samples(np.zeros((9, 16, 16, 1), "uint8")), 4)
    assert not calibration.of_data(plain, None, 4)


def test_a_classifier_is_compared_on_samples(tmp_path, monkeypatch):
    asked, compare = [], export.parity.compare

    def noted(found, run, model, known):
        asked.append(known["classify"]["image"])
        return compare(found, run, model, known)

    monkeypatch.setattr(export.parity, "compare", noted)
    model = models.Classifier.for_images((8, 8, 1), num_classes=3, width=4)
    images = np.random.default_rng(0).integers(0, 256, (80, 8, 8, 1), "uint8")
    export.tflite(model, tmp_path / "model.tflite", "int8", samples=data.Samples(images))
    assert np.isin(np.rint((asked[0] + 1) * 127.5), images[5::10]).all()


def test_what_the_converter_refuses_is_one_sentence(gan, tmp_path, monkeypatch):
    def refuse(*arguments):
        raise ConverterError("Op Foo is not supported\n by TFLite")

    converter = types.SimpleNamespace(convert=refuse)
    monkeypatch.setattr(tf.lite.TFLiteConverter, "from_saved_model", lambda *_, **__: converter)
    said = r"^The float32 file of this DCGAN cannot be made by TensorFlow Lite \(Op Foo is not supported\)\.$"
    with pytest.raises(ValueError, match=said):
        export.tflite(gan, tmp_path / "gan.tflite")
    assert not list(tmp_path.iterdir())


def test_representative_data_are_what_the_ranges_come_from(gan, tmp_path):
    narrow = {
        "serving_default": {"latent": np.zeros((4, 64), "float32")},
        "decode": {"latent": np.zeros((4, 64), "float32")},
    }
    with pytest.raises(ValueError, match=r"is not written: 'image' of .* PSNR of 30 dB"):
        export.tflite(conditioned(gan), tmp_path / "gan.tflite", "int8", representative=narrow)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("factor", [0, -1])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_function_that_a_precision_does_not_hold_is_left_out(precision, factor, tmp_path, monkeypatch):
    load = export._tflite.load

    def wrong(path):
        run = load(path)
        return lambda name, arrays: {
            key: factor * value if key == "logits" else value for key, value in run(name, arrays).items()
        }

    monkeypatch.setattr(export._tflite, "load", wrong)
    said = rf"^The {precision} file of this GAN is without 'discriminate': 'logits' .* choose a finer precision for it"
    with pytest.warns(UserWarning, match=said):
        record = export.tflite(models.GAN.for_vectors(2, width=4), tmp_path / "gan.tflite", precision)
    assert set(record["signatures"]) == {"serving_default", "decode"} == {one["signature"] for one in record["outputs"]}
    assert set(load(tmp_path / "gan.tflite").shapes) == {"serving_default", "decode"}


@pytest.mark.parametrize("factor", [0, -1])
def test_a_main_function_that_a_precision_does_not_hold_is_refused(factor, tmp_path, monkeypatch):
    load = export._tflite.load

    def wrong(path):
        run = load(path)
        return lambda name, arrays: {key: factor * value for key, value in run(name, arrays).items()}

    monkeypatch.setattr(export._tflite, "load", wrong)
    with pytest.raises(ValueError, match=r"is not written: 'sample' of .* allowed a loss of 0\.5 of the signal"):
        export.tflite(models.GAN.for_vectors(2, width=4), tmp_path / "gan.tflite", "int8")
    assert not list(tmp_path.iterdir())


def conditioned(gan):
    """The same with larger weights, so that a latent vector matters."""
    model = gan.__class__.from_config(gan.get_config())
    model.compile()
    for weight in model.generator.weights:
        if weight.path.endswith("kernel"):
            weight.assign(np.asarray(weight) * 10)
    return model


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": "gan.bin"}, "suffix .tflite; got 'gan.bin'"),
        ({"path": "gan.tflite", "precision": "int4"}, "precision must be one of float32, .*; got 'int4'"),
    ],
)
def test_bad_arguments(gan, arguments, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        export.tflite(gan, **arguments | {"path": tmp_path / arguments["path"]})
    assert not list(tmp_path.iterdir())
