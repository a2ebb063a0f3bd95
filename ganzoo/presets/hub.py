"""Presets on the Hugging Face Hub, by the package of the extra `hf`."""

import re

from ganzoo.files import home
from ganzoo.messages import extras_named
from ganzoo.presets.metadata import METADATA
from ganzoo.presets.settings import offline

SCHEME = "hf://"


def fetch(address):
    """The folder of a preset `hf://organization/name` or `hf://organization/name@revision`, downloaded if need be.

    Raises:
        ValueError: another address, a download that fails, or GANZOO_OFFLINE without a copy.
        ImportError: huggingface_hub is not installed.
    """
    repository, _, revision = address.removeprefix(SCHEME).partition("@")
    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", repository) or not re.fullmatch(r"[\w./-]*", revision):
        raise ValueError(f"A preset on the Hub is named hf://organization/name; got {address!r}.")
    folder = home() / "presets" / "hf" / repository.replace("/", "--") / (revision or "main").replace("/", "--")
    if offline():
        if not (folder / METADATA).is_file():
            raise ValueError(f"{address} was not downloaded before, and GANZOO_OFFLINE forbids to do it now.")
        return folder
    with extras_named():
        from huggingface_hub import snapshot_download
    try:
        snapshot_download(repository, revision=revision or None, local_dir=folder)
    except Exception as error:  # the package has many of its own
        reason = " ".join(str(error).split()).rstrip(".")
        raise ValueError(f"{address} cannot be downloaded ({reason}).") from error
    return folder
