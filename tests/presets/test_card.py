"""The card of a preset says what its metadata say."""

import dataclasses

import pytest

from ganzoo import models, presets
from ganzoo.evaluation import Score

METADATA = {
    "versions": {"ganzoo": "9.9"},
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
    card = presets.card("gan_ring", models.GAN.for_vectors(2, width=4), METADATA, "None but research.")
    assert "`GAN` trained on `ring`" in card
    assert 'ganzoo.from_preset("gan_ring")' in card
    assert "model.generate(16, seed=0)" in card
    assert "7 epochs from seed 3" in card
    assert "| high_quality | 0.9712 | 0.99 | 100, 200 |  |" in card
    assert "| fid | 12.34 ± 0.5 |  |  | inception `abababababab` |" in card
    assert "None but research." in card
    assert "Licence" not in presets.card("gan_ring", models.GAN.for_vectors(2, width=4), METADATA)


def test_weights_that_take_too_much_leave_nothing(tmp_path):
    model = models.GAN.for_vectors(2, width=512)
    with pytest.raises(ValueError, match=r"take 2\.\d MB of 1 allowed"):
        presets.write(model, tmp_path / "preset", {"README.md": b"card"}, most_megabytes=1)
    presets.write(model, tmp_path / "preset", {"README.md": b"card"}, most_megabytes=4)
    assert (tmp_path / "preset" / "README.md").read_bytes() == b"card"
    assert "README.md" in presets.read_metadata(tmp_path / "preset")["files"]
