"""NumPy's `.npz` files as data sets: images or vectors, and labels."""

import os

import numpy as np

from ganzoo.data.resize import resize_batch
from ganzoo.data.samples import Samples, check_values


def read_npz(path, split="train", image_size=None):
    """The samples in the array `x` or `images`, and the labels in `y` or `labels`, where there are any.

    A file may hold several splits, as `x_train`, `y_train`, `x_test`, `y_test` (the form of `keras.datasets`); arrays
    without a suffix are the split "train". Samples have shape (size, height, width, channels), (size, height, width)
    for grey images, or (size, dimensions) for vectors: uint8 grey levels 0..255, or floats, for images in [-1, 1].
    Labels are integers of shape (size,), or multi-hot of shape (size, classes).

    Raises:
        ValueError: no such file, a file that cannot be read, no array for that split, or arrays of another shape or
            type than these.
    """
    path = os.path.expanduser(path)
    if not os.path.isfile(path):
        raise ValueError(f"There is no file {path!r}; give the path of an .npz file that holds an array 'x'.")
    x, y = _arrays(path, split)
    x = x[..., None] if x.ndim == 3 else x
    if x.ndim not in (2, 4) or 0 in x.shape:
        raise ValueError(
            f"The samples in {path!r} have shape {x.shape}; expected (size, height, width, channels) for images or "
            "(size, dimensions) for vectors, none of them 0."
        )
    if image_size is not None and x.ndim == 2:
        raise ValueError(f"{path!r} holds vectors, not images; leave image_size out, got {image_size}.")
    _check_numbers(x, path)
    if y is None:
        return Samples(resize_batch(x, image_size))
    y, num_classes = _checked_labels(y, len(x), path)
    return Samples(resize_batch(x, image_size), y, num_classes=num_classes)


def _arrays(path, split):
    try:
        # Without pickles, so that a file from elsewhere cannot run code.
        with np.load(path, allow_pickle=False) as file:
            x, y = _first(file, ("x", "images"), split), _first(file, ("y", "labels"), split)
            there = ", ".join(file.files) or "nothing"
    except Exception as error:
        # zipfile, zlib and NumPy raise a dozen different types here.
        raise ValueError(f"{path!r} cannot be read as an .npz file of plain arrays ({error}).") from error
    if x is None:
        raise ValueError(f"{path!r} has no array 'x', 'images' or 'x_{split}' for split {split!r}; it holds {there}.")
    return x, y


def _first(file, stems, split):
    suffixed = [f"{stem}_{split}" for stem in stems]
    for key in [*suffixed, *(stems if split in ("train", "all") else ())]:
        if key in file.files:
            return file[key]
    return None


def _check_numbers(x, path):
    if x.dtype == np.uint8:
        return
    if not np.issubdtype(x.dtype, np.floating):
        raise ValueError(
            f"The samples in {path!r} are {x.dtype}; expected uint8 grey levels or floats, so convert them."
        )
    try:
        # Before a resize, which would spread a NaN, and to say which file it is.
        check_values(x)
    except ValueError as error:
        raise ValueError(f"{path!r}: {error}") from None


def _checked_labels(labels, size, path):
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    whole = np.issubdtype(labels.dtype, np.integer) or labels.dtype == bool
    if labels.shape[:1] != (size,) or labels.ndim > 2 or not whole or labels.min() < 0:
        raise ValueError(
            f"The labels in {path!r} are {labels.dtype} of shape {labels.shape}; expected integers of at least 0 of "
            f"shape ({size},), or multi-hot ({size}, classes)."
        )
    num_classes = labels.shape[1] if labels.ndim == 2 else int(labels.max()) + 1
    return labels.astype(np.int32), num_classes
