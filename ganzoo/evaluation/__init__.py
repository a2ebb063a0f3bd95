"""Scores of trained models: what fits the model, on what was asked for, each with its record."""

import functools
import pathlib
import warnings

from ganzoo import data
from ganzoo.evaluation import families
from ganzoo.evaluation.log import ScoreLog, kept
from ganzoo.evaluation.score import Score, read, write
from ganzoo.evaluation.subject import Subject
from ganzoo.messages import did_you_mean, refused_as
from ganzoo.metrics import features as extractors
from ganzoo.metrics.checks import TooFew

__all__ = ["Score", "ScoreLog", "Subject", "evaluate", "fitting", "kept", "read", "subject_of", "write"]


def subject_of(model, section, features=None, **named):
    """A model and what it is measured by.

    Args:
        model: of the zoo, or anything with some of its methods.
        section: the arguments of `data.read` that its data are read with; the splits "train" and "test" are.
        features: "pixels", the name or folder of a classifier's preset, a .keras file of any network, the path or
            address of Inception's graph with `#SHA256` behind it, or `Features`. By default the classifier of the data
            set where there is a preset of it for such samples, else pixels.
        **named: other arguments of `Subject`.

    Raises:
        ValueError: data that are not there, unknown features, or features of vectors.
    """
    train = data.read(**section | {"split": "train"})
    name = section["name"]
    if len(train.shape) == 1 and features not in (None, "pixels"):
        raise ValueError(f"features are of images, and {name} holds vectors: leave them out; got {features!r}.")
    classifier = _classifier(name, train.shape)
    if not isinstance(features, extractors.Features):
        features = _features(features, name, classifier)
    toy = data.toys.TOYS.get(name)
    known = toy and {key: value for key, value in section.items() if key in toy.__dataclass_fields__}
    test = functools.partial(data.read, **section | {"split": "test"})
    return Subject(model, train, test, features, classifier, toy and toy(**known), **named)


def evaluate(subject, wanted=()):
    """The scores of a model.

    Args:
        subject: of `subject_of`.
        wanted: names of scores, whole or without the features, such as "fid" or "frechet"; without any, all that fit
            the model.

    Returns:
        list of `Score`. A warning says which are left out because there are too few samples for them.

    Raises:
        ValueError: a score that does not fit the model, and which do; data that have no test split; too few samples
            for all of the scores.
    """
    found = fitting(subject)
    for name in wanted:
        if not any(_is(name, score) for score in found):
            raise ValueError(
                f"The score {name!r} does not fit a {_kind(subject.model)} measured by "
                f"{subject.features.name}; these do: {', '.join(found)}{did_you_mean(name, found)}"
            )
    asked = {name: one for name, one in found.items() if not wanted or any(_is(each, name) for each in wanted)}
    return _measured(subject, asked)


def fitting(subject):
    """The scores that fit a model: {name: function that measures it, a `families.Found`}."""
    found = {}
    for family in families.FAMILIES:
        found |= family(subject)
    return found


def _measured(subject, found):
    """The scores that there are enough samples for; the others in a warning, by what they lack."""
    scores, without = [], {}
    for name, measure in found.items():
        try:
            scores.append(_score(subject, name, measure()))
        except TooFew as error:
            without.setdefault(str(error).rstrip("."), []).append(name)
    said = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in without.items())
    if without and not scores:
        raise ValueError(f"There are too few samples for {said}.")
    if without:
        warnings.warn(f"Left out, as there are too few samples: {said}.", stacklevel=3)
    return scores


def _is(wanted, name):
    """Whether the wanted score is this one: its name, or its name without the features."""
    return name == wanted or name.split("[")[0].split(" ")[0] == wanted


def _kind(model):
    return getattr(model, "kind", type(model).__name__)


def _score(subject, name, found):
    of_features = "[" in name or name in ("fid", "kid", "inception_score")
    features = subject.features
    return Score(
        name,
        float(found.value),
        getattr(found.value, "standard_error", None),
        None if found.floor is None else float(found.floor),
        real=found.real,
        fake=found.fake,
        features={"name": features.name, "sha256": features.fingerprint, "resizing": features.resizing}
        if of_features
        else None,
        seed=subject.seed,
        averaged=subject.averaged,
        versions=_versions(),
    )


def _versions():
    import scipy
    import sklearn

    from ganzoo.presets.folder import versions

    return versions() | {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__}


def _classifier(name, shape):
    """The classifier of a data set, where there is a preset of it for samples of that shape."""
    from ganzoo import presets

    preset = f"classifier_{name}"
    found = presets.from_preset(preset) if presets.within_reach(preset) else None
    return found if found and tuple(found.body.input_shape[1:]) == tuple(shape) else None


def _features(asked, name, classifier):
    if asked is None and classifier:
        return extractors.of_classifier(classifier, f"{name}-classifier")
    if asked in (None, "pixels"):
        return extractors.pixels()
    address, _, sha256 = str(asked).partition("#")
    if pathlib.Path(address).suffix in (".pb", ".tgz"):
        from ganzoo.metrics.inception_graph import inception

        return inception(address, sha256 or None)
    if pathlib.Path(asked).suffix == ".keras":
        return _of_file(pathlib.Path(asked))
    from ganzoo import presets

    model = presets.from_preset(asked)
    if not hasattr(model, "features"):
        raise ValueError(f"features names {asked!r}, a {type(model).__name__}: give the preset of a Classifier.")
    return extractors.of_classifier(model, pathlib.Path(asked).name.replace("classifier_", "") + "-classifier")


def _of_file(path):
    """The features of a classifier, or of any Keras model, in a file."""
    import keras

    import ganzoo.models  # noqa: F401 - registers the classes
    from ganzoo.safety import check_archive

    with refused_as(f"{path} cannot be read as a Keras model"):
        check_archive(path)
        model = keras.saving.load_model(path, safe_mode=True)
    return (extractors.of_classifier if hasattr(model, "features") else extractors.of_network)(model, path.stem)
