"""What is checked of arguments and data, with one-sentence errors."""

import numbers

import numpy as np

from ganzoo.messages import did_you_mean


def check_image_size(image_size):
    """(height, width), or None for None, from an integer or a pair of integers."""
    if image_size is None:
        return None
    pair = (image_size, image_size) if isinstance(image_size, numbers.Number) else image_size
    try:
        height, width = pair
        return positive_integer("image_size", height), positive_integer("image_size", width)
    except (TypeError, ValueError):
        raise ValueError(
            f"image_size must be a positive integer or a pair (height, width) of them; got {image_size!r}."
        ) from None


def positive_integer(argument, value):
    """`value` as an int; a ValueError that names the argument where it is not a whole number of at least 1."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool) and value >= 1:
        return int(value)
    raise ValueError(f"{argument} must be a positive integer; got {value!r}.")


def check_seed(value):
    """ValueError where a seed is not a whole number of at least 0, such as NumPy's generators take."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < 0:
        raise ValueError(f"seed must be an integer of at least 0; got {value!r}.")


def positive_number(argument, value, zero=False):
    """`value` as a float; a ValueError where it is not a finite number above zero, or zero where that is allowed."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool) and np.isfinite(value)
    if number and (value > 0 or (zero and value == 0)):
        return float(value)
    raise ValueError(f"{argument} must be a {'number of at least 0' if zero else 'positive number'}; got {value!r}.")


def check_options(name, options, known, arguments=()):
    """Reject options that the data set does not have, naming the nearest of `known` and `arguments`."""
    for option in options:
        if option in known:
            continue
        there = f"only {', '.join(sorted(known))}" if known else "and none of its own"
        end = did_you_mean(option, [*known, *arguments])
        raise ValueError(f"Data set {name!r} has no option {option!r}, {there}{end}")
