"""Distances of samples: closed forms, numbers by hand, and independent packages."""

import dataclasses

import numpy as np
import ot
import pytest
import scipy.linalg
from scipy.ndimage import convolve
from scipy.stats import ortho_group
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel

from ganzoo import metrics
from ganzoo.metrics.kernel import unbiased_mmd


def gaussians(n, d, shift=0.0, scale=1.0, seed=0):
    return shift + scale * np.random.default_rng(seed).normal(size=(n, d))


def frechet_by_sqrtm(a, b):
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(first @ second)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root.real)


class TestFrechet:
    @pytest.mark.parametrize("d", [1, 3, 64])
    def test_agrees_with_the_matrix_root_of_scipy(self, d):
        mix = np.random.default_rng(1).normal(size=(d, d))
        a, b = gaussians(500, d), gaussians(700, d, shift=0.5, seed=2) @ mix
        expected = (
            frechet_by_sqrtm(a, b) if d > 1 else (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
        )
        np.testing.assert_allclose(metrics.frechet_distance(a, b), expected, rtol=1e-6)

    @pytest.mark.slow
    def test_at_2048_dimensions(self):
        spectrum = np.exp(-np.arange(2048) / 200)
        a, b = gaussians(4000, 2048) * spectrum, gaussians(4000, 2048, 0.01, seed=1) * spectrum[::-1]
        np.testing.assert_allclose(metrics.frechet_distance(a, b), frechet_by_sqrtm(a, b), rtol=1e-3)

    def test_closed_form(self):
        """(m1 - m2)^2 + sum (s1 - s2)^2 of Gaussians whose covariances commute."""
        x = gaussians(2000, 4)
        x = scipy.linalg.solve_triangular(np.linalg.cholesky(np.cov(x, rowvar=False)), (x - x.mean(0)).T, lower=True).T
        turn = ortho_group.rvs(4, random_state=0)
        a, b = (x * [1, 2, 3, 4]) @ turn, (x * [2, 2, 1, 0.5]) @ turn + 1
        np.testing.assert_allclose(metrics.frechet_distance(a, b), 4 + 1 + 0 + 4 + 12.25, rtol=1e-8)

    def test_itself_is_at_0_and_the_order_of_two_does_not_matter(self):
        a, b = gaussians(300, 20), gaussians(300, 20, 1.0, seed=1)
        assert metrics.frechet_distance(a, a) < 1e-8
        np.testing.assert_allclose(metrics.frechet_distance(a, b), metrics.frechet_distance(b, a), rtol=1e-8)

    def test_moments_by_batches_are_those_of_all(self):
        x = gaussians(1000, 5, shift=100)
        moments = metrics.Moments()
        for batch in np.split(x, [1, 100, 640]):
            moments.add(batch)
        np.testing.assert_allclose(moments.mean, x.mean(0), rtol=1e-12)
        np.testing.assert_allclose(moments.covariance, np.cov(x, rowvar=False), rtol=1e-9)
        y = gaussians(500, 5, seed=1)
        np.testing.assert_allclose(metrics.frechet_distance(moments, y), metrics.frechet_distance(x, y), rtol=1e-9)

    def test_fewer_samples_than_dimensions_are_a_warning(self):
        a, b = gaussians(20, 50), gaussians(20, 50, seed=1)
        with pytest.warns(UserWarning, match="20 samples of 50 dimensions"):
            value = metrics.frechet_distance(a, b)
        np.testing.assert_allclose(value, frechet_by_sqrtm(a, b), rtol=1e-3)

    def test_constant_features_are_a_warning(self):
        a, b = gaussians(200, 3), gaussians(200, 3, 1.0, seed=1)
        a[:, 1] = b[:, 1] = 2.0
        with pytest.warns(UserWarning, match="1 features that are the same"):
            value = metrics.frechet_distance(a, b)
        np.testing.assert_allclose(value, metrics.frechet_distance(a[:, [0, 2]], b[:, [0, 2]]), rtol=1e-6)


class TestKernel:
    def test_by_hand(self):
        """In one dimension k = (x y + 1)^3: of {0, 1} and {1, 2} it is k(0,1) + k(1,2) - (1 + 1 + 8 + 27) / 2."""
        value = metrics.kernel_distance([[0.0], [1.0]], [[1.0], [2.0]]).value
        np.testing.assert_allclose(value, 1 + 27 - (1 + 1 + 8 + 27) / 2)

    def test_blocks_and_their_error(self):
        a, b = gaussians(350, 6), gaussians(400, 6, 0.2, seed=1)
        values = []
        for first in (0, 100, 200):
            x, y = a[first : first + 100], b[first : first + 100]
            kernel = [polynomial_kernel(*pair, degree=3, gamma=1 / 6, coef0=1) for pair in ((x, x), (y, y), (x, y))]
            apart = [(matrix.sum() - np.trace(matrix)) / 9900 for matrix in kernel[:2]]
            values.append(sum(apart) - 2 * kernel[2].mean())
        found = metrics.kernel_distance(a, b, block_size=100)
        np.testing.assert_allclose(found.value, np.mean(values), rtol=1e-9)
        np.testing.assert_allclose(found.standard_error, np.std(values, ddof=1) / np.sqrt(3), rtol=1e-9)

    def test_few_rows_give_all_pairs_and_the_error_by_leaving_out_each(self):
        a, b = gaussians(20, 6), gaussians(30, 6, 0.5, seed=1)
        found = metrics.kernel_distance(a, b)

        def value(x, y):
            return unbiased_mmd(x, y, polynomial_kernel)

        without_a = [value(np.delete(a, i, axis=0), b) for i in range(20)]
        without_b = [value(a, np.delete(b, j, axis=0)) for j in range(30)]
        np.testing.assert_allclose(found.value, value(a, b), rtol=1e-9)
        expected = 19 * np.var(without_a) + 29 * np.var(without_b)
        np.testing.assert_allclose(found.standard_error, expected**0.5, rtol=1e-9)

    def test_parts_of_the_kernel_change_nothing(self, monkeypatch):
        a, b = gaussians(20, 6), gaussians(30, 6, 0.5, seed=1)
        whole = metrics.kernel_distance(a, b)
        monkeypatch.setattr("ganzoo.metrics.kernel.VALUES", 7)
        np.testing.assert_allclose(dataclasses.astuple(metrics.kernel_distance(a, b)), dataclasses.astuple(whole))

    @pytest.mark.parametrize(("shift", "most"), [(0.0, 1.7), (0.6, 1.15)])
    def test_the_error_of_all_pairs_is_the_scatter_of_the_values(self, shift, most):
        """Of one distribution it is too large by sqrt(2) or so, of two it is right."""
        found = [
            metrics.kernel_distance(gaussians(60, 8, seed=s), gaussians(70, 8, shift, seed=s + 9999))
            for s in range(400)
        ]
        scatter = np.std([one.value for one in found])
        assert 0.87 < np.sqrt(np.mean([one.standard_error**2 for one in found])) / scatter < most

    def test_has_no_bias(self):
        values = [
            metrics.kernel_distance(gaussians(50, 4, seed=s), gaussians(50, 4, seed=s + 999)).value for s in range(300)
        ]
        estimate = metrics.Estimate.of(values)
        assert abs(estimate.value) < 3 * estimate.standard_error


class TestWasserstein:
    def test_exact_agrees_with_pot(self):
        a, b = gaussians(200, 2), gaussians(200, 2, 1.0, seed=1)
        weights = np.full(200, 1 / 200)
        np.testing.assert_allclose(
            metrics.wasserstein(a, b), ot.emd2(weights, weights, ot.dist(a, b, "euclidean")), rtol=1e-8
        )
        np.testing.assert_allclose(metrics.wasserstein(a, b, p=2), ot.emd2(weights, weights, ot.dist(a, b)) ** 0.5)

    def test_a_shift_costs_its_length(self):
        a = gaussians(100, 2)
        np.testing.assert_allclose(metrics.wasserstein(a, a[::-1] + np.array([3, 4])), 5.0)

    @pytest.mark.parametrize("p", [1, 2])
    @pytest.mark.parametrize("m", [200, 130])
    def test_sliced_agrees_with_pot(self, p, m):
        a, b = gaussians(200, 5), gaussians(m, 5, 0.5, 2.0, seed=1)
        lines = np.random.default_rng(3).normal(size=(5, 64))
        lines /= np.linalg.norm(lines, axis=0)
        expected = ot.sliced_wasserstein_distance(a, b, projections=lines, p=p)
        np.testing.assert_allclose(metrics.sliced_wasserstein(a, b, 64, p, seed=3), expected, rtol=1e-6)

    def test_sliced_of_images_by_another_pyramid(self):
        """The descriptors of Karras et al.'s code: levels by two-dimensional filters, each set normalised alone."""
        random = np.random.default_rng(0)
        a, b = random.uniform(-1, 1, (2, 30, 32, 32, 2))
        b = 0.5 * b + 0.3 * a + 0.1
        levels = [[plain_pyramid(image) for image in side] for side in (a, b)]
        found = []
        for level, size in enumerate((32, 16)):
            random = np.random.default_rng(0)
            top, left = (random.integers(size - 6, size=(30, 64)) for _ in range(2))
            sides = []
            for side in levels:
                pieces = np.array(
                    [
                        [side[i][level][y : y + 7, x : x + 7] for y, x in zip(top[i], left[i], strict=True)]
                        for i in range(30)
                    ]
                ).reshape(-1, 49, 2)
                sides.append(((pieces - pieces.mean((0, 1))) / pieces.std((0, 1))).reshape(len(pieces), -1))
            lines = np.random.default_rng(0).normal(size=(98, 128))
            lines /= np.linalg.norm(lines, axis=0)
            found.append(np.abs(np.sort(sides[0] @ lines, axis=0) - np.sort(sides[1] @ lines, axis=0)).mean())
        np.testing.assert_allclose(metrics.sliced_wasserstein(a, b), np.mean(found), rtol=1e-9)

    def test_sliced_of_images(self):
        random = np.random.default_rng(0)
        smooth = np.repeat(np.repeat(random.normal(size=(400, 8, 8, 1)), 4, axis=1), 4, axis=2)
        rough = random.permuted(smooth.reshape(400, -1), axis=1).reshape(smooth.shape)
        assert metrics.sliced_wasserstein(smooth, smooth) == 0
        smooth, again = smooth[:200], smooth[200:]
        assert metrics.sliced_wasserstein(smooth, again) < 0.3 * metrics.sliced_wasserstein(smooth, rough[:200])


def plain_pyramid(image):
    """[the detail of 32 x 32, what is left at 16 x 16] of an image (32, 32, channels)."""
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[..., None] / 256
    small = convolve(image, kernel, mode="mirror")[::2, ::2]
    large = np.zeros_like(image)
    large[::2, ::2] = small
    return image - convolve(large, 4 * kernel, mode="mirror"), small


class TestDiscrepancy:
    def test_agrees_with_the_kernels_of_scikit_learn(self):
        a, b = gaussians(60, 3), gaussians(80, 3, 0.5, seed=1)

        def kernel(x, y):
            return rbf_kernel(x, y, gamma=0.3)

        np.testing.assert_allclose(metrics.mmd(a, b, gamma=0.3), unbiased_mmd(a, b, kernel), rtol=1e-12)
        linear = ((a.mean(0) - b.mean(0)) ** 2).sum()  # but for the pairs of a row with itself
        bias = a.var(0, ddof=1).sum() / 60 + b.var(0, ddof=1).sum() / 80
        np.testing.assert_allclose(metrics.mmd(a, b, "linear"), linear - bias, rtol=1e-9)

    @pytest.mark.parametrize("kernel", ["rbf", "laplacian", "polynomial"])
    def test_permutations_tell_samples_apart(self, kernel):
        a, b = gaussians(60, 3), gaussians(60, 3, 0.8, seed=1)
        assert metrics.permutation_test(a, b, kernel, permutations=200) < 0.01
        assert metrics.permutation_test(a[:30], a[30:], kernel, permutations=200) > 0.05

    def test_p_values_of_one_distribution_are_uniform(self):
        values = [
            metrics.permutation_test(gaussians(20, 2, seed=s), gaussians(25, 2, seed=s + 999), permutations=99)
            for s in range(200)
        ]
        assert 0.42 < np.mean(values) < 0.58
        assert np.mean(np.array(values) <= 0.1) < 0.17

    def test_a_classifier_tells_samples_apart(self):
        a, b = gaussians(400, 2), gaussians(500, 2, 1.5, seed=1)
        found, none = metrics.classifier_two_sample_test(a, b), metrics.classifier_two_sample_test(a[:200], a[200:])
        assert found.value > 0.8
        assert found.p_value < 1e-6
        assert none.p_value > 0.01
        assert abs(none.value - 0.5) < 4 * none.standard_error


@pytest.mark.parametrize(
    "distance",
    [
        metrics.frechet_distance,
        metrics.kernel_distance,
        metrics.sliced_wasserstein,
        metrics.mmd,
        metrics.wasserstein,
        metrics.classifier_two_sample_test,
        metrics.precision_recall_density_coverage,
    ],
)
def test_bad_input(distance):
    a = gaussians(20, 3)
    with pytest.raises(ValueError, match="NaN or infinity"):
        distance(a, np.where(a > 1, np.nan, a))
    with pytest.raises(ValueError, match="same number of values"):
        distance(a, gaussians(20, 4))
    with pytest.raises(ValueError, match="must have the shape"):
        distance(a, a[0])


def test_other_bad_input():
    a = gaussians(20, 3)
    with pytest.raises(ValueError, match="as many rows"):
        metrics.wasserstein(a, a[:5])
    with pytest.raises(ValueError, match="kernel must be one of"):
        metrics.mmd(a, a, "cosine")
    with pytest.warns(UserWarning, match="give gamma"):
        assert metrics.mmd(np.ones((9, 2)), np.ones((9, 2))) == 0
    with pytest.warns(UserWarning, match="give gamma"):
        assert metrics.mmd(np.ones((9, 2)), np.array([[1.0, 1]] * 5 + [[2, 2]] * 4)) > 0
    with pytest.raises(ValueError, match="two rows"):
        metrics.kernel_distance(a[:1], a)
