"""What images are compared by: functions from images to vectors, each with the name that goes into a score's name.

A distance between distributions of images means nothing without its features, so they travel together: `fid` is the
Frechet distance on Inception's features alone, `frechet[mnist-classifier]` that on the features of a classifier.
"""

import dataclasses
import hashlib
from collections.abc import Callable

import numpy as np

LARGEST = 32  # height and width of images as features


@dataclasses.dataclass(frozen=True)
class Features:
    """A feature extractor.

    Args:
        name: as it stands in a score's name.
        extract: images (n, height, width, channels) in [-1, 1], or vectors -> features (n, d).
        fingerprint: SHA-256 of all that `extract` computes with.
        resizing: how images are brought to the size that the network takes.
        probabilities: features (n, d) -> probabilities of classes (n, classes); None where there are no classes.
    """

    name: str
    extract: Callable
    fingerprint: str
    resizing: str = "none"
    probabilities: Callable | None = None

    def __call__(self, images):
        features = np.asarray(self.extract(images))
        return features.reshape(len(features), -1)

    def score(self, kind):
        """The name of a score of these features: "fid" and "kid" on Inception's, "frechet[pixels]" on others."""
        known = {"frechet": "fid", "kernel": "kid", "inception_score": "inception_score"}
        return known[kind] if self.name == "inception" and kind in known else f"{kind}[{self.name}]"


def pixels():
    """The values themselves, coordinates of vectors or grey levels of pixels, of large images of blocks of pixels.

    A distance of 3,072 numbers takes seconds, one of 49,152 more memory than there is.
    """
    resizing = f"means of blocks of pixels, to {LARGEST}x{LARGEST} at the most"
    return Features("pixels", _means, hashlib.sha256(b"pixels").hexdigest(), resizing)


def _means(samples):
    """Images of the largest size that is a means of whole blocks; vectors, and smaller images, as they are."""
    block = -(-max(np.shape(samples)[1:3]) // LARGEST) if np.ndim(samples) == 4 else 1
    if block == 1:
        return samples
    n, height, width, channels = np.shape(samples)
    rows, columns = height // block, width // block
    whole = np.asarray(samples, "float32")[:, : rows * block, : columns * block]
    return whole.reshape(n, rows, block, columns, block, channels).mean(axis=(2, 4))


def of_classifier(classifier, name):
    """The features and the classes of a `ganzoo.models.Classifier`, by its averaged weights where it has any.

    Its networks are asked, not `classifier.features`, which is for a user's images: those that a generator makes may
    leave [-1, 1] where it has no tanh, and what is to be said of NaN is for the scores to say.
    """

    def extract(samples):
        classifier.check_shape(samples)
        return _inferred(classifier, "body", samples)

    def probabilities(features):
        return softmax(_inferred(classifier, "head", features))

    weights = classifier.network("body").get_weights() + classifier.network("head").get_weights()
    return Features(name, extract, fingerprint(weights), probabilities=probabilities)


def logits_of_classifier(classifier, samples):
    """`classifier.classify` of samples that a model made, as for `of_classifier`."""
    return _inferred(classifier, "head", _inferred(classifier, "body", samples))


def _inferred(classifier, network, rows):
    return classifier.infer(classifier.network(network), np.asarray(rows, "float32"), batch_size=256)


def of_network(network, name):
    """What a Keras model makes of images, of any output shape."""
    from ganzoo.core.inference import of_network as inference_of

    computed = f"{fingerprint(network.get_weights())}{network.to_json()}"  # the same weights may be pooled otherwise
    return Features(name, inference_of(network), hashlib.sha256(computed.encode()).hexdigest())


def fingerprint(arrays):
    """SHA-256 of arrays, of their shapes and values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def softmax(logits):
    """Rows (n, classes) of probabilities, float64."""
    logits = np.asarray(logits, "float64")
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)
