"""Trained models by name.

ganzoo.from_preset("wgan_gp_mnist")        or a folder that `model.save_to_preset(folder)` wrote
"""

import pathlib

from ganzoo.messages import did_you_mean
from ganzoo.presets.card import text as card
from ganzoo.presets.folder import METADATA, read, read_metadata, versions, write

__all__ = ["card", "find", "from_preset", "list", "read_metadata", "versions", "write"]


def _shelf():
    """The release directory of a checkout."""
    return pathlib.Path(__file__).parent.parent.parent / "weights"


def list():
    """The names of the presets that are at hand, sorted."""
    return sorted(path.parent.name for path in _shelf().glob(f"*/{METADATA}"))


def find(name):
    """The folder of a preset: a path to it, or the name of one in the checkout's `weights/`; ValueError for neither."""
    path = pathlib.Path(name)
    if (path / METADATA).is_file():
        return path
    if (_shelf() / path.name / METADATA).is_file() and path.parent.name in ("", "weights"):
        return _shelf() / path.name
    raise ValueError(f"There is no preset {str(name)!r}, as a folder or by name{did_you_mean(path.name, list())}")


def from_preset(name, load_weights=True):
    """A trained model.

    Args:
        name: of a preset, or the path of a preset's folder.
        load_weights: whether to; without, the architecture alone, with new weights.

    Raises:
        ValueError: no such preset, and whatever is wrong in its folder.
    """
    return read(find(name), load_weights)
