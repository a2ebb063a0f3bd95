"""What every measure asks of its arrays."""

import warnings

import numpy as np


class NotFinite(ValueError):
    """NaN or infinity among the values."""


class TooFew(ValueError):
    """Fewer rows than a measure can do with."""


def rows(**arrays):
    """The arrays as float64 matrices (n, d), one row a sample, which must agree in d.

    Raises:
        ValueError: an array that is no matrix with rows, NaN or infinity, different widths.
    """
    checked = [_matrix(name, np.asarray(array)) for name, array in arrays.items()]
    widths = {array.shape[1] for array in checked}
    if len(widths) > 1:
        found = " and ".join(f"{name} of {array.shape[1]}" for name, array in zip(arrays, checked, strict=True))
        raise ValueError(f"The rows must have the same number of values; got {found}.")
    return checked if len(checked) > 1 else checked[0]


def _matrix(name, array):
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name} must have the shape (n, d), one row a sample; got {array.shape}: flatten samples.")
    array = array.astype("float64", copy=False)
    if not np.isfinite(array).all():
        raise NotFinite(f"{name} holds NaN or infinity; leave those rows out, or find what makes them.")
    return array


def images(**arrays):
    """The images as arrays (n, height, width, channels), which must agree in their shape; errors as for `rows`."""
    checked = []
    for name, array in arrays.items():
        array = np.asarray(array)
        if array.ndim != 4 or not array.size:
            raise ValueError(f"{name} must be images of shape (n, height, width, channels); got {array.shape}.")
        if not np.isfinite(array).all():
            raise NotFinite(f"{name} holds NaN or infinity; leave those images out, or find what makes them.")
        checked.append(array)
    if len({array.shape[1:] for array in checked}) > 1:
        raise ValueError(f"The images must have the same shape; got {' and '.join(str(a.shape[1:]) for a in checked)}.")
    return checked if len(checked) > 1 else checked[0]


def warn_where_degenerate(name, n, variances):
    """A UserWarning where there are fewer samples than dimensions, or features that never change."""
    if n <= len(variances):
        warnings.warn(
            f"{name} holds {n} samples of {len(variances)} dimensions: a covariance of them is singular, and the "
            f"value is biased; take more samples.",
            stacklevel=3,
        )
    elif (constant := int((np.asarray(variances) <= 0).sum())) > 0:
        warnings.warn(f"{name} holds {constant} features that are the same in all samples.", stacklevel=3)
