"""A model, and what it is measured by."""

import copy
import dataclasses
import functools

from ganzoo.evaluation import sampled
from ganzoo.metrics.features import Features


@dataclasses.dataclass
class Subject:
    """A model and what it is measured by.

    Args:
        model: of the zoo, an exported file, or anything with some of their methods.
        train: the training split of its data, as `data.read` gives it.
        read_test: function that gives the test split, when it is first asked for: in a training it is not.
        features: of images.
        classifier: a `ganzoo.models.Classifier` of the data, or None.
        density: of a toy, or None.
        n: samples of the model, no more than there are training samples, which are to stand in its place; as many at
            most are taken of the test split.
        seed: of the samples.
        track: shows progress, as for `sampled.of_model`.
        averaged: whether the weights are averages; by default as the model says.
    """

    model: object
    train: object
    read_test: object
    features: Features
    classifier: object = None
    density: object = None
    n: int = 10_000
    seed: int = 0
    track: object = lambda iterable, description, total: iterable
    averaged: bool | None = None

    def __post_init__(self):
        if self.averaged is None:
            self.averaged = bool(getattr(self.model, "averages", None))

    @functools.cached_property
    def test(self):
        return self.read_test()

    def drawn(self, n=None):
        """n samples of the model as it is now; of a conditional one with labels distributed as the data's."""

        def generate(seeds):
            if self._labels is None:
                return self.model.generate(seeds=seeds)
            return self.model.generate(seeds=seeds, labels=self._labels[seeds % len(self._labels)])

        return sampled.of_model(generate, self.features, n or self.n, self.seed, self.track)

    @functools.cached_property
    def _labels(self):
        """The training split's labels in an order by chance; None where the model, or the data, know none."""
        labels = self.train.arrays[1:] if getattr(self.model, "num_classes", None) else ()
        return labels[0][sampled.drawn(len(self.train), len(self.train))] if labels else None

    @functools.cached_property
    def fake(self):
        """Samples of the model, as many as of `floor`: the bias of a distance depends on their number."""
        return self.drawn(min(self.n, len(self.train)))

    @functools.cached_property
    def real(self):
        return sampled.of_data(self.test, self.features, self.n, "real samples", self.track)

    @functools.cached_property
    def floor(self):
        """Training samples, which stand for the best that a model can do."""
        return sampled.of_data(self.train, self.features, self.n, "training samples", self.track)

    @property
    def generates(self):
        return hasattr(self.model, "generate")

    @property
    def makes_images(self):
        return self.generates and len(self.train.shape) == 3

    def held_out(self, n):
        """n test samples, drawn without repetition, all where there are fewer: (samples, their labels or None)."""
        taken = self.test.take(sampled.drawn(len(self.test), n))
        return taken if isinstance(taken, tuple) else (taken, None)

    def of(self, model, averaged=None):
        """The same measured of another model of the data, whose statistics are kept."""
        other = copy.copy(self)
        other.__dict__.pop("fake", None)
        other.model, other.averaged = model, averaged
        other.__post_init__()
        return other
