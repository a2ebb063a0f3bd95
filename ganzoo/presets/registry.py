"""The registry: which presets there are, and the SHA-256 of each of their files. It travels with the package.

    {"gan_ring": {"model": "GAN", "data": "ring", "licence": "", "score": {"name": ..., "value": ..., "floor": ...},
                  "files": {"config.json": {"sha256": ..., "bytes": ...}, ...}}, ...}

`tools/release.py` writes it of the release directory.
"""

import functools
import json
import pathlib

from ganzoo.files import replacing
from ganzoo.presets.metadata import METADATA, headline, read_metadata, sha256

PATH = pathlib.Path(__file__).parent / "registry.json"
SHELF = pathlib.Path(__file__).parent.parent.parent / "weights"  # the release directory of a checkout


@functools.cache
def entries():
    """{preset: its entry}, sorted."""
    return json.loads(PATH.read_text())


def size(entry):
    """The bytes of all files of a preset."""
    return sum(file["bytes"] for file in entry["files"].values())


def of_shelf():
    """The entries of all presets in the release directory."""
    return {path.parent.name: _entry(path.parent) for path in sorted(SHELF.glob(f"[!.]*/{METADATA}"))}


def _entry(folder):
    metadata = read_metadata(folder)
    config, best = metadata.get("config"), headline(metadata.get("scores", []))
    if not (config and best):
        raise ValueError(f"{folder.name} has no scores, and a card without any is worth nothing; release or move it.")
    return {
        "model": config["model"]["class"],
        "data": config["data"]["name"],
        "licence": metadata["licence"],
        "score": {key: best[key] for key in ("name", "value", "standard_error", "floor")},
        "files": {
            path.name: {"sha256": sha256(path), "bytes": path.stat().st_size} for path in sorted(folder.iterdir())
        },
    }


def update():
    """Writes the registry of the release directory."""
    with replacing(PATH) as temporary:
        temporary.write_text(json.dumps(of_shelf(), indent=1) + "\n")
    entries.cache_clear()
