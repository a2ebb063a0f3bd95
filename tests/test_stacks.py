"""Networks of a config that are written down one by one."""

import pytest
from config_files import matches, problem, write

from ganzoo import config as configs
from ganzoo.build import build

LAYERS = {
    "generator": [
        {"class": "InputLayer", "shape": [3]},
        {"class": "Dense", "units": 4, "activation": "relu"},
        {"class": "Dense", "units": 2},
    ],
    "critic": [{"class": "InputLayer", "shape": [2]}, {"class": "Dense", "units": 1}],
}


def test_networks_layer_by_layer(tmp_path):
    config = configs.read(write(tmp_path / "a.yaml", networks=LAYERS))
    model, _, complete = build(config, "a.yaml")
    assert [type(layer).__name__ for layer in model.generator.layers] == ["Dense", "Dense"]
    assert model.generator.layers[0].activation.__name__ == "relu"
    assert (model.latent_dim, model.critic.name, model.critic_steps) == (3, "critic", 2)
    assert complete.networks == config.networks == LAYERS
    weights = [build(settings, "a.yaml")[0].get_weights()[0] for settings in (config, complete)]
    assert (weights[0] == weights[1]).all()


def test_networks_by_name(tmp_path):
    """A function of `ganzoo.networks` beside a list of layers, and two of them."""
    named = LAYERS | {"critic": {"network": "mlp", "input_shape": [2], "output_shape": [1], "width": 5}}
    config = configs.read(write(tmp_path / "a.yaml", networks=named))
    model, _, complete = build(config, "a.yaml")
    assert model.critic.name == "critic"
    assert [weight.shape for weight in model.critic.weights][:2] == [(2, 5), (5,)]
    assert complete.networks == named
    residual = {
        "generator": {"network": "resnet_generator", "image_shape": [8, 8, 1], "latent_dim": 3, "width": 2},
        "critic": {"network": "resnet_discriminator", "image_shape": [8, 8, 1], "width": 2},
    }
    model, samples, _ = build(configs.read(write(tmp_path / "b.yaml", networks=residual, data={"name": "digits"})), "b")
    assert model.generate(2).shape == (2, *samples.shape) == (2, 8, 8, 1)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (
            "networks.critic={network: mpl}",
            "FILE: networks.critic.network is 'mpl', which is no .*; did you mean 'mlp'?",
        ),
        ("networks.critic={width: 3}", "FILE: networks.critic.network is None, which is no function of .*"),
        ("networks.critic={network: mlp}", "FILE: networks.critic.input_shape is missing."),
        (
            "networks.critic={network: mlp, input_shape: [2], output_shape: [1], widht: 3}",
            "FILE: networks.critic.widht is not a known key; .*; did you mean 'width'?",
        ),
        (
            "networks.critic={network: mlp, input_shape: [2], output_shape: [1], width: 0}",
            "FILE: networks.critic does not fit mlp (width must be a positive integer; got 0).",
        ),
        ("networks.width=3", "FILE: networks.width is not a known key; known here: generator, critic."),
        ("networks.generatr=[]", "FILE: networks.generatr is not a known key; .*; did you mean 'generator'?"),
        (
            "networks.critic=null",
            "FILE: networks.critic must be a list of layers, or a network such as {network: mlp}, as .* are.",
        ),
        ("networks.critic=[]", "FILE: networks.critic must begin with an InputLayer, the shape of what comes in."),
        ("networks.critic=[Dense]", "FILE: networks.critic.0 is 'Dense'; it should be a layer, such as {class: ReLU}."),
        (
            "networks.critic=[{class: Dens, units: 1}]",
            "FILE: networks.critic.0.class is 'Dens', which is no layer of Keras; did you mean 'Dense'?",
        ),
        ("networks.critic=[{class: Dense, unit: 1}]", "FILE: networks.critic.0 does not fit Dense (.*unit.*)."),
        (
            "networks.critic=[{class: Dense, units: 1}]",
            "FILE: networks.critic must begin with an InputLayer, the shape of what comes in.",
        ),
        (
            "networks.critic=[{class: TFSMLayer, filepath: ./elsewhere}]",
            "FILE: networks.critic.0.class is 'TFSMLayer', which is no layer of Keras.*",
        ),
        (
            "networks.critic=[{class: InputLayer, shape: [2]}, {class: BatchNormalization, axis: 7}]",
            "FILE: networks.critic.1 does not fit the layers before it (.*).",
        ),
        (
            "networks.critic=[{class: InputLayer, shape: [2]}, {class: Reshape, target_shape: [3]}]",
            "FILE: networks.critic.1 does not fit the layers before it (.*).",
        ),
        (
            "networks.critic=[{class: InputLayer, shape: [3]}, {class: Dense, units: 1}]",
            "The generator gives samples of shape (2,), which the critic does not take (it takes (3,)).",
        ),
    ],
)
def test_bad_layers(tmp_path, override, sentence):
    said = problem(write(tmp_path / "a.yaml", networks=LAYERS), override)
    assert matches(sentence, said), said
