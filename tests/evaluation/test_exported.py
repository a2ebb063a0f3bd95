"""Exported files give the scores of the model that they were made of."""

import json
import shutil

import conformance
import numpy as np
import pytest
from running import TINY, ganzoo

from ganzoo import evaluation, export, models, trained
from ganzoo.export import Exported

ROWS = {row.name: row for row in conformance.ROWS}
SEEDS = np.array([5, 2, 70])


def tflite(model, folder):
    export.tflite(model, folder / "model.tflite")
    return Exported(folder / "model.tflite")


def saved_model(model, folder):
    export.saved_model(model, folder)
    return Exported(folder / "1")


def onnx(model, folder):
    export.onnx(model, folder / "model.onnx")
    return Exported(folder / "model.onnx")


FORMATS = [saved_model, tflite, onnx]


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize("name", ["DCGAN", "ConditionalGAN", "AGE"])
def test_generate_has_the_prior_and_the_labels_of_the_model(name, write, tmp_path):
    model = ROWS[name].for_images()
    found = write(model, tmp_path)
    assert found.record["model"] == name
    np.testing.assert_allclose(found.generate(seeds=SEEDS), model.generate(seeds=SEEDS), atol=1e-5)
    np.testing.assert_allclose(found.generate(70, seed=3), model.generate(70, seed=3), atol=1e-5)
    assert hasattr(found, "num_classes") == hasattr(model, "num_classes")
    if hasattr(model, "num_classes"):
        ours, theirs = (one.generate(3, labels=[2, 2, 0]) for one in (model, found))
        np.testing.assert_allclose(theirs, ours, atol=1e-5)


@pytest.mark.parametrize("write", FORMATS[:2])
def test_flows_and_encoders(write, tmp_path):
    flow, vae = ROWS["RealNVP"].for_images(), ROWS["VAE"].for_images()
    images = conformance.images(5)
    found = write(flow, tmp_path / "flow")
    np.testing.assert_allclose(found.log_prob(images), flow.log_prob(images), rtol=1e-4)
    np.testing.assert_allclose(found.bits_per_dim(images, seed=1), flow.bits_per_dim(images, seed=1), rtol=1e-4)
    found = write(vae, tmp_path / "vae")
    np.testing.assert_allclose(found.encode(images), vae.encode(images), atol=1e-4)
    np.testing.assert_allclose(found.reconstruct(images), vae.reconstruct(images), atol=1e-4)
    assert not hasattr(found, "bits_per_dim")


@pytest.mark.parametrize("write", FORMATS)
def test_classifiers_and_translators(write, tmp_path):
    classifier, translator = ROWS["Classifier"].for_images(), ROWS["CycleGAN"].for_images()
    images = conformance.images(5)
    found = write(classifier, tmp_path / "classifier")
    np.testing.assert_allclose(found.classify(images), classifier.classify(images), atol=1e-4)
    assert not hasattr(found, "generate")
    images = translator_images(translator)
    found = write(translator, tmp_path / "translator")
    np.testing.assert_allclose(found.translate(images, to="b"), translator.translate(images, to="b"), atol=1e-4)
    assert found.targets == ("b" if write is onnx else "ab")
    if write is onnx:
        with pytest.raises(ValueError, match="translates to b; got to='a'"):
            found.translate(images, to="a")


def translator_images(model):
    return np.random.default_rng(0).uniform(-1, 1, (5, *model.image_shape)).astype("float32")


def test_what_the_file_does_not_say(tmp_path):
    onnx(models.GAN.for_vectors(2, width=4), tmp_path)
    shutil.copy(tmp_path / "model.onnx", tmp_path / "other.onnx")
    with pytest.raises(ValueError, match=r"does not say which function it holds.*other\.onnx\.json"):
        Exported(tmp_path / "other.onnx")
    record = json.loads((tmp_path / "model.onnx.json").read_text())
    (tmp_path / "other.onnx.json").write_text(json.dumps(record | {"model": "Theirs"}))
    with pytest.raises(ValueError, match="names the model 'Theirs', of which no prior is known"):
        Exported(tmp_path / "other.onnx")
    with pytest.raises(ValueError, match=r"There is no \.tflite or \.onnx file"):
        Exported(tmp_path / "nothing")


def test_another_shape_of_data(tmp_path):
    found = tflite(ROWS["VAE"].for_images(), tmp_path)
    with pytest.raises(ValueError, match=r"shape \(16, 16, 1\), and the file is made for \(8, 8, 1\)"):
        found.encode(np.zeros((2, 16, 16, 1)))


def test_grey_levels_are_no_images(tmp_path):
    found = tflite(ROWS["VAE"].for_images(), tmp_path)
    for ask in (found.encode, found.reconstruct):
        with pytest.raises(ValueError, match=r"Images must be float in \[-1, 1\]; got uint8, so give `x / 127.5 - 1`"):
            ask(np.zeros((2, 8, 8, 1), "uint8"))
        with pytest.raises(ValueError, match=r"Images must lie in \[-1, 1\].* from 0 to 255"):
            ask(np.linspace(0, 255, 128).reshape(2, 8, 8, 1))


def test_the_newest_version_is_found(tmp_path):
    for version in ("2", "10"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "saved_model.pb").touch()
    assert trained.exported(tmp_path) == tmp_path / "10"
    assert trained.exported(tmp_path / "2") == tmp_path / "2"
    assert trained.exported(tmp_path / "nothing") is None


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    options = ["--set=training.epochs=1", "--set=training.steps_per_epoch=3", "--set=training.average=0.5"]
    assert ganzoo("train", "gan_ring", *TINY, *options, "--run-dir", folder / "ring") == 0
    assert ganzoo("export", folder / "ring", "--all", "-o", folder / "exports") == 0
    return folder


@pytest.mark.parametrize("file", ["saved_model", "ring.float32.tflite", "ring.onnx"])
def test_evaluate_a_file_as_its_model(run, file, tmp_path):
    scores = []
    for name in (run / "ring", run / "exports" / file):
        assert ganzoo("evaluate", name, "-n", 500, "-o", tmp_path / "scores.json") == 0
        scores.append({score.name: score for score in evaluation.read(tmp_path / "scores.json")})
    ours, theirs = scores
    assert set(ours) == set(theirs) >= {"wasserstein", "modes", "sliced_wasserstein"}
    for name, score in ours.items():
        np.testing.assert_allclose(theirs[name].value, score.value, rtol=1e-3, atol=1e-3)
        assert theirs[name].floor == score.floor
        assert theirs[name].averaged
        assert (theirs[name].real, theirs[name].fake) == (score.real, score.fake)


def test_the_table_of_all_formats_has_the_scores(run, tmp_path):
    rows = {row["file"]: row for row in json.loads((run / "exports" / "export.json").read_text())}
    assert ganzoo("evaluate", run / "ring", "-n", 2000, "--metrics", "wasserstein", "-o", tmp_path / "s.json") == 0
    (score,) = evaluation.read(tmp_path / "s.json")
    assert set(rows) >= {"saved_model/1", "ring.int8.tflite", "ring.onnx"}
    for row in rows.values():
        assert row["score"] == "wasserstein"
        assert row["of_keras"] == pytest.approx(score.value)
        assert row["value"] == pytest.approx(score.value, rel=0.2)


def test_a_file_is_no_run(run, capsys):
    assert ganzoo("evaluate", run / "exports" / "ring.onnx", "--best") == 2
    assert "--best is for a run" in capsys.readouterr().err
    assert ganzoo("evaluate", run / "exports" / "ring.onnx", "--metrics", "fid") == 2
    assert "does not fit a .onnx file of a GAN" in capsys.readouterr().err
