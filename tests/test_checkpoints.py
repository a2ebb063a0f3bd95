"""When checkpoints are written, how many are kept, and which one is taken."""

import time

import keras
import numpy as np
import pytest

from ganzoo import models
from ganzoo.checkpoints import Checkpoints, Position, Stopped, checkpoints, load_newest
from ganzoo.data import Samples

POINTS = Samples(np.random.default_rng(0).normal(size=(80, 2)).astype("float32"))


@pytest.fixture(scope="module")
def whole_gan():
    model = models.GAN.for_vectors(2, latent_dim=2, width=4)
    model.compile(run_eagerly=True)
    return model


@pytest.fixture
def gan(whole_gan, monkeypatch):
    """A model that is saved quickly: as an empty file."""
    monkeypatch.setattr(whole_gan, "save", lambda path: path.touch())
    return whole_gan


def written(gan, directory, fit_options=None, **options):
    """The positions that two epochs of five rounds leave behind."""
    callback = Checkpoints(directory, **({"keep": 99} | options))
    options = {"batch_size": 16, "epochs": 2, "verbose": 0} | (fit_options or {})
    gan.fit(POINTS, **options, callbacks=[callback])
    return list(checkpoints(directory))


def test_names_and_positions(tmp_path):
    names = ["epoch_0003_round_000040.keras", "epoch_9999.keras", "epoch_10000.keras", "epoch_0003.keras"]
    names += ["epoch_0003_round_000100.keras", "epoch_0002.keras"]
    for name in [*names, ".7.epoch_0013.keras", "epoch_0001.png", "epoch_last.keras"]:
        (tmp_path / name).touch()
    found = checkpoints(tmp_path)
    assert list(found) == [(2, 0), (2, 40), (2, 100), (3, 0), (9999, 0), (10_000, 0)]
    assert all(path.name == position.file_name for position, path in found.items())
    assert [str(position) for position in list(found)[1:4:2]] == ["round 40 of epoch 3", "epoch 3"]
    assert checkpoints(tmp_path / "nowhere") == {}


def test_every_epoch(gan, tmp_path):
    assert written(gan, tmp_path) == [(1, 0), (2, 0)]


def test_by_rounds(gan, tmp_path):
    assert written(gan, tmp_path, rounds=2) == [(0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0)]


def test_by_rounds_after_going_on(gan, tmp_path):
    position = {"initial_epoch": 0, "initial_round": 1, "epochs": 2}
    assert written(gan, tmp_path, position, rounds=3) == [(0, 4), (1, 0), (1, 3), (2, 0)]


def test_by_rounds_of_data_that_do_not_know_their_size(gan, tmp_path):
    """Keras does not know at first which round is the epoch's last."""
    data = POINTS.dataset(16).filter(lambda rows: True)
    gan.fit(data, epochs=2, verbose=0, callbacks=[Checkpoints(tmp_path, rounds=2, keep=99)])
    assert list(checkpoints(tmp_path)) == [(0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0)]


def test_by_time(gan, tmp_path, monkeypatch):
    """By a clock that advances four seconds at each look: one a round, and one when a checkpoint is written."""
    ticks = iter(range(0, 10_000, 4))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    assert written(gan, tmp_path, minutes=0.15) == [(0, 3), (1, 0), (1, 3), (2, 0)]


def test_the_last_few_are_kept(gan, tmp_path):
    assert written(gan, tmp_path, rounds=1, keep=3) == [(1, 3), (1, 4), (2, 0)]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(("rounds", "saved"), [(1, [(0, 1)]), (4, [(0, 4)]), (5, [(1, 0)]), (7, [(1, 0), (1, 2)])])
def test_stops_after_the_round_in_which_it_is_asked_to(gan, tmp_path, rounds, saved):
    done = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: done.append(batch))
    callbacks = [count, Checkpoints(tmp_path, stop=lambda: len(done) >= rounds)]
    with pytest.raises(Stopped):
        gan.fit(POINTS, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)
    assert list(checkpoints(tmp_path)) == saved
    assert len(done) == rounds


def test_the_newest_that_can_be_read_is_taken(whole_gan, tmp_path):
    assert load_newest(tmp_path) is None
    said = []
    whole_gan.save(tmp_path / "epoch_0001.keras")
    whole = (tmp_path / "epoch_0001.keras").read_bytes()
    (tmp_path / "epoch_0002_round_000007.keras").write_bytes(whole)
    assert load_newest(tmp_path, said.append)[0] == Position(1, 7)
    assert said == []
    for name, content in [("0002", whole[:-1]), ("0003", b""), ("0004", bytes(len(whole)))]:
        (tmp_path / f"epoch_{name}.keras").write_bytes(content)
    position, model = load_newest(tmp_path, said.append)
    assert position == (1, 7)
    np.testing.assert_array_equal(model.noise.state, whole_gan.noise.state)
    unread = [sentence.partition(" cannot be read")[0] for sentence in said]
    assert unread == [str(tmp_path / f"epoch_000{epoch}.keras") for epoch in (4, 3, 2)]
