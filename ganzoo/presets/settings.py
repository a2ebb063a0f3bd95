"""Where presets are downloaded from, if at all: the user's settings.

GANZOO_URL       the address below which presets lie, <address>/<preset>/metadata.json and so on;
                 or `url: ADDRESS` in $GANZOO_HOME/config.yaml
GANZOO_OFFLINE   1: nothing is downloaded
GANZOO_HOME      the folder that keeps what was downloaded, and config.yaml; by default ~/.cache/ganzoo
"""

import ipaddress
import os
import urllib.parse

from ganzoo.files import home

CONFIG = "config.yaml"


def offline():
    """Whether nothing may be downloaded."""
    return os.environ.get("GANZOO_OFFLINE", "") not in ("", "0")


def base_url():
    """The address below which presets lie; None where none is set.

    Raises:
        ValueError: an address that is none, or a config file that holds something else.
    """
    if address := os.environ.get("GANZOO_URL"):
        return checked(address, "GANZOO_URL")
    path = home() / CONFIG
    if not path.is_file():
        return None
    import yaml

    try:
        content = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not readable as YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(content, dict) or not isinstance(content.get("url"), str):
        raise ValueError(f"{path} must hold one line, url: https://..., the address below which presets lie.")
    if unknown := set(content) - {"url"}:
        raise ValueError(f"{path}: {min(unknown)} is not a known key; it takes url alone.")
    return checked(content["url"], str(path))


def checked(address, source):
    """An address without the slash at its end; ValueError where it is not https, or http on this machine."""
    parts = urllib.parse.urlsplit(address)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))):
        raise ValueError(f"{source} must be an address https://..., or http:// on this machine; got {address!r}.")
    return address.rstrip("/")


def _is_here(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
