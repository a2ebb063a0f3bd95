"""The callbacks in plain Keras scripts."""

import json

import keras
import numpy as np
import PIL.Image
import pytest
from test_cyclegan import game as translator

from ganzoo import models, pictures
from ganzoo.callbacks import MetricsLog, SampleGrid, TranslationStrips, read_metrics
from ganzoo.data import Unpaired

POINTS = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
IMAGES = np.random.default_rng(0).uniform(-1, 1, size=(32, 8, 8, 1)).astype("float32")


def game(cls=models.GAN, **arguments):
    """A compiled game for vectors, the same at each call."""
    keras.utils.set_random_seed(7)
    made = cls.for_vectors(2, width=4, **arguments)
    made.compile(run_eagerly=True)  # quicker than tracing a graph for a few rounds
    return made


def ordinary():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    return model


# --- SampleGrid ----------------------------------------------------------------------------------------------------


def test_sample_grid_writes_a_picture_an_epoch(tmp_path):
    keras.utils.set_random_seed(7)
    made = models.DCGAN.for_images((8, 8, 1), latent_dim=2, width=2)
    made.compile(optimizer={"generator": keras.optimizers.Adam(0.1)})
    made.fit(IMAGES, batch_size=16, epochs=2, verbose=0, callbacks=[SampleGrid(tmp_path / "samples", n=4, seed=3)])
    files = sorted((tmp_path / "samples").iterdir())
    assert [file.name for file in files] == ["epoch_0001.png", "epoch_0002.png"]
    first, last = (np.asarray(PIL.Image.open(file)) for file in files)
    np.testing.assert_array_equal(last, np.asarray(pictures.grid(made.generate(4, seed=3))))
    assert (first != last).any()


def test_sample_grid_consumes_none_of_the_training_s_noise(tmp_path):
    """The weights after `fit` are bitwise those without it, also of a critic that draws noise of its own."""
    weights = []
    for callbacks in ([], [SampleGrid(tmp_path, n=4)]):
        made = game(models.WGANGP, critic_steps=1)
        made.fit(POINTS, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)
        weights.append([*made.get_weights(), made.noise.state.numpy()])
    assert len(list(tmp_path.iterdir())) == 2
    for without, with_pictures in zip(*weights, strict=True):
        np.testing.assert_array_equal(without, with_pictures)


def test_sample_grid_continues_the_numbers_of_the_epochs(tmp_path):
    game().fit(POINTS, batch_size=16, epochs=5, initial_epoch=4, verbose=0, callbacks=[SampleGrid(tmp_path, n=2)])
    assert [file.name for file in tmp_path.iterdir()] == ["epoch_0005.png"]


def test_sample_grid_refuses_before_the_training(tmp_path):
    model = ordinary()
    before = model.get_weights()
    with pytest.raises(ValueError, match="SampleGrid needs a model with `generate`; Sequential has none"):
        model.fit(POINTS, np.zeros(64), verbose=0, callbacks=[SampleGrid(tmp_path / "samples")])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    keras.utils.set_random_seed(7)
    made = models.GAN.for_vectors(1, width=4)
    made.compile()
    with pytest.raises(ValueError, match=r"There is no picture for samples of shape \(1,\)"):
        made.fit(np.zeros((8, 1), "float32"), batch_size=16, verbose=0, callbacks=[SampleGrid(tmp_path / "samples")])
    assert not list(tmp_path.iterdir())


# --- TranslationStrips ---------------------------------------------------------------------------------------------


def test_translation_strips(tmp_path):
    """A row: an image of a, in b, back in a, an image of b, in a, back in b; the weights are those without it."""
    pairs, weights = Unpaired(IMAGES, IMAGES[:5, ::-1], seed=1), []
    for callbacks in ([], [TranslationStrips(tmp_path / "samples", pairs, n=2)]):
        keras.utils.set_random_seed(7)
        made = translator(shape=(8, 8, 1), a=0.1, b=0.1)
        made.compile(run_eagerly=True)
        made.fit(pairs, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)
        weights.append(made.get_weights())
    for without, with_strips in zip(*weights, strict=True):
        np.testing.assert_array_equal(without, with_strips)
    assert sorted(file.name for file in (tmp_path / "samples").iterdir()) == ["epoch_0001.png", "epoch_0002.png"]
    a, b = IMAGES[[0, 31]], IMAGES[[0, 4], ::-1]
    there = made.translate(a, to="b"), made.translate(b, to="a")
    back = made.translate(there[0], to="a"), made.translate(there[1], to="b")
    rows = np.stack([a, there[0], back[0], b, there[1], back[1]], axis=1).reshape(-1, 8, 8, 1)
    drawn = np.asarray(PIL.Image.open(tmp_path / "samples" / "epoch_0002.png"))
    np.testing.assert_array_equal(drawn, np.asarray(pictures.grid(rows, columns=6)))


def test_translation_strips_refuse_before_the_training(tmp_path):
    pairs = Unpaired(IMAGES, IMAGES)
    with pytest.raises(ValueError, match="TranslationStrips needs a model with `translate`; GAN has none"):
        game().fit(POINTS, verbose=0, callbacks=[TranslationStrips(tmp_path, pairs)])
    made = translator(shape=(12, 8, 1))
    made.compile(run_eagerly=True)
    fitting = np.zeros((2, 12, 8, 1), "float32")
    with pytest.raises(ValueError, match=r"images has the shape \(1, 8, 8, 1\)"):
        made.fit(fitting, fitting, verbose=0, callbacks=[TranslationStrips(tmp_path, pairs)])
    assert not list(tmp_path.iterdir())


# --- MetricsLog ----------------------------------------------------------------------------------------------------


def test_metrics_log_of_a_game(tmp_path):
    path = tmp_path / "new" / "metrics.jsonl"
    history = game().fit(POINTS, batch_size=16, epochs=3, verbose=0, callbacks=[MetricsLog(path)])
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert all(record["seconds"] >= 0 for record in records)
    for name in ("discriminator_loss", "generator_loss"):
        assert [record[name] for record in records] == pytest.approx(history.history[name], rel=1e-6)
    assert read_metrics(path) == records


def test_metrics_log_of_an_ordinary_model(tmp_path):
    path = tmp_path / "metrics.jsonl"
    labels = POINTS.sum(axis=1)
    ordinary().fit(POINTS, labels, validation_data=(POINTS, labels), epochs=2, verbose=0, callbacks=[MetricsLog(path)])
    assert {"epoch", "seconds", "loss", "mae", "val_loss", "val_mae"} == set(read_metrics(path)[1])


def test_metrics_log_goes_on_and_replaces_retrained_epochs(tmp_path):
    path = tmp_path / "metrics.jsonl"
    made = game()
    made.fit(POINTS, batch_size=16, epochs=3, verbose=0, callbacks=[MetricsLog(path)])
    before = read_metrics(path)
    made.fit(POINTS, batch_size=16, epochs=4, initial_epoch=1, verbose=0, callbacks=[MetricsLog(path)])
    after = read_metrics(path)
    assert [record["epoch"] for record in after] == [1, 2, 3, 4]
    assert after[0] == before[0]
    assert after[1]["discriminator_loss"] != before[1]["discriminator_loss"]


def test_there_are_no_metrics_without_a_file(tmp_path):
    assert read_metrics(tmp_path / "metrics.jsonl") == []
