"""Scores in the course of a training: what is kept when it stops, fails, or is gone back with."""

import itertools
import json
import shutil

import keras
import numpy as np
import pytest
from running import TINY, assert_same_run

from ganzoo import checkpoints, config, data, evaluation, models, runs
from ganzoo.evaluation import ScoreLog
from ganzoo.metrics import features

OPTIONS = [option.removeprefix("--set=") for option in TINY] + ["training.epochs=2", "training.steps_per_epoch=6"]
OPTIONS += ["evaluation.every_rounds=2", "evaluation.samples=100", "training.checkpoint_rounds=3"]


def train(directory, rounds=None, resume=False):
    """Trains the ring into a directory; is stopped after so many rounds."""
    asked = itertools.count()
    stop = (lambda: next(asked) >= rounds) if rounds else (lambda: False)
    runs.train(config.read("gan_ring", OPTIONS), "gan_ring", directory, resume, stop=stop)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs") / "whole"
    train(directory)
    return directory


@pytest.mark.parametrize("further", [False, True])
def test_a_run_gone_on_with_has_the_scores_and_the_best_of_one_left_alone(whole, tmp_path, further):
    """Also where it was killed later than its last checkpoint: then scores and best model are ahead of it."""
    run = tmp_path / "run"
    with pytest.raises(checkpoints.Stopped):
        train(run, rounds=5)
    if further:
        for file in ("scores.jsonl", "best.keras"):
            shutil.copy(whole / file, run)
    train(run, resume=True)
    assert_same_run(run, whole)
    assert (run / "scores.jsonl").read_text() == (whole / "scores.jsonl").read_text()
    assert evaluation.kept(run / "best.keras") == evaluation.kept(whole / "best.keras")
    ours, theirs = (checkpoints.load_model(folder / "best.keras").get_weights() for folder in (run, whole))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_best_is_the_model_that_had_the_score(whole):
    log = [json.loads(line) for line in (whole / "scores.jsonl").read_text().splitlines()]
    assert [record["rounds"] for record in log] == [2, 4, 6, 8, 10, 12]
    kept = evaluation.kept(whole / "best.keras")
    assert kept == min(log, key=lambda record: record["sliced_wasserstein"])
    section = runs.Run(whole).config().sections()["data"]
    subject = evaluation.subject_of(checkpoints.load_model(whole / "best.keras"), section, n=100)
    log = ScoreLog(subject, 1, whole / "again.jsonl", whole / "again.keras")
    log.set_model(subject.model)
    assert log._value() == pytest.approx(kept["sliced_wasserstein"])


def test_the_last_round_is_scored_as_well(tmp_path):
    points = data.read("ring", size=64)
    gan = models.GAN.for_vectors(2, width=4)
    gan.compile()
    subject = evaluation.Subject(gan, points, lambda: points, features.pixels(), n=20)
    log = ScoreLog(subject, 3, tmp_path / "log", tmp_path / "best.keras")
    gan.fit(points, batch_size=16, epochs=2, verbose=0, callbacks=[log])
    assert [json.loads(line)["rounds"] for line in log.log.read_text().splitlines()] == [3, 6, 8]


def fitted(folder, monkeypatch, values):
    """A training whose scores are these."""
    points = data.read("ring", size=64)
    gan = models.GAN.for_vectors(2, width=4)
    gan.compile()
    log = ScoreLog(
        evaluation.Subject(gan, points, lambda: points, features.pixels(), n=20), 1, folder / "log", folder / "b.keras"
    )
    if values:
        monkeypatch.setattr(log, "_value", iter(values).__next__)
    else:
        gan.generator.set_weights([weight * np.nan for weight in gan.generator.get_weights()])
    gan.fit(points, batch_size=16, epochs=1, verbose=0, callbacks=[log])
    return [json.loads(line)["sliced_wasserstein"] for line in (folder / "log").read_text().splitlines()]


def test_what_was_gone_back_behind_does_not_replace_a_better_one(tmp_path, monkeypatch):
    assert fitted(tmp_path, monkeypatch, [3.0, 1.0, None, 2.0]) == [3, 1, None, 2]
    assert evaluation.kept(tmp_path / "b.keras") == {"rounds": 2, "epoch": 0.5, "sliced_wasserstein": 1.0}
    assert fitted(tmp_path, monkeypatch, [3.0, 2.0, 1.5, 1.5]) == [3, 2, 1.5, 1.5]
    assert evaluation.kept(tmp_path / "b.keras")["sliced_wasserstein"] == 1
    assert keras.saving.load_model(tmp_path / "b.keras").generate(1).shape == (1, 2)


def test_samples_that_are_not_finite_have_no_score(tmp_path, monkeypatch):
    assert fitted(tmp_path, monkeypatch, None) == [None] * 4
    assert not (tmp_path / "b.keras").exists()
