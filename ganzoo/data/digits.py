"""The 1797 handwritten digits that come with scikit-learn: 8x8 pixels, no download."""

import numpy as np

from ganzoo.data.resize import resize_batch
from ganzoo.data.samples import Samples

SPLITS = ("train", "test", "all")


def read_digits(split="train", image_size=None):
    """The digits as uint8 images of shape (8, 8, 1), or `image_size`, with labels 0..9.

    The 17 grey levels 0..16 are spread over 0..255. Every sixth digit of each class, in the order of the file, is a
    test sample: 296 for test and 1501 for training, with the classes and the writers equally mixed in both.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
    1998 (its test set), as scikit-learn's `load_digits`.
    """
    if split not in SPLITS:
        raise ValueError(f"Data set 'digits' has no split {split!r}; its splits are {', '.join(SPLITS)}.")
    from sklearn.datasets import load_digits

    data = load_digits()
    images = np.rint(data.images * (255 / 16)).astype(np.uint8)[..., None]
    labels = data.target.astype(np.int32)
    if split != "all":
        rows = is_test(labels) == (split == "test")
        images, labels = images[rows], labels[rows]
    return Samples(resize_batch(images, image_size), labels, num_classes=10)


def is_test(labels):
    """Which rows are the sixth, twelfth, ... of their class: bool of shape (size,), without random numbers."""
    test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        test[np.flatnonzero(labels == label)[5::6]] = True
    return test
