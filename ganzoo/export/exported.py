"""An exported file with the methods of the model that it was made of: what is asked of a model can be asked of it."""

import json
import pathlib

import numpy as np

from ganzoo.bits import GREY_LEVEL, bits
from ganzoo.core.backend import row_noise
from ganzoo.core.generative import row_seeds
from ganzoo.core.labels import checked
from ganzoo.data.samples import check_values
from ganzoo.messages import refused_as

BATCH = 64
METHODS = {
    "generate": ("generate", "decode"),
    "encode": ("encode",),
    "reconstruct": ("reconstruct",),
    "log_prob": ("log_prob",),
    "bits_per_dim": ("log_prob",),
    "classify": ("classify",),
    "translate": ("translate_to_a", "translate_to_b"),
}


class Exported:
    """A SavedModel, a `.tflite` or an `.onnx` file.

    Of `generate`, `encode`, `reconstruct`, `log_prob`, `bits_per_dim`, `classify` and `translate`, as the model has
    them, it has those for which there are signatures in the file.

    Args:
        path: a file or the directory of a version, as for `ganzoo.export.load`.

    Attributes:
        record: the content of the parity record beside the file, {} where there is none.
        kind: what it is, in words.
        num_classes: of models that are told labels, from the record.

    Raises:
        ValueError: no such file, a damaged one, or one that needs the record for what the file itself does not say: an
            ONNX file's function, the prior of latent vectors, the number of classes.
    """

    def __init__(self, path):
        from ganzoo import export

        path = pathlib.Path(path)
        self.run = export.load(path)
        self._record_file = path / "parity.json" if path.is_dir() else path.with_name(f"{path.name}.json")
        with refused_as(f"{self._record_file} cannot be read as the record of an exported file"):
            self.record = json.loads(self._record_file.read_text()) if self._record_file.is_file() else {}
        self.kind = f"{path.suffix or 'SavedModel'} file of a {self.record.get('model', 'model')}"
        self.shapes = dict(self.run.shapes)
        self._calls = {name: name for name in self.shapes}
        if set(self.shapes) == {"serving_default"}:
            main = self._said("main", "which function it holds")
            self.shapes, self._calls = {main: self.shapes["serving_default"]}, {main: "serving_default"}
        for method, needed in METHODS.items():
            if any(name in self.shapes for name in needed):
                setattr(self, method, getattr(self, f"_{method}"))
        if hasattr(self, "generate"):
            self._prepare()

    def _prepare(self):
        """What drawing samples needs."""
        self._draws = "generate" if "generate" in self.shapes else "decode"
        if "labels" in self.shapes[self._draws]:
            self.num_classes = self._said("num_classes", "how many classes there are")
        if self._draws == "decode":
            from ganzoo import models

            name = self._said("model", "which prior its latent vectors have")
            if not hasattr(models, name):
                raise ValueError(f"{self._record_file} names the model {name!r}, of which no prior is known.")
            self._prior = getattr(models, name).prior

    def _said(self, key, what):
        if key not in self.record:
            raise ValueError(
                f"The file does not say {what}, and no record does: {self._record_file} was written with it."
            )
        return self.record[key]

    @property
    def targets(self):
        """The domains, "ab" or one of them, to which it translates."""
        return "".join(domain for domain in "ab" if f"translate_to_{domain}" in self.shapes)

    def _generate(self, n=None, *, labels=None, seed=0, seeds=None):
        seeds = row_seeds(n, seed, seeds)
        given = {"seed": seeds}
        if self._draws == "decode":
            noise = row_noise(seeds, tuple(self.shapes["decode"]["latent"]))
            given = {"latent": np.asarray(self._prior(noise), "float32")}
        if hasattr(self, "num_classes"):
            given["labels"] = self._classes(seeds % self.num_classes if labels is None else labels, len(seeds))
        made = self._samples(self._draws, given)
        return np.clip(made, -1, 1) if made.ndim == 4 else made

    def _classes(self, labels, rows):
        labels = checked(labels, self.num_classes, rows)
        if labels.ndim != 1:
            raise ValueError(
                f"labels must be integers of shape (n,): an exported file takes no attributes; got {labels.shape}."
            )
        return labels.astype("int32")

    def _encode(self, samples, *, seed=0, seeds=None):
        return self._outputs("encode", self._seeded("encode", samples, seed, seeds))["code"]

    def _reconstruct(self, samples, *, seed=0, seeds=None):
        return self._samples("reconstruct", self._seeded("reconstruct", samples, seed, seeds))

    def _log_prob(self, samples):
        return self._outputs("log_prob", self._given("log_prob", samples))["log_prob"]

    def _bits_per_dim(self, samples, *, seed=0):
        check_values(samples := np.asarray(samples))
        width = GREY_LEVEL if samples.ndim == 4 else 0.0
        u = width * (np.random.default_rng(seed).random(samples.shape, "float32") - 0.5)
        dequantised = np.clip(samples.astype("float32") + u, -1 - width / 2, 1 + width / 2) if width else samples
        found = self._outputs("log_prob", {self._sample("log_prob"): dequantised})["log_prob"]
        return bits(found, samples[0].size, width)

    def _classify(self, samples):
        return self._outputs("classify", self._given("classify", samples))["logits"]

    def _translate(self, images, to="b"):
        if to not in self.targets:
            raise ValueError(f"This {self.kind} translates to {' and '.join(self.targets)}; got to={to!r}.")
        return self._samples(f"translate_to_{to}", self._given(f"translate_to_{to}", images))

    def _seeded(self, name, samples, seed, seeds):
        """The samples, for an implicit encoder with the seeds of its noise."""
        given = self._given(name, samples)
        if "seed" in self.shapes[name]:
            given["seed"] = row_seeds(len(samples) if seeds is None else None, seed, seeds)
        return given

    def _given(self, name, samples):
        """What the signature is given: samples in the range that the model takes."""
        check_values(samples := np.asarray(samples))
        return {self._sample(name): samples}

    def _sample(self, name):
        """What the signature calls the samples that it takes."""
        return next(given for given in ("image", "sample") if given in self.shapes[name])

    def _samples(self, name, given):
        found = self._outputs(name, given)
        return next(found[output] for output in ("image", "sample") if output in found)

    def _outputs(self, name, given):
        """The outputs of a signature for any number of rows."""
        rows = len(next(iter(given.values())))
        given = {
            key: array if key in ("seed", "labels") else np.asarray(array, "float32") for key, array in given.items()
        }
        for key, array in given.items():
            shape = tuple(self.shapes[name][key])
            if array.shape[1:] != shape:
                raise ValueError(f"The data have the shape {array.shape[1:]}, and the file is made for {shape}.")
        parts = [
            self.run(self._calls[name], {key: array[first : first + BATCH] for key, array in given.items()})
            for first in range(0, rows, BATCH)
        ]
        return {output: np.concatenate([part[output] for part in parts]) for output in parts[0]}
