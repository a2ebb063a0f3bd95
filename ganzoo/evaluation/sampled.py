"""What is kept of many samples: moments of all their features, and the features and images of the first ones."""

import contextlib
import hashlib
import zipfile

import numpy as np

from ganzoo.files import home, replacing
from ganzoo.metrics import Moments
from ganzoo.metrics.features import fingerprint

KEPT_FEATURES, KEPT_IMAGES = 10_000, 2_000
BATCH = 1_000


class Sampled:
    """Statistics of samples that come in batches, so that 50,000 need no more memory than 10,000.

    Attributes: `n`; `moments` of all features; of the first samples `features` (up to 10,000, d) and `images` (up to
    2,000, ...; of points up to 10,000).
    """

    def __init__(self, features, batches):
        self.moments, kept, images = Moments(), [], []
        for batch in batches:
            found = features(batch)
            if self.moments.n < (most := _kept(batch.shape[1:])):
                images.append(batch[: most - self.moments.n])
            if self.moments.n < KEPT_FEATURES:
                kept.append(found[: KEPT_FEATURES - self.moments.n].astype("float32"))
            self.moments.add(found)
        self.features, self.images = np.concatenate(kept), np.concatenate(images)

    @property
    def n(self):
        return self.moments.n


def _kept(shape):
    """How many samples of a shape are kept as they are."""
    return KEPT_IMAGES if len(shape) > 1 else KEPT_FEATURES


def of_model(generate, features, n, seed, track):
    """Of n samples of a model, the first of which has the seed `seed * n`.

    Args:
        generate: function of seeds (batch,) -> samples.
        track: function (iterable, description, total) -> the same iterable, which may show how far it is.
    """
    firsts = range(0, n, BATCH)
    return Sampled(
        features,
        (
            generate(seed * n + np.arange(first, min(first + BATCH, n)))
            for first in track(firsts, "samples of the model", len(firsts))
        ),
    )


def drawn(rows, n, seed=0):
    """The numbers of n of so many rows, drawn without repetition, of all where there are fewer, in an order by chance.

    Data may lie in the order of their classes; what is taken of the first ones, or by blocks, must not depend on it.
    """
    return np.random.default_rng(seed).permutation(rows)[:n]


def of_data(samples, features, n, name, track, seed=0):
    """Of n samples of the data, as they are `drawn`; remembered between runs by the content of the data."""
    order = drawn(len(samples), n, seed)
    path = home() / "statistics" / f"{_key(samples, features, order)}.npz"
    batches = [order[first : first + BATCH] for first in range(0, len(order), BATCH)]
    if path.exists() and (found := _read(path)):
        found.images = samples.images(order[: _kept(samples.shape)])
        return found
    computed = Sampled(features, (samples.images(batch) for batch in track(batches, name, len(batches))))
    with contextlib.suppress(OSError), replacing(path) as temporary:  # a full or read-only disk: the next run computes
        moments = computed.moments
        np.savez(temporary, features=computed.features, n=moments.n, mean=moments.mean, scatter=moments.scatter)
    return computed


def _key(samples, features, order):
    """SHA-256 of all that the statistics depend on."""
    data = fingerprint([samples.arrays[0], order])
    return hashlib.sha256(f"2 {data} {features.fingerprint} {KEPT_FEATURES}".encode()).hexdigest()


def _read(path):
    """The statistics in a file, without images; None where it is damaged."""
    try:
        with np.load(path) as stored:
            found = Sampled.__new__(Sampled)
            found.features = stored["features"]
            found.moments = Moments()
            moments = found.moments
            moments.n, moments.mean, moments.scatter = int(stored["n"]), stored["mean"], stored["scatter"]
            return found
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None
