"""Configs: reading, overrides, what is written out, and what is said about bad ones."""

import numpy as np
import pytest
import yaml
from config_files import matches, problem, write

from ganzoo import catalog
from ganzoo import config as configs
from ganzoo.build import build

# --- reading -------------------------------------------------------------------------------------------------------


def test_find_by_name_and_by_path(tmp_path, monkeypatch):
    path = catalog.shipped()["dcgan_digits"]
    assert configs.find(str(path)) == path
    monkeypatch.chdir(tmp_path)
    for name in ("dcgan_digits", "dcgan_digits.yaml", "zoo_configs/dcgan_digits.yaml"):
        assert configs.find(name) == path
    (tmp_path / "dcgan_digits.yaml").write_text("mine")
    assert configs.find("dcgan_digits.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["dcgan_digit", "elsewhere/dcgan_digits.yml", "zoo_configs/dcgan_digit.yaml"])
def test_unknown_config(name):
    with pytest.raises(ValueError, match=r"There is no config .*; did you mean 'dcgan_digits'\?") as caught:
        configs.read(name)
    assert str(caught.value).startswith(f"There is no config {name!r}, as a file or a shipped one; ")


def test_overrides(tmp_path):
    overrides = [
        "training.epochs=3",
        "optimizers.critic.class=Adam",
        "optimizers.critic.learning_rate=1e-3",
        "data.name=grid",
        "networks.width=16",
        "networks.width=32",
        "evaluation.features=a=b",
    ]
    config = configs.read(write(tmp_path / "a.yaml"), overrides)
    assert config.training.epochs == 3
    assert config.training.batch_size == 8
    assert config.optimizers == {"critic": {"class": "Adam", "learning_rate": 0.001}}
    assert config.data.name == "grid"
    assert config.networks == {"width": 32}
    assert config.evaluation.features == "a=b"


def test_an_override_is_of_one_player_where_yaml_gives_both_one_mapping(tmp_path):
    adam = {"class": "Adam", "learning_rate": {"class": "CosineDecay", "initial_learning_rate": 2e-4}}
    path = write(tmp_path / "a.yaml", optimizers={"critic": adam, "generator": adam})
    assert "*id001" in path.read_text()
    overrides = ["optimizers.critic.learning_rate.initial_learning_rate=1e-5", "optimizers.generator.beta_1=0.9"]
    optimizers = configs.read(path, overrides).optimizers
    changed = {"class": "CosineDecay", "initial_learning_rate": 1e-5}
    assert optimizers == {"critic": adam | {"learning_rate": changed}, "generator": adam | {"beta_1": 0.9}}


@pytest.mark.parametrize("number", ["1e-3", "1.e-3", "1.0e-3", "0.001", "+1E-3"])
def test_numbers(tmp_path, number):
    """PyYAML alone reads 1e-3 as a string."""
    path = write(tmp_path / "a.yaml")
    assert configs.read(path, [f"networks.x={number}"]).networks["x"] == 0.001


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("epochs=3", "--set takes section.key=value, such as training.epochs=3; got 'epochs=3'."),
        ("training.epochs", "--set takes section.key=value, such as training.epochs=3; got 'training.epochs'."),
        ("training..epochs=3", "--set takes section.key=value, such as training.epochs=3; got 'training..epochs=3'."),
        ("training.epochs.x=3", "--set training.epochs.x=3: epochs is a value, not a section."),
        ("training.epochs=[3", "--set training.epochs=[3: '[3' is not readable as YAML."),
    ],
)
def test_bad_overrides(tmp_path, override, sentence):
    assert problem(write(tmp_path / "a.yaml"), override) == sentence


# --- bad configs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        # unknown keys
        ("trainin.epochs=3", "FILE: trainin is not a known key; known here: .*; did you mean 'training'?"),
        ("training.epoch=3", "FILE: training.epoch is not a known key; known here: epochs, .*; did you mean 'epochs'?"),
        ("training.zzz=3", "FILE: training.zzz is not a known key; known here: .*"),
        ("model.critic_step=3", "FILE: model.critic_step is not a known key; .*; did you mean 'critic_steps'?"),
        ("networks.widht=3", "FILE: networks.widht is not a known key; .*; did you mean 'width'?"),
        ("networks.image_shape=[8,8,1]", "FILE: networks.image_shape is not a known key; known here: .*"),
        ("optimizers.critc.class=Adam", "FILE: optimizers.critc is not a known key; .*; did you mean 'critic'?"),
        (
            "optimizers.critic={class: Adam, learning_rat: 1}",
            "FILE: optimizers.critic.learning_rat is not a known key; known here: .*; did you mean 'learning_rate'?",
        ),
        (
            "optimizers.critic={class: SGD, learning_rate: {class: CosineDecay, decay_step: 3}}",
            "FILE: optimizers.critic.learning_rate.decay_step is not a known key; .*; did you mean 'decay_steps'?",
        ),
        ("data.stdd=3", "FILE: data: Data set 'ring' has no option 'stdd', only .*; did you mean 'std'?"),
        # unknown names
        ("model.class=WGANPG", "FILE: model.class is 'WGANPG', which is not one of .*; did you mean 'WGANGP'?"),
        (
            "optimizers.critic={class: Adm}",
            "FILE: optimizers.critic.class is 'Adm', which is not one of .*; did you mean 'Adam'?",
        ),
        # missing keys
        ("optimizers.critic={beta_1: 0.5}", "FILE: optimizers.critic.class is missing; name a Keras optimizer, .*"),
        (
            "optimizers.critic={class: Adam, learning_rate: {class: CosineDecay, decay_steps: 3}}",
            "FILE: optimizers.critic.learning_rate.initial_learning_rate is missing.",
        ),
        # wrong types and values
        ("training.epochs=many", "FILE: training.epochs is 'many': input should be a valid integer."),
        ("training.epochs=2.0", "FILE: training.epochs is 2.0: input should be a valid integer."),
        ("training.epochs=0", "FILE: training.epochs is 0: input should be greater than 0."),
        ("training.batch_size=true", "FILE: training.batch_size is True: input should be a valid integer."),
        ("training.seed=-1", "FILE: training.seed is -1: input should be greater than or equal to 0."),
        ("training.jit_compile=1", "FILE: training.jit_compile is 1: input should be a valid boolean."),
        ("model.critic_steps=2.5", "FILE: model.critic_steps is 2.5: input should be a valid integer."),
        ("model.critic_steps=0", "critic_steps must be a positive integer; got 0."),
        ("model.penalty_weight=[1]", "FILE: model.penalty_weight is [1]: input should be a valid number."),
        ("networks.width=null", "FILE: networks.width is None: input should be a valid integer."),
        ("networks.width=0", "width must be a positive integer; got 0."),
        ("networks.latent_dim=[2]", "FILE: networks.latent_dim is [2]: input should be a valid integer."),
        ("data.name=3", "FILE: data.name is 3: input should be a valid string."),
        ("data.split=3", "FILE: data.split is 3: input should be a valid string."),
        ("data.size=-1", "FILE: data: size must be a positive integer; got -1."),
        ("optimizers.critic=Adam", "FILE: optimizers.critic is 'Adam': input should be a valid dictionary."),
        (
            "optimizers.critic={class: Adam, learning_rate: fast}",
            "FILE: optimizers.critic.learning_rate is 'fast': input should be a valid number.",
        ),
        (
            "optimizers.critic={class: Adam, clipnorm: much}",
            "FILE: optimizers.critic.clipnorm is 'much': input should be a number.",
        ),
        (
            "optimizers.critic={class: SGD, learning_rate: {class: PiecewiseConstantDecay, boundaries: 1, values: 2}}",
            "FILE: optimizers.critic.learning_rate does not fit PiecewiseConstantDecay (.*).",
        ),
        ("training.average=1.5", "FILE: training.average is 1.5: input should be less than 1."),
        ("networks=3", "--set takes section.key=value, .*"),
    ],
)
def test_bad_keys_and_values(tmp_path, override, sentence):
    """One sentence that names the path of the key and the nearest known name."""
    said = problem(write(tmp_path / "a.yaml"), override)
    assert matches(sentence, said), said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "FILE holds no mapping of sections; it needs model, data and training."),
        ("- a\n- b\n", "FILE holds no mapping of sections; it needs model, data and training."),
        ("model: {class: GAN}\ndata: {name: ring}\n", "FILE: training is missing."),
        ("model: {class: GAN}\ndata: {name: ring}\ntraining: {}\n", "FILE: training.epochs is missing."),
        ("model: {}\ndata: {name: ring}\ntraining: {epochs: 1}\n", "FILE: model.class is missing."),
        ("model: {class: GAN}\ndata: ring\ntraining: {epochs: 1}\n", "FILE: data is 'ring': input should be .*"),
        ("model: {class: GAN\n", "FILE is not readable as YAML: .*"),
        ("model: !!python/object/apply:os.getcwd []\n", "FILE is not readable as YAML: .*"),
    ],
)
def test_bad_files(tmp_path, content, sentence):
    said = problem(write(tmp_path / "a.yaml", content), whole=False)
    assert matches(sentence, said), said


def test_bytes_are_no_yaml(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    assert problem(path).startswith("FILE is not readable as YAML: ")


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (
            "data.image_size=4",
            "image_shape has the size 4x4, and these networks take 8x8 to 128x128; resize the images",
        ),
        ("data.image_size=27", "image_shape has the size 27x27, which cannot be halved; resize the images"),
        ("data.image_size=big", "image_size must be a positive integer or a pair"),
        ("data.size=3", "Data set 'digits' has no option 'size'"),
        ("data.name=./nowhere", "There is no folder 'nowhere'; give the path of a folder that holds images."),
    ],
)
def test_bad_data(override, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in problem("dcgan_digits", override)


def test_a_data_set_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    sentence = problem("dcgan_digits", "data.name=mnist")
    assert str(tmp_path) in sentence
    assert "mnist" in sentence


# --- complete configs ----------------------------------------------------------------------------------------------


def test_complete_config_round_trips(tmp_path):
    schedule = "{class: CosineDecay, initial_learning_rate: 1e-3, decay_steps: 50}"
    overrides = [f"optimizers.critic={{class: Adam, learning_rate: {schedule}, beta_1: 0.0}}"]
    config = configs.read(write(tmp_path / "a.yaml"), overrides)
    model, samples, complete = build(config, "a.yaml")
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(complete.sections()))
    again, same_samples, completed_again = build(configs.read(tmp_path / "b.yaml"), "b.yaml")
    assert completed_again == complete
    assert again.critic_steps == model.critic_steps == 2
    assert same_samples.shape == samples.shape
    assert len(same_samples) == len(samples) == 100
    for ours, theirs in zip(again.get_weights(), model.get_weights(), strict=True):
        assert (ours == theirs).all()
    for player in ("critic", "generator"):
        ours, theirs = again.optimizers[player].get_config(), model.optimizers[player].get_config()
        assert ours | {"name": None} == theirs | {"name": None}


def test_complete_config_holds_every_default(tmp_path):
    _, _, complete = build(configs.read(write(tmp_path / "a.yaml")), "a.yaml")
    sections = complete.sections()
    assert sections["model"] == {"class": "WGANGP", "penalty_weight": 10.0, "critic_steps": 2}
    assert sections["networks"] == {"latent_dim": 2, "width": 8}
    assert sections["data"]["split"] == "train"
    assert sections["training"]["seed"] == 0
    assert sections["optimizers"]["generator"]["class"] == "Adam"
    assert sections["optimizers"]["critic"]["learning_rate"] == 1e-4


def test_the_seed_decides_the_weights(tmp_path):
    path = write(tmp_path / "a.yaml")
    kernels = [build(configs.read(path, [f"training.seed={seed}"]), path)[0].get_weights()[0] for seed in (0, 0, 1)]
    assert (kernels[0] == kernels[1]).all()
    assert (kernels[0] != kernels[2]).any()


def test_averages_by_config():
    settings = configs.read("gan_ring", ["training.average=0.9", "data.size=512"])
    model, _, complete = build(settings, "gan_ring")
    assert model.average == complete.training.average == 0.9
    assert list(model.averages) == ["generator"]


def test_two_domains(tmp_path):
    """CycleGAN is built for images of two domains, and nothing else is."""
    levels = np.zeros((3, 8, 8, 3), "uint8")
    np.savez(tmp_path / "a.npz", x_trainA=levels, x_trainB=levels[:2], x_train=levels)
    here = [f"data.path={tmp_path}/a.npz", "data.image_size=null", "networks.width=2", "networks.blocks=1"]
    model, samples, complete = build(configs.read("cyclegan_facades", here), "cyclegan_facades")
    assert model.image_shape == samples.shape == (8, 8, 3)
    assert len(samples) == 3
    assert complete.data.domains == ["A", "B"]
    rate = complete.optimizers["generators"]["learning_rate"]
    assert rate == {
        "class": "LinearDecay",
        "initial_learning_rate": 2e-4,
        "hold_steps": 10_000,
        "decay_steps": 10_000,
    }
    (tmp_path / "full.yaml").write_text(yaml.safe_dump(complete.sections()))
    assert build(configs.read(tmp_path / "full.yaml"), "full.yaml")[2] == complete
    assert "name them by data.domains, such as" in problem("cyclegan_facades", *here, "data.domains=null")
    assert "domains must be the names of two domains" in problem("cyclegan_facades", *here, "data.domains=[A]")
    said = problem("dcgan_digits", f"data.path={tmp_path}/a.npz", "data.domains=[A, B]")
    assert said.endswith("data.domains gives pairs of images, which DCGAN is not fitted on.")


def test_a_path_takes_the_place_of_the_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("mine.npz", x=np.zeros((70, 12, 12, 1), "uint8"))
    for path in ("mine.npz", str(tmp_path / "mine.npz")):
        _, samples, complete = build(configs.read("dcgan_digits", [f"data.path={path}"]), "dcgan_digits")
        assert samples.shape == (12, 12, 1)
        assert complete.data.name.endswith("mine.npz")
    assert "There is no folder" in problem("dcgan_digits", "data.path=nowhere")
