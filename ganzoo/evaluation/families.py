"""Which scores fit which models: families of scores, each a function of a `Subject` that gives them by name.

A family gives nothing for a model that it does not fit. A score is a number or an `Estimate`; where the same can be
measured of real samples in place of the model's, a pair of both.
"""

import dataclasses
import functools

import numpy as np

from ganzoo import data, metrics
from ganzoo.data import Unpaired
from ganzoo.evaluation import sampled
from ganzoo.metrics.features import Features

NEIGHBORS = 2_000  # samples whose nearest neighbours are looked for
PLANE = 1_000  # points that are assigned to each other


@dataclasses.dataclass
class Subject:
    """A model and what it is measured by.

    Args:
        model: of the zoo, or anything with some of its methods.
        train, test: the splits of its data, as `data.read` gives them.
        features: of images.
        classifier: a `ganzoo.models.Classifier` of the data, or None.
        density: of a toy, or None.
        n: samples of the model; as many at most are taken of the data.
        seed: of the samples.
        track: shows progress, as for `sampled.of_model`.
    """

    model: object
    train: object
    test: object
    features: Features
    classifier: object = None
    density: object = None
    n: int = 10_000
    seed: int = 0
    track: object = lambda iterable, description, total: iterable

    def drawn(self):
        """Samples of the model as it is now."""

        def generate(seeds):
            return self.model.generate(seeds=seeds)

        return sampled.of_model(generate, self.features, self.n, self.seed, self.track)

    @functools.cached_property
    def fake(self):
        """Samples of the model."""
        return self.drawn()

    @functools.cached_property
    def real(self):
        return sampled.of_data(self.test, self.features, self.n, "real samples", self.track)

    @functools.cached_property
    def floor(self):
        """Training samples, which stand for the best that a model can do."""
        return sampled.of_data(self.train, self.features, self.n, "training samples", self.track)

    @property
    def makes_images(self):
        return hasattr(self.model, "generate") and len(self.test.shape) == 3

    def images_and_labels(self, samples, n):
        """n samples of a split, in its order, with their labels."""
        taken = samples.take(slice(0, n))
        return taken if isinstance(taken, tuple) else (taken, None)


def fidelity(subject):
    """How near the samples are to the data, in the features."""
    if not subject.makes_images:
        return {}
    real, named = subject.real, subject.features.score
    pairs = {}
    for which in (subject.fake, subject.floor):
        found = {named("frechet"): metrics.frechet_distance(which.moments, real.moments)}
        rows = min(len(which.features), len(real.features))
        block = max(2, min(1000, rows // 10))
        found[named("kernel")] = metrics.kernel_distance(which.features, real.features, block)
        shares = metrics.precision_recall_density_coverage(real.features, which.features)
        found |= {named(kind): value for kind, value in shares.items()}
        if subject.features.probabilities:
            found[named("inception_score")] = metrics.inception_score(subject.features.probabilities(which.features))
        for name, value in found.items():
            pairs[name] = (*pairs.get(name, ()), value)
    return pairs


def look(subject):
    """How alike samples are among themselves, and how near to the data as images."""
    if not subject.makes_images or min(subject.test.shape[:2]) < 11:
        return {}
    fake, real, floor = (which.images for which in (subject.fake, subject.real, subject.floor))
    return {
        "ms_ssim": (metrics.ms_ssim(fake), metrics.ms_ssim(floor)),
        "sliced_wasserstein": (metrics.sliced_wasserstein(fake, real), metrics.sliced_wasserstein(floor, real)),
    }


def memorisation(subject):
    """Whether samples lie nearer to the training data than held-out ones do."""
    if not hasattr(subject.model, "generate") or len(subject.train) < NEIGHBORS:
        return {}
    training = np.concatenate(
        [subject.features(subject.train.images(part)) for part in np.array_split(np.arange(len(subject.train)), 10)]
    )
    fake, real = subject.fake.features[:NEIGHBORS], subject.real.features[:NEIGHBORS]
    found = metrics.memorisation(fake, training, real)
    return {subject.features.score("memorisation"): (metrics.Estimate(found.value), 0.5)}


def plane(subject):
    """Of points: how much has to be moved how far, and the modes of a mixture whose centres are known."""
    if not hasattr(subject.model, "generate") or len(subject.test.shape) != 1:
        return {}
    fake, real, floor = subject.fake.images, subject.real.images, subject.floor.images
    rows = min(PLANE, len(real), len(fake), len(floor))
    found = {
        "wasserstein": tuple(metrics.wasserstein(which[:rows], real[:rows]) for which in (fake, floor)),
        "sliced_wasserstein": tuple(metrics.sliced_wasserstein(which, real) for which in (fake, floor)),
    }
    if hasattr(subject.density, "centers"):
        sides = (subject.fake.features, subject.floor.features)
        modes = [metrics.mode_coverage(side, subject.density.centers, subject.density.std) for side in sides]
        found |= {name: tuple(side[name] for side in modes) for name in ("modes", "high_quality")}
    return found


def likelihood(subject):
    """Of flows: what a sample costs."""
    if not hasattr(subject.model, "bits_per_dim"):
        return {}
    bits = subject.model.bits_per_dim(subject.test.images(slice(0, subject.n)), seed=subject.seed)
    return {"bits_per_dim": metrics.Estimate.of(bits)}


def reconstruction(subject):
    """Of encoders: how much they lose; a flow loses nothing."""
    if not hasattr(subject.model, "reconstruct") or hasattr(subject.model, "log_prob"):
        return {}
    images = subject.test.images(slice(0, sampled.KEPT_IMAGES))
    return {"reconstruction_ratio": metrics.reconstruction_ratio(images, subject.model.reconstruct(images))}


def labels(subject):
    """Of conditional models: whether the classifier of the data finds the class that was asked for."""
    if not hasattr(subject.model, "generate_grid") or subject.classifier is None:
        return {}
    n, classes = min(subject.n, 10_000), subject.model.num_classes
    asked = np.arange(n) % classes
    found = subject.classifier.classify(subject.model.generate(n, labels=asked, seed=subject.seed * n))
    images, known = subject.images_and_labels(subject.test, n)
    real = None if known is None else metrics.label_agreement(subject.classifier.classify(images), known)[0]
    return {"label_agreement": (metrics.label_agreement(found, asked)[0], real)}


def accuracy(subject):
    """Of classifiers: how often they are right."""
    if not hasattr(subject.model, "classify") or hasattr(subject.model, "generate"):
        return {}
    images, known = subject.images_and_labels(subject.test, None)
    return {"accuracy": metrics.label_agreement(subject.model.classify(images), known)[0]}


def translation(subject):
    """Of two domains: how near translations are to the domain, and how much of an image comes back."""
    if not hasattr(subject.model, "translate") or not isinstance(subject.test, Unpaired):
        return {}
    found = {}
    domains = dict(zip("ab", (data.samples.as_network_input(array) for array in subject.test.arrays), strict=True))
    training = dict(zip("ab", (data.samples.spread(array, subject.n) for array in subject.train.arrays), strict=True))
    for here, there in ("ab", "ba"):
        made = subject.model.translate(domains[here], to=there)
        again = subject.model.translate(made, to=here)
        real, floor = subject.features(domains[there]), subject.features(training[there])
        block = len(real)
        pair = tuple(metrics.kernel_distance(side, real, block) for side in (subject.features(made), floor))
        found[f"{subject.features.score('kernel')} to {there}"] = pair
        found[f"cycle_ratio from {here}"] = metrics.reconstruction_ratio(domains[here], again)
    return found


FAMILIES = (accuracy, fidelity, look, memorisation, plane, likelihood, reconstruction, labels, translation)
