"""Config files for tests, and what is said about bad ones."""

import re

import pydantic
import pytest
import yaml

from ganzoo import config as configs
from ganzoo.build import build

GOOD = {
    "model": {"class": "WGANGP", "critic_steps": 2},
    "networks": {"width": 8},
    "data": {"name": "ring", "size": 100},
    "training": {"epochs": 1, "batch_size": 8},
}


def write(path, content=None, **sections):
    """A config file: GOOD with some sections replaced."""
    path.write_text(yaml.safe_dump(GOOD | sections) if content is None else content)
    return path


def problem(path, *overrides, whole=True):
    """The sentence about a config, by `read` and, where that finds nothing, `build`."""

    def attempt():
        config = configs.read(path, overrides)
        if whole:
            build(config, path)

    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the callers look at the sentence
        attempt()
    assert not isinstance(caught.value, pydantic.ValidationError)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence[-1] in '.?"'
    return sentence.replace(str(path), "FILE")


def matches(expected, said):
    """Whether the sentences are equal, `.*` standing for anything."""
    return re.fullmatch(".*".join(map(re.escape, expected.split(".*"))), said)
