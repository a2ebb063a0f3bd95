"""Metrics against numbers computed by hand."""

import numpy as np
import pytest

from ganzoo.data import toys
from ganzoo.metrics import mode_coverage

CENTERS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_by_hand():
    samples = [[0.0, 0.0], [2.9, 0.0], [10.0, 3.0], [10.0, 3.1], [5.0, 5.0]]
    # two near the first centre, one (at three standard deviations exactly) near the second, two near none
    assert mode_coverage(samples, CENTERS, std=1.0) == {"modes": 2, "high_quality": 3 / 5}


def test_a_mode_is_covered_with_a_tenth_of_its_uniform_share():
    """Of 60 high-quality samples a third is the uniform share, 20, and a tenth of that 2."""

    def modes(last):
        samples = np.repeat(CENTERS, [40, 60 - 40 - last, last], axis=0)
        return mode_coverage(samples, CENTERS, std=0.1)["modes"]

    assert modes(last=1) == 2
    assert modes(last=2) == 3


def test_no_sample_near_a_centre():
    assert mode_coverage([[5.0, 5.0]], CENTERS, std=0.1) == {"modes": 0, "high_quality": 0.0}


def test_collapse_to_one_point():
    assert mode_coverage(np.tile([10.0, 0.0], (100, 1)), CENTERS, std=0.1) == {"modes": 1, "high_quality": 1.0}


def test_samples_of_the_ring_itself():
    ring = toys.Ring()
    score = mode_coverage(ring.sample(20_000, seed=1), ring.centers, ring.std)
    assert score["modes"] == 8
    # a 2-D Gaussian within three standard deviations: 1 - exp(-9/2)
    assert score["high_quality"] == pytest.approx(1 - np.exp(-4.5), abs=3e-3)


def test_far_away_is_allowed():
    assert mode_coverage([[np.inf, 0.0], [0.0, 0.0]], CENTERS, std=1.0) == {"modes": 1, "high_quality": 0.5}


@pytest.mark.parametrize(
    ("samples", "std", "sentence"),
    [
        ([[1.0, 2.0, 3.0]], 1.0, r"must be \(n, d\) and \(modes, d\); got \(1, 3\) and \(3, 2\)"),
        ([1.0, 2.0], 1.0, r"got \(2,\) and \(3, 2\)"),
        (np.zeros((0, 2)), 1.0, r"got \(0, 2\)"),
        ([[np.nan, 0.0]], 1.0, "must not hold NaN"),
        ([[0.0, 0.0]], 0.0, "std must be positive; got std=0.0"),
    ],
)
def test_bad_input(samples, std, sentence):
    with pytest.raises(ValueError, match=sentence):
        mode_coverage(samples, CENTERS, std)
