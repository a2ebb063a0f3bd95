"""A monitor of the training's health, for `fit` in plain Keras scripts as well as in `ganzoo train`.

    gan.fit(images, callbacks=[HealthMonitor(images)])

It looks at the training after the first round, then every few rounds and at the end of each epoch: at the mean losses
that `fit` knows, and at the samples of one fixed latent batch, or the translations of fixed images. It consumes none
of the training's noise and changes nothing. What it knows is saved in checkpoints (`Checkpoints(..., health=monitor)`),
so that a training that is gone on with fails or does not fail as one that was never interrupted.
"""

import itertools
import sys

import keras
import numpy as np

from ganzoo import symptoms
from ganzoo.data.samples import Samples, as_network_input, spread


class TrainingFailed(Exception):
    """The training has failed.

    Args:
        failure: the record of it, as in `HealthMonitor.failures`.
        end: what the message says after the failure and its remedy.
    """

    def __init__(self, failure, end=""):
        super().__init__(f"{sentence(failure)}{end}")
        self.failure = failure


def sentence(failure):
    """Where the training failed, what was seen and what usually helps."""
    where = f"round {failure['round']} of epoch {failure['epoch']}"
    return f"Failure in {where}: {failure['seen']}. The usual remedy: {failure['remedy']}."


class HealthMonitor(keras.callbacks.Callback):
    """Says in one sentence what goes wrong in a training, and what usually helps; see `ganzoo.symptoms` for the limits.

    Attributes: `failures`, the records of what was found so far, each {symptom, epoch, round, seen, remedy,
    action}; `refuge`, the number of epochs after which the training was last healthy, None before that.

    Args:
        data: what the model is trained on: an array or `ganzoo.data.Samples`, which also give the scale of losses and
            samples, or any data set of `fit`. It is looked through for NaN where the losses are not finite.
        on_failure: "stop" raises `TrainingFailed`; "warn" says it and goes on.
        every: rounds from one look to the next.
        patience: rounds for which a symptom must last; NaN and infinity are a failure at once.
        samples: size of the fixed latent batch, its seeds 0, 1, 2 ..., or number of the images that are translated. A
            model that is told labels is told one for all of them, the data's most frequent: samples that differ by
            their classes alone are those of a generator that ignores its latent vectors.
        say: function that is given the sentence of a warning; the default prints to standard error.

    Raises:
        ValueError: an unknown `on_failure`.
    """

    def __init__(self, data=None, on_failure="stop", every=100, patience=500, samples=32, say=None):
        super().__init__()
        if on_failure not in ("stop", "warn"):
            raise ValueError(f"on_failure must be 'stop' or 'warn'; got {on_failure!r}.")
        self.data, self.on_failure, self.every, self.patience, self.samples = data, on_failure, every, patience, samples
        self.say = say or (lambda sentence: print(sentence, file=sys.stderr))
        self.failures, self.refuge = [], None
        self._restored = None

    # --- looking -----------------------------------------------------------------------------------------------------

    def on_train_begin(self, logs=None):
        model = self.model
        self._label, places = _one_label(model, self.data)
        size, diversity = _scale(self.data, self.samples, places)
        self._images = spread(_arrays(self.data)[1], self.samples) if self._translates() else None
        self.symptoms = [
            symptoms.NotFinite(self.patience),
            symptoms.Exploding(self.patience, size),
            symptoms.Saturated(self.patience, getattr(model, "cross_entropy_adversaries", ())),
            symptoms.Collapsing(self.patience, diversity),
        ]
        self._first = getattr(model, "initial_round", 0)
        self._at_once = getattr(model, "steps_per_execution", 1)
        self._looked, self._means = 0, {}
        if self._restored:
            self._recall(self._restored)
        else:
            self.failures, self.refuge = [], None
        self._restored = None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._done = self._first

    def on_train_batch_begin(self, batch, logs=None):
        """Looks at the rounds before. Keras calls this hook without waiting for a round; the one after it would."""
        self._done = self._first + batch
        due = self._done // self.every > self._looked // self.every
        if due or (self._done and not self._looked and not self._epoch):
            self._look(self.model.get_metrics_result())
        self._done += self._at_once

    def on_epoch_end(self, epoch, logs=None):
        rounds = self.params.get("steps")
        self._done = min(self._done, rounds) if rounds else self._done
        if self._done > self._looked:
            self._look(logs or {})
        if not any(symptom.lasting for symptom in self.symptoms):
            self.refuge = epoch + 1
        self._first = self._looked = 0
        self._means = {}

    def _look(self, logs):
        """One look at the rounds since the last one, of which `logs` hold the means since the start of the epoch."""
        rounds, done, before = self._done - self._looked, self._done, self._looked
        means = {name: float(np.mean(value)) for name, value in logs.items() if _is_loss(name)}
        losses = {name: (mean * done - self._means.get(name, 0.0) * before) / rounds for name, mean in means.items()}
        self._looked, self._means = done, means
        sight = symptoms.Sight(rounds, losses, self._samples())
        for symptom in self.symptoms:
            if seen := symptom.look(sight):
                self._fail(symptom, seen)

    def _samples(self):
        model = self.model
        moving = {"averaged": False} if getattr(model, "averages", None) else {}  # the average lags behind
        if hasattr(model, "generate"):
            told = {} if self._label is None else {"labels": np.array([self._label] * self.samples)}
            return model.generate(self.samples, seed=0, **told, **moving)
        # To domain a, since that is the one whose scale the first of the data's arrays gives.
        return None if self._images is None else model.translate(self._images, to="a", **moving)

    def _translates(self):
        return hasattr(self.model, "translate") and len(_arrays(self.data) or ()) == 2

    def _fail(self, symptom, seen):
        name, remedy = type(symptom).__name__, symptom.remedy
        if name == "NotFinite" and _holds_nan(self.data, self.params.get("steps")):
            name, seen = "Data", f"{seen}, and the data hold NaN or infinity"
            remedy = "repair those samples or leave them out; going back to a checkpoint cannot help"
        stop = self.on_failure == "stop"
        failure = {"symptom": name, "epoch": self._epoch + 1, "round": self._done, "seen": seen, "remedy": remedy}
        self.failures.append(failure | {"action": "stopped" if stop else "warned"})
        if stop:
            raise TrainingFailed(self.failures[-1])
        self.say(sentence(failure))

    # --- remembering -------------------------------------------------------------------------------------------------

    @property
    def memory(self):
        """All that it knows between two rounds, as JSON."""
        return {
            "looked": self._looked,
            "means": self._means,
            "symptoms": {type(symptom).__name__: symptom.memory for symptom in self.symptoms},
            "label": self._label,
            "refuge": self.refuge,
            "failures": self.failures,
        }

    def restore(self, memory):
        """Makes the next `fit` go on with the `memory` of a training that was interrupted; None for none."""
        self._restored = memory

    def _recall(self, memory):
        self._looked, self._means = memory.get("looked", 0), memory.get("means", {})
        self.refuge, self.failures = memory.get("refuge"), list(memory.get("failures", ()))
        remembered = dict(memory.get("symptoms", {}))
        if memory.get("label") != self._label:  # how diverse those of another, or of all, were says nothing
            remembered.pop("Collapsing", None)
        for symptom in self.symptoms:
            symptom.memory = remembered.get(type(symptom).__name__, {})


def _is_loss(name):
    return name.endswith("loss") and not name.startswith("val_")


def _arrays(data):
    """The arrays of data in memory, else None."""
    if isinstance(data, Samples):
        return data.arrays
    arrays = data if isinstance(data, tuple | list) else (data,)
    if not all(hasattr(array, "shape") and hasattr(array, "dtype") for array in arrays):
        return None
    return tuple(np.asarray(array) for array in arrays)


def _one_label(model, data):
    """(the label of the fixed latent batch, as JSON, the places of the data's samples that have it).

    It is the most frequent label, class 0 where the data's are not known, None of a model that is told none. The places
    are None where they are those of all.
    """
    if not (hasattr(model, "generate") and hasattr(model, "num_classes")):
        return None, None
    arrays = _arrays(data) or ()
    if len(arrays) < 2:
        return 0, None
    labels, of_each, counts = np.unique(arrays[1], axis=0, return_inverse=True, return_counts=True)
    return labels[counts.argmax()].tolist(), np.flatnonzero(of_each == counts.argmax())


def _scale(data, n, places=None):
    """(mean Euclidean norm of n samples spread evenly over the data, diversity of n of those at `places`).

    (None, None) where nobody knows: a `tf.data.Dataset` is not asked, since to begin an iteration can change the order
    of the next.
    """
    arrays = _arrays(data)
    if not arrays:
        return None, None
    rows = _spread_rows(arrays[0], np.arange(len(arrays[0])), n)
    alike = rows if places is None else _spread_rows(arrays[0], places, n)
    if not (len(rows) and len(alike)):
        return None, None
    return float(np.linalg.norm(rows, axis=1).mean()), symptoms.diversity(alike)


def _spread_rows(array, places, n):
    """n rows spread evenly over those at `places`, float64 of shape (n, d), without what is not finite."""
    rows = as_network_input(array[spread(places, n)])
    rows = rows.reshape(len(rows), -1).astype("float64")
    return rows[np.isfinite(rows).all(axis=1)]


def _holds_nan(data, rounds):
    """Whether the data hold NaN or infinity; data without an end are looked at for `rounds` minibatches."""
    if data is None:
        return False
    minibatches = [_arrays(data)] if _arrays(data) else _minibatches(data, rounds)
    leaves = (np.asarray(leaf) for minibatch in minibatches for leaf in keras.tree.flatten(minibatch))
    return any(np.issubdtype(leaf.dtype, np.floating) and not np.isfinite(leaf).all() for leaf in leaves)


def _minibatches(data, rounds):
    if isinstance(data, keras.utils.PyDataset):
        return (data[index] for index in range(len(data)))
    endless = hasattr(data, "cardinality") and int(data.cardinality()) == -1
    return itertools.islice(data, rounds if endless else None)
