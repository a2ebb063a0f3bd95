"""Distances and scores: plain functions of arrays, each with its formula and source, and the features they take."""

from ganzoo.metrics import neighbors
from ganzoo.metrics.bits import bits_per_dim
from ganzoo.metrics.critic import critic_distance
from ganzoo.metrics.estimate import Estimate
from ganzoo.metrics.features import Features
from ganzoo.metrics.frechet import Moments, frechet_distance
from ganzoo.metrics.inception import inception_score
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.manifold import precision_recall_density_coverage
from ganzoo.metrics.mmd import mmd, permutation_test
from ganzoo.metrics.modes import mode_coverage
from ganzoo.metrics.ms_ssim import ms_ssim
from ganzoo.metrics.neighbors import Memorisation, memorisation, nearest_neighbors
from ganzoo.metrics.reconstruction import label_agreement, reconstruction_ratio
from ganzoo.metrics.sliced_wasserstein import sliced_wasserstein
from ganzoo.metrics.transport import wasserstein
from ganzoo.metrics.two_sample import TwoSampleTest, classifier_two_sample_test

__all__ = [
    "Estimate",
    "Features",
    "Memorisation",
    "Moments",
    "TwoSampleTest",
    "bits_per_dim",
    "classifier_two_sample_test",
    "critic_distance",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "label_agreement",
    "memorisation",
    "mmd",
    "mode_coverage",
    "ms_ssim",
    "nearest_neighbors",
    "neighbors",
    "permutation_test",
    "precision_recall_density_coverage",
    "reconstruction_ratio",
    "sliced_wasserstein",
    "wasserstein",
]
