"""What is checked of arguments and data, with one-sentence errors."""

import difflib
import numbers

import numpy as np


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
        there = f"its options are {', '.join(sorted(known))}" if known else "it has no options of its own"
        raise ValueError(f"Data set {name!r} has no option {option!r}{nearest(option, [*known, *arguments])}; {there}.")


def nearest(word, candidates):
    """', did you mean ...?' without the question mark, or an empty string where nothing is near."""
    matches = difflib.get_close_matches(word, dict.fromkeys(candidates), n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(map(repr, matches))}?)" if matches else ""
