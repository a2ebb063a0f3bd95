"""Two moons, as the README has it: a flow against the best kernel density estimate of the same points."""

import time

import pytest
from sklearn.neighbors import KernelDensity

from ganzoo import config, data
from ganzoo.build import build


@pytest.mark.slow
def test_realnvp_is_as_good_a_density_of_two_moons_as_a_kernel_estimate():
    model, samples, complete = build(config.read("realnvp_two_moons"), "realnvp_two_moons")
    start = time.process_time()
    model.fit(samples, **complete.training.for_fit, verbose=0)
    assert time.process_time() - start < 60
    points, held_out = samples.take(slice(None)), data.read("two_moons", "test").take(slice(None))
    best = max(
        KernelDensity(bandwidth=width).fit(points).score(held_out) / len(held_out)
        for width in (0.015, 0.02, 0.025, 0.03, 0.04)
    )
    assert model.log_prob(held_out).mean() > best - 0.1
