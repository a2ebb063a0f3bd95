"""Deep Residual Learning for Image Recognition. He et al., 2016, arXiv:1512.03385: a classifier, what judges samples.

    The classifier lowers -E[log P(C = c | x)] over pairs (x, c) of the data.

It is trained, averaged, saved and gone on with as every game is, that of one player. Its features, what the last layer
is computed from, are to small data sets what Inception's are to photographs: distances between distributions of images
are taken in them (`ganzoo.metrics`).

Deviations: a network for small images (`ganzoo.networks.classifier_body`, with its own); images are shifted by a matrix
and mirrored at random as in section 4.2, but only where `shift` and `mirror` ask for it; Adam, in the configs with
decoupled weight decay and a cosine, for momentum and steps.
"""

import keras
from keras import layers, ops

from ganzoo import losses
from ganzoo.core import AdversarialModel, Player
from ganzoo.core.checks import as_samples, check_shape, check_takes
from ganzoo.core.labels import check_labels, check_pairs
from ganzoo.networks import classifier_body, mlp


@keras.saving.register_keras_serializable("ganzoo")
class Classifier(AdversarialModel):
    """body: samples -> features (batch, d); head: features -> logits (batch, num_classes).

    Args:
        shift: images are moved by up to so many pixels along each axis, with grey levels of -1 beyond the border.
        mirror: the share of images that are mirrored, left for right.

    Raises:
        ValueError: a body without known shapes, a head that does not take its features, a negative shift, a share
            outside of [0, 1], either of vectors.
    """

    def __init__(self, body, head, shift: int = 0, mirror: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        shape = tuple(body.input_shape[1:])
        features = check_takes(body, "body", f"The body is made for samples of shape {shape}", shape)
        check_takes(head, "head", f"The body gives features of shape {tuple(features)}", tuple(features))
        if shift < 0 or not 0 <= mirror <= 1:
            raise ValueError(f"shift must be at least 0 and mirror a share of 1; got shift={shift}, mirror={mirror}.")
        if (shift or mirror) and len(shape) != 3:
            raise ValueError(f"shift and mirror are for images, and the body takes the shape {shape}; leave them at 0.")
        self.body, self.head, self.shift, self.mirror = body, head, shift, mirror

    @property
    def num_classes(self):
        return self.head.output_shape[-1]

    @property
    def players(self):
        return {"classifier": Player([self.body, self.head], self._loss)}

    @property
    def averaged_networks(self):
        return {"body": "classifier", "head": "classifier"}

    def _loss(self, batch):
        x, labels = batch
        return losses.classification(self.call(self._moved(x) if self.training else x, self.training), labels)

    def call(self, samples, training=False):
        """Logits of samples."""
        return ops.cast(self.head(self.body(samples, training=training), training=training), "float32")

    def _moved(self, images):
        """The images, each shifted and mirrored by chance of its own."""
        for axis in (1, 2) if self.shift else ():
            images = self._shifted(images, axis)
        if self.mirror:
            mirrored = self.random_uniform((ops.shape(images)[0], 1, 1, 1)) < self.mirror
            images = ops.where(mirrored, ops.flip(images, axis=2), images)
        return images

    def _shifted(self, images, axis):
        """Each image multiplied by the matrix that moves its rows (axis 1) or columns (axis 2)."""
        size, reach = self.body.input_shape[axis], 2 * self.shift + 1
        offset = ops.floor(self.random_uniform((ops.shape(images)[0], 1)) * reach) - self.shift
        sources = ops.arange(size) + ops.cast(offset, "int32")  # (batch, size)
        matrix = ops.one_hot(sources, size, dtype=images.dtype)  # a row of zeros where the source is no pixel
        return ops.einsum("bij,bjwc->biwc" if axis == 1 else "bij,bhjc->bhic", matrix, images + 1) - 1

    def check_samples(self, spec):
        check_pairs(spec, self.num_classes, type(self).__name__)
        self.check_shape(spec[0])

    def check_rows(self, *arrays):
        check_labels(arrays, self.num_classes)

    def check_shape(self, samples):
        """ValueError where samples, or their specification, do not have the shape that the body takes."""
        check_shape(samples, self.body.input_shape[1:])

    def features(self, samples, *, averaged=None, batch_size=256):
        """What the last layer sees of samples (n, ...): NumPy float32 of shape (n, d).

        Raises:
            ValueError: samples of another shape, images outside [-1, 1], NaN, an average that was not compiled.
        """
        samples = as_samples(samples, self.body.input_shape[1:])
        return self.infer(self.network("body", averaged), samples, batch_size=batch_size)

    def classify(self, samples, *, averaged=None, batch_size=256):
        """The logits of the classes or attributes of samples (n, ...): NumPy float32 of shape (n, num_classes).

        Errors as for `features`.
        """
        features = self.features(samples, averaged=averaged, batch_size=batch_size)
        return self.infer(self.network("head", averaged), features, batch_size=batch_size)

    def default_optimizers(self):
        """Adam with its default constants."""
        return {"classifier": keras.optimizers.Adam(1e-3)}

    @classmethod
    def for_images(cls, image_shape, num_classes=10, width=32, **arguments):
        """A residual network, for images of shape (height, width, channels)."""
        body = classifier_body(image_shape, width)
        return cls(body, _head(body, num_classes), **arguments)

    @classmethod
    def for_vectors(cls, dimensions, num_classes=10, width=128, **arguments):
        """A perceptron of three hidden layers of `width`, for vectors of shape (dimensions,)."""
        body = mlp((dimensions,), (width,), width, depth=2, output_activation="relu", name="body")
        return cls(body, _head(body, num_classes), **arguments)


def _head(body, num_classes):
    """A linear layer from the features to logits."""
    return keras.Sequential(
        [keras.Input(body.output_shape[1:]), layers.Dense(num_classes, dtype="float32")], name="head"
    )
