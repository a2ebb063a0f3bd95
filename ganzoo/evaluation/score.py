"""A score and all that one must know to compare it with another."""

import dataclasses
import json
import math
import pathlib

from ganzoo.files import replacing
from ganzoo.metrics import Estimate


@dataclasses.dataclass(frozen=True)
class Score:
    """One number about a model.

    Args:
        name: with the features in it, such as "frechet[mnist-classifier]".
        value: the score; None where it was not finite, which JSON does not know.
        standard_error: of the value, where it is known.
        floor: the same of as many training samples in place of the model's: nothing can be much better. Of
            label_agreement that of test samples, with their own labels; of memorisation 1/2.
        real, fake: how many samples of the data and of the model it was measured on; None of what it does not look at.
        split: of the data.
        features: {"name", "sha256", "resizing"} of the features, where it has some.
        seed: of the model's samples; the first one has the seed `seed` times as many as were drawn in all.
        averaged: whether the model's averaged weights were used.
        versions: of the packages that compute it.
    """

    name: str
    value: float | None
    standard_error: float | None = None
    floor: float | None = None
    real: int | None = None
    fake: int | None = None
    split: str = "test"
    features: dict | None = None
    seed: int = 0
    averaged: bool = False
    versions: dict = dataclasses.field(default_factory=dict)

    def __str__(self):
        return "not finite" if self.value is None else str(Estimate(self.value, self.standard_error))

    @property
    def real_against_real(self):
        """The floor as a text, empty where there is none."""
        return "" if self.floor is None else f"{self.floor:.4g}"


def write(scores, path, **about):
    """Writes scores as JSON, {**about, "scores": [...]}, in place of what is there."""
    content = about | {"scores": [dataclasses.asdict(score) for score in scores]}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(_finite(content), indent=1) + "\n")


def read(path):
    """The scores of a file that `write` wrote; none where there is no file.

    Raises:
        ValueError: a file that holds something else.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return []
    try:
        return [Score(**record) for record in json.loads(path.read_text())["scores"]]
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"{path} holds no scores of `ganzoo evaluate` ({error}).") from error


def _finite(content):
    """JSON knows no NaN."""
    if isinstance(content, dict):
        return {name: _finite(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
