"""What `tools/release.py` makes of a run, what it refuses, and what `ganzoo reproduce` says about it."""

import importlib.util
import json
import pathlib
import re
import shutil
import sys

import numpy as np
import pytest
import running

import ganzoo
from ganzoo import checkpoints, presets
from ganzoo.presets import registry
from ganzoo.presets.metadata import read_metadata, write_metadata

ROOT = pathlib.Path(__file__).parent.parent.parent
MOONS = ["--set=data.name=two_moons", "--set=data.size=500", "--set=networks.width=4"]
MOONS += ["--set=training.steps_per_epoch=4", "--set=training.epochs=2"]


@pytest.fixture(scope="module")
def release():
    """The module `tools/release.py`."""
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of three runs of one config, from the seeds 0, 1 and 2; the first kept its best model."""
    folder = tmp_path_factory.mktemp("runs")
    for seed in range(3):
        scored = ["--set=evaluation.every_rounds=3", "--set=evaluation.samples=50"] if seed == 0 else []
        options = [*MOONS, f"--set=training.seed={seed}", *scored, "--run-dir", folder / f"gan_moons_{seed}"]
        assert running.ganzoo("train", "gan_ring", *options) == 0
    return folder


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty release directory with its registry."""
    monkeypatch.setattr(registry, "SHELF", tmp_path / "weights")
    monkeypatch.setattr(registry, "PATH", tmp_path / "registry.json")
    registry.update()
    yield registry.SHELF
    registry.entries.cache_clear()


@pytest.fixture
def whole_tool(release, shelf, monkeypatch):
    """A function of arguments that runs the tool, with few samples; it returns what `sys.exit` is given."""

    def tool(*arguments):
        monkeypatch.setattr(sys, "argv", ["release.py", *map(str, arguments), "-n", "200"])
        try:
            release.main()
        except SystemExit as end:
            return end.code

    return tool


@pytest.fixture
def tool(whole_tool, release, monkeypatch):
    """The same without the export, which takes a while."""
    monkeypatch.setattr(release, "parity", lambda model: [])
    return whole_tool


def changed(folder, **entries):
    """Changes entries of a preset's metadata, whose sums stay right."""
    write_metadata(folder, **{**read_metadata(folder), **entries})


def test_a_run_becomes_a_preset(trained, whole_tool, shelf, capsys):
    assert whole_tool(trained / "gan_moons_0", "--seeds", trained / "gan_moons_1", trained / "gan_moons_2") is None
    folder = shelf / "gan_moons_0"
    metadata = read_metadata(folder)
    assert sorted(metadata["files"]) == ["README.md", "config.json", "model.weights.h5", "samples.png"]
    assert {"final", "best"} == {metadata["weights"], metadata["other"]["weights"]}
    assert len(metadata["other"]["scores"]) == len(metadata["scores"]) > 1
    assert metadata["tolerance"]["seeds"] == [0, 1, 2]
    low, high = metadata["tolerance"]["low"], metadata["tolerance"]["high"]
    assert low <= min(metadata["tolerance"]["values"]) <= max(metadata["tolerance"]["values"]) <= high
    assert metadata["config"]["data"]["data_dir"] is None
    assert "| score | final | best | real against real |" in (folder / "README.md").read_text()
    assert list(registry.entries()) == presets.list() == ["gan_moons_0"]
    assert registry.entries()["gan_moons_0"]["licence"] == "none needed: the data are computed"
    assert registry.entries()["gan_moons_0"]["score"]["name"] == "wasserstein"
    assert ganzoo.models.GAN.presets == registry.entries()
    assert ganzoo.models.WGANGP.presets == {}
    assert metadata["parity"]
    assert whole_tool("--check") is None
    assert "gan_moons_0 is in order" in capsys.readouterr().out
    assert [path.name for path in shelf.iterdir()] == ["gan_moons_0"]


def test_the_best_model_and_a_tolerance_that_is_given(trained, tool, shelf):
    assert tool(trained / "gan_moons_0", "--best", "--name", "best", "--tolerance", "0.25") is None
    metadata = read_metadata(shelf / "best")
    assert (metadata["weights"], metadata["other"]["weights"]) == ("best", "final")
    value = registry.entries()["best"]["score"]["value"]
    assert metadata["tolerance"] == {
        "score": "wasserstein",
        "low": value - 0.25,
        "high": value + 0.25,
        "basis": "0.25 about this one's",
    }
    best = checkpoints.load_model(trained / "gan_moons_0" / "best.keras")
    np.testing.assert_allclose(ganzoo.from_preset("best").generate(4), best.generate(4), atol=0.01)


def test_what_is_refused(trained, tool, shelf, release, monkeypatch):
    assert "kept no best model" in tool(trained / "gan_moons_1", "--best")
    assert "takes 3 seeds at least" in tool(trained / "gan_moons_1", "--seeds", trained / "gan_moons_2")
    monkeypatch.setattr(release, "MEGABYTES", 0.001)
    assert "MB of 0.001 allowed; train narrower networks" in tool(trained / "gan_moons_1")
    monkeypatch.undo()


def test_a_preset_without_scores_is_refused(trained, tool, shelf, release, monkeypatch):
    monkeypatch.setattr(release, "scored", lambda *_: [])
    assert tool(trained / "gan_moons_1") == (
        "release: gan_moons_1 has no scores, and a card without any is worth nothing."
    )
    assert not list(shelf.iterdir())
    assert json.loads(registry.PATH.read_text()) == {}


def test_all_together_may_not_take_too_much(trained, tool, shelf, release, monkeypatch):
    monkeypatch.setattr(release, "ALL", 0.01)
    assert "all presets together take 0.1 MB of 0.01 allowed" in tool(trained / "gan_moons_1")
    assert not list(shelf.iterdir())


def test_what_the_check_finds(trained, tool, shelf, capsys):
    tool(trained / "gan_moons_1", "--name", "one")
    assert "exists already" in tool(trained / "gan_moons_1", "--name", "one")
    scores = read_metadata(shelf / "one")["scores"]
    scores[0] |= {"value": 0.123456}
    changed(shelf / "one", scores=scores)
    found = tool("--check", "one").splitlines()
    assert found[0].startswith("the registry is not that of weights/")
    assert found[1] == "one: its README.md is not what its metadata say"
    assert "and was 0.123456" in found[2]
    assert tool(shelf / "one") is None  # made anew
    assert tool("--check") is None
    changed(shelf / "one", scores=[])
    found = tool("--check")
    assert "one has no scores, and a card without any is worth nothing" in found
    assert "one: its card has no scores" in found
    (shelf / "one" / "config.json").unlink()
    assert "one: it cannot be checked" in tool("--check")


def test_scores_that_are_not_finite_are_refused(trained, tool, shelf, release, monkeypatch):
    monkeypatch.setattr(release, "scored", lambda *_: [{"name": "wasserstein", "value": float("nan")}])
    assert "has scores that are not finite, wasserstein" in tool(trained / "gan_moons_0")
    assert not list(shelf.iterdir())


def test_another_preset_is_not_replaced(trained, tool, shelf):
    assert tool(trained / "gan_moons_1") is None
    assert tool(trained / "gan_moons_2") is None
    assert "exists already" in tool(shelf / "gan_moons_1", "--name", "gan_moons_2")


def test_another_config_is_no_other_seed(trained, tool, tmp_path):
    other = shutil.copytree(trained / "gan_moons_2", tmp_path / "other")
    text = (other / "config.yaml").read_text()
    (other / "config.yaml").write_text(text.replace("batch_size: 256", "batch_size: 128"))
    said = tool(trained / "gan_moons_1", "--seeds", trained / "gan_moons_0", other)
    assert said == f"release: {other} was trained by another config: training differs."


# --- ganzoo reproduce ----------------------------------------------------------------------------------------------


@pytest.fixture
def released(trained, tool, shelf, tmp_path, monkeypatch):
    """The folder of a preset, in a folder of its own to work in."""
    assert tool(trained / "gan_moons_1", "--name", "ring", "--tolerance", "0.001") is None
    monkeypatch.chdir(tmp_path)
    return shelf / "ring"


def test_a_preset_is_reproduced(released, tmp_path, capsys):
    assert running.ganzoo("reproduce", "ring") == 0
    said = capsys.readouterr().out.splitlines()[-1]
    pattern = r"ring: wasserstein is (.*), and was (.*) of the released weights: within"
    value, was = map(float, re.match(pattern, said).groups())
    assert was == pytest.approx(registry.entries()["ring"]["score"]["value"], rel=1e-4)
    assert value == pytest.approx(was, rel=1e-3)  # but for the rounding of the released weights
    assert (tmp_path / "runs" / "ring_reproduced" / "report.html").exists()


def test_a_score_outside_of_the_tolerance(released, capsys):
    changed(released, tolerance={"low": 0.0, "high": 0.01, "basis": "by the seeds 0, 1, 2"})
    assert running.ganzoo("reproduce", "ring", "--run-dir", "again") == 1
    assert "of the released weights: outside of 0 to 0.01 (by the seeds 0, 1, 2)." in capsys.readouterr().out
    changed(released, tolerance=None)
    assert running.ganzoo("reproduce", "ring", "--run-dir", "again", "--resume") == 0
    assert "the preset states no tolerance." in capsys.readouterr().out


def test_the_weights_are_scored_again(released, capsys):
    assert running.ganzoo("reproduce", "ring", "--check") == 0
    assert "ring: all scores are what the preset says." in capsys.readouterr().out
    scores = read_metadata(released)["scores"]
    scores[-1] |= {"value": 5.0}
    changed(released, scores=scores)
    assert running.ganzoo("reproduce", "ring", "--check") == 1
    assert f"ring: {scores[-1]['name']} is " in capsys.readouterr().out
    assert not pathlib.Path("runs").exists()


def test_what_cannot_be_reproduced(released, capsys):
    assert running.ganzoo("reproduce", "ring", "--set", "training.epochs=1") == 2
    assert "only data.* can be set" in capsys.readouterr().err
    ganzoo.models.GAN.for_vectors(2, width=4).save_to_preset("mine")
    assert running.ganzoo("reproduce", "mine") == 2
    assert "mine does not say how it was trained and scored" in capsys.readouterr().err
