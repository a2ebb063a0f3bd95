"""What is shown of a model that translates between two domains of images."""

import math

import numpy as np

from ganzoo import data

OTHER = {"a": "b", "b": "a"}


def there_and_back(model, images, to):
    """(images, their translations to the domain `to`, these translated back): each (n, height, width, channels)."""
    there = model.translate(images, to=to)
    return images, there, model.translate(there, to=OTHER[to])


def strips(*columns):
    """What `pictures.grid` takes to show image i of each of `columns`, (n, height, width, channels), side by side.

    That is all the images in one array, and how many stand in a row: where there are many, several strips.
    """
    beside = max(1, round(math.sqrt(len(columns[0]) / len(columns))))
    images = np.stack(columns, axis=1)
    return images.reshape(-1, *images.shape[2:]), beside * len(columns)


def images_for(model, to, path=None, section=None):
    """`Samples` of images of the model's size that can be translated to the domain `to`.

    Args:
        path: a folder of images, an .npz file or the name of a data set.
        section: where there is no path, the arguments of `data.read`, of whose split "test" the other domain is read.

    Raises:
        ValueError: another domain, neither of both, or what `ganzoo.data.read` raises.
    """
    if to not in OTHER:
        raise ValueError(f"--to must be a or b, the domain that the images are translated to; got {to!r}.")
    if path is not None:
        return data.read(path, image_size=model.image_shape[:2])
    if not section:
        raise ValueError("A .keras file comes without images; name those to be translated by --images.")
    try:
        samples = data.read(**section | {"split": "test"})
    except ValueError as error:
        raise ValueError(f"{error} The images to be translated can be named by --images.") from error
    return samples.domains["ab".index(OTHER[to])]
