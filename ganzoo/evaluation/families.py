"""Which scores fit which models: families, functions from a `Subject` to {name of a score: function that measures it}.

A family gives nothing for a model that it does not fit, and nothing is computed before it is asked for.
"""

import dataclasses
import functools

import numpy as np

from ganzoo import data, metrics
from ganzoo.data import Unpaired
from ganzoo.evaluation import sampled
from ganzoo.metrics.features import logits_of_classifier

NEIGHBORS = 2_000  # samples whose nearest neighbours are looked for
BLOCK, BLOCKS = 1_000, 10  # rows of a block of the kernel distance, and points that are assigned to each other


@dataclasses.dataclass(frozen=True)
class Found:
    """What was measured: `value` and `floor`, numbers or `Estimate`s, the floor of real samples in place of the model's
    or None; and on how many real samples and samples of the model."""

    value: object
    floor: object = None
    real: int | None = None
    fake: int | None = None


def fidelity(subject):
    """How near the samples are to the data, in the features."""
    if not subject.makes_images:
        return {}

    def frechet(samples):
        return metrics.frechet_distance(samples.moments, subject.real.moments)

    def kernel(samples):
        a, b = samples.features, subject.real.features
        return metrics.kernel_distance(a, b, _block(min(len(a), len(b))))

    @functools.cache
    def shares(samples):
        n = _of_each(subject)
        return metrics.precision_recall_density_coverage(subject.real.features[:n], samples.features[:n])

    def inception_score(samples):
        return metrics.inception_score(subject.features.probabilities(samples.features))

    def share(kind):
        return _both(subject, lambda samples: shares(samples)[kind], sampled.KEPT_FEATURES, as_many=True)

    found = {"frechet": _both(subject, frechet), "kernel": _both(subject, kernel, sampled.KEPT_FEATURES)}
    found |= {kind: share(kind) for kind in ("precision", "recall", "density", "coverage")}
    if subject.features.probabilities:
        found["inception_score"] = _both(subject, inception_score, sampled.KEPT_FEATURES, of_real=False)
    return {subject.features.score(kind): measure for kind, measure in found.items()}


def _block(rows):
    """Rows of a block of the kernel distance; all, and so all pairs of them, where they make fewer than ten blocks."""
    return BLOCK if rows >= BLOCKS * BLOCK else max(2, rows)


def _of_each(subject):
    """How many samples there are of each, real ones, those of the model, and those in their place."""
    return min(sampled.KEPT_FEATURES, subject.real.n, subject.fake.n, subject.floor.n)


def _both(subject, measure, most=None, of_real=True, as_many=False):
    """Measures the model's samples, and training samples in their place.

    Args:
        measure: function from `Sampled`.
        most: how many samples of either it looks at, at the most.
        of_real: whether it looks at real ones.
        as_many: whether it looks at as many of the one as of the other.
    """

    def find():
        value, floor = measure(subject.fake), measure(subject.floor)
        real, fake = (min(samples.n, most or samples.n) for samples in (subject.real, subject.fake))
        if as_many:
            real = fake = _of_each(subject)
        return Found(value, floor, real if of_real else None, fake)

    return find


def look(subject):
    """How alike samples are among themselves, and how near to the data as images."""
    if not subject.makes_images or min(subject.test.shape[:2]) < 11:
        return {}
    return {
        "ms_ssim": _both(subject, lambda samples: metrics.ms_ssim(samples.images), sampled.KEPT_IMAGES, of_real=False),
        "sliced_wasserstein": _both(
            subject,
            lambda samples: metrics.sliced_wasserstein(samples.images, subject.real.images),
            sampled.KEPT_IMAGES,
        ),
    }


def memorisation(subject):
    """Whether samples lie nearer to the training data than held-out ones do."""
    if not subject.generates:
        return {}

    def find():
        fake, real = (samples.features[:NEIGHBORS] for samples in (subject.fake, subject.real))
        parts = subject.train.parts()
        tracked = subject.track(parts, "nearest neighbours", len(parts))
        training = (subject.features(subject.train.images(part)) for part in tracked)
        found = metrics.neighbors.of_parts(fake, training, real)
        return Found(metrics.Estimate(found.value, found.standard_error), 0.5, real=len(real), fake=len(fake))

    return {subject.features.score("memorisation"): find}


def plane(subject):
    """Of points: how much has to be moved how far, and the modes of a mixture whose centres are known."""
    if not subject.generates or len(subject.test.shape) != 1:
        return {}

    def wasserstein():
        n = _of_each(subject)
        rows = min(BLOCK, n)
        n = min(n // rows, BLOCKS) * rows
        real, fake, floor = (
            one.images[:n].reshape(-1, rows, *subject.test.shape) for one in (subject.real, subject.fake, subject.floor)
        )
        value, least = (metrics.Estimate.of(list(map(metrics.wasserstein, side, real))) for side in (fake, floor))
        return Found(value, least, real=n, fake=n)

    def sliced(samples):
        return metrics.sliced_wasserstein(samples.images, subject.real.images)

    def modes(kind):
        density = subject.density
        return lambda samples: metrics.mode_coverage(samples.images, density.centers, density.std)[kind]

    found = {
        "wasserstein": wasserstein,
        "sliced_wasserstein": _both(subject, sliced, sampled.KEPT_FEATURES),
    }
    if hasattr(subject.density, "centers"):
        for kind in ("modes", "high_quality"):
            found[kind] = _both(subject, modes(kind), sampled.KEPT_FEATURES, of_real=False)
    return found


def likelihood(subject):
    """Of flows: what a sample costs."""
    if not hasattr(subject.model, "bits_per_dim"):
        return {}

    def find():
        bits = subject.model.bits_per_dim(subject.held_out(subject.n)[0], seed=subject.seed)
        return Found(metrics.Estimate.of(bits), real=len(bits))

    return {"bits_per_dim": find}


def reconstruction(subject):
    """Of encoders: how much they lose; a flow loses nothing."""
    if not hasattr(subject.model, "reconstruct") or hasattr(subject.model, "log_prob"):
        return {}

    def find():
        samples, _ = subject.held_out(sampled.KEPT_IMAGES)
        ratio = metrics.reconstruction_ratio(samples, subject.model.reconstruct(samples))
        return Found(ratio, real=len(samples))

    return {"reconstruction_ratio": find}


def labels(subject):
    """Of conditional models: whether the classifier of the data finds the class that was asked for."""
    if not subject.generates or not hasattr(subject.model, "num_classes") or subject.classifier is None:
        return {}

    def find():
        n, classes = min(subject.n, 10_000), subject.model.num_classes
        asked = np.arange(n) % classes
        samples = subject.model.generate(n, labels=asked, seed=subject.seed * n)
        made = logits_of_classifier(subject.classifier, samples)
        images, known = subject.held_out(n)
        wanted = np.eye(classes)[asked] if known is not None and known.ndim == 2 else asked
        value = metrics.label_agreement(made, wanted)[0]
        if known is None:
            return Found(value, fake=n)
        return Found(value, metrics.label_agreement(subject.classifier.classify(images), known)[0], len(images), n)

    return {"label_agreement": find}


def accuracy(subject):
    """Of classifiers: how often they are right."""
    if not hasattr(subject.model, "classify") or subject.generates:
        return {}

    def find():
        images, known = subject.held_out(len(subject.test))
        return Found(metrics.label_agreement(subject.model.classify(images), known)[0], real=len(images))

    return {"accuracy": find}


def translation(subject):
    """Of two domains: how near translations are to the domain, and how much of an image comes back."""
    if not hasattr(subject.model, "translate") or not isinstance(subject.test, Unpaired):
        return {}
    domains = dict(zip("ab", (data.samples.as_network_input(array) for array in subject.test.arrays), strict=True))
    training = dict(zip("ab", subject.train.arrays, strict=True))
    translate, features = (
        functools.cache(lambda to: subject.model.translate(domains[other(to)], to=to)),
        subject.features,
    )

    def other(domain):
        return "ba"["ab".index(domain)]

    def distance(to):
        def find():
            real, made = features(domains[to]), features(translate(to))
            sides = made, features(data.samples.spread(training[to], len(made)))
            value, least = (metrics.kernel_distance(side, real, _block(min(len(side), len(real)))) for side in sides)
            return Found(value, least, real=len(real), fake=len(sides[0]))

        return find

    def cycle(here):
        def find():
            there = other(here)
            ratio = metrics.reconstruction_ratio(domains[here], subject.model.translate(translate(there), to=here))
            return Found(ratio, real=len(domains[here]))

        return find

    targets = getattr(subject.model, "targets", "ab")  # a file may hold one direction alone
    found = {f"{features.score('kernel')} to {to}": distance(to) for to in reversed(targets)}
    return found | ({f"cycle_ratio from {here}": cycle(here) for here in "ab"} if len(targets) == 2 else {})


FAMILIES = (accuracy, fidelity, look, memorisation, plane, likelihood, reconstruction, labels, translation)
