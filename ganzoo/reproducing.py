"""What `ganzoo reproduce` does: trains a preset's config again, or scores its weights again, and compares."""

import dataclasses
import math

from ganzoo import config as configs
from ganzoo import evaluation, presets, scoring
from ganzoo.messages import warnings_in_a_line

DRIFT = 1e-3  # of a score that is measured again, relative: other machines round otherwise


def config_of(name, overrides=()):
    """(metadata, the training config) of a preset.

    Args:
        name: as for `presets.find`.
        overrides: strings `data.key=value`, such as where the data lie; the rest is the preset's.

    Raises:
        ValueError: no such preset, one without config or scores, other overrides.
    """
    metadata = presets.read_metadata(presets.find(name))
    if not metadata.get("config") or not metadata.get("scores"):
        raise ValueError(f"{name} does not say how it was trained and scored, so that it cannot be reproduced.")
    if others := [override for override in overrides if not override.startswith("data.")]:
        raise ValueError(f"--set {others[0]} would train another model; only data.* can be set, such as data.download.")
    return metadata, configs.validated(metadata["config"], str(name), overrides)


def check_measurable(name, metadata, config):
    """ValueError where the score that a preset stands for cannot be measured here, such as without its classifier."""
    released = presets.headline(metadata["scores"])["name"]
    fitting = evaluation.fitting(evaluation.subject_of(presets.from_preset(name), config.sections()["data"]))
    if released not in fitting:
        features = released.partition("[")[2].partition("-classifier]")[0]
        fetch = f"; fetch it by `ganzoo download classifier_{features}`" if features else ""
        raise ValueError(f"The score of {name}, {released}, cannot be measured here{fetch}.")


def verdict(name, metadata, scores):
    """Whether the score of another training lies within the preset's tolerance, as (bool, sentence).

    Args:
        metadata: of the preset.
        scores: the `evaluation.Score`s of the other training.
    """
    released = presets.headline(metadata["scores"])
    value = next(score.value for score in scores if score.name == released["name"])
    said = f"{name}: {released['name']} is {value:.5g}, and was {released['value']:.5g} of the released weights"
    tolerance = metadata.get("tolerance")
    if not tolerance:
        return True, f"{said}; the preset states no tolerance."
    inside = tolerance["low"] <= value <= tolerance["high"]
    where = f"{tolerance['low']:.5g} to {tolerance['high']:.5g}"
    return inside, f"{said}: {'within' if inside else 'outside of'} {where} ({tolerance['basis']})."


def check(name, overrides=(), track=None):
    """Scores the weights of a preset again.

    Returns:
        (the scores, sentences about those that are not what the preset says).
    """
    metadata, config = config_of(name, overrides)
    model, section = presets.from_preset(name), config.sections()["data"]
    scores = rescored(model, section, metadata["samples"], bool(config.training.average), track)
    return scores, differences(metadata["scores"], [dataclasses.asdict(score) for score in scores])


def rescored(model, section, n, averaged, track=None):
    """The scores of a model on the data of a config's section; a preset has no weights beside its averages."""
    options = {"n": n, "averaged": averaged} | ({"track": track} if track else {})
    with warnings_in_a_line():
        return evaluation.evaluate(evaluation.subject_of(model, section, **options))


def differences(released, again):
    """Sentences about the records that are not the same, beyond rounding and the standard error."""
    found, again = [], {score["name"]: score["value"] for score in again}
    for score in released:
        value = again.get(score["name"], math.nan)
        slack = score["standard_error"] or DRIFT
        if not math.isclose(value, score["value"], rel_tol=DRIFT, abs_tol=slack):
            found.append(f"{score['name']} is {value:.6g} and was {score['value']:.6g}")
    return found


def of_run(run, metadata, track=None):
    """The scores of another training, measured as those of the preset, its final or its best model."""
    best = metadata["weights"] == "best"
    return scoring.score(run.directory, n=metadata["samples"], best=best, track=track)[0]
