"""The toy densities against their own formulas and scikit-learn's curves."""

import math

import numpy as np
import pytest

from ganzoo.data.toys import TOYS, Grid, Ring, SwissRoll, TwoMoons, read_toy


@pytest.mark.parametrize("toy", [Ring(), Grid(), TwoMoons(), SwissRoll()], ids=lambda toy: type(toy).__name__)
def test_sample_is_a_function_of_the_seed(toy):
    points = toy.sample(500, seed=1)
    assert points.shape == (500, 2)
    assert points.dtype == np.float32
    np.testing.assert_array_equal(points, toy.sample(500, seed=1))
    assert not (points == toy.sample(500, seed=2)).any()


def test_centers_of_the_ring():
    np.testing.assert_allclose(Ring(modes=4, radius=3.0).centers, [[3, 0], [0, 3], [-3, 0], [0, -3]], atol=1e-12)
    assert Ring().centers.shape == (8, 2)


def test_centers_of_the_grid():
    np.testing.assert_allclose(Grid(modes=4, spacing=2.0).centers, [[-1, -1], [1, -1], [-1, 1], [1, 1]])
    np.testing.assert_allclose(np.unique(Grid().centers), [-4, -2, 0, 2, 4])
    assert len(Grid().centers) == 25


@pytest.mark.parametrize("mixture", [Ring(), Grid(), Ring(modes=3, radius=1.0, std=0.1)])
def test_samples_lie_around_the_centers(mixture):
    points = mixture.sample(20_000, seed=0).astype(np.float64)
    distances = np.linalg.norm(points[:, None] - mixture.centers, axis=-1)
    mode = distances.argmin(axis=1)
    share = np.bincount(mode, minlength=len(mixture.centers)) / len(points)
    np.testing.assert_allclose(share * len(mixture.centers), 1, atol=0.15)
    assert (points - mixture.centers[mode]).std() == pytest.approx(mixture.std, rel=0.02)


@pytest.mark.parametrize("mixture", [Ring(), Grid()])
def test_log_prob_at_a_centre(mixture):
    # One component is at its peak, 1 / (2 pi std^2), the others are far away.
    expected = -math.log(mixture.modes * 2 * math.pi * mixture.std**2)
    log_prob = mixture.log_prob(mixture.centers)
    assert log_prob.dtype == np.float64
    np.testing.assert_allclose(log_prob, expected, rtol=1e-12)


def test_log_prob_of_overlapping_components():
    ring = Ring(modes=2, radius=1.0, std=1.0)
    # By hand at the origin: both components are exp(-1/2) / (2 pi); at (1, 0): (1 + exp(-2)) / 2 of the peak.
    expected = [-0.5 - math.log(2 * math.pi), math.log((1 + math.exp(-2)) / 2) - math.log(2 * math.pi)]
    np.testing.assert_allclose(ring.log_prob([[0.0, 0.0], [1.0, 0.0]]), expected, rtol=1e-12)


@pytest.mark.parametrize("mixture", [Ring(modes=8, radius=2.0, std=0.1), Grid(modes=9, spacing=1.0, std=0.2)])
def test_density_integrates_to_one(mixture):
    ticks = np.linspace(-4, 4, 801)
    points = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    assert np.exp(mixture.log_prob(points)).sum() * 0.01**2 == pytest.approx(1, abs=1e-6)


def test_log_prob_does_not_underflow():
    log_prob = Ring().log_prob([1e3, 0.0])
    assert log_prob == pytest.approx(-(998**2) / (2 * 0.02**2) - math.log(8 * 2 * math.pi * 0.02**2))


def distance_to_curve(points, curve):
    return np.sqrt(((points[:, None] - curve) ** 2).sum(-1)).min(axis=1).max()


def test_moons_lie_on_the_curves_of_scikit_learn():
    from sklearn.datasets import make_moons

    curve, _ = make_moons(4000)
    points = TwoMoons(noise=0).sample(1000, seed=0)
    assert distance_to_curve(points, curve) < 2e-3
    assert distance_to_curve(curve[::10], points) < 0.05
    # Half of the points lie on each moon; the upper one's mean height is 2 / pi, the lower one's 0.5 - 2 / pi.
    assert TwoMoons().sample(20_000, seed=0).mean(axis=0) == pytest.approx([0.5, 0.25], abs=0.02)


def test_roll_lies_on_the_curve_of_scikit_learn():
    from sklearn.datasets import make_swiss_roll

    points = SwissRoll(noise=0).sample(1000, seed=0)
    curve = make_swiss_roll(20_000, random_state=0)[0][:, [0, 2]] / 7.5
    assert distance_to_curve(points, curve) < 5e-3
    assert 0.8 < SwissRoll().sample(20_000, seed=0).std() < 1.1


def test_noise_has_the_stated_standard_deviation():
    for toy, clean, scale in ((TwoMoons(0.05), TwoMoons(0), 1.0), (SwissRoll(0.25), SwissRoll(0), 7.5)):
        noise = toy.sample(20_000, seed=3) - clean.sample(20_000, seed=3)
        assert noise.std() * scale == pytest.approx(toy.noise, rel=0.02)


@pytest.mark.parametrize("name", sorted(TOYS))
def test_splits_are_different_draws(name):
    splits = [read_toy(name, split, size=50).arrays[0] for split in ("train", "validation", "test")]
    assert not (splits[0] == splits[1]).any()
    assert not (splits[0] == splits[2]).any()
    np.testing.assert_array_equal(splits[0], read_toy(name, size=50).arrays[0])
    assert not (splits[0] == read_toy(name, size=50, seed=1).arrays[0]).any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ring(modes=0), "modes must be a positive integer; got 0"),
        (lambda: Ring(std=0), "std must be a positive number; got 0"),
        (lambda: Ring(radius=math.nan), "radius must be a positive number; got nan"),
        (lambda: Grid(modes=24), "square number"),
        (lambda: Grid(spacing="2"), "spacing must be a positive number; got '2'"),
        (lambda: TwoMoons(noise=-1), "noise must be a number of at least 0; got -1"),
        (lambda: SwissRoll(noise=True), "noise must be a number of at least 0; got True"),
        (lambda: Ring().sample(0), "size must be a positive integer; got 0"),
    ],
)
def test_parameters_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
