"""How a failing training shows: four symptoms, each a measure of what one look at the training sees.

A symptom's severity is a number that is below 1 in a healthy training. It counts as a failure when it has been 1 or
more in every look of the last `patience` rounds, so that no dip or spike does. What a symptom remembers from look to
look is plain JSON, for checkpoints. `python tools/health.py` measures how far from the limits the zoo's own trainings
stay.
"""

import abc
import math
import typing

import numpy as np


class Sight(typing.NamedTuple):
    """What one look sees.

    `rounds` is the number of rounds since the look before, `losses` {name: mean over these rounds}, `samples` those of
    the fixed latent batch, of shape (n, ...), or None of a model that generates none.
    """

    rounds: int
    losses: dict
    samples: np.ndarray | None


class Symptom(abc.ABC):
    """Abstract. A concrete symptom has a `remedy`, the usual one, and says how severe it is.

    Args:
        patience: for how many rounds it must last.
    """

    remembered = ("lasting",)

    def __init__(self, patience):
        self.patience = patience
        self.lasting = 0

    @abc.abstractmethod
    def severity(self, sight):
        """(severity, what is seen, as a clause with its figures)."""

    def look(self, sight):
        """What is seen, in the one look at which the symptom has lasted long enough, else None."""
        severity, seen = self.severity(sight)
        before, self.lasting = self.lasting, self.lasting + sight.rounds if severity >= 1 else 0
        return seen if before < self.patience <= self.lasting else None

    @property
    def memory(self):
        """What it remembers: {attribute: JSON}."""
        return {name: getattr(self, name) for name in self.remembered}

    @memory.setter
    def memory(self, remembered):
        for name, value in remembered.items():
            setattr(self, name, value)


class NotFinite(Symptom):
    """NaN or infinity in a loss or a sample: at once, whatever the patience, since it never goes away."""

    remedy = "lower learning rates, and a look at the data and at what the loss divides by or takes the logarithm of"

    def __init__(self, patience):
        super().__init__(patience=1)

    def severity(self, sight):
        found = [loss_of(name) for name, loss in sight.losses.items() if not math.isfinite(loss)]
        if sight.samples is not None and not np.isfinite(sight.samples).all():
            found.append("a sample of the fixed latent batch")
        return (math.inf if found else 0.0), f"{' and '.join(found)} {'are' if len(found) > 1 else 'is'} not finite"


class Saturated(Symptom):
    """A discriminator that tells real from fake without a doubt, so that the generator learns nothing.

    Its loss is the cross-entropy -E[log D(x)] - E[log(1 - D(G(z)))], which bounds E[D(G(z))] from above; the gradient
    of E[log(1 - D(G(z)))] is proportional to D(G(z)) and vanishes with it, and that of -E[log D(G(z))] is then unstable
    (Arjovsky and Bottou, "Towards Principled Methods for Training GANs", 2017, arXiv:1701.04862, theorems 2.4 and 2.6).
    It shows where the loss is below LOSS. A Wasserstein critic knows no such state, and least squares none by its loss.

    Args:
        players: names of those whose loss is such a cross-entropy.
    """

    LOSS = 1e-3
    remedy = "a discriminator with a lower learning rate or noise on its inputs, or a Wasserstein distance (WGANGP)"

    def __init__(self, patience, players):
        super().__init__(patience)
        self.players = players

    def severity(self, sight):
        losses = {name: sight.losses[f"{name}_loss"] for name in self.players if f"{name}_loss" in sight.losses}
        if not losses:
            return 0.0, ""
        name = min(losses, key=losses.get)
        seen = f"the {name} is saturated, its loss {losses[name]:.2g}: it no longer teaches the generator"
        return self.LOSS / max(losses[name], 1e-30), seen


class Exploding(Symptom):
    """A loss whose magnitude is out of all proportion: weights, or a penalty on gradients, grow without bound.

    The losses are what `fit` knows already, and a critic's holds its penalty, the only part of it that is large and
    positive; norms of gradients would cost another pass. What is usual is the median of the magnitudes of the last
    KEPT looks that were healthy, and at least the norm of a sample and the number of its values: the distance that a
    critic with slopes of 1 measures is of the former size, a log-likelihood of the latter. It shows from FACTOR times
    that on.

    Args:
        size: mean Euclidean norm of the data's samples, where they are known.
    """

    FACTOR = 100.0
    KEPT = 40
    remembered = ("lasting", "healthy")
    remedy = "lower learning rates, or a smaller step of the critic alone where its penalty grows"

    def __init__(self, patience, size=None):
        super().__init__(patience)
        self.size = size or 0.0
        self.healthy = {}

    def severity(self, sight):
        worst, seen = 0.0, ""
        values = 1 if sight.samples is None else sight.samples[0].size
        for name, loss in sight.losses.items():
            if not math.isfinite(loss):
                continue  # another symptom's matter
            healthy = self.healthy.get(name, [])
            usual = max([self.size, values, *([float(np.median(healthy))] if healthy else [])])
            ratio = abs(loss) / (self.FACTOR * usual)
            if ratio < 1:
                self.healthy[name] = [*healthy, abs(loss)][-self.KEPT :]
            if ratio >= worst:
                worst, seen = ratio, f"{loss_of(name)} explodes: {loss:.2g}, where {usual:.2g} is usual"
        return worst, seen


class Collapsing(Symptom):
    """The samples of the fixed latent batch draw together: the generator makes one and the same of different latents.

    Their diversity is the mean Euclidean distance of two of them. It shows where that falls below SHARE of the highest
    so far, or of the data's own where that is smaller, as samples may scatter widely at first. A generator that loses
    some modes and keeps others far apart does not show so.

    Args:
        of_data: the diversity of the data, where they are known.
    """

    SHARE = 0.1
    remembered = ("lasting", "highest")
    remedy = "lower learning rates, larger minibatches, or a Wasserstein distance (WGANGP)"

    def __init__(self, patience, of_data=None):
        super().__init__(patience)
        self.of_data = math.inf if of_data is None else of_data
        self.highest = 0.0

    def severity(self, sight):
        if sight.samples is None or not np.isfinite(sight.samples).all():
            return 0.0, ""
        now = diversity(sight.samples)
        self.highest = max(self.highest, now)
        reference = min(self.highest, self.of_data)
        seen = f"the diversity of the samples has dropped to {now:.2g}, from {reference:.2g}"
        return (self.SHARE * reference / max(now, 1e-30) if reference else 0.0), seen


def loss_of(name):
    """'the critic's loss' of `critic_loss`; 'the loss' of `loss`."""
    return f"the {name.removesuffix('_loss')}'s loss" if name.endswith("_loss") else "the loss"


def diversity(samples):
    """Mean Euclidean distance of two different rows of `samples`, of shape (n, ...); 0 of a single one."""
    rows = np.asarray(samples, "float64").reshape(len(samples), -1)
    rows = rows - rows.mean(axis=0)  # less cancellation below
    squares = (rows**2).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0))
    np.fill_diagonal(distances, 0)
    return float(distances.sum() / max(len(rows) * (len(rows) - 1), 1))
