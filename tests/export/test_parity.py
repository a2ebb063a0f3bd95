"""What an exported file may be off, by hand-computed numbers."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import export, models
from ganzoo.export import parity, tensors
from ganzoo.export.families import Signature
from ganzoo.export.signatures import example
from ganzoo.export.signatures import signatures as signatures_of

BOUNDS = export._tflite.BOUNDS

BOUND = parity.Bound(image=0.1, psnr=30, code=0.5, flow=0.7, other=1e-3)


def compared(output, ours, theirs):
    spec = {"x": tf.TensorSpec((None, 1), tf.float32, "x")}
    signature = Signature(None, spec, lambda x: {output: np.asarray(ours)})
    (found,) = parity.compare({"made": signature}, lambda name, arrays: {output: np.asarray(theirs)}, None)
    return found


def test_of_images_the_largest_error_and_the_psnr():
    found = compared("image", np.zeros((2, 1, 1, 1)), np.array([0.2, 0.0]).reshape(2, 1, 1, 1))
    assert found.error == pytest.approx(0.2)
    assert found.psnr == pytest.approx(10 * np.log10(4 / 0.02))


def test_of_logits_the_error_is_relative_to_large_values():
    assert compared("logits", [[100.0], [0.5]], [[101.0], [0.5]]).error == pytest.approx(0.01)
    assert compared("logits", [[0.1]], [[0.2]]).error == pytest.approx(0.1)


def test_the_share_of_the_signal_that_is_lost():
    assert compared("logits", [[3.0], [4.0]], [[3.0], [3.0]]).lost == pytest.approx(1 / 25)
    assert compared("logits", [[0.0]], [[0.0]]).lost is None
    assert compared("image", np.zeros((1, 1, 1, 1)), np.ones((1, 1, 1, 1))).lost is None


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("precision", BOUNDS)
@pytest.mark.parametrize("output", ["code", "sample", "logits", "probabilities", "log_prob"])
def test_zeros_and_negated_outputs_are_refused_in_every_precision(precision, output, scale):
    ours = scale * np.random.default_rng(0).uniform(-0.2, 1, (8, 3))
    flow = models.RealNVP.for_vectors(2, width=4)
    for bound in (BOUNDS[precision], BOUNDS[precision].of(flow)):
        for factor, holds in ((1, True), (0, False), (-1, False), (2, False)):
            assert bound.holds(compared(output, ours, factor * ours)) is holds


@pytest.mark.parametrize("theirs", [[[np.nan]], [[1.0], [1.0]]])
def test_nan_and_another_shape_are_infinitely_wrong(theirs):
    assert compared("logits", [[1.0]], theirs).error == float("inf")


@pytest.mark.parametrize("precision", BOUNDS)
@pytest.mark.parametrize("output", ["image", "image_uint8", "code", "sample", "logits", "log_prob"])
def test_what_is_infinitely_wrong_is_refused_in_every_precision(precision, output):
    for bound in (BOUNDS[precision], BOUNDS[precision].of(models.RealNVP.for_vectors(2, width=4))):
        assert not bound.holds(parity.Parity("made", output, float("inf"), None))
        assert not bound.holds(parity.Parity("made", output, 1e3, 1.0))
        assert bound.holds(parity.Parity("made", output, 0.0, None))


def test_what_cannot_be_run_is_named():
    spec = {"x": tf.TensorSpec((None, 1), tf.float32, "x")}
    signature = Signature(None, spec, lambda x: {"logits": x})

    def run(name, arrays):
        raise RuntimeError("Node 3 failed\nto invoke")

    with pytest.raises(ValueError, match=r"^'made' of the written file cannot be run \(Node 3 failed\)\.$"):
        parity.compare({"made": signature}, run, None)


def test_images_of_a_generator_without_a_tanh_are_asked_about_within_the_range():
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4), keras.layers.Reshape((2, 2, 1))])
    generator.set_weights([np.full((2, 4), 9.0), np.zeros(4)])
    model = models.LSGAN(generator, keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()]))
    discriminate = signatures_of(model)["discriminate"]
    given = example(discriminate, model, 8)
    assert np.abs(given["image"]).max() == 1
    assert discriminate.reference(**given)["logits"].shape == (8, 4)
    generator.set_weights([np.full((2, 4), np.nan), np.zeros(4)])
    assert np.isfinite(example(discriminate, model, 8)["image"]).all()


def test_files_of_images_are_compared_as_grey_levels():
    levels = np.full((2, 4, 4, 1), 100, "uint8")
    other = levels.copy()
    other[0, 0, 0] = 110
    ours, theirs = (tensors.encoded(images).numpy() for images in (levels, other))
    assert compared("image_bytes", ours, ours).error == 0
    assert compared("image_bytes", ours, theirs).error == pytest.approx(10 / 127.5)
    assert compared("image_bytes", ours, tensors.encoded(levels[:, 1:]).numpy()).error == float("inf")
    with pytest.raises(ValueError, match="'image_bytes' of 'made' of the written file are no files of images"):
        compared("image_bytes", ours, [b"", b""])


def test_every_signature_of_files_is_compared(tmp_path):
    translator = models.CycleGAN.for_images((8, 8, 1), width=4, blocks=1)
    for model, signatures in (
        (translator, {"translate_to_a_png", "translate_to_b_png"}),
        (models.GAN.for_images((8, 8, 1), latent_dim=2, width=4), {"generate_png"}),
    ):
        record = export.saved_model(model, tmp_path / type(model).__name__)
        assert {one["signature"] for one in record["outputs"] if one["output"] == "image_bytes"} == signatures


@pytest.mark.parametrize(
    ("output", "error", "psnr", "holds"),
    [
        ("image", 0.1, 10, True),
        ("image", 0.2, 30, True),
        ("image", 0.2, 29.9, False),
        ("image", 0.0, None, True),
        ("code", 0.5, None, True),
        ("code", 0.6, None, False),
        ("image_uint8", 0.1 + 1 / 127.5, 10, True),
        ("image_uint8", 0.2, 29.7, True),
        ("image_bytes", 0.2, 29.4, False),
        ("logits", 2e-3, None, False),
    ],
)
def test_bounds(output, error, psnr, holds):
    assert BOUND.holds(parity.Parity("made", output, error, psnr)) is holds


@pytest.mark.parametrize("output", ["code", "sample", "log_prob"])
def test_a_flow_may_be_off_by_more(output):
    off = parity.Parity("some", output, 0.6, None)
    assert BOUND.of(models.RealNVP.for_vectors(2, width=4)).holds(off)
    assert not BOUND.of(models.VAE.for_vectors(2, latent_dim=2, width=4)).holds(off)


def test_a_refusal_says_what_is_off_by_how_much():
    found = [parity.Parity("decode", "image", 0.5, 12.0), parity.Parity("decode", "image_uint8", 0.4, 13.0)]
    with pytest.raises(ValueError, match=r"An X is not written: 'image' of 'decode' is off by 0.5, a PSNR of 12.0 dB"):
        parity.refuse(found, BOUND, "An X")


def test_a_refusal_names_the_psnr_alone_where_no_error_is_allowed():
    with pytest.raises(ValueError, match="and the format is allowed a PSNR of 30 dB; choose"):
        parity.refuse([parity.Parity("decode", "image", 0.5, 12.0)], BOUNDS["int8"], "An X")


def test_a_refusal_names_the_share_of_the_signal_where_that_is_bounded():
    with pytest.raises(
        ValueError, match=r"is off by 0\.2, a loss of 1 of the signal, .* allowed a loss of 0\.5 of the"
    ):
        parity.refuse([parity.Parity("discriminate", "logits", 0.2, None, 1.0)], BOUNDS["int8"], "An X")
    with pytest.raises(ValueError, match=r"is off by inf, and the format is allowed a loss of 0\.5 of the signal;"):
        parity.refuse([parity.Parity("discriminate", "logits", float("inf"), None)], BOUNDS["int8"], "An X")


def test_a_file_that_gives_something_else_is_not_left(tmp_path, monkeypatch):
    def wrong(path):
        def run(name, arrays):
            return {"sample": np.zeros((len(next(iter(arrays.values()))), 2), "float32")}

        return run

    monkeypatch.setattr(export._saved_model, "load", wrong)
    with pytest.raises(ValueError, match="A SavedModel of this GAN is not written"):
        export.saved_model(models.GAN.for_vectors(2, width=4), tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_record(tmp_path):
    content = export.saved_model(models.GAN.for_vectors(2, width=4), tmp_path)
    assert json.loads((tmp_path / "1" / "parity.json").read_text()) == content
    assert set(content["latency_ms"]) == {"1", "64"}
    assert content["bytes"] > 1000
