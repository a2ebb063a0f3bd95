"""Trained models by name.

ganzoo.from_preset("wgan_gp_mnist")        or a folder that `model.save_to_preset(folder)` wrote
"""

import pathlib

from ganzoo.messages import did_you_mean
from ganzoo.presets import registry
from ganzoo.presets.card import text as card
from ganzoo.presets.metadata import METADATA, headline, read_metadata

__all__ = ["card", "find", "from_preset", "headline", "list", "read_metadata", "registry", "versions", "write"]


def list():
    """The names of the presets that are at hand, sorted."""
    return sorted(path.parent.name for path in registry.SHELF.glob(f"[!.]*/{METADATA}"))


def find(name):
    """The folder of a preset: a path to it, or the name of one in the checkout's `weights/`; ValueError for neither."""
    path = pathlib.Path(name)
    if (path / METADATA).is_file():
        return path
    if (registry.SHELF / path.name / METADATA).is_file() and path.parent.name in ("", "weights"):
        return registry.SHELF / path.name
    raise ValueError(f"There is no preset {str(name)!r}, as a folder or by name{did_you_mean(path.name, list())}")


def from_preset(name, load_weights=True):
    """A trained model.

    Args:
        name: of a preset, or the path of a preset's folder.
        load_weights: whether to; without, the architecture alone, with new weights.

    Raises:
        ValueError: no such preset, and whatever is wrong in its folder.
    """
    from ganzoo.presets.folder import read  # which imports Keras

    return read(find(name), load_weights)


def write(model, folder, files=None, **named):
    """Writes a model as a preset; see `ganzoo.presets.folder.write`."""
    from ganzoo.presets.folder import write

    write(model, folder, files, **named)


def versions():
    """Of the packages that a model's numbers depend on."""
    from ganzoo.presets.folder import versions

    return versions()
