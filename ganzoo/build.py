"""From a config to a compiled model and its data."""

import functools
import inspect

import keras

from ganzoo import data, models, schedules
from ganzoo.config import Config, arguments
from ganzoo.messages import did_you_mean, unknown_key
from ganzoo.stacks import network_names, stacks


def build(config, source):
    """The samples and the compiled model of a config.

    Args:
        config: a validated `Config`.
        source: where it came from, for messages.

    Returns:
        (model, samples, complete), the last a `Config` with every default written out.

    Raises:
        ValueError: whatever does not fit a constructor, the data or the networks; one sentence that names the key.
    """
    kind = _named(config.model.class_name, models, models.__all__, source, ("model", "class"))
    own = arguments(_only_options(kind), config.model.model_extra, source, ("model",))
    data_section = _data_section(config.data, source)
    try:
        samples = data.read(**data_section)
    except ValueError as error:
        raise ValueError(f"{source}: data: {error}") from error
    _check_domains(samples, kind, source)
    samples.seed = config.training.seed
    keras.utils.set_random_seed(config.training.seed)
    networks, make = _networks(kind, config.networks, samples, source)
    model = make(**own)
    optimizers = {
        player: _construct(section, source, ("optimizers", player)) for player, section in config.optimizers.items()
    }
    for player in optimizers:
        if player not in model.players:
            raise ValueError(unknown_key(source, ("optimizers", player), model.players))
    training = config.training
    compiled = training.jit_compile or keras.backend.backend() == "jax"  # which otherwise runs operation by operation
    model.compile(optimizer=optimizers, average=training.average, jit_compile=compiled)
    complete = config.sections() | {
        "model": {"class": kind.__name__} | own,
        "networks": networks,
        "optimizers": {player: _description(optimizer) for player, optimizer in model.optimizers.items()},
        "data": data_section,
    }
    return model, samples, Config.model_validate(complete)


def _networks(kind, section, samples, source):
    """The section whole, and a function that makes the model of these networks, given the class's own arguments."""
    if any(name in section for name in network_names(kind)):
        return section, functools.partial(kind, **stacks(kind, section, source))
    images = len(samples.shape) == 3
    factory = kind.for_images if images else kind.for_vectors
    section = arguments(_only_options(factory), _of_data(samples, factory, source) | section, source, ("networks",))
    return section, functools.partial(factory, samples.shape if images else samples.shape[0], **section)


def _data_section(section, source):
    """The arguments of `data.read`, its defaults filled in; the options of one data set are left for it to check."""
    section = dict(section)
    own = {name: section.pop(name) for name in inspect.signature(data.read).parameters if name in section}
    return arguments(data.read, own, source, ("data",)) | section


def _check_domains(samples, kind, source):
    """ValueError where a model that translates is not given images of two domains, or another one is."""
    translates = hasattr(kind, "translate")
    if translates and not isinstance(samples, data.Unpaired):
        raise ValueError(
            f"{source}: data: {kind.__name__} translates between two domains; name them by data.domains, such as "
            f"[A, B] for the splits trainA and trainB."
        )
    if isinstance(samples, data.Unpaired) and not translates:
        raise ValueError(f"{source}: data.domains gives pairs of images, which {kind.__name__} is not fitted on.")


def _of_data(samples, factory, source):
    """What the data say about the networks, where the factory asks: the number of classes."""
    if "num_classes" not in inspect.signature(factory).parameters:
        return {}
    if samples.num_classes is None:
        raise ValueError(
            f"{source}: data: {factory.__self__.__name__} needs labels, and these data have none; name a set with "
            f"labels, such as mnist, or an .npz file with an array 'y'."
        )
    return {"num_classes": samples.num_classes}


def _only_options(function):
    """A function with the signature of those parameters that have a default: networks and shapes are not options."""

    def options():
        pass

    signature = inspect.signature(function)
    kept = [parameter for parameter in signature.parameters.values() if parameter.default is not parameter.empty]
    options.__signature__ = signature.replace(parameters=kept)
    return options


def _named(name, module, names, source, path):
    if name not in names:
        raise ValueError(
            f"{source}: {'.'.join(path)} is {name!r}, which is not one of {', '.join(names)}{did_you_mean(name, names)}"
        )
    return getattr(module, name)


def _construct(section, source, path):
    """The Keras optimizer, or schedule, of a mapping {class: ..., argument: value or such a mapping}."""
    section = dict(section)
    if "class" not in section:
        raise ValueError(f"{source}: {'.'.join((*path, 'class'))} is missing; name a Keras optimizer, such as Adam.")
    modules = (schedules, keras.optimizers.schedules)
    module = next((module for module in modules if hasattr(module, str(section["class"]))), keras.optimizers)
    kind = _named(section.pop("class"), module, _classes(module), source, (*path, "class"))
    nested = {
        name: _construct(value, source, (*path, name)) if isinstance(value, dict) else value
        for name, value in section.items()
    }
    validated = arguments(kind, nested, source, path)
    for name, value in validated.items():
        if isinstance(value, str) and name != "name":  # Keras fails at it in the middle of training
            raise ValueError(f"{source}: {'.'.join((*path, name))} is {value!r}: input should be a number.")
    try:
        return kind(**validated)
    except (TypeError, AttributeError) as error:  # what Keras does not check itself
        raise ValueError(f"{source}: {'.'.join(path)} does not fit {kind.__name__} ({error}).") from error


def _classes(module):
    return [name for name, value in vars(module).items() if inspect.isclass(value)]


def _description(thing):
    """The mapping that `_construct` takes, of an optimizer or schedule."""
    config = {name: value for name, value in thing.get_config().items() if value is not None and name != "name"}
    for name, value in config.items():
        if isinstance(value, dict):
            config[name] = {"class": value["class_name"]} | value["config"]
            config[name].pop("name", None)
        elif isinstance(value, float):
            config[name] = float(f"{value:.7g}")  # float32 in the optimizer
    return {"class": type(thing).__name__} | config
