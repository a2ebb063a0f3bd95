"""The ring of 8 Gaussians, as the README's table has it."""

import pytest

from ganzoo import config, data, runs
from ganzoo.metrics import mode_coverage


@pytest.mark.slow
def test_wgan_gp_finds_the_ring(tmp_path):
    run, _ = runs.train(config.read("wgan_gp_ring"), "wgan_gp_ring", tmp_path / "ring")
    ring = data.toys.Ring()
    score = mode_coverage(run.load().generate(10_000, batch_size=10_000), ring.centers, ring.std)
    assert score["modes"] == 8
    assert score["high_quality"] >= 0.9
