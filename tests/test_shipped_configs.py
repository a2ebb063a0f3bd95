"""The shipped configs."""

import inspect
import math
import pathlib

import pytest

from ganzoo import catalog, models
from ganzoo import config as configs
from ganzoo.build import build

SHIPPED = catalog.shipped()
EMBEDDED = ("digits", "ring", "grid", "two_moons", "swiss_roll")
MODULES = {name: file for name, _, file in catalog.models()}


def test_there_are_shipped_configs():
    assert "dcgan_digits" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_config_is_valid_and_named_by_the_rule(name):
    config = configs.read(name)
    module = pathlib.Path(MODULES[config.model.class_name]).stem
    module = {"projection_gan": "conditional_gan"}.get(module, module)  # its successor
    named_by_data = config.data.name.rpartition("/")[2]
    if name.startswith("keras_"):  # the documentation's networks, layer by layer
        assert all(isinstance(network, list) for network in config.networks.values())
        module = {"gan": "keras_dcgan"}.get(module, f"keras_{module}")
    size = (config.data.model_extra or {}).get("image_size")
    assert name in (f"{module}_{named_by_data}", f"{module}_{named_by_data}_{size}")
    assert config.model.class_name in models.__all__


@pytest.mark.parametrize("name", [name for name in SHIPPED if configs.read(name).data.name in EMBEDDED])
def test_shipped_config_builds_and_holds_only_differences(name):
    config = configs.read(name)
    model, samples, complete = build(config, name)
    assert type(model).__name__ == config.model.class_name
    assert model.generate(1).shape[1:] == samples.shape
    factory = type(model).for_images if len(samples.shape) == 3 else type(model).for_vectors
    for given, function in ((config.networks, factory), (config.model.model_extra, type(model))):
        defaults = inspect.signature(function).parameters
        assert not [key for key, value in given.items() if defaults[key].default == value]
    assert complete.sections()["training"]["epochs"] == config.training.epochs


@pytest.mark.parametrize("name", [name for name in SHIPPED if name.endswith("mnist")])
def test_shipped_rates_fall_to_the_end_of_the_training(name):
    """The smaller last batch of the 60,000 images is a round as well, unless a round takes several batches."""
    config = configs.read(name)
    training = config.training
    arguments = inspect.signature(getattr(models, config.model.class_name)).parameters
    updates = {"critic": arguments["critic_steps"].default if "critic_steps" in arguments else 1}
    batches = math.ceil(60_000 / training.batch_size)
    rounds = training.epochs * (training.steps_per_epoch or batches // max(updates.values()))
    rounds -= {"conditional_gan_mnist": 15, "dcgan_mnist": 20}.get(name, 0)  # as their presets have been trained
    for player, optimizer in config.optimizers.items():
        rate = optimizer.get("learning_rate")
        assert not isinstance(rate, dict) or rate["decay_steps"] == rounds * updates.get(player, 1)
