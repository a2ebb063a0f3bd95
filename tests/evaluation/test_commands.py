"""`ganzoo evaluate` and `compare`, and scores in the course of a training."""

import json

import numpy as np
import pytest
from running import TINY, contents, ganzoo, state

from ganzoo import evaluation, runs

RING = ["train", "gan_ring", *TINY, "--set=training.epochs=2", "--set=training.steps_per_epoch=6"]
SCORED = ["--set=evaluation.every_rounds=4", "--set=evaluation.samples=200"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs")
    assert ganzoo(*RING, *SCORED, "--run-dir", directory / "ring") == 0
    options = ["--set=training.epochs=1", "--set=training.steps_per_epoch=3"]
    assert ganzoo("train", "dcgan_digits", *TINY, *options, "--run-dir", directory / "digits") == 0
    return directory


def test_scores_in_the_course_of_a_training(trained):
    log = [json.loads(line) for line in (trained / "ring" / "scores.jsonl").read_text().splitlines()]
    assert [record["rounds"] for record in log] == [4, 8, 12]
    assert (trained / "ring" / "best.keras").exists()
    assert "Scores over time" in (trained / "ring" / "report.html").read_text()


def test_scoring_changes_nothing_in_the_training(trained, tmp_path):
    assert ganzoo(*RING, "--run-dir", tmp_path / "ring") == 0
    for one, other in zip(state(tmp_path / "ring"), state(trained / "ring"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_models_that_generate_are_scored(tmp_path, capsys):
    options = [*SCORED, "--set=training.epochs=1", "--set=data.name=digits", "--set=networks.width=4"]
    assert ganzoo("train", "classifier_mnist", *options, "--run-dir", tmp_path / "run") == 2
    assert "which a Classifier does not" in capsys.readouterr().err


def test_evaluate_a_run(trained, capsys):
    assert ganzoo("evaluate", trained / "ring", "-n", 200) == 0
    assert "sliced_wasserstein" in capsys.readouterr().out
    scores = {score.name: score for score in evaluation.read(trained / "ring" / "scores.json")}
    assert {"modes", "high_quality", "wasserstein"} <= set(scores)
    assert "high_quality" in (trained / "ring" / "report.html").read_text()


def test_what_is_measured_of_a_run_is_not_lost(trained, tmp_path, capsys):
    assert ganzoo("evaluate", trained / "ring", "-n", 200) == 0
    before = (trained / "ring" / "scores.json").read_bytes()
    assert ganzoo("evaluate", trained / "ring", "-n", 100, "--metrics", "modes") == 0
    assert ganzoo("evaluate", trained / "ring", "-n", 100, "--data", "grid") == 0
    assert (trained / "ring" / "scores.json").read_bytes() == before
    assert capsys.readouterr().out.count("The scores are in") == 1


def test_few_samples_leave_scores_out(trained, tmp_path, capsys):
    scores = tmp_path / "scores.json"
    assert ganzoo("evaluate", trained / "digits", "-n", 4, "--features", "pixels", "-o", scores) == 0
    (said,) = (line for line in capsys.readouterr().err.splitlines() if "few samples" in line)
    assert said.startswith("ganzoo: Left out, as there are too few samples: precision[pixels], recall[pixels], ")
    assert "frechet[pixels]" in {score.name for score in evaluation.read(scores)}


def test_evaluate_the_best(trained):
    assert ganzoo("evaluate", trained / "ring", "-n", 200, "--best", "--metrics", "wasserstein,modes") == 0
    names = [score.name for score in evaluation.read(trained / "ring" / "scores_best.json")]
    assert names == ["wasserstein", "modes"]


def test_the_report_has_the_pictures_that_need_the_model(trained):
    assert ganzoo("evaluate", trained / "digits", "-n", 100, "--metrics", "kernel", "--features", "pixels") == 0
    page = (trained / "digits" / "report.html").read_text()
    assert "nearest training image" in page
    assert "Interpolations" in page
    assert "kernel[pixels]" in page


def test_evaluate_a_preset_and_a_file(trained, tmp_path, capsys):
    model = runs.Run(trained / "ring").load()
    model.save_to_preset(tmp_path / "preset")
    model.save(tmp_path / "ring.keras")
    for name in ("preset", "ring.keras"):
        assert ganzoo("evaluate", tmp_path / name) == 2
        assert "give --data" in capsys.readouterr().err
        assert ganzoo("evaluate", tmp_path / name, "--data", "ring", "-n", 100, "-o", tmp_path / f"{name}.json") == 0
        assert evaluation.read(tmp_path / f"{name}.json")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "There is no run directory, preset or .keras file 'nothing'"),
        (["RUN", "-n", "1"], "-n must be at least 2"),
        (["RUN", "--metrics", "fid"], "does not fit a GAN"),
        (["RUN", "--features", "nowhere"], "features are of images, and ring holds vectors: leave them out"),
        (["gan_ring", "--best"], "--best is for a run, and gan_ring is one model"),
    ],
)
def test_bad_input(trained, arguments, said, capsys):
    before = contents(trained)
    assert ganzoo("evaluate", *[trained / "ring" if part == "RUN" else part for part in arguments]) == 2
    assert said in capsys.readouterr().err
    assert contents(trained) == before


def test_compare(trained, tmp_path, capsys):
    assert ganzoo("evaluate", trained / "ring", "-n", 200) == 0
    assert ganzoo("compare", trained / "ring", trained / "digits", "-o", tmp_path / "c.html") == 0
    page = (tmp_path / "c.html").read_text()
    assert page.count("data:image/png") == 4
    assert "high_quality" in page
    for arguments, said in ((["ring"], "two runs"), (["ring", "nothing"], "There is no preset")):
        assert ganzoo("compare", *[trained / part for part in arguments], "-o", tmp_path / "d.html") == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "d.html").exists()
