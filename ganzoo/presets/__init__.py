"""Trained models by name: found, downloaded if need be, checked and loaded.

    ganzoo.from_preset("wgan_gp_mnist")

A name is looked for, in this order, as

1. a folder that `model.save_to_preset(folder)` wrote, or an address: https://... (http://... on this machine),
   hf://organization/name;
2. a folder in the checkout's `weights/`;
3. a folder in the cache, `$GANZOO_HOME` or ~/.cache/ganzoo, whose files have the SHA-256 of the registry;
4. such files at the address that `ganzoo.presets.settings` says.
"""

import os
import pathlib

from ganzoo.messages import did_you_mean
from ganzoo.presets import download, hub, registry, settings
from ganzoo.presets.card import text as card
from ganzoo.presets.metadata import METADATA, headline, read_metadata

__all__ = [
    "card",
    "find",
    "from_preset",
    "headline",
    "list",
    "location",
    "of",
    "parameters",
    "read_metadata",
    "registry",
    "versions",
    "within_reach",
    "write",
]


def list():
    """The names of the presets that come with the zoo, sorted, whether they are on this machine or not."""
    return sorted({*registry.entries(), *_shelved()})


def of(*classes):
    """{name: entry of the registry} of the presets that are models of these classes, given by name."""
    return {name: entry for name, entry in registry.entries().items() if entry["model"] in classes}


def within_reach(name):
    """Whether a preset of the zoo is on this machine, or can be downloaded."""
    downloadable = settings.base_url() and not settings.offline() and name in registry.entries()
    return bool(location(name) or downloadable)


def location(name):
    """Where a preset of the zoo is on this machine: "weights/" of the checkout, "cache", or "" for nowhere."""
    if name in _shelved():
        return "weights/"
    entry = registry.entries().get(name)
    return "cache" if entry and download.cached(name, entry) else ""


def find(name):
    """The folder of a preset, which is downloaded where it is not on this machine.

    Args:
        name: of a preset, with or without `weights/`, the path of a folder, or an address.

    Raises:
        ValueError: no such preset, or it cannot be downloaded; one sentence that says why.
    """
    text = os.fspath(name)
    if text.startswith(hub.SCHEME):
        return hub.fetch(text)
    if "://" in text:
        return download.at(text)
    path = pathlib.Path(text)
    if (path / METADATA).is_file():
        return path
    known = path.name if path.parent in (pathlib.Path(), pathlib.Path("weights")) else None
    if known in _shelved():
        return registry.SHELF / known
    if known in registry.entries():
        return download.preset(known, registry.entries()[known])
    raise ValueError(f"There is no preset {text!r}, as a folder or by name{did_you_mean(path.name, list())}")


def from_preset(name, load_weights=True):
    """A trained model.

    Args:
        name: as for `find`.
        load_weights: whether to; without, the architecture alone, with new weights.

    Raises:
        ValueError: no such preset, one that cannot be downloaded, and whatever is wrong in its folder.
    """
    from ganzoo.presets.folder import read  # which imports Keras

    return read(find(name), load_weights)


def write(model, folder, files=None, **named):
    """Writes a model as a preset; see `ganzoo.presets.folder.write`."""
    from ganzoo.presets.folder import write

    write(model, folder, files, **named)


def parameters(model):
    """How many numbers a model's networks hold; see `ganzoo.presets.folder.parameters`."""
    from ganzoo.presets.folder import parameters

    return parameters(model)


def versions():
    """Of the packages that a model's numbers depend on."""
    from ganzoo.presets.folder import versions

    return versions()


def _shelved():
    """The names of the presets in the checkout's `weights/`."""
    return {path.parent.name for path in registry.SHELF.glob(f"[!.]*/{METADATA}")}
