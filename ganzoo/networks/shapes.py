"""The sizes that a pyramid of stride 2 can reach, and what sizes and weights there can be at all."""

import math
import numbers

SMALLEST, LARGEST = 8, 128


def pyramid(image_shape):
    """How often height and width are halved on the way to the base, and the base's size.

    An image is halved while both sides stay even and none falls below 4: 28 -> 14 -> 7, 32 -> 16 -> 8 -> 4. Images
    under 16 pixels go down to 2 or 3, 8 -> 4 -> 2, since a generator of one level is hardly more than a linear map.

    Args:
        image_shape: (height, width, channels), height and width from 8 to 128, channels from 1 to 4.

    Returns:
        (levels, (base height, base width)), levels at least 1.

    Raises:
        ValueError: any other shape.
    """
    if len(image_shape) != 3 or not all(isinstance(side, numbers.Integral) for side in image_shape):
        raise ValueError(f"image_shape must be three integers (height, width, channels); got {tuple(image_shape)}.")
    height, width, channels = image_shape
    if min(height, width) < SMALLEST or max(height, width) > LARGEST:
        raise ValueError(
            f"image_shape has the size {height}x{width}, and these networks take {SMALLEST}x{SMALLEST} to "
            f"{LARGEST}x{LARGEST}; resize the images (image_size of ganzoo.data.load)."
        )
    if not 1 <= channels <= 4:
        raise ValueError(f"image_shape has {channels} channels, and these networks take 1 to 4.")
    levels, smallest = 0, _smallest_base(image_shape)
    while height % 2 == width % 2 == 0 and min(height, width) >= 2 * smallest:
        height, width, levels = height // 2, width // 2, levels + 1
    if levels == 0:
        raise ValueError(
            f"image_shape has the size {height}x{width}, which cannot be halved; resize the images to even sides "
            f"(image_size of ganzoo.data.load), best to a power of two or 28."
        )
    return levels, (height, width)


def halvings(image_shape):
    """[(height, width), ...] from the image to the base: as the `pyramid`, but odd sides are halved as well.

    They are rounded up, 28 -> 14 -> 7 -> 4. Arguments and errors are those of `pyramid`.
    """
    pyramid(image_shape)  # which refuses what it must
    sizes = [tuple(image_shape[:2])]
    while min(half := tuple(math.ceil(side / 2) for side in sizes[-1])) >= _smallest_base(image_shape):
        sizes.append(half)
    return sizes


def _smallest_base(image_shape):
    return 4 if min(image_shape[:2]) >= 16 else 2


def check_sizes(**sizes):
    """ValueError where one of the arguments is not an integer of at least 1."""
    for name, size in sizes.items():
        if not isinstance(size, numbers.Integral) or size < 1:
            raise ValueError(f"{name} must be a positive integer; got {size!r}.")


def check_weights(**weights):
    """ValueError where one of the arguments, weights of terms of a loss, is no finite number of at least 0."""
    for name, weight in weights.items():
        if not isinstance(weight, numbers.Real) or not 0 <= weight < math.inf:
            raise ValueError(f"{name} must be a number of at least 0; got {weight!r}.")
