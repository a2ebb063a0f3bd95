"""Pictures of what a model makes that translates between two domains of images."""

import math

import numpy as np

from ganzoo import pictures

OTHER = {"a": "b", "b": "a"}


def there_and_back(model, images, to):
    """(images, their translations to the domain `to`, these translated back): each (n, height, width, channels)."""
    there = model.translate(images, to=to)
    return images, there, model.translate(there, to=OTHER[to])


def strips(*columns):
    """A `PIL.Image` in which row i of each of `columns`, (n, height, width, channels), lies side by side.

    Where there are many, several such strips lie beside each other.
    """
    beside = max(1, round(math.sqrt(len(columns[0]) / len(columns))))
    images = np.stack(columns, axis=1)
    return pictures.grid(images.reshape(-1, *images.shape[2:]), columns=beside * len(columns))
