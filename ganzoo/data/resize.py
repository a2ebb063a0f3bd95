"""Images brought to one size: the largest central crop of the right proportions, resized with Pillow."""

import numpy as np


def crop_size(height, width, image_size, minimum=min, maximum=max):
    """(height, width) of the largest box with the proportions of `image_size`, in whole pixels.

    TensorFlow's images have sizes that are tensors: its `minimum` and `maximum` take the place of Python's.
    """
    target_height, target_width = image_size
    return (
        maximum(1, minimum(height, width * target_height // target_width)),
        maximum(1, minimum(width, height * target_width // target_height)),
    )


def resize_pillow(image, image_size):
    """A Pillow image, cropped centrally and resized to (height, width).

    The filter is bicubic and widens with the reduction, so that a reduced image is not aliased.
    """
    from PIL import Image

    height, width = image_size
    if image.size == (width, height):
        return image
    crop_height, crop_width = crop_size(image.height, image.width, image_size)
    top, left = (image.height - crop_height) // 2, (image.width - crop_width) // 2
    cropped = image.crop((left, top, left + crop_width, top + crop_height))
    return cropped.resize((width, height), Image.Resampling.BICUBIC)


def resize_array(image, image_size):
    """The same for an array of shape (height, width, channels), uint8 or float in [-1, 1]; each channel by itself."""
    from PIL import Image

    if image.shape[:2] == tuple(image_size):
        return image
    # Pillow reads uint8 arrays as mode L and float32 arrays as mode F.
    pixels = image if image.dtype == np.uint8 else image.astype(np.float32)
    planes = [resize_pillow(Image.fromarray(pixels[..., c]), image_size) for c in range(image.shape[-1])]
    resized = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    # Bicubic weights are partly negative: it overshoots at edges, which Pillow clips for uint8 alone.
    return resized if image.dtype == np.uint8 else resized.clip(-1.0, 1.0)


def resize_batch(images, image_size):
    """The same for (size, height, width, channels); `image_size=None` leaves the images as they are."""
    if image_size is None or images.shape[1:3] == tuple(image_size):
        return images
    return np.stack([resize_array(image, image_size) for image in images])
