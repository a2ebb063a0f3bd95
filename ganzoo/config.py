"""Configs: YAML files that hold a training run, validated against the constructors that they are for.

    model:       {class: WGANGP, ...}           arguments of the class
    networks:    {latent_dim: 64, ...}          arguments of its `for_images` or `for_vectors`, as the data ask; or
                 {generator: [layer, ...], ...} networks of your own, layer by layer (see `ganzoo.stacks`)
    optimizers:  {critic: {class: Adam, ...}}   arguments of the Keras optimizer; a schedule is such a mapping as well
    data:        {name: mnist, ...}             arguments of `ganzoo.data.read`
    training:    {epochs: 10, ...}              see `Training`
    health:      {on_failure: roll_back, ...}   see `Health`
    evaluation:  {every_rounds: 1000, ...}      see `Evaluation`

A config holds only what differs from the defaults; `complete` gives it whole.
"""

import inspect
import pathlib
import re
import typing

import pydantic
import yaml

from ganzoo.catalog import SUFFIX, shipped
from ganzoo.messages import did_you_mean, unknown_key

LEAVES = bool | int | float | str | list | dict | None


class _Loader(yaml.SafeLoader):
    """YAML with the numbers of YAML 1.2: 1e-3 is a number, where PyYAML alone reads a string."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


class Training(pydantic.BaseModel, extra="forbid", strict=True):
    """How long, and from which seed. `samples` is the size of the fixed latent batch that is drawn each epoch,
    `average` the decay of the average of the generator's weights.

    The model is saved after each epoch, and within one at the latest `checkpoint_minutes` or `checkpoint_rounds` after
    the last time; the newest `keep_checkpoints` are kept.
    """

    epochs: pydantic.PositiveInt
    batch_size: pydantic.PositiveInt = 64
    seed: pydantic.NonNegativeInt = 0
    steps_per_epoch: pydantic.PositiveInt | None = None
    samples: pydantic.PositiveInt = 64
    average: float | None = pydantic.Field(default=None, gt=0, lt=1)
    jit_compile: bool = False
    keep_checkpoints: pydantic.PositiveInt = 3
    checkpoint_minutes: pydantic.PositiveFloat | None = 10.0
    checkpoint_rounds: pydantic.PositiveInt | None = None

    @property
    def for_fit(self):
        """The arguments of `fit`."""
        return {"batch_size": self.batch_size, "epochs": self.epochs, "steps_per_epoch": self.steps_per_epoch}


class Health(pydantic.BaseModel, extra="forbid", strict=True):
    """What `ganzoo train` does where the training fails (see `ganzoo.health`).

    `roll_back` goes back to the end of the last healthy epoch, or to the start, and multiplies all learning rates by
    `learning_rate_factor`; after so many `roll_backs` it stops. `stop` stops at once, `warn` goes on.
    """

    on_failure: typing.Literal["roll_back", "stop", "warn"] = "roll_back"
    roll_backs: pydantic.PositiveInt = 4
    learning_rate_factor: float = pydantic.Field(default=0.3, gt=0, lt=1)


class Evaluation(pydantic.BaseModel, extra="forbid", strict=True):
    """Scores every so many rounds of the training and after the last (`ganzoo.evaluation.ScoreLog`); by default none.

    `samples` of the model each time, in the `features` of `ganzoo evaluate`.
    """

    every_rounds: pydantic.PositiveInt | None = None
    samples: pydantic.PositiveInt = 2000
    features: str | None = None


class ModelSection(pydantic.BaseModel, extra="allow", strict=True):
    """The class and its arguments."""

    class_name: str = pydantic.Field(alias="class")


class DataSection(pydantic.BaseModel, extra="allow", strict=True):
    """The arguments of `ganzoo.data.read`; `path`, to a folder or an .npz file, takes the place of `name`."""

    name: str

    @pydantic.model_validator(mode="before")
    @classmethod
    def _path_for_name(cls, content):
        if not isinstance(content, dict) or not isinstance(content.get("path"), str):
            return content
        path = content["path"] if content["path"].startswith((".", "/", "~")) else f"./{content['path']}"
        return {key: value for key, value in content.items() if key != "path"} | {"name": path}


class Config(pydantic.BaseModel, extra="forbid"):
    """One training run."""

    model: ModelSection
    networks: dict[str, object] = {}
    optimizers: dict[str, dict[str, object]] = {}
    data: DataSection
    training: Training
    health: Health = Health()
    evaluation: Evaluation = Evaluation()

    def sections(self):
        """The config as plain mappings."""
        return self.model_dump(by_alias=True)


def find(name):
    """The path of a config: a file, or the name of a shipped one, with or without `zoo_configs/` and `.yaml`."""
    path = pathlib.Path(name)
    if path.is_file():
        return path
    if path.stem in shipped() and path.parent.name in ("", "zoo_configs") and path.suffix in ("", SUFFIX):
        return shipped()[path.stem]
    raise ValueError(f"There is no config {name!r}, as a file or a shipped one{did_you_mean(path.stem, shipped())}")


def read(name, overrides=()):
    """The validated config of a file or a shipped name.

    Args:
        name: as for `find`.
        overrides: strings `section.key=value`, the value in YAML.

    Raises:
        ValueError: no such config, no YAML, a missing or unknown key, a value of the wrong type; one sentence that
            names the path of the key, and the nearest known name.
    """
    path = find(name)
    try:
        content = yaml.load(path.read_text(), _Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not readable as YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no mapping of sections; it needs model, data and training.")
    return validated(content, str(path), overrides)


def validated(content, source, overrides=()):
    """The `Config` of plain mappings; `source` is where they came from, for messages. Otherwise as `read`."""
    for override in overrides:
        content = _overridden(content, override)
    return _validated(Config, content, source, ())


def _overridden(content, override):
    """The mappings with one value replaced. Those on the way to it are copied: an alias in YAML is one mapping in two
    places, of which only one is meant."""
    key, equals, value = override.partition("=")
    *sections, last = key.split(".")
    if not equals or not sections or not all([*sections, last]):
        raise ValueError(f"--set takes section.key=value, such as training.epochs=3; got {override!r}.")
    content = inner = dict(content)
    for section in sections:
        outer, inner = inner, inner.get(section, {})
        if not isinstance(inner, dict):
            raise ValueError(f"--set {override}: {section} is a value, not a section.")
        outer[section] = inner = dict(inner)
    try:
        inner[last] = yaml.load(value, _Loader)
    except yaml.YAMLError:
        raise ValueError(f"--set {override}: {value!r} is not readable as YAML.") from None
    return content


def _validated(model, content, source, path):
    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        problems = error.errors(include_url=False)
    # A misspelt key may also be a missing one, and its nearest known name is the better help.
    problem = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    where = ".".join(map(str, (*path, *problem["loc"])))
    if problem["type"] == "extra_forbidden":
        for name in problem["loc"][:-1]:
            model = model.model_fields[name].annotation
        known = [field.alias or name for name, field in model.model_fields.items()]
        raise ValueError(unknown_key(source, (*path, *problem["loc"]), known))
    if problem["type"] == "missing":
        raise ValueError(f"{source}: {where} is missing.")
    raise ValueError(f"{source}: {where} is {problem['input']!r}: {problem['msg'][:1].lower()}{problem['msg'][1:]}.")


def arguments(function, content, source, path):
    """The keyword arguments in `content`, validated against the signature of `function`, its defaults filled in.

    Where the signature is not annotated, the default gives the type. Keras objects are taken as they are.

    Raises:
        ValueError: an unknown or missing argument, or a value of the wrong type; one sentence that names the path of
            the key.
    """
    fields = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        kind = type(default) if parameter.annotation is parameter.empty else parameter.annotation
        checked = isinstance(content.get(name), LEAVES) and kind not in (type(...), type(None))
        fields[name] = (kind if checked else object, default)
    settings = {"extra": "forbid", "strict": True, "arbitrary_types_allowed": True, "protected_namespaces": ()}
    model = pydantic.create_model("Arguments", __config__=settings, **fields)
    return dict(_validated(model, content, source, path))
