"""Networks of a config that are written down one by one: layer by layer, or as a function of `ganzoo.networks`.

networks:
  generator:
    - {class: InputLayer, shape: [64]}
    - {class: Dense, units: 128, activation: relu}
    - {class: Dense, units: 2}
  critic: {network: resnet_discriminator, image_shape: [32, 32, 3], width: 64}
"""

import inspect

import keras

from ganzoo import networks
from ganzoo.config import arguments
from ganzoo.messages import did_you_mean, refused_as, unknown_key
from ganzoo.safety import REFUSED

_LAYERS = {
    name: kind
    for name, kind in vars(keras.layers).items()
    if inspect.isclass(kind) and issubclass(kind, keras.layers.Layer) and name not in REFUSED
}


def network_names(kind):
    """The networks of a class of models: its constructor's arguments without a default."""
    parameters = inspect.signature(kind).parameters.values()
    return [each.name for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD]


def stacks(kind, section, source):
    """The networks of a class of models, each a `keras.Model`.

    Args:
        kind: the class.
        section: the section `networks` of a config, {network: [{class: a Keras layer, argument: value}, ...]}, or
            {network: {network: a function of `ganzoo.networks`, argument: value}}.
        source: where it came from, for messages.

    Raises:
        ValueError: a network that is missing or unknown, a layer that Keras or a function that the
            package does not have, arguments or shapes that do not fit; one sentence that names the key.
    """
    names = network_names(kind)
    for name in section:
        if name not in names:
            raise ValueError(unknown_key(source, ("networks", name), names))
    for name in names:
        if not isinstance(section.get(name), list | dict):
            raise ValueError(
                f"{source}: networks.{name} must be a list of layers, or a network such as {{network: mlp}}, as the "
                f"other networks are."
            )
    makers = {name: _stack if isinstance(section[name], list) else _named for name in names}
    return {name: make(name, section[name], source) for name, make in makers.items()}


def _named(name, section, source):
    given = dict(section)
    function = given.pop("network", None)
    if function not in networks.__all__:
        raise ValueError(
            f"{source}: networks.{name}.network is {function!r}, which is no function of "
            f"ganzoo.networks{did_you_mean(function, networks.__all__)}"
        )
    make = getattr(networks, function)
    given = arguments(make, given, source, ("networks", name)) | {"name": name}
    with refused_as(f"{source}: networks.{name} does not fit {function}"):
        return make(**given)


def _stack(name, sections, source):
    layers = [_layer(section, source, f"networks.{name}.{index}") for index, section in enumerate(sections)]
    if not (layers and isinstance(layers[0], keras.layers.InputLayer)):
        raise ValueError(f"{source}: networks.{name} must begin with an InputLayer, the shape of what comes in.")
    network = keras.Sequential(name=name)
    for index, layer in enumerate(layers):
        with refused_as(f"{source}: networks.{name}.{index} does not fit the layers before it"):
            network.add(layer)
    return network


def _layer(section, source, where):
    if not isinstance(section, dict) or not isinstance(section.get("class"), str):
        raise ValueError(f"{source}: {where} is {section!r}; it should be a layer, such as {{class: ReLU}}.")
    name = section["class"]
    if name not in _LAYERS:
        raise ValueError(
            f"{source}: {where}.class is {name!r}, which is no layer of Keras{did_you_mean(name, _LAYERS)}"
        )
    given = {
        key: tuple(value) if isinstance(value, list) else value for key, value in section.items() if key != "class"
    }
    with refused_as(f"{source}: {where} does not fit {name}"):
        return _LAYERS[name](**given)
