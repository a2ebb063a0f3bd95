"""Games on labelled samples: the generator is told the class or the attributes, the discriminator may be."""

import abc

import numpy as np
from keras import ops

from ganzoo.core.checks import check_generator, check_takes
from ganzoo.core.generative import GenerativeModel, row_seeds, rows_of
from ganzoo.core.labels import as_vectors, check_labels, check_pairs, checked
from ganzoo.core.player import Player
from ganzoo.networks.shapes import check_sizes


class LabelledModel(GenerativeModel):
    """Abstract base of the games of a discriminator and a generator that is told the label y: samples G(z, y).

    Labels are integers of shape (batch,), classes from 0 to num_classes - 1, or multi-hot of shape
    (batch, num_classes), attributes of which a sample may have several. Networks take both as vectors
    (batch, num_classes). In a round the fakes have the labels of the real minibatch; so their labels are distributed
    as in the data, whatever the game. The discriminator moves first, `discriminator_steps` times, then the generator
    once, on the first fakes of the round (as `TwoPlayerModel`).

    Args:
        generator: Keras model, [latent (batch, latent_dim), labels (batch, num_classes)] -> samples (batch, ...).
        discriminator: Keras model; what it takes is for the concrete model to say.

    Raises:
        ValueError: a generator that is not built or does not take two inputs, steps below 1.
    """

    discriminator_steps = 1

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(**kwargs)
        check_generator(generator)
        shapes = [tuple(given.shape[1:]) for given in generator.inputs]
        if [len(shape) for shape in shapes] != [1, 1]:
            raise ValueError(
                f"generator must take [latent, labels], a vector each; it takes the shapes "
                f"{', '.join(map(str, shapes))}: ganzoo.networks.with_labels makes such a network of one that does not."
            )
        check_sizes(discriminator_steps=self.discriminator_steps)
        self.generator, self.discriminator = generator, discriminator

    @abc.abstractmethod
    def discriminator_loss(self, real, fake, labels):
        """Scalar that the discriminator lowers; `real` and `fake` have the same `labels`, which are as the data's."""

    @abc.abstractmethod
    def generator_loss(self, fake, labels):
        """Scalar that the generator lowers."""

    @property
    def num_classes(self):
        """Number of classes, or of attributes."""
        return self.generator.inputs[1].shape[-1]

    @property
    def players(self):
        return {
            "discriminator": Player([self.discriminator], self._discriminator_turn, self.discriminator_steps),
            "generator": Player([self.generator], self._generator_turn, makes=self._fakes),
        }

    def _fakes(self, batch):
        _, labels = batch
        latent = self.draw_latent(rows_of(batch))
        return self.generator([latent, as_vectors(labels, self.num_classes)], training=self.training)

    def _discriminator_turn(self, batch, fake):
        real, labels = batch
        return self.discriminator_loss(real, fake, labels)

    def _generator_turn(self, batch, fake):
        _, labels = batch
        return self.generator_loss(fake, labels)

    def check_samples(self, spec):
        check_pairs(spec, self.num_classes, type(self).__name__)
        super().check_samples(spec)

    def check_rows(self, *arrays):
        check_labels(arrays, self.num_classes)

    def generate(self, n=None, *, labels=None, seed=0, seeds=None, averaged=None, batch_size=256):
        """Samples of the model.

        Args:
            n, seed, seeds, averaged, batch_size: as for `GenerativeModel.generate`; row i has the seed `seed + i`.
            labels: one a row: integers (n,), or multi-hot (n, num_classes). By default a row's class is its seed
                modulo num_classes, so that the classes (or the attributes, one at a time) come in turn.

        Returns:
            NumPy float32 array of shape (n, ...); images lie in [-1, 1]. A row depends on its seed and its label alone.

        Raises:
            ValueError: labels of another number, shape or range; neither or both of n and seeds; n below 1; an average
                that was not compiled.
        """
        rows = row_seeds(n, seed, seeds)
        labels = rows % self.num_classes if labels is None else labels
        return self.decode(self.latent(rows), labels, averaged=averaged, batch_size=batch_size)

    def decode(self, latent, labels, *, averaged=None, batch_size=256):
        """The samples of latent vectors (n, latent_dim) with these labels, one a row; the rest as for `generate`."""
        latent = self.check_latent(latent)
        vectors = as_vectors(checked(labels, self.num_classes, len(latent)), self.num_classes)
        generator = self.network("generator", averaged)
        return self.infer(generator, latent, ops.convert_to_numpy(vectors), batch_size=batch_size)

    def generate_grid(self, columns=10, *, classes=None, seed=0, averaged=None):
        """Samples for a grid of one class a row, row by row, with the same noise down each column.

        Args:
            columns: samples of each class, with the seeds `seed`, `seed + 1`, ...
            classes: their integers; by default all. Of attributes, each row has one.
            averaged: as for `generate`.

        Returns:
            NumPy float32 array of shape (len(classes) * columns, ...).
        """
        classes = range(self.num_classes) if classes is None else classes
        labels = np.repeat(np.asarray(classes), columns)
        seeds = np.tile(row_seeds(columns, seed, None), len(classes))
        return self.generate(seeds=seeds, labels=labels, averaged=averaged)


class ConditionalModel(LabelledModel):
    """Abstract: the discriminator is told the label as well, D(x, y).

    Args:
        generator: as for `LabelledModel`.
        discriminator: Keras model, [samples (batch, ...), labels (batch, num_classes)] -> logits.

    Raises:
        ValueError: also a discriminator that does not take the generator's samples and labels.
    """

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        shapes = [tuple(generator.output_shape[1:]), (self.num_classes,)]
        what = f"The generator gives samples of shape {shapes[0]} for labels of shape {shapes[1]}"
        check_takes(discriminator, "discriminator", what, *shapes)

    def score(self, samples, labels):
        """The discriminator's logits, float32, in the mode of the step that is being computed."""
        inputs = [samples, as_vectors(labels, self.num_classes)]
        return ops.cast(self.discriminator(inputs, training=self.training), "float32")

    def discriminate(self, samples, labels, *, batch_size=256):
        """The discriminator's logits for samples (n, ...) with labels, in inference mode: NumPy float32.

        Raises:
            ValueError: samples of another shape, images outside [-1, 1], NaN, labels of another number, shape or range.
        """
        samples = self.as_samples(samples)
        labels = checked(labels, self.num_classes, len(samples))
        vectors = ops.convert_to_numpy(as_vectors(labels, self.num_classes))
        return self.infer(self.discriminator, samples, vectors, batch_size=batch_size)
