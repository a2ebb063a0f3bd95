"""metadata.json of a preset: where the model comes from, how good it is, and the SHA-256 of the files beside it.

Nothing here imports Keras: presets are found, listed and downloaded without it.
"""

import hashlib
import json
import pathlib

import ganzoo

METADATA, CARD, SAMPLES = "metadata.json", "README.md", "samples.png"
FORMAT = 1
HEADLINES = ("accuracy", "bits_per_dim", "fid", "frechet", "high_quality", "wasserstein", "kernel")


def read_metadata(folder):
    """metadata.json of a preset's folder; ValueError where it is none, or one of a newer version."""
    path = pathlib.Path(folder) / METADATA
    if not path.is_file():
        raise ValueError(f"{folder} is no preset: it holds no {METADATA}.")
    return parsed(path.read_bytes(), path)


def parsed(content, source):
    """What the bytes of a metadata.json say; ValueError as for `read_metadata`, which names the source."""
    try:
        metadata = json.loads(content)
    except ValueError as error:  # no JSON, or no text at all
        raise ValueError(f"{source} is not readable as JSON ({error}).") from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("files", {}), dict):
        raise ValueError(f"{source} holds no metadata of a preset.")
    if metadata.get("format", 0) > FORMAT:
        made_by = metadata.get("versions", {}).get("ganzoo")
        raise ValueError(f"{source} was made by a newer version, ganzoo {made_by}; this is {ganzoo.__version__}.")
    return metadata


def write_metadata(folder, **content):
    """Writes metadata.json, with the SHA-256 of all other files of the folder."""
    folder = pathlib.Path(folder)
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.name != METADATA}
    (folder / METADATA).write_text(json.dumps({"format": FORMAT} | content | {"files": files}, indent=1))


def headline(scores):
    """The one of the records that stands for a model in a list; None where there are none."""
    kinds = [score["name"].split("[")[0].split(" ")[0] for score in scores]
    best = min(kinds, key=lambda kind: HEADLINES.index(kind) if kind in HEADLINES else len(HEADLINES), default=None)
    return scores[kinds.index(best)] if scores else None


def sha256(path):
    """Of a file, in hexadecimal digits."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def sha256_of_config(config):
    """Of a training config, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
