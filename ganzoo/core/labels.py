"""Labels: classes as integers, or attributes as multi-hot vectors, and the vectors that networks take of both."""

import keras
import numpy as np
from keras import ops


def as_vectors(labels, num_classes):
    """Labels as float32 vectors (batch, num_classes): one-hot of integers (batch,), multi-hot ones as they are."""
    if len(labels.shape) == 1:
        return ops.one_hot(labels, num_classes, dtype="float32")
    return ops.cast(labels, "float32")


def checked(labels, num_classes, rows):
    """Labels that a user gave, one for each of so many rows, as an array; ValueError where they are not."""
    labels = np.asarray(labels)
    check_kind(labels, num_classes)
    if len(labels) != rows:
        raise ValueError(f"labels must be one for each row; got {len(labels)} labels for {rows} rows.")
    check_range(labels, num_classes)
    return labels


def parsed(text, num_classes):
    """The labels of a string, as an array: classes as "3,3", or multi-hot rows of attributes as "0+2,1".

    Raises:
        ValueError: what are no integers, or among several attributes one that there is not.
    """
    try:
        rows = [[int(value) for value in label.split("+")] for label in text.split(",")]
    except ValueError:
        raise ValueError(
            f"labels are integers, such as 3,3, or attributes joined by a plus, such as 0+2; got {text!r}."
        ) from None
    if all(len(row) == 1 for row in rows):
        return np.array(rows)[:, 0]
    check_range(np.array([value for row in rows for value in row]), num_classes)
    vectors = np.zeros((len(rows), num_classes), "int32")
    for vector, attributes in zip(vectors, rows, strict=True):
        vector[attributes] = 1
    return vectors


def check_pairs(spec, num_classes, model):
    """ValueError where data of this specification are no pairs of samples and labels, which the model needs."""
    if not isinstance(spec, tuple | list) or len(spec) != 2:
        raise ValueError(
            f"{model} needs labels, and the data have none; give fit(images, labels), or a data set of (image, label) "
            f"pairs."
        )
    check_kind(spec[1], num_classes)


def check_labels(arrays, num_classes):
    """ValueError where the labels among the data's arrays (samples, labels) are of another kind or range."""
    if len(arrays) == 2:
        check_kind(arrays[1], num_classes)
        check_range(arrays[1], num_classes)


def check_kind(labels, num_classes):
    """ValueError where labels, or their specification, are neither integers (n,) nor multi-hot (n, num_classes)."""
    shape, dtype = tuple(labels.shape), keras.backend.standardize_dtype(labels.dtype)
    classes = len(shape) == 1 and "int" in dtype
    attributes = len(shape) == 2 and shape[1] in (None, num_classes)
    if not classes and not attributes:
        raise ValueError(
            f"labels must be integers of shape (n,), or multi-hot of shape (n, {num_classes}); got {dtype} of shape "
            f"{shape}: {_remedy(shape)}."
        )


def _remedy(shape):
    if len(shape) == 2 and shape[1] == 1:
        return "give labels[:, 0]"
    if len(shape) == 2:
        return f"make the model with num_classes={shape[1]}"
    return "cast them" if len(shape) == 1 else "give one label, or one row of attributes, a sample"


def check_range(labels, num_classes):
    """ValueError where an integer label is no class, or a value of a multi-hot one lies outside of [0, 1]."""
    highest = num_classes - 1 if labels.ndim == 1 else 1
    outside = labels[~((labels >= 0) & (labels <= highest))]  # NaN as well
    if not outside.size:
        return
    if labels.ndim == 1:
        raise ValueError(
            f"labels must lie between 0 and {highest}, and one is {outside[0]}; repair it, or make the model with a "
            f"higher num_classes (it has {num_classes})."
        )
    raise ValueError(
        f"labels of attributes must be 0 or 1, and one is {outside[0]}; give 1 for an attribute that a sample has."
    )
