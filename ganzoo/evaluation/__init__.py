"""Scores of trained models: what fits the model, on what was asked for, each with its record."""

import pathlib

from ganzoo import data
from ganzoo.evaluation import families
from ganzoo.evaluation.families import Subject
from ganzoo.evaluation.log import ScoreLog
from ganzoo.evaluation.score import Score, read, write
from ganzoo.messages import did_you_mean
from ganzoo.metrics import features as extractors

__all__ = ["Score", "ScoreLog", "Subject", "evaluate", "read", "subject_of", "write"]


def subject_of(model, section, features=None, **named):
    """A model and what it is measured by.

    Args:
        model: of the zoo, or anything with some of its methods.
        section: the arguments of `data.read` that its data are read with; the splits "train" and "test" are.
        features: "pixels", the name or folder of a classifier's preset, the path of Inception's graph, or `Features`.
            By default the classifier of the data set where there is a preset of it, else pixels.
        **named: other arguments of `Subject`.

    Raises:
        ValueError: data that are not there or have no test split, unknown features.
    """
    train, test = (data.read(**section | {"split": split}) for split in ("train", "test"))
    name = section["name"]
    classifier = _classifier(name)
    if not isinstance(features, extractors.Features):
        features = _features(features, name, classifier)
    toy = data.toys.TOYS.get(name)
    known = toy and {key: value for key, value in section.items() if key in toy.__dataclass_fields__}
    return Subject(model, train, test, features, classifier, toy and toy(**known), **named)


def evaluate(subject, wanted=()):
    """The scores of a model.

    Args:
        subject: of `subject_of`.
        wanted: beginnings of the names of scores, such as "fid" or "frechet"; without any, all that fit the model.

    Returns:
        list of `Score`.

    Raises:
        ValueError: a score that does not fit the model, and which do.
    """
    found = {}
    for family in families.FAMILIES:
        found |= family(subject)
    for name in wanted:
        if not any(_is(name, score) for score in found):
            raise ValueError(
                f"The score {name!r} does not fit a {type(subject.model).__name__} measured by "
                f"{subject.features.name}; these do: {', '.join(found)}{did_you_mean(name, found)}"
            )
    return [_score(subject, name, value) for name, value in found.items() if not wanted or _any(wanted, name)]


def _any(wanted, name):
    return any(_is(one, name) for one in wanted)


def _is(wanted, name):
    """Whether the wanted score is this one: its name, or its name without the features."""
    return name == wanted or name.split("[")[0].split(" ")[0] == wanted


def _score(subject, name, value):
    from ganzoo.presets.folder import versions

    value, floor = value if isinstance(value, tuple) else (value, None)
    of_features = "[" in name or name in ("fid", "kid", "inception_score")
    features = subject.features
    return Score(
        name,
        float(value),
        getattr(value, "standard_error", None),
        None if floor is None else float(floor),
        real=min(len(subject.test), subject.n),
        fake=subject.n if hasattr(subject.model, "generate") else None,
        features={"name": features.name, "sha256": features.fingerprint, "resizing": features.resizing}
        if of_features
        else None,
        seed=subject.seed,
        averaged=bool(getattr(subject.model, "averages", None)),
        versions=versions(),
    )


def _classifier(name):
    """The classifier of a data set, where there is a preset of it."""
    from ganzoo import presets

    preset = f"classifier_{name}"
    return presets.from_preset(preset) if preset in presets.list() else None


def _features(asked, name, classifier):
    if asked is None:
        return extractors.of_classifier(classifier, f"{name}-classifier") if classifier else extractors.pixels()
    if asked == "pixels":
        return extractors.pixels()
    if pathlib.Path(asked).suffix in (".pb", ".tgz"):
        from ganzoo.metrics.inception_graph import inception

        address, _, sha256 = str(asked).partition("#")
        return inception(address, sha256 or None)
    from ganzoo import presets

    model = presets.from_preset(asked)
    if not hasattr(model, "features"):
        raise ValueError(f"features names {asked!r}, a {type(model).__name__}: give the preset of a Classifier.")
    return extractors.of_classifier(model, pathlib.Path(asked).name.replace("classifier_", "") + "-classifier")
