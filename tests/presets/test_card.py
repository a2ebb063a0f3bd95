"""The card of a preset says what its metadata say."""

import dataclasses

import pytest

from ganzoo import models, presets
from ganzoo.evaluation import Score

METADATA = {
    "versions": {"ganzoo": "9.9", "jax": "0.1"},
    "parameters": 12345,
    "weights": "final",
    "other": None,
    "tolerance": None,
    "parity": None,
    "licence": "None but research",
    "config": {
        "model": {"class": "GAN"},
        "data": {"name": "ring"},
        "training": {"epochs": 7, "seed": 3, "average": None},
    },
    "scores": [
        dataclasses.asdict(Score("high_quality", 0.9712, floor=0.99, real=100, fake=200)),
        dataclasses.asdict(Score("fid", 12.34, 0.5, features={"name": "inception", "sha256": "ab" * 32})),
    ],
}


def test_card():
    card = presets.card("gan_ring", METADATA)
    assert "`GAN` trained on `ring`: 12,345 parameters, the weights of 7 epochs from seed 3." in card
    assert 'ganzoo.from_preset("gan_ring")' in card
    assert "model.generate(16, seed=0)" in card
    assert "| score | value | real against real |" in card
    assert "| high_quality | 0.9712 | 0.99 | 100, 200 |  |" in card
    assert "| fid | 12.34 ± 0.5 |  | -, - | inception `abababababab` |" in card
    assert card.endswith("None but research.\n")
    assert "it was ganzoo 9.9, jax 0.1:" in card
    assert "samples.png" not in presets.card("gan_ring", METADATA, pictured=False)


def test_a_run_that_kept_a_best_model_shows_both():
    best = [METADATA["scores"][0] | {"value": 0.9876}]
    card = presets.card("gan_ring", METADATA | {"other": {"weights": "best", "scores": best}})
    assert "| score | final | best | real against real |" in card
    assert "| high_quality | 0.9712 | 0.9876 | 0.99 |" in card
    assert "| fid | 12.34 ± 0.5 |  |  | -, - | inception" in card


def test_what_another_training_and_an_export_get():
    tolerance = {"score": "high_quality", "low": 0.96, "high": 0.98, "basis": "by the seeds 0, 1, 2"}
    parity = [{"output": "sample", "error": 2e-7}, {"output": "image_uint8", "error": 1.0}]
    card = presets.card("gan_ring", METADATA | {"tolerance": tolerance, "parity": parity})
    assert "high_quality of another training lies between 0.96 and 0.98: by the seeds 0, 1, 2." in card
    assert "it is off by 2.0e-07 at most" in card


def test_weights_that_take_too_much_leave_nothing(tmp_path):
    model = models.GAN.for_vectors(2, width=512)
    with pytest.raises(ValueError, match=r"take 1\.\d MB of 1 allowed"):
        presets.write(model, tmp_path / "preset", {"README.md": b"card"}, most_megabytes=1)
    presets.write(model, tmp_path / "preset", {"README.md": b"card"}, most_megabytes=4)
    assert (tmp_path / "preset" / "README.md").read_bytes() == b"card"
    assert "README.md" in presets.read_metadata(tmp_path / "preset")["files"]
