"""Scores of samples: numbers by hand, closed forms, and independent packages."""

import keras
import numpy as np
import pytest
from skimage.metrics import structural_similarity

from ganzoo import metrics, networks
from ganzoo.metrics.checks import TooFew
from ganzoo.metrics.ms_ssim import similarity


class TestInceptionScore:
    def test_by_hand(self):
        sure = np.eye(4)[np.arange(40) % 4]
        np.testing.assert_allclose(metrics.inception_score(sure, splits=10).value, 4.0)
        np.testing.assert_allclose(metrics.inception_score(np.full((40, 4), 0.25)).value, 1.0)
        np.testing.assert_allclose(metrics.inception_score(sure[:1].repeat(40, 0)).value, 1.0)
        halves = np.array([[0.9, 0.1], [0.1, 0.9]])
        expected = np.exp(0.9 * np.log(0.9 / 0.5) + 0.1 * np.log(0.1 / 0.5))
        np.testing.assert_allclose(metrics.inception_score(halves, splits=1).value, expected)

    def test_the_error_is_that_of_the_splits(self):
        p = np.random.default_rng(0).dirichlet(np.ones(5), size=100)
        parts = [metrics.inception_score(part, splits=1).value for part in np.split(p, 4)]
        found = metrics.inception_score(p, splits=4)
        np.testing.assert_allclose(found.value, np.mean(parts))
        np.testing.assert_allclose(found.standard_error, np.std(parts, ddof=1) / 2)

    @pytest.mark.parametrize(
        ("p", "splits", "said"),
        [
            ([[0.5, 0.6]], 1, "sum to 1"),
            ([[0.5, 0.5]], 2, "2 splits take"),
            ([[0.5, 0.5]], 0, "splits must be at least 1"),
        ],
    )
    def test_bad_input(self, p, splits, said):
        with pytest.raises(ValueError, match=said):
            metrics.inception_score(p, splits)


class TestManifold:
    def test_by_hand(self):
        """On a line, k = 1: balls [-1, 1], [0, 2] and [1, 19] of the real; of the fakes radii 8.5, 8.5, 1 and 1."""
        real, fake = np.array([[0.0], [1.0], [10.0]]), np.array([[0.5], [9.0], [20.0], [21.0]])
        found = metrics.precision_recall_density_coverage(real, fake, k=1)
        assert found == {"precision": 0.5, "recall": 1.0, "density": 3 / 4, "coverage": 1.0}

    def test_one_distribution(self):
        x = np.random.default_rng(0).normal(size=(4000, 3))
        found = metrics.precision_recall_density_coverage(x[:2000], x[2000:])
        assert found["precision"] > 0.95
        assert found["recall"] > 0.95
        assert abs(found["density"] - 1) < 0.05
        assert abs(found["coverage"] - (1 - 2**-5)) < 0.02

    @pytest.mark.parametrize("m", [40, 80])
    def test_coverage_of_one_distribution_is_that_of_their_numbers(self, m):
        random, n, i = np.random.default_rng(0), 40, np.arange(1, 6)
        covered = metrics.Estimate.of(
            [
                metrics.precision_recall_density_coverage(random.normal(size=(n, 3)), random.normal(size=(m, 3)))[
                    "coverage"
                ]
                for _ in range(200)
            ]
        )
        assert abs(covered.value - (1 - np.prod((n - i) / (n + m - i)))) < 4 * covered.standard_error

    def test_a_lost_mode_costs_recall_and_coverage_alone(self):
        random = np.random.default_rng(0)
        real = random.normal(size=(1000, 2)) + np.where(np.arange(1000) % 2, 20, 0)[:, None]
        found = metrics.precision_recall_density_coverage(real, random.normal(size=(1000, 2)))
        assert found["precision"] > 0.9
        assert abs(found["recall"] - 0.5) < 0.1
        assert abs(found["coverage"] - 0.5) < 0.1

    def test_blocks_change_nothing(self, monkeypatch):
        x = np.random.default_rng(0).normal(size=(300, 4))
        whole = metrics.precision_recall_density_coverage(x[:200], x[150:])
        monkeypatch.setattr("ganzoo.metrics.manifold.BLOCK", 7)
        assert metrics.precision_recall_density_coverage(x[:200], x[150:]) == whole

    def test_copies_of_a_neighbour_are_inside(self):
        """Fakes that are the real samples lie on the border of the balls that reach to them: k and the centre's own."""
        x = np.random.default_rng(0).normal(size=(500, 8)) + 5
        found = metrics.precision_recall_density_coverage(x, x + 0, k=5)
        assert found == {"precision": 1.0, "recall": 1.0, "density": 6 / 5, "coverage": 1.0}

    def test_far_from_0(self):
        x = np.random.default_rng(0).normal(size=(300, 4))
        near = metrics.precision_recall_density_coverage(x[:200], x[200:])
        assert metrics.precision_recall_density_coverage(x[:200] + 1e6, x[200:] + 1e6) == near

    def test_bad_k(self):
        with pytest.raises(ValueError, match="k must be at least 1; got 0"):
            metrics.precision_recall_density_coverage(np.ones((4, 2)), np.ones((4, 2)), k=0)
        with pytest.raises(TooFew, match="4 neighbours take at least 5 rows of each; got 4 and 6"):
            metrics.precision_recall_density_coverage(np.ones((4, 2)), np.ones((6, 2)), k=4)


class TestSimilarity:
    def test_one_scale_agrees_with_scikit_image(self):
        x, y = np.random.default_rng(0).uniform(0, 1, (2, 3, 16, 20, 2))
        y = 0.7 * x + 0.3 * y
        expected = [
            structural_similarity(
                a, b, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=-1
            )
            for a, b in zip(x, y, strict=True)
        ]
        np.testing.assert_allclose(similarity(x, y), expected, rtol=1e-6)

    def test_five_scales_agree_with_tensorflow(self):
        """Of images in [-1, 1], which are brought to [0, 1]; there a mean of 0 is no light, not grey."""
        import tensorflow as tf

        x, y = np.random.default_rng(0).uniform(-1, 1, (2, 2, 176, 192, 3)).astype("float32")
        y = 0.8 * x + 0.2 * y
        expected = tf.image.ssim_multiscale((x + 1) / 2, (y + 1) / 2, max_val=1.0).numpy()
        np.testing.assert_allclose(similarity((x + 1) / 2, (y + 1) / 2), expected, rtol=1e-4)
        np.testing.assert_allclose(metrics.ms_ssim(x, y).value, expected.mean(), rtol=1e-4)

    def test_small_images_have_fewer_scales(self):
        """Of 28 pixels a side two, and their two weights sum to 1."""
        import tensorflow as tf

        x, y = np.random.default_rng(0).uniform(0, 1, (2, 2, 28, 28, 1)).astype("float32")
        y = 0.8 * x + 0.2 * y
        weights = np.array([0.0448, 0.2856]) / (0.0448 + 0.2856)
        expected = tf.image.ssim_multiscale(x, y, max_val=1.0, power_factors=tuple(weights)).numpy()
        np.testing.assert_allclose(similarity(x, y), expected, rtol=1e-4)

    def test_of_the_same_images_is_1(self):
        x = np.random.default_rng(0).uniform(-1, 1, (3, 64, 64, 1))
        np.testing.assert_allclose(metrics.ms_ssim(x, x).value, 1.0)

    def test_falls_with_diversity(self):
        random = np.random.default_rng(0)
        base, own = random.uniform(-1, 1, (1, 32, 32, 1)), random.uniform(-1, 1, (50, 32, 32, 1))
        values = [metrics.ms_ssim((1 - part) * base + part * own, pairs=100).value for part in (0.0, 0.3, 1.0)]
        assert values == sorted(values, reverse=True)
        assert values[0] == pytest.approx(1)

    @pytest.mark.parametrize(
        ("shape", "said"), [((3, 8, 8, 1), "at least 11"), ((1, 16, 16, 1), "two"), ((4, 5), "shape")]
    )
    def test_bad_input(self, shape, said):
        with pytest.raises(ValueError, match=said):
            metrics.ms_ssim(np.zeros(shape))


class TestMemorisation:
    def test_neighbours(self):
        distances, places = metrics.nearest_neighbors([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0], [9.0, 9.0]], n=2)
        np.testing.assert_array_equal(places, [[1, 0]])
        np.testing.assert_allclose(distances, [[1, 5]])

    def test_the_nearest_of_parts_is_that_of_all(self):
        samples, training = np.split(np.random.default_rng(0).normal(size=(60, 2)), 2)
        distances, places = metrics.neighbors.nearest(samples, np.split(training, [7, 8, 20]))
        expected = metrics.nearest_neighbors(samples, training)
        np.testing.assert_array_equal([distances, places], [found[:, 0] for found in expected])

    def test_by_hand(self):
        """Distances 1 and 3 of samples, 2 and 4 of held-out ones: of four pairs three have the sample nearer."""
        found = metrics.memorisation([[1.0], [-3.0]], [[0.0]], [[2.0], [-4.0]])
        assert found.value == 0.75
        # how often each held-out one is further off: 1/2 and 1; how often each sample is nearer: 1 and 1/2
        np.testing.assert_allclose(found.standard_error, np.sqrt(0.125 / 2 + 0.125 / 2))

    def test_the_standard_error_is_the_scatter(self):
        found = [metrics.memorisation(*np.split(np.random.default_rng(s).normal(size=(150, 2)), 3)) for s in range(200)]
        scatter = np.std([one.value for one in found], ddof=1)
        np.testing.assert_allclose(np.mean([one.standard_error for one in found]), scatter, rtol=0.15)

    def test_copies_are_found(self):
        x = np.random.default_rng(0).normal(size=(900, 3))
        training, held_out, fresh = np.split(x, 3)
        honest = metrics.memorisation(fresh, training, held_out)
        assert abs(honest.value - 0.5) < 0.06
        assert honest.z < 3
        assert honest.copies == 0
        near = metrics.memorisation(training + 0.01, training, held_out)
        assert near.value > 0.9
        assert near.z > 10
        assert metrics.memorisation(training, training, held_out).copies == 1


class TestReconstruction:
    def test_ratio(self):
        x = np.random.default_rng(0).normal(size=(5000, 4, 2))
        assert metrics.reconstruction_ratio(x, x).value == 0
        np.testing.assert_allclose(metrics.reconstruction_ratio(x, 0 * x).value, 0.5, atol=0.02)
        np.testing.assert_allclose(metrics.reconstruction_ratio(x, x[::-1]).value, 1, atol=0.03)

    def test_labels(self):
        logits = np.array([[2.0, 1, 0], [0, 1, 0], [0, 0, 5], [0, 2, 1]])
        share, classes = metrics.label_agreement(logits, [0, 1, 1, 1])
        assert share.value == 0.75
        np.testing.assert_allclose(classes, [1, 2 / 3, np.nan])

    def test_attributes(self):
        share, each = metrics.label_agreement(np.array([[2.0, -1], [1, 3]]), np.array([[1, 0], [0, 1]]))
        assert share.value == 0.75
        np.testing.assert_array_equal(each, [0.5, 1])

    def test_bad_input(self):
        with pytest.raises(ValueError, match="hold NaN"):
            metrics.label_agreement([[np.nan, 1.0]], [1])
        with pytest.raises(ValueError, match="from 0 to 1; got 0 to 2"):
            metrics.label_agreement(np.ones((2, 2)), [0, 2])
        with pytest.raises(ValueError, match="as many"):
            metrics.reconstruction_ratio(np.ones((3, 2)), np.ones((2, 2)))
        with pytest.raises(ValueError, match="all the same"):
            metrics.reconstruction_ratio(np.ones((3, 2)), np.ones((3, 2)))
        with pytest.raises(ValueError, match=r"labels \(n,\)"):
            metrics.label_agreement(np.ones((3, 2)), [1])


def test_bits_per_dimension():
    """Uniform over [-1, 1] and 256 grey levels of 1 / 127.5 nearly: 8 bits; a standard normal at 0 by hand."""
    found = metrics.bits_per_dim(np.full(5, 6 * np.log(127.5 / 256)), 6)
    np.testing.assert_allclose(found.value, 8)
    assert found.standard_error == 0
    np.testing.assert_allclose(metrics.bits_per_dim([-0.5 * np.log(2 * np.pi)], 1, 0).value, 0.5 * np.log2(2 * np.pi))
    for arguments, said in ((([np.nan], 1), "no NaN"), (([1.0], 0), "must be positive")):
        with pytest.raises(ValueError, match=said):
            metrics.bits_per_dim(*arguments)


def test_critic_sees_how_far_samples_are_off():
    keras.utils.set_random_seed(0)
    points = np.random.default_rng(0).normal(size=(2000, 2)).astype("float32")
    found = [
        metrics.critic_distance(
            points[:1000] + np.float32([off, 0]), points[1000:], networks.mlp((2,), (1,), 64), rounds=400
        )
        for off in (0.0, 3.0)
    ]
    assert abs(found[0]) < 0.3
    assert 2.5 < found[1] < 4


def test_estimate():
    estimate = metrics.Estimate.of([1.0, 2.0, 3.0])
    assert estimate.value == 2
    np.testing.assert_allclose(estimate.standard_error, 1 / np.sqrt(3))
    assert metrics.Estimate.of([4]).standard_error is None
    with pytest.raises(ValueError, match="at least one"):
        metrics.Estimate.of([])
