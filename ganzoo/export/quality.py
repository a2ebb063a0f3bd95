"""How good is what an exported file makes, on the data that the model was trained on."""

import numpy as np

from ganzoo import metrics
from ganzoo.data import Unpaired, samples
from ganzoo.evaluation import sampled

POINTS = 1_000  # whose optimal transport is computed
BATCH = 64


def quality(model, run, subject):
    """One score of a file, by what it is for.

    Args:
        model: of the zoo, that the file was made of.
        run: the file as a function (signature, arrays by name) -> {output: array}.
        subject: an `evaluation.Subject`: its data, features, n and seed.

    Returns:
        (name, value), None for a model that none fits: the accuracy of classifiers, of translations the kernel
        distance, of images the Frechet distance, of points the Wasserstein distance; n samples of seeded noise.
    """
    if hasattr(model, "translate"):
        return _translations(run, subject)
    if not hasattr(model, "generate"):
        return _accuracy(run, subject)
    if len(subject.test.shape) == 1:
        made = _made(model, run, np.arange(min(POINTS, subject.n, len(subject.test))))
        return "wasserstein", float(metrics.wasserstein(made, subject.real.images[: len(made)]))
    fake = sampled.of_model(lambda seeds: _made(model, run, seeds), subject.features, subject.n, subject.seed, _track)
    distance = metrics.frechet_distance(fake.moments, subject.real.moments)
    return subject.features.score("frechet"), float(distance)


def _made(model, run, seeds):
    given = {"latent": np.asarray(model.latent(np.asarray(seeds)), "float32")}
    if hasattr(model, "generate_grid"):
        given["labels"] = (np.asarray(seeds) % model.num_classes).astype("int32")
    (made,) = (value for name, value in _batches(run, given).items() if name in ("image", "sample"))
    return made


def _accuracy(run, subject):
    images, labels = subject.images_and_labels(subject.test, None)
    probabilities = _batches(run, {"image": images})["probabilities"]
    return "accuracy", float(metrics.label_agreement(probabilities, labels)[0].value)


def _translations(run, subject):
    if not isinstance(subject.test, Unpaired):
        return None
    here, there = (samples.as_network_input(array) for array in subject.test.arrays)
    made = _batches(run, {"image": here})["image"]
    distance = metrics.kernel_distance(subject.features(made), subject.features(there), len(there))
    return f"{subject.features.score('kernel')} to b", float(distance.value)


def _batches(run, given):
    """The outputs of the main signature for any number of rows."""
    rows = len(next(iter(given.values())))
    parts = [
        run("serving_default", {name: array[first : first + BATCH] for name, array in given.items()})
        for first in range(0, rows, BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _track(iterable, description, total):
    return iterable
